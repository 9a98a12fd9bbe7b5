#include "tests/fake-pve/world.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* state_file = "state.json";
constexpr milliseconds write_delay{100};
constexpr std::size_t max_task_records = 50000;

std::int64_t unix_now() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string make_upid(const TaskRecord& task) {
  const auto field = [](std::int64_t value) { return hex(static_cast<std::uint64_t>(value), 8); };
  const std::string who = task.token.empty() ? task.user : task.user + '!' + task.token;
  return "UPID:" + task.node + ':' + field(task.pid) + ':' + field(task.process_start) + ':' +
         field(task.started) + ':' + task.type + ':' + task.id + ':' + who + ':';
}

}  // namespace

World::World(std::filesystem::path dir, State initial)
    : state(std::move(initial)), dir_(std::move(dir)), timeline_(mutex) {}

Result<State> World::load_state(const std::filesystem::path& dir, int nodes) {
  std::ifstream in(dir / state_file, std::ios::binary);
  if (!in) return fresh_state(nodes, unix_now());
  std::ostringstream text;
  text << in.rdbuf();
  State state = TRY(state_from_json(TRY(parse_json(text.str()))));
  for (TaskRecord& task : state.tasks) {
    if (task.exit_status) continue;
    task.exit_status = "unexpected status";
    task.ended = unix_now();
  }
  return state;
}

std::int64_t World::now() const {
  return unix_now();
}

Moment World::task_end(const TaskPlan& plan, const TaskFault& fault, bool& too_long) {
  const Moment now = steady_clock::now();
  const milliseconds length(state.settings.task_ms + fault.extra_ms);
  if (plan.holds == 0) return now + length;
  Moment& busy = busy_until_[plan.holds];
  const Moment start = std::max(now, busy);
  const Moment patience = now + milliseconds(state.settings.lock_wait_ms);
  too_long = start > patience;
  if (too_long) return patience;
  return busy = start + length;
}

std::string World::start_task(const Login& login, TaskPlan plan, const TaskFault& fault) {
  TaskRecord task;
  task.node = plan.node;
  task.pid = state.next_pid++;
  task.started = now();
  const Node* node = state.node(plan.node);
  task.process_start = (task.started - (node ? node->boot_time : 0)) * 100 + task.pid % 100;
  task.type = plan.type;
  task.id = plan.id;
  task.user = login.user;
  task.token = login.token;
  task.log = plan.opening;
  task.upid = make_upid(task);
  const std::string upid = task.upid;
  state.tasks.push_back(std::move(task));
  if (state.tasks.size() > max_task_records) state.tasks.erase(state.tasks.begin());

  bool too_long = false;
  const Moment end = task_end(plan, fault, too_long);
  TaskFault effect = fault;
  if (too_long)
    effect.fail_with = "can't lock file '/run/lock/lxc/pve-config-" + std::to_string(plan.holds) +
                       ".lock' - got timeout";
  running_[upid] = [this, upid, plan = std::move(plan), effect] { end_task(upid, plan, effect); };
  timeline_.at(end, [this, upid] {
    if (const auto work = running_.find(upid); work != running_.end())
      std::function(work->second)();
  });
  mark_changed();
  return upid;
}

void World::end_task(const std::string& upid, const TaskPlan& plan, const TaskFault& fault) {
  running_.erase(upid);
  TaskLog lines;
  Result<void> outcome;
  if (fault.fail_with.empty() || fault.works) outcome = plan.work(*this, lines);
  if (outcome && !fault.fail_with.empty()) outcome = refuse(fault.fail_with);
  TaskRecord* record = task(upid);  // the work may have started tasks and moved the records
  if (!record) return;
  record->log.insert(record->log.end(), lines.begin(), lines.end());
  if (outcome) {
    record->exit_status = "OK";
    record->log.emplace_back("TASK OK");
  } else {
    record->exit_status = outcome.error().message;
    record->log.push_back("TASK ERROR: " + outcome.error().message);
  }
  record->ended = now();
  record->pid_at_end = state.next_pid;
  mark_changed();
}

TaskRecord* World::task(const std::string& upid) {
  const auto found = std::find_if(state.tasks.rbegin(), state.tasks.rend(),
                                  [&](const TaskRecord& task) { return task.upid == upid; });
  return found == state.tasks.rend() ? nullptr : &*found;
}

void World::interrupt_task(TaskRecord& task) {
  if (task.exit_status) return;
  running_.erase(task.upid);
  task.exit_status = "interrupted by signal";
  task.log.emplace_back("TASK ERROR: interrupted by signal");
  task.ended = now();
  task.pid_at_end = state.next_pid;
  mark_changed();
}

void World::after(std::int64_t ms, std::function<void()> event) {
  timeline_.at(steady_clock::now() + milliseconds(ms), std::move(event));
}

Moment World::guest_free_at(std::int64_t vmid) const {
  const auto busy = busy_until_.find(vmid);
  return busy == busy_until_.end() ? Moment{} : busy->second;
}

void World::broadcast() {
  const Moment now_at = steady_clock::now();
  if (now_at - last_broadcast_ < milliseconds(state.settings.stale_ms)) return;
  last_broadcast_ = now_at;
  for (auto& [vmid, guest] : state.guests) guest.shown = true_status(guest, now());
}

void World::mark_changed() {
  if (write_due_) return;
  write_due_ = true;
  timeline_.at(steady_clock::now() + write_delay, [this] { write_state(); });
}

void World::write_state() {
  write_due_ = false;
  const auto target = dir_ / state_file;
  const auto fresh = dir_ / (std::string(state_file) + ".new");
  std::error_code problem;
  {
    std::ofstream out(fresh, std::ios::binary | std::ios::trunc);
    std::filesystem::permissions(
        fresh, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, problem);
    out << print_json(to_json(state)) << '\n';
  }
  if (!problem) std::filesystem::rename(fresh, target, problem);
  if (problem)
    std::cerr << "fake-pve: unable to save " << target.string() << ": " << problem.message()
              << '\n';
}

void World::finish() {
  const std::lock_guard lock(mutex);
  while (!running_.empty()) std::function(running_.begin()->second)();
  write_state();
}

}  // namespace paas::fake_pve
