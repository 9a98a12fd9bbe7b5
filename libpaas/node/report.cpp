#include "libpaas/node/report.hpp"

#include <algorithm>

#include "libpaas/node/facts.hpp"

namespace paas::node {
namespace {

constexpr std::size_t shown_digits = 8;

std::string digits(const std::string& release) {
  return release.substr(0, shown_digits);
}

std::string state_text(const model::ContainerInfo* info) {
  if (info == nullptr) return "missing";
  switch (info->status) {
    case model::ContainerStatus::created:
      return "created";
    case model::ContainerStatus::running:
      return "running";
    case model::ContainerStatus::paused:
      return "paused";
    case model::ContainerStatus::stopping:
      return "stopping";
    case model::ContainerStatus::exited:
      return "exited";
    case model::ContainerStatus::dead:
      return "dead";
  }
  return "";
}

std::string trouble_in(const State& state, std::string_view subject, Moment now) {
  const auto found = state.patience.find(subject);
  if (found == state.patience.end() || found->second.trouble.empty()) return {};
  const auto left = std::chrono::ceil<Seconds>(found->second.not_before - now).count();
  return found->second.trouble +
         (left > 0 ? "; tried again in " + std::to_string(left) + " s" : "");
}

// What engine and probes say of it.
void fill(ContainerStatus& out, const State& state, Moment now) {
  const model::ContainerInfo* info = own_container(state, out.name);
  out.state = state_text(info);
  if (info != nullptr) out.started = info->started;
  out.trouble = trouble_in(state, out.name, now);
  const auto life = state.lives.find(out.name);
  if (life == state.lives.end()) return;
  out.restarts = life->second.restarts;
  out.exit_code = life->second.exit_code;
  out.out_of_memory = life->second.out_of_memory;
  out.health = life->second.readiness.last.text;
  if (life->second.liveness.verdict == health::Verdict::bad) {
    out.health = life->second.liveness.last.text;
  }
  out.log = life->second.log;
}

const rollout::Slot* slot_of(const rollout::Rollout& rollout, int ordinal) {
  for (const rollout::Slot& slot : rollout.slots) {
    if (slot.ordinal == ordinal) return &slot;
  }
  return nullptr;
}

void add_containers(const State& state, Moment now, Status& out) {
  for (const MemberView& member : members_of(state.ledger)) {
    ContainerStatus one;
    one.name = member.name;
    one.project = member.project;
    one.app = member.key.substr(member.project.size() + 1);
    one.replica = member.part.ordinal;
    one.release = digits(member.part.member.release);
    one.address = member.part.member.address;
    one.named = is_named(state, one.address, now);
    const auto record = state.ledger.apps.find(member.key);
    const rollout::Slot* slot = slot_of(record->second.rollout, one.replica);
    if (slot != nullptr) {
      // The old one of two runs on while the new one comes up.
      const bool old = slot->serving == member.part.member && slot->candidate;
      one.stage = old && slot->stage != rollout::Stage::stopping_old
                      ? "running"
                      : std::string(rollout::word_of(slot->stage));
    }
    if (member.release != nullptr) {
      one.image = member.release->container.image;
      one.ready = is_ready(state, member.release->container, member.name);
      if (one.stage == "pulling") one.trouble = trouble_in(state, image_subject(one.image), now);
    }
    const std::string trouble = std::move(one.trouble);
    fill(one, state, now);
    if (one.trouble.empty()) one.trouble = trouble;
    out.containers.push_back(std::move(one));
  }
}

void add_apps(const State& state, Status& out) {
  for (const auto& [key, record] : state.ledger.apps) {
    AppStatus one;
    one.project = key.substr(0, key.find('/'));
    one.app = key.substr(key.find('/') + 1);
    one.state = record.declared.empty() ? "leaving" : rollout::word_of(record.rollout.state);
    one.replicas = record.replicas;
    one.release = digits(record.rollout.release);
    one.held = digits(record.held);
    one.trouble = record.rollout.trouble;
    one.ready = static_cast<int>(
        std::count_if(out.containers.begin(), out.containers.end(), [&](const auto& container) {
          return container.ready && container.project == one.project && container.app == one.app;
        }));
    std::vector<std::pair<Moment, std::string>> releases;
    for (const auto& [hash, release] : record.releases) {
      releases.emplace_back(release.made, digits(hash));
    }
    std::sort(releases.rbegin(), releases.rend());
    for (auto& [made, hash] : releases) one.releases.push_back(std::move(hash));
    out.apps.push_back(std::move(one));
  }
}

void add_jobs(const State& state, Moment now, Status& out) {
  for (const auto& [key, job] : state.ledger.jobs) {
    JobStatus one;
    one.project = key.substr(0, key.find('/'));
    one.job = key.substr(key.find('/') + 1);
    one.missed = job.record.missed;
    for (const model::Job& declared : state.declared.blueprint.jobs) {
      if (declared.project + "/" + declared.name != key) continue;
      one.schedule = declared.schedule;
      const auto schedule = blueprint::parse_schedule(declared.schedule);
      const auto zone = state.declared.zones.find(declared.time_zone);
      if (!schedule || zone == state.declared.zones.end()) continue;
      const auto after = std::chrono::floor<Seconds>(now);
      if (const auto next = blueprint::next_run(*schedule, zone->second, after)) one.next = *next;
    }
    for (auto run = job.record.runs.rbegin(); run != job.record.runs.rend(); ++run) {
      RunStatus told;
      told.project = one.project;
      told.job = one.job;
      told.slot = run->slot;
      told.attempt = run->attempt;
      told.stage = jobs::word_of(run->stage);
      told.outcome = jobs::word_of(run->outcome);
      told.started = run->started;
      told.ended = run->ended;
      told.exit_code = run->exit_code;
      told.trouble = run->trouble;
      const auto life = state.lives.find(jobs::name_of({one.project, one.job, {}, {}}, *run));
      if (life != state.lives.end()) told.log = life->second.log;
      one.runs.push_back(std::move(told));
    }
    out.jobs.push_back(std::move(one));
  }
}

}  // namespace

Status report(const State& state, Moment now) {
  Status out;
  out.node = state.settings.node.owner;
  out.version = state.settings.version;
  out.phase = state.work ? "processing" : "idle";
  if (state.work) out.change = state.work->text;
  out.generation = state.ledger.generation;
  out.settled = settled(state);
  out.source = {state.settings.location, state.declared.version, state.accepted,
                state.source_trouble};
  out.engine = state.engine;
  out.engine_trouble = state.engine_trouble;
  out.disk_trouble = state.saving.trouble.empty() ? state.naming.trouble : state.saving.trouble;
  add_containers(state, now, out);
  add_apps(state, out);
  add_jobs(state, now, out);
  for (const Work& work : state.pending) {
    std::string line = work.text;
    for (const reconcile::Reason& reason : work.reasons) {
      line += (&reason == &work.reasons.front() ? ": " : "; ") + reason.text;
    }
    out.pending.push_back(std::move(line));
  }
  if (!state.filtering.trouble.empty()) {
    out.pending.push_back("load the packet filter's rules: " + state.filtering.trouble);
  }
  return out;
}

}  // namespace paas::node
