#include "libpaas/node/shell.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "libpaas/base/overload.hpp"
#include "libpaas/node/eyes.hpp"
#include "libpaas/node/hands.hpp"
#include "libpaas/node/kept.hpp"
#include "libpaas/node/memory.hpp"
#include "libpaas/node/report.hpp"
#include "libpaas/node/threads.hpp"

namespace paas::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view names_file = "names.json";
constexpr std::string_view status_file = "status.json";
constexpr std::string_view holds_folder = "holds";
constexpr milliseconds longest_sleep{2000};
constexpr milliseconds between_reads{1000};
constexpr milliseconds between_reports{500};
constexpr std::size_t most_threads = 24;
constexpr int looks_without_hope = 10;
constexpr int failures_without_hope = 5;

class LoopShell final : public Shell {
 public:
  LoopShell(const Ports& ports, ShellOptions options, State state)
      : ports_(ports),
        options_(std::move(options)),
        state_(std::move(state)),
        effects_(options_.on_effect),
        eyes_(ports_.engine, ports_.clock),
        hands_(ports_.engine, ports_.secrets, ports_.handed, effects_,
               options_.settings.node.owner) {}

  Outcome run(std::stop_token stop) override {
    const std::stop_callback ending(stop, [this] { ending_.request_stop(); });
    Outcome outcome = Outcome::stopped;
    {
      const std::stop_callback wake(ending_.get_token(), [this] { changed_.notify_all(); });
      const std::jthread events([this] { follow_engine(); });
      const std::jthread source([this] { follow_source(); });
      outcome = loop();
      next_report_ = {};
      if (outcome != Outcome::stopped) write_status();
      ending_.request_stop();
      give_up();
      read_source();
    }
    return outcome;
  }

  void read_source() override {
    const std::lock_guard lock(mutex_);
    waiting_.request_stop();
  }

 private:
  // --- The loop. ---

  Outcome loop() {
    ask_engine();
    while (!ending_.stop_requested()) {
      if (options_.alive) options_.alive();
      for (const Event& event : wait()) turn(event);
      learn_engine();
      look_for_holds();
      write_status();
      if (options_.once) {
        if (const auto outcome = verdict()) return *outcome;
      }
    }
    return Outcome::stopped;
  }

  // Beside the loop: Podman takes a third of a second to tell of itself.
  void ask_engine() {
    pool_.add([this] {
      const auto info = ports_.engine.info(ending_.get_token());
      if (!info) return;
      const std::lock_guard lock(mutex_);
      engine_ = info->name + " " + info->version;
    });
  }
  void learn_engine() {
    const std::lock_guard lock(mutex_);
    if (!engine_.empty()) state_.engine = std::exchange(engine_, {});
  }

  // What happened; TimePassed, where nothing did for long enough.
  std::vector<Event> wait() {
    const auto until_wake = state_.wake - ports_.clock.now();
    const auto sleep = std::clamp(std::chrono::duration_cast<milliseconds>(until_wake),
                                  milliseconds{1}, longest_sleep);
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, sleep, [this] { return !queue_.empty() || ending_.stop_requested(); });
    std::vector<Event> out(std::make_move_iterator(queue_.begin()),
                           std::make_move_iterator(queue_.end()));
    queue_.clear();
    out.emplace_back(TimePassed{});
    return out;
  }

  void push(Event event) {
    {
      const std::lock_guard lock(mutex_);
      queue_.push_back(std::move(event));
    }
    changed_.notify_all();
  }

  // What is answered at once is part of the same turn.
  void turn(const Event& event) {
    source_told_ = source_told_ || std::holds_alternative<SourceRead>(event) ||
                   std::holds_alternative<SourceFailed>(event);
    std::deque<Event> events{event};
    while (!events.empty() && !ending_.stop_requested()) {
      Turn turned = next(std::move(state_), events.front(), ports_.clock.now());
      events.pop_front();
      state_ = std::move(turned.state);
      bool saved = true;
      for (const Action& action : turned.actions) {
        if (!saved) break;
        std::optional<Event> answer = act(action);
        if (!answer) continue;
        if (const auto* outcome = std::get_if<Saved>(&*answer))
          saved = outcome->outcome.has_value();
        events.push_back(*std::move(answer));
      }
    }
  }

  std::optional<Event> act(const Action& action) {
    return std::visit([this](const auto& one) { return this->perform(one); }, action);
  }

  using Answer = std::optional<Event>;

  Answer perform(const Save& save) {
    const auto keep = [&](std::string_view name, const std::optional<std::string>& text) {
      if (!text) return Result<void>();
      return effects_.pass("store.write " + std::string(name),
                           [&] { return ports_.store.write(name, *text); });
    };
    auto outcome = keep(memory::blueprint, save.blueprint);
    if (outcome) outcome = keep(memory::ledger, save.ledger);
    return Saved{std::move(outcome)};
  }

  Answer perform(const Look& look) {
    engine_thread_.add([this, look] {
      const std::stop_token stop = ending_.get_token();
      if (look.containers.empty()) {
        auto seen = eyes_.look(stop);
        if (!seen) return push(LookFailed{seen.error()});
        look_at_rules(stop);
        return push(Looked{*std::move(seen)});
      }
      auto seen = eyes_.look_at(look.containers, stop);
      if (!seen) return push(LookFailed{seen.error()});
      push(*std::move(seen));
    });
    return {};
  }

  Answer perform(const CarryOut& work) {
    std::stop_token stop;
    {
      const std::lock_guard lock(mutex_);
      giving_up_ = std::stop_source();
      stop = giving_up_.get_token();
    }
    engine_thread_.add(
        [this, work, stop] { push(StepsEnded{hands_.carry_out(work.steps, stop)}); });
    return {};
  }

  Answer perform(const GiveUp&) {
    give_up();
    return {};
  }
  void give_up() {
    const std::lock_guard lock(mutex_);
    giving_up_.request_stop();
  }

  Answer perform(const Pull& pull) {
    pool_.add([this, pull] {
      ports_.log.info("pulling", {{"image", pull.reference}});
      auto id = hands_.pull(pull, progress_of(pull.reference), ending_.get_token());
      push(PullEnded{pull.reference, std::move(id)});
    });
    return {};
  }

  // One line every five seconds.
  Images::OnProgress progress_of(std::string reference) {
    auto told = std::make_shared<steady_clock::time_point>(ports_.clock.steady());
    return [this, told, reference](const model::PullProgress& progress) {
      const auto now = ports_.clock.steady();
      if (now < *told + std::chrono::seconds{5}) return;
      *told = now;
      ports_.log.info("pulling", {{"image", reference},
                                  {"layer", progress.layer},
                                  {"bytes", std::to_string(progress.done_bytes)},
                                  {"of", std::to_string(progress.total_bytes)}});
    };
  }

  Answer perform(const StopBeside& what) {
    pool_.add([this, what] { push(StopEnded{what.name, hands_.stop(what, ending_.get_token())}); });
    return {};
  }

  Answer perform(const AskProbe& what) {
    pool_.add([this, what] {
      health::Answer answer =
          what.probe.kind == model::ProbeKind::command
              ? ask_command(what)
              : ports_.prober.ask(what.address, what.probe, ending_.get_token());
      push(ProbeAnswered{what.name, what.id, what.liveness, std::move(answer)});
    });
    return {};
  }

  // The engine knows no time limit for a command: it is stopped when its time is over.
  health::Answer ask_command(const AskProbe& what) {
    std::stop_source over;
    const std::stop_callback ending(ending_.get_token(), [&] { over.request_stop(); });
    std::jthread timer([&](const std::stop_token& done) {
      std::mutex mutex;
      std::condition_variable_any waiting;
      std::unique_lock lock(mutex);
      waiting.wait_for(lock, done, what.probe.timeout, [] { return false; });
      if (!done.stop_requested()) over.request_stop();
    });
    return hands_.ask_command(what, over.get_token());
  }

  Answer perform(const ReadLog& what) {
    pool_.add([this, what] {
      auto lines = hands_.last_lines(what.id, ending_.get_token());
      push(LogRead{what.name, lines ? *std::move(lines) : std::vector<std::string>()});
    });
    return {};
  }

  Answer perform(const TellNames& names) {
    return NamesTold{names.names, effects_.pass("names.write", [&] {
                       return ports_.folder.write(names_file, names.names);
                     })};
  }

  Answer perform(const LoadRules& rules) {
    engine_thread_.add([this, rules] {
      const std::stop_token stop = ending_.get_token();
      auto outcome =
          effects_.pass("filter.load", [&] { return ports_.filter.load(rules.rules, stop); });
      rules_listing_.reset();
      if (outcome) look_at_rules(stop);
      push(RulesLoaded{rules.rules, std::move(outcome)});
    });
    return {};
  }

  // Whether the kernel still has the rules as it had them right after they were loaded.
  void look_at_rules(std::stop_token stop) {
    if (!options_.settings.isolate) return;
    const auto listing = ports_.filter.listing(std::move(stop));
    if (!listing) return;
    if (rules_listing_ && *rules_listing_ != *listing) push(RulesLost{});
    if (rules_listing_ && *rules_listing_ != *listing)
      rules_listing_.reset();
    else
      rules_listing_ = *listing;
  }

  Answer perform(const ForgetHold& hold) {
    const std::string name = std::string(holds_folder) + "/" + hold.project + "." + hold.app;
    const auto done = effects_.pass("holds.remove", [&] { return ports_.folder.remove(name); });
    if (!done) ports_.log.warn(describe(done.error()));
    holds_.erase(hold.project + "." + hold.app);
    return {};
  }

  Answer perform(const Say& say) {
    if (ports_.log.enabled(say.level)) ports_.log.write(say.level, say.text, {});
    return {};
  }

  // --- What people ask for, and what they are told. ---

  void look_for_holds() {
    const auto now = ports_.clock.steady();
    if (now < next_hold_look_) return;
    next_hold_look_ = now + between_reads;
    const auto names = ports_.folder.list(holds_folder);
    if (!names) return;
    for (const std::string& name : *names) {
      const auto dot = name.find('.');
      if (dot == std::string::npos || name.ends_with(".part")) continue;
      if (!holds_.insert(name).second) continue;  // it is being seen to
      const auto text = ports_.folder.read(std::string(holds_folder) + "/" + name);
      if (!text || !*text) {
        holds_.erase(name);
        continue;
      }
      push(HoldAsked{name.substr(0, dot), name.substr(dot + 1),
                     (*text)->substr(0, (*text)->find('\n'))});
    }
  }

  void write_status() {
    const auto now = ports_.clock.steady();
    if (now < next_report_) return;
    next_report_ = now + between_reports;
    Status status = report(state_, ports_.clock.now());
    if (status == told_status_ && now < stale_report_) return;
    told_status_ = status;
    stale_report_ = now + std::chrono::minutes{1};
    status.written = ports_.clock.now();
    const auto done = effects_.pass(
        "status.write", [&] { return ports_.folder.write(status_file, print_status(status)); });
    if (!done) ports_.log.warn(describe(done.error()));
  }

  // Of one run: whether there is anything to wait for.
  std::optional<Outcome> verdict() {
    if (state_.failed_looks >= looks_without_hope) return Outcome::failed;
    if (!source_told_) return {};
    if (!state_.source_trouble.empty()) return Outcome::failed;
    for (const auto& [key, record] : state_.ledger.apps) {
      const bool declared = record.declared == record.rollout.release || !record.held.empty();
      if (record.rollout.state == rollout::State::failed ||
          (record.rollout.state == rollout::State::rolled_back && settled(state_)) ||
          (record.rollout.state == rollout::State::running && !declared && settled(state_))) {
        ports_.log.error(key + ": " + record.rollout.trouble);
        return Outcome::failed;
      }
    }
    if (settled(state_)) return Outcome::settled;
    for (const Work& work : state_.pending) {
      const auto patience = state_.patience.find(work.subject);
      if (patience == state_.patience.end()) continue;
      if (patience->second.failures >= failures_without_hope) return Outcome::failed;
    }
    return {};
  }

  // --- Threads that wait for others. ---

  void follow_engine() {
    const std::stop_token stop = ending_.get_token();
    std::optional<Moment> since;
    while (!stop.stop_requested()) {
      const auto began = ports_.clock.now();
      const auto ended = ports_.engine.events(
          since,
          [&](const model::EngineEvent& said) {
            since = said.at;
            eyes_.doubt(said.container_id);
            push(EngineSaid{said});
          },
          stop);
      if (!since) since = began;
      nap(between_reads);
    }
  }

  void follow_source() {
    while (!ending_.stop_requested()) {
      auto read = read_declared(ports_, options_.rules, ending_.get_token());
      if (ending_.stop_requested()) return;
      if (read) {
        push(SourceRead{*std::move(read)});
      } else {
        push(SourceFailed{describe(read.error())});
      }
      std::stop_token stop;
      {
        const std::lock_guard lock(mutex_);
        waiting_ = std::stop_source();
        stop = waiting_.get_token();
      }
      if (ending_.stop_requested()) return;
      nap(between_reads);
      ports_.source.wait(stop);
    }
  }

  void nap(milliseconds time) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, time, [this] { return ending_.stop_requested(); });
  }

  Ports ports_;
  ShellOptions options_;
  State state_;
  Effects effects_;
  Eyes eyes_;
  Hands hands_;
  std::optional<std::string> rules_listing_;  // of the engine's thread
  std::set<std::string> holds_;
  steady_clock::time_point next_hold_look_{}, next_report_{}, stale_report_{};
  std::optional<Status> told_status_;
  bool source_told_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Event> queue_;     // guarded by mutex_, as the three that follow
  std::string engine_;          // what it says of itself, until the loop knows
  std::stop_source waiting_;    // ends the wait for the source
  std::stop_source giving_up_;  // ends what is being carried out
  std::stop_source ending_;
  Pool engine_thread_{1};  // what looks and what changes, in order
  Pool pool_{most_threads};
};

}  // namespace

Result<std::unique_ptr<Shell>> make_shell(const Ports& ports, ShellOptions options) {
  State state = TRY(remembered(ports, options.settings));
  return std::make_unique<LoopShell>(ports, std::move(options), std::move(state));
}

}  // namespace paas::node
