// Changes: which one next, how it is made, and what goes beside the loop.

#include <algorithm>

#include "libpaas/node/facts.hpp"
#include "libpaas/node/turning.hpp"

namespace paas::node {
namespace {

using reconcile::Step;

std::string_view word_of_need(jobs::Need need) {
  switch (need) {
    case jobs::Need::create:
      return "create run ";
    case jobs::Need::start:
      return "start run ";
    case jobs::Need::stop:
      return "stop run ";
    case jobs::Need::remove:
      return "remove run ";
    case jobs::Need::nothing:
    case jobs::Need::image:
      break;
  }
  return "";
}

// "registry.example.com:5000" of "registry.example.com:5000/shop/web:1"
std::string registry_host(const std::string& reference) {
  const auto slash = reference.find('/');
  const std::string first = reference.substr(0, slash);
  const bool is_host = slash != std::string::npos &&
                       (first.find_first_of(".:") != std::string::npos || first == "localhost");
  return is_host ? first : "docker.io";
}

bool is_for(const Work& work, std::string_view word) {
  return work.text.starts_with(word);
}

Seconds grace_in(const model::TextMap& labels) {
  const auto found = labels.find(reconcile::grace_label);
  if (found == labels.end()) return Seconds{10};
  return Seconds{std::clamp(std::atoi(found->second.c_str()), 0, 3600)};
}

}  // namespace

// Runs have their own care; to the comparison of apps they would be orphans.
reconcile::Observed Turning::observed_apps() const {
  std::set<std::string> of_runs;
  for (const RunView& view : runs_of(s_.ledger, s_.declared.blueprint)) of_runs.insert(view.name);
  reconcile::Observed out = s_.seen;
  std::erase_if(out.containers, [&](const auto& info) {
    return of_runs.contains(info.name) && reconcile::is_ours(info.labels, s_.settings.node.owner);
  });
  out.names = s_.expected.names;  // told at once, by themselves
  return out;
}

void Turning::find_work() {
  s_.pending.clear();
  const auto changes = reconcile::diff(s_.expected, observed_apps(), s_.settings.node.owner);
  for (const reconcile::Change& change : changes) {
    s_.pending.push_back({std::string(reconcile::word_of(change.kind)) + " " + change.subject,
                          change.subject,
                          change.reasons,
                          {},
                          now_,
                          false,
                          false});
  }
  find_job_work(s_.pending);
  std::erase_if(s_.retiring, [&](const auto& entry) {
    return std::none_of(s_.pending.begin(), s_.pending.end(),
                        [&](const Work& one) { return one.subject == entry.first; });
  });
}

void Turning::find_job_work(std::vector<Work>& out) const {
  const jobs::Facts facts = job_facts_of(s_, s_.ledger);
  for (const RunView& view : runs_of(s_.ledger, s_.declared.blueprint)) {
    const jobs::Need need = jobs::need_of(view.job->record, *view.run, view.wanted, facts);
    const std::string_view word = word_of_need(need);
    if (word.empty()) continue;
    out.push_back({std::string(word) + view.name, view.name, {}, {}, now_, false, false});
  }
}

// The image of every member that waits for one, and of every run that does.
void Turning::fetch_images() {
  const auto want = [&](const model::Container& container) {
    const std::string subject = image_subject(container.image);
    if (container.pull != model::PullPolicy::never) {
      pull(container.image, container.platform);
    } else if (!s_.patience.contains(subject)) {
      failed(subject, "it is not here, and may not be pulled", true);
    }
  };
  const rollout::Facts facts = facts_of(s_, s_.ledger, now_);
  for (const MemberView& member : members_of(s_.ledger)) {
    if (member.release == nullptr || member.part.member.leaving) continue;
    const auto fact = facts.containers.find(member.name);
    if (fact == facts.containers.end() || fact->second.image_here || fact->second.there) continue;
    want(member.release->container);
  }
  const jobs::Facts job_facts = job_facts_of(s_, s_.ledger);
  for (const RunView& view : runs_of(s_.ledger, s_.declared.blueprint)) {
    const auto need = jobs::need_of(view.job->record, *view.run, view.wanted, job_facts);
    if (need == jobs::Need::image && view.release != nullptr) want(view.release->container);
  }
}

bool Turning::pull(const std::string& reference, const std::string& platform) {
  if (s_.pulling.contains(reference) || backs_off(image_subject(reference))) return false;
  if (s_.pulling.size() >= s_.settings.pulls_at_once) return false;
  s_.pulling.insert(reference);
  Pull out{reference, platform, {}};
  for (const model::Registry& registry : s_.declared.blueprint.registries) {
    if (registry.host == registry_host(reference)) out.registry = registry;
  }
  act(std::move(out));
  return true;
}

bool Turning::stop(const std::string& id, const std::string& name, Seconds grace) {
  if (s_.stopping.size() >= s_.settings.stops_at_once) return false;
  if (!s_.stopping.insert(name).second) return false;
  s_.lives[name].told_to_stop = true;
  s_.stale = true;  // it is not ready any more
  act(StopBeside{id, name, grace});
  return true;
}

void Turning::watch_bound() {
  if (!s_.work || now_ < s_.work->since + s_.settings.change_bound) return;
  if (s_.work->verifying) {
    failed(s_.work->subject, s_.work->text + ": nobody could see whether it was done");
    s_.work.reset();
  } else if (!s_.work->given_up) {
    s_.work->given_up = true;
    act(GiveUp{});
  }
}

void Turning::work() {
  if (s_.work || !s_.engine_trouble.empty() || s_.stale) return;
  for (const Work& one : s_.pending) {
    if (!is_busy(one.subject) && begin(one)) return;
  }
}

model::ContainerSpec Turning::spec_of(const model::ExpectedContainer& want) const {
  model::ContainerSpec out;
  out.name = want.name;
  out.image_id = want.image_id;
  const auto image = s_.seen.images.find(want.container.image);
  if (out.image_id.empty() && image != s_.seen.images.end()) out.image_id = image->second;
  out.container = want.container;
  out.labels = reconcile::labels_of(want, s_.settings.node.owner);
  out.network = want.network;
  out.address = want.address;
  out.dns_servers = want.dns_servers;
  return out;
}

// What is being looked at may be otherwise by now, and what has ended is asked why before it goes.
bool Turning::is_busy(const std::string& subject) const {
  return s_.stopping.contains(subject) || s_.look_at.contains(subject) ||
         s_.looking_at.contains(subject) || s_.reading_logs.contains(subject) || backs_off(subject);
}

std::vector<Step> Turning::job_steps_of(const Work& work) const {
  for (const RunView& view : runs_of(s_.ledger, s_.declared.blueprint)) {
    if (view.name != work.subject) continue;
    const model::ContainerInfo* info = own_container(s_, view.name);
    if (is_for(work, "create run ")) {
      const expansion::NodeSettings& node = s_.settings.node;
      const auto want = expansion::container_of(s_.ledger, node, view.key, *view.run);
      if (!want) return {};
      return {reconcile::CreateContainer{spec_of(*want), want->container.image}};
    }
    if (is_for(work, "start run ")) return {reconcile::StartContainer{view.name}};
    if (info == nullptr) return {};
    if (is_for(work, "stop run ")) {
      return {reconcile::StopContainer{info->id, info->name, grace_in(info->labels)}};
    }
    std::vector<Step> out;
    if (runs(*info)) {
      out.emplace_back(reconcile::StopContainer{info->id, info->name, grace_in(info->labels)});
    }
    out.emplace_back(reconcile::RemoveContainer{info->id, info->name});
    return out;
  }
  return {};
}

std::vector<Step> Turning::steps_of(const Work& work) const {
  if (work.reasons.empty()) return job_steps_of(work);
  const reconcile::Observed observed = observed_apps();
  for (const auto& change : reconcile::diff(s_.expected, observed, s_.settings.node.owner)) {
    if (std::string(reconcile::word_of(change.kind)) + " " + change.subject != work.text) continue;
    return reconcile::plan(change, s_.expected, observed, s_.settings.node.owner);
  }
  return {};
}

// Nothing is made in a network that is not there, and nothing starts before the packet filter knows
// of it.
bool Turning::may_start(const Work& work) const {
  for (const Step& step : work.steps) {
    const auto* create = std::get_if<reconcile::CreateContainer>(&step);
    if (create == nullptr || create->spec.network.empty()) continue;
    const bool there =
        std::any_of(s_.seen.networks.begin(), s_.seen.networks.end(),
                    [&](const auto& one) { return one.spec.name == create->spec.network; });
    if (!there && !is_for(work, "replace network ")) return false;
  }
  if (!s_.settings.isolate || s_.rules_loaded == s_.rules_wanted) return true;
  return std::none_of(work.steps.begin(), work.steps.end(), [](const Step& step) {
    return std::holds_alternative<reconcile::StartContainer>(step);
  });
}

// Who serves leaves the names first, and is stopped when nobody remembers them; of an app one at a
// time.
bool Turning::may_stop(const std::string& name) {
  if (const auto found = s_.retiring.find(name); found != s_.retiring.end()) {
    return is_due(found->second, s_.declared.blueprint.dns_ttl + Seconds{90});
  }
  const auto want = std::find_if(s_.expected.containers.begin(), s_.expected.containers.end(),
                                 [&](const auto& one) { return one.name == name; });
  if (want == s_.expected.containers.end() || !is_ready(s_, want->container, name)) return true;
  for (const model::ExpectedContainer& other : s_.expected.containers) {
    const bool same_app = other.allocation.project == want->allocation.project &&
                          other.allocation.app == want->allocation.app;
    if (same_app && other.name != name && !is_ready(s_, other.container, other.name)) return false;
  }
  s_.retiring[name] = now_ + s_.settings.names_settle + s_.declared.blueprint.dns_ttl;
  s_.stale = true;  // its names go
  return false;
}

// True if it is what is done now; what goes beside leaves the loop free for the next.
bool Turning::begin(Work work) {
  work.steps = steps_of(work);
  if (work.steps.empty()) return false;
  for (Step& step : work.steps) {
    if (auto* create = std::get_if<reconcile::CreateContainer>(&step)) {
      create->spec.mac = isolation::mac_of(create->spec.address);
    }
  }
  if (!may_start(work)) return false;
  reconcile::Observed all = s_.seen;
  const auto findings = reconcile::lint(work.steps, all, s_.settings.node.owner);
  if (!findings.empty()) {
    failed(work.subject, work.text + " is not carried out: " + findings.front());
    return false;
  }
  if (const auto* first = std::get_if<reconcile::PullImage>(&work.steps.front())) {
    pull(first->reference, first->platform);
    return false;
  }
  const bool whole = is_for(work, "replace network ");
  const auto* first = std::get_if<reconcile::StopContainer>(&work.steps.front());
  if (first != nullptr && !whole) {
    if (may_stop(first->name)) stop(first->id, first->name, first->grace);
    return false;
  }
  for (const Step& step : work.steps) {
    if (const auto* removed = std::get_if<reconcile::StopContainer>(&step)) {
      s_.lives[removed->name].told_to_stop = true;
    }
  }
  work.since = now_;
  std::string why;
  for (const reconcile::Reason& reason : work.reasons)
    why += (why.empty() ? "" : "; ") + reason.text;
  say(LogLevel::info, work.text + (why.empty() ? "" : ": " + why));
  act(CarryOut{work.text, work.steps});
  s_.work = std::move(work);
  return true;
}

}  // namespace paas::node
