#include "libpaas/adapters/engine/host.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/engine/cgroup.hpp"

namespace paas::engine {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// Files of the kernel have no size; none if it cannot be read.
std::optional<std::string> kernel_text(const std::string& path) {
  constexpr std::size_t most = std::size_t{1} << 20;
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return {};
  std::string text;
  std::array<char, 16'384> part{};
  while (text.size() < most) {
    const ssize_t got = read(file.get(), part.data(), part.size());
    if (got < 0) return {};
    if (got == 0) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  return text;
}

std::string text_at(const CgroupFolder& folder, const char* file) {
  if (folder.path.empty()) return {};
  return kernel_text(folder.path + "/" + file).value_or(std::string());
}

std::uint64_t number_at(const CgroupFolder& folder, const char* file) {
  return parse_integer<std::uint64_t>(trim(text_at(folder, file))).value_or(0);
}

// Where the control groups of a process are; none if there is no such process.
class Groups {
 public:
  static std::optional<Groups> of(int pid) {
    auto paths = kernel_text("/proc/" + std::to_string(pid) + "/cgroup");
    auto mounts = kernel_text("/proc/self/mountinfo");
    if (!paths || paths->empty() || !mounts) return {};
    return Groups(parse_cgroup_mounts(*mounts), std::move(*paths));
  }
  CgroupFolder folder(std::string_view controller) const {
    return cgroup_folder(mounts_, paths_, controller);
  }

 private:
  Groups(CgroupMounts mounts, std::string paths)
      : mounts_(std::move(mounts)), paths_(std::move(paths)) {}

  CgroupMounts mounts_;
  std::string paths_;
};

std::uint64_t oom_kills_in(const CgroupFolder& memory) {
  return counter(text_at(memory, memory.unified ? "memory.events" : "memory.oom_control"),
                 "oom_kill");
}

std::uint64_t memory_in(const CgroupFolder& memory) {
  const bool v2 = memory.unified;
  const std::uint64_t all = number_at(memory, v2 ? "memory.current" : "memory.usage_in_bytes");
  const std::uint64_t cache =
      counter(text_at(memory, "memory.stat"), v2 ? "inactive_file" : "total_inactive_file");
  return all - std::min(all, cache);
}

}  // namespace

HostFacts host_facts() {
  HostFacts facts;
  const auto hard = [](auto which, std::uint64_t wanted) {
    rlimit limit{};
    if (getrlimit(which, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return wanted;
    return std::min<std::uint64_t>(wanted, limit.rlim_max);
  };
  facts.open_files = hard(RLIMIT_NOFILE, facts.open_files);
  facts.processes = hard(RLIMIT_NPROC, facts.processes);
  return facts;
}

std::uint64_t oom_kills_of(int pid) {
  const auto groups = Groups::of(pid);
  return groups ? oom_kills_in(groups->folder("memory")) : 0;
}

Result<model::ContainerUse> use_of(int pid) {
  const auto groups = Groups::of(pid);
  const auto network = kernel_text("/proc/" + std::to_string(pid) + "/net/dev");
  if (!groups || !network) return fail(Errc::conflict, "the container does not run");
  model::ContainerUse use;
  const CgroupFolder memory = groups->folder("memory");
  use.memory_bytes = memory_in(memory);
  use.oom_kills = oom_kills_in(memory);
  const CgroupFolder cpu = groups->folder("cpuacct");
  use.cpu_ns = cpu.unified ? counter(text_at(cpu, "cpu.stat"), "usage_usec") * 1'000
                           : number_at(cpu, "cpuacct.usage");
  use.pids = number_at(groups->folder("pids"), "pids.current");
  const CgroupFolder disk = groups->folder("blkio");
  const Bytes moved =
      disk_bytes(text_at(disk, disk.unified ? "io.stat" : "blkio.throttle.io_service_bytes"));
  use.read_bytes = moved.in;
  use.written_bytes = moved.out;
  const Bytes sent = network_bytes(*network);
  use.received_bytes = sent.in;
  use.sent_bytes = sent.out;
  return use;
}

bool kernel_tells_of_oom_kill(std::string_view container_id, model::Moment started) {
  using namespace std::chrono;
  // The log counts from the boot by a clock that nobody corrects, so that both drift apart. A
  // little too early does no harm: this is to leave out a former run.
  const auto uptime = steady_clock::now().time_since_epoch();
  const auto ago = system_clock::now() - started + seconds{1} + uptime / 10'000;
  const auto since = duration_cast<microseconds>(uptime - ago).count();
  const Descriptor log(open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (log.get() < 0) return false;
  std::array<char, 8'192> record{};
  while (true) {  // each read is one record; EPIPE: some were overwritten meanwhile
    const ssize_t got = read(log.get(), record.data(), record.size());
    if (got < 0 && errno == EPIPE) continue;
    if (got <= 0) return false;
    const std::string_view line(record.data(), static_cast<std::size_t>(got));
    if (tells_of_oom_kill(line, container_id) && log_time_us(line) >= since) return true;
  }
}

void kill_within(int pid, std::string_view container_id) {
  if (pid <= 1) return;
  const auto groups = kernel_text("/proc/" + std::to_string(pid) + "/cgroup");
  if (groups && groups->find(container_id) != std::string::npos) kill(pid, SIGKILL);
}

Result<std::string> kept_file(const std::string& folder, std::string_view stem,
                              std::string_view content) {
  const std::string path =
      folder + "/" + std::string(stem) + "-" + hex(sha256(content)).substr(0, 16);
  if (kernel_text(path) == content) return path;
  const std::string fresh = path + "." + std::to_string(getpid());
  {
    const Descriptor file(open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (file.get() < 0 ||
        write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()) ||
        fchmod(file.get(), 0644) != 0) {
      return fail(Errc::internal, "unable to write the file " + excerpt(fresh, 300));
    }
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) {
    return fail(Errc::internal, "unable to write the file " + excerpt(path, 300));
  }
  return path;
}

}  // namespace paas::engine
