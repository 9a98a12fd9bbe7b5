#include "tests/fakes/fake_runtime.hpp"

#include <algorithm>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/engine/create.hpp"

namespace paas::fakes {
namespace {

using model::ContainerStatus;
using model::EventKind;

constexpr int unknown_command = 127;

bool is_running(const FakeRuntime::Container& container) {
  return container.info.status == ContainerStatus::running;
}

void add(const model::Texts& more, model::Texts& all) {
  for (const std::string& one : more) {
    if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
  }
}

// What little the fake knows of programs; none: it goes on.
std::optional<int> run(const model::Texts& words, const Sessions::OnOutput& on_output) {
  if (words.empty()) return unknown_command;
  const std::string program = words[0].substr(words[0].rfind('/') + 1);
  if (program == "true") return 0;
  if (program == "false") return 1;
  if (program == "echo") {
    on_output(model::Stream::out, join({words.begin() + 1, words.end()}, " ") + "\n");
    return 0;
  }
  if (program == "sh" && words.size() == 3 && words[1] == "-c") {
    std::optional<int> code = 0;
    for (const std::string_view part : split(words[2], ';')) {
      const std::string_view one = trim(part);
      if (one.starts_with("exit ")) return parse_integer<int>(one.substr(5));
      const bool to_err = one.ends_with(" >&2");
      const auto inner = paas::words(one.substr(0, to_err ? one.size() - 4 : one.size()));
      code = run({inner.begin(), inner.end()}, [&](model::Stream, std::string_view bytes) {
        on_output(to_err ? model::Stream::err : model::Stream::out, bytes);
      });
      if (!code) return code;
    }
    return code;
  }
  if (program == "sleep" || program == "cat" || program == "httpd") return {};
  return unknown_command;
}

}  // namespace

// The five parts, each of which is only a name for calls on the whole.
struct FakeRuntime::Parts {
  explicit Parts(FakeRuntime& all)
      : images(all), networks(all), volumes(all), containers(all), sessions(all) {}

  struct Images final : paas::Images {
    explicit Images(FakeRuntime& all) : a(all) {}
    FakeRuntime& a;

    Result<std::vector<model::ImageInfo>> list(std::stop_token stop) override {
      using List = std::vector<model::ImageInfo>;
      return a.act<List>("images.list", false, stop, [&]() -> Result<List> {
        List all;
        for (const auto& [id, image] : a.image_store) all.push_back(image.info);
        return all;
      });
    }
    Result<model::ImageInfo> find(const std::string& reference, std::stop_token stop) override {
      return a.act<model::ImageInfo>("images.find " + reference, false, stop,
                                     [&]() -> Result<model::ImageInfo> {
                                       if (auto* image = a.find_image(reference))
                                         return image->info;
                                       return fail(Errc::not_found, "no such image");
                                     });
    }
    Result<model::ImageInfo> pull(const model::PullSpec& spec, const OnProgress& on_progress,
                                  std::stop_token stop) override {
      return a.act<model::ImageInfo>(
          "images.pull " + spec.reference, true, stop, [&]() -> Result<model::ImageInfo> {
            const auto found = a.registry.find(engine::full_reference(spec.reference));
            if (found == a.registry.end()) return fail(Errc::not_found, "manifest unknown");
            const Remote& remote = found->second;
            if (remote.credentials && remote.credentials != spec.credentials) {
              return fail(Errc::denied, "unauthorized: authentication required");
            }
            const std::string& platform = remote.image.info.platform;
            if (!spec.platform.empty() && spec.platform != platform) {
              return fail(Errc::not_found, "the image is for " + platform);
            }
            if (on_progress) {
              on_progress({"a2d727322094", "Downloading", remote.image.info.bytes,
                           remote.image.info.bytes});
            }
            auto& here = a.image_store[remote.image.info.id];
            if (here.info.id.empty()) {
              here = remote.image;
            } else {
              add(remote.image.info.names, here.info.names);
              add(remote.image.info.digests, here.info.digests);
            }
            return here.info;
          });
    }
    Result<model::ImageInfo> load(const std::string& path, std::stop_token stop) override {
      return a.act<model::ImageInfo>("images.load " + path, true, stop,
                                     [&]() -> Result<model::ImageInfo> {
                                       const auto found = a.archives.find(path);
                                       if (found == a.archives.end()) {
                                         return fail(Errc::not_found, "unable to open the file");
                                       }
                                       const Image& image = found->second;
                                       a.image_store.emplace(image.info.id, image);
                                       return a.image_store.at(image.info.id).info;
                                     });
    }
    Result<void> remove(const std::string& id, std::stop_token stop) override {
      return a.act<void>("images.remove " + id, true, stop, [&]() -> Result<void> {
        const Image* image = a.find_image(id);
        if (image == nullptr) return {};
        for (const auto& [other, container] : a.container_store) {
          if (container.info.image_id == image->info.id) {
            return fail(Errc::conflict, container.info.name + " is made from the image");
          }
        }
        a.image_store.erase(std::string(image->info.id));
        return {};
      });
    }
    Result<std::uint64_t> disk_use(std::stop_token stop) override {
      return a.act<std::uint64_t>("images.disk_use", false, stop, [&]() -> Result<std::uint64_t> {
        std::uint64_t sum = 0;
        for (const auto& [id, image] : a.image_store) sum += image.info.bytes;
        return sum;
      });
    }
  };

  struct Networks final : paas::Networks {
    explicit Networks(FakeRuntime& all) : a(all) {}
    FakeRuntime& a;

    Result<std::vector<model::NetworkInfo>> list(std::stop_token stop) override {
      using List = std::vector<model::NetworkInfo>;
      return a.act<List>("networks.list", false, stop, [&]() -> Result<List> {
        List all;
        for (const auto& [name, network] : a.bridges) all.push_back(network);
        return all;
      });
    }
    Result<model::NetworkInfo> create(const model::NetworkSpec& spec,
                                      std::stop_token stop) override {
      return a.act<model::NetworkInfo>(
          "networks.create " + spec.name, true, stop, [&]() -> Result<model::NetworkInfo> {
            for (const auto& [name, network] : a.bridges) {
              if (name == spec.name || network.spec.subnet == spec.subnet) {
                return fail(Errc::conflict, "network or subnet already used");
              }
            }
            return a.bridges.emplace(spec.name, model::NetworkInfo{a.fresh_id(), spec, false})
                .first->second;
          });
    }
    Result<void> remove(const std::string& name, std::stop_token stop) override {
      return a.act<void>("networks.remove " + name, true, stop, [&]() -> Result<void> {
        for (const auto& [id, container] : a.container_store) {
          if (container.spec.network == name && is_running(container)) {
            return fail(Errc::conflict, container.info.name + " is in the network");
          }
        }
        a.bridges.erase(name);
        return {};
      });
    }
  };

  struct Volumes final : paas::Volumes {
    explicit Volumes(FakeRuntime& all) : a(all) {}
    FakeRuntime& a;

    Result<std::vector<model::VolumeInfo>> list(std::stop_token stop) override {
      using List = std::vector<model::VolumeInfo>;
      return a.act<List>("volumes.list", false, stop, [&]() -> Result<List> {
        List all;
        for (const auto& [name, volume] : a.volume_store) all.push_back(volume);
        return all;
      });
    }
    Result<model::VolumeInfo> create(const std::string& name, const model::TextMap& labels,
                                     std::stop_token stop) override {
      return a.act<model::VolumeInfo>(
          "volumes.create " + name, true, stop, [&]() -> Result<model::VolumeInfo> {
            const auto made =
                a.volume_store.emplace(name, model::VolumeInfo{name, labels, "/volumes/" + name});
            if (!made.second) return fail(Errc::conflict, "the volume is there already");
            return made.first->second;
          });
    }
    Result<void> remove(const std::string& name, std::stop_token stop) override {
      return a.act<void>("volumes.remove " + name, true, stop, [&]() -> Result<void> {
        for (const auto& [id, container] : a.container_store) {
          for (const auto& mount : container.spec.container.mounts) {
            if (mount.kind == model::MountKind::volume && mount.source == name) {
              return fail(Errc::conflict, container.info.name + " uses the volume");
            }
          }
        }
        a.volume_store.erase(name);
        return {};
      });
    }
  };

  struct Containers final : paas::Containers {
    explicit Containers(FakeRuntime& all) : a(all) {}
    FakeRuntime& a;

    Result<std::vector<model::ContainerSummary>> list(std::stop_token stop) override {
      using List = std::vector<model::ContainerSummary>;
      return a.act<List>("containers.list", false, stop, [&]() -> Result<List> {
        List all;
        for (const auto& [id, one] : a.container_store) {
          all.push_back({id, one.info.name, one.info.image_id, one.info.labels, one.info.status});
        }
        std::sort(all.begin(), all.end(),
                  [](const auto& x, const auto& y) { return x.name < y.name; });
        return all;
      });
    }
    Result<model::ContainerInfo> inspect(const std::string& id, std::stop_token stop) override {
      return a.act<model::ContainerInfo>(
          "containers.inspect " + id, false, stop,
          [&]() -> Result<model::ContainerInfo> { return TRY(a.container(id))->info; });
    }
    Result<std::string> create(const model::ContainerSpec& spec, std::stop_token stop) override {
      return a.act<std::string>("containers.create " + spec.name, true, stop,
                                [&]() -> Result<std::string> { return a.parts_->made(a, spec); });
    }
    Result<void> start(const std::string& id, std::stop_token stop) override {
      return a.act<void>("containers.start " + a.parts_->name_of(a, id), true, stop,
                         [&]() -> Result<void> { return a.start_now(*TRY(a.container(id))); });
    }
    Result<void> stop(const std::string& id, model::Seconds, std::stop_token stop) override {
      return a.act<void>("containers.stop " + a.parts_->name_of(a, id), true, stop,
                         [&]() -> Result<void> {
                           Container* one = a.find_container(id);
                           if (one != nullptr && is_running(*one)) a.end_now(*one, 128 + 15, false);
                           return {};
                         });
    }
    Result<void> kill(const std::string& id, const std::string& signal,
                      std::stop_token stop) override {
      return a.act<void>("containers.kill " + a.parts_->name_of(a, id), true, stop,
                         [&]() -> Result<void> {
                           const int number = TRY(engine::signal_number(signal));
                           Container* one = TRY(a.container(id));
                           if (!is_running(*one)) return fail(Errc::conflict, "it does not run");
                           a.end_now(*one, 128 + number, false);
                           return {};
                         });
    }
    Result<void> remove(const std::string& id, std::stop_token stop) override {
      return a.act<void>("containers.remove " + a.parts_->name_of(a, id), true, stop,
                         [&]() -> Result<void> {
                           Container* one = a.find_container(id);
                           if (one == nullptr) return {};
                           if (is_running(*one)) a.end_now(*one, 128 + 9, false);
                           a.happened(*one, EventKind::removed);
                           a.container_store.erase(std::string(one->info.id));
                           return {};
                         });
    }
    Result<model::ContainerUse> use(const std::string& id, std::stop_token stop) override {
      return a.act<model::ContainerUse>(
          "containers.use " + id, false, stop, [&]() -> Result<model::ContainerUse> {
            if (!is_running(*TRY(a.container(id)))) {
              return fail(Errc::conflict, "the container does not run");
            }
            model::ContainerUse use;
            use.cpu_ns = 1'000'000;
            use.memory_bytes = std::uint64_t{1} << 20;
            use.pids = 1;
            return use;
          });
    }
  };

  struct Sessions final : paas::Sessions {
    explicit Sessions(FakeRuntime& all) : a(all) {}
    FakeRuntime& a;

    Result<void> logs(const std::string& id, const model::LogOptions& options,
                      const OnOutput& on_output, std::stop_token stop) override {
      TRY(a.act<void>("sessions.logs " + id, false, stop, [&]() -> Result<void> {
        TRY(a.container(id));
        return {};
      }));
      std::unique_lock lock(a.mutex_);
      std::size_t told = 0;
      if (const Container* one = a.find_container(id); one != nullptr && options.tail) {
        const auto wanted = static_cast<std::size_t>(std::max(*options.tail, 0));
        told = one->log.size() - std::min(one->log.size(), wanted);
      }
      while (true) {
        const Container* one = a.find_container(id);
        if (one == nullptr) return {};
        for (; told < one->log.size(); ++told)
          on_output(one->log[told].first, one->log[told].second);
        if (!options.follow || !is_running(*one)) return {};
        a.changed_.wait(lock, stop, [&] {
          const Container* still = a.find_container(id);
          return still == nullptr || still->log.size() > told || !is_running(*still);
        });
        if (stop.stop_requested()) return fail(Errc::cancelled, "stopped");
      }
    }
    Result<int> exec(const std::string& id, const model::ExecSpec& spec, const OnOutput& on_output,
                     std::stop_token stop) override {
      auto code = a.act<int>("sessions.exec " + a.parts_->name_of(a, id) + " " +
                                 (spec.command.empty() ? "" : spec.command.front()),
                             true, stop, [&]() -> Result<int> {
                               Container* one = TRY(a.container(id));
                               if (spec.command.empty()) return fail(Errc::invalid, "no command");
                               if (!is_running(*one))
                                 return fail(Errc::conflict, "it does not run");
                               if (a.on_exec) return a.on_exec(*one, spec, on_output);
                               return run(spec.command, on_output).value_or(-1);
                             });
      if (!code || *code != -1) return code;
      std::unique_lock lock(a.mutex_);  // it goes on: until the container ends, or we are stopped
      a.changed_.wait(lock, stop, [&] {
        const Container* one = a.find_container(id);
        return one == nullptr || !is_running(*one);
      });
      if (stop.stop_requested()) return fail(Errc::cancelled, "stopped");
      return 128 + 9;
    }
    Result<int> exec_on_terminal(const std::string& id, const model::ExecSpec& spec,
                                 Terminal& terminal, std::stop_token stop) override {
      return exec(
          id, spec, [&](model::Stream, std::string_view bytes) { terminal.write(bytes); }, stop);
    }
  };

  std::string name_of(FakeRuntime& a, const std::string& id) const {
    const std::lock_guard lock(a.mutex_);
    const Container* one = a.find_container(id);
    return one == nullptr ? id : one->info.name;
  }

  Result<std::string> made(FakeRuntime& a, const model::ContainerSpec& spec) const {
    TRY(engine::checked(spec));
    TRY(engine::signal_number(spec.container.stop_signal));
    if (a.find_container(spec.name) != nullptr) {
      return fail(Errc::conflict, "the name " + spec.name + " is already in use");
    }
    const Image* image = a.find_image(spec.image_id);
    if (image == nullptr) return fail(Errc::not_found, "no such image");
    if (!spec.network.empty() && !a.bridges.contains(spec.network)) {
      return fail(Errc::not_found, "no such network");
    }
    Container one;
    one.spec = spec;
    model::ContainerInfo& info = one.info;
    info.id = a.fresh_id();
    info.name = spec.name;
    info.image_id = image->info.id;
    info.labels = image->labels;
    for (const auto* labels : {&spec.container.labels, &spec.labels}) {
      for (const auto& [key, value] : *labels) info.labels.insert_or_assign(key, value);
    }
    info.created = a.now;
    info.network = spec.network;
    info.limits = spec.container.limits;
    info.limits.log_mib = 0;
    for (const model::Mount& mount : spec.container.mounts) {
      if (mount.kind == model::MountKind::tmpfs) continue;
      info.mounts.push_back(mount);
      if (mount.kind == model::MountKind::volume) {
        a.volume_store.try_emplace(mount.source,
                                   model::VolumeInfo{mount.source, {}, "/volumes/" + mount.source});
      }
    }
    for (const auto& [target, source] : spec.secret_files) {
      info.mounts.push_back(model::Mount{
          .kind = model::MountKind::bind, .source = source, .target = target, .read_only = true});
    }
    std::sort(info.mounts.begin(), info.mounts.end(),
              [](const auto& x, const auto& y) { return x.target < y.target; });
    a.happened(one, EventKind::created);
    std::string id = info.id;
    a.container_store.emplace(id, std::move(one));
    return id;
  }

  Images images;
  Networks networks;
  Volumes volumes;
  Containers containers;
  Sessions sessions;
};

FakeRuntime::FakeRuntime() : parts_(std::make_unique<Parts>(*this)) {}
FakeRuntime::~FakeRuntime() = default;

paas::Images& FakeRuntime::images() {
  return parts_->images;
}
paas::Networks& FakeRuntime::networks() {
  return parts_->networks;
}
paas::Volumes& FakeRuntime::volumes() {
  return parts_->volumes;
}
paas::Containers& FakeRuntime::containers() {
  return parts_->containers;
}
paas::Sessions& FakeRuntime::sessions() {
  return parts_->sessions;
}

template <class T>
Result<T> FakeRuntime::act(const std::string& line, bool changes, std::stop_token stop,
                           const std::function<Result<T>()>& effect) {
  const std::lock_guard lock(mutex_);
  if (stop.stop_requested()) return fail(Errc::cancelled, "stopped");
  record_.emplace_back(line, changes);
  now += std::chrono::milliseconds{1};
  std::optional<Fault> fault;
  if (fault_ && --fault_->at == 0) fault = std::exchange(fault_, {});
  if (fault && fault->effect == Effect::none) return tl::unexpected(fault->error);
  if (before) {
    if (auto error = before(line)) return tl::unexpected(*error);
  }
  auto result = effect();
  changed_.notify_all();
  if (fault) return tl::unexpected(fault->error);
  return result;
}

Result<model::EngineInfo> FakeRuntime::info(std::stop_token stop) {
  return act<model::EngineInfo>("info", false, std::move(stop), []() -> Result<model::EngineInfo> {
    return model::EngineInfo{"fake", "1.0", "linux/amd64", "/storage"};
  });
}

Result<void> FakeRuntime::events(std::optional<model::Moment> since, const OnEvent& on_event,
                                 std::stop_token stop) {
  std::unique_lock lock(mutex_);
  std::size_t told = since ? 0 : events_.size();
  while (!stop.stop_requested()) {
    while (told < events_.size()) {
      const model::EngineEvent event = events_[told++];
      if (since && event.at < *since) continue;
      lock.unlock();
      on_event(event);
      lock.lock();
    }
    changed_.wait(lock, stop, [&] { return told < events_.size(); });
  }
  return fail(Errc::cancelled, "stopped");
}

std::vector<std::string> FakeRuntime::record() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (const auto& [line, changes] : record_) lines.push_back(line);
  return lines;
}

std::vector<std::string> FakeRuntime::changes() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> lines;
  for (const auto& [line, changes] : record_) {
    if (changes) lines.push_back(line);
  }
  return lines;
}

std::size_t FakeRuntime::calls() const {
  const std::lock_guard lock(mutex_);
  return record_.size();
}

void FakeRuntime::fail_at(std::size_t n, Error error, Effect effect) {
  const std::lock_guard lock(mutex_);
  fault_ = Fault{n, std::move(error), effect};
}

void FakeRuntime::end(const std::string& name, int exit_code, bool out_of_memory) {
  const std::lock_guard lock(mutex_);
  if (Container* one = find_container(name)) end_now(*one, exit_code, out_of_memory);
}

void FakeRuntime::say(const std::string& name, model::Stream stream, const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (Container* one = find_container(name)) one->log.emplace_back(stream, text);
  changed_.notify_all();
}

void FakeRuntime::reboot() {
  const std::lock_guard lock(mutex_);
  for (auto& [id, one] : container_store) {
    if (is_running(one)) end_now(one, 128 + 9, false);
  }
  events_.clear();
}

FakeRuntime::Container* FakeRuntime::find_container(const std::string& id_or_name) {
  for (auto& [id, one] : container_store) {
    if (id == id_or_name || one.info.name == id_or_name) return &one;
  }
  return nullptr;
}

Result<FakeRuntime::Container*> FakeRuntime::container(const std::string& id_or_name) {
  if (Container* one = find_container(id_or_name)) return one;
  return fail(Errc::not_found, "no such container");
}

FakeRuntime::Image* FakeRuntime::find_image(const std::string& reference) {
  const std::string full = engine::full_reference(reference);
  for (auto& [id, image] : image_store) {
    const auto has = [&](const model::Texts& names) {
      return std::find(names.begin(), names.end(), full) != names.end();
    };
    if (id == reference || has(image.info.names) || has(image.info.digests)) return &image;
  }
  return nullptr;
}

void FakeRuntime::happened(const Container& container, EventKind kind) {
  model::EngineEvent event{container.info.id, kind, now, {}};
  if (kind == EventKind::died) event.exit_code = container.info.exit_code;
  events_.push_back(std::move(event));
  changed_.notify_all();
}

void FakeRuntime::end_now(Container& container, int exit_code, bool out_of_memory) {
  model::ContainerInfo& info = container.info;
  info.status = ContainerStatus::exited;
  info.pid = 0;
  info.exit_code = exit_code;
  info.out_of_memory = info.out_of_memory || out_of_memory;
  info.finished = now;
  info.address.clear();
  info.mac.clear();
  if (out_of_memory) happened(container, EventKind::out_of_memory);
  happened(container, EventKind::died);
}

Result<void> FakeRuntime::start_now(Container& container) {
  if (is_running(container)) return {};
  const model::ContainerSpec& spec = container.spec;
  for (const auto& [id, other] : container_store) {
    if (is_running(other) && other.spec.network == spec.network && !spec.address.empty() &&
        other.spec.address == spec.address) {
      return fail(Errc::conflict, "the address " + spec.address + " is already in use");
    }
  }
  model::ContainerInfo& info = container.info;
  info.status = ContainerStatus::running;
  info.pid = 1000 + ids_;
  info.exit_code.reset();
  info.out_of_memory = false;
  info.started = now;
  info.address = spec.address;
  info.mac = TRY(engine::mac_of(spec));
  happened(container, EventKind::started);

  const Image* image = find_image(info.image_id);
  const bool own_entrypoint = spec.container.entrypoint.has_value();
  model::Texts words = spec.container.entrypoint.value_or(image->info.entrypoint);
  const model::Texts& arguments =
      spec.container.command ? *spec.container.command : image->info.command;
  if (spec.container.command || !own_entrypoint) {
    words.insert(words.end(), arguments.begin(), arguments.end());
  }
  const auto code = run(words, [&](model::Stream stream, std::string_view bytes) {
    container.log.emplace_back(stream, std::string(bytes));
  });
  if (code) end_now(container, *code, false);
  return {};
}

std::string FakeRuntime::fresh_id() {
  return hex(sha256("container " + std::to_string(++ids_)));
}

}  // namespace paas::fakes
