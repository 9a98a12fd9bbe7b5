#include "provider/resources/lxc/plan.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "libpaas/direct/container.hpp"
#include "provider/tf/plan.hpp"

namespace lxc_plan_test {

using namespace paas;
using tf::Map;
using tf::Null;
using tf::Path;
using tf::Value;

const tf::Schema& schema() {
  return lxc::lxc_object().schema();
}

Map part(const tf::Object<lxc::MountPoint>& object, Map given) {
  for (const tf::Attribute& attribute : object.schema().attributes)
    given.emplace(attribute.name, Null{});
  return given;
}

Map root_disk(Map given) {
  for (const tf::Attribute& attribute : lxc::root_disk_object().schema().attributes)
    given.emplace(attribute.name, Null{});
  return given;
}

Map network(Map given) {
  for (const tf::Attribute& attribute : lxc::network_object().schema().attributes)
    given.emplace(attribute.name, Null{});
  return given;
}

// A configuration with everything null that is not given.
Map config_with(Map given) {
  given.emplace("hostname", "web");
  given.emplace("node", "pve1");
  given.emplace("template", "local:vztmpl/debian-12.tar.zst");
  given.emplace("root_disk", root_disk({{"storage", "local"}, {"size", "4"}}));
  for (const tf::Attribute& attribute : schema().attributes) given.emplace(attribute.name, Null{});
  return given;
}

struct Planned {
  tf::Plan plan;
  tf::Diagnostics diagnostics;

  bool says(tf::Severity severity, std::string_view text) const {
    return std::any_of(diagnostics.begin(), diagnostics.end(), [&](const tf::Diagnostic& one) {
      return one.severity == severity &&
             (one.summary + one.detail + to_text(one.path)).find(text) != std::string::npos;
    });
  }
  bool refuses(std::string_view text) const { return says(tf::Severity::error, text); }
  bool warns(std::string_view text) const { return says(tf::Severity::warning, text); }
};

Planned planned(const Value& prior, const Value& config, const policy::Policy& policy = {},
                bool lacks_root = false) {
  Planned out{tf::plan(schema(), prior, config), {}};
  lxc::refine_plan({prior, config, out.plan, out.diagnostics}, {policy, lacks_root});
  return out;
}

// The state after a create with this configuration.
Value applied(const Value& config) {
  Value state = planned(Null{}, config).plan.state;
  Map& map = *state.as<Map>();
  map["id"] = "104";
  map["vmid"] = tf::Number(std::int64_t{104});
  map["root_disk"].as<Map>()->at("volume") = "local:104/vm-104-disk-0.raw";
  if (Map* points = map["mount_points"].as<Map>())
    for (auto& [slot, point] : *points)
      point.as<Map>()->at("volume") = "local:104/vm-104-" + slot + ".raw";
  return tf::unknown_as_null(std::move(state));
}

policy::Policy nodes_policy(std::vector<std::string> nodes) {
  policy::Rules rules;
  rules.nodes = std::move(nodes);
  return policy::Policy(rules);
}

TEST_CASE("a create shows everything but what only the cluster decides", "[lxc]") {
  const auto create = planned(
      Null{},
      config_with({{"node", Null{}}, {"networks", Map{{"net0", network({{"bridge", "vmbr0"}})}}}}),
      nodes_policy({"pve1", "pve2"}));
  REQUIRE(create.diagnostics.empty());
  for (const auto& [name, value] : *create.plan.state.as<Map>())
    CHECK(value.is_unknown() == (name == "id" || name == "vmid"));
  const Value& device = tf::at(tf::at(create.plan.state, "networks"), "net0");
  CHECK(tf::at(device, "name") == Value("eth0"));
  CHECK(tf::at(device, "mac") == Value(direct::mac_for("web", "net0")));
  const std::string node = direct::node_for("web", {"pve1", "pve2"});
  CHECK(tf::at(create.plan.state, "node") == Value(node));
  CHECK(tf::at(create.plan.state, "current_node") == Value(node));
  CHECK(tf::at(create.plan.state, "unprivileged") == Value(true));
  CHECK(tf::at(create.plan.state, "started") == Value(true));
}

TEST_CASE("no node and nothing to choose from is an error with the remedy", "[lxc]") {
  const Value config = config_with({{"node", Null{}}});
  CHECK(planned(Null{}, config).refuses("policy"));
  // The list of nodes may be known later.
  policy::Rules rules;
  rules.nodes = tf::Unknown{};
  const auto later = planned(Null{}, config, policy::Policy(rules));
  CHECK(later.diagnostics.empty());
  CHECK(tf::at(later.plan.state, "node").is_unknown());
}

TEST_CASE("what a new container needs is asked for", "[lxc]") {
  CHECK(planned(Null{}, config_with({{"template", Null{}}})).refuses("template"));
  CHECK(planned(Null{}, config_with({{"root_disk", Null{}}})).refuses("root_disk"));
  CHECK(planned(Null{}, config_with({{"root_disk", root_disk({{"size", "4"}})}}))
            .refuses("root_disk.storage"));
}

TEST_CASE("another origin replaces; taking one over does not", "[lxc]") {
  const Value config = config_with({});
  const Value other = config_with({{"template", "local:vztmpl/alpine.tar.xz"}});
  const Value state = applied(config);
  CHECK(planned(state, config).plan.requires_replace.empty());
  CHECK(planned(state, config).plan.state == state);
  CHECK(planned(state, other).plan.requires_replace == std::vector<Path>{Path("template")});
  Value imported = state;
  imported.as<Map>()->at("template") = Null{};
  CHECK(planned(imported, config).plan.requires_replace.empty());
}

TEST_CASE("a container that becomes a template is warned of, once", "[lxc]") {
  const Value as_template = config_with({{"is_template", true}});
  const char* const words = "no way back";
  const auto of_running = planned(applied(config_with({})), as_template);
  CHECK(of_running.warns(words));
  CHECK(of_running.warns("It is stopped first."));
  const auto of_stopped = planned(applied(config_with({{"started", false}})), as_template);
  CHECK(of_stopped.warns(words));
  CHECK_FALSE(of_stopped.warns("It is stopped first."));
  CHECK_FALSE(planned(Null{}, as_template).warns(words));
  CHECK_FALSE(planned(applied(as_template), as_template).warns(words));
}

TEST_CASE("a template stays one, also where the configuration says no more that it is", "[lxc]") {
  const Value as_template = applied(config_with({{"is_template", true}}));
  CHECK(planned(as_template, config_with({})).refuses("cannot become a container again"));
  CHECK(planned(as_template, config_with({{"started", false}})).refuses("is_template = true"));
  CHECK(planned(as_template, config_with({{"is_template", false}})).refuses("is_template"));
  CHECK_FALSE(planned(as_template, config_with({{"is_template", true}})).refuses("is_template"));
  const Value other = config_with({{"template", "local:vztmpl/alpine.tar.xz"}});
  CHECK_FALSE(planned(as_template, other).refuses("is_template"));  // it is replaced
}

TEST_CASE("shrinks and moves between storages are errors that say what to do", "[lxc]") {
  const Value state = applied(config_with({}));
  const auto with_disk = [&](Map disk) {
    return planned(state, config_with({{"root_disk", root_disk(std::move(disk))}}));
  };
  CHECK(with_disk({{"storage", "local"}, {"size", "8"}}).diagnostics.empty());
  CHECK(with_disk({{"storage", "local"}, {"size", "2"}}).refuses("cannot shrink"));
  CHECK(with_disk({{"storage", "tank"}, {"size", "4"}}).refuses("pct move-volume"));
  CHECK(with_disk({{"storage", "tank"}, {"size", "4"}}).plan.requires_replace.empty());
}

TEST_CASE("a mount point that goes is announced with its volume and what happens", "[lxc]") {
  const auto point = [](const char* path) {
    return part(lxc::mount_point_object(), {{"storage", "local"}, {"size", "1"}, {"path", path}});
  };
  const Value state = applied(
      config_with({{"mount_points", Map{{"mp0", point("/srv")}, {"mp1", point("/data")}}}}));
  const auto fewer = planned(state, config_with({{"mount_points", Map{{"mp1", point("/data")}}}}));
  REQUIRE(fewer.diagnostics.size() == 1);
  CHECK(fewer.diagnostics[0].severity == tf::Severity::warning);
  CHECK(fewer.diagnostics[0].path == Path("mount_points").key("mp0"));
  for (const char* word : {"local:104/vm-104-mp0.raw", "/srv", "detached", "destroyed together"})
    CHECK(fewer.warns(word));
  CHECK(planned(state, config_with({})).diagnostics.size() == 2);
  const Value same =
      config_with({{"mount_points", Map{{"mp0", point("/srv")}, {"mp1", point("/data")}}}});
  CHECK(planned(state, same).diagnostics.empty());

  Value bound = state;
  tf::Map& bind = *bound.as<Map>()->at("mount_points").as<Map>()->at("mp0").as<Map>();
  bind["volume"] = "/host/data";
  CHECK(planned(bound, config_with({{"mount_points", Map{{"mp1", point("/data")}}}}))
            .warns("stays on the host"));
}

TEST_CASE("another node is an update in place; a guest that was moved is nothing", "[lxc]") {
  const Value config = config_with({});
  Value state = applied(config);
  const auto moves = planned(state, config_with({{"node", "pve2"}}));
  CHECK(moves.plan.requires_replace.empty());
  CHECK(tf::at(moves.plan.state, "current_node") == Value("pve2"));
  CHECK(moves.warns("stopped for its migration"));

  state.as<Map>()->at("current_node") = "pve3";  // as a refresh has found it
  CHECK(planned(state, config).plan.state == state);
  CHECK(planned(state, config).diagnostics.empty());
  state.as<Map>()->at("current_node") = "pve2";  // there already
  CHECK(planned(state, config_with({{"node", "pve2"}})).diagnostics.empty());
}

TEST_CASE("a password or key version that changes is an error, a first one a warning", "[lxc]") {
  const Value none = applied(config_with({}));
  CHECK(planned(none, config_with({{"password_wo_version", "1"}})).warns("password_wo"));
  const Value first = applied(config_with({{"password_wo_version", "1"}}));
  CHECK(planned(first, config_with({{"password_wo_version", "2"}})).refuses("password_wo"));
  CHECK(planned(first, config_with({{"password_wo_version", "1"}})).diagnostics.empty());
  CHECK(planned(first, config_with({})).diagnostics.empty());
}

TEST_CASE("addresses stay known while nothing that they hang on changes", "[lxc]") {
  Map wait{{"ipv4", true}, {"ipv6", Null{}}};
  const Value config = config_with({{"wait_for_ip", wait}});
  CHECK(tf::at(planned(Null{}, config).plan.state, "ipv4_addresses").is_unknown());
  CHECK(tf::at(planned(Null{}, config_with({})).plan.state, "ipv4_addresses").is_null());
  Value state = applied(config);
  state.as<Map>()->at("ipv4_addresses") = Map{{"eth0", tf::List{"192.0.2.4"}}};
  const auto memory = planned(state, config_with({{"wait_for_ip", wait}, {"memory", "1G"}}));
  CHECK(tf::at(memory.plan.state, "ipv4_addresses") == tf::at(state, "ipv4_addresses"));
  const auto link =
      planned(state, config_with({{"wait_for_ip", wait},
                                  {"networks", Map{{"net0", network({{"bridge", "vmbr0"}})}}}}));
  CHECK(tf::at(link.plan.state, "ipv4_addresses").is_unknown());
  CHECK(tf::at(planned(state, config_with({})).plan.state, "ipv4_addresses").is_null());
}

TEST_CASE("policy and privileges are held at plan time", "[lxc]") {
  policy::Rules rules;
  rules.nodes = std::vector<std::string>{"pve2"};
  rules.storages = std::vector<std::string>{"tank"};
  rules.max_memory = std::string("256M");
  rules.max_disk = std::string("1G");
  const auto all = planned(Null{}, config_with({}), policy::Policy(rules));
  for (const char* path : {"node", "root_disk.storage", "memory", "root_disk.size"}) {
    INFO(path);
    CHECK(std::any_of(all.diagnostics.begin(), all.diagnostics.end(),
                      [&](const auto& one) { return to_text(one.path) == path; }));
  }
  const Value hook = config_with({{"hook_script", "local:snippets/h.pl"}});
  CHECK(planned(Null{}, hook, {}, true).refuses("root@pam"));
  CHECK(planned(Null{}, hook, {}, false).diagnostics.empty());
  CHECK(planned(applied(hook), hook, {}, true).diagnostics.empty());
}

TEST_CASE("the words of libpaas are paths of ours", "[lxc]") {
  CHECK(to_text(lxc::path_of("root.size")) == "root_disk.size");
  CHECK(to_text(lxc::path_of("mounts.mp0.storage")) == "mount_points[\"mp0\"].storage");
  CHECK(to_text(lxc::path_of("networks.net0.gateway4")) == "networks[\"net0\"].ipv4_gateway");
  CHECK(to_text(lxc::path_of("template_volume")) == "template");
}

TEST_CASE("a rule that came later warns of what stays and refuses what changes", "[lxc]") {
  const Value config = config_with({{"memory", "2048"}, {"cores", tf::Number(std::int64_t{8})}});
  const Value state = applied(config);
  policy::Rules rules;
  rules.max_memory = std::string("1G");
  rules.max_cores = 4;
  rules.storages = std::vector<std::string>{"tank"};
  rules.max_disk = std::string("2");
  const policy::Policy tight(rules);
  const auto same = planned(state, config, tight);
  CHECK(same.plan.state == state);
  for (const char* named : {"memory", "cores", "root_disk.storage", "root_disk.size"}) {
    CHECK(same.warns(named));
    CHECK_FALSE(same.refuses(named));
  }
  const auto grown =
      planned(state,
              config_with({{"memory", "4096"},
                           {"cores", tf::Number(std::int64_t{8})},
                           {"root_disk", root_disk({{"storage", "local"}, {"size", "8"}})}}),
              tight);
  CHECK(grown.refuses("memory"));
  CHECK(grown.refuses("root_disk.size"));
  CHECK(grown.warns("cores"));
  CHECK_FALSE(grown.refuses("cores"));
}

TEST_CASE("a clone says what the policy is about", "[lxc]") {
  Map clone{{"vmid", tf::Number(std::int64_t{100})}};
  for (const tf::Attribute& attribute : lxc::clone_object().schema().attributes)
    clone.emplace(attribute.name, Null{});
  policy::Rules rules;
  rules.storages = std::vector<std::string>{"local"};
  rules.bridges = std::vector<std::string>{"vmbr0"};
  rules.max_disk = std::string("10");
  const policy::Policy limits(rules);
  const Map silent{{"template", Null{}}, {"clone", clone}, {"root_disk", Null{}}};
  const auto left_out = planned(Null{}, config_with(silent), limits);
  for (const char* named :
       {"Set clone.storage", "Set root_disk", "Set mount_points", "Set networks"})
    CHECK(left_out.refuses(named));
  CHECK_FALSE(planned(Null{}, config_with(silent)).refuses(""));
  clone["storage"] = "local";
  clone["full"] = true;
  const auto said =
      planned(Null{},
              config_with({{"template", Null{}},
                           {"clone", clone},
                           {"root_disk", root_disk({{"size", "4"}})},
                           {"mount_points", Map{}},
                           {"networks", Map{{"net0", network({{"bridge", "vmbr0"}})}}}}),
              limits);
  CHECK_FALSE(said.refuses(""));
}

TEST_CASE("a clone is made of an allowed container", "[lxc]") {
  Map clone{{"vmid", tf::Number(std::int64_t{9000})}};
  for (const tf::Attribute& attribute : lxc::clone_object().schema().attributes)
    clone.emplace(attribute.name, Null{});
  const Value config = config_with({{"template", Null{}}, {"clone", clone}, {"root_disk", Null{}}});
  policy::Rules rules;
  rules.templates = std::vector<std::string>{"local:vztmpl/debian-*"};
  const auto refused = planned(Null{}, config, policy::Policy(rules));
  CHECK(refused.refuses("clone.vmid is 9000, but policy.templates allows only local:vztmpl"));
  rules.templates->push_back("90*");
  CHECK_FALSE(planned(Null{}, config, policy::Policy(rules)).refuses(""));
}

}  // namespace lxc_plan_test
