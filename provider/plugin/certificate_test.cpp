#include "provider/plugin/certificate.hpp"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <catch2/catch.hpp>
#include <memory>

#include "libpaas/base/base64.hpp"

namespace paas::plugin::certificate_test {

using X509Ptr = std::unique_ptr<X509, decltype(&X509_free)>;

X509Ptr read(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509Ptr certificate(PEM_read_bio_X509(bio, nullptr, nullptr, nullptr), X509_free);
  BIO_free(bio);
  return certificate;
}

TEST_CASE("a certificate is one for localhost that vouches for itself") {
  const auto made = make_certificate();
  REQUIRE(made);
  const X509Ptr certificate = read(made->pem);
  REQUIRE(certificate);
  CHECK(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr) == 1);
  CHECK(X509_check_host(certificate.get(), "example.org", 0, 0, nullptr) == 0);
  CHECK(X509_self_signed(certificate.get(), 1) == 1);
  CHECK(X509_cmp_current_time(X509_get0_notBefore(certificate.get())) < 0);
  CHECK(X509_cmp_current_time(X509_get0_notAfter(certificate.get())) > 0);
  CHECK(X509_check_purpose(certificate.get(), X509_PURPOSE_SSL_SERVER, 0) == 1);

  BIO* bio = BIO_new_mem_buf(made->key_pem.data(), static_cast<int>(made->key_pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  CHECK(X509_check_private_key(certificate.get(), key) == 1);
  EVP_PKEY_free(key);
  BIO_free(bio);
}

TEST_CASE("the handshake carries the same certificate, without padding") {
  const auto made = make_certificate();
  REQUIRE(made);
  CHECK(made->base64.find('=') == std::string::npos);
  const auto der = base64_decode(made->base64);
  REQUIRE(der);
  const auto* bytes = reinterpret_cast<const unsigned char*>(der->data());
  const X509Ptr carried(d2i_X509(nullptr, &bytes, static_cast<long>(der->size())), X509_free);
  REQUIRE(carried);
  CHECK(X509_cmp(carried.get(), read(made->pem).get()) == 0);
}

TEST_CASE("no two certificates are the same") {
  CHECK(make_certificate()->base64 != make_certificate()->base64);
}

TEST_CASE("a certificate of the host is read before it is trusted") {
  CHECK(check_certificate(make_certificate()->pem));
  for (const char* bad :
       {"", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "nonsense"})
    CHECK(check_certificate(bad).error().code == Errc::invalid);
}

}  // namespace paas::plugin::certificate_test
