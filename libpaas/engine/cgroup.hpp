#pragma once
// Control groups as the kernel shows them: where those of a process are, and what their files say.
// Version 1, version 2, and both at once ("hybrid", where the memory controller is in version 1).
// Pure: texts in, values out.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace paas::engine {

// A mounted hierarchy.
struct CgroupMount {
  std::string point;  // "/sys/fs/cgroup/memory"
  std::string root;   // what of the hierarchy is mounted there: "/" but within a container
};

struct CgroupMounts {
  std::map<std::string, CgroupMount, std::less<>> controllers{};  // version 1: "memory", "pids"
  CgroupMount unified{};                                          // version 2; empty: none
};

// /proc/self/mountinfo, see proc_pid_mountinfo(5).
CgroupMounts parse_cgroup_mounts(std::string_view mountinfo);

// Where the files of one controller are for one process.
struct CgroupFolder {
  std::string path;  // empty: it has none
  bool unified = false;
};
// `proc_cgroup`: /proc/PID/cgroup, see cgroups(7).
CgroupFolder cgroup_folder(const CgroupMounts& mounts, std::string_view proc_cgroup,
                           std::string_view controller);

// The number behind a word at the beginning of a line: "oom_kill 3" of memory.events or
// memory.oom_control, "usage_usec 17" of cpu.stat. 0 if it is not there.
std::uint64_t counter(std::string_view text, std::string_view word);

struct Bytes {
  std::uint64_t in = 0;   // read, received
  std::uint64_t out = 0;  // written, sent
};
// io.stat (version 2) or blkio.throttle.io_service_bytes (version 1): the sum over all devices.
Bytes disk_bytes(std::string_view text);
// /proc/PID/net/dev: the sum over all interfaces but the loopback one.
Bytes network_bytes(std::string_view text);

// Whether this line of the kernel's log says that a process in a control group was killed for lack
// of memory, whose path names this container. The one trace that is left when the first process of
// a container was killed: its control group, and the counters in it, are gone with it.
bool tells_of_oom_kill(std::string_view line, std::string_view container_id);
// When that was, in microseconds since the boot: the third field of a record of /dev/kmsg. 0 if it
// is not there.
std::int64_t log_time_us(std::string_view line);

}  // namespace paas::engine
