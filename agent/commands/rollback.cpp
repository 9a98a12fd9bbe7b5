#include "agent/commands/rollback.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>

#include "agent/commands/complaint.hpp"
#include "agent/interrupts.hpp"
#include "agent/target.hpp"
#include "agent/usage.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"

namespace paas::agent::commands {
namespace {

const Usage& rollback_usage() {
  static const Usage usage = {
      "rollback [flags] APP",
      "Asks the agent to go back to a release that it keeps. It stays there until the source "
      "declares\nsomething else of the app.",
      "0 asked, with --wait: it runs; 1 it cannot be, or did not run in time, 2 the command line "
      "is "
      "wrong",
      {{"--to", "RELEASE", "its first digits, at least 4; the last good one before the present"},
       {"--wait", "", "until it runs or has failed"},
       {"--timeout", "DURATION", "of --wait, 10m unless given"},
       data_dir_flag,
       help_flag},
      "APP is web, or shop/web where several projects have one."};
  return usage;
}

tl::unexpected<Error> cannot(Errc code, std::string message, std::string remedy) {
  return tl::unexpected<Error>(Error{code, std::move(message), {}, std::move(remedy)});
}

Result<node::AppStatus> app_of(const node::Status& status, const Target& target) {
  std::vector<const node::AppStatus*> found;
  for (const node::AppStatus& app : status.apps) {
    if (app.app != target.name) continue;
    if (target.project.empty() || app.project == target.project) found.push_back(&app);
  }
  if (found.size() > 1) {
    return cannot(Errc::conflict, "several projects have \"" + target.name + "\"",
                  "name it as " + found[0]->project + "/" + target.name);
  }
  if (found.empty()) {
    return cannot(Errc::not_found, "there is no app \"" + target.name + "\" here",
                  "`paas-agent status` shows those that are");
  }
  return *found.front();
}

// One may be shortened.
bool same_release(std::string_view a, std::string_view b) {
  return !a.empty() && !b.empty() && (a.starts_with(b) || b.starts_with(a));
}

// The release to ask for, as the status names it; empty if the agent is to choose.
Result<std::string> release_of(const node::AppStatus& app, const std::string& wanted) {
  std::vector<std::string> others;
  for (const std::string& kept : app.releases) {
    if (!same_release(kept, app.release)) others.push_back(kept);
  }
  if (others.empty()) {
    return cannot(Errc::not_found, "the node keeps no other release of it",
                  "update.keep_releases says how many it keeps");
  }
  const std::string choice = "kept are " + join(others, ", ");
  if (wanted.empty()) return std::string();
  if (same_release(wanted, app.release)) {
    return cannot(Errc::conflict, "it runs release " + app.release + " already", choice);
  }
  std::vector<std::string> fitting;
  for (const std::string& kept : others) {
    if (same_release(kept, wanted)) fitting.push_back(kept);
  }
  if (fitting.empty()) {
    return cannot(Errc::not_found, "the node does not keep release " + wanted, choice);
  }
  if (fitting.size() > 1) {
    return cannot(Errc::conflict, "several releases begin with " + wanted, choice);
  }
  return fitting.front().size() >= wanted.size() ? fitting.front() : wanted;
}

// Follows the status until the app stands still; the exit code.
int follow(const Invocation& invocation, const NodeFolder& folder, const node::AppStatus& before,
           const std::string& release, const std::function<bool()>& pause) {
  const Target target{before.project, before.app, {}};
  const std::string name = before.project + "/" + before.app;
  std::string said;
  while (true) {
    const bool taken = !folder.is_asked(before.project, before.app);
    const auto status = folder.status();
    const auto now = status ? app_of(*status, target) : tl::unexpected<Error>(status.error());
    if (now && taken) {
      const bool there = release.empty() ? !same_release(now->release, before.release)
                                         : same_release(now->release, release);
      const std::string line = name + ": " + now->state + ", release " + now->release + ", " +
                               std::to_string(now->ready) + " of " + std::to_string(now->replicas) +
                               " ready";
      if (there && line != said) invocation.err << line << "\n";
      if (there) said = line;
      if (there && now->state == "running") return done;
      const bool gave_up = now->state == "rolled_back" && before.state != "rolled_back";
      if ((there && now->state == "failed") || gave_up) {
        invocation.err << "paas-agent: " << name << ": " << printable(now->trouble) << "\n";
        return failed;
      }
    }
    if (pause()) continue;
    invocation.err << "paas-agent: " << name
                   << (taken ? " does not run the release yet" : ": the agent has not answered yet")
                   << "; `paas-agent status` tells how it goes on\n";
    return failed;
  }
}

}  // namespace

int ask_to_roll_back(const Invocation& invocation, const NodeFolder& folder,
                     const RollbackWish& wish, const std::function<bool()>& pause) {
  const auto complained = [&](const Error& error) {
    complain(invocation.err, "roll \"" + wish.app + "\" back", error);
    return failed;
  };
  const auto target = parse_target(wish.app);
  if (!target) return complained(target.error());
  if (target->replica) {
    return complained({Errc::invalid, "replicas go back together, not one alone", {}, {}});
  }
  const auto status = folder.status();
  if (!status) return complained(status.error());
  const auto app = app_of(*status, *target);
  if (!app) return complained(app.error());
  const auto release = release_of(*app, wish.release);
  if (!release) return complained(release.error());
  if (const auto asked = folder.ask_to_hold(app->project, app->app, *release); !asked) {
    return complained(asked.error());
  }
  if (wish.wait) return follow(invocation, folder, *app, *release, pause);
  invocation.out << app->project << "/" << app->app << ": asked to go back to "
                 << (release->empty() ? "the last good release" : "release " + *release) << "\n";
  return done;
}

int rollback(const Invocation& invocation) {
  const auto arguments = understood(invocation, rollback_usage(), {1, 1});
  if (!arguments) return arguments.error();
  const auto timeout = parse_duration(arguments->value("--timeout").value_or("10m"));
  if (!timeout) {
    return misuse(invocation, rollback_usage(), "--timeout: " + timeout.error().message);
  }
  const std::string release = arguments->value("--to").value_or("");
  if (arguments->has("--to") && (release.size() < 4 || release.size() > 64 ||
                                 release.find_first_not_of("0123456789abcdef") != release.npos)) {
    return misuse(invocation, rollback_usage(), "--to: must be 4 to 64 hexadecimal digits");
  }
  const Interrupts interrupts;
  const auto end = std::chrono::steady_clock::now() + *timeout;
  const auto pause = [&] {
    std::mutex mutex;
    std::condition_variable_any nobody;
    std::unique_lock lock(mutex);
    nobody.wait_for(lock, interrupts.token(), std::chrono::milliseconds{500}, [] { return false; });
    return std::chrono::steady_clock::now() < end && !interrupts.token().stop_requested();
  };
  return ask_to_roll_back(invocation, NodeFolder(*arguments),
                          {arguments->words()[0], release, arguments->has("--wait")}, pause);
}

}  // namespace paas::agent::commands
