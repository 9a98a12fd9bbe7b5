#pragma once
// Tasks: what Proxmox does in the background, named by a UPID.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas::proxmox {

// UPID:<node>:<pid>:<pstart>:<starttime>:<type>:<id>:<user>: (hexadecimal numbers).
struct Upid {
  std::string text;  // as given: what the API wants back
  std::string node;  // where the task runs, and where to ask for it
  std::string type;  // "vzcreate"
  std::string id;    // "104"
  std::string user;  // "root@pam!ci"
  bool operator==(const Upid&) const = default;
};
Result<Upid> parse_upid(std::string_view text);

struct TaskStatus {
  bool running = false;
  std::string exit_status;  // "OK", "WARNINGS: 1", or the error
};
Result<TaskStatus> parse_task_status(const Json& data);

// Lines of GET /nodes/{node}/tasks/{upid}/log.
Result<std::vector<std::string>> parse_task_log(const Json& data);

// The tasks of GET /nodes/{node}/tasks, latest first.
Result<std::vector<Upid>> parse_task_list(const Json& data);

// One of such a list. Times are seconds since 1970, by the clock of its node.
struct TaskEntry {
  Upid task;
  std::int64_t began = 0;
  std::optional<std::int64_t> ended;  // nullopt: it runs
  bool well = false;                  // it has ended, and without an error
};
Result<std::vector<TaskEntry>> parse_task_entries(const Json& data);

// Nothing for a task that ended well (OK or WARNINGS), else the error, the last lines of its log
// behind the cause in the message, and advice where the cause is known. Lock contention is
// `conflict`, a full storage `conflict`, as judge() says.
Result<void> judge_task(const Upid& upid, const TaskStatus& status,
                        const std::vector<std::string>& log);

}  // namespace paas::proxmox
#pragma GCC visibility pop
