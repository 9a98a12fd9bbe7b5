#include "libpaas/adapters/pve/task_watch.hpp"

#include <algorithm>
#include <vector>

#include "libpaas/proxmox/calls.hpp"

namespace paas::pve {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int page_lines = 500;
constexpr int most_pages = 200;  // a bound on what one look at a log may cost
constexpr std::size_t kept_lines = 20;

// The task may still be running fine: only the question failed.
bool is_passing(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::unknown_outcome;
}

// Reads a task's log onwards from where it stopped, and remembers the last lines.
class LogReader {
 public:
  LogReader(Pve& pve, const proxmox::Upid& task, const LineSink& sink)
      : pve_(pve), task_(task), sink_(sink) {}

  // A log that cannot be read is no reason to give up on the task.
  void read_on(const std::stop_token& stop) {
    for (int page = 0; page < most_pages; ++page) {
      const auto data = pve_.call(proxmox::task_log(task_, next_, page_lines), stop);
      if (!data) return;
      const auto lines = proxmox::parse_task_log(*data);
      if (!lines) return;
      for (const std::string& line : *lines) take(line);
      if (lines->size() < static_cast<std::size_t>(page_lines)) return;
    }
  }

  const std::vector<std::string>& last_lines() const { return last_; }

 private:
  void take(const std::string& line) {
    // What an empty log says in place of its first line.
    if (next_ == 0 && line == "no content") return;
    ++next_;
    if (last_.size() == kept_lines) last_.erase(last_.begin());
    last_.push_back(line);
    if (sink_) sink_(line);
  }

  Pve& pve_;
  const proxmox::Upid& task_;
  const LineSink& sink_;
  int next_ = 0;
  std::vector<std::string> last_;
};

}  // namespace

Result<void> watch_task(Pve& pve, Clock& clock, const TaskPatience& patience,
                        const proxmox::Upid& task, const LineSink& sink, std::stop_token stop) {
  const auto start = clock.steady();
  auto last_seen = start;
  milliseconds interval = patience.first_interval;
  LogReader log(pve, task, sink);
  while (true) {
    const auto data = pve.call(proxmox::task_status(task), stop);
    if (data) {
      const proxmox::TaskStatus status = TRY(proxmox::parse_task_status(*data));
      last_seen = clock.steady();
      if (!status.running) {
        log.read_on(stop);
        return proxmox::judge_task(task, status, log.last_lines());
      }
      if (sink) log.read_on(stop);
    } else if (!is_passing(data.error())) {
      return tl::unexpected(data.error());
    } else if (clock.steady() - last_seen > patience.out_of_sight) {
      Error lost = data.error();
      lost.code = Errc::unknown_outcome;
      return tl::unexpected(std::move(lost));
    }
    if (clock.steady() - start > patience.total) {
      return fail(Errc::timeout, "the task is still running");
    }
    if (!clock.sleep(interval, stop)) return fail(Errc::cancelled, "stopped while the task ran on");
    interval = std::min(interval + interval / 2, patience.longest_interval);
  }
}

}  // namespace paas::pve
