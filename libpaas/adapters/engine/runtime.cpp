#include "libpaas/adapters/engine/runtime.hpp"

#include "libpaas/adapters/engine/parts.hpp"
#include "libpaas/engine/answer.hpp"
#include "libpaas/engine/stream.hpp"

namespace paas::engine {
namespace {

// Commands run in containers are events too, with their words; nobody wants to read those.
const Json& wanted_events() {
  static const Json filters = Json::Object{
      {"type", Json::Array{"container"}},
      {"event", Json::Array{"create", "start", "die", "died", "oom", "destroy", "remove"}}};
  return filters;
}

class HttpRuntime final : public ContainerRuntime {
 public:
  explicit HttpRuntime(RuntimeParts parts)
      : http_(std::move(parts.http)),
        link_(*http_, *parts.dialect, parts.prefix, parts.socket),
        images_(make_images(link_)),
        networks_(make_networks(link_)),
        volumes_(make_volumes(link_)),
        containers_(make_containers(link_, *images_, parts.scratch_dir)),
        sessions_(make_sessions(link_, *containers_)) {}

  Result<model::EngineInfo> info(std::stop_token stop) override {
    return link_.dialect().info(TRY(link_.ask({"GET", "/info"}, std::move(stop))));
  }

  Result<void> events(std::optional<model::Moment> since, const OnEvent& on_event,
                      std::stop_token stop) override {
    Call call{"GET", "/events?stream=true&filters=" + escaped(print_json(wanted_events()))};
    if (since) call.path += "&since=" + unix_text(*since);
    JsonLines lines([&](const Json& line) {
      if (const auto event = parse_event(line)) on_event(*event);
    });
    std::optional<Error> broken;
    TRY(link_.stream(
        call,
        [&](std::string_view piece) {
          if (auto fine = lines.take(piece); !fine) broken = std::move(fine).error();
          return !broken;
        },
        std::move(stop)));
    if (broken) return tl::unexpected(std::move(*broken));
    return fail(Errc::unavailable, "the engine ended its stream of events");
  }

  Images& images() override { return *images_; }
  Networks& networks() override { return *networks_; }
  Volumes& volumes() override { return *volumes_; }
  Containers& containers() override { return *containers_; }
  Sessions& sessions() override { return *sessions_; }

 private:
  const std::unique_ptr<Http> http_;
  const Link link_;
  const std::unique_ptr<Images> images_;
  const std::unique_ptr<Networks> networks_;
  const std::unique_ptr<Volumes> volumes_;
  const std::unique_ptr<Containers> containers_;
  const std::unique_ptr<Sessions> sessions_;
};

}  // namespace

std::unique_ptr<ContainerRuntime> make_runtime(RuntimeParts parts) {
  return std::make_unique<HttpRuntime>(std::move(parts));
}

}  // namespace paas::engine
