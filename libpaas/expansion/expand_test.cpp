#include "libpaas/expansion/expand.hpp"

#include <catch2/catch.hpp>

#include "libpaas/dns/feed.hpp"
#include "libpaas/expansion/world_test.hpp"

namespace paas::expansion::expand_test {

using namespace std::chrono_literals;
using world::World;
using Words = std::vector<std::string>;

std::string web(const std::string& more = "", const std::string& image = "web:1") {
  return "apps: [{name: web, project: shop, image: \"" + image + "\"" +
         (more.empty() ? "" : ", " + more) + "}]";
}

World running(const std::string& text) {
  World world;
  world.declare(text);
  REQUIRE(world.settle() < 3000);
  return world;
}

TEST_CASE("expansion: the gateway has the first address of the subnet") {
  const auto gateway = [](const std::string& subnet) {
    const auto out = gateway_of({.subnet = subnet});
    return out ? *out : out.error().message;
  };
  CHECK(gateway("10.200.1.0/24") == "10.200.1.1");
  CHECK(gateway("10.200.1.77/24") == "10.200.1.1");
  CHECK(gateway("10.0.0.0/16") == "10.0.0.1");
  CHECK(gateway("10.0.0.8/29") == "10.0.0.9");
  CHECK_THAT(gateway("10.0.0.0/30"), Catch::Contains("/16 to /29"));
  CHECK_THAT(gateway("10.0.0.0/15"), Catch::Contains("/16 to /29"));
  for (const char* const wrong : {"", "10.0.0.0", "fd00::/64", "10.0.0.0/33"}) {
    CHECK_FALSE(gateway_of({.subnet = wrong}));
  }
}

TEST_CASE("expansion: the first ledger can give every address but those of the network itself") {
  const auto entries =
      first_ledger({.subnet = "10.0.0.8/29", .quarantine = 7s}).addresses.entries();
  CHECK(entries.first == 0x0A00000A);
  CHECK(entries.last == 0x0A00000E);
  CHECK(entries.quarantine == 7s);
}

TEST_CASE("expansion: a release is what its container is") {
  model::Container container;
  container.image = "web:1";
  const std::string before = release_of(container);
  CHECK(before.size() == 64);
  CHECK(before.find_first_not_of("0123456789abcdef") == before.npos);
  CHECK(release_of(container) == before);
  container.environment["MODE"] = "production";
  CHECK(release_of(container) != before);
}

TEST_CASE("expansion: volumes have names that no other replica, app or project can have") {
  const model::Mount own{.source = "c", .target = "/data"};
  const model::Mount shared{.source = "c", .shared = true, .target = "/data"};
  CHECK(volume_name({"a", "b", 0}, own) == "a.b.0.c");
  CHECK(volume_name({"a", "b", 3}, shared) == "a.c");
  CHECK(volume_name({"a-b", "c", 0}, own) != volume_name({"a", "b-c", 0}, own));
}

TEST_CASE("expansion: a container is what was declared, and what the node adds") {
  const World world =
      running(web("mounts: [{volume: data, target: /data}, {volume: all, target: /all, "
                  "shared: true}, {bind: /srv/x, target: /x}], env: {A: b}"));
  REQUIRE(world.expected.containers.size() == 1);
  const model::ExpectedContainer& one = world.expected.containers[0];
  CHECK(one.allocation == model::AllocationId{"shop", "web", 0});
  CHECK(one.name == "shop-web-0-" + one.release.substr(0, 8));
  CHECK(one.network == "paas");
  CHECK(one.dns_servers == Words{"10.200.1.1"});
  CHECK(one.container.mounts[0].source == "shop.web.0.data");
  CHECK(one.container.mounts[1].source == "shop.all");
  CHECK(one.container.mounts[2].source == "/srv/x");
  CHECK(one.container.environment.at("A") == "b");
  REQUIRE(world.expected.networks.size() == 1);
  CHECK(world.expected.networks[0].gateway == "10.200.1.1");
  CHECK(world.expected.networks[0].bridge == "paas0");
}

TEST_CASE("expansion: names are of the gateway, with ports and without what is not ready") {
  World world =
      running(web("replicas: 2, ports: [{name: http, port: 8080}, {port: 53, protocol: udp}]"));
  const auto feed = dns::parse_feed(world.expected.names);
  REQUIRE(feed);
  CHECK(feed->listen.at(0) == *dns::parse_listen("10.200.1.1"));
  CHECK(feed->clients == std::vector{*dns::parse_network("10.200.1.1/32")});
  CHECK(feed->reverse == std::vector{*dns::parse_network("10.200.1.0/24")});
  const dns::Project& shop = feed->projects.at(0);
  CHECK(shop.networks ==
        std::vector{*dns::parse_network("10.200.1.2/32"), *dns::parse_network("10.200.1.3/32")});
  const dns::App& app = shop.apps.at(0);
  CHECK(app.ports == std::vector<dns::Port>{{"http", "tcp", 8080}, {"53", "udp", 53}});
  CHECK(app.replicas.size() == 2);
  const std::string second = world.expected.containers[1].name;
  world.facts.containers[second].ready = false;
  world.look();
  CHECK(world.named("shop", "web") == 1);
  CHECK(dns::parse_feed(world.expected.names)->generation == feed->generation + 1);
}

TEST_CASE("expansion: while ports change, they are told of the release that most replicas run") {
  World world = running(web("replicas: 3, ports: [{port: 80}]"));
  world.declare(web("replicas: 3, ports: [{port: 81}]"));
  std::vector<int> ports;
  for (int i = 0; i < 60; ++i) {
    world.tick();
    const int port =
        dns::parse_feed(world.expected.names)->projects.at(0).apps.at(0).ports.at(0).number;
    if (ports.empty() || ports.back() != port) ports.push_back(port);
  }
  CHECK(ports == std::vector<int>{80, 81});
}

TEST_CASE("expansion: what needs no new container makes no release, and no new state") {
  World world = running(web());
  const Ledger before = world.ledger;
  world.declare(web("update: {order: stop-first, drain: 5s, keep_releases: 2}"));
  world.settle();
  CHECK(world.app("shop/web").releases == before.apps.at("shop/web").releases);
  CHECK(world.ledger.generation == before.generation);
  CHECK(world.app("shop/web").update.drain == 5s);
}

TEST_CASE("expansion: the generation grows with the state, that of names with the names") {
  World world = running(web());
  const Ledger before = world.ledger;
  world.ticks(5);
  CHECK(world.ledger.generation == before.generation);
  CHECK(world.ledger == before);
  world.settings.mtu = 1400;
  world.look();
  CHECK(world.ledger.generation == before.generation + 1);
  CHECK(world.ledger.names_generation == before.names_generation);
}

TEST_CASE("expansion: old releases go, but none that a replica runs or may go back to") {
  World world = running(web("update: {keep_releases: 2}"));
  const std::string first = world.app("shop/web").declared;
  for (int i = 2; i < 7; ++i) {
    world.declare(web("update: {keep_releases: 2}", "web:" + std::to_string(i)));
    world.tick();
    CHECK(world.app("shop/web").releases.contains(world.app("shop/web").rollout.good));
    for (const auto& one : world.expected.containers) {
      CHECK(world.app("shop/web").releases.contains(one.release));
    }
  }
  world.settle();
  const auto& releases = world.app("shop/web").releases;
  CHECK(releases.size() == 2);
  CHECK(releases.contains(world.app("shop/web").declared));
  CHECK(releases.contains(first));  // the others never ran on every replica
}

TEST_CASE("expansion: images are wanted for what runs or shall run, and kept for what is kept") {
  World world = running(web("replicas: 2"));
  CHECK(wanted_images(world.ledger) ==
        std::vector<WantedImage>{{.reference = "web:1", .of = {"shop/web"}}});
  CHECK(kept_images(world.ledger).empty());
  world.ledger.apps.at("shop/web").releases.begin()->second.image_id = "sha256:1";
  world.declare(web("replicas: 2, pull: always", "web:2"));
  world.tick();
  CHECK(world.expected.containers[0].image_id == "sha256:1");
  const auto wanted = wanted_images(world.ledger);
  REQUIRE(wanted.size() == 2);
  CHECK(wanted[0] == WantedImage{.reference = "web:1", .image_id = "sha256:1", .of = {"shop/web"}});
  CHECK(wanted[1] ==
        WantedImage{.reference = "web:2", .pull = model::PullPolicy::always, .of = {"shop/web"}});
  world.settle();
  CHECK(wanted_images(world.ledger).size() == 1);
  CHECK(kept_images(world.ledger) == Words{"sha256:1"});
}

TEST_CASE("expansion: a run of a job has a container of its own release") {
  World world;
  world.declare(
      "apps: []\njobs: [{name: once, project: shop, image: \"job:1\", mounts: [{volume: d, "
      "target: /d}]}]");
  world.ticks(4);
  const auto& runs = world.ledger.jobs.at("shop/once").record.runs;
  REQUIRE(runs.size() == 1);
  const auto container = container_of(world.ledger, world.settings, "shop/once", runs[0]);
  REQUIRE(container);
  CHECK(container->allocation == model::AllocationId{"shop", "once", 1});
  CHECK(container->container.mounts[0].source == "shop.once.0.d");
  CHECK(container->address == "10.200.1.2");
  CHECK(wanted_images(world.ledger).at(0).of == Words{"shop/once"});
  CHECK_FALSE(container_of(world.ledger, world.settings, "shop/other", runs[0]));
  jobs::Run other = runs[0];
  other.release = "none";
  CHECK_FALSE(container_of(world.ledger, world.settings, "shop/once", other));
}

TEST_CASE("expansion: the next look is due when the first thing may change by itself") {
  World world = running(web("update: {drain: 20s}"));
  CHECK(next_deadline(world.ledger, world.blueprint, world.zones, world.now) == model::Moment{});
  world.declare("apps: []");
  const model::Moment removed = world.now;
  world.tick();
  CHECK(next_deadline(world.ledger, world.blueprint, world.zones, world.now) == removed + 25s);
  CHECK(next_deadline(world.ledger, world.blueprint, world.zones, removed + 26s) ==
        model::Moment{});
}

TEST_CASE("expansion: names that were told with a longer TTL are waited for") {
  World world = running(web() + "\ndns: {ttl: 100s}");
  const std::string old = world.expected.containers[0].name;
  world.declare(web("", "web:2") + "\ndns: {ttl: 5s}");
  const model::Moment lowered = world.now;
  const auto is_there = [&] {
    return std::any_of(world.expected.containers.begin(), world.expected.containers.end(),
                       [&](const auto& one) { return one.name == old; });
  };
  while (is_there()) world.tick();
  CHECK(world.now - lowered >= 100s);
  CHECK(world.now - lowered < 110s);
  CHECK(world.ledger.ttl == 5s);
  world.settle();
  world.declare(web("", "web:3") + "\ndns: {ttl: 5s}");
  CHECK(world.settle() < 30);
}

TEST_CASE("expansion: a node that is given another subnet gives everybody another address") {
  World world = running(web("replicas: 2"));
  world.settings.subnet = "10.9.0.0/24";
  world.look();
  REQUIRE(world.expected.containers.size() == 2);
  CHECK(world.expected.containers[0].address == "10.9.0.2");
  CHECK(world.expected.containers[1].address == "10.9.0.3");
  CHECK(world.expected.networks[0].subnet == "10.9.0.0/24");
  CHECK(world.ledger.addresses.taken() == 2);
  CHECK(dns::parse_feed(world.expected.names)->listen.at(0) == *dns::parse_listen("10.9.0.1"));
}

TEST_CASE("expansion: who finds no address in a smaller subnet waits for one") {
  World world = running(web("replicas: 6"));
  world.settings.subnet = "10.9.0.0/29";
  world.ticks(5);
  CHECK(world.expected.containers.size() == 5);
  CHECK(world.ledger.addresses.taken() == 5);
  CHECK_THAT(world.app("shop/web").rollout.trouble, Catch::Contains("no address is free"));
  world.declare(web("replicas: 5"));
  world.settle();
  CHECK(world.named("shop", "web") == 5);
  world.settings.quarantine = 7s;
  world.look();
  CHECK(world.ledger.addresses.entries().quarantine == 7s);
}

TEST_CASE("expansion: who would call its containers like another waits until that one is gone") {
  World world = running("apps: [{name: c, project: a-b, image: x}]");
  world.declare("apps: [{name: b-c, project: a, image: x}]");
  world.ticks(3);
  CHECK(world.app("a/b-c").rollout.slots.empty());
  CHECK(world.app("a-b/c").rollout.slots.size() == 1);
  world.settle();
  CHECK(world.told() == Words{"a-b-c-0-" + world.app("a/b-c").declared.substr(0, 8) + " 10.200.1.3",
                              "b-c.a 0=10.200.1.3", "a asks from 10.200.1.3/32"});
}

TEST_CASE("hold: what cannot be gone back to is said") {
  World world = running(web());
  const auto message = [&](const std::string& app, const std::string& release) {
    const auto held = hold(world.ledger, "shop", app, release);
    return held ? "" : std::string(name_of(held.error().code)) + " " + held.error().message;
  };
  const std::string first = world.app("shop/web").declared;
  CHECK(message("no", "") == "not_found there is no app \"shop/no\"");
  CHECK(message("web", "") == "not_found no release before the present one is kept that was good");
  CHECK(message("web", "zz") == "not_found no release is kept that begins with \"zz\"");
  CHECK(message("web", first) == "conflict the app \"shop/web\" runs that release already");
  world.declare("apps: []");
  world.tick();
  CHECK(message("web", first) == "conflict the app \"shop/web\" is declared no more");
}

TEST_CASE("hold: an unfinished release gives way to the last good one, at once") {
  World world = running(web());
  const std::string good = world.app("shop/web").declared;
  world.broken = {"web:2"};
  world.declare(web("", "web:2"));
  world.ticks(5);
  world.ledger = *hold(world.ledger, "shop", "web", "");
  CHECK(world.app("shop/web").held == good);
  world.settle();
  CHECK(world.app("shop/web").rollout.release == good);
  CHECK(world.named("shop", "web") == 1);
}

TEST_CASE("hold: the declared release ends it, and one that failed is tried anew") {
  World world = running(web("update: {healthy_within: 10s}"));
  world.broken = {"web:2"};
  world.declare(web("update: {healthy_within: 10s}", "web:2"));
  world.settle();
  CHECK(world.app("shop/web").rollout.state == rollout::State::rolled_back);
  world.broken.clear();
  const std::string failed = world.app("shop/web").declared;
  world.ledger = *hold(world.ledger, "shop", "web", failed.substr(0, 12));
  CHECK(world.app("shop/web").held.empty());
  world.settle();
  CHECK(world.app("shop/web").rollout.good == failed);
  CHECK(world.app("shop/web").rollout.state == rollout::State::running);
}

}  // namespace paas::expansion::expand_test
