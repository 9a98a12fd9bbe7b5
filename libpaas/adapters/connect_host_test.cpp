#include "libpaas/adapters/connect_host.hpp"

#include <catch2/catch.hpp>

#include "tests/fakes/http_server.hpp"

namespace connect_host_test {

using namespace paas;
using namespace std::chrono_literals;

std::unique_ptr<Prober> prober() {
  return make_host_prober(silent_log());
}

model::Probe probe_of(const fakes::HttpServer& server, model::ProbeKind kind) {
  model::Probe out;
  out.kind = kind;
  const std::string url = server.url();
  out.port = static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
  return out;
}

TEST_CASE("prober: the status decides, and what was asked for is asked") {
  std::string status = "200 OK";
  fakes::HttpServer server(fakes::HttpServer::Tls::off, [&](const fakes::SeenRequest&) {
    return fakes::Answer{.status = status, .body = std::string(200'000, 'x')};
  });
  model::Probe probe = probe_of(server, model::ProbeKind::http);
  probe.path = "/health?deep=1";
  probe.headers = {{"Host", "shop.example"}};
  CHECK(prober()->ask("127.0.0.1", probe, {}) == health::Answer{true, "HTTP 200"});
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].target == "/health?deep=1");
  CHECK(server.requests()[0].header("host") == "shop.example");
  probe.lowest_status = 201;
  CHECK(prober()->ask("127.0.0.1", probe, {}) == health::Answer{false, "HTTP 200"});
}

TEST_CASE("prober: redirects are an answer, and are not followed") {
  fakes::HttpServer server(fakes::HttpServer::Tls::off, [](const fakes::SeenRequest&) {
    return fakes::Answer{.status = "302 Found", .headers = {{"Location", "/elsewhere"}}};
  });
  const auto probe = probe_of(server, model::ProbeKind::http);
  CHECK(prober()->ask("127.0.0.1", probe, {}) == health::Answer{true, "HTTP 302"});
  CHECK(server.requests().size() == 1);
}

TEST_CASE("prober: silence, closed ports and addresses that are none") {
  fakes::HttpServer server(fakes::HttpServer::Tls::off, [](const fakes::SeenRequest&) {
    return fakes::Answer{.manner = fakes::Answer::Manner::silence};
  });
  model::Probe probe = probe_of(server, model::ProbeKind::http);
  probe.timeout = 1s;
  CHECK(prober()->ask("127.0.0.1", probe, {}) == health::Answer{false, "no answer in 1 s"});
  probe.port = 1;
  CHECK_FALSE(prober()->ask("127.0.0.1", probe, {}).good);
  probe.kind = model::ProbeKind::tcp;
  CHECK(prober()->ask("127.0.0.1", probe, {}) == health::Answer{false, "connection refused"});
  CHECK_FALSE(prober()->ask("nonsense", probe, {}).good);
  CHECK(prober()->ask("127.0.0.1", probe_of(server, model::ProbeKind::tcp), {}) ==
        health::Answer{true, "connected"});
}

TEST_CASE("source: where it lies, and that a path has no signature") {
  const auto process = make_host_process();
  const auto code = [&](const std::string& location, bool is_signed) {
    SourceOptions options;
    options.location = location;
    options.require_signed_commits = is_signed;
    const auto source = make_host_source(options, *process);
    return source ? std::string("made") : std::string(name_of(source.error().code));
  };
  CHECK(code("/etc/paas/apps.yaml", false) == "made");
  CHECK(code("https://git.example/a.git#main", true) == "made");
  CHECK(code("/etc/paas/apps.yaml", true) == "denied");
  CHECK(code("ftp://git.example/a.git", false) == "invalid");
  CHECK(code("", false) == "invalid");
}

}  // namespace connect_host_test
