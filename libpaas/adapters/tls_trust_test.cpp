#include "libpaas/adapters/tls_trust.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace tls_trust_test {

using namespace paas;

// A file of this text that goes with the test.
class TextFile {
 public:
  explicit TextFile(const std::string& text)
      : path_(std::filesystem::temp_directory_path() /
              ("tls_trust_test-" + std::to_string(::getpid()))) {
    std::ofstream(path_) << text;
  }
  ~TextFile() { std::filesystem::remove(path_); }
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

TEST_CASE("a file of authorities is readable and holds a certificate", "[adapters]") {
  const TextFile file("# of the cluster\n-----BEGIN CERTIFICATE-----\nMII\n");
  CHECK(check_authorities(CaFile{file.path()}));
}

TEST_CASE("what is no file of authorities is refused with what to do", "[adapters]") {
  const auto refused = [](const std::string& path) {
    const auto checked = check_authorities(CaFile{path});
    REQUIRE(!checked);
    CHECK(checked.error().message.find(path) != std::string::npos);
    CHECK(checked.error().remedy.find("pve-root-ca.pem") != std::string::npos);
    return checked.error().code;
  };
  CHECK(refused("/nonexistent/ca.pem") == Errc::not_found);
  CHECK(refused("/") == Errc::invalid);
  for (const std::string text : {"", "web\n", "-----BEGIN PRIVATE KEY-----\n"})
    CHECK(refused(TextFile(text).path()) == Errc::invalid);
  // Far more than a line can be: looked through piece by piece, and never past the end.
  CHECK(refused(TextFile(std::string(1 << 18, 'a')).path()) == Errc::invalid);
}

TEST_CASE("who trusts otherwise has no file to check", "[adapters]") {
  CHECK(check_authorities(SystemTrust{}));
  CHECK(check_authorities(Fingerprint{}));
  CHECK(check_authorities(Insecure{}));
}

}  // namespace tls_trust_test
