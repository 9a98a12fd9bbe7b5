#include "libpaas/reconcile/diff.hpp"

#include <algorithm>
#include <set>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/base/text.hpp"

namespace paas::reconcile {
namespace {

using namespace model;

constexpr std::size_t part_digits = 12;

// A change of any member is a change of the hash; no two lists of parts print the same.
class Digest {
 public:
  Digest& add(std::string_view text) {
    hash_.update(std::to_string(text.size()) + ":");
    hash_.update(text);
    return *this;
  }
  Digest& add(std::int64_t number) { return add(std::to_string(number)); }
  Digest& add(const Texts& texts) {
    add(static_cast<std::int64_t>(texts.size()));
    for (const std::string& text : texts) add(text);
    return *this;
  }
  Digest& add(const std::optional<Texts>& texts) { return texts ? add(1).add(*texts) : add(0); }
  Digest& add(const TextMap& map) {
    add(static_cast<std::int64_t>(map.size()));
    for (const auto& [key, value] : map) add(key).add(value);
    return *this;
  }
  template <class Int>
  Digest& add_known(const std::optional<Int>& number) {
    return number ? add(1).add(static_cast<std::int64_t>(*number)) : add(0);
  }
  std::string finish() { return hex(hash_.finish()).substr(0, part_digits); }

 private:
  Sha256 hash_;
};

std::string mounts_digest(const Container& one) {
  Digest out;
  for (const Mount& mount : one.mounts) {
    out.add(static_cast<std::int64_t>(mount.kind)).add(mount.source).add(mount.target);
    out.add(std::int64_t{mount.shared}).add(std::int64_t{mount.read_only});
    out.add_known(mount.size_mib);
  }
  for (const SecretFile& secret : one.secrets) out.add(secret.source).add(secret.target);
  for (const Device& device : one.devices) {
    out.add(device.host).add(device.container).add(device.access);
  }
  return out.finish();
}

std::string ports_digest(const Container& one) {
  Digest out;
  for (const Port& port : one.ports) {
    if (!port.host) continue;  // the others are names, which no container knows
    out.add(port.container).add(static_cast<std::int64_t>(port.protocol));
    out.add(*port.host).add(port.host_address);
  }
  return out.finish();
}

std::string rights_digest(const Container& one) {
  Digest out;
  out.add(one.capabilities).add(std::int64_t{one.privileged});
  out.add(std::int64_t{one.read_only_root}).add(std::int64_t{one.new_privileges});
  return out.add(one.user).add(one.sysctls).finish();
}

std::string limits_digest(const Limits& limits) {
  Digest out;
  out.add_known(limits.memory_mib).add_known(limits.cpu_milli).add_known(limits.open_files);
  return out.add(static_cast<std::int64_t>(limits.pids))
      .add(static_cast<std::int64_t>(limits.log_mib))
      .finish();
}

using Parts = std::map<std::string, std::string, std::less<>>;

std::string parts_text(const Parts& parts) {
  std::string out;
  for (const auto& [part, hash] : parts) {
    if (!out.empty()) out += ',';
    out.append(part).append("=").append(hash);
  }
  return out;
}

Parts parts_in(const TextMap& labels) {
  Parts out;
  const auto label = labels.find(parts_label);
  if (label == labels.end()) return out;
  for (const std::string_view part : split(label->second, ',')) {
    const auto sign = part.find('=');
    if (sign == std::string_view::npos) continue;
    out.emplace(part.substr(0, sign), part.substr(sign + 1));
  }
  return out;
}

std::string status_text(const ContainerInfo& info) {
  switch (info.status) {
    case ContainerStatus::created:
      return "was made and never started";
    case ContainerStatus::running:
      return "runs";
    case ContainerStatus::paused:
      return "is paused";
    case ContainerStatus::stopping:
      return "is stopping";
    case ContainerStatus::exited:
      return "has ended" +
             (info.exit_code ? " with exit code " + std::to_string(*info.exit_code) : "") +
             (info.out_of_memory ? ", out of memory" : "");
    case ContainerStatus::dead:
      return "is dead: the engine could not remove it";
  }
  return "is in no state that is known";
}

std::string mib_text(const std::optional<std::uint64_t>& mib) {
  return mib ? std::to_string(*mib) + " MiB" : "no limit";
}

// Limits that somebody changed on the running container.
void add_limit_reasons(const Limits& want, const Limits& have, std::vector<Reason>& out) {
  if (want.memory_mib != have.memory_mib) {
    out.push_back({"limits", "its memory is " + mib_text(have.memory_mib) + " and should be " +
                                 mib_text(want.memory_mib)});
  }
  const auto cores = [](const std::optional<std::uint64_t>& milli) {
    return milli ? std::to_string(*milli) + "m" : std::string("no limit");
  };
  if (want.cpu_milli != have.cpu_milli) {
    out.push_back({"limits", "its CPU is " + cores(have.cpu_milli) + " and should be " +
                                 cores(want.cpu_milli)});
  }
  if (want.pids != have.pids) {
    out.push_back({"limits", "it may have " + std::to_string(have.pids) +
                                 " processes and should have " + std::to_string(want.pids)});
  }
}

// Volumes and binds alone: an engine tells no more. Sources of volumes are the engine's names.
void add_mount_reasons(const Container& want, const ContainerInfo& have, std::vector<Reason>& out) {
  std::set<std::string_view> targets, there;
  for (const Mount& mount : want.mounts) {
    if (mount.kind != MountKind::tmpfs) targets.insert(mount.target);
  }
  for (const Mount& mount : have.mounts) there.insert(mount.target);
  for (const std::string_view target : targets) {
    if (there.contains(target)) continue;
    out.push_back({"mounts", "nothing is mounted at " + std::string(target)});
  }
}

// What was declared when it was made, and is declared otherwise now.
void add_part_reasons(const ExpectedContainer& want, const ContainerInfo& have,
                      std::vector<Reason>& out) {
  const Parts now = parts_of(want);
  const Parts then = parts_in(have.labels);
  for (const auto& [part, hash] : now) {
    const auto found = then.find(part);
    if (found != then.end() && found->second == hash) continue;
    const bool plural = part.ends_with('s');
    out.push_back({part, "its " + part + (plural ? " were" : " was") + " declared anew"});
  }
}

std::vector<Reason> differences(const ExpectedContainer& want, const ContainerInfo& have) {
  std::vector<Reason> out;
  add_part_reasons(want, have, out);
  if (!want.image_id.empty() && have.image_id != want.image_id) {
    out.push_back({"image", "it runs " + have.image_id.substr(0, 19) + " and should run " +
                                want.image_id.substr(0, 19)});
  }
  add_limit_reasons(want.container.limits, have.limits, out);
  add_mount_reasons(want.container, have, out);
  if (have.status != ContainerStatus::running) return out;  // it has no address to compare
  if (have.network != want.network) {
    out.push_back({"network", have.network.empty() ? "it is in no network"
                                                   : "it is in the network " + have.network});
  } else if (have.address != want.address) {
    out.push_back({"address", "it has " + have.address + " and should have " + want.address});
  }
  return out;
}

bool is_up(const ContainerInfo& info) {
  return info.status == ContainerStatus::running;
}

class Comparison {
 public:
  Comparison(const ExpectedState& expected, const Observed& observed, std::string_view owner)
      : expected_(expected), observed_(observed), owner_(owner) {}

  std::vector<Change> run() {
    networks();
    containers();
    if (observed_.names != expected_.names) {
      add(ChangeKind::publish_names, "names", {{"names", "the names service knows others"}});
    }
    std::stable_sort(out_.begin(), out_.end(), [](const Change& a, const Change& b) {
      return std::tie(a.kind, a.subject) < std::tie(b.kind, b.subject);
    });
    return std::move(out_);
  }

 private:
  void add(ChangeKind kind, const std::string& subject, std::vector<Reason> reasons) {
    out_.push_back({kind, subject, std::move(reasons)});
  }

  void networks() {
    for (const NetworkSpec& want : expected_.networks) {
      const auto have = std::find_if(observed_.networks.begin(), observed_.networks.end(),
                                     [&](const auto& n) { return n.spec.name == want.name; });
      if (have == observed_.networks.end()) {
        add(ChangeKind::create_network, want.name, {{"missing", "it is not there"}});
        continue;
      }
      std::vector<Reason> reasons = network_reasons(want, *have);
      if (!reasons.empty()) add(ChangeKind::replace_network, want.name, std::move(reasons));
    }
    for (const NetworkInfo& have : observed_.networks) {
      const bool wanted = std::any_of(expected_.networks.begin(), expected_.networks.end(),
                                      [&](const auto& n) { return n.name == have.spec.name; });
      if (wanted || !is_ours(have.spec.labels, owner_)) continue;
      add(ChangeKind::remove_network, have.spec.name, {{"orphan", "nobody expects it"}});
    }
  }

  static std::vector<Reason> network_reasons(const NetworkSpec& want, const NetworkInfo& have) {
    std::vector<Reason> out;
    const auto compare = [&](const char* what, const std::string& here, const std::string& there) {
      if (here == there) return;
      out.push_back({what, std::string("its ") + what + " is " + there + " and should be " + here});
    };
    compare("subnet", want.subnet, have.spec.subnet);
    compare("gateway", want.gateway, have.spec.gateway);
    compare("bridge", want.bridge, have.spec.bridge);
    compare("mtu", std::to_string(want.mtu), std::to_string(have.spec.mtu));
    return out;
  }

  void containers() {
    std::map<std::string_view, const ContainerInfo*> ours;
    for (const ContainerInfo& info : observed_.containers) {
      if (is_ours(info.labels, owner_)) ours.emplace(info.name, &info);
    }
    for (const ExpectedContainer& want : expected_.containers) {
      const auto found = ours.find(want.name);
      if (found == ours.end()) {
        add(ChangeKind::deploy_container, want.name, {{"missing", "it is not there"}});
        continue;
      }
      const ContainerInfo& have = *found->second;
      ours.erase(found);
      std::vector<Reason> reasons = differences(want, have);
      // No engine starts what is paused.
      const bool stuck =
          have.status == ContainerStatus::dead || have.status == ContainerStatus::paused;
      if (!reasons.empty() || stuck) {
        if (!is_up(have)) reasons.push_back({"state", "it " + status_text(have)});
        add(ChangeKind::replace_container, want.name, std::move(reasons));
      } else if (!is_up(have)) {
        add(ChangeKind::start_container, want.name, {{"state", "it " + status_text(have)}});
      }
    }
    for (const auto& [name, info] : ours) {
      add(ChangeKind::remove_container, std::string(name), {{"orphan", "nobody expects it"}});
    }
  }

  const ExpectedState& expected_;
  const Observed& observed_;
  std::string_view owner_;
  std::vector<Change> out_;
};

}  // namespace

std::string_view word_of(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::create_network:
      return "create network";
    case ChangeKind::remove_container:
      return "remove container";
    case ChangeKind::start_container:
      return "start container";
    case ChangeKind::deploy_container:
      return "deploy container";
    case ChangeKind::replace_container:
      return "replace container";
    case ChangeKind::replace_network:
      return "replace network";
    case ChangeKind::publish_names:
      return "publish names";
    case ChangeKind::remove_network:
      return "remove network";
  }
  return "";
}

bool is_ours(const TextMap& labels, std::string_view owner) {
  const auto label = labels.find(owner_label);
  return label != labels.end() && label->second == owner;
}

std::string name_of(const AllocationId& allocation) {
  return allocation.project + "/" + allocation.app + "/" + std::to_string(allocation.ordinal);
}

Parts parts_of(const ExpectedContainer& expected) {
  const Container& one = expected.container;
  return {
      {"image", Digest().add(one.image).add(one.platform).finish()},
      {"command", Digest().add(one.entrypoint).add(one.command).add(one.working_dir).finish()},
      {"environment", Digest().add(one.environment).add(one.environment_from).finish()},
      {"mounts", mounts_digest(one)},
      {"limits", limits_digest(one.limits)},
      {"ports", ports_digest(one)},
      {"rights", rights_digest(one)},
      {"network",
       Digest().add(expected.network).add(expected.address).add(expected.dns_servers).finish()},
      {"rest", Digest()
                   .add(one.hostname)
                   .add(std::int64_t{one.init})
                   .add(one.stop_signal)
                   .add(one.labels)
                   .add(expected.release)
                   .finish()},
  };
}

TextMap labels_of(const ExpectedContainer& expected, std::string_view owner) {
  TextMap out = expected.container.labels;
  out.insert_or_assign(std::string(owner_label), std::string(owner));
  out.insert_or_assign(std::string(allocation_label), name_of(expected.allocation));
  out.insert_or_assign(std::string(release_label), expected.release);
  out.insert_or_assign(std::string(grace_label),
                       std::to_string(expected.container.stop_grace.count()));
  out.insert_or_assign(std::string(parts_label), parts_text(parts_of(expected)));
  return out;
}

std::vector<Change> diff(const ExpectedState& expected, const Observed& observed,
                         std::string_view owner) {
  return Comparison(expected, observed, owner).run();
}

}  // namespace paas::reconcile
