#pragma once
// The certificates of the fake cluster: a certificate authority of its own and one server
// certificate for 127.0.0.1, ::1, localhost and the node names.

#include <filesystem>
#include <string>
#include <vector>

#include "libpaas/base/result.hpp"

namespace paas::fake_pve {

struct Certificates {
  std::filesystem::path authority;    // what a client trusts
  std::filesystem::path certificate;  // what the server shows
  std::filesystem::path key;
  std::string fingerprint;  // SHA-256 of the server certificate, "AB:CD:..."
};

// Makes them in `dir`, or takes the ones that are there. Errors: `internal`.
Result<Certificates> certificates_in(const std::filesystem::path& dir,
                                     const std::vector<std::string>& names);

}  // namespace paas::fake_pve
