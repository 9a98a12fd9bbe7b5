#include "libpaas/node/rehearsal.hpp"

#include <algorithm>
#include <deque>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/overload.hpp"

namespace paas::node {
namespace {

using model::ContainerStatus;

constexpr int most_turns = 20'000;
constexpr std::chrono::hours longest_rehearsal{2};

class Stage {
 public:
  Stage(State state, reconcile::Observed seen, Moment now)
      : state_(std::move(state)), world_(std::move(seen)), now_(now), begun_(now) {}

  Preview run(const Declared& declared) {
    events_.emplace_back(SourceRead{declared});
    for (int turns = 0; turns < most_turns && now_ - begun_ < longest_rehearsal; ++turns) {
      if (events_.empty() && settled(state_)) {
        out_.settles = true;
        break;
      }
      Event event = TimePassed{};
      if (events_.empty()) {
        now_ = std::max(state_.wake, now_ + std::chrono::milliseconds{1});
      } else {
        event = std::move(events_.front());
        events_.pop_front();
      }
      Turn turn = next(std::move(state_), event, now_);
      state_ = std::move(turn.state);
      for (const Action& action : turn.actions) act(action);
    }
    out_.version = declared.version;
    return std::move(out_);
  }

 private:
  void act(const Action& action) {
    std::visit(Overload{
                   [&](const Save&) { events_.emplace_back(Saved{}); },
                   [&](const Look& a) { look(a); },
                   [&](const CarryOut& a) { carry_out(a); },
                   [&](const Pull& a) { pull(a); },
                   [&](const StopBeside& a) { stop(a); },
                   [&](const AskProbe& a) {
                     events_.emplace_back(ProbeAnswered{a.name, a.id, a.liveness, {true, ""}});
                   },
                   [&](const ReadLog& a) { events_.emplace_back(LogRead{a.name, {}}); },
                   [&](const TellNames& a) { events_.emplace_back(NamesTold{a.names, {}}); },
                   [&](const LoadRules& a) { events_.emplace_back(RulesLoaded{a.rules, {}}); },
                   [](const GiveUp&) {},
                   [](const ForgetHold&) {},
                   [](const Say&) {},
               },
               action);
  }

  void look(const Look& look) {
    if (look.containers.empty()) {
      events_.emplace_back(Looked{world_});
      return;
    }
    LookedAt out;
    for (const std::string& name : look.containers) {
      const model::ContainerInfo* info = find(name);
      out.containers.emplace(name, info == nullptr ? std::nullopt : std::optional(*info));
    }
    events_.emplace_back(std::move(out));
  }

  void carry_out(const CarryOut& work) {
    Foreseen one{work.text, {}, {}};
    if (state_.work) one.reasons = state_.work->reasons;
    for (const reconcile::Step& step : work.steps) {
      one.steps.push_back(reconcile::text_of(step));
      std::visit([this](const auto& s) { this->apply(s); }, step);
    }
    out_.changes.push_back(std::move(one));
    events_.emplace_back(StepsEnded{});
  }

  void pull(const Pull& pull) {
    out_.changes.push_back({"pull image " + pull.reference, {}, {"pull " + pull.reference}});
    const auto known = world_.images.find(pull.reference);
    const std::string id =
        known != world_.images.end() ? known->second : "sha256:" + hex(sha256(pull.reference));
    world_.images.insert_or_assign(pull.reference, id);
    world_.images.insert_or_assign(id, id);
    events_.emplace_back(PullEnded{pull.reference, id});
  }

  void stop(const StopBeside& what) {
    Foreseen one{"stop container " + what.name, {}, {}};
    const reconcile::StopContainer step{what.id, what.name, what.grace};
    one.steps.push_back(reconcile::text_of(reconcile::Step{step}));
    for (const Work& work : state_.pending) {
      if (work.subject == what.name) one.reasons = work.reasons;
    }
    out_.changes.push_back(std::move(one));
    apply(step);
    events_.emplace_back(StopEnded{what.name, {}});
  }

  model::ContainerInfo* find(const std::string& name) {
    const auto found = std::find_if(world_.containers.begin(), world_.containers.end(),
                                    [&](const auto& one) { return one.name == name; });
    return found == world_.containers.end() ? nullptr : &*found;
  }

  void apply(const reconcile::PullImage&) {}
  void apply(const reconcile::PublishNames&) {}
  void apply(const reconcile::CreateNetwork& step) {
    world_.networks.push_back({step.spec.name, step.spec, false});
  }
  void apply(const reconcile::RemoveNetwork& step) {
    std::erase_if(world_.networks, [&](const auto& one) { return one.spec.name == step.name; });
  }
  void apply(const reconcile::StopContainer& step) {
    model::ContainerInfo* info = find(step.name);
    if (info == nullptr) return;
    info->status = ContainerStatus::exited;
    info->exit_code = 0;
    info->finished = now_;
    info->address.clear();
  }
  void apply(const reconcile::RemoveContainer& step) {
    std::erase_if(world_.containers, [&](const auto& one) { return one.name == step.name; });
    addresses_.erase(step.name);
  }
  void apply(const reconcile::CreateContainer& step) {
    model::ContainerInfo info;
    info.id = "new-" + std::to_string(++ids_);
    info.name = step.spec.name;
    info.image_id = step.spec.image_id;
    info.labels = step.spec.labels;
    info.created = now_;
    info.limits = step.spec.container.limits;
    info.mounts = step.spec.container.mounts;
    addresses_[info.name] = {step.spec.network, step.spec.address};
    world_.containers.push_back(std::move(info));
  }
  void apply(const reconcile::StartContainer& step) {
    model::ContainerInfo* info = find(step.name);
    if (info == nullptr) return;
    info->status = ContainerStatus::running;
    info->started = now_;
    info->exit_code.reset();
    if (const auto found = addresses_.find(step.name); found != addresses_.end()) {
      std::tie(info->network, info->address) = found->second;
      return;
    }
    // One that was made before: it has what is expected of it.
    for (const model::ExpectedContainer& want : state_.expected.containers) {
      if (want.name != step.name) continue;
      info->network = want.network;
      info->address = want.address;
    }
  }

  State state_;
  reconcile::Observed world_;
  Moment now_, begun_;
  std::deque<Event> events_;
  std::map<std::string, std::pair<std::string, std::string>> addresses_;
  int ids_ = 0;
  Preview out_;
};

}  // namespace

Preview rehearse(State state, const Declared& declared, const reconcile::Observed& seen,
                 Moment now) {
  return Stage(std::move(state), seen, now).run(declared);
}

}  // namespace paas::node
