#pragma once
// The running cluster: its state, its tasks, its faults, and the folder it is kept in.
// Whoever touches the state holds `mutex`; events of the timeline hold it too.

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "libpaas/base/result.hpp"
#include "tests/fake-pve/access.hpp"
#include "tests/fake-pve/call_log.hpp"
#include "tests/fake-pve/faults.hpp"
#include "tests/fake-pve/state.hpp"
#include "tests/fake-pve/timeline.hpp"

namespace paas::fake_pve {

class World;
using TaskLog = std::vector<std::string>;

// A task to run: what it is called and what it does when its time has passed.
struct TaskPlan {
  std::string node;
  std::string type;                  // "vzcreate", "imgcopy", ...
  std::string id;                    // guest id or name; may be empty
  std::int64_t holds = 0;            // the guest whose lock it needs; 0 for none
  std::vector<std::string> opening;  // log lines written at once
  // The work. Its error is the exit status.
  std::function<Result<void>(World&, TaskLog&)> work;
};

class World {
 public:
  World(std::filesystem::path dir, State initial);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // The world kept in `dir`, or a fresh one of so many nodes. Tasks that were running when an
  // earlier process was killed have ended with "unexpected status".
  static Result<State> load_state(const std::filesystem::path& dir, int nodes);

  State state;
  Faults faults;
  CallLog calls;
  std::mutex mutex;

  std::int64_t now() const;  // Unix seconds
  const std::filesystem::path& dir() const { return dir_; }
  std::filesystem::path file(const std::string& name) const { return dir_ / "files" / name; }

  // Starts a task and returns its UPID.
  std::string start_task(const Login& login, TaskPlan plan, const TaskFault& fault = {});
  TaskRecord* task(const std::string& upid);  // null if unknown
  // Ends a running task; its work is not done.
  void interrupt_task(TaskRecord& task);
  // Runs something later, with the lock held.
  void after(std::int64_t ms, std::function<void()> event);
  // When the lock of a guest falls free; in the past if it is free.
  Moment guest_free_at(std::int64_t vmid) const;

  // Lets the status broadcast happen if it is due: /cluster/resources catches up.
  void broadcast();

  void mark_changed();  // the state is written to disk soon
  void finish();        // writes it now; running tasks are finished first

 private:
  void end_task(const std::string& upid, const TaskPlan& plan, const TaskFault& fault);
  Moment task_end(const TaskPlan& plan, const TaskFault& fault, bool& too_long);
  void write_state();

  std::filesystem::path dir_;
  std::map<std::int64_t, Moment> busy_until_;
  std::map<std::string, std::function<void()>> running_;
  Moment last_broadcast_;
  bool write_due_ = false;
  Timeline timeline_;  // last: its thread uses all of the above
};

}  // namespace paas::fake_pve
