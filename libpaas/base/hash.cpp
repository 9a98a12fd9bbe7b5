#include "libpaas/base/hash.hpp"

#include <openssl/evp.h>

#include <array>
#include <cassert>

namespace paas {

void Sha256::Free::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr);
}

void Sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

std::string Sha256::finish() {
  std::array<unsigned char, 32> digest{};
  EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
  return {digest.begin(), digest.end()};
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

std::string hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::uint64_t stable_hash(std::initializer_list<std::string_view> parts) {
  Sha256 hash;
  for (const std::string_view part : parts) {
    hash.update(std::to_string(part.size()) + ":");
    hash.update(part);
  }
  const std::string digest = hash.finish();
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | static_cast<unsigned char>(digest[i]);
  return value;
}

std::size_t rendezvous(std::string_view key, const std::vector<std::string>& candidates) {
  assert(!candidates.empty());
  std::size_t winner = 0;
  std::uint64_t best = stable_hash({key, candidates[0]});
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    const std::uint64_t score = stable_hash({key, candidates[i]});
    if (score > best || (score == best && candidates[i] < candidates[winner])) {
      winner = i;
      best = score;
    }
  }
  return winner;
}

}  // namespace paas
