#include "libpaas/engine/cgroup.hpp"

#include <catch2/catch.hpp>

namespace cgroup_test {

using namespace paas::engine;

const std::string hybrid_mounts =
    "30 23 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755\n"
    "31 30 0:27 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n"
    "32 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n"
    "33 30 0:29 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
const std::string hybrid_paths =
    "9:memory:/libpod_parent/libpod-ab\n3:cpu,cpuacct:/libpod_parent/libpod-ab\n"
    "0::/libpod_parent/libpod-ab\n";

TEST_CASE("a hybrid host has its memory in version 1") {
  const auto mounts = parse_cgroup_mounts(hybrid_mounts);
  const auto memory = cgroup_folder(mounts, hybrid_paths, "memory");
  CHECK(memory.path == "/sys/fs/cgroup/memory/libpod_parent/libpod-ab");
  CHECK(!memory.unified);
  CHECK(cgroup_folder(mounts, hybrid_paths, "cpuacct").path ==
        "/sys/fs/cgroup/cpu,cpuacct/libpod_parent/libpod-ab");
  const auto pids = cgroup_folder(mounts, hybrid_paths, "pids");
  CHECK(pids.path == "/sys/fs/cgroup/unified/libpod_parent/libpod-ab");
  CHECK(pids.unified);
}

TEST_CASE("a host with version 2 alone") {
  const auto mounts = parse_cgroup_mounts(
      "25 23 0:24 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n");
  const auto memory =
      cgroup_folder(mounts, "0::/machine.slice/libpod-ab.scope/container\n", "memory");
  CHECK(memory.path == "/sys/fs/cgroup/machine.slice/libpod-ab.scope/container");
  CHECK(memory.unified);
  CHECK(cgroup_folder(mounts, "0::/\n", "memory").path == "/sys/fs/cgroup");
}

TEST_CASE("what is not within what we see has no folder") {
  const auto mounts =
      parse_cgroup_mounts("25 23 0:24 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
  CHECK(cgroup_folder(mounts, "0::/docker/x/inner\n", "memory").path == "/sys/fs/cgroup/inner");
  CHECK(cgroup_folder(mounts, "0::/elsewhere\n", "memory").path.empty());
  CHECK(cgroup_folder(mounts, "0::/docker/x/../../etc\n", "memory").path.empty());
  CHECK(cgroup_folder({}, hybrid_paths, "memory").path.empty());
  CHECK(cgroup_folder(mounts, "nonsense", "memory").path.empty());
}

TEST_CASE("counters of both versions") {
  CHECK(counter("oom_kill_disable 0\nunder_oom 0\noom_kill 2\n", "oom_kill") == 2);
  CHECK(counter("low 0\nhigh 0\nmax 5\noom 1\noom_kill 1\noom_group_kill 0\n", "oom_kill") == 1);
  CHECK(counter("", "oom_kill") == 0);
  CHECK(counter("oom_kill -1\noom_kill x", "oom_kill") == 0);
  const Bytes v2 = disk_bytes("8:0 rbytes=10 wbytes=20 rios=1 wios=1\n8:16 rbytes=1 wbytes=2\n");
  CHECK(v2.in == 11);
  CHECK(v2.out == 22);
  const Bytes v1 = disk_bytes("8:0 Read 10\n8:0 Write 20\n8:0 Sync 30\nTotal 30\n");
  CHECK(v1.in == 10);
  CHECK(v1.out == 20);
  const Bytes net = network_bytes(
      "Inter-|   Receive\n face |bytes packets\n    lo: 99 1 0 0 0 0 0 0 99 1 0 0 0 0 0 0\n"
      "  eth0: 180 3 0 0 0 0 0 0 680 9 0 0 0 0 0 0\n");
  CHECK(net.in == 180);
  CHECK(net.out == 680);
}

TEST_CASE("the kernel's log names the container that was killed") {
  const std::string line =
      "6,2401,25327133544,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),"
      "cpuset=libpod-ab,mems_allowed=0,oom_memcg=/libpod_parent/libpod-ab,"
      "task_memcg=/libpod_parent/libpod-ab,task=dd,pid=24563,uid=1000";
  CHECK(tells_of_oom_kill(line, "ab"));
  CHECK(!tells_of_oom_kill(line, "cd"));
  CHECK(!tells_of_oom_kill(line, "dd"));  // the program's name is no container
  CHECK(!tells_of_oom_kill(line, ""));
  CHECK(log_time_us(line) == 25'327'133'544);
  CHECK(log_time_us("no record") == 0);
  CHECK(!tells_of_oom_kill("6,1,1,-;task_memcg=/libpod-ab", "ab"));
}

}  // namespace cgroup_test
