// /nodes/{node}/tasks: listing, status, log, ending.
#include <algorithm>

#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/task_list.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

bool is_upid(const std::string& text) {
  const auto fields = split_fields(text, ':');
  if (fields.size() != 9 || fields[0] != "UPID" || !fields[8].empty()) return false;
  for (const std::size_t i : {2u, 3u, 4u})
    if (fields[i].size() < 8 || fields[i].size() > 9 ||
        fields[i].find_first_not_of("0123456789ABCDEFabcdef") != std::string::npos)
      return false;
  return !fields[1].empty() && !fields[5].empty() && !fields[7].empty();
}

Result<TaskRecord*> find_task(Call& call, const std::string& privilege) {
  const std::string upid = call.params.text("upid");
  if (!is_upid(upid)) return refuse_parameter("upid", "unable to parse worker upid");
  TaskRecord* task = call.world.task(upid);
  if (!task) return refuse_parameter("upid", "no such task");
  const bool own = task->user == call.login.user &&
                   (call.login.token.empty() || task->token == call.login.token);
  if (!own) TRY(check_all(call.state, call.login, "/nodes/" + task->node, {privilege}));
  return task;
}

bool has_failed(const TaskRecord& task) {
  return task.exit_status && *task.exit_status != "OK" &&
         !task.exit_status->starts_with("WARNINGS: ");
}

std::string status_word(const TaskRecord& task) {
  if (!task.exit_status || *task.exit_status == "unexpected status") return "unknown";
  if (*task.exit_status == "OK") return "ok";
  return task.exit_status->starts_with("WARNINGS: ") ? "warning" : "error";
}

bool is_wanted(const Params& params, const TaskRecord& task) {
  const std::string source = params.text("source", "archive");
  if (source == "archive" && !task.exit_status) return false;
  if (source == "active" && task.exit_status) return false;
  if (params.flag("errors") && !has_failed(task)) return false;
  if (params.has("vmid") && task.id != params.text("vmid")) return false;
  if (params.has("typefilter") && task.type != params.text("typefilter")) return false;
  if (params.has("userfilter") && task.user.find(params.text("userfilter")) == std::string::npos)
    return false;
  if (params.has("since") && task.started < params.integer("since")) return false;
  if (params.has("until") && task.started > params.integer("until")) return false;
  const auto words = split_list(lower(params.text("statusfilter")));
  return words.empty() || std::find(words.begin(), words.end(), status_word(task)) != words.end();
}

Result<Reply> list_tasks(Call& call) {
  Json::Array rows;
  const std::int64_t start = call.params.integer("start");
  const std::int64_t limit = call.params.integer("limit", 50);
  std::int64_t total = 0;
  const auto& tasks = call.state.tasks;
  for (auto task = tasks.rbegin(); task != tasks.rend(); ++task) {
    if (task->node != call.node() || !is_wanted(call.params, *task)) continue;
    if (!may_see_task(call.state, call.login, *task)) continue;
    if (total >= start && (limit == 0 || total < start + limit)) rows.push_back(task_row(*task));
    ++total;
  }
  Reply reply = Json(std::move(rows));
  if (total > 0) reply.total = total;  // the real server counts nothing as no count
  return reply;
}

Result<Reply> task_status(Call& call) {
  const TaskRecord& task = *TRY(find_task(call, "Sys.Audit"));
  Json::Object row = task_row(task);
  row.erase("endtime");
  row["status"] = task.exit_status ? "stopped" : "running";
  if (task.exit_status) row["exitstatus"] = *task.exit_status;
  return Json(std::move(row));
}

Result<Reply> task_log(Call& call) {
  const TaskRecord& task = *TRY(find_task(call, "Sys.Audit"));
  const std::int64_t start = call.params.integer("start");
  const std::int64_t limit = call.params.integer("limit", 50);
  const auto total = static_cast<std::int64_t>(task.log.size());
  Json::Array rows;
  for (std::int64_t i = start; i < total && (limit == 0 || i < start + limit); ++i)
    rows.push_back(Json::Object{{"n", i + 1}, {"t", task.log[static_cast<std::size_t>(i)]}});
  if (total == 0) rows.push_back(Json::Object{{"n", 1}, {"t", "no content"}});
  Reply reply = Json(std::move(rows));
  reply.total = std::max<std::int64_t>(total, 1);
  return reply;
}

Result<Reply> end_task(Call& call) {
  call.world.interrupt_task(*TRY(find_task(call, "Sys.Modify")));
  return Json();
}

}  // namespace

bool may_see_task(const State& state, const Login& login, const TaskRecord& task) {
  if (task.user == login.user && (login.token.empty() || task.token == login.token)) return true;
  return may(state, login, "/nodes/" + task.node, "Sys.Audit");
}

Json::Object task_row(const TaskRecord& task) {
  Json::Object row{{"upid", task.upid},
                   {"node", task.node},
                   {"pid", task.pid},
                   {"pstart", task.process_start},
                   {"starttime", task.started},
                   {"type", task.type},
                   {"id", task.id},
                   {"user", task.user}};
  if (!task.token.empty()) row["tokenid"] = task.token;
  if (task.exit_status) {
    row["endtime"] = task.ended;
    row["status"] = *task.exit_status;
  }
  return row;
}

Routes task_routes() {
  return {{"GET", "/nodes/{node}/tasks", list_tasks},
          {"GET", "/nodes/{node}/tasks/{upid}/status", task_status},
          {"GET", "/nodes/{node}/tasks/{upid}/log", task_log},
          {"DELETE", "/nodes/{node}/tasks/{upid}", end_task}};
}

}  // namespace paas::fake_pve
