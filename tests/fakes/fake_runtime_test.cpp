// What the fake can do beyond its contract (tests/engine/contract.cpp): tell, fail and be changed.
#include "tests/fakes/fake_runtime.hpp"

#include <catch2/catch.hpp>

namespace fake_runtime_test {

using namespace paas;
using fakes::FakeRuntime;
using Lines = std::vector<std::string>;

const Error lost{Errc::unknown_outcome, "the answer was lost", {}, {}};

struct World {
  World() {
    FakeRuntime::Image image;
    image.info.id = "sha256:1";
    runtime.image_store["sha256:1"] = image;
    spec.name = "web.1";
    spec.image_id = "sha256:1";
    spec.container.entrypoint = model::Texts{"/bin/sleep", "9"};
  }
  std::string run() {
    const std::string id = runtime.containers().create(spec, {}).value();
    REQUIRE(runtime.containers().start(id, {}));
    return id;
  }
  FakeRuntime runtime;
  model::ContainerSpec spec;
};

TEST_CASE("the fake records every call, and which of them change something") {
  World world;
  const std::string id = world.run();
  REQUIRE(world.runtime.containers().list({}));
  REQUIRE(world.runtime.containers().remove(id, {}));
  CHECK(world.runtime.record() == Lines{"containers.create web.1", "containers.start web.1",
                                        "containers.list", "containers.remove web.1"});
  CHECK(world.runtime.changes() ==
        Lines{"containers.create web.1", "containers.start web.1", "containers.remove web.1"});
}

TEST_CASE("the n-th call fails, before or after its effect") {
  World world;
  const auto effect = GENERATE(FakeRuntime::Effect::none, FakeRuntime::Effect::full);
  world.runtime.fail_at(2, lost, effect);
  CHECK(world.runtime.images().list({}));
  const auto made = world.runtime.containers().create(world.spec, {});
  REQUIRE(!made);
  CHECK(made.error() == lost);
  CHECK(world.runtime.container_store.empty() == (effect == FakeRuntime::Effect::none));
  CHECK(world.runtime.images().list({}));
}

TEST_CASE("a call is answered by the test where that wants to") {
  World world;
  world.runtime.before = [](const std::string& line) -> std::optional<Error> {
    if (line.starts_with("containers.start")) return lost;
    return {};
  };
  const std::string id = world.runtime.containers().create(world.spec, {}).value();
  CHECK(!world.runtime.containers().start(id, {}));
  CHECK(world.runtime.containers().inspect(id, {})->pid == 0);
}

TEST_CASE("containers end, talk, and do not outlive a reboot") {
  World world;
  const std::string id = world.run();
  world.runtime.say("web.1", model::Stream::err, "help\n");
  world.runtime.end("web.1", 137, true);
  auto info = world.runtime.containers().inspect(id, {}).value();
  CHECK(info.exit_code == 137);
  CHECK(info.out_of_memory);
  CHECK(world.runtime.container_store.at(id).log.size() == 1);
  REQUIRE(world.runtime.containers().start(id, {}));
  world.runtime.reboot();
  info = world.runtime.containers().inspect(id, {}).value();
  CHECK(info.status == model::ContainerStatus::exited);
  CHECK(!info.out_of_memory);
}

TEST_CASE("a command says what the test wants it to") {
  World world;
  const std::string id = world.run();
  world.runtime.on_exec = [](const auto&, const model::ExecSpec& spec, const auto& on_output) {
    on_output(model::Stream::out, spec.command.front());
    return 3;
  };
  std::string out;
  const auto code = world.runtime.sessions().exec(
      id, {.command = {"/check"}}, [&](auto, std::string_view bytes) { out.append(bytes); }, {});
  REQUIRE(code);
  CHECK(*code == 3);
  CHECK(out == "/check");
}

}  // namespace fake_runtime_test
