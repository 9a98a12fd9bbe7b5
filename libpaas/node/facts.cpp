#include "libpaas/node/facts.hpp"

#include <algorithm>

#include "libpaas/dns/feed.hpp"

namespace paas::node {
namespace {

// "shop/web"
std::pair<std::string, std::string> names_in(const std::string& key) {
  const auto slash = key.find('/');
  if (slash == std::string::npos) return {"", key};
  return {key.substr(0, slash), key.substr(slash + 1)};
}

const Life* life_of(const State& state, std::string_view name) {
  const auto found = state.lives.find(name);
  return found == state.lives.end() ? nullptr : &found->second;
}

std::string hopeless_trouble(const State& state, std::string_view subject) {
  const auto found = state.patience.find(subject);
  return found != state.patience.end() && found->second.hopeless ? found->second.trouble : "";
}

constexpr int exits_that_tell = 3;

// What failed so often that hope ends.
std::string often_trouble(const State& state, std::string_view subject) {
  const auto found = state.patience.find(subject);
  const bool often = found != state.patience.end() && found->second.failures >= exits_that_tell;
  return often ? found->second.trouble : hopeless_trouble(state, subject);
}

bool has_image(const State& state, const expansion::Release& release, Moment since) {
  if (!release.image_id.empty()) return state.seen.images.contains(release.image_id);
  const model::Container& container = release.container;
  return !image_here(state, container.image, container.pull, since).empty();
}

// Why it cannot come up; empty while there is hope.
std::string trouble_of(const State& state, const MemberView& member) {
  if (member.release != nullptr) {
    std::string trouble = hopeless_trouble(state, image_subject(member.release->container.image));
    if (!trouble.empty()) return trouble;
  }
  const Life* life = life_of(state, member.name);
  if (life != nullptr && life->exits >= exits_that_tell) {
    return "it ended " + std::to_string(life->exits) + " times" +
           (life->exit_code ? ", the last time with exit code " + std::to_string(*life->exit_code)
                            : "") +
           (life->out_of_memory ? ", out of memory" : "");
  }
  return often_trouble(state, member.name);
}

}  // namespace

std::string image_subject(std::string_view reference) {
  return "image " + std::string(reference);
}

std::vector<MemberView> members_of(const expansion::Ledger& ledger) {
  std::vector<MemberView> out;
  for (const auto& [key, record] : ledger.apps) {
    rollout::Wanted wanted;
    std::tie(wanted.project, wanted.app) = names_in(key);
    for (rollout::Part& part : rollout::parts_of(record.rollout)) {
      const auto release = record.releases.find(part.member.release);
      std::string name = rollout::name_of(wanted, part.ordinal, part.member);
      out.push_back({std::move(name), key, wanted.project, std::move(part),
                     release == record.releases.end() ? nullptr : &release->second});
    }
  }
  return out;
}

std::vector<RunView> runs_of(const expansion::Ledger& ledger, const model::Blueprint& blueprint) {
  std::vector<RunView> out;
  for (const auto& [key, job] : ledger.jobs) {
    jobs::Wanted wanted;
    std::tie(wanted.project, wanted.job) = names_in(key);
    for (const model::Job& declared : blueprint.jobs) {
      if (declared.project != wanted.project || declared.name != wanted.job) continue;
      wanted.declared = declared;
      wanted.release = job.declared;
    }
    for (const jobs::Run& run : job.record.runs) {
      const auto release = job.releases.find(run.release);
      out.push_back({jobs::name_of(wanted, run), key, &job, &run, wanted,
                     release == job.releases.end() ? nullptr : &release->second});
    }
  }
  return out;
}

const model::ContainerInfo* own_container(const State& state, std::string_view name) {
  for (const model::ContainerInfo& info : state.seen.containers) {
    if (info.name == name && reconcile::is_ours(info.labels, state.settings.node.owner)) {
      return &info;
    }
  }
  return nullptr;
}

bool runs(const model::ContainerInfo& info) {
  return info.status == model::ContainerStatus::running;
}

std::string image_here(const State& state, const std::string& reference, model::PullPolicy policy,
                       Moment since) {
  if (policy == model::PullPolicy::always) {
    const auto fetched = state.fetched.find(reference);
    if (fetched == state.fetched.end() || fetched->second < since) return {};
  }
  const auto found = state.seen.images.find(reference);
  return found == state.seen.images.end() ? "" : found->second;
}

bool is_ready(const State& state, const model::Container& container, std::string_view name) {
  const model::ContainerInfo* info = own_container(state, name);
  if (info == nullptr || !runs(*info)) return false;
  const Life* life = life_of(state, name);
  if (life == nullptr || state.stopping.contains(std::string(name))) return false;
  if (state.retiring.contains(name)) return false;
  if (!container.readiness) return true;
  if (life->readiness.verdict == health::Verdict::unknown) return life->presumed;
  return life->readiness.verdict == health::Verdict::good;
}

bool is_named(const State& state, std::string_view address, Moment now) {
  if (const auto in = state.told.find(address); in != state.told.end()) {
    return in->second + state.settings.names_settle <= now || in->second > now;
  }
  const auto out = state.hushed.find(address);
  return out != state.hushed.end() && now < out->second;
}

rollout::Facts facts_of(const State& state, const expansion::Ledger& ledger, Moment now) {
  rollout::Facts out;
  for (const MemberView& member : members_of(ledger)) {
    rollout::Fact fact;
    const model::ContainerInfo* info = own_container(state, member.name);
    fact.there = info != nullptr;
    fact.running = info != nullptr && runs(*info);
    if (member.release != nullptr) {
      const expansion::Release& release = *member.release;
      fact.image_here = has_image(state, release, release.made);
      fact.ready = is_ready(state, release.container, member.name);
    }
    if (!fact.ready) fact.trouble = trouble_of(state, member);
    if (is_named(state, member.part.member.address, now)) out.named.insert(member.name);
    out.containers.emplace(member.name, std::move(fact));
  }
  return out;
}

jobs::Facts job_facts_of(const State& state, const expansion::Ledger& ledger) {
  jobs::Facts out;
  for (const RunView& view : runs_of(ledger, state.declared.blueprint)) {
    jobs::Fact fact;
    if (view.release != nullptr) {
      fact.image_here = has_image(state, *view.release, view.run->due);
      fact.trouble = hopeless_trouble(state, image_subject(view.release->container.image));
    }
    if (const model::ContainerInfo* info = own_container(state, view.name)) {
      fact.there = true;
      fact.ran = info->started != Moment{};
      fact.running = runs(*info);
      const bool ended = info->status == model::ContainerStatus::exited ||
                         info->status == model::ContainerStatus::dead;
      if (ended && fact.ran) fact.exit_code = info->exit_code.value_or(128);
    }
    if (fact.trouble.empty()) fact.trouble = often_trouble(state, view.name);
    out.emplace(view.name, std::move(fact));
  }
  return out;
}

void learn_images(const State& state, expansion::Ledger& ledger) {
  const auto learn = [&](expansion::Release& release) {
    if (!release.image_id.empty()) return;
    const model::Container& container = release.container;
    release.image_id = image_here(state, container.image, container.pull, release.made);
  };
  for (auto& [key, app] : ledger.apps) {
    for (auto& [hash, release] : app.releases) learn(release);
  }
  for (auto& [key, job] : ledger.jobs) {
    for (auto& [hash, release] : job.releases) learn(release);
  }
}

std::vector<isolation::Member> filter_members(const State& state) {
  std::vector<isolation::Member> out;
  for (const model::ExpectedContainer& container : state.expected.containers) {
    out.push_back(
        {container.address, isolation::mac_of(container.address), container.allocation.project});
  }
  for (const RunView& view : runs_of(state.ledger, state.declared.blueprint)) {
    if (view.run->address.empty()) continue;
    out.push_back({view.run->address, isolation::mac_of(view.run->address), view.wanted.project});
  }
  // What still runs though nobody expects it speaks until it is stopped.
  for (const model::ContainerInfo& info : state.seen.containers) {
    const bool known = std::any_of(out.begin(), out.end(),
                                   [&](const auto& one) { return one.address == info.address; });
    const auto label = info.labels.find(reconcile::allocation_label);
    if (known || info.address.empty() || label == info.labels.end()) continue;
    if (!reconcile::is_ours(info.labels, state.settings.node.owner)) continue;
    out.push_back({info.address, isolation::mac_of(info.address), names_in(label->second).first});
  }
  return out;
}

std::set<std::string> addresses_in(std::string_view names) {
  std::set<std::string> out;
  const auto feed = dns::parse_feed(names);
  if (!feed) return out;
  for (const dns::Project& project : feed->projects) {
    for (const dns::App& app : project.apps) {
      for (const dns::Replica& replica : app.replicas) {
        for (const dns::Ip& address : replica.addresses) out.insert(dns::to_text(address));
      }
    }
  }
  return out;
}

}  // namespace paas::node
