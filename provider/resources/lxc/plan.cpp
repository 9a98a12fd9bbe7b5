#include "provider/resources/lxc/plan.hpp"

#include "provider/resources/lxc/rules.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"
#include "provider/resources/lxc/spec.hpp"

namespace paas::lxc {
namespace {

using tf::absent;
using tf::at;
using tf::Map;
using tf::Path;
using tf::Planning;
using tf::Value;

// --- origin ------------------------------------------------------------------------------------

// Which attribute says where a container comes from; empty: none does.
std::string origin_of(const Value& object) {
  if (!absent(at(object, "template"))) return "template";
  return absent(at(object, "clone")) ? "" : "clone";
}

void replace_for_origin(const Planning& planning) {
  const std::string before = origin_of(planning.prior), after = origin_of(planning.config);
  if (before.empty() || after.empty()) return;
  if (before == after && at(planning.prior, after) == at(planning.config, after)) return;
  if (planning.plan.requires_replace.empty())
    planning.plan.state = tf::plan(lxc_object().schema(), Value(tf::Null{}), planning.config).state;
  planning.plan.requires_replace.push_back(Path(after));
}

// --- values that follow from others
// ---------------------------------------------------------------

class Filling {
 public:
  Filling(const Planning& planning, const PlanContext& context, bool creating)
      : planning_(planning),
        context_(context),
        creating_(creating),
        state_(*planning.plan.state.as<Map>()) {}

  void all() {
    node();
    current_node();
    id();
    networks();
    started();
    if (creating_) privileges();
    if (creating_) root_size();
    addresses();
  }

 private:
  bool left_out(std::string_view name) const { return absent(at(planning_.config, name)); }
  Value& planned(std::string_view name) { return state_.find(name)->second; }
  const std::string* hostname() const { return text_at(planning_.plan.state, "hostname"); }

  void node() {
    if (!creating_ || !left_out("node")) return;
    const auto nodes = context_.policy.nodes();
    if (nodes.empty() && !context_.policy.nodes_unknown()) {
      planning_.diagnostics.push_back(
          tf::error_at(Path("node"), "no node to create the container on",
                       "node is not set, and the provider's policy has no nodes to choose "
                       "from.\n\nSet node = \"…\" "
                       "here, or nodes = [\"…\"] in the block policy { … } of the provider."));
    } else if (!nodes.empty() && hostname()) {
      planned("node") = direct::node_for(*hostname(), nodes);
    }
  }

  void current_node() {
    const bool moves = !creating_ && planned("node") != at(planning_.prior, "node");
    if (creating_ || moves) planned("current_node") = planned("node");
  }

  void id() {
    if (!creating_) return;
    const tf::Number* vmid = planned("vmid").as<tf::Number>();
    if (vmid) planned("id") = vmid->text();
  }

  void networks() {
    Map* devices = planned("networks").as<Map>();
    if (!devices) return;
    for (auto& [slot, device] : *devices) {
      Map* attributes = device.as<Map>();
      if (!attributes) continue;
      const Value& config = at(at(planning_.config, "networks"), slot);
      Value& name = attributes->find("name")->second;
      Value& mac = attributes->find("mac")->second;
      if (name.is_unknown() && absent(at(config, "name")) && slot.size() > 3)
        name = "eth" + slot.substr(3);
      if (mac.is_unknown() && absent(at(config, "mac")) && hostname())
        mac = direct::mac_for(*hostname(), slot);
    }
  }

  void started() {
    const Value& is_template = at(planning_.config, "is_template");
    if (!left_out("started")) return;
    if (is_template.is_unknown()) planned("started") = tf::Unknown{};
    if (is_template.as<bool>() && *is_template.as<bool>()) planned("started") = false;
  }

  void privileges() {
    if (left_out("unprivileged") && left_out("clone")) planned("unprivileged") = true;
  }

  void root_size() {
    const Value& config = at(planning_.config, "root_disk");
    Map* disk = planned("root_disk").as<Map>();
    if (disk && config.as<Map>() && absent(at(config, "size")) && left_out("clone"))
      disk->find("size")->second = "4G";  // Proxmox's own default
  }

  void addresses() {
    const bool same_links = !creating_ && planned("networks") == at(planning_.prior, "networks") &&
                            planned("started") == at(planning_.prior, "started") &&
                            planned("wait_for_ip") == at(planning_.prior, "wait_for_ip");
    for (const char* name : {"ipv4_addresses", "ipv6_addresses"}) {
      if (left_out("wait_for_ip")) {
        planned(name) = tf::Null{};
      } else if (same_links) {
        planned(name) = at(planning_.prior, name);
      }
    }
  }

  const Planning& planning_;
  const PlanContext& context_;
  const bool creating_;
  Map& state_;
};

// --- what cannot be done
// --------------------------------------------------------------------------

void refuse(const std::vector<direct::Refusal>& refusals, const std::string& summary,
            tf::Diagnostics& out) {
  for (const direct::Refusal& refusal : refusals) {
    const Path path = path_of(refusal.attribute);
    out.push_back(tf::error_at(path, summary,
                               to_text(path) + ": " + refusal.message + ".\n\n" +
                                   upper(refusal.remedy.substr(0, 1)) + refusal.remedy.substr(1) +
                                   "."));
  }
}

void check_birth(const Planning& planning) {
  const Value& config = planning.config;
  tf::Diagnostics& out = planning.diagnostics;
  if (origin_of(config).empty())
    out.push_back(tf::error_at(Path("template"), "nothing to create the container from",
                               "A new container needs template (a template or an OCI archive) or "
                               "clone (another container). Set one of the two."));
  if (absent(at(config, "template"))) return;
  const Value& disk = at(config, "root_disk");
  if (absent(disk))
    out.push_back(
        tf::error_at(Path("root_disk"), "missing root_disk",
                     "A container made from a template needs a root disk. Set root_disk = { "
                     "storage = \"…\", size = \"8G\" }."));
  if (disk.as<Map>() && absent(at(disk, "storage")))
    out.push_back(
        tf::error_at(Path("root_disk").attribute("storage"), "missing storage",
                     "A container made from a template needs a storage for its root disk."));
}

// `terraform apply -replace` asks for a change in place first, and stops at what that refuses.
const std::string by_taint = "`terraform taint ADDRESS`, then apply";

// Proxmox sets passwords and keys only while it creates.
void check_version(const Planning& planning, const std::string& secret,
                   const std::string& by_hand) {
  const std::string name = secret + "_version";
  const Value& before = at(planning.prior, name);
  const Value& after = at(planning.plan.state, name);
  if (before == after || after.is_null()) return;
  const Path path(name);
  if (before.is_null()) {
    planning.diagnostics.push_back(tf::warning_at(
        path, secret + " is not applied",
        "The container exists already, and Proxmox can set " + secret +
            " only while it creates one. The version is stored as it is; " + by_hand + "."));
    return;
  }
  planning.diagnostics.push_back(tf::error_at(
      path, secret + " cannot change",
      "Proxmox can set it only while it creates a container, and replacing this one would lose its "
      "data.\n\nKeep the version and " +
          by_hand + "; or, if the container may go, replace it on purpose: " + by_taint + "."));
}

// What a change does besides what the plan shows.
void warn_of_detached(const Lxc& prior, const Lxc& planned, tf::Diagnostics& out) {
  const bool all_inherited = planned.clone.known() && !planned.mount_points.known();
  if (planned.mount_points.unknown() || all_inherited) return;
  const auto stay = planned.mount_points.value_or({});
  for (const auto& [slot, point] : prior.mount_points.value_or({})) {
    if (stay.contains(slot)) continue;
    const Path path = Path("mount_points").key(slot);
    const std::string volume = point.volume.value_or("");
    const std::string what = to_text(path) + " is removed: \"" + volume + "\" is detached from " +
                             point.path.value_or("the container") + ".";
    if (volume.starts_with('/'))
      out.push_back(tf::warning_at(path, "host folder is detached",
                                   what + " The folder stays on the host as it is."));
    else
      out.push_back(tf::warning_at(
          path, "volume is detached",
          what +
              " The volume and its data stay with the container, unused, and are destroyed "
              "together with it.\n\nTo mount it again, name it: volume = \"" +
              volume + "\"."));
  }
}

void warn_of_migration(const Lxc& prior, const Lxc& planned, tf::Diagnostics& out) {
  const bool moves = prior.node.known() && planned.node.known() && *prior.node != *planned.node;
  const std::string from = prior.current_node.value_or("");
  if (!moves || from == *planned.node || !prior.started.value_or(false)) return;
  out.push_back(tf::warning_at(Path("node"), "the container is stopped for its migration",
                               "It runs on " + from + ". Proxmox stops a container, moves it to " +
                                   *planned.node + " with its volumes, and starts it again."));
}

void warn_of_template(const Lxc& prior, const Lxc& planned, tf::Diagnostics& out) {
  if (prior.is_template.value_or(false) || !planned.is_template.value_or(false)) return;
  out.push_back(tf::warning_at(
      Path("is_template"), "the container becomes a template for good",
      std::string(prior.started.value_or(false) ? "It is stopped first. " : "") +
          "A template never runs again, and there is no way back: is_template cannot become false "
          "again."));
}

// A false is_template is refused below; one that is left out would be shown as if there were a way.
void refuse_silent_template(const Lxc& prior, const Lxc& planned, tf::Diagnostics& out) {
  if (!prior.is_template.value_or(false) || !planned.is_template.null()) return;
  out.push_back(tf::error_at(Path("is_template"), "change not possible in place",
                             "is_template: a template cannot become a container again.\n\nSet "
                             "is_template = true; or, if the template may go, replace it on "
                             "purpose: " +
                                 by_taint + "."));
}

void check_change(const Planning& planning, const Lxc& prior, const Lxc& planned) {
  warn_of_template(prior, planned, planning.diagnostics);
  refuse_silent_template(prior, planned, planning.diagnostics);
  warn_of_detached(prior, planned, planning.diagnostics);
  warn_of_migration(prior, planned, planning.diagnostics);
  refuse(direct::refusals(config_of(prior), config_of(planned)), "change not possible in place",
         planning.diagnostics);
  check_version(planning, "password_wo", "change the password inside the container");
  check_version(planning, "ssh_keys_wo", "change the keys inside the container");
}

std::uint64_t mib_of(const tf::Attr<std::string>& size, Plain plain) {
  const auto mib = size.known() ? parse_size_mib(*size, plain) : Result<std::uint64_t>(0);
  return mib ? *mib : 0;
}

std::uint64_t disk_space(const Lxc& model) {
  std::uint64_t all = mib_of(model.root_disk.value_or({}).size, Plain::gib);
  for (const auto& [slot, point] : model.mount_points.value_or({}))
    all += mib_of(point.size, Plain::gib);
  return all;
}

void check_storages(const Lxc& planned, const policy::Policy& policy, tf::Diagnostics& out) {
  const RootDisk root = planned.root_disk.value_or({});
  if (root.storage.known())
    policy.check_storage(Path("root_disk").attribute("storage"), *root.storage, out);
  for (const auto& [slot, point] : planned.mount_points.value_or({})) {
    const Path path = Path("mount_points").key(slot);
    const std::string volume = point.volume.value_or("");
    if (point.storage.known()) {
      policy.check_storage(path.attribute("storage"), *point.storage, out);
    } else if (!volume.empty() && !volume.starts_with('/')) {
      policy.check_storage(path.attribute("volume"), volume.substr(0, volume.find(':')), out);
    }
  }
}

// A sum has no attribute of its own: it is named at the greatest volume, and is a breach of this
// plan only where it grows.
void check_disk_space(const Lxc& prior, const Lxc& planned, const policy::Policy& policy,
                      tf::Diagnostics& out) {
  Path where = Path("root_disk").attribute("size");
  std::uint64_t greatest = mib_of(planned.root_disk.value_or({}).size, Plain::gib);
  for (const auto& [slot, point] : planned.mount_points.value_or({})) {
    const std::uint64_t mib = mib_of(point.size, Plain::gib);
    if (mib <= greatest) continue;
    greatest = mib;
    where = Path("mount_points").key(slot).attribute("size");
  }
  const std::uint64_t all = disk_space(planned);
  tf::Diagnostics breaches;
  policy.check_disk(where,
                    all == greatest ? to_text(where) : "the disk space of all volumes together",
                    all, breaches);
  for (tf::Diagnostic& breach : breaches) {
    if (all <= disk_space(prior)) breach.severity = tf::Severity::warning;
    out.push_back(std::move(breach));
  }
}

// What a clone leaves out it has from its source, which a plan cannot see: where a rule is about
// it, it must be said.
void require_for_clone(const Value& config, const policy::Policy& policy, tf::Diagnostics& out) {
  const Value& clone = at(config, "clone");
  if (!clone.as<Map>()) return;
  const auto require = [&](const Path& path, const std::string& rule, const std::string& remedy) {
    out.push_back(tf::error_at(path, "not allowed by the provider's policy",
                               to_text(path) +
                                   " is not set, which means as the source of the clone has it, "
                                   "but policy." +
                                   rule + " is set.\n\n" + remedy));
  };
  if (policy.limits_storages() && absent(at(clone, "storage")))
    require(Path("clone").attribute("storage"), "storages",
            "Set clone.storage = \"…\" and clone.full = true: a linked clone stays on the "
            "storage of its source.");
  const Value& disk = at(config, "root_disk");
  if (policy.limits_disk() && (absent(disk) || (disk.as<Map>() && absent(at(disk, "size")))))
    require(Path("root_disk").attribute("size"), "max_disk", "Set root_disk = { size = \"…\" }.");
  if (policy.limits_disk() && absent(at(config, "mount_points")))
    require(Path("mount_points"), "max_disk",
            "Set mount_points to those that the source has, or mount_points = {} where it has "
            "none.");
  if (policy.limits_bridges() && absent(at(config, "networks")))
    require(Path("networks"), "bridges",
            "Set networks = { net0 = { bridge = \"…\" } }, or networks = {} for none.");
}

const Value& value_at(const Value& object, const Path& path) {
  const Value* value = &object;
  for (const tf::PathStep& step : path.steps()) {
    if (const auto* name = std::get_if<tf::AttributeName>(&step)) value = &at(*value, name->name);
    if (const auto* key = std::get_if<tf::MapKey>(&step)) value = &at(*value, key->key);
  }
  return *value;
}

void check_values(const Planning& planning, const Lxc& planned, const policy::Policy& policy,
                  bool creating, tf::Diagnostics& out) {
  if (planned.node.known() && text_at(planning.config, "node"))
    policy.check_node(Path("node"), *planned.node, out);
  if (creating && planned.vmid.known()) policy.check_vmid(Path("vmid"), *planned.vmid, out);
  if (planned.template_volume.known())
    policy.check_template(Path("template"), *planned.template_volume, out);
  if (planned.clone.known() && planned.clone->vmid.known())
    policy.check_source(Path("clone").attribute("vmid"), *planned.clone->vmid, out);
  if (planned.clone.known() && planned.clone->storage.known())
    policy.check_storage(Path("clone").attribute("storage"), *planned.clone->storage, out);
  if (planned.pool.known()) policy.check_pool(Path("pool"), *planned.pool, out);
  if (!planned.cores.unknown()) policy.check_cores(Path("cores"), planned.cores.optional(), out);
  if (planned.memory.known())
    policy.check_memory(Path("memory"), mib_of(planned.memory, Plain::mib), out);
  for (const auto& [slot, device] : planned.networks.value_or({}))
    if (device.bridge.known())
      policy.check_bridge(Path("networks").key(slot).attribute("bridge"), *device.bridge, out);
}

// A rule that came after a container must not keep it from being left as it is, or destroyed: what
// does not change is only warned of.
void check_policy(const Planning& planning, const Lxc& prior, const Lxc& planned,
                  const policy::Policy& policy, bool creating) {
  tf::Diagnostics breaches;
  check_values(planning, planned, policy, creating, breaches);
  check_storages(planned, policy, breaches);
  for (tf::Diagnostic& breach : breaches) {
    if (!creating &&
        value_at(planning.prior, breach.path) == value_at(planning.plan.state, breach.path))
      breach.severity = tf::Severity::warning;
    planning.diagnostics.push_back(std::move(breach));
  }
  check_disk_space(prior, planned, policy, planning.diagnostics);
  if (creating) require_for_clone(planning.config, policy, planning.diagnostics);
}

}  // namespace

tf::Path path_of(std::string_view attribute) {
  static const std::vector<std::pair<std::string_view, std::string_view>> other_names{
      {"root", "root_disk"},        {"mounts", "mount_points"},
      {"memory_mib", "memory"},     {"swap_mib", "swap"},
      {"size_mib", "size"},         {"dns_servers", "dns"},
      {"dns_domain", "dns"},        {"console_mode", "console"},
      {"tty_count", "console"},     {"template_volume", "template"},
      {"gateway4", "ipv4_gateway"}, {"gateway6", "ipv6_gateway"},
      {"vmid_range", "vmid"}};
  const auto ours = [&](std::string_view name) {
    const auto found = std::find_if(other_names.begin(), other_names.end(),
                                    [&](const auto& pair) { return pair.first == name; });
    return std::string(found == other_names.end() ? name : found->second);
  };
  const auto parts = split(attribute, '.');
  Path path(ours(parts[0]));
  const std::string first = ours(parts[0]);
  const bool by_key = first == "mount_points" || first == "networks" || first == "devices" ||
                      first == "environment";
  for (std::size_t i = 1; i < parts.size(); ++i)
    path = i == 1 && by_key ? path.key(std::string(parts[i])) : path.attribute(ours(parts[i]));
  return path;
}

void refine_plan(const Planning& planning, const PlanContext& context) {
  if (!planning.prior.is_null()) replace_for_origin(planning);
  const bool creating = planning.prior.is_null() || !planning.plan.requires_replace.empty();
  Filling(planning, context, creating).all();

  const auto planned = lxc_object().decode(planning.plan.state);
  const bool stays = !creating && planning.plan.state == planning.prior;
  const auto prior = stays      ? planned
                     : creating ? Result<Lxc>(Lxc{})
                                : lxc_object().decode(planning.prior);
  if (!planned || !prior) return;  // the values come from our own schema: they decode
  if (creating) {
    check_birth(planning);
  } else if (!stays) {
    check_change(planning, *prior, *planned);
  }
  if (context.lacks_root && !stays)
    refuse(direct::root_only_settings(config_of(*prior), config_of(*planned)),
           "only root@pam may do this", planning.diagnostics);
  check_policy(planning, *prior, *planned, context.policy, creating);
}

}  // namespace paas::lxc
