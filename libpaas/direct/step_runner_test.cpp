#include "libpaas/direct/step_runner.hpp"

#include <catch2/catch.hpp>

#include "tests/fakes/container_world.hpp"

namespace step_runner_test {

using namespace paas;
using namespace paas::direct;

struct Bench {
  Bench() {
    pve.containers[104] = {"pve1", {{"memory", "512"}, {"rootfs", "local:104/d.raw,size=4G"}}};
  }
  Result<void> run(const Step& step, std::stop_token stop = {}) { return runner.run(step, stop); }
  fakes::FakePve::Container& container() { return pve.containers.at(104); }

  fakes::FakePve pve;
  fakes::ScriptClock clock;
  StepRunner runner{pve, clock};
};

TEST_CASE("what is so already is success", "[direct]") {
  Bench bench;
  CHECK(bench.run(Stop{104, "pve1"}));
  CHECK(bench.run(Start{104, "pve1"}));
  CHECK(bench.run(Start{104, "pve1"}));
  CHECK(bench.container().running);
  CHECK(bench.run(SetHa{104, HaState{}, std::nullopt}));  // not in high availability
}

TEST_CASE("a shutdown that fails is followed by a stop", "[direct]") {
  Bench bench;
  bench.container().running = true;
  bench.pve.fail_task("vzshutdown", "container did not stop");
  CHECK(bench.run(Stop{104, "pve1"}));
  CHECK(!bench.container().running);
  CHECK(bench.pve.count({"POST", "/status/stop"}) == 1);
}

TEST_CASE("a container that does not stay up is an error with advice", "[direct]") {
  Bench bench;
  bench.pve.before = [&](const proxmox::Call& call) -> std::optional<Error> {
    if (call.path.ends_with("/status/current")) bench.container().running = false;
    return {};
  };
  const auto failed = bench.run(Start{104, "pve1"});
  REQUIRE(!failed);
  CHECK(describe(failed.error()).find("unable to start 104") != std::string::npos);
  CHECK(!failed.error().remedy.empty());
  CHECK(bench.clock.passed() >= std::chrono::seconds(15));
}

TEST_CASE("a configuration that has changed since it was read is not written", "[direct]") {
  Bench bench;
  const auto stale = bench.run(Configure{104, "pve1", {{"memory", "700"}}, {}, "0123"});
  REQUIRE(!stale);
  CHECK(proxmox::is_stale_digest(stale.error()));
  CHECK(bench.container().settings.at("memory") == "512");
  CHECK(bench.run(Configure{104, "pve1", {{"memory", "700"}}, {}, ""}));
  CHECK(bench.container().settings.at("memory") == "700");
}

TEST_CASE("a guest that does not arrive where high availability should move it", "[direct]") {
  Bench bench;
  bench.pve.ha[104] = {{"state", "started"}};
  bench.pve.ha_moves_after = 1'000'000;
  const auto failed = bench.run(MigrateContainer{104, "pve1", "pve2", false});
  REQUIRE(!failed);
  CHECK(describe(failed.error()).find("does not arrive on node pve2") != std::string::npos);
  CHECK(bench.clock.passed() >= std::chrono::minutes(3));
}

TEST_CASE("waiting ends when somebody asks to stop", "[direct]") {
  Bench bench;
  std::stop_source stopping;
  bench.pve.ha[104] = {{"state", "started"}};
  bench.pve.ha_moves_after = 1'000'000;
  bench.pve.after = [&](const proxmox::Call& call) -> std::optional<Error> {
    if (call.path.ends_with("/migrate")) stopping.request_stop();
    return {};
  };
  const auto failed = bench.run(MigrateContainer{104, "pve1", "pve2", false}, stopping.get_token());
  REQUIRE(!failed);
  CHECK(failed.error().code == Errc::cancelled);
  CHECK(bench.clock.passed() < std::chrono::seconds(2));
}

TEST_CASE("a birth is no step of a container that exists", "[direct]") {
  Bench bench;
  CHECK(bench.run(CreateContainer{fakes::container_spec()}).error().code == Errc::internal);
  CHECK(bench.pve.calls() == 0);
}

}  // namespace step_runner_test
