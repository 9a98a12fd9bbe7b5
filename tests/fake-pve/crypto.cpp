#include "tests/fake-pve/crypto.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <array>
#include <vector>

#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

std::string lower_hex(const unsigned char* bytes, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += hex(bytes[i], 2);
  return lower(out);
}

}  // namespace

struct Checksum::Context {
  EVP_MD_CTX* digest = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(digest); }
};

Checksum::Checksum(std::unique_ptr<Context> context) : context_(std::move(context)) {}
Checksum::Checksum(Checksum&&) noexcept = default;
Checksum& Checksum::operator=(Checksum&&) noexcept = default;
Checksum::~Checksum() = default;

std::optional<Checksum> Checksum::make(const std::string& algorithm) {
  const EVP_MD* kind = EVP_get_digestbyname(algorithm.c_str());
  if (!kind) return {};
  auto context = std::make_unique<Context>();
  EVP_DigestInit_ex(context->digest, kind, nullptr);
  return Checksum(std::move(context));
}

void Checksum::feed(std::string_view bytes) {
  EVP_DigestUpdate(context_->digest, bytes.data(), bytes.size());
}

std::string Checksum::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned length = 0;
  EVP_DigestFinal_ex(context_->digest, out.data(), &length);
  return lower_hex(out.data(), length);
}

std::string sha1_hex(std::string_view text) {
  auto sum = Checksum::make("sha1");
  sum->feed(text);
  return sum->hex();
}

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> code{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), code.data(), &length);
  std::array<unsigned char, 2 * EVP_MAX_MD_SIZE> encoded{};
  const int size = EVP_EncodeBlock(encoded.data(), code.data(), static_cast<int>(length));
  return std::string(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size));
}

std::string random_hex(int bytes) {
  std::vector<unsigned char> out(static_cast<std::size_t>(bytes));
  RAND_bytes(out.data(), bytes);
  return lower_hex(out.data(), out.size());
}

std::string random_uuid() {
  std::string text = random_hex(16);
  text[12] = '4';
  text[16] = 'a';
  for (const std::size_t dash : {8u, 13u, 18u, 23u}) text.insert(dash, 1, '-');
  return text;
}

bool same_text(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace paas::fake_pve
