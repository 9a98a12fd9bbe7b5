#pragma once
// FakeRuntime: a container engine in memory, behind the ContainerRuntime port.
//
// It keeps images, networks, volumes and containers, and behaves as both engines were seen to
// behave: an address is taken when a container starts, not when it is made; a stopped container has
// no address; labels of the image show as the container's; an image in use stays. Programs do not
// run: `echo` says its words and ends, `true`, `false` and `exit N` end, all else goes on until it
// is stopped or the test ends it. Every call is recorded, and the n-th fails on demand.

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libpaas/ports/container_runtime.hpp"

namespace paas::fakes {

// Thread-safe, but for what the members below change without a call.
class FakeRuntime final : public ContainerRuntime {
 public:
  struct Container {
    model::ContainerSpec spec{};
    model::ContainerInfo info{};
    std::vector<std::pair<model::Stream, std::string>> log{};
  };
  struct Image {
    model::ImageInfo info{};
    model::TextMap labels{};
  };
  struct Remote {
    Image image{};
    std::optional<model::Credentials> credentials{};
  };

  FakeRuntime();
  ~FakeRuntime() override;

  Result<model::EngineInfo> info(std::stop_token stop) override;
  Result<void> events(std::optional<model::Moment> since, const OnEvent& on_event,
                      std::stop_token stop) override;
  paas::Images& images() override;
  paas::Networks& networks() override;
  paas::Volumes& volumes() override;
  paas::Containers& containers() override;
  paas::Sessions& sessions() override;

  // --- what happened ---

  // One line for each call: "containers.create web.1", "images.list".
  std::vector<std::string> record() const;
  // Those of them that change something.
  std::vector<std::string> changes() const;
  std::size_t calls() const;

  // --- faults ---

  enum class Effect { none, full };
  // The n-th call from now on (the first is 1) fails with this error, before or after it had its
  // effect.
  void fail_at(std::size_t n, Error error, Effect effect);
  // Called with the line of every call before it acts; an error is the answer instead.
  std::function<std::optional<Error>(const std::string& line)> before;

  // --- the host ---

  std::map<std::string, Image> image_store;           // by id
  std::map<std::string, Image> archives;              // by path
  std::map<std::string, Remote> registry;             // by full reference
  std::map<std::string, model::NetworkInfo> bridges;  // by name
  std::map<std::string, model::VolumeInfo> volume_store;
  std::map<std::string, Container> container_store;        // by id
  model::Moment now{std::chrono::seconds{1'800'000'000}};  // a millisecond later at each call

  // What a command in a container says, and its exit code.
  std::function<int(const Container&, const model::ExecSpec&, const Sessions::OnOutput&)> on_exec;

  // The container's first process ends so.
  void end(const std::string& name, int exit_code, bool out_of_memory = false);
  // Writes to its log.
  void say(const std::string& name, model::Stream stream, const std::string& text);
  // What a boot leaves: nothing runs.
  void reboot();

 private:
  struct Parts;
  friend struct Parts;
  struct Fault {
    std::size_t at;
    Error error;
    Effect effect;
  };

  // Wraps what a call does: records it, lets time pass, and fails where it was told to.
  template <class T>
  Result<T> act(const std::string& line, bool changes, std::stop_token stop,
                const std::function<Result<T>()>& effect);
  Container* find_container(const std::string& id_or_name);
  Result<Container*> container(const std::string& id_or_name);
  Image* find_image(const std::string& reference);
  void happened(const Container& container, model::EventKind kind);
  void end_now(Container& container, int exit_code, bool out_of_memory);
  Result<void> start_now(Container& container);
  std::string fresh_id();

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::pair<std::string, bool>> record_;
  std::optional<Fault> fault_;
  std::vector<model::EngineEvent> events_;
  int ids_ = 0;
  std::unique_ptr<Parts> parts_;
};

}  // namespace paas::fakes
