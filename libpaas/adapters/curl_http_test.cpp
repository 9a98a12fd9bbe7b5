#include "libpaas/adapters/curl_http.hpp"

#include <catch2/catch.hpp>
#include <mutex>

#include "tests/fakes/http_server.hpp"

namespace curl_http_test {

using namespace paas;
using fakes::Answer;
using fakes::HttpServer;
using fakes::SeenRequest;

class MemoryLog final : public Log {
 public:
  bool enabled(LogLevel) const override { return true; }
  void write(LogLevel, std::string_view message, const Fields& fields) override {
    const std::lock_guard lock(mutex_);
    text_ += message;
    for (const auto& [name, value] : fields)
      text_.append(" ").append(name).append("=").append(value);
    text_ += '\n';
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

Answer fine(const SeenRequest&) {
  return {};
}

Result<HttpResponse> ask(const HttpServer& server, TlsTrust trust) {
  HttpOptions options;
  options.trust = std::move(trust);
  HttpRequest request;
  request.url = server.url();
  return make_curl_http(options)->send(request, {});
}

TEST_CASE("the certificate authority decides") {
  HttpServer server(HttpServer::Tls::on, fine);
  const fakes::ScratchFile right(server.certificate());
  HttpServer stranger(HttpServer::Tls::on, fine);
  const fakes::ScratchFile wrong(stranger.certificate());
  CHECK(ask(server, CaFile{right.path()}));

  const bool own_file = GENERATE(true, false);
  const auto refused = ask(server, own_file ? TlsTrust(CaFile{wrong.path()}) : TlsTrust());
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::denied);
  CHECK(refused.error().remedy.find("ca_file") != std::string::npos);
  CHECK(refused.error().remedy.find("insecure") != std::string::npos);
  // What to pin, if the server is the right one.
  CHECK(refused.error().remedy.find(server.fingerprint()) != std::string::npos);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("an authority file vouches for names, too") {
  HttpServer server(HttpServer::Tls::on, fine);
  const fakes::ScratchFile authority(server.certificate());
  HttpOptions options;
  options.trust = CaFile{authority.path()};
  HttpRequest request;
  request.url = server.url();
  request.url.replace(request.url.find("127.0.0.1"), 9, "localhost");
  const auto refused = make_curl_http(options)->send(request, {});
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::denied);
  CHECK(server.requests().empty());
}

TEST_CASE("an authority file that is missing or holds none") {
  HttpServer server(HttpServer::Tls::on, fine);
  const fakes::ScratchFile empty("nothing of the kind\n");
  const bool missing = GENERATE(true, false);
  const auto refused = ask(server, CaFile{missing ? "/nowhere/ca.pem" : empty.path()});
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::invalid);
  CHECK(refused.error().remedy.find("ca_file") != std::string::npos);
}

TEST_CASE("a pinned fingerprint decides alone") {
  HttpServer server(HttpServer::Tls::on, fine);
  const Fingerprint right = parse_fingerprint(server.fingerprint()).value();
  CHECK(ask(server, right));

  Fingerprint wrong = right;
  wrong.sha256[31] ^= 1;
  const auto refused = ask(server, wrong);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::denied);
  CHECK(refused.error().message.find(server.fingerprint()) != std::string::npos);
  CHECK(refused.error().remedy.find("fingerprint") != std::string::npos);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a pin holds on every connection, not only the first") {
  HttpServer first(HttpServer::Tls::on, fine);
  HttpServer second(HttpServer::Tls::on, fine);
  HttpOptions options;
  options.trust = parse_fingerprint(first.fingerprint()).value();
  options.max_connections = 1;
  const auto http = make_curl_http(options);
  HttpRequest request;
  request.url = first.url();
  REQUIRE(http->send(request, {}));
  request.url = second.url();
  CHECK(http->send(request, {}).error().code == Errc::denied);
  request.url = first.url();
  CHECK(http->send(request, {}));
}

TEST_CASE("fingerprints are read as Proxmox and OpenSSL print them") {
  const std::string bare(64, 'a');
  std::string colons;
  for (int i = 0; i < 32; ++i) colons += i == 0 ? "AA" : ":AA";
  REQUIRE(parse_fingerprint(bare));
  CHECK(print_fingerprint(*parse_fingerprint(bare)) == colons);
  CHECK(parse_fingerprint(colons).value() == parse_fingerprint(bare).value());
  for (const std::string& wrong : {std::string(), std::string("AA:BB"), colons.substr(3),
                                   colons + ":AA", std::string(64, 'g'), std::string(95, 'a')}) {
    CHECK(parse_fingerprint(wrong).error().code == Errc::invalid);
  }
}

TEST_CASE("the log tells what was asked, and no header, parameter or body") {
  HttpServer server(HttpServer::Tls::off, [](const SeenRequest&) {
    return Answer{
        Answer::Manner::whole, "200 OK", {{"Set-Cookie", "secret-cookie"}}, "secret-answer"};
  });
  MemoryLog log;
  HttpOptions options;
  options.log = &log;
  HttpRequest request;
  request.method = "POST";
  request.url = server.url() + "/api2/json/version?x=secret-query";
  request.headers = {{"Authorization", "secret-token"}};
  request.body = "password=secret-body";
  REQUIRE(make_curl_http(options)->send(request, {}));
  CHECK(log.text().find("/api2/json/version") != std::string::npos);
  CHECK(log.text().find("status=200") != std::string::npos);
  CHECK(log.text().find("secret") == std::string::npos);
}

}  // namespace curl_http_test
