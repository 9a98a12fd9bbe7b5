#pragma once
// multipart/form-data, as the upload page sends it.

#include <filesystem>
#include <string>

#include "libpaas/base/result.hpp"
#include "tests/fake-pve/decode.hpp"

namespace paas::fake_pve {

struct Upload {
  Values fields;               // the simple fields, and `filename` of the file
  std::filesystem::path file;  // the bytes of the file
};

// Takes a request body apart that lies in a file; the uploaded bytes are written to `target`, in
// pieces: no part of the file but a piece is ever in memory. Errors: `invalid`.
Result<Upload> read_upload(const std::filesystem::path& body, const std::string& content_type,
                           const std::filesystem::path& target);

}  // namespace paas::fake_pve
