// What every Http promises, held against the real client and a server that behaves well or badly.

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "libpaas/adapters/curl_http.hpp"
#include "tests/fakes/http_server.hpp"

namespace http_contract {

using namespace paas;
using fakes::Answer;
using fakes::HttpServer;
using fakes::SeenRequest;
using Manner = Answer::Manner;
using std::chrono::milliseconds;

Answer whole(std::string body) {
  Answer answer;
  answer.body = std::move(body);
  return answer;
}

Answer badly(Manner manner) {
  Answer answer;
  answer.manner = manner;
  return answer;
}

HttpRequest get(const HttpServer& server, const std::string& path = "/") {
  HttpRequest request;
  request.url = server.url() + path;
  return request;
}

HttpRequest post(const HttpServer& server, const std::string& body) {
  HttpRequest request = get(server);
  request.method = "POST";
  request.body = body;
  return request;
}

HttpOptions trusting() {
  HttpOptions options;
  options.trust = Insecure{};
  return options;
}

TEST_CASE("an answer comes back whole: status, reason, headers, body") {
  HttpServer server(HttpServer::Tls::on, [](const SeenRequest&) {
    return Answer{Manner::whole, "500 CT 104 already exists", {{"X-Reply", " one "}}, "body"};
  });
  const auto http = make_curl_http(trusting());
  const auto answer = http->send(get(server, "/a?b=c"), {});
  REQUIRE(answer);
  CHECK(answer->status == 500);
  CHECK(answer->reason == "CT 104 already exists");
  CHECK(answer->body == "body");
  CHECK(std::find(answer->headers.begin(), answer->headers.end(),
                  std::pair<std::string, std::string>("x-reply", "one")) != answer->headers.end());
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].method == "GET");
  CHECK(server.requests()[0].target == "/a?b=c");
}

TEST_CASE("method, headers and body arrive as given, and nobody is asked to Expect") {
  HttpServer server(HttpServer::Tls::off, [](const SeenRequest&) { return whole(""); });
  const auto http = make_curl_http(trusting());
  const std::string body = GENERATE(std::string(), std::string(300'000, 'x'));
  for (const std::string method : {"POST", "PUT", "DELETE", "PATCH", "GET", "OPTIONS"}) {
    HttpRequest request = post(server, body);
    request.method = method;
    request.headers = {{"Authorization", "PVEAPIToken=a@b!c=d"}, {"X-Empty", ""}};
    REQUIRE(http->send(request, {}));
    const SeenRequest seen = server.requests().back();
    CHECK(seen.method == method);
    CHECK(seen.header("authorization") == "PVEAPIToken=a@b!c=d");
    CHECK(seen.header("expect").empty());
    CHECK((seen.body == body));
  }
}

TEST_CASE("a connection is used again while it is young, and only then") {
  HttpServer server(HttpServer::Tls::on, [](const SeenRequest&) { return whole("ok"); });
  SECTION("young") {
    const auto http = make_curl_http(trusting());
    for (int i = 0; i < 5; ++i) REQUIRE(http->send(get(server), {}));
    CHECK(server.connections() == 1);
  }
  SECTION("idle for longer than the limit") {
    HttpOptions options = trusting();
    options.idle_limit = milliseconds{10};
    const auto http = make_curl_http(options);
    REQUIRE(http->send(get(server), {}));
    std::this_thread::sleep_for(milliseconds{30});
    REQUIRE(http->send(get(server), {}));
    CHECK(server.connections() == 2);
  }
}

TEST_CASE("a read that met a connection closed meanwhile is sent again on a new one") {
  const Manner manner = GENERATE(Manner::cut, Manner::reset);
  std::atomic<int> asked = 0;
  HttpServer server(HttpServer::Tls::on,
                    [&](const SeenRequest&) { return asked++ == 1 ? badly(manner) : whole("ok"); });
  const auto http = make_curl_http(trusting());
  REQUIRE(http->send(get(server), {}));
  const auto second = http->send(get(server), {});
  REQUIRE(second);
  CHECK(second->body == "ok");
  CHECK(server.requests().size() == 3);
  CHECK(server.connections() == 2);
}

TEST_CASE("a write whose answer is lost is not repeated") {
  const Manner manner = GENERATE(Manner::cut, Manner::reset, Manner::half);
  const bool reused = GENERATE(false, true);
  const std::string method = GENERATE("POST", "PUT", "DELETE");
  HttpServer server(HttpServer::Tls::on, [&](const SeenRequest& seen) {
    return seen.method == "GET" ? whole("ok") : badly(manner);
  });
  const auto http = make_curl_http(trusting());
  if (reused) REQUIRE(http->send(get(server), {}));
  HttpRequest write = post(server, method == "DELETE" ? "" : "a=b");
  write.method = method;
  const auto answer = http->send(write, {});
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::unknown_outcome);
  CHECK(server.requests().size() == (reused ? 2U : 1U));
  CHECK(server.requests().back().connection == 0);
}

TEST_CASE("nothing was sent: unavailable") {
  std::string url;
  {
    HttpServer gone(HttpServer::Tls::off, [](const SeenRequest&) { return whole(""); });
    url = gone.url();
  }
  const auto http = make_curl_http(trusting());
  HttpRequest request;
  request.method = "POST";
  request.url = url;
  const auto answer = http->send(request, {});
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::unavailable);
  CHECK(describe(answer.error()).find(url) != std::string::npos);
}

TEST_CASE("TLS spoken to a server that has none: unavailable") {
  HttpServer server(HttpServer::Tls::off, [](const SeenRequest&) { return badly(Manner::cut); });
  const auto http = make_curl_http(trusting());
  HttpRequest request = get(server);
  request.url.replace(0, 4, "https");
  request.timeout = milliseconds{300};
  const auto answer = http->send(request, {});
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::unavailable);
}

TEST_CASE("an answer that does not come in time") {
  HttpServer server(HttpServer::Tls::on, [](const SeenRequest&) { return badly(Manner::silence); });
  const auto http = make_curl_http(trusting());
  HttpRequest request = post(server, "a=b");
  request.timeout = milliseconds{200};
  const auto answer = http->send(request, {});
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::unknown_outcome);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a request in flight ends when asked to stop") {
  std::stop_source stop;
  HttpServer server(HttpServer::Tls::on, [&](const SeenRequest&) {
    stop.request_stop();
    return badly(Manner::silence);
  });
  const auto http = make_curl_http(trusting());
  HttpRequest request = get(server);
  request.timeout = milliseconds{0};  // nothing but the stop can end it
  const auto answer = http->send(request, stop.get_token());
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::cancelled);
  SECTION("and the client goes on with the next") {
    HttpServer sound(HttpServer::Tls::on, [](const SeenRequest&) { return whole("ok"); });
    CHECK(http->send(get(sound), {}));
  }
}

TEST_CASE("a request that waits for a connection ends when asked to stop, or out of time") {
  std::stop_source first;
  std::stop_source second;
  HttpServer server(HttpServer::Tls::off, [&](const SeenRequest&) {
    second.request_stop();
    return badly(Manner::silence);
  });
  HttpOptions options = trusting();
  options.max_connections = 1;
  const auto http = make_curl_http(options);
  std::thread holder([&] {
    HttpRequest request = get(server);
    request.timeout = milliseconds{0};
    static_cast<void>(http->send(request, first.get_token()));
  });
  while (server.requests().empty()) std::this_thread::yield();
  const auto stopped = http->send(get(server), second.get_token());
  HttpRequest hurried = get(server);
  hurried.timeout = milliseconds{50};
  const auto late = http->send(hurried, {});
  first.request_stop();
  holder.join();
  REQUIRE(!stopped);
  CHECK(stopped.error().code == Errc::cancelled);
  REQUIRE(!late);
  CHECK(late.error().code == Errc::unavailable);
  CHECK(server.requests().size() == 1);
}

TEST_CASE("an answer larger than allowed") {
  HttpServer server(HttpServer::Tls::off,
                    [](const SeenRequest&) { return whole(std::string(100'001, 'x')); });
  const auto http = make_curl_http(trusting());
  HttpRequest read = get(server);
  read.max_response_bytes = 100'000;
  HttpRequest write = post(server, "");
  write.max_response_bytes = 100'000;
  CHECK(http->send(read, {}).error().code == Errc::internal);
  CHECK(http->send(write, {}).error().code == Errc::unknown_outcome);
  read.max_response_bytes = 100'001;
  CHECK(http->send(read, {}));
}

TEST_CASE("an answer with headers without end") {
  HttpServer server(HttpServer::Tls::off, [](const SeenRequest&) {
    Answer answer = whole("");
    for (int i = 0; i < 40; ++i) answer.headers.emplace_back("X-Fill", std::string(8'000, 'x'));
    return answer;
  });
  const auto http = make_curl_http(trusting());
  CHECK(!http->send(get(server), {}));
}

TEST_CASE("fifty threads share a few connections") {
  HttpServer server(HttpServer::Tls::on,
                    [](const SeenRequest& seen) { return whole("echo " + seen.target); });
  HttpOptions options = trusting();
  options.max_connections = 4;
  const auto http = make_curl_http(options);
  std::atomic<int> right = 0;
  std::vector<std::thread> threads;
  threads.reserve(50);
  for (int t = 0; t < 50; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 4; ++i) {
        const std::string path = "/" + std::to_string(t) + "/" + std::to_string(i);
        const auto answer = http->send(get(server, path), {});
        if (answer && answer->body == "echo " + path) ++right;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(right == 200);
  CHECK(server.connections() <= 4);
}

TEST_CASE("a file is uploaded as a form, its fields first, with progress") {
  std::string content;
  content.resize(9'000'000);
  for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<char>(i * 31 % 251);
  const fakes::ScratchFile file(content);
  HttpServer server(HttpServer::Tls::on, [](const SeenRequest&) { return whole("done"); });
  const auto http = make_curl_http(trusting());
  std::vector<std::uint64_t> told;
  HttpRequest request = post(server, "");
  request.timeout = milliseconds{0};
  request.file = HttpRequest::File{file.path(),
                                   "filename",
                                   "app.tar",
                                   {{"content", "vztmpl"}, {"checksum", "abc"}},
                                   [&](std::uint64_t sent, std::uint64_t total) {
                                     CHECK(total == 9'000'000);
                                     told.push_back(sent);
                                   }};
  const auto answer = http->send(request, {});
  REQUIRE(answer);
  REQUIRE(server.requests().size() == 1);
  const SeenRequest seen = server.requests()[0];
  CHECK(seen.header("content-type").starts_with("multipart/form-data; boundary="));
  CHECK(seen.header("expect").empty());
  const auto fields = seen.body.find("name=\"content\"");
  const auto checksum = seen.body.find("name=\"checksum\"");
  const auto part = seen.body.find("name=\"filename\"; filename=\"app.tar\"");
  REQUIRE(part != std::string::npos);
  CHECK(fields < checksum);
  CHECK(checksum < part);
  CHECK((seen.body.find(content) != std::string::npos));
  REQUIRE(!told.empty());
  CHECK(told.back() == 9'000'000);
  CHECK(std::is_sorted(told.begin(), told.end()));
}

TEST_CASE("an upload of a file that is not there sends nothing") {
  HttpServer server(HttpServer::Tls::off, [](const SeenRequest&) { return whole(""); });
  const auto http = make_curl_http(trusting());
  HttpRequest request = post(server, "");
  request.file = HttpRequest::File{"/nowhere/app.tar", "filename", "app.tar", {}, {}};
  const auto answer = http->send(request, {});
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::not_found);
  CHECK(server.connections() == 0);
}

TEST_CASE("a file is uploaded as it is, then its tail") {
  const std::string content(3'000'000, 'x');
  const fakes::ScratchFile file(content);
  HttpServer server(HttpServer::Tls::off, [](const SeenRequest&) { return whole("done"); });
  const auto http = make_curl_http(trusting());
  HttpRequest request = post(server, "");
  request.headers = {{"Content-Type", "application/x-tar"}};
  request.file = HttpRequest::File{.path = file.path(), .tail = "the tail"};
  std::string sent = content;
  SECTION("all of it") {}
  SECTION("its beginning") {
    request.file->first_bytes = 1'000'000;
    sent.resize(1'000'000);
  }
  SECTION("more than there is") {
    request.file->first_bytes = 9'000'000;
  }
  const auto answer = http->send(request, {});
  REQUIRE(answer);
  REQUIRE(server.requests().size() == 1);
  const SeenRequest seen = server.requests()[0];
  CHECK(seen.method == "POST");
  CHECK(seen.header("content-type") == "application/x-tar");
  CHECK(seen.header("expect").empty());
  CHECK((seen.body == sent + "the tail"));
}

TEST_CASE("an answer goes in pieces to who asked for that, however long") {
  const std::string body(500'000, 'y');
  HttpServer server(HttpServer::Tls::off, [&](const SeenRequest& seen) {
    return Answer{Manner::whole, seen.target == "/no" ? "409 Conflict" : "200 OK", {}, body};
  });
  const auto http = make_curl_http(trusting());
  std::string got;
  HttpRequest request = get(server, "/yes");
  request.max_response_bytes = 1'000'000;
  request.on_body = [&](std::string_view piece) {
    got.append(piece);
    return true;
  };
  SECTION("a success, beyond what a response may hold") {
    request.max_response_bytes = 10;
    const auto answer = http->send(request, {});
    REQUIRE(answer);
    CHECK(answer->body.empty());
    CHECK((got == body));
  }
  SECTION("until it is enough, and the client goes on") {
    request.on_body = [&](std::string_view piece) {
      got.append(piece);
      return false;
    };
    const auto answer = http->send(request, {});
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(!got.empty());
    CHECK(got.size() < body.size());
    CHECK(http->send(get(server, "/yes"), {}));
  }
  SECTION("an error stays in the response") {
    request.url = server.url() + "/no";
    const auto answer = http->send(request, {});
    REQUIRE(answer);
    CHECK(answer->status == 409);
    CHECK((answer->body == body));
    CHECK(got.empty());
  }
}

TEST_CASE("a stream ends when asked to stop in its middle") {
  std::stop_source stop;
  HttpServer server(HttpServer::Tls::off, [](const SeenRequest&) {
    return Answer{Manner::half, "200 OK", {}, std::string(1'000, 'z')};
  });
  const auto http = make_curl_http(trusting());
  HttpRequest request = get(server);
  request.timeout = milliseconds{0};
  request.on_body = [&](std::string_view) {
    stop.request_stop();
    return true;
  };
  const auto answer = http->send(request, stop.get_token());
  REQUIRE(!answer);
  CHECK((answer.error().code == Errc::cancelled || answer.error().code == Errc::unknown_outcome));
}

TEST_CASE("a socket of this machine where nobody listens") {
  HttpOptions options = trusting();
  options.unix_socket = "/nowhere/engine.sock";
  const auto http = make_curl_http(options);
  HttpRequest request;
  request.url = "http://engine/version";
  const auto answer = http->send(request, {});
  REQUIRE(!answer);
  CHECK(answer.error().code == Errc::unavailable);
  CHECK(answer.error().message.find("/nowhere/engine.sock") != std::string::npos);
  CHECK(answer.error().remedy.empty());
}

TEST_CASE("what must not reach the wire is refused") {
  HttpServer server(HttpServer::Tls::off, [](const SeenRequest&) { return whole(""); });
  const auto http = make_curl_http(trusting());
  const auto code = [&](const HttpRequest& request) {
    return http->send(request, {}).error().code;
  };
  HttpRequest request = get(server);
  SECTION("another scheme") {
    request.url = "file:///etc/passwd";
  }
  SECTION("credentials in the address") {
    request.url = "http://root:secret@127.0.0.1/";
  }
  SECTION("a line break in the address") {
    request.url += "\r\nX: y";
  }
  SECTION("a line break in a header") {
    request.headers = {{"A", "b\r\nX: y"}};
  }
  SECTION("a line break in a header's name") {
    request.headers = {{"A\r\nX", "b"}};
  }
  SECTION("an unknown method") {
    request.method = "GET / HTTP/1.1\r\nX:";
  }
  CHECK(code(request) == Errc::invalid);
  CHECK(server.connections() == 0);
}

TEST_CASE("a redirect is an answer, not an order") {
  HttpServer server(HttpServer::Tls::off, [&](const SeenRequest&) {
    return Answer{Manner::whole, "302 Found", {{"Location", "/elsewhere"}}, ""};
  });
  const auto http = make_curl_http(trusting());
  const auto answer = http->send(get(server), {});
  REQUIRE(answer);
  CHECK(answer->status == 302);
  CHECK(server.requests().size() == 1);
}

}  // namespace http_contract
