#pragma once
// What a container is to be: the part that a person declares, an engine is given and drift is
// measured by. Plain values.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#pragma GCC visibility push(default)
namespace paas::model {

using Seconds = std::chrono::seconds;
using Texts = std::vector<std::string>;
using TextMap = std::map<std::string, std::string, std::less<>>;

enum class Protocol { tcp, udp };

// A port that the app serves, under a name that SRV records carry.
struct Port {
  std::string name{};  // "http"; empty: the number
  std::uint16_t container = 0;
  Protocol protocol = Protocol::tcp;
  // Of the host, for what the host file allows; none: reachable inside the project alone.
  std::optional<std::uint16_t> host{};
  std::string host_address{};  // which of the host's; empty: the loopback one
  bool operator==(const Port&) const = default;
};

enum class MountKind { volume, bind, tmpfs };

struct Mount {
  MountKind kind = MountKind::volume;
  std::string source{};  // the volume's name, or the host's path; empty for tmpfs
  // Of a volume: one for all of the project, whoever names it. Else each replica has its own.
  bool shared = false;
  std::string target;  // in the container
  bool read_only = false;
  std::optional<std::uint64_t> size_mib{};  // of a tmpfs
  bool operator==(const Mount&) const = default;
};

// A file that holds a secret, on a tmpfs. Where the bytes come from is the host's business.
struct SecretFile {
  std::string source;  // of the host's secrets folder
  std::string target;  // "/run/secrets/db"
  bool operator==(const SecretFile&) const = default;
};

struct Device {
  std::string host;       // "/dev/dri/renderD128"
  std::string container;  // mostly the same
  std::string access = "rw";
  bool operator==(const Device&) const = default;
};

// What it may use at most. None: no limit, except where the default says so.
struct Limits {
  std::optional<std::uint64_t> memory_mib{};
  std::optional<std::uint64_t> cpu_milli{};  // thousandths of a core
  std::uint64_t pids = 2048;
  std::optional<std::uint64_t> open_files{};
  std::uint64_t log_mib = 30;  // kept of its output
  bool operator==(const Limits&) const = default;
};

enum class ProbeKind { http, tcp, command };

struct Probe {
  ProbeKind kind = ProbeKind::tcp;
  std::uint16_t port = 0;   // http, tcp
  std::string path = "/";   // http
  TextMap headers{};        // http
  int lowest_status = 200;  // http: what counts as good
  int highest_status = 399;
  Texts command{};  // command: run in the container, good if it ends with 0
  Seconds start_period{0};
  Seconds interval{10};
  Seconds timeout{5};
  int failures = 3;   // in a row, until it counts as bad
  int successes = 1;  // in a row, until it counts as good
  bool operator==(const Probe&) const = default;
};

enum class PullPolicy { missing, always, never };

// All of what an engine is told, but address, labels and name.
struct Container {
  // "registry/name@sha256:…", "registry/name:tag", or "oci-archive:/path".
  std::string image;
  PullPolicy pull = PullPolicy::missing;
  std::string platform{};             // "linux/arm64"; empty: the host's
  std::optional<Texts> entrypoint{};  // none: the image's
  std::optional<Texts> command{};
  std::string user{};
  std::string working_dir{};
  std::string hostname{};
  TextMap environment{};
  TextMap environment_from{};  // variable → secret of the host's secrets folder
  std::vector<SecretFile> secrets{};
  std::vector<Port> ports{};
  std::vector<Mount> mounts{};
  std::vector<Device> devices{};
  Texts capabilities{};  // those kept; all others are dropped
  bool privileged = false;
  bool read_only_root = false;
  bool new_privileges = false;
  bool init = true;  // a reaper of orphans as process 1
  TextMap sysctls{};
  Limits limits{};
  std::string stop_signal = "SIGTERM";
  Seconds stop_grace{10};
  std::optional<Probe> readiness{};  // none: it is ready when it runs
  std::optional<Probe> liveness{};
  TextMap labels{};  // a person's own
  bool operator==(const Container&) const = default;
};

}  // namespace paas::model
#pragma GCC visibility pop
