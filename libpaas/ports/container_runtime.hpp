#pragma once
// ContainerRuntime: the engine of one host, Podman or Docker, as far as we need one.
//
// Nothing here looks at labels: that only our own objects are touched is the caller's to see to.
// What is there already, or gone already, is no error where a call says so. All calls are
// thread-safe and end soon after `stop` is asked for (`cancelled`); what the engine was told to do
// by then it may still do. Errors of every call, beside those it names: `unavailable` (the engine
// cannot be reached), `unknown_outcome` (it went away in the middle), `denied` (its socket is not
// for us), `internal` (it failed in its own way). No message holds a secret of the call.

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/result.hpp"
#include "libpaas/model/engine.hpp"

#pragma GCC visibility push(default)
namespace paas {

class Images {
 public:
  using OnProgress = std::function<void(const model::PullProgress&)>;

  virtual ~Images() = default;
  virtual Result<std::vector<model::ImageInfo>> list(std::stop_token stop) = 0;
  // By id, name or digest. Errors: `not_found`.
  virtual Result<model::ImageInfo> find(const std::string& reference, std::stop_token stop) = 0;
  // Asks the registry even if the image is here. Errors: `not_found` (no such image, or none for
  // the platform), `denied` (credentials), `unavailable` (registry), `invalid` (reference).
  virtual Result<model::ImageInfo> pull(const model::PullSpec& spec, const OnProgress& on_progress,
                                        std::stop_token stop) = 0;
  // A tar archive on this host in OCI layout or as `docker save` writes it, with one image; of
  // several platforms the engine's own is taken. Errors: `not_found` (file, platform), `invalid`.
  virtual Result<model::ImageInfo> load(const std::string& path, std::stop_token stop) = 0;
  // With all its names. One that is gone is no error. Errors: `conflict` while a container, be it
  // stopped, is made from it.
  virtual Result<void> remove(const std::string& id, std::stop_token stop) = 0;
  // Bytes that all images take on disk, shared layers counted once.
  virtual Result<std::uint64_t> disk_use(std::stop_token stop) = 0;
};

class Networks {
 public:
  virtual ~Networks() = default;
  // Bridges only.
  virtual Result<std::vector<model::NetworkInfo>> list(std::stop_token stop) = 0;
  // A bridge with the given gateway and MTU, without names of the engine's own where it can do
  // without, cut off from the engine's other bridges. Errors: `conflict` (name or subnet taken).
  virtual Result<model::NetworkInfo> create(const model::NetworkSpec& spec,
                                            std::stop_token stop) = 0;
  // One that is gone is no error. Errors: `conflict` while a container is in it.
  virtual Result<void> remove(const std::string& name, std::stop_token stop) = 0;
};

class Volumes {
 public:
  virtual ~Volumes() = default;
  virtual Result<std::vector<model::VolumeInfo>> list(std::stop_token stop) = 0;
  // Errors: `conflict` if the name is taken.
  virtual Result<model::VolumeInfo> create(const std::string& name, const model::TextMap& labels,
                                           std::stop_token stop) = 0;
  // With its content. One that is gone is no error. Errors: `conflict` while a container uses it.
  virtual Result<void> remove(const std::string& name, std::stop_token stop) = 0;
};

// Containers are named by id or name.
class Containers {
 public:
  virtual ~Containers() = default;
  // All of the host, stopped and foreign ones too.
  virtual Result<std::vector<model::ContainerSummary>> list(std::stop_token stop) = 0;
  // Errors: `not_found`.
  virtual Result<model::ContainerInfo> inspect(const std::string& id, std::stop_token stop) = 0;
  // Made, not started; returns the id. Volumes of the mounts that are not there are made, without
  // labels. Errors: `conflict` (name taken), `not_found` (image, network), `invalid`.
  virtual Result<std::string> create(const model::ContainerSpec& spec, std::stop_token stop) = 0;
  // One that runs is no error. Errors: `not_found`, `conflict` (its address or a port is taken).
  virtual Result<void> start(const std::string& id, std::stop_token stop) = 0;
  // Its stop signal, then SIGKILL when the grace is over; returns when it has ended. One that does
  // not run, or is gone, is no error.
  virtual Result<void> stop(const std::string& id, model::Seconds grace, std::stop_token stop) = 0;
  // `signal` as "SIGHUP". Errors: `not_found`, `conflict` (it does not run).
  virtual Result<void> kill(const std::string& id, const std::string& signal,
                            std::stop_token stop) = 0;
  // Killed if it runs. Anonymous volumes go with it, named ones stay. One that is gone is no error.
  virtual Result<void> remove(const std::string& id, std::stop_token stop) = 0;
  // Errors: `not_found`, `conflict` (it does not run).
  virtual Result<model::ContainerUse> use(const std::string& id, std::stop_token stop) = 0;
};

// A person's terminal.
class Terminal {
 public:
  virtual ~Terminal() = default;
  // Waits for bytes typed; empty at the end of the input, or when asked to stop.
  virtual std::string read(std::stop_token stop) = 0;
  virtual void write(std::string_view bytes) = 0;
  virtual model::TerminalSize size() = 0;
};

class Sessions {
 public:
  using OnOutput = std::function<void(model::Stream stream, std::string_view bytes)>;

  virtual ~Sessions() = default;
  // Returns at the end of the log or, following, of the container. Pieces are as they come, not
  // lines. Errors: `not_found`.
  virtual Result<void> logs(const std::string& id, const model::LogOptions& options,
                            const OnOutput& on_output, std::stop_token stop) = 0;
  // Runs a command without input and returns its exit code; 126 or 127 for one that cannot be run.
  // When asked to stop, the command is killed. Errors: `not_found`, `conflict` (it does not run).
  virtual Result<int> exec(const std::string& id, const model::ExecSpec& spec,
                           const OnOutput& on_output, std::stop_token stop) = 0;
  // The same on a terminal of its own, whose size follows that of `terminal`.
  virtual Result<int> exec_on_terminal(const std::string& id, const model::ExecSpec& spec,
                                       Terminal& terminal, std::stop_token stop) = 0;
};

class ContainerRuntime {
 public:
  using OnEvent = std::function<void(const model::EngineEvent&)>;

  virtual ~ContainerRuntime() = default;
  virtual Result<model::EngineInfo> info(std::stop_token stop) = 0;
  // Calls back until asked to stop (`cancelled`) or until the engine goes away (`unavailable`).
  // `since`: those that happened after it come first, so that nothing is lost between two calls.
  virtual Result<void> events(std::optional<model::Moment> since, const OnEvent& on_event,
                              std::stop_token stop) = 0;

  virtual Images& images() = 0;
  virtual Networks& networks() = 0;
  virtual Volumes& volumes() = 0;
  virtual Containers& containers() = 0;
  virtual Sessions& sessions() = 0;
};

}  // namespace paas
#pragma GCC visibility pop
