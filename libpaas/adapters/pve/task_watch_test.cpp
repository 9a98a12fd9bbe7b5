#include "libpaas/adapters/pve/task_watch.hpp"

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "tests/fakes/http_script.hpp"

namespace pve_task_watch_test {

using namespace paas;
using namespace paas::pve;
using fakes::ScriptClock;
using namespace std::chrono_literals;

// Answers questions about one task, as the test says.
class TaskPve final : public Pve {
 public:
  std::function<Result<Json>(int look)> status;
  std::vector<std::string> log;
  int looks = 0;
  int log_reads = 0;

  Result<Json> call(const proxmox::Call& call, std::stop_token) override {
    if (call.path.ends_with("/status")) return status(looks++);
    ++log_reads;
    std::size_t start = 0;
    std::size_t limit = 50;
    for (const auto& [name, value] : call.params) {
      if (name == "start") start = std::stoul(value);
      if (name == "limit") limit = std::stoul(value);
    }
    Json::Array lines;
    for (std::size_t i = start; i < log.size() && i < start + limit; ++i) {
      lines.push_back(Json::Object{{"n", i + 1}, {"t", log[i]}});
    }
    if (log.empty()) lines.push_back(Json::Object{{"n", 1}, {"t", "no content"}});
    return Json(lines);
  }
  Result<void> wait(const proxmox::Upid&, std::stop_token) override { return {}; }
  Result<proxmox::Upid> upload(const Upload&, std::stop_token) override {
    return fail(Errc::internal, "nothing to upload");
  }
  std::string user() const override { return ""; }
};

Json running() {
  return Json::Object{{"status", "running"}};
}
Json ended(const std::string& exit) {
  return Json::Object{{"status", "stopped"}, {"exitstatus", exit}};
}

const proxmox::Upid task{"UPID:pve1:0000110F:00059975:6B014D2F:vzcreate:300:root@pam:", "pve1",
                         "vzcreate", "300", "root@pam"};

TEST_CASE("a task is looked at often first, then every second") {
  TaskPve pve;
  pve.status = [](int look) -> Result<Json> { return look < 40 ? running() : ended("OK"); };
  ScriptClock clock;
  REQUIRE(watch_task(pve, clock, {}, task, {}, {}));
  CHECK(pve.looks == 41);
  CHECK(clock.passed() > 25s);
  CHECK(clock.passed() < 40s);
}

TEST_CASE("lines come once each, in order, while the task runs") {
  TaskPve pve;
  pve.status = [&](int look) -> Result<Json> {
    for (int i = 0; i < 300; ++i) pve.log.push_back("line " + std::to_string(pve.log.size()));
    return look < 4 ? running() : ended("WARNINGS: 1");
  };
  ScriptClock clock;
  std::vector<std::string> lines;
  REQUIRE(watch_task(pve, clock, {}, task, [&](const std::string& line) { lines.push_back(line); },
                     {}));
  CHECK(lines == pve.log);
}

TEST_CASE("an empty log's placeholder is no line") {
  TaskPve pve;
  pve.status = [](int look) -> Result<Json> { return look < 2 ? running() : ended("OK"); };
  ScriptClock clock;
  int lines = 0;
  REQUIRE(watch_task(pve, clock, {}, task, [&](const std::string&) { ++lines; }, {}));
  CHECK(lines == 0);
}

TEST_CASE("nobody listening: the log is read only when the task has ended") {
  TaskPve pve;
  pve.status = [](int look) -> Result<Json> { return look < 9 ? running() : ended("disk full"); };
  pve.log = {"allocating", "writing", "TASK ERROR: disk full"};
  ScriptClock clock;
  const auto failed = watch_task(pve, clock, {}, task, {}, {});
  REQUIRE(!failed);
  CHECK(describe(failed.error()).find("disk full") != std::string::npos);
  CHECK(describe(failed.error()).find("writing") != std::string::npos);
  CHECK(pve.log_reads == 1);
}

TEST_CASE("a question that fails for a moment says nothing about the task") {
  TaskPve pve;
  pve.status = [](int look) -> Result<Json> {
    if (look % 2 == 0) return fail(Errc::unavailable, "node down");
    return look < 9 ? running() : ended("OK");
  };
  ScriptClock clock;
  CHECK(watch_task(pve, clock, {}, task, {}, {}));
}

TEST_CASE("a task out of sight for too long has an unknown outcome") {
  TaskPve pve;
  pve.status = [](int) -> Result<Json> { return fail(Errc::unavailable, "node down"); };
  ScriptClock clock;
  const auto lost = watch_task(pve, clock, {}, task, {}, {});
  REQUIRE(!lost);
  CHECK(lost.error().code == Errc::unknown_outcome);
  CHECK(clock.passed() > 5min);
}

TEST_CASE("a refusal to tell is final") {
  TaskPve pve;
  pve.status = [](int) -> Result<Json> { return fail(Errc::denied, "Sys.Audit"); };
  ScriptClock clock;
  CHECK(watch_task(pve, clock, {}, task, {}, {}).error().code == Errc::denied);
  CHECK(pve.looks == 1);
}

TEST_CASE("patience ends while the task still runs") {
  TaskPve pve;
  pve.status = [](int) -> Result<Json> { return running(); };
  ScriptClock clock;
  TaskPatience patience;
  patience.total = 30s;
  CHECK(watch_task(pve, clock, patience, task, {}, {}).error().code == Errc::timeout);
  CHECK(clock.passed() < 35s);
}

TEST_CASE("a wait ends when asked to stop") {
  TaskPve pve;
  std::stop_source stop;
  pve.status = [&](int look) -> Result<Json> {
    if (look == 3) stop.request_stop();
    return running();
  };
  ScriptClock clock;
  CHECK(watch_task(pve, clock, {}, task, {}, stop.get_token()).error().code == Errc::cancelled);
}

}  // namespace pve_task_watch_test
