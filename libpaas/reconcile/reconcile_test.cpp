#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <set>

#include "libpaas/base/overload.hpp"
#include "libpaas/reconcile/plan.hpp"

namespace reconcile_test {

using namespace paas;
using namespace paas::reconcile;
using namespace paas::model;

const std::string owner = "node-1";

NetworkSpec network(const std::string& name, const std::string& subnet = "10.200.7.0/24") {
  return {name, "br-" + name, subnet, "10.200.7.1", 1420, {}};
}

ExpectedContainer web(int ordinal = 0) {
  ExpectedContainer out;
  out.name = "shop-web-" + std::to_string(ordinal);
  out.allocation = {"shop", "web", ordinal};
  out.release = "r1";
  out.container.image = "registry/web:1";
  out.container.environment = {{"MODE", "production"}};
  out.network = "shop";
  out.address = "10.200.7." + std::to_string(2 + ordinal);
  return out;
}

// As the engine would tell of it, were it made as declared and running.
ContainerInfo made(const ExpectedContainer& expected, const std::string& image_id = "sha256:1") {
  ContainerInfo out;
  out.id = "id-" + expected.name;
  out.name = expected.name;
  out.image_id = image_id;
  out.labels = labels_of(expected, owner);
  out.status = ContainerStatus::running;
  out.network = expected.network;
  out.address = expected.address;
  out.limits = expected.container.limits;
  for (const Mount& mount : expected.container.mounts) {
    if (mount.kind != MountKind::tmpfs) out.mounts.push_back(mount);
  }
  return out;
}

NetworkInfo made(NetworkSpec spec) {
  spec.labels[std::string(owner_label)] = owner;
  return {"id-" + spec.name, spec, false};
}

ExpectedState state() {
  return {1, {network("shop")}, {web()}, "names-1"};
}

Observed settled(const ExpectedState& state) {
  Observed out;
  for (const auto& one : state.networks) out.networks.push_back(made(one));
  for (const auto& one : state.containers) {
    out.containers.push_back(made(one));
    out.images[one.container.image] = "sha256:1";
  }
  out.names = state.names;
  return out;
}

// "deploy container shop-web-0: missing"
std::vector<std::string> told(const std::vector<Change>& changes) {
  std::vector<std::string> out;
  for (const Change& change : changes) {
    std::string line = std::string(word_of(change.kind)) + " " + change.subject + ":";
    for (const Reason& reason : change.reasons) line += " " + reason.word;
    out.push_back(line);
  }
  return out;
}

using Lines = std::vector<std::string>;

Lines steps_of(const ExpectedState& expected, const Observed& observed) {
  Lines out;
  for (const Change& change : diff(expected, observed, owner)) {
    for (const Step& step : plan(change, expected, observed, owner)) out.push_back(text_of(step));
  }
  return out;
}

TEST_CASE("reconcile: a node that is as it should be is left alone") {
  CHECK(diff(state(), settled(state()), owner).empty());
}

TEST_CASE("reconcile: an empty node gets everything, in order") {
  CHECK(told(diff(state(), {}, owner)) == Lines{"create network shop: missing",
                                                "deploy container shop-web-0: missing",
                                                "publish names names: names"});
  CHECK(steps_of(state(), {}) ==
        Lines{"create the network shop (10.200.7.0/24)", "pull registry/web:1",
              "create the container shop-web-0 from registry/web:1 at 10.200.7.2",
              "start the container shop-web-0", "publish the names"});
}

TEST_CASE("reconcile: every kind of drift has its reason") {
  const ExpectedState expected = state();
  const auto after = [&](auto change) {
    Observed observed = settled(expected);
    change(observed.containers[0]);
    const auto changes = told(diff(expected, observed, owner));
    return changes.empty() ? std::string() : changes[0];
  };
  const std::string start = "start container shop-web-0:",
                    replace = "replace container shop-web-0:";
  CHECK(after([](auto& c) { c.status = ContainerStatus::exited; }) == start + " state");
  CHECK(after([](auto& c) { c.status = ContainerStatus::created; }) == start + " state");
  CHECK(after([](auto& c) { c.status = ContainerStatus::dead; }) == replace + " state");
  CHECK(after([](auto& c) { c.limits.memory_mib = 64; }) == replace + " limits");
  CHECK(after([](auto& c) { c.limits.cpu_milli = 500; }) == replace + " limits");
  CHECK(after([](auto& c) { c.limits.pids = 7; }) == replace + " limits");
  CHECK(after([](auto& c) { c.network = "podman"; }) == replace + " network");
  CHECK(after([](auto& c) { c.address = "10.200.7.99"; }) == replace + " address");
  CHECK(after([](auto& c) { c.labels.erase(std::string(owner_label)); }) ==
        "deploy container shop-web-0: missing");
}

TEST_CASE("reconcile: what is declared anew is replaced, and the reason says what it was") {
  const auto after = [&](auto change) {
    ExpectedState expected = state();
    change(expected.containers[0]);
    const auto changes = told(diff(expected, settled(state()), owner));
    return changes.empty() ? std::string() : changes[0];
  };
  const std::string replace = "replace container shop-web-0:";
  CHECK(after([](auto& c) { c.container.image = "registry/web:2"; }) == replace + " image");
  CHECK(after([](auto& c) { c.image_id = "sha256:2"; }) == replace + " image");
  CHECK(after([](auto& c) { c.container.environment["A"] = "1"; }) == replace + " environment");
  CHECK(after([](auto& c) { c.container.command = Texts{"serve"}; }) == replace + " command");
  CHECK(after([](auto& c) { c.container.mounts = {{MountKind::tmpfs, "", false, "/tmp"}}; }) ==
        replace + " mounts");
  CHECK(after([](auto& c) { c.container.capabilities = {"NET_RAW"}; }) == replace + " rights");
  CHECK(after([](auto& c) { c.container.ports = {{"", 80, Protocol::tcp, 8080}}; }) ==
        replace + " ports");
  CHECK(after([](auto& c) { c.release = "r2"; }) == replace + " rest");
  // Names, health and grace are not the container's own.
  CHECK(after([](auto& c) { c.container.ports = {{"http", 80}}; }).empty());
  CHECK(after([](auto& c) { c.container.liveness.emplace(); }).empty());
}

TEST_CASE("reconcile: a network is replaced with all that is in it") {
  ExpectedState expected = state();
  Observed observed = settled(expected);
  expected.networks[0].mtu = 1300;
  CHECK(told(diff(expected, observed, owner)) == Lines{"replace network shop: mtu"});
  CHECK(steps_of(expected, observed) ==
        Lines{"stop the container shop-web-0 (10 s)", "remove the container shop-web-0",
              "remove the network shop", "create the network shop (10.200.7.0/24)"});
}

TEST_CASE("reconcile: orphans go, with the grace they were made with; what is foreign stays") {
  ExpectedContainer old = web(1);
  old.container.stop_grace = Seconds{45};
  Observed observed = settled(state());
  observed.containers.push_back(made(old));
  ContainerInfo foreign = made(web(2));
  foreign.labels[std::string(owner_label)] = "node-2";
  observed.containers.push_back(foreign);
  observed.networks.push_back({"id", network("podman"), true});
  CHECK(steps_of(state(), observed) ==
        Lines{"stop the container shop-web-1 (45 s)", "remove the container shop-web-1"});
}

TEST_CASE("reconcile: an image that is here is not pulled, one that must stay away neither") {
  ExpectedState expected = state();
  Observed observed = settled(expected);
  observed.containers.clear();
  const std::string create = "create the container shop-web-0 from registry/web:1 at 10.200.7.2";
  const std::string start = "start the container shop-web-0";
  CHECK(steps_of(expected, observed) == Lines{create, start});
  expected.containers[0].container.pull = PullPolicy::always;
  CHECK(steps_of(expected, observed) == Lines{"pull registry/web:1", create, start});
  // The release knows its image: a registry that has another by now is not asked.
  expected.containers[0].image_id = "sha256:1";
  CHECK(steps_of(expected, observed) == Lines{create, start});
  observed.images.clear();
  expected.containers[0].container.pull = PullPolicy::never;
  CHECK(steps_of(expected, observed) == Lines{create, start});
}

TEST_CASE("reconcile: lint sees what must not be done") {
  const Observed observed = settled(state());
  const auto wrong = [&](const std::vector<Step>& steps) { return lint(steps, observed, owner); };
  CHECK(wrong({StopContainer{"id-x", "x"}}) ==
        Lines{"the container x is stopped, and is not ours"});
  CHECK(wrong({RemoveContainer{"id-shop-web-0", "shop-web-0"}}) ==
        Lines{"the container shop-web-0 is removed while it runs"});
  ContainerSpec spec;
  spec.name = "shop-web-1";
  spec.labels = labels_of(web(1), owner);
  spec.network = "gone";
  CHECK_THAT(wrong({CreateContainer{spec, "x"}})[0], Catch::Contains("which is not there"));
  spec.network = "shop";
  spec.address = "10.200.7.2";
  CHECK_THAT(wrong({CreateContainer{spec, "x"}})[0], Catch::Contains("which shop-web-0 has"));
  spec.name = "shop-web-0";
  CHECK_THAT(wrong({CreateContainer{spec, "x"}})[0], Catch::Contains("the name is taken"));
  CHECK(wrong({CreateNetwork{network("b")}}) == Lines{"the network b is made without our label"});
  CHECK_THAT(wrong({StartContainer{"y"}})[0], Catch::Contains("is not there"));
}

// A host that does what it is told.
struct World {
  Observed now;

  void make(const Step& step) {
    const auto named = [](const std::string& name) {
      return [name](const ContainerInfo& c) { return c.name == name; };
    };
    auto& containers = now.containers;
    std::visit(Overload{
                   [&](const PullImage& s) { now.images[s.reference] = "sha256:1"; },
                   [&](const CreateNetwork& s) { now.networks.push_back({"id", s.spec, false}); },
                   [&](const RemoveNetwork& s) {
                     std::erase_if(now.networks,
                                   [&](const auto& n) { return n.spec.name == s.name; });
                   },
                   [&](const StopContainer& s) {
                     auto& one = *std::find_if(containers.begin(), containers.end(), named(s.name));
                     one.status = ContainerStatus::exited;
                     one.network = one.address = "";
                   },
                   [&](const RemoveContainer& s) { std::erase_if(containers, named(s.name)); },
                   [&](const CreateContainer& s) {
                     ContainerInfo info;
                     info.id = "id-" + s.spec.name;
                     info.name = s.spec.name;
                     info.image_id = now.images[s.reference];
                     info.labels = s.spec.labels;
                     info.limits = s.spec.container.limits;
                     wants[s.spec.name] = {s.spec.network, s.spec.address};
                     containers.push_back(info);
                   },
                   [&](const StartContainer& s) {
                     auto& one = *std::find_if(containers.begin(), containers.end(), named(s.name));
                     one.status = ContainerStatus::running;
                     std::tie(one.network, one.address) = wants[s.name];
                   },
                   [&](const PublishNames& s) { now.names = s.names; },
               },
               step);
  }

  std::map<std::string, std::pair<std::string, std::string>> wants;
};

ExpectedState some_state() {
  ExpectedState out{1, {network("shop")}, {}, "names-" + std::to_string(*rc::gen::inRange(0, 3))};
  if (*rc::gen::arbitrary<bool>()) out.networks.push_back(network("blog", "10.200.8.0/24"));
  for (int i = 0; i < 4; ++i) {
    if (*rc::gen::arbitrary<bool>()) continue;
    ExpectedContainer one = web(i);
    one.release = "r" + std::to_string(*rc::gen::inRange(0, 3));
    one.container.environment["N"] = one.release;
    if (*rc::gen::arbitrary<bool>()) one.container.limits.memory_mib = 64;
    one.network = out.networks[*rc::gen::inRange<std::size_t>(0, out.networks.size())].name;
    out.containers.push_back(one);
  }
  return out;
}

TEST_CASE("reconcile: one change at a time leads from anything to what is expected") {
  CHECK(rc::check("converges, and touches nothing foreign", [] {
    World world{settled(some_state()), {}};
    for (const auto& one : world.now.containers) {
      world.wants[one.name] = {one.network, one.address};
    }
    for (ContainerInfo& one : world.now.containers) {
      const int fate = *rc::gen::inRange(0, 4);
      if (fate == 1) one.status = ContainerStatus::exited;
      if (fate == 2) one.limits.pids = 1;
    }
    ContainerInfo foreign;
    foreign.id = foreign.name = "foreign";
    foreign.status = ContainerStatus::running;
    world.now.containers.push_back(foreign);
    const ExpectedState expected = some_state();
    int changes = 0;
    while (true) {
      const auto left = diff(expected, world.now, owner);
      if (left.empty()) break;
      RC_ASSERT(++changes < 40);
      const auto steps = plan(left[0], expected, world.now, owner);
      RC_ASSERT(!steps.empty());
      RC_ASSERT(lint(steps, world.now, owner).empty());
      for (const Step& step : steps) world.make(step);
    }
    RC_ASSERT(world.now.containers.size() == expected.containers.size() + 1);
    RC_ASSERT(std::count(world.now.containers.begin(), world.now.containers.end(), foreign) == 1);
  }));
}

}  // namespace reconcile_test
