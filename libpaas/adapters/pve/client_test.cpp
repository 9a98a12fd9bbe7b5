#include "libpaas/adapters/pve/client.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "libpaas/proxmox/calls.hpp"
#include "tests/fakes/http_script.hpp"

namespace pve_client_test {

using namespace paas;
using namespace paas::pve;
using fakes::answer;
using fakes::ScriptClock;
using fakes::ScriptHttp;
using fakes::ScriptRandom;
using proxmox::Call;
using proxmox::Method;
using namespace std::chrono_literals;

const std::string upid_text = "UPID:pve1:0000110F:00059975:6B014D2F:vzcreate:300:root@pam!ci:";

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

struct Cluster {
  explicit Cluster(ScriptHttp::Handler handler) : http(std::move(handler)) {
    options.endpoint = "https://pve1:8006";
    options.credentials = Token{"root@pam!ci", "secret-uuid"};
  }
  Pve& pve() {
    if (!pve_) pve_ = make_pve(http, clock, random, log, options);
    return *pve_;
  }

  ScriptHttp http;
  ScriptClock clock;
  ScriptRandom random;
  MemoryLog log;
  PveOptions options;

 private:
  std::unique_ptr<Pve> pve_;
};

TEST_CASE("calls on the wire") {
  Cluster cluster([](const HttpRequest&) { return answer(R"({"data":{"release":"9.2"}})"); });
  SECTION("parameters of reads and deletes stand in the address") {
    const Method method = GENERATE(Method::get, Method::del);
    REQUIRE(cluster.pve().call({method, "/x", {{"tags", "a;b"}, {"n", "a=b"}}}, {}));
    const HttpRequest request = cluster.http.seen().at(0);
    CHECK(request.url == "https://pve1:8006/api2/json/x?tags=a%3Bb&n=a%3Db");
    CHECK(request.body.empty());
  }
  SECTION("parameters of writes are a form") {
    const Method method = GENERATE(Method::post, Method::put);
    REQUIRE(cluster.pve().call({method, "/x", {{"net0", "name=eth0,ip=dhcp"}}}, {}));
    const HttpRequest request = cluster.http.seen().at(0);
    CHECK(request.url == "https://pve1:8006/api2/json/x");
    CHECK(request.body == "net0=name%3Deth0%2Cip%3Ddhcp");
    CHECK(request.headers.at(0).second == "application/x-www-form-urlencoded");
  }
  SECTION("more than the server accepts is not sent") {
    const auto refused =
        cluster.pve().call({Method::post, "/x", {{"a", std::string(600'000, 'x')}}}, {});
    CHECK(refused.error().code == Errc::invalid);
    CHECK(cluster.http.seen().empty());
  }
}

TEST_CASE("a read goes on through failures that pass, with growing pauses") {
  int count = 0;
  Cluster cluster([&](const HttpRequest&) -> Result<HttpResponse> {
    switch (++count) {
      case 1:
        return fail(Errc::unavailable, "no connection");
      case 2:
        return answer("", 596, "Connection timed out");
      case 3:
        return fail(Errc::unknown_outcome, "lost");
      default:
        return answer(R"({"data":7})");
    }
  });
  const auto data = cluster.pve().call({Method::get, "/x", {}}, {});
  REQUIRE(data);
  CHECK(data->integer() == 7);
  CHECK(count == 4);
  CHECK(cluster.clock.passed() == 100ms + 200ms + 400ms);
}

TEST_CASE("a write whose answer is lost comes back as such, after one attempt") {
  const int status = GENERATE(0, 596, 599);
  Cluster cluster([&](const HttpRequest&) -> Result<HttpResponse> {
    if (status == 0) return fail(Errc::unknown_outcome, "lost");
    return answer("", status, "Connection timed out");
  });
  const auto data = cluster.pve().call({Method::post, "/nodes/pve1/lxc", {}}, {});
  REQUIRE(!data);
  CHECK(data.error().code == Errc::unknown_outcome);
  CHECK(describe(data.error()).find("POST /nodes/pve1/lxc") != std::string::npos);
  CHECK(cluster.http.seen().size() == 1);
}

TEST_CASE("a write that a lock kept out is repeated until the lock goes, or for long enough") {
  int locked_for = GENERATE(3, 1'000);
  const bool goes = locked_for == 3;
  Cluster cluster([&](const HttpRequest&) {
    if (locked_for-- > 0) {
      return answer(R"({"data":null,"message":"can't lock file '/run/x.lock' - got timeout\n"})",
                    500, "can't lock file");
    }
    return answer(R"({"data":null})");
  });
  const auto data = cluster.pve().call({Method::put, "/x", {}}, {});
  CHECK(data.has_value() == goes);
  CHECK(cluster.http.seen().size() == (goes ? 4U : 20U));
  if (!goes) {
    CHECK(data.error().code == Errc::conflict);
    CHECK(!data.error().remedy.empty());
  }
}

TEST_CASE("pauses between attempts end when asked to stop") {
  std::stop_source stop;
  Cluster cluster([&](const HttpRequest&) -> Result<HttpResponse> {
    stop.request_stop();
    return fail(Errc::unavailable, "no connection");
  });
  const auto data = cluster.pve().call({Method::get, "/x", {}}, stop.get_token());
  CHECK(data.error().code == Errc::cancelled);
  CHECK(cluster.http.seen().size() == 1);
}

TEST_CASE("no secret stands in an error or in the log") {
  Cluster cluster([](const HttpRequest& request) {
    if (request.method == "GET") return answer("no connection to secret-uuid", 595, "secret-uuid");
    return answer(R"({"data":null,"message":"bad\n","errors":{"password":"got 'hush-hush'",)"
                  R"("env":"got 'KEY=hush'"}})",
                  400, "secret-uuid");
  });
  const auto read = cluster.pve().call({Method::get, "/x", {}}, {});
  const auto write = cluster.pve().call(
      {Method::post, "/x", {{"password", "hush-hush"}, {"env", "KEY=hush"}}}, {});
  REQUIRE(!read);
  REQUIRE(!write);
  const std::string said = describe(read.error()) + read.error().remedy + describe(write.error()) +
                           write.error().remedy + cluster.log.text();
  CHECK(said.find("(sensitive)") != std::string::npos);
  CHECK(said.find("hush") == std::string::npos);
  CHECK(said.find("secret-uuid") == std::string::npos);
}

TEST_CASE("a refusal to a token says whom to grant the privilege") {
  Cluster cluster([](const HttpRequest&) {
    return answer(R"({"data":null,"message":"Permission check failed (/vms/500, VM.Audit)\n"})",
                  403, "Permission check failed (/vms/500, VM.Audit)");
  });
  const auto data = cluster.pve().call({Method::get, "/x", {}}, {});
  REQUIRE(!data);
  CHECK(data.error().code == Errc::denied);
  CHECK(data.error().message.find("VM.Audit") != std::string::npos);
  CHECK(data.error().remedy.find("root@pam!ci") != std::string::npos);
}

// An Http that holds every request until enough of them have come, to see how many come at once.
class CrowdHttp final : public Http {
 public:
  explicit CrowdHttp(int crowd) : crowd_(crowd) {}
  Result<HttpResponse> send(const HttpRequest&, std::stop_token) override {
    std::unique_lock lock(mutex_);
    most_ = std::max(most_, ++inside_);
    ++entered_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return entered_ >= crowd_; });
    --inside_;
    return answer(R"({"data":null})");
  }
  int most() const { return most_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int crowd_;
  int inside_ = 0;
  int entered_ = 0;
  int most_ = 0;
};

TEST_CASE("no more calls at once than allowed, and no fewer") {
  CrowdHttp http(3);
  ScriptClock clock;
  ScriptRandom random;
  PveOptions options;
  options.endpoint = "https://pve1:8006";
  options.credentials = Token{"root@pam!ci", "uuid"};
  options.parallelism = 3;
  const auto pve = make_pve(http, clock, random, silent_log(), options);
  std::vector<std::thread> threads;
  threads.reserve(12);
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] { static_cast<void>(pve->call({Method::get, "/x", {}}, {})); });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(http.most() == 3);
}

TEST_CASE("an upload is a form with its fields, and names the task that takes it in") {
  Cluster cluster([](const HttpRequest&) { return answer(R"({"data":")" + upid_text + R"("})"); });
  Pve::Upload upload;
  upload.call = proxmox::upload_template("pve1", "local", {"sha256", "abc"});
  upload.file_path = "/tmp/app.tar";
  upload.file_name = "app.tar";
  const auto task = cluster.pve().upload(upload, {});
  REQUIRE(task);
  CHECK(task->text == upid_text);
  const HttpRequest request = cluster.http.seen().at(0);
  REQUIRE(request.file);
  CHECK(request.file->path == "/tmp/app.tar");
  CHECK(request.file->field == "filename");
  CHECK(request.file->file_name == "app.tar");
  CHECK(request.file->fields == upload.call.params);
  CHECK(request.body.empty());
  CHECK(request.timeout == 0ms);
  for (const auto& [name, value] : request.headers) CHECK(name == "Authorization");

  request.file->progress(5'000'000, 10'000'000);
  request.file->progress(5'000'001, 10'000'000);
  const std::string logged = cluster.log.text();
  CHECK(logged.find("app.tar") != std::string::npos);
  CHECK(std::count(logged.begin(), logged.end(), '\n') == 1);
}

TEST_CASE("run_task calls, waits and judges") {
  std::string exit = "OK";
  Cluster cluster([&](const HttpRequest& request) {
    if (request.method == "POST") return answer(R"({"data":")" + upid_text + R"("})");
    if (request.url.find("/log") != std::string::npos) return answer(R"({"data":[]})");
    return answer(R"({"data":{"status":"stopped","exitstatus":")" + exit + R"("}})");
  });
  const Call create{Method::post, "/nodes/pve1/lxc", {}};
  CHECK(run_task(cluster.pve(), create, {}));
  exit = "CT 300 already exists";
  CHECK(run_task(cluster.pve(), create, {}).error().code == Errc::conflict);
}

TEST_CASE("run_task expects the name of a task") {
  const std::string data = GENERATE("null", "42", R"("done")");
  Cluster cluster([&](const HttpRequest&) { return answer(R"({"data":)" + data + "}"); });
  const auto failed = run_task(cluster.pve(), {Method::put, "/x", {}}, {});
  REQUIRE(!failed);
  CHECK(failed.error().code == Errc::internal);
  CHECK(cluster.http.seen().size() == 1);
}

}  // namespace pve_client_test
