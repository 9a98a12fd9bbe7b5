#pragma once
// Hashes whose values never change between runs, machines or releases: SHA-256 and what is derived
// from it. Not for passwords.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct evp_md_ctx_st;

namespace paas {

// SHA-256 (FIPS 180-4) over data that comes in pieces.
class Sha256 {
 public:
  Sha256();
  void update(std::string_view bytes);
  // 32 raw bytes. Nothing may be added after that.
  std::string finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// 32 raw bytes.
std::string sha256(std::string_view bytes);

// Lower-case hexadecimal digits.
std::string hex(std::string_view bytes);

// The first 64 bits, big endian, of the SHA-256 of all parts, each with its length before it, so
// that {"ab", "c"} and {"a", "bc"} differ.
std::uint64_t stable_hash(std::initializer_list<std::string_view> parts);

// Rendezvous hashing: the index of the candidate that wins `key`. The order of the candidates does
// not matter, and a candidate that comes or goes moves only the keys it wins or had won.
// REQUIRES: !candidates.empty().
std::size_t rendezvous(std::string_view key, const std::vector<std::string>& candidates);

}  // namespace paas
