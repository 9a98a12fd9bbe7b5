#include "libpaas/proxmox/task.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/proxmox/advice.hpp"
#include "libpaas/proxmox/call.hpp"

namespace paas::proxmox {
namespace {

constexpr std::size_t max_upid = 512;
constexpr std::size_t log_lines_in_error = 8;

bool is_hexadecimal(std::string_view text, std::size_t min, std::size_t max) {
  return text.size() >= min && text.size() <= max &&
         text.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
}

tl::unexpected<Error> bad_answer(std::string_view what) {
  return fail(Errc::internal,
              "unable to understand " + std::string(what) + " in the server's answer");
}

}  // namespace

Result<Upid> parse_upid(std::string_view text) {
  const auto parts = text.size() <= max_upid ? split(text, ':') : std::vector<std::string_view>{};
  const bool well_formed = parts.size() == 9 && parts[0] == "UPID" && !parts[1].empty() &&
                           is_hexadecimal(parts[2], 8, 8) && is_hexadecimal(parts[3], 8, 9) &&
                           is_hexadecimal(parts[4], 8, 8) && !parts[5].empty() &&
                           !parts[7].empty() && parts[8].empty() &&
                           text.find_first_of(" \t\r\n/") == std::string_view::npos;
  if (!well_formed) return bad_answer("a task's name");
  return Upid{std::string(text), std::string(parts[1]), std::string(parts[5]),
              std::string(parts[6]), std::string(parts[7])};
}

Result<TaskStatus> parse_task_status(const Json& data) {
  const std::string* status = data["status"].string();
  if (!status) return bad_answer("a task's status");
  const std::string* exit = data["exitstatus"].string();
  return TaskStatus{*status == "running", exit ? *exit : ""};
}

Result<std::vector<std::string>> parse_task_log(const Json& data) {
  if (!data.array()) return bad_answer("a task's log");
  std::vector<std::string> lines;
  for (const Json& line : *data.array())
    if (const std::string* text = line["t"].string()) lines.push_back(*text);
  return lines;
}

Result<std::vector<Upid>> parse_task_list(const Json& data) {
  if (!data.array()) return bad_answer("a list of tasks");
  std::vector<Upid> tasks;
  for (const Json& entry : *data.array()) {
    const std::string* text = entry["upid"].string();
    if (!text) return bad_answer("a list of tasks");
    tasks.push_back(TRY(parse_upid(*text)));
  }
  return tasks;
}

Result<std::vector<TaskEntry>> parse_task_entries(const Json& data) {
  const auto names = TRY(parse_task_list(data));
  std::vector<TaskEntry> entries;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Json& told = (*data.array())[i];
    const std::string* status = told["status"].string();
    TaskEntry entry{names[i], told["starttime"].integer().value_or(0), {}, false};
    if (const auto ended = told["endtime"].integer()) entry.ended = *ended;
    entry.well = entry.ended && status && (*status == "OK" || status->starts_with("WARNINGS: "));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<void> judge_task(const Upid& upid, const TaskStatus& status,
                        const std::vector<std::string>& log) {
  const std::string_view exit = status.exit_status;
  if (!status.running && (exit == "OK" || exit.starts_with("WARNINGS: "))) return {};
  const std::string what = "task " + upid.type + (upid.id.empty() ? "" : " of " + upid.id);
  if (status.running) return fail(Errc::timeout, what + " still runs");
  Error error{code_of(exit), exit.empty() ? "ended without a word" : std::string(exit), {}, {}};
  std::vector<std::string> last(
      log.end() - static_cast<std::ptrdiff_t>(std::min(log.size(), log_lines_in_error)), log.end());
  const std::string cause = error.message;
  error.remedy = advice_for(cause);
  std::string shown;
  for (const std::string& line : last) {
    const std::string_view text = trim(line);
    if (text.empty() || text == "TASK ERROR: " + cause) continue;
    shown += "\n  " + shortened(text, 300);
  }
  if (!shown.empty()) error.message += "\nThe log of the task ends with:" + shown;
  return tl::unexpected<Error>(std::move(error).while_doing(what + " on " + upid.node));
}

}  // namespace paas::proxmox
