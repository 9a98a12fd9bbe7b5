#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "libpaas/adapters/pve/client.hpp"
#include "libpaas/base/text.hpp"
#include "tests/fakes/http_script.hpp"

namespace pve_session_test {

using namespace paas;
using namespace paas::pve;
using fakes::answer;
using fakes::ScriptClock;
using fakes::ScriptHttp;
using fakes::ScriptRandom;
using proxmox::Method;
using namespace std::chrono_literals;

// The fields of a form; values decoded.
std::map<std::string, std::string> form_of(const HttpRequest& request) {
  std::map<std::string, std::string> out;
  for (const std::string_view field : words(request.body, "&")) {
    const auto equals = field.find('=');
    out[std::string(field.substr(0, equals))] =
        percent_decode(field.substr(equals + 1)).value_or("?");
  }
  return out;
}

std::string header_of(const HttpRequest& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "";
}

bool is_sign_in(const HttpRequest& request) {
  return request.url.ends_with("/api2/json/access/ticket");
}

HttpResponse ticket(const std::string& text) {
  return answer(R"({"data":{"ticket":")" + text + R"(","CSRFPreventionToken":"csrf-of-)" + text +
                R"(","username":"root@pam"}})");
}

// A cluster in the palm of a hand: `sign_in` answers POST /access/ticket, `serve` the rest.
struct Cluster {
  using Handler = ScriptHttp::Handler;

  explicit Cluster(Handler sign_in_with, Handler serve_with = {})
      : sign_in(std::move(sign_in_with)), serve(std::move(serve_with)) {
    options.endpoint = "https://pve1:8006";
    options.credentials = Password{"root@pam", "open sesame", ""};
  }

  Result<Json> call(Method method = Method::get) {
    if (!pve) pve = make_pve(http, clock, random, silent_log(), options);
    return pve->call({method, "/version", {}}, {});
  }
  std::vector<HttpRequest> sign_ins() const {
    std::vector<HttpRequest> out;
    for (const HttpRequest& request : http.seen()) {
      if (is_sign_in(request)) out.push_back(request);
    }
    return out;
  }

  Handler sign_in;
  Handler serve;
  ScriptHttp http{[this](const HttpRequest& request) -> Result<HttpResponse> {
    if (is_sign_in(request)) return sign_in(request);
    return serve ? serve(request) : answer(R"({"data":"fine"})");
  }};
  ScriptClock clock;
  ScriptRandom random;
  PveOptions options;
  std::unique_ptr<Pve> pve;
};

TEST_CASE("a token goes with every request, and is who we are") {
  Cluster cluster({});
  cluster.options.credentials = Token{"root@pam!ci", "uuid"};
  REQUIRE(cluster.call(Method::post));
  CHECK(cluster.pve->user() == "root@pam!ci");
  REQUIRE(cluster.http.seen().size() == 1);
  const HttpRequest request = cluster.http.seen()[0];
  CHECK(header_of(request, "Authorization") == "PVEAPIToken=root@pam!ci=uuid");
  CHECK(header_of(request, "CSRFPreventionToken").empty());
}

TEST_CASE("a password is exchanged once for a ticket") {
  Cluster cluster([](const HttpRequest&) { return ticket("PVE:root@pam:1::a+b/c=="); });
  REQUIRE(cluster.call());
  REQUIRE(cluster.call(Method::put));
  REQUIRE(cluster.sign_ins().size() == 1);
  CHECK(form_of(cluster.sign_ins()[0]) ==
        std::map<std::string, std::string>{{"username", "root@pam"}, {"password", "open sesame"}});
  CHECK(cluster.pve->user() == "root@pam");
  const auto seen = cluster.http.seen();
  const std::string cookie = "PVEAuthCookie=PVE%3Aroot%40pam%3A1%3A%3Aa%2Bb%2Fc%3D%3D";
  CHECK(header_of(seen[1], "Cookie") == cookie);
  CHECK(header_of(seen[1], "CSRFPreventionToken").empty());
  CHECK(header_of(seen[2], "Cookie") == cookie);
  CHECK(header_of(seen[2], "CSRFPreventionToken") == "csrf-of-PVE:root@pam:1::a+b/c==");
}

TEST_CASE("twenty threads sign in once") {
  Cluster cluster([](const HttpRequest&) { return ticket("shared"); });
  const auto pve =
      make_pve(cluster.http, cluster.clock, cluster.random, silent_log(), cluster.options);
  std::vector<std::thread> threads;
  threads.reserve(20);
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] { static_cast<void>(pve->call({Method::get, "/version", {}}, {})); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(cluster.sign_ins().size() == 1);
  CHECK(cluster.http.seen().size() == 21);
}

TEST_CASE("a ticket is renewed with itself before its two hours are over") {
  int count = 0;
  Cluster cluster([&](const HttpRequest&) { return ticket("t" + std::to_string(++count)); });
  REQUIRE(cluster.call());
  cluster.clock.advance(59min);
  REQUIRE(cluster.call());
  CHECK(cluster.sign_ins().size() == 1);
  cluster.clock.advance(2min);
  REQUIRE(cluster.call());
  REQUIRE(cluster.sign_ins().size() == 2);
  CHECK(form_of(cluster.sign_ins()[1]).at("password") == "t1");
  CHECK(header_of(cluster.http.seen().back(), "Cookie") == "PVEAuthCookie=t2");
}

TEST_CASE("a renewal that is refused falls back to the password") {
  Cluster cluster([](const HttpRequest& request) -> Result<HttpResponse> {
    if (form_of(request).at("password") == "open sesame") return ticket("fresh");
    return answer("", 401, "authentication failure");
  });
  REQUIRE(cluster.call());
  cluster.clock.advance(3h);
  REQUIRE(cluster.call());
  CHECK(cluster.sign_ins().size() == 3);
}

TEST_CASE("a renewal that fails for a moment leaves the ticket in use while it is good") {
  bool down = false;
  Cluster cluster([&](const HttpRequest&) -> Result<HttpResponse> {
    if (down) return fail(Errc::unavailable, "no connection");
    return ticket("good");
  });
  REQUIRE(cluster.call());
  down = true;
  cluster.clock.advance(61min);
  REQUIRE(cluster.call());
  REQUIRE(cluster.call());
  CHECK(cluster.sign_ins().size() == 2);  // not tried with every call
  cluster.clock.advance(2min);
  REQUIRE(cluster.call());
  CHECK(cluster.sign_ins().size() == 3);
  cluster.clock.advance(1h);
  CHECK(!cluster.call());
}

TEST_CASE("a ticket that is no longer taken is replaced once, for writes too") {
  const Method method = GENERATE(Method::get, Method::post);
  int tickets = 0;
  std::string valid = "t1";
  int written = 0;
  Cluster cluster([&](const HttpRequest&) { return ticket("t" + std::to_string(++tickets)); },
                  [&](const HttpRequest& request) -> Result<HttpResponse> {
                    if (header_of(request, "Cookie") != "PVEAuthCookie=" + valid) {
                      return answer("", 401, "No ticket");
                    }
                    ++written;
                    return answer(R"({"data":null})");
                  });
  REQUIRE(cluster.call(method));
  valid = "t2";
  REQUIRE(cluster.call(method));
  CHECK(written == 2);
  CHECK(tickets == 2);
  valid = "never";
  const auto refused = cluster.call(method);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::denied);
  CHECK(tickets == 3);
}

TEST_CASE("a token that is refused is not asked for again") {
  Cluster cluster({}, [](const HttpRequest&) { return answer("", 401, "Authentication failed!"); });
  cluster.options.credentials = Token{"root@pam!ci", "uuid"};
  const auto refused = cluster.call();
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::denied);
  CHECK(refused.error().remedy.find("api_token") != std::string::npos);
  CHECK(cluster.http.seen().size() == 1);
}

TEST_CASE("a second factor is asked for by a challenge") {
  Cluster cluster([](const HttpRequest& request) -> Result<HttpResponse> {
    const auto form = form_of(request);
    if (!form.contains("tfa-challenge")) {
      return answer(R"({"data":{"ticket":"PVE:!tfa!abc:1::sig","username":"root@pam"}})");
    }
    if (form.at("tfa-challenge") == "PVE:!tfa!abc:1::sig" && form.at("password") == "totp:123456") {
      return ticket("full");
    }
    return answer("", 401, "authentication failure");
  });
  SECTION("with the code") {
    cluster.options.credentials = Password{"root@pam", "open sesame", "123456"};
    REQUIRE(cluster.call());
    REQUIRE(cluster.sign_ins().size() == 2);
    // Servers that know no challenge take the code in the first step.
    CHECK(form_of(cluster.sign_ins()[0]).at("otp") == "123456");
    CHECK(header_of(cluster.http.seen().back(), "Cookie") == "PVEAuthCookie=full");
  }
  SECTION("with a wrong one") {
    cluster.options.credentials = Password{"root@pam", "open sesame", "654321"};
    const auto refused = cluster.call();
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::denied);
    CHECK(refused.error().remedy.find("`otp`") != std::string::npos);
  }
  SECTION("with none") {
    const auto refused = cluster.call();
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::denied);
    CHECK(refused.error().remedy.find("`otp`") != std::string::npos);
    CHECK(cluster.sign_ins().size() == 1);
  }
}

TEST_CASE("a wrong password is denied at once, and not quoted") {
  Cluster cluster([](const HttpRequest&) {
    return answer(R"({"data":null,"message":"bad password 'open sesame'\n"})", 401,
                  "authentication failure");
  });
  const auto refused = cluster.call(Method::post);
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::denied);
  CHECK(refused.error().remedy.find("`password`") != std::string::npos);
  CHECK(describe(refused.error()).find("open sesame") == std::string::npos);
  CHECK(cluster.http.seen().size() == 1);
}

TEST_CASE("a sign-in whose answer is lost is repeated, since the call itself was not sent") {
  int count = 0;
  Cluster cluster([&](const HttpRequest&) -> Result<HttpResponse> {
    if (++count == 1) return fail(Errc::unknown_outcome, "lost");
    return ticket("good");
  });
  REQUIRE(cluster.call(Method::post));
  CHECK(count == 2);
}

TEST_CASE("an answer without a ticket") {
  Cluster cluster([](const HttpRequest&) { return answer(R"({"data":{}})"); });
  CHECK(cluster.call().error().code == Errc::internal);
}

}  // namespace pve_session_test
