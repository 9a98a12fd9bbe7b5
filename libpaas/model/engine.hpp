#pragma once
// What a container engine is asked for and what it answers: images, networks, volumes, containers.
// Plain values, the same for every engine.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libpaas/model/container.hpp"

#pragma GCC visibility push(default)
namespace paas::model {

// A moment of the wall clock. The epoch stands for "never".
using Moment = std::chrono::sys_time<std::chrono::nanoseconds>;

struct EngineInfo {
  std::string name;         // "podman", "docker"
  std::string version;      // "4.3.1"
  std::string platform;     // "linux/amd64": what images it runs
  std::string storage_dir;  // where images, volumes and writable layers lie on this host
  bool operator==(const EngineInfo&) const = default;
};

struct ImageInfo {
  // "sha256:…" of its configuration. The one thing that survives save, load and another registry:
  // digests change with each.
  std::string id;
  Texts names{};            // "registry/name:tag"
  Texts digests{};          // "registry/name@sha256:…"
  std::uint64_t bytes = 0;  // layers that several images share are counted in each
  // Known when one image was asked for, empty in a list.
  std::string platform{};  // "linux/amd64"
  Texts entrypoint{};
  Texts command{};
  bool operator==(const ImageInfo&) const = default;
};

struct Credentials {
  std::string username;
  std::string password;
  bool operator==(const Credentials&) const = default;
};

struct PullSpec {
  std::string reference;   // "registry/name:tag", "registry/name@sha256:…"
  std::string platform{};  // "linux/arm64"; empty: the host's
  std::optional<Credentials> credentials{};
  // Plain HTTP or a certificate nobody vouches for. Docker has this in its own settings alone.
  bool insecure = false;
};

struct PullProgress {
  std::string layer{};  // short digest; empty: a line about the whole
  std::string text;     // "Downloading"
  std::uint64_t done_bytes = 0;
  std::uint64_t total_bytes = 0;  // 0: not told
  bool operator==(const PullProgress&) const = default;
};

struct NetworkSpec {
  std::string name;
  std::string bridge;   // name of the interface on the host, at most 15 bytes
  std::string subnet;   // "10.200.7.0/24"
  std::string gateway;  // "10.200.7.1", which the bridge gets
  int mtu = 1500;
  TextMap labels{};
  bool operator==(const NetworkSpec&) const = default;
};

struct NetworkInfo {
  std::string id;
  NetworkSpec spec;
  bool has_own_dns = false;  // the engine answers names in it
  bool operator==(const NetworkInfo&) const = default;
};

struct VolumeInfo {
  std::string name;
  TextMap labels{};
  std::string mountpoint{};  // on this host
  bool operator==(const VolumeInfo&) const = default;
};

// A container as it is to be made. The engine never restarts it: that is the reconciler's part.
struct ContainerSpec {
  std::string name;
  std::string image_id;  // "sha256:…" of an image that is here
  Container container{};
  // Put over those of `container` and of the image.
  TextMap labels{};
  std::string network{};         // empty: none but the container's own loopback
  std::string address{};         // in the network, IPv4
  std::string mac{};             // empty: derived from the address
  Texts dns_servers{};           // in this order; no search domain is set
  TextMap secret_environment{};  // joined with the container's own; kept out of every message
  // Files of the host, on a tmpfs, that hold secrets: path in the container → path on the host.
  // Mounted read-only.
  TextMap secret_files{};
  bool operator==(const ContainerSpec&) const = default;
};

enum class ContainerStatus { created, running, paused, stopping, exited, dead };

// What a list of containers tells of each.
struct ContainerSummary {
  std::string id;  // 64 hexadecimal digits
  std::string name;
  std::string image_id;  // "sha256:…"
  // Those of its image among them: a label alone proves nothing about who made a container.
  TextMap labels{};
  ContainerStatus status = ContainerStatus::created;
  bool operator==(const ContainerSummary&) const = default;
};

// What an inspection tells of one.
struct ContainerInfo {
  std::string id;
  std::string name;
  std::string image_id;
  TextMap labels{};
  ContainerStatus status = ContainerStatus::created;
  int pid = 0;                     // of its first process, as this host counts; 0: it does not run
  std::optional<int> exit_code{};  // once it has ended; 128 + n: by signal n
  bool out_of_memory = false;      // a process of it was killed for lack of memory
  std::string error{};             // why it could not start, in the engine's words
  Moment created{}, started{}, finished{};
  // While it runs: a stopped container has given its address back.
  std::string network{}, address{}, mac{};
  bool has_terminal = false;
  // As the engine has them now, for comparison with what was declared. `log_mib` is not told, and
  // `open_files` may be set where nothing was asked for.
  Limits limits{};
  std::vector<Mount> mounts{};  // volumes and binds, by target
  bool operator==(const ContainerInfo&) const = default;
};

struct ContainerUse {
  std::uint64_t cpu_ns = 0;        // since it started
  std::uint64_t memory_bytes = 0;  // without file cache that can be dropped
  std::uint64_t pids = 0;
  std::uint64_t oom_kills = 0;
  std::uint64_t received_bytes = 0, sent_bytes = 0;  // network, without loopback
  std::uint64_t read_bytes = 0, written_bytes = 0;   // disk
  bool operator==(const ContainerUse&) const = default;
};

struct LogOptions {
  bool follow = false;
  std::optional<int> tail{};  // lines
  std::optional<Moment> since{};
  bool timestamps = false;  // RFC 3339 before each line; Podman's have whole seconds
};

enum class Stream { out, err };

struct ExecSpec {
  Texts command;
  std::string user{};
  std::string working_dir{};
  TextMap environment{};
  bool operator==(const ExecSpec&) const = default;
};

struct TerminalSize {
  int rows = 24;
  int columns = 80;
  bool operator==(const TerminalSize&) const = default;
};

enum class EventKind { created, started, died, out_of_memory, removed, other };

// Something happened to a container: look again. Events may be lost, doubled or late.
struct EngineEvent {
  std::string container_id;
  EventKind kind = EventKind::other;
  Moment at{};
  std::optional<int> exit_code{};  // of `died`
  bool operator==(const EngineEvent&) const = default;
};

}  // namespace paas::model
#pragma GCC visibility pop
