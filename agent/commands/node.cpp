#include "agent/commands/node.hpp"

#include <malloc.h>
#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <thread>

#include "agent/commands/complaint.hpp"
#include "agent/commands/node_parts.hpp"
#include "agent/notify.hpp"
#include "libpaas/base/text.hpp"

namespace paas::agent::commands {
namespace {

using std::chrono::steady_clock;

const Usage& node_usage() {
  static const Usage usage = {
      "node --state WHERE [flags]",
      "Keeps this host as declared: runs what the state says in Podman or Docker, serves its "
      "names,\n"
      "and mends what breaks. It runs until SIGTERM or SIGINT and leaves the containers running;\n"
      "SIGHUP reads the state now.",
      "0 asked to end, 1 it cannot work, 2 the command line is wrong", node_flags({})};
  return usage;
}

// Signals as a stop token and a call. Made before other threads are.
class Signals {
 public:
  Signals() {
    sigemptyset(&set_);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set_, number);
    pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    signal(SIGPIPE, SIG_IGN);
    thread_ = std::jthread([this](const std::stop_token& over) {
      while (!over.stop_requested()) {
        const timespec patience{0, 200'000'000};
        const int number = sigtimedwait(&set_, nullptr, &patience);
        if (number == SIGHUP) hung_up_ = true;
        if (number == SIGINT || number == SIGTERM) source_.request_stop();
      }
    });
  }
  std::stop_token token() const { return source_.get_token(); }
  bool take_hang_up() { return hung_up_.exchange(false); }

 private:
  sigset_t set_{};
  std::stop_source source_;
  std::atomic<bool> hung_up_ = false;
  std::jthread thread_;
};

std::string text_in(const Invocation& invocation, std::string_view name) {
  const auto found = invocation.environment.find(name);
  return found == invocation.environment.end() ? "" : found->second;
}

// Half of what the supervisor allows; none where it does not watch.
std::chrono::microseconds watchdog_interval(const Invocation& invocation) {
  const auto allowed = parse_integer<std::int64_t>(text_in(invocation, "WATCHDOG_USEC"));
  return std::chrono::microseconds{allowed.value_or(0) / 2};
}

}  // namespace

int node(const Invocation& invocation) {
  const Usage& usage = node_usage();
  const auto arguments = understood(invocation, usage, {0, 0});
  if (!arguments) return arguments.error();
  mallopt(M_ARENA_MAX, 2);  // few threads work at once; each arena more is memory for nothing
  const auto log = node_log(invocation, usage, *arguments);
  if (!log) return log.error();
  Signals signals;
  const std::string socket = text_in(invocation, "NOTIFY_SOCKET");
  const auto parts =
      node_parts(invocation, usage, *arguments, Purpose::act_always, **log, signals.token());
  if (!parts) return parts.error();
  node::ShellOptions options = (*parts)->options();
  const auto interval = watchdog_interval(invocation);
  node::Shell* running = nullptr;
  options.alive = [&, told = steady_clock::time_point{}]() mutable {
    if (running != nullptr && signals.take_hang_up()) running->read_source();
    const auto now = steady_clock::now();
    if (interval.count() == 0 || now < told + interval) return;
    told = now;
    notify(socket, "WATCHDOG=1");
  };
  const auto shell = node::make_shell((*parts)->ports(), std::move(options));
  if (!shell) {
    complain(invocation.err, "begin", shell.error());
    return failed;
  }
  running = shell->get();
  notify(socket, "READY=1");
  (*log)->info("ready");
  running->run(signals.token());
  notify(socket, "STOPPING=1");
  (*log)->info("ended; containers go on running");
  return done;
}

}  // namespace paas::agent::commands
