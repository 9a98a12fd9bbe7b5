#include <algorithm>

#include "libpaas/adapters/engine/host.hpp"
#include "libpaas/adapters/engine/parts.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/engine/answer.hpp"

namespace paas::engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds long_patience{300'000};  // a slow disk, a large image

std::string path_to(const std::string& id, std::string_view what) {
  return "/containers/" + escaped(id) + std::string(what);
}

// An engine may quote what it was sent.
Error without_secrets(Error error, const model::ContainerSpec& spec) {
  for (const auto& [name, value] : spec.secret_environment) {
    if (value.empty()) continue;
    for (auto at = error.message.find(value); at != std::string::npos;
         at = error.message.find(value, at)) {
      error.message.replace(at, value.size(), "(sensitive)");
      at += std::string_view("(sensitive)").size();
    }
  }
  return error;
}

class EngineContainers final : public Containers {
 public:
  EngineContainers(const Link& link, Images& images, std::string scratch_dir)
      : link_(link), images_(images), scratch_dir_(std::move(scratch_dir)) {}

  Result<std::vector<model::ContainerSummary>> list(std::stop_token stop) override {
    return parse_containers(TRY(link_.ask({"GET", "/containers/json?all=true"}, std::move(stop))));
  }

  Result<model::ContainerInfo> inspect(const std::string& id, std::stop_token stop) override {
    auto info =
        TRY(parse_container(TRY(link_.ask({"GET", path_to(id, "/json")}, std::move(stop)))));
    look_for_oom_kills(info);
    return info;
  }

  Result<std::string> create(const model::ContainerSpec& spec, std::stop_token stop) override {
    auto made = created(spec, std::move(stop));
    if (made) return made;
    return tl::unexpected(without_secrets(std::move(made).error(), spec)
                              .while_doing("create the container " + excerpt(spec.name, 100)));
  }

  Result<void> start(const std::string& id, std::stop_token stop) override {
    return without_value(
        link_.ask({"POST", path_to(id, "/start")}, std::move(stop), long_patience));
  }

  Result<void> stop(const std::string& id, model::Seconds grace, std::stop_token stop) override {
    const std::string query = "/stop?" + std::string(link_.dialect().grace_parameter) + "=" +
                              std::to_string(grace.count());
    const auto patience = std::chrono::duration_cast<milliseconds>(grace) + long_patience;
    auto answer = link_.ask({"POST", path_to(id, query)}, stop, patience);
    if (answer || answer.error().code != Errc::conflict) return gone_is_fine(std::move(answer));
    // Podman refuses to stop what was never started, and what ended on its own just now.
    const auto info = inspect(id, std::move(stop));
    const bool runs = info && info->pid != 0;
    if (runs) return without_value(std::move(answer));
    return {};
  }

  Result<void> kill(const std::string& id, const std::string& signal,
                    std::stop_token stop) override {
    const int number = TRY(signal_number(signal));
    return without_value(link_.ask({"POST", path_to(id, "/kill?signal=" + std::to_string(number))},
                                   std::move(stop)));
  }

  Result<void> remove(const std::string& id, std::stop_token stop) override {
    // Without a time Podman waits as long as the container's own grace.
    auto answer = link_.ask({"DELETE", path_to(id, "?force=true&v=true&timeout=0")},
                            std::move(stop), long_patience);
    // Somebody else is removing it already.
    if (!answer && answer.error().message.find("already in progress") != std::string::npos) {
      return {};
    }
    return gone_is_fine(std::move(answer));
  }

  Result<model::ContainerUse> use(const std::string& id, std::stop_token stop) override {
    const auto info =
        TRY(parse_container(TRY(link_.ask({"GET", path_to(id, "/json")}, std::move(stop)))));
    if (info.pid == 0) return fail(Errc::conflict, "the container does not run");
    return use_of(info.pid);
  }

 private:
  Result<std::string> created(const model::ContainerSpec& spec, std::stop_token stop) {
    HostFacts host = host_facts();
    const Dialect& dialect = link_.dialect();
    if (dialect.needs_resolv_conf && !spec.network.empty() && !spec.dns_servers.empty()) {
      host.resolv_conf = TRY(kept_file(scratch_dir_, "resolv", resolv_conf_text(spec.dns_servers)));
    }
    const auto& command = spec.container.command;
    if (!spec.container.entrypoint && command && command->empty()) {
      host.image_entrypoint = TRY(images_.find(spec.image_id, stop)).entrypoint;
    }
    const Call call = TRY(dialect.create(spec, host));
    return parse_id(TRY(link_.ask(call, std::move(stop), long_patience)));
  }

  // Docker says it of the first process alone, Podman 4.3 of none.
  static void look_for_oom_kills(model::ContainerInfo& info) {
    constexpr int killed = 128 + 9;
    if (info.out_of_memory) return;
    if (info.pid != 0) {
      info.out_of_memory = oom_kills_of(info.pid) > 0;
    } else if (info.exit_code == killed) {
      info.out_of_memory = kernel_tells_of_oom_kill(info.id, info.started);
    }
  }

  const Link& link_;
  Images& images_;
  const std::string scratch_dir_;
};

}  // namespace

std::unique_ptr<Containers> make_containers(const Link& link, Images& images,
                                            const std::string& scratch_dir) {
  return std::make_unique<EngineContainers>(link, images, scratch_dir);
}

}  // namespace paas::engine
