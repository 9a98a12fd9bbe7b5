#include <algorithm>

#include "libpaas/adapters/engine/parts.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/engine/answer.hpp"

namespace paas::engine {
namespace {

class EngineNetworks final : public Networks {
 public:
  explicit EngineNetworks(const Link& link) : link_(link) {}

  Result<std::vector<model::NetworkInfo>> list(std::stop_token stop) override {
    const Call call{"GET", std::string(link_.dialect().networks)};
    return link_.dialect().parse_networks(TRY(link_.ask(call, std::move(stop))));
  }

  Result<model::NetworkInfo> create(const model::NetworkSpec& spec, std::stop_token stop) override {
    const Call call{"POST", "/networks/create", link_.dialect().network(spec)};
    if (auto made = without_value(link_.ask(call, stop)); !made) {
      return fail_while("create the network " + excerpt(spec.name, 100), std::move(made));
    }
    for (auto& network : TRY(list(std::move(stop)))) {
      if (network.spec.name == spec.name) return std::move(network);
    }
    return fail(Errc::internal, "the network is not there that the engine has just made");
  }

  Result<void> remove(const std::string& name, std::stop_token stop) override {
    return gone_is_fine(link_.ask({"DELETE", "/networks/" + escaped(name)}, std::move(stop)));
  }

 private:
  const Link& link_;
};

class EngineVolumes final : public Volumes {
 public:
  explicit EngineVolumes(const Link& link) : link_(link) {}

  Result<std::vector<model::VolumeInfo>> list(std::stop_token stop) override {
    const Call call{"GET", std::string(link_.dialect().volumes)};
    return parse_volumes(TRY(link_.ask(call, std::move(stop))));
  }

  // Docker hands out a volume that is there already as if it had made it, labels and all.
  Result<model::VolumeInfo> create(const std::string& name, const model::TextMap& labels,
                                   std::stop_token stop) override {
    const auto all = TRY(list(stop));
    if (std::any_of(all.begin(), all.end(), [&](const auto& v) { return v.name == name; })) {
      return fail(Errc::conflict, "the volume " + excerpt(name, 100) + " is there already");
    }
    const Call call{"POST", "/volumes/create", link_.dialect().volume(name, labels)};
    auto answer = link_.ask(call, std::move(stop));
    if (!answer) return fail_while("create the volume " + excerpt(name, 100), std::move(answer));
    return parse_volume(*answer);
  }

  Result<void> remove(const std::string& name, std::stop_token stop) override {
    return gone_is_fine(link_.ask({"DELETE", "/volumes/" + escaped(name)}, std::move(stop)));
  }

 private:
  const Link& link_;
};

}  // namespace

std::unique_ptr<Networks> make_networks(const Link& link) {
  return std::make_unique<EngineNetworks>(link);
}
std::unique_ptr<Volumes> make_volumes(const Link& link) {
  return std::make_unique<EngineVolumes>(link);
}

}  // namespace paas::engine
