// What every Pve promises, held against the real client before a fake cluster, and against the
// cluster in memory that the tests of the use cases are given.

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "libpaas/adapters/connect_pve.hpp"
#include "libpaas/proxmox/calls.hpp"
#include "libpaas/proxmox/inventory.hpp"
#include "tests/contract/cluster_process.hpp"
#include "tests/fakes/fake_pve.hpp"
#include "tests/fakes/http_server.hpp"

namespace pve_contract {

using namespace paas;
using contract::ClusterProcess;
using proxmox::Call;

const std::string image = "local:vztmpl/alpine-3.20-default_20240908_amd64.tar.xz";

Call create(int vmid, const std::string& more = "") {
  proxmox::Params params = {{"vmid", std::to_string(vmid)},
                            {"ostemplate", image},
                            {"rootfs", "local-lvm:1"},
                            {"hostname", "web"},
                            {"unprivileged", "1"}};
  if (!more.empty()) params.emplace_back("description", more);
  return proxmox::create_container("pve1", params);
}

// A Pve, and the way to make its next task fail.
struct Subject {
  virtual ~Subject() = default;
  virtual Pve& pve() = 0;
  virtual void fail_next_creation(const std::string& text) = 0;
};

struct RealClient final : Subject {
  explicit RealClient(Log& log = silent_log())
      : connection(std::make_unique<PveConnection>(cluster.options(), log)) {}
  Pve& pve() override { return connection->pve(); }
  void fail_next_creation(const std::string& text) override {
    fault({{"method", "POST"}, {"path", "/lxc$"}, {"task_failure", text}});
  }
  void fault(Json::Object rule) { cluster.control("/faults", Json::Array{Json(std::move(rule))}); }
  void connect(const pve::PveOptions& options) {
    connection = std::make_unique<PveConnection>(options, silent_log());
  }

  ClusterProcess cluster;
  std::unique_ptr<PveConnection> connection;
};

struct InMemory final : Subject {
  InMemory() { cluster.add_template(image); }
  Pve& pve() override { return cluster; }
  void fail_next_creation(const std::string& text) override { cluster.fail_task("vzcreate", text); }
  fakes::FakePve cluster;
};

std::unique_ptr<Subject> subject(bool real) {
  if (real) return std::make_unique<RealClient>();
  return std::make_unique<InMemory>();
}

Errc code_of(const Result<void>& result) {
  return result ? Errc::internal : result.error().code;
}
Errc code_of(const Result<Json>& result) {
  return result ? Errc::internal : result.error().code;
}

bool is_listed(Pve& pve, int vmid) {
  const auto resources =
      proxmox::parse_resources(pve.call(proxmox::cluster_resources(), {}).value());
  const auto& guests = resources.value().guests;
  return std::any_of(guests.begin(), guests.end(),
                     [&](const proxmox::Guest& guest) { return guest.vmid == vmid; });
}

TEST_CASE("a container is made by a task and is there when it has ended") {
  const auto with = subject(GENERATE(true, false));
  Pve& pve = with->pve();
  CHECK(!is_listed(pve, 300));
  const auto data = pve.call(create(300), {});
  REQUIRE(data);
  REQUIRE(data->string() != nullptr);
  const auto task = proxmox::parse_upid(*data->string());
  REQUIRE(task);
  CHECK(task->type == "vzcreate");
  CHECK(task->id == "300");
  CHECK(pve.wait(*task, {}));
  CHECK(pve.wait(*task, {}));  // as often as one likes
  CHECK(is_listed(pve, 300));
  CHECK(run_task(pve, proxmox::destroy_container({"pve1", 300}), {}));
  CHECK(!is_listed(pve, 300));
}

TEST_CASE("an id that is taken is a conflict, and known not to be free") {
  const auto with = subject(GENERATE(true, false));
  Pve& pve = with->pve();
  CHECK(pve.call(proxmox::id_is_free(300), {}));
  REQUIRE(run_task(pve, create(300), {}));
  CHECK(code_of(pve.call(create(300), {})) == Errc::conflict);
  CHECK(code_of(pve.call(proxmox::id_is_free(300), {})) == Errc::conflict);
}

TEST_CASE("a container that is not there is not found") {
  const auto with = subject(GENERATE(true, false));
  CHECK(code_of(with->pve().call(proxmox::container_status({"pve1", 300}), {})) == Errc::not_found);
}

TEST_CASE("a task that fails is judged by its last words") {
  const auto with = subject(GENERATE(true, false));
  with->fail_next_creation("unable to create CT 300 - No space left on device");
  const auto failed = run_task(with->pve(), create(300), {});
  REQUIRE(!failed);
  CHECK(failed.error().code == Errc::conflict);
  CHECK(describe(failed.error()).find("No space left") != std::string::npos);
  CHECK(!is_listed(with->pve(), 300));
}

TEST_CASE("everybody is somebody") {
  const auto with = subject(GENERATE(true, false));
  CHECK(with->pve().user().starts_with("root@pam!"));
}

// --- what only the client over HTTP has to do --------------------------------------------------

class LineLog final : public Log {
 public:
  bool enabled(LogLevel level) const override { return level >= LogLevel::info; }
  void write(LogLevel, std::string_view message, const Fields&) override {
    const std::lock_guard lock(mutex_);
    text_.append(message).append("\n");
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

TEST_CASE("a create whose answer is lost has happened once, and says that it may have") {
  RealClient with;
  with.fault({{"method", "POST"}, {"path", "/lxc$"}, {"reset_after", true}});
  REQUIRE(with.pve().call(proxmox::version(), {}));  // so that a connection is used again
  const auto lost = with.pve().call(create(300), {});
  CHECK(code_of(lost) == Errc::unknown_outcome);
  CHECK(is_listed(with.pve(), 300));
  const Json faults = with.cluster.control("/faults", {}, "GET");
  CHECK((*faults.array())[0]["matched"].integer() == 1);
}

TEST_CASE("reads go on through resets and proxy failures") {
  RealClient with;
  const bool reset = GENERATE(true, false);
  Json::Object rule{{"method", "GET"}, {"path", "/version"}, {"count", 2}};
  if (reset) {
    rule.emplace("reset_before", true);
  } else {
    rule.emplace("status", 596);
    rule.emplace("reason", "Connection timed out");
  }
  with.fault(std::move(rule));
  CHECK(with.pve().call(proxmox::version(), {}));
}

TEST_CASE("a write kept out by a lock is repeated, one that broke off in the middle is not") {
  RealClient with;
  REQUIRE(run_task(with.pve(), create(300), {}));
  const Call change = proxmox::configure_container({"pve1", 300}, {{"memory", "256"}});
  with.fault({{"method", "PUT"},
              {"path", "/config$"},
              {"status", 500},
              {"reason", "can't lock file '/run/lock/lxc/pve-config-300.lock' - got timeout"}});
  CHECK(with.pve().call(change, {}));
  with.fault({{"method", "PUT"}, {"path", "/config$"}, {"status", 596}, {"reason", "Broken pipe"}});
  CHECK(code_of(with.pve().call(change, {})) == Errc::unknown_outcome);
}

TEST_CASE("a password, with or without a second factor, serves for reads and writes") {
  RealClient with;
  auto options = with.cluster.options();
  SECTION("without") {
    options.credentials = pve::Password{"root@pam", "secret"};
  }
  SECTION("with") {
    with.cluster.control(
        "/users", Json::Object{{"userid", "root@pam"}, {"password", "secret"}, {"otp", "123456"}});
    options.credentials = pve::Password{"root@pam", "secret", "123456"};
  }
  with.connect(options);
  CHECK(with.pve().user().empty());
  REQUIRE(run_task(with.pve(), create(300), {}));
  CHECK(with.pve().user() == "root@pam");
}

TEST_CASE("strangers are denied") {
  RealClient with;
  auto options = with.cluster.options();
  SECTION("a wrong token") {
    options.credentials = pve::Token{"root@pam!paas", "nonsense"};
  }
  SECTION("a wrong password") {
    options.credentials = pve::Password{"root@pam", "nonsense"};
  }
  SECTION("a server we do not trust") {
    options.trust = SystemTrust{};
  }
  with.connect(options);
  const auto refused = with.pve().call(proxmox::version(), {});
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::denied);
  CHECK(!refused.error().remedy.empty());
  CHECK(describe(refused.error()).find("nonsense") == std::string::npos);
}

TEST_CASE("each parameter that was refused is named") {
  RealClient with;
  const auto refused = with.pve().call(
      proxmox::create_container("pve1", {{"vmid", "300"}, {"memory", "abc"}, {"bogus", "1"}}), {});
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::invalid);
  for (const char* name : {"memory", "bogus", "ostemplate"}) {
    CHECK(refused.error().message.find(name) != std::string::npos);
  }
}

TEST_CASE("a task's lines come to the log") {
  LineLog log;
  RealClient with(log);
  REQUIRE(run_task(with.pve(), create(300), {}));
  CHECK(log.text().find("TASK OK") != std::string::npos);
}

TEST_CASE("waiting for a slow task ends when asked to stop, and the task goes on") {
  RealClient with;
  with.fault({{"method", "POST"}, {"path", "/lxc$"}, {"task_ms", 60'000}});
  const auto data = with.pve().call(create(300), {});
  REQUIRE(data);
  const auto task = proxmox::parse_upid(*data->string()).value();
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  CHECK(code_of(with.pve().wait(task, stop.get_token())) == Errc::cancelled);
  const auto status =
      proxmox::parse_task_status(with.pve().call(proxmox::task_status(task), {}).value());
  CHECK(status.value().running);
}

TEST_CASE("a file is uploaded and taken in by a task") {
  RealClient with;
  const fakes::ScratchFile file(std::string(3'000'000, 'x'));
  Pve::Upload upload;
  upload.call = proxmox::upload_template("pve2", "local", {});
  upload.file_path = file.path();
  upload.file_name = "app.tar.gz";
  const auto task = with.pve().upload(upload, {});
  REQUIRE(task);
  REQUIRE(with.pve().wait(*task, {}));
  const auto templates = proxmox::parse_templates(
      with.pve().call(proxmox::list_templates("pve2", "local"), {}).value(), "pve2", "local");
  REQUIRE(templates);
  const auto found =
      std::find_if(templates->begin(), templates->end(),
                   [](const proxmox::Template& entry) { return entry.file_name == "app.tar.gz"; });
  REQUIRE(found != templates->end());
  CHECK(found->size_bytes == 3'000'000);
}

TEST_CASE("fifty threads make fifty containers") {
  RealClient with;
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  threads.reserve(50);
  for (int i = 0; i < 50; ++i) {
    threads.emplace_back([&, i] {
      if (run_task(with.pve(), create(300 + i), {})) ++made;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(made == 50);
}

}  // namespace pve_contract
