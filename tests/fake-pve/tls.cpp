#include "tests/fake-pve/tls.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <memory>

#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

template <auto Free>
struct Freer {
  void operator()(auto* pointer) const { Free(pointer); }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using File = std::unique_ptr<std::FILE, Freer<std::fclose>>;

constexpr long validity_seconds = 10L * 365 * 24 * 3600;

void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate blank_certificate(EVP_PKEY* key, const std::string& common_name) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  std::array<unsigned char, 8> serial{};
  RAND_bytes(serial.data(), static_cast<int>(serial.size()));
  serial[0] &= 0x7f;
  BIGNUM* number = BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), validity_seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  return certificate;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string list = "IP:127.0.0.1,IP:::1,DNS:localhost";
  for (const std::string& name : names) list += ",DNS:" + name;
  return list;
}

std::string fingerprint_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &length);
  std::vector<std::string> bytes;
  for (unsigned i = 0; i < length; ++i) bytes.push_back(hex(digest[i], 2));
  return join(bytes, ":");
}

Result<void> write_certificates(const Certificates& files, const std::vector<std::string>& names) {
  const Key authority_key(EVP_EC_gen("P-256"));
  const Key server_key(EVP_EC_gen("P-256"));
  if (!authority_key || !server_key) return fail(Errc::internal, "unable to make keys");
  const Certificate authority = blank_certificate(authority_key.get(), "fake-pve authority");
  X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
  add_extension(authority.get(), authority.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(authority.get(), authority.get(), NID_key_usage, "critical,keyCertSign");
  add_extension(authority.get(), authority.get(), NID_subject_key_identifier, "hash");
  X509_sign(authority.get(), authority_key.get(), EVP_sha256());

  const Certificate server = blank_certificate(server_key.get(), "localhost");
  X509_set_issuer_name(server.get(), X509_get_subject_name(authority.get()));
  add_extension(server.get(), authority.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(server.get(), authority.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(server.get(), authority.get(), NID_ext_key_usage, "serverAuth");
  add_extension(server.get(), authority.get(), NID_authority_key_identifier, "keyid");
  add_extension(server.get(), authority.get(), NID_subject_alt_name, alternative_names(names));
  X509_sign(server.get(), authority_key.get(), EVP_sha256());

  const File authority_file(std::fopen(files.authority.c_str(), "we"));
  const File server_file(std::fopen(files.certificate.c_str(), "we"));
  const File key_file(std::fopen(files.key.c_str(), "we"));
  if (!authority_file || !server_file || !key_file)
    return fail(Errc::internal, "unable to write certificates");
  std::filesystem::permissions(
      files.key, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  PEM_write_X509(authority_file.get(), authority.get());
  PEM_write_X509(server_file.get(), server.get());
  PEM_write_X509(server_file.get(), authority.get());
  PEM_write_PrivateKey(key_file.get(), server_key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {};
}

}  // namespace

Result<Certificates> certificates_in(const std::filesystem::path& dir,
                                     const std::vector<std::string>& names) {
  Certificates files{dir / "ca.pem", dir / "server.pem", dir / "server.key", ""};
  const bool present = std::filesystem::exists(files.authority) &&
                       std::filesystem::exists(files.certificate) &&
                       std::filesystem::exists(files.key);
  if (!present) TRY(write_certificates(files, names));
  const File file(std::fopen(files.certificate.c_str(), "re"));
  const Certificate shown(file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!shown) return fail(Errc::internal, "unable to read " + files.certificate.string());
  files.fingerprint = fingerprint_of(shown.get());
  return files;
}

}  // namespace paas::fake_pve
