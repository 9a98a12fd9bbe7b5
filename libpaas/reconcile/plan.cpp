#include "libpaas/reconcile/plan.hpp"

#include <algorithm>
#include <set>

#include "libpaas/base/overload.hpp"
#include "libpaas/base/text.hpp"

namespace paas::reconcile {
namespace {

using namespace model;

const ExpectedContainer* wanted(const ExpectedState& expected, std::string_view name) {
  const auto found = std::find_if(expected.containers.begin(), expected.containers.end(),
                                  [&](const auto& container) { return container.name == name; });
  return found == expected.containers.end() ? nullptr : &*found;
}

const ContainerInfo* present(const Observed& observed, std::string_view name) {
  const auto found = std::find_if(observed.containers.begin(), observed.containers.end(),
                                  [&](const auto& container) { return container.name == name; });
  return found == observed.containers.end() ? nullptr : &*found;
}

// How long it was declared to have when it was made.
Seconds grace_of(const TextMap& labels) {
  const auto label = labels.find(grace_label);
  const auto seconds = label == labels.end() ? std::nullopt : parse_integer<int>(label->second);
  return seconds && *seconds >= 0 ? Seconds{*seconds} : Container{}.stop_grace;
}

class Planner {
 public:
  Planner(const ExpectedState& expected, const Observed& observed, std::string_view owner)
      : expected_(expected), observed_(observed), owner_(owner) {}

  std::vector<Step> run(const Change& change) {
    switch (change.kind) {
      case ChangeKind::create_network:
        network(change.subject);
        break;
      case ChangeKind::remove_network:
        steps_.emplace_back(RemoveNetwork{change.subject});
        break;
      case ChangeKind::replace_network:
        replace_network(change.subject);
        break;
      case ChangeKind::remove_container:
        remove(change.subject);
        break;
      case ChangeKind::start_container:
        steps_.emplace_back(StartContainer{change.subject});
        break;
      case ChangeKind::deploy_container:
        fetch(change.subject);
        deploy(change.subject);
        break;
      case ChangeKind::replace_container:
        // The image first: what runs goes on running while it comes.
        fetch(change.subject);
        remove(change.subject);
        deploy(change.subject);
        break;
      case ChangeKind::publish_names:
        steps_.emplace_back(PublishNames{expected_.names});
        break;
    }
    return std::move(steps_);
  }

 private:
  void network(const std::string& name) {
    for (const NetworkSpec& spec : expected_.networks) {
      if (spec.name != name) continue;
      NetworkSpec owned_spec = spec;
      owned_spec.labels.insert_or_assign(std::string(owner_label), std::string(owner_));
      steps_.emplace_back(CreateNetwork{std::move(owned_spec)});
    }
  }

  void replace_network(const std::string& name) {
    for (const ContainerInfo& info : observed_.containers) {
      if (info.network == name && is_ours(info.labels, owner_)) remove(info.name);
    }
    steps_.emplace_back(RemoveNetwork{name});
    network(name);
  }

  void remove(const std::string& name) {
    const ContainerInfo* info = present(observed_, name);
    if (info == nullptr) return;
    const bool runs =
        info->status == ContainerStatus::running || info->status == ContainerStatus::stopping;
    if (runs) steps_.emplace_back(StopContainer{info->id, name, grace_of(info->labels)});
    steps_.emplace_back(RemoveContainer{info->id, name});
  }

  // The id of the image where it is here already.
  std::string image_here(const ExpectedContainer& want) const {
    if (!want.image_id.empty()) {
      const bool here =
          std::any_of(observed_.images.begin(), observed_.images.end(),
                      [&](const auto& image) { return image.second == want.image_id; });
      if (here) return want.image_id;
    }
    const auto found = observed_.images.find(want.container.image);
    if (found == observed_.images.end()) return {};
    return want.image_id.empty() || found->second == want.image_id ? found->second : "";
  }

  // A release keeps the image it was made with; only one that knows none asks the registry anew.
  bool must_pull(const ExpectedContainer& want) const {
    if (image_here(want).empty()) return want.container.pull != PullPolicy::never;
    return want.container.pull == PullPolicy::always && want.image_id.empty();
  }

  void fetch(const std::string& name) {
    const ExpectedContainer* want = wanted(expected_, name);
    if (want == nullptr || !must_pull(*want)) return;
    steps_.emplace_back(PullImage{want->container.image, want->container.platform});
  }

  void deploy(const std::string& name) {
    const ExpectedContainer* want = wanted(expected_, name);
    if (want == nullptr) return;
    ContainerSpec spec;
    spec.name = want->name;
    spec.image_id = must_pull(*want) ? want->image_id : image_here(*want);
    spec.container = want->container;
    spec.labels = labels_of(*want, owner_);
    spec.network = want->network;
    spec.address = want->address;
    spec.dns_servers = want->dns_servers;
    steps_.emplace_back(CreateContainer{std::move(spec), want->container.image});
    steps_.emplace_back(StartContainer{want->name});
  }

  const ExpectedState& expected_;
  const Observed& observed_;
  std::string_view owner_;
  std::vector<Step> steps_;
};

// Follows the steps and sees what they would meet.
class Linter {
 public:
  Linter(const Observed& observed, std::string_view owner) : observed_(observed), owner_(owner) {
    for (const NetworkInfo& network : observed.networks) networks_.insert(network.spec.name);
    for (const ContainerInfo& info : observed.containers) {
      names_.insert(info.name);
      if (info.status == ContainerStatus::running) {
        running_.insert(info.name);
        addresses_[{info.network, info.address}] = info.name;
      }
    }
  }

  std::vector<std::string> run(const std::vector<Step>& steps) {
    for (const Step& step : steps) {
      std::visit([this](const auto& one) { look(one); }, step);
    }
    return std::move(found_);
  }

 private:
  void look(const PullImage& step) {
    if (step.reference.empty()) found_.push_back("an image without a name is pulled");
  }
  void look(const CreateNetwork& step) {
    if (!networks_.insert(step.spec.name).second) {
      found_.push_back("the network " + step.spec.name + " is made, and is there");
    }
    if (!is_ours(step.spec.labels, owner_)) {
      found_.push_back("the network " + step.spec.name + " is made without our label");
    }
  }
  void look(const RemoveNetwork& step) {
    for (const NetworkInfo& network : observed_.networks) {
      if (network.spec.name == step.name && !is_ours(network.spec.labels, owner_)) {
        found_.push_back("the network " + step.name + " is removed, and is not ours");
      }
    }
    networks_.erase(step.name);
  }
  void look(const StopContainer& step) {
    touch(step.id, step.name, "stopped");
    running_.erase(step.name);
    std::erase_if(addresses_, [&](const auto& entry) { return entry.second == step.name; });
  }
  void look(const RemoveContainer& step) {
    touch(step.id, step.name, "removed");
    if (running_.contains(step.name)) {
      found_.push_back("the container " + step.name + " is removed while it runs");
    }
    names_.erase(step.name);
  }
  void look(const CreateContainer& step) {
    const ContainerSpec& spec = step.spec;
    if (!names_.insert(spec.name).second) {
      found_.push_back("the container " + spec.name + " is made, and the name is taken");
    }
    if (!is_ours(spec.labels, owner_)) {
      found_.push_back("the container " + spec.name + " is made without our label");
    }
    if (!spec.network.empty() && !networks_.contains(spec.network)) {
      found_.push_back("the container " + spec.name + " is made in the network " + spec.network +
                       ", which is not there");
    }
    const auto [holder, is_free] = addresses_.try_emplace({spec.network, spec.address}, spec.name);
    if (!is_free && !spec.address.empty()) {
      found_.push_back("the container " + spec.name + " gets " + spec.address + ", which " +
                       holder->second + " has");
    }
  }
  void look(const StartContainer& step) {
    if (!names_.contains(step.name)) {
      found_.push_back("the container " + step.name + " is started, and is not there");
    }
    running_.insert(step.name);
  }
  void look(const PublishNames&) {}

  void touch(const std::string& id, const std::string& name, const char* how) {
    for (const ContainerInfo& info : observed_.containers) {
      if (info.id == id && info.name == name && is_ours(info.labels, owner_)) return;
    }
    found_.push_back("the container " + name + " is " + how + ", and is not ours");
  }

  const Observed& observed_;
  std::string_view owner_;
  std::set<std::string> networks_, names_, running_;
  std::map<std::pair<std::string, std::string>, std::string> addresses_;
  std::vector<std::string> found_;
};

}  // namespace

std::string text_of(const Step& step) {
  return std::visit(Overload{
                        [](const PullImage& s) { return "pull " + s.reference; },
                        [](const CreateNetwork& s) {
                          return "create the network " + s.spec.name + " (" + s.spec.subnet + ")";
                        },
                        [](const RemoveNetwork& s) { return "remove the network " + s.name; },
                        [](const StopContainer& s) {
                          return "stop the container " + s.name + " (" +
                                 std::to_string(s.grace.count()) + " s)";
                        },
                        [](const RemoveContainer& s) { return "remove the container " + s.name; },
                        [](const CreateContainer& s) {
                          return "create the container " + s.spec.name + " from " + s.reference +
                                 (s.spec.address.empty() ? "" : " at " + s.spec.address);
                        },
                        [](const StartContainer& s) { return "start the container " + s.name; },
                        [](const PublishNames&) { return std::string("publish the names"); },
                    },
                    step);
}

std::vector<Step> plan(const Change& change, const ExpectedState& expected,
                       const Observed& observed, std::string_view owner) {
  return Planner(expected, observed, owner).run(change);
}

std::vector<std::string> lint(const std::vector<Step>& steps, const Observed& observed,
                              std::string_view owner) {
  return Linter(observed, owner).run(steps);
}

}  // namespace paas::reconcile
