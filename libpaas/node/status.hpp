#pragma once
// Status: what a node says of itself, to people and to programs. It writes it beside its state
// whenever something changes; `paas-agent status` reads it (docs/formats/status.schema.json).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/result.hpp"
#include "libpaas/model/engine.hpp"

#pragma GCC visibility push(default)
namespace paas::node {

struct SourceStatus {
  std::string location;   // as given: "/etc/paas/apps.yaml", "git+https://…"
  std::string version{};  // in force: "sha256:…", "git:<commit>"; empty: never read one
  model::Moment accepted{};
  std::string trouble{};  // why the newest is not in force: "kept the last good state: …"
  bool operator==(const SourceStatus&) const = default;
};

struct ContainerStatus {
  std::string name;
  std::string project;
  std::string app;  // or job
  int replica = 0;
  std::string release;  // its first 8 digits
  std::string stage;    // of the rollout: "running", "starting", …; of a run: "running", "ended"
  std::string state;    // of the engine: "running", "exited", "missing", …
  bool ready = false;
  bool named = false;  // the names service tells of it
  std::string address{};
  std::string image{};
  model::Moment started{};
  std::uint64_t restarts = 0;
  std::optional<int> exit_code{};  // the last
  bool out_of_memory = false;      // the last end was that
  std::string health{};            // the last answer of a probe: "HTTP 200"
  std::string trouble{};           // "exited with 1; tried again in 8 s"
  std::vector<std::string> log{};  // last lines before it ended, at most 20 of 500 bytes
  bool operator==(const ContainerStatus&) const = default;
};

struct AppStatus {
  std::string project;
  std::string app;
  std::string state;  // "running", "updating", "failed", "rolled_back", "leaving"
  int replicas = 0;
  int ready = 0;
  std::string release;  // towards which it goes, or that it runs
  std::string held{};   // a person went back to it
  std::string trouble{};
  std::vector<std::string> releases{};  // kept, newest first
  bool operator==(const AppStatus&) const = default;
};

struct RunStatus {
  std::string project;
  std::string job;
  model::Moment slot{};
  int attempt = 1;
  std::string stage;
  std::string outcome;
  model::Moment started{}, ended{};
  std::optional<int> exit_code{};
  std::string trouble{};
  std::vector<std::string> log{};
  bool operator==(const RunStatus&) const = default;
};

struct JobStatus {
  std::string project;
  std::string job;
  std::string schedule{};
  model::Moment next{};  // the epoch: never
  std::uint64_t missed = 0;
  std::vector<RunStatus> runs{};  // newest first
  bool operator==(const JobStatus&) const = default;
};

// Read-only, beside what is ours (S3.2): where, how, from which source.
struct ForeignService {
  std::string kind;  // "systemd", "container", "port"
  std::string name;  // unit, container, or "0.0.0.0:22/tcp"
  std::string state{};
  std::string detail{};  // unit file, image, or the program that listens
  bool operator==(const ForeignService&) const = default;
};

struct Status {
  std::string node;      // its id
  std::string version;   // of the agent
  std::string phase;     // "idle", "processing"
  std::string change{};  // what it is at: "deploy the container shop-web-0-1f2e3d4c"
  model::Moment written{};
  std::uint64_t generation = 0;
  bool settled = false;  // nothing to do, all rollouts at rest
  SourceStatus source{};
  std::string engine{};          // "podman 4.3.1"
  std::string engine_trouble{};  // "cannot be reached: …"
  std::string disk_trouble{};
  std::vector<AppStatus> apps{};
  std::vector<ContainerStatus> containers{};
  std::vector<JobStatus> jobs{};
  std::vector<std::string> pending{};  // changes that wait, with reasons
  std::vector<ForeignService> foreign{};
  bool operator==(const Status&) const = default;
};

std::string print_status(const Status& status);
// Errors: `invalid`. Members of newer versions are ignored.
Result<Status> parse_status(std::string_view text);

}  // namespace paas::node
#pragma GCC visibility pop
