#include "libpaas/adapters/curl_trust.hpp"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <array>
#include <cstdlib>
#include <string>

#include "libpaas/base/overload.hpp"

namespace paas {
namespace {

// Takes the place of OpenSSL's own verification of the chain. The certificate's fingerprint is
// kept in every case, so that an error can tell what to pin.
int verify_chain(X509_STORE_CTX* chain, void* check_of) noexcept {
  auto& check = *static_cast<ServerCheck*>(check_of);
  check.presented.reset();
  Fingerprint seen;
  unsigned size = 0;
  const X509* leaf = X509_STORE_CTX_get0_cert(chain);
  if (leaf != nullptr && X509_digest(leaf, EVP_sha256(), seen.sha256.data(), &size) == 1 &&
      size == seen.sha256.size()) {
    check.presented = seen;
  }
  const auto* pinned = std::get_if<Fingerprint>(&check.trust);
  if (pinned == nullptr) return X509_verify_cert(chain);
  if (check.presented == *pinned) return 1;
  X509_STORE_CTX_set_error(chain, X509_V_ERR_APPLICATION_VERIFICATION);
  return 0;
}

CURLcode prepare_tls(CURL*, void* tls_context, void* check) noexcept {
  auto* context = static_cast<SSL_CTX*>(tls_context);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify_chain, check);
  return CURLE_OK;
}

bool is_file(const char* path) {
  struct stat facts{};
  return stat(path, &facts) == 0 && S_ISREG(facts.st_mode);
}

// Where this machine keeps its authorities: a program linked statically may run on another
// distribution than the one whose path was built into libcurl.
const char* system_bundle() {
  if (const char* named = std::getenv("SSL_CERT_FILE"); named != nullptr && *named != '\0') {
    return named;
  }
  static constexpr std::array known = {"/etc/ssl/certs/ca-certificates.crt",
                                       "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"};
  for (const char* path : known) {
    if (is_file(path)) return path;
  }
  return nullptr;
}

}  // namespace

void apply_trust(void* easy, ServerCheck& check) {
  const auto verify = [&](bool chain, bool name) {
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, chain ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, name ? 2L : 0L);
  };
  const auto authorities = [&](const char* file) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, file);
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  };
  std::visit(Overload{[&](const SystemTrust&) {
                        verify(true, true);
                        if (const char* file = system_bundle()) authorities(file);
                      },
                      [&](const CaFile& ca) {
                        verify(true, true);
                        authorities(ca.path.c_str());
                      },
                      [&](const Fingerprint&) { verify(false, false); },
                      [&](const Insecure&) { verify(false, false); }},
             check.trust);
  if (!std::holds_alternative<Insecure>(check.trust)) {
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, prepare_tls);
    curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &check);
  }
}

Error distrust(const ServerCheck& check, const std::string& origin, const std::string& reason) {
  Error error{Errc::denied, "the certificate of " + origin + " is not trusted: " + reason, {}, {}};
  const std::string presented =
      check.presented ? print_fingerprint(*check.presented) : std::string();
  if (std::holds_alternative<Fingerprint>(check.trust)) {
    error.message =
        "the certificate of " + origin + " is not the pinned one: the server showed " + presented;
    return std::move(error).advising(
        "if the certificate was renewed, set `fingerprint` to the one that the Proxmox web "
        "interface shows under the node, System, Certificates; if not, somebody is in between");
  }
  std::string advice =
      "set `ca_file` to the cluster's authority (/etc/pve/pve-root-ca.pem on a node), or "
      "`fingerprint` to the SHA-256 fingerprint of the certificate";
  if (!presented.empty()) {
    advice += " (this server showed " + presented +
              "; compare it with the Proxmox web interface: the node, System, Certificates)";
  }
  advice += ", or, for a trial only, `insecure = true`";
  return std::move(error).advising(std::move(advice));
}

}  // namespace paas
