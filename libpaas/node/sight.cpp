// What is seen of the engine, and how containers fare by it.

#include <algorithm>

#include "libpaas/node/facts.hpp"
#include "libpaas/node/turning.hpp"

namespace paas::node {
namespace {

constexpr Seconds good_while{60};  // who ran that long has made up for earlier ends

bool has_ended(const model::ContainerInfo& info) {
  return info.status == model::ContainerStatus::exited ||
         info.status == model::ContainerStatus::dead;
}

std::string how_it_ended(const model::ContainerInfo& info) {
  std::string out = "ended";
  if (info.exit_code) out += " with exit code " + std::to_string(*info.exit_code);
  if (info.out_of_memory) out += ", out of memory";
  if (!info.error.empty()) out += ": " + info.error;
  return out;
}

}  // namespace

void Turning::on(const Looked& event) {
  s_.looking = s_.looking_at_all = false;
  s_.looking_at.clear();
  s_.failed_looks = 0;
  s_.next_look = now_ + s_.settings.look_every;
  if (!s_.engine_trouble.empty()) say(LogLevel::info, "the engine is back");
  s_.engine_trouble.clear();
  s_.seen = event.seen;
  keep_loaded_images();
  note_lives();
  s_.looked = s_.stale = true;
  verify();
}

void Turning::on(const LookedAt& event) {
  s_.looking = false;
  s_.looking_at.clear();
  if (!s_.looked) return;
  for (const auto& [name, info] : event.containers) {
    std::erase_if(s_.seen.containers, [&](const auto& one) { return one.name == name; });
    if (info) s_.seen.containers.push_back(*info);
  }
  note_lives();
  s_.stale = true;
  if (s_.work && event.containers.contains(s_.work->subject)) verify();
}

void Turning::on(const LookFailed& event) {
  s_.looking = s_.looking_at_all = false;
  s_.look_at.merge(s_.looking_at);
  s_.looking_at.clear();
  ++s_.failed_looks;
  s_.next_look = now_ + std::min<Seconds>(s_.settings.look_every, Seconds{s_.failed_looks});
  std::string trouble = describe(event.why);
  if (s_.engine_trouble.empty()) say(LogLevel::error, "unable to see what runs: " + trouble);
  s_.engine_trouble = std::move(trouble);
  s_.look_again = true;
}

// A death is known the moment it is told of, long before anybody has looked.
void Turning::on(const EngineSaid& event) {
  const auto found =
      std::find_if(s_.seen.containers.begin(), s_.seen.containers.end(),
                   [&](const auto& one) { return one.id == event.said.container_id; });
  if (found == s_.seen.containers.end()) {
    return;  // not ours, or being made: that is looked at when it is done
  }
  const bool known = event.said.kind == model::EventKind::created ||
                     (event.said.kind == model::EventKind::started && runs(*found));
  if (known) return;
  s_.look_at.insert(found->name);
  if (event.said.kind == model::EventKind::died && event.said.at >= found->started) {
    found->status = model::ContainerStatus::exited;
    found->exit_code = event.said.exit_code;
    found->finished = event.said.at;
    found->pid = 0;
    found->address.clear();
    if (const auto life = s_.lives.find(found->name); life != s_.lives.end()) {
      life->second.up = false;
    }
    s_.stale = true;
  }
}

// An engine lists images by their names; what came from an archive may have none.
void Turning::keep_loaded_images() {
  std::erase_if(s_.loaded,
                [&](const auto& entry) { return !s_.seen.images.contains(entry.second); });
  for (const auto& [reference, id] : s_.loaded) s_.seen.images.try_emplace(reference, id);
}

void Turning::note_lives() {
  for (const model::ContainerInfo& info : s_.seen.containers) {
    if (reconcile::is_ours(info.labels, s_.settings.node.owner)) note_life(info, info.name);
  }
  forget_lives();
}

void Turning::note_life(const model::ContainerInfo& info, const std::string& name) {
  Life& life = s_.lives[name];
  if (life.id != info.id || life.started != info.started) note_start(life, info, name);
  life.up = runs(info);
  if (!has_ended(info)) return;
  life.exit_code = info.exit_code;
  life.out_of_memory = info.out_of_memory;
  if (!std::exchange(life.end_counted, true)) note_end(life, info, name);
}

void Turning::note_start(Life& life, const model::ContainerInfo& info, const std::string&) {
  if (life.id == info.id && life.started != Moment{}) ++life.restarts;
  life.id = info.id;
  life.end_counted = false;
  life.started = info.started;
  life.told_to_stop = false;
  life.asking_readiness = life.asking_liveness = false;
  life.readiness = life.liveness = health::begin(info.started);
  // Whoever was named before we came goes on being named until it is asked.
  life.presumed = !s_.looked && runs(info) && s_.told.contains(info.address);
}

void Turning::note_end(Life& life, const model::ContainerInfo& info, const std::string& name) {
  life.presumed = false;
  const bool before_us = !s_.looked;
  if (life.told_to_stop || before_us) return;
  const bool is_run = info.labels.contains(reconcile::allocation_label) &&
                      std::none_of(s_.expected.containers.begin(), s_.expected.containers.end(),
                                   [&](const auto& one) { return one.name == name; });
  if (s_.reading_logs.insert(name).second) act(ReadLog{name, info.id});
  if (is_run) return;
  ++life.exits;
  if (info.finished - info.started >= good_while) s_.patience.erase(name);
  failed(name, how_it_ended(info));
}

// Of whom nothing is there, and nobody expects anything.
void Turning::forget_lives() {
  std::set<std::string_view> known;
  for (const auto& info : s_.seen.containers) known.insert(info.name);
  for (const auto& want : s_.expected.containers) known.insert(want.name);
  const auto all_runs = runs_of(s_.ledger, s_.declared.blueprint);
  for (const RunView& view : all_runs) known.insert(view.name);
  std::erase_if(s_.lives, [&](const auto& entry) {
    if (known.contains(entry.first)) return false;
    s_.patience.erase(entry.first);
    return true;
  });
}

// The change that was carried out holds if looking again does not ask for it.
void Turning::verify() {
  if (!s_.work || !s_.work->verifying) return;
  const Work done = std::move(*s_.work);
  s_.work.reset();
  find_work();
  const bool again = std::any_of(s_.pending.begin(), s_.pending.end(),
                                 [&](const Work& one) { return one.text == done.text; });
  if (again && !backs_off(done.subject)) {
    failed(done.subject, done.text + ": it was done, and is still to be done");
  } else if (!again) {
    const auto patience = s_.patience.find(done.subject);
    if (patience != s_.patience.end() && !s_.lives.contains(done.subject)) {
      s_.patience.erase(patience);
    } else if (patience != s_.patience.end()) {
      patience->second.trouble.clear();
      patience->second.hopeless = false;
    }
    say(LogLevel::info, done.text + ": done");
  }
}

}  // namespace paas::node
