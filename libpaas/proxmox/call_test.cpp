#include "libpaas/proxmox/call.hpp"

#include <catch2/catch.hpp>

namespace paas::proxmox::call_test {

// Answers of Proxmox VE 9.2 as they were seen.
Error error_of(int status, std::string reason, std::string body = "") {
  const auto judged = judge({status, std::move(reason), std::move(body)});
  REQUIRE_FALSE(judged);
  return judged.error();
}

TEST_CASE("forms encode everything that the server could take for syntax") {
  CHECK(print_form({}).empty());
  CHECK(print_form({{"tags", "a;b"}, {"net0", "name=eth0,ip=dhcp"}}) ==
        "tags=a%3Bb&net0=name%3Deth0%2Cip%3Ddhcp");
  CHECK(print_form({{"env", std::string("A=1\0B=ü", 8)}}) == "env=A%3D1%00B%3D%C3%BC");
}

TEST_CASE("path segments carry task names and volumes, and are never a step in the path") {
  CHECK(path_segment("UPID:pve1:0000110F:00059975:6B014D2F:vzcreate:300:root@pam!tf:") ==
        "UPID%3Apve1%3A0000110F%3A00059975%3A6B014D2F%3Avzcreate%3A300%3Aroot%40pam%21tf%3A");
  CHECK(path_segment("local:vztmpl/a.tar") == "local%3Avztmpl%2Fa.tar");
  CHECK(path_segment("..") == "%2E%2E");
  CHECK(path_segment(".") == "%2E");
}

TEST_CASE("a success is its data") {
  CHECK(judge({200, "OK", R"({"data":"100"})"}) == Json{"100"});
  CHECK(judge({200, "OK", R"({"data":null})"})->is_null());
  CHECK(error_of(200, "OK", "<html>").code == Errc::internal);
  CHECK(error_of(200, "OK", "[]").code == Errc::internal);
}

TEST_CASE("refused parameters are all named") {
  const std::string body =
      R"({"data":null,"message":"Parameter verification failed.\n","errors":{)"
      R"("memory":"value must have a minimum value of 16","bogus":"property is not defined\n"}})";
  const Error error = error_of(400, "Parameter verification failed.", body);
  CHECK(error.code == Errc::invalid);
  CHECK(error.message ==
        "Parameter verification failed.\nbogus: property is not defined\n"
        "memory: value must have a minimum value of 16");
  const auto refused = refused_parameters({400, "", body});
  CHECK(refused.size() == 2);
  CHECK(refused.at("memory") == "value must have a minimum value of 16");
  CHECK(refused_parameters({500, "", body}).empty());
}

TEST_CASE("a parameter can be refused for what is there") {
  const auto refused = [](const std::string& errors) {
    return error_of(400, "Parameter verification failed.", R"({"errors":{)" + errors + "}}").code;
  };
  CHECK(refused(R"("vmid":"VM 500 already exists")") == Errc::conflict);
  CHECK(refused(R"("upid":"no such task")") == Errc::not_found);
  CHECK(refused(R"("net0":"unable to hotplug net0: exit code 1\n")") == Errc::internal);
}

TEST_CASE("the text of an error is in the body or, with earlier releases, in the reason") {
  const Error late =
      error_of(500, "CT 210 already exists on node 'pve1'",
               R"({"data":null,"message":"CT 210 already exists on node 'pve1'\n"})");
  const Error early = error_of(500, "CT 210 already exists on node 'pve1'", R"({"data":null})");
  CHECK(late == early);
  CHECK(late.message == "CT 210 already exists on node 'pve1'");
  CHECK(error_of(500, "").message == "the server answered with status 500");
}

TEST_CASE("what the server says decides what a caller may do") {
  const auto code = [](std::string text) { return error_of(500, std::move(text)).code; };
  CHECK(code("Configuration file 'nodes/pve1/lxc/999.conf' does not exist") == Errc::not_found);
  CHECK(code("storage 'nope' does not exist") == Errc::not_found);
  CHECK(code("no such resource 'ct:201'") == Errc::not_found);
  CHECK(code("hostname lookup 'nope' failed - failed to get address info") == Errc::not_found);
  CHECK(code("unable to create CT 270 - CT 270 already exists on node 'pve1'") == Errc::conflict);
  CHECK(code("CT 210 already running") == Errc::conflict);
  CHECK(code("CT 215 not running") == Errc::conflict);
  CHECK(code("CT is locked (backup)") == Errc::conflict);
  CHECK(code("can't lock file '/run/lock/lxc/pve-config-210.lock' - got timeout") ==
        Errc::conflict);
  CHECK(code("can't remove CT 1002 - protection mode enabled") == Errc::conflict);
  CHECK(code("unable to shrink disk size") == Errc::invalid);
  CHECK(code("unable to modify read-only option: 'unprivileged'") == Errc::invalid);
  CHECK(code("cluster not ready - no quorum?") == Errc::unavailable);
  CHECK(code("something odd") == Errc::internal);
}

TEST_CASE("the status alone decides where it can") {
  CHECK(error_of(401, "No ticket").code == Errc::denied);
  CHECK(error_of(403, "Permission check failed (/vms/500, VM.Audit)").code == Errc::denied);
  CHECK(error_of(501, "Method 'GET /nope' not implemented").code == Errc::invalid);
  CHECK(error_of(595, "No route to host").code == Errc::unavailable);
  CHECK(error_of(503, "Service Unavailable").code == Errc::unavailable);
  for (const int status : {502, 504, 596, 597, 599})
    CHECK(error_of(status, "Connection timed out").code == Errc::unknown_outcome);
  CHECK(error_of(302, "Found").code == Errc::internal);
}

TEST_CASE("the text of the server is cut, and made UTF-8") {
  CHECK(error_of(500, "caf\xE9 is full").message == "caf\xEF\xBF\xBD is full");
  CHECK(error_of(500, std::string(100'000, 'x')).message.size() <= 4096);
}

TEST_CASE("errors that a use case acts on are told apart") {
  const auto error = [](std::string text) { return error_of(500, std::move(text)); };
  CHECK(is_lock_contention(error("CT is locked (create)")));
  CHECK(is_lock_contention(error("cfs-lock 'storage-nfs' error: got lock request timeout")));
  CHECK_FALSE(is_lock_contention(error("CT 210 already running")));
  CHECK(is_absent_guest(error("Configuration file 'nodes/pve1/lxc/9.conf' does not exist")));
  CHECK_FALSE(is_absent_guest(error("storage 'nope' does not exist")));
  CHECK(is_stale_digest(error("detected modified configuration - file changed by other user?")));
  CHECK(is_taken_id(error("CT 210 already exists on node 'pve1'")));
  CHECK_FALSE(is_taken_id(error("pool 'p1' already exists")));
}

}  // namespace paas::proxmox::call_test
