#pragma once
// Digests, signatures and random values, all from OpenSSL.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace paas::fake_pve {

std::string sha1_hex(std::string_view text);
// Base64 of the HMAC-SHA-256 of `text`.
std::string hmac(std::string_view key, std::string_view text);
// `bytes` random bytes in lower-case hexadecimal.
std::string random_hex(int bytes);
std::string random_uuid();
bool same_text(std::string_view a, std::string_view b);  // in constant time

// A digest fed piece by piece. Algorithms: md5, sha1, sha224, sha256, sha384, sha512.
class Checksum {
 public:
  // None for an unknown algorithm.
  static std::optional<Checksum> make(const std::string& algorithm);
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;
  ~Checksum();

  void feed(std::string_view bytes);
  std::string hex();  // ends the digest

 private:
  struct Context;
  explicit Checksum(std::unique_ptr<Context> context);
  std::unique_ptr<Context> context_;
};

}  // namespace paas::fake_pve
