#include "libpaas/node/world_test.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/net.hpp"
#include "libpaas/base/overload.hpp"
#include "libpaas/node/facts.hpp"
#include "libpaas/node/kept.hpp"

namespace paas::node::world {
namespace {

using namespace std::chrono_literals;
using model::ContainerStatus;

constexpr const char* own_id = "n1";

Settings world_settings() {
  Settings out;
  out.node.owner = own_id;
  out.location = "apps.yaml";
  out.seed = 1;
  return out;
}

}  // namespace

World::World() {
  state = begin(world_settings(), {});
}

void World::declare(const std::string& text) {
  const SourceContent content{"sha256:" + hex(sha256(text)).substr(0, 8), {{"apps.yaml", text}}};
  auto declared = judge(content, rules);
  if (!declared) return happen(SourceFailed{describe(declared.error())});
  for (const std::string& zone : zones_of(declared->blueprint)) declared->zones[zone] = {};
  happen(SourceRead{*std::move(declared)});
}

void World::later(milliseconds time, Event event) {
  due_.push_back({now + time, order_++, std::move(event)});
}

void World::run(milliseconds time) {
  step_until(now + time);
}

bool World::rest(milliseconds most) {
  const Moment end = now + most;
  while (now < end) {
    step_until(std::min<Moment>(end, now + 1s));
    if (settled(state) && due_.empty()) return true;
  }
  return false;
}

void World::step_until(Moment end) {
  int turns = 0;
  for (;;) {
    if (++turns > 200'000) {
      breaches.emplace_back("it spins");
      return;
    }
    const auto first = std::min_element(due_.begin(), due_.end(), [](auto& a, auto& b) {
      return std::tie(a.at, a.order) < std::tie(b.at, b.order);
    });
    const Moment wake = std::max(state.wake, now + 1ms);
    if (first != due_.end() && first->at <= std::min(wake, end)) {
      now = std::max(now, first->at);
      const Event event = std::move(first->event);
      due_.erase(first);
      turn(event);
    } else if (wake <= end) {
      now = wake;
      turn(TimePassed{});
    } else {
      now = end;
      return;
    }
  }
}

void World::turn(const Event& event) {
  const auto* pulled = std::get_if<PullEnded>(&event);
  if (pulled != nullptr && pulled->image_id) {
    images[pulled->reference] = *pulled->image_id;
    images[*pulled->image_id] = *pulled->image_id;
  }
  Turn turned = next(std::move(state), event, now);
  state = std::move(turned.state);
  for (const Action& action : turned.actions) {
    if (!act(action)) return;
  }
}

void World::tell(const std::string& text) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now - begun).count();
  told.push_back(std::to_string(second) + "s: " + text);
}

bool World::act(const Action& action) {
  const auto* said = std::get_if<Say>(&action);
  const bool dull = std::holds_alternative<Look>(action) ||
                    std::holds_alternative<AskProbe>(action) ||
                    (said != nullptr && said->level < LogLevel::warn);
  if (!dull || std::getenv("PAAS_TELL_ALL") != nullptr) tell(text_of(action));
  return std::visit(
      Overload{
          [&](const Save& a) { return save(a); },
          [&](const Look& a) { return look(a), true; },
          [&](const CarryOut& a) { return carry_out(a), true; },
          [&](const GiveUp&) {
            if (std::exchange(steps_hang, false)) {
              carrying_out_ = false;
              later(10ms, StepsEnded{fail(Errc::cancelled, "given up")});
            }
            return true;
          },
          [&](const Pull& a) { return pull(a), true; },
          [&](const StopBeside& a) { return stop(a), true; },
          [&](const AskProbe& a) { return probe(a), true; },
          [&](const ReadLog& a) { return later(30ms, LogRead{a.name, {"its last words"}}), true; },
          [&](const TellNames& a) {
            if (names_broken) {
              later(0ms, NamesTold{a.names, fail(Errc::denied, "read-only file system")});
            } else {
              names = a.names;
              later(0ms, NamesTold{a.names, {}});
            }
            return true;
          },
          [&](const LoadRules& a) {
            Result<void> done;
            if (filter_broken) done = fail(Errc::not_found, "there is no nft on this host");
            later(20ms, RulesLoaded{a.rules, std::move(done)});
            return true;
          },
          [](const ForgetHold&) { return true; },
          [](const Say&) { return true; },
      },
      action);
}

bool World::save(const Save& action) {
  if (disk_full) {
    later(0ms, Saved{fail(Errc::unavailable, "no space left on device")});
    return false;
  }
  if (action.blueprint) kept_blueprint_ = *action.blueprint;
  if (action.ledger) kept_ledger_ = *action.ledger;
  later(0ms, Saved{});
  return true;
}

void World::look(const Look& action) {
  if (engine_down)
    return later(50ms, LookFailed{Error{Errc::unavailable, "nobody listens", {}, {}}});
  if (action.containers.empty()) {
    reconcile::Observed seen;
    seen.networks = networks;
    seen.images = images;
    for (const auto& [id, one] : containers) seen.containers.push_back(one.info);
    return later(50ms, Looked{std::move(seen)});
  }
  LookedAt out;
  for (const std::string& name : action.containers) {
    const Container* one = by_name(name);
    out.containers.emplace(name, one == nullptr ? std::nullopt : std::optional(one->info));
  }
  later(20ms, std::move(out));
}

void World::carry_out(const CarryOut& action) {
  if (std::exchange(carrying_out_, true)) breaches.emplace_back("two changes at a time");
  if (steps_hang) return;
  Result<void> outcome;
  for (const reconcile::Step& step : action.steps) {
    outcome = do_step(step);
    if (!outcome) break;
  }
  later(200ms * static_cast<int>(action.steps.size()), StepsEnded{std::move(outcome)});
  carrying_out_ = false;
}

Result<void> World::do_step(const reconcile::Step& step) {
  if (engine_down) return fail(Errc::unavailable, "nobody listens");
  if (failing_steps > 0) {
    --failing_steps;
    return fail(Errc::internal, "the engine failed");
  }
  return std::visit(Overload{
                        [&](const reconcile::PullImage&) -> Result<void> { return {}; },
                        [&](const reconcile::PublishNames&) -> Result<void> { return {}; },
                        [&](const reconcile::CreateNetwork& s) -> Result<void> {
                          networks.push_back({s.spec.name, s.spec, false});
                          return {};
                        },
                        [&](const reconcile::RemoveNetwork& s) -> Result<void> {
                          for (const auto& one : networks) {
                            const bool ours = reconcile::is_ours(one.spec.labels, own_id);
                            if (one.spec.name == s.name && !ours)
                              breaches.push_back("removed " + s.name);
                          }
                          std::erase_if(networks,
                                        [&](const auto& one) { return one.spec.name == s.name; });
                          return {};
                        },
                        [&](const reconcile::StopContainer& s) -> Result<void> {
                          check_foreign(s.id, "stopped");
                          if (const auto one = containers.find(s.id); one != containers.end()) {
                            stop_now(one->second, 0);
                          }
                          return {};
                        },
                        [&](const reconcile::RemoveContainer& s) -> Result<void> {
                          check_foreign(s.id, "removed");
                          containers.erase(s.id);
                          return {};
                        },
                        [&](const reconcile::CreateContainer& s) { return create(s); },
                        [&](const reconcile::StartContainer& s) { return start(s.name); },
                    },
                    step);
}

void World::check_foreign(const std::string& id, const std::string& what) {
  const auto one = containers.find(id);
  if (one != containers.end() && one->second.foreign) {
    breaches.push_back(one->second.info.name + " was " + what + ", and is foreign");
  }
}

// Whoever has an address has it by what was written down.
bool World::is_saved(const std::string& address) const {
  const auto ledger = expansion::parse_ledger(kept_ledger_);
  if (!ledger) return false;
  const auto parsed = parse_ipv4(address);
  for (const auto& [key, taken] : ledger->addresses.entries().taken) {
    if (parsed && taken == parsed->bits) return true;
  }
  return false;
}

Result<void> World::create(const reconcile::CreateContainer& step) {
  if (by_name(step.spec.name) != nullptr) return fail(Errc::conflict, "the name is taken");
  if (!is_saved(step.spec.address)) {
    breaches.push_back(step.spec.name + " was made before its address was written down");
  }
  const auto image = images.find(step.spec.image_id);
  if (image == images.end()) return fail(Errc::not_found, "no such image");
  Container one;
  one.info.id = "id" + std::to_string(++ids_);
  one.info.name = step.spec.name;
  one.info.image_id = step.spec.image_id;
  one.info.labels = step.spec.labels;
  one.info.created = now;
  one.info.limits = step.spec.container.limits;
  one.info.mounts = step.spec.container.mounts;
  one.image = step.spec.container.image;
  one.network = step.spec.network;
  one.address = step.spec.address;
  containers.emplace(one.info.id, std::move(one));
  return {};
}

Result<void> World::start(const std::string& name) {
  Container* one = by_name(name);
  if (one == nullptr) return fail(Errc::not_found, "no such container");
  if (one->info.status == ContainerStatus::running) return {};
  for (const auto& [id, other] : containers) {
    if (other.info.address == one->address && !one->address.empty()) {
      if (!other.foreign) breaches.push_back(name + " and " + other.info.name + ": one address");
      return fail(Errc::conflict, "the address is taken");
    }
  }
  one->info.status = ContainerStatus::running;
  one->info.started = now;
  one->info.finished = {};
  one->info.exit_code.reset();
  one->info.network = one->network;
  one->info.address = one->address;
  if (const auto code = ends_with.find(one->image); code != ends_with.end()) {
    stop_now(*one, code->second);
  }
  return {};
}

void World::stop_now(Container& container, int code) {
  model::ContainerInfo& info = container.info;
  if (info.status != ContainerStatus::running) return;
  info.status = ContainerStatus::exited;
  info.exit_code = code;
  info.finished = std::max(now, info.started + 100ms);
  info.network.clear();
  info.address.clear();
  if (engine_down) return;  // nobody tells of it
  model::EngineEvent said{info.id, model::EventKind::died, info.finished, code};
  later(5ms, EngineSaid{said});
}

void World::pull(const Pull& action) {
  const std::string& reference = action.reference;
  const auto seconds = pull_seconds.find(reference);
  const auto time = std::chrono::seconds{seconds == pull_seconds.end() ? 2 : seconds->second};
  Result<std::string> out = "sha256:" + reference;
  if (engine_down) out = fail(Errc::unavailable, "nobody listens");
  if (missing.contains(reference)) out = fail(Errc::not_found, "no such image");
  if (denied.contains(reference)) out = fail(Errc::denied, "the registry wants a password");
  later(time, PullEnded{reference, std::move(out)});
}

void World::stop(const StopBeside& action) {
  check_foreign(action.id, "stopped");
  const auto one = containers.find(action.id);
  if (engine_down) {
    return later(10ms, StopEnded{action.name, fail(Errc::unavailable, "nobody listens")});
  }
  milliseconds time = 100ms;
  if (one != containers.end()) {
    if (stubborn.contains(one->second.image)) time = action.grace;
    stop_now(one->second, 0);
  }
  later(time, StopEnded{action.name, {}});
}

void World::probe(const AskProbe& action) {
  const auto one = containers.find(action.id);
  health::Answer answer{true, "HTTP 200"};
  const bool runs = one != containers.end() && one->second.info.status == ContainerStatus::running;
  if (!runs) {
    answer = {false, "connection refused"};
  } else if ((action.liveness ? not_alive : never_ready).contains(one->second.image)) {
    answer = {false, "HTTP 503"};
  }
  later(20ms, ProbeAnswered{action.name, action.id, action.liveness, std::move(answer)});
}

void World::kill() {
  std::erase_if(due_, [](const Due& due) {
    return !std::holds_alternative<SourceRead>(due.event) &&
           !std::holds_alternative<SourceFailed>(due.event);
  });
  carrying_out_ = steps_hang = false;
  Kept kept;
  if (!kept_ledger_.empty()) {
    auto ledger = expansion::parse_ledger(kept_ledger_);
    REQUIRE(ledger);
    kept.ledger = *std::move(ledger);
  }
  if (!kept_blueprint_.empty()) {
    auto declared = parse_declared(kept_blueprint_);
    REQUIRE(declared);
    std::tie(kept.declared, kept.accepted) = *std::move(declared);
    for (const std::string& zone : zones_of(kept.declared->blueprint)) {
      kept.declared->zones[zone] = {};
    }
  }
  kept.names = names;
  state = begin(world_settings(), std::move(kept));
  tell("killed, and begun anew");
}

Container* World::by_name(const std::string& name) {
  for (auto& [id, one] : containers) {
    if (one.info.name == name) return &one;
  }
  return nullptr;
}

void World::end(const std::string& prefix, int code) {
  for (auto& [id, one] : containers) {
    if (one.info.name.starts_with(prefix)) stop_now(one, code);
  }
}

void World::remove_by_hand(const std::string& prefix) {
  for (auto& [id, one] : containers) {
    if (one.info.name.starts_with(prefix)) stop_now(one, 137);
  }
  std::erase_if(containers,
                [&](const auto& entry) { return entry.second.info.name.starts_with(prefix); });
}

void World::limit_by_hand(const std::string& prefix, std::uint64_t memory_mib) {
  for (auto& [id, one] : containers) {
    if (one.info.name.starts_with(prefix)) one.info.limits.memory_mib = memory_mib;
  }
}

void World::drop_network() {
  networks.clear();
  for (auto& [id, one] : containers) {
    if (!one.foreign) stop_now(one, 137);
  }
}

void World::add_foreign(const std::string& name, const std::string& address) {
  Container one;
  one.foreign = true;
  one.info.id = "foreign-" + name;
  one.info.name = name;
  one.info.status = ContainerStatus::running;
  one.info.started = now;
  one.info.network = one.network = "paas";
  one.info.address = one.address = address;
  containers.emplace(one.info.id, std::move(one));
}

void World::set_clock(std::chrono::seconds difference) {
  now += difference;
  begun += difference;
  for (Due& due : due_) due.at += difference;
}

void World::reboot() {
  for (auto& [id, one] : containers) {
    if (!one.foreign) stop_now(one, 255);  // somebody else starts those
  }
  kill();
}

std::set<std::string> World::running(const std::string& prefix) const {
  std::set<std::string> out;
  for (const auto& [id, one] : containers) {
    const bool up = one.info.status == ContainerStatus::running;
    if (up && one.info.name.starts_with(prefix)) out.insert(one.info.name);
  }
  return out;
}

}  // namespace paas::node::world
