#include "provider/resources/lxc/place.hpp"

#include <catch2/catch.hpp>

#include "provider/resources/lxc/model.hpp"
#include "provider/resources/lxc/plan.hpp"

namespace place_test {

using namespace paas;
using tf::Map;
using tf::Null;
using tf::Path;
using tf::Value;

const tf::Schema& schema() {
  return lxc::lxc_object().schema();
}

Value all_null(const tf::Schema& of, Map given) {
  Map out;
  for (const tf::Attribute& a : of.attributes) out.emplace(a.name, Null{});
  for (auto& [name, value] : given) out[name] = std::move(value);
  return out;
}

Value disk(std::string storage, std::string size) {
  return all_null(*schema().find("root_disk")->nested->object,
                  {{"storage", std::move(storage)}, {"size", std::move(size)}});
}

Value mount(std::string storage, std::string size) {
  return all_null(*schema().find("mount_points")->nested->object,
                  {{"storage", std::move(storage)}, {"size", std::move(size)}, {"path", "/srv"}});
}

Value config_with(Map given) {
  Map all{{"hostname", "web"},
          {"node", "pve1"},
          {"template", "local:vztmpl/debian-12.tar.zst"},
          {"memory", "2G"},
          {"root_disk", disk("local", "8G")}};
  for (auto& [name, value] : given) all[name] = std::move(value);
  return all_null(schema(), std::move(all));
}

proxmox::Resources cluster() {
  proxmox::Resources all;
  all.nodes = {{"pve1", true}, {"pve2", true}, {"pve3", false}};
  for (const char* node : {"pve1", "pve2", "pve3"}) {
    proxmox::Storage local;
    local.name = "local";
    local.node = node;
    all.storages.push_back(local);
  }
  all.storages.back().name = "zfs";
  return all;
}

struct Planned {
  Value prior;
  Value config;
  tf::Plan plan;
  tf::Diagnostics diagnostics{};

  Planned(Value had, Value wanted)
      : prior(std::move(had)), config(std::move(wanted)), plan(tf::plan(schema(), prior, config)) {
    policy::Rules rules;
    if (tf::at(config, "node").is_null()) rules.nodes = std::vector<std::string>{"pve1"};
    lxc::refine_plan(planning(), {policy::Policy(rules), false});
    REQUIRE(diagnostics.empty());
  }
  tf::Planning planning() { return {prior, config, plan, diagnostics}; }
};

Value state_of(Map given) {
  Planned created(Null{}, config_with(std::move(given)));
  Map& state = *created.plan.state.as<Map>();
  state["id"] = "104";
  state["vmid"] = 104;
  return tf::unknown_as_null(std::move(created.plan.state));
}

TEST_CASE("a node that is not there or is offline is an error that lists the others", "[place]") {
  for (const char* node : {"pve9", "pve3"}) {
    Planned plan(Null{}, config_with({{"node", node}}));
    lxc::check_place(plan.planning(), cluster());
    REQUIRE(plan.diagnostics.size() == 1);
    CHECK(plan.diagnostics[0].path == Path("node"));
    CHECK(plan.diagnostics[0].detail.find("pve1, pve2.") != std::string::npos);
  }
  Planned plan(Null{}, config_with({}));
  lxc::check_place(plan.planning(), cluster());
  CHECK(plan.diagnostics.empty());
}

TEST_CASE("a storage that the node lacks is an error at each volume on it", "[place]") {
  Planned plan(Null{}, config_with({{"root_disk", disk("zfs", "8G")},
                                    {"mount_points", Map{{"mp0", mount("nix", "1G")},
                                                         {"mp1", mount("local", "1G")}}}}));
  lxc::check_place(plan.planning(), cluster());
  REQUIRE(plan.diagnostics.size() == 2);
  CHECK(plan.diagnostics[0].path == Path("root_disk").attribute("storage"));
  CHECK(plan.diagnostics[1].path == Path("mount_points").key("mp0").attribute("storage"));
  CHECK(plan.diagnostics[1].detail.find("Set storage to one of: local;") != std::string::npos);
}

TEST_CASE("the storage of a clone is looked for where it is made", "[place]") {
  Map clone{{"vmid", 100}, {"storage", "nix"}};
  for (const tf::Attribute& a : lxc::clone_object().schema().attributes)
    clone.emplace(a.name, Null{});
  const Map given{{"template", Null{}}, {"clone", clone}};
  Planned plan(Null{}, config_with(given));
  lxc::check_place(plan.planning(), cluster());
  REQUIRE(plan.diagnostics.size() == 2);
  CHECK(plan.diagnostics[0].path == Path("clone").attribute("storage"));
  CHECK(plan.diagnostics[1].path == Path("clone").attribute("vmid"));
  // A copy that moves does not need it any more.
  Planned moved(state_of(given), config_with(given));
  moved.plan.state.as<Map>()->at("node") = "pve2";
  lxc::check_place(moved.planning(), cluster());
  CHECK(moved.diagnostics.empty());
}

TEST_CASE("the source of a clone is a container, which may be made in the same run", "[place]") {
  Map clone{{"vmid", 100}};
  for (const tf::Attribute& a : lxc::clone_object().schema().attributes)
    clone.emplace(a.name, Null{});
  const auto said_of = [&](std::vector<proxmox::Guest> guests) {
    proxmox::Resources list = cluster();
    list.guests = std::move(guests);
    Planned plan(Null{}, config_with({{"template", Null{}}, {"clone", clone}}));
    lxc::check_place(plan.planning(), list);
    return plan.diagnostics;
  };
  proxmox::Guest guest;
  guest.vmid = 100;
  CHECK(said_of({guest}).empty());
  guest.kind = proxmox::GuestKind::machine;
  const auto machine = said_of({guest});
  REQUIRE(machine.size() == 1);
  CHECK(machine[0].severity == tf::Severity::error);
  CHECK(machine[0].path == Path("clone").attribute("vmid"));
  guest.vmid = 101;
  const auto absent = said_of({guest});
  REQUIRE(absent.size() == 1);
  CHECK(absent[0].severity == tf::Severity::warning);
  CHECK(absent[0].path == Path("clone").attribute("vmid"));
}

TEST_CASE("what may not be seen refuses nothing", "[place]") {
  proxmox::Resources blind = cluster();
  blind.storages.clear();
  Planned plan(Null{}, config_with({{"root_disk", disk("nix", "8G")}}));
  lxc::check_place(plan.planning(), blind);
  lxc::check_place(plan.planning(), {});
  CHECK(plan.diagnostics.empty());
}

TEST_CASE("a place is taken by a create, a replacement and a move", "[place]") {
  const Value state = state_of({});
  CHECK(lxc::takes_a_place(Planned(Null{}, config_with({})).planning()));
  CHECK_FALSE(lxc::takes_a_place(Planned(state, config_with({{"memory", "3G"}})).planning()));
  Planned replaced(state, config_with({{"template", "local:vztmpl/alpine.tar.xz"}}));
  CHECK(lxc::takes_a_place(replaced.planning()));
  Planned moved(state, config_with({}));
  moved.plan.state.as<Map>()->at("node") = "pve2";
  CHECK(lxc::takes_a_place(moved.planning()));
  // Where the HA manager has brought it already, nothing is taken.
  moved.prior.as<Map>()->at("current_node") = "pve2";
  CHECK_FALSE(lxc::takes_a_place(moved.planning()));
}

TEST_CASE("a create books all it wants, a change what is new", "[place]") {
  const Map points{{"mp0", mount("local", "4G")}};
  Planned create(Null{}, config_with({{"mount_points", points}}));
  const auto whole = lxc::booking_of(create.planning());
  REQUIRE(whole);
  CHECK(whole->name == "web");
  CHECK(whole->node == "pve1");
  CHECK(whole->memory_mib == 2048);
  CHECK(whole->disk_mib == std::map<std::string, std::uint64_t>{{"local", 12 << 10}});
  CHECK(whole->vmid == 0);

  const Value state = state_of({});
  Planned change(state, config_with({{"memory", "3G"}, {"root_disk", disk("local", "9G")}}));
  const auto more = lxc::booking_of(change.planning());
  REQUIRE(more);
  CHECK(more->name == "104");
  CHECK(more->memory_mib == 3072);
  CHECK(more->disk_mib == std::map<std::string, std::uint64_t>{{"local", 1 << 10}});
  CHECK(more->vmid == 104);

  CHECK_FALSE(lxc::booking_of(Planned(state, config_with({})).planning()));
  Planned stopped(state, config_with({{"started", false}}));
  CHECK(lxc::booking_of(stopped.planning())->memory_mib == 0);
}

TEST_CASE("overbooking is said where the node follows from the host name", "[place]") {
  const std::vector<provider::Overbooking> too_much{{"", 40 << 10, 8 << 10, 32 << 10},
                                                    {"local", 90 << 10, 40 << 10, 100 << 10}};
  Planned chosen(Null{}, config_with({{"node", Null{}}}));
  const Value before = chosen.plan.state;
  lxc::warn_of_overbooking(chosen.planning(), "pve1", too_much);
  REQUIRE(chosen.diagnostics.size() == 2);
  for (const tf::Diagnostic& one : chosen.diagnostics) {
    CHECK(one.severity == tf::Severity::warning);
    CHECK(one.path == Path("node"));
    CHECK(one.detail.find("Set node") != std::string::npos);
  }
  CHECK(chosen.diagnostics[0].detail.find("40G of memory for containers on pve1, which has 32G; "
                                          "other guests that run there have 8G.") == 15);
  CHECK(chosen.diagnostics[1].summary.find("local of pve1") != std::string::npos);
  CHECK(chosen.plan.state == before);

  Planned named(Null{}, config_with({}));
  lxc::warn_of_overbooking(named.planning(), "pve1", too_much);
  CHECK(named.diagnostics.empty());
  // What asks for no more than it had is not to blame.
  Planned smaller(state_of({{"node", Null{}}}), config_with({{"node", Null{}}, {"memory", "1G"}}));
  lxc::warn_of_overbooking(smaller.planning(), "pve1", too_much);
  CHECK(smaller.diagnostics.empty());
}

}  // namespace place_test
