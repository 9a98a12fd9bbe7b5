// Terraform's plan and apply rules, held against every resource that the provider lists.

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "provider/provider.hpp"
#include "tests/contract/resource_plans.hpp"
#include "tests/fakes/fake_pve.hpp"
#include "tests/fakes/script_clock.hpp"

namespace provider_plans_test {

using namespace paas;
using tf::Map;
using tf::Null;
using tf::Value;

// The local files that configurations name: each is as long as its name.
class NamedFiles final : public Files {
 public:
  Result<FileDigest> digest(const std::string& path) override {
    return FileDigest{std::string(64, 'a'), path.size()};
  }
};

Map nulls(const tf::Schema& schema) {
  Map out;
  for (const tf::Attribute& attribute : schema.attributes) out.emplace(attribute.name, Null{});
  return out;
}

// The provider as shipped, before a cluster in memory.
struct Shipped {
  Shipped() {
    provider = provider::make_provider(
        {{clock, random, files, silent_log()},
         {{"PROXMOX_VE_ENDPOINT", "https://pve1.example:8006"},
          {"PROXMOX_VE_USERNAME", "root@pam"},
          {"PROXMOX_VE_PASSWORD", "secret"}},
         [this](const pve::PveOptions&, Log&) { return Result<std::shared_ptr<Pve>>(pve); }});
    Map config = nulls(provider->schema());
    for (const tf::Attribute& block : provider->schema().attributes) {
      if (block.name != "policy") continue;
      Map policy = nulls(*block.nested->object);
      policy["nodes"] = tf::List{"pve1", "pve2", "pve3"};
      config["policy"] = std::move(policy);
    }
    REQUIRE(provider->configure(config, "1.15.0", {}).empty());
  }

  fakes::ScriptClock clock;
  fakes::CountingRandom random;
  NamedFiles files;
  std::shared_ptr<fakes::FakePve> pve = std::make_shared<fakes::FakePve>();
  std::unique_ptr<tf::Provider> provider;
};

std::vector<Value> texts(std::initializer_list<const char*> list) {
  return {list.begin(), list.end()};
}

std::vector<Value> numbers(std::initializer_list<int> list) {
  std::vector<Value> out;
  for (const int one : list) out.emplace_back(tf::Number(std::int64_t{one}));
  return out;
}

// Every slot a MAC address, a name and a path of its own; what clashes by chance is left out.
void without_clashes(Map& config) {
  const bool clones = config["clone"].as<Map>() != nullptr;
  if (clones) {
    for (const char* name : {"template", "root_disk", "password_wo", "ssh_keys_wo", "unprivileged"})
      config[name] = Null{};
    config["clone"].as<Map>()->at("full") = Null{};
  } else {
    config["template"] = "local:vztmpl/debian-12.tar.zst";
    Map disk = config["root_disk"].as<Map>() ? *config["root_disk"].as<Map>() : Map{};
    for (const char* name : {"acl", "quota", "replicate", "mount_options", "size", "volume"})
      disk.emplace(name, Null{});
    disk.insert_or_assign("storage", "local");
    config["root_disk"] = std::move(disk);
  }
  if (Map* devices = config["networks"].as<Map>())
    for (auto& [slot, device] : *devices)
      for (const char* name : {"name", "mac", "ipv4", "ipv6", "ipv4_gateway", "ipv6_gateway"})
        if (std::string(name) != "ipv4" || slot != "net0") device.as<Map>()->at(name) = Null{};
  if (Map* points = config["mount_points"].as<Map>())
    for (auto& [slot, point] : *points) {
      Map& attributes = *point.as<Map>();
      attributes["path"] = "/mnt/" + slot;
      attributes["volume"] = Null{};
      attributes["storage"] = "local";
      if (attributes["size"].is_null()) attributes["size"] = "1";
    }
  for (const char* name : {"is_template", "os_type", "arch"}) config[name] = Null{};
  if (Map* ha = config["ha"].as<Map>()) ha->at("state") = "ignored";
  if (config["started"] == Value(false)) config["wait_for_ip"] = Null{};
}

contract::Candidates container_candidates() {
  contract::Candidates out;
  out.values = {{"hostname", texts({"web", "db.example.org", "cache"})},
                {"node", texts({"pve1", "pve2", "pve3"})},
                {"vmid", numbers({100, 4711})},
                {"memory", texts({"512", "1G", "1024"})},
                {"swap", texts({"0", "512M"})},
                {"cpu_units", numbers({100, 2048})},
                {"root_disk.size", texts({"4", "4G", "8G"})},
                {"root_disk.volume", texts({"local:100/vm-100-disk-0.raw"})},
                {"root_disk.storage", texts({"local"})},
                {"mount_points.size", texts({"1", "2G"})},
                {"mount_points.volume", texts({"local:100/vm-100-disk-1.raw"})},
                {"mount_points.path", texts({"/srv"})},
                {"networks.mac", texts({"02:00:00:00:00:01"})},
                {"networks.bridge", texts({"vmbr0", "vmbr1"})},
                {"networks.name", texts({"eth0"})},
                {"networks.ipv4", texts({"dhcp", "192.0.2.7/24"})},
                {"networks.mtu", numbers({1500, 9000})},
                {"networks.vlan", numbers({1, 4094})},
                {"devices.path", texts({"/dev/net/tun", "/dev/fuse"})},
                {"devices.mode", texts({"0666"})},
                {"clone.vmid", numbers({900, 901})},
                {"clone.node", texts({"pve2"})},
                {"clone.storage", texts({"local"})},
                {"pool", texts({"web", "db"})},
                {"timezone", texts({"host", "Europe/Berlin"})},
                {"hook_script", texts({"local:snippets/hook.pl"})},
                {"description", texts({"notes", "notes\n", "more"})},
                {"dns.domain", texts({"example.org"})},
                {"entrypoint", texts({"/sbin/init"})},
                {"password_wo_version", texts({"1"})},
                {"ssh_keys_wo_version", texts({"1"})},
                {"tags", {Value(tf::List{"edge", "web"}), Value(tf::List{"db"})}}};
  out.keys = {{"networks", {"net0", "net1"}},
              {"mount_points", {"mp0", "mp1"}},
              {"devices", {"dev0"}},
              {"environment", {"PATH", "MODE"}}};
  out.adjust = without_clashes;
  return out;
}

contract::Candidates template_candidates() {
  contract::Candidates out;
  const std::string base = "https://images.example.org/";
  const std::string sum = "sha256:" + std::string(64, 'a');
  out.values = {{"node", texts({"pve1", "pve2"})},
                {"storage", texts({"local", "tank"})},
                {"url", {Value(base + "a.tar.zst"), Value(base + "b.tar.xz")}},
                {"source_file", texts({"/srv/a.tar.zst"})},
                {"oci_reference", texts({"docker.io/library/alpine:3.20"})},
                {"checksum", {Value(sum)}},
                {"size_bytes", numbers({14})},  // of the file above, and of no other
                {"file_name", texts({"a.tar.zst", "image.tar"})}};
  out.adjust = [](Map& config) {
    const char* const sources[] = {"url", "source_file", "oci_reference"};
    const char* chosen =
        *rc::gen::elementOf(std::vector<const char*>(std::begin(sources), std::end(sources)));
    for (const char* source : sources)
      if (std::string(source) != chosen) config[source] = Null{};
    if (config[chosen].is_null())
      config[chosen] = std::string(chosen) == "url" ? Value("https://images.example.org/a.tar.zst")
                       : std::string(chosen) == "source_file"
                           ? Value("/srv/a.tar.zst")
                           : Value("docker.io/library/alpine:3.20");
    if (std::string(chosen) == "oci_reference") config["checksum"] = Null{};
    config["file_name"] = Null{};
  };
  return out;
}

std::vector<Value> amounts(std::initializer_list<std::pair<const char*, const char*>> list) {
  std::vector<Value> out;
  for (const auto& [cpu, memory] : list)
    out.emplace_back(Map{{"cpu", Value(cpu)}, {"memory", Value(memory)}});
  return out;
}

// Spreads over one level each, and no list that says a thing twice.
void without_repeats(Map& workload) {
  for (const char* name : {"spreads", "relations", "devices", "ports", "pin", "archs", "volumes"})
    if (tf::List* list = workload[name].as<tf::List>(); list && list->size() > 1) list->resize(1);
}

// What a configuration needs to be free of mistakes; it may still not fit.
void without_mistakes(Map& config) {
  config["allow_unplaced"] = true;
  if (Map* rules = config["rules"].as<Map>()) rules->at("expected") = Null{};
  if (Map* nodes = config["cluster"].as<Map>())
    for (auto& [name, node] : *nodes) {
      Map& one = *node.as<Map>();
      one["volumes"] = Null{};
      if (one["capacity"].is_null()) one["reserved"] = one["overcommit"] = Null{};
      if (tf::List* devices = one["devices"].as<tf::List>(); devices && devices->size() > 1)
        devices->resize(1);
    }
  if (Map* workloads = config["workloads"].as<Map>())
    for (auto& [name, workload] : *workloads) {
      Map& one = *workload.as<Map>();
      one["volumes"] = one["devices"] = Null{};
      without_repeats(one);
      for (const char* list : {"required", "preferred"})
        if (tf::List* terms = one[list].as<tf::List>())
          for (Value& term : *terms) term.as<Map>()->at("values") = tf::List{"a"};
      if (tf::List* relations = one["relations"].as<tf::List>())
        for (Value& relation : *relations) relation.as<Map>()->at("apart") = true;
    }
}

contract::Candidates placement_candidates() {
  contract::Candidates out;
  const auto text_lists = [](std::initializer_list<const char*> list) {
    return std::vector<Value>{Value(tf::List(list.begin(), list.end()))};
  };
  const std::vector<Value> ports = {Value(tf::List{Value(443)}), Value(tf::List{Value(80)})};
  out.keys = {{"cluster", {"pve1", "pve2", "pve3"}}, {"workloads", {"web", "db", "mail"}}};
  out.values = {
      {"current", {Value(Map{{"web/0", "pve1"}, {"db/0", "pve2"}})}},
      {"cluster.host", texts({"rack1", "rack2"})},
      {"cluster.arch", texts({"amd64", "arm64"})},
      {"cluster.labels", {Value(Map{{"zone", "a"}}), Value(Map{{"zone", "b"}})}},
      {"cluster.capacity", amounts({{"8", "16G"}, {"4", "8192"}})},
      {"cluster.reserved", amounts({{"0.5", "1G"}, {"500m", "1024"}})},
      {"cluster.overcommit", {Value(Map{{"cpu", Value(2)}})}},
      {"cluster.devices.kind", texts({"gpu"})},
      {"cluster.devices.model", texts({"A100"})},
      {"cluster.devices.count", numbers({0, 2})},
      {"cluster.ports_taken", ports},
      {"cluster.taints.key", texts({"dedicated"})},
      {"cluster.taints.value", texts({"db"})},
      {"workloads.app", texts({"shop"})},
      {"workloads.project", texts({"blue"})},
      {"workloads.replicas", numbers({0, 1, 2})},
      {"workloads.requests", amounts({{"1", "1G"}, {"0.5", "512"}, {"3", "4G"}})},
      {"workloads.ports", ports},
      {"workloads.pin", text_lists({"pve1"})},
      {"workloads.archs", text_lists({"amd64"})},
      {"workloads.tolerations.key", texts({"dedicated"})},
      {"workloads.tolerations.value", texts({"db"})},
      {"workloads.relations.app", texts({"web", "shop"})},
      {"workloads.relations.level", texts({"node", "host", "zone"})},
      {"workloads.relations.weight", numbers({10, 90})},
      {"workloads.spreads.level", texts({"host", "zone"})},
      {"workloads.spreads.max_skew", numbers({1, 3})},
      {"workloads.spreads.weight", numbers({50})},
      {"workloads.priority", numbers({0, 10})},
      {"workloads.gang", texts({"stack"})},
      {"workloads.max_unavailable", numbers({0, 1})},
      {"workloads.move_cost", numbers({1, 100})},
      {"rules.quotas", {Value(Map{{"blue", amounts({{"2", "4G"}})[0]}})}},
      {"rules.search_budget", numbers({1000})},
  };
  for (const char* where : {"workloads.required", "workloads.preferred"}) {
    const std::string term(where);
    out.values[term + ".label"] = texts({"zone"});
    out.values[term + ".op"] = texts({"in", "not_in"});
    out.values[term + ".values"] = text_lists({"a"});
  }
  out.values["workloads.preferred.weight"] = numbers({1, 100});
  for (const char* weight : {"pack", "balance", "fit", "spread", "affinity", "stay"})
    out.values["rules.objectives." + std::string(weight)] = numbers({0, 1000});
  out.adjust = without_mistakes;
  return out;
}

contract::Candidates candidates_of(const std::string& name) {
  if (name == "paas_placement") return placement_candidates();
  if (name == "paas_lxc") return container_candidates();
  if (name == "paas_lxc_template") return template_candidates();
  return {};
}

TEST_CASE("every resource of the provider keeps Terraform's plan rules", "[contract]") {
  Shipped shipped;
  CHECK(!shipped.provider->resources().empty());
  for (const auto& resource : shipped.provider->resources()) {
    INFO(resource->name());
    CHECK(contract::check_resource_plans(*resource, candidates_of(resource->name())));
  }
}

// A life on the cluster: planned, applied, read back; nothing left to do after any of it.
class Life {
 public:
  explicit Life(tf::Resource& resource) : resource_(resource) {}

  bool reach(const Value& config) {
    const auto first = resource_.plan({state_, config, private_, true}, {});
    if (tf::has_errors(first.diagnostics)) return false;
    if (tf::change_of(schema(), state_, first.plan) == tf::ChangeKind::replace) return false;
    RC_ASSERT(tf::check_plan(schema(), state_, config, first.plan) == tf::Breaches{});
    const auto again = resource_.plan({state_, config, private_, true}, {});
    RC_ASSERT(again.plan == first.plan);
    const auto applied = resource_.apply({state_, first.plan.state, config, private_}, {});
    for (const auto& one : applied.diagnostics)
      if (one.severity == tf::Severity::error) RC_FAIL(one.summary + ": " + one.detail);
    RC_ASSERT(tf::check_applied(schema(), first.plan.state, applied.state) == tf::Breaches{});
    state_ = applied.state;
    private_ = applied.private_data;
    const auto read = resource_.read({state_, applied.identity, private_}, {});
    RC_ASSERT(!tf::has_errors(read.diagnostics));
    RC_ASSERT(tf::check_read(schema(), read.state) == tf::Breaches{});
    if (!tf::equal(tf::type_of(schema()), read.state, state_))
      RC_FAIL("read as " + to_text(read.state) + "\nafter " + to_text(state_));
    const auto idle = resource_.plan({read.state, config, private_, true}, {});
    if (tf::change_of(schema(), read.state, idle.plan) != tf::ChangeKind::noop)
      RC_FAIL(render(schema(), read.state, idle.plan));
    return true;
  }

  void end() {
    const auto gone = resource_.apply({state_, Null{}, Null{}, private_}, {});
    RC_ASSERT(!tf::has_errors(gone.diagnostics));
    RC_ASSERT(gone.state.is_null());
    RC_ASSERT(resource_.read({state_, Null{}, private_}, {}).state.is_null());
  }

 private:
  const tf::Schema& schema() const { return resource_.schema(); }

  tf::Resource& resource_;
  Value state_ = Null{};
  std::string private_;
};

TEST_CASE("containers keep Terraform's apply rules on a cluster", "[contract]") {
  CHECK(rc::check("the life of a container", [] {
    Shipped shipped;
    for (const int source : {900, 901})
      shipped.pve->containers[source] = {"pve2",
                                         {{"hostname", "source"},
                                          {"memory", "512"},
                                          {"swap", "512"},
                                          {"unprivileged", "1"},
                                          {"rootfs", "local:900/vm-900-disk-0.raw,size=4G"}}};
    const auto& resources = shipped.provider->resources();
    const auto found = std::find_if(resources.begin(), resources.end(), [](const auto& resource) {
      return resource->name() == "paas_lxc";
    });
    RC_ASSERT(found != resources.end());
    Life life(**found);
    const auto candidates = container_candidates();
    const auto config = [&] {
      Value drawn = contract::random_config((*found)->schema(), candidates);
      drawn.as<Map>()->at("protection") = Null{};
      return drawn;
    };
    if (!life.reach(config())) RC_DISCARD("the resource refuses this configuration");
    int changes = 0;
    for (int i = 0; i < 4; ++i) changes += life.reach(config()) ? 1 : 0;
    RC_CLASSIFY(changes > 0);
    life.end();
    RC_ASSERT(shipped.pve->containers.size() == 2u);
  }));
}

}  // namespace provider_plans_test
