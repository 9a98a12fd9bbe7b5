#include "libpaas/proxmox/task.hpp"

#include <catch2/catch.hpp>

namespace paas::proxmox::task_test {

const std::string create_task = "UPID:pve1:0000110F:00059975:6B014D2F:vzcreate:300:root@pam!tf:";

TEST_CASE("a task's name says where it runs, what it does, and for whom") {
  const Upid upid = *parse_upid(create_task);
  CHECK(upid == Upid{create_task, "pve1", "vzcreate", "300", "root@pam!tf"});
  CHECK(parse_upid("UPID:pve1:00004979:0006175C:6B014E71:imgcopy::root@pam!tf:")->id.empty());
  CHECK(parse_upid("UPID:pve1:00004979:10006175C:6B014E71:imgcopy::root@pam:")->type == "imgcopy");
}

TEST_CASE("what is no name of a task is refused") {
  for (const std::string text :
       {"", "UPID", "UPID:garbage", "UPID:pve1:0000110F:00059975:6B014D2F:vzcreate:300:root@pam",
        "UPID::0000110F:00059975:6B014D2F:vzcreate:300:root@pam:",
        "UPID:pve1:0000110:00059975:6B014D2F:vzcreate:300:root@pam:",
        "UPID:pve1:0000110F:00059975:6B014D2F:vz/create:300:root@pam:",
        "UPID:pve1:0000110F:00059975:6B014D2F:vzcreate:300::",
        "UPID:pve1:0000110F:00059975:6B014D2F:vzcreate:300:root@pam:\n"})
    CHECK(parse_upid(text).error().code == Errc::internal);
  CHECK_FALSE(parse_upid(create_task + std::string(600, ':')));
}

TEST_CASE("the status of a task") {
  const auto running = parse_task_status(*parse_json(R"({"status":"running","id":"300"})"));
  CHECK(running->running);
  const auto ended = parse_task_status(*parse_json(R"({"status":"stopped","exitstatus":"OK"})"));
  CHECK_FALSE(ended->running);
  CHECK(ended->exit_status == "OK");
  CHECK_FALSE(parse_task_status(Json{}));
}

TEST_CASE("the log of a task") {
  CHECK(parse_task_log(*parse_json(R"([{"n":1,"t":"a"},{"t":"b","n":2}])")) ==
        std::vector<std::string>{"a", "b"});
  CHECK(parse_task_log(*parse_json("[]"))->empty());
  CHECK_FALSE(parse_task_log(Json{"x"}));
}

TEST_CASE("a task that ended well, with or without warnings, is a success") {
  const Upid upid = *parse_upid(create_task);
  CHECK(judge_task(upid, {false, "OK"}, {}));
  CHECK(judge_task(upid, {false, "WARNINGS: 2"}, {}));
  CHECK(judge_task(upid, {true, ""}, {}).error().code == Errc::timeout);
}

TEST_CASE("a failed task brings its cause and the end of its log") {
  const Upid upid = *parse_upid(create_task);
  std::vector<std::string> log;
  for (int i = 0; i < 20; ++i) log.push_back("line " + std::to_string(i));
  log.push_back("TASK ERROR: CT is locked (backup)");
  const Error error = judge_task(upid, {false, "CT is locked (backup)"}, log).error();
  CHECK(error.code == Errc::conflict);
  CHECK(
      error.message.starts_with("CT is locked (backup)\nThe log of the task ends with:\n  line "));
  const std::string text = describe(error);
  CHECK(text.find("task vzcreate of 300 on pve1") != std::string::npos);
  CHECK(text.find("line 19") != std::string::npos);
  CHECK(text.find("line 2\n") == std::string::npos);
  CHECK(text.find("TASK ERROR") == std::string::npos);
  CHECK(text.find("\n: ") == std::string::npos);
  CHECK(judge_task(upid, {false, ""}, {}).error().code == Errc::internal);
  const Error bare = judge_task(upid, {false, "No space left on device"}, {}).error();
  CHECK(describe(bare) == "task vzcreate of 300 on pve1: No space left on device");
  CHECK_FALSE(bare.remedy.empty());
}

TEST_CASE("a list of tasks tells which run, and which have ended well") {
  const std::string upid = "UPID:pve1:00004979:0006175C:6B014E71:imgcopy::root@pam!tf:";
  const auto entries = parse_task_entries(*parse_json(R"([{"upid":")" + upid + R"(","starttime":10},
          {"upid":")" + upid + R"(","starttime":10,"endtime":12,"status":"OK"},
          {"upid":")" + upid + R"(","starttime":10,"endtime":12,"status":"WARNINGS: 1"},
          {"upid":")" + upid + R"(","starttime":10,"endtime":12,"status":"no space"}])"));
  REQUIRE(entries);
  REQUIRE(entries->size() == 4);
  CHECK(entries->at(0).task.type == "imgcopy");
  CHECK_FALSE(entries->at(0).ended);
  CHECK_FALSE(entries->at(0).well);
  CHECK(entries->at(1).began == 10);
  CHECK(entries->at(1).ended == 12);
  CHECK(entries->at(1).well);
  CHECK(entries->at(2).well);
  CHECK_FALSE(entries->at(3).well);
  CHECK_FALSE(parse_task_entries(*parse_json(R"([{"starttime":10}])")));
  CHECK_FALSE(parse_task_entries(*parse_json("{}")));
}

}  // namespace paas::proxmox::task_test
