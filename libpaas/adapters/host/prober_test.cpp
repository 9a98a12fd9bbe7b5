#include "libpaas/adapters/host/prober.hpp"

#include <catch2/catch.hpp>

#include "libpaas/adapters/curl_http.hpp"
#include "libpaas/adapters/host/packet_filter.hpp"
#include "tests/fakes/http_server.hpp"

namespace host_prober_test {

using namespace paas;
using namespace std::chrono_literals;

std::unique_ptr<Prober> prober() {
  HttpOptions options;
  options.proxies = false;
  return host::make_prober(make_curl_http(options));
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

struct Nft final : Process {
  std::vector<Command> seen;
  Finished next;
  Result<Finished> run(const Command& command, std::stop_token) override {
    seen.push_back(command);
    return next;
  }
};

TEST_CASE("packet filter: rules go in as one text, and errors are told apart") {
  Nft nft;
  const auto filter = host::make_packet_filter(nft);
  CHECK(filter->load("table inet paas", {}));
  CHECK(nft.seen.back().words == std::vector<std::string>{"nft", "-f", "-"});
  CHECK(nft.seen.back().input == "table inet paas");
  nft.next = {1, "", "/dev/stdin:1:2: Error: syntax error"};
  CHECK(filter->load("x", {}).error().code == Errc::invalid);
  CHECK_THAT(filter->load("x", {}).error().message, Catch::Contains("syntax error"));
  nft.next = {1, "", "netlink: Error: cache initialization failed: Operation not permitted"};
  CHECK(filter->load("x", {}).error().code == Errc::denied);
  CHECK(filter->listing({}).error().code == Errc::denied);
}

TEST_CASE("packet filter: both tables are listed, and none is no error") {
  Nft nft;
  const auto filter = host::make_packet_filter(nft);
  nft.next = {0, "table x\n", ""};
  CHECK(filter->listing({}).value() == "table x\ntable x\n");
  nft.next = {1, "", "Error: No such file or directory\nlist table inet paas"};
  CHECK(filter->listing({}).value().empty());
}

}  // namespace host_prober_test
