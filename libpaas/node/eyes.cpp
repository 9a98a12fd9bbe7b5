#include "libpaas/node/eyes.hpp"

#include <utility>

namespace paas::node {
namespace {

// No event tells of everything that a hand can change.
constexpr std::chrono::minutes trust_of_details{5};

}  // namespace

void Eyes::doubt(const std::string& id) {
  const std::lock_guard lock(mutex_);
  doubts_.insert(id);
}

Result<reconcile::Observed> Eyes::look(std::stop_token stop) {
  if (clock_.steady() >= forget_at_) {
    known_.clear();
    forget_at_ = clock_.steady() + trust_of_details;
  }
  reconcile::Observed out;
  out.networks = TRY(engine_.networks().list(stop));
  for (const model::ImageInfo& image : TRY(engine_.images().list(stop))) {
    out.images.emplace(image.id, image.id);
    for (const std::string& name : image.names) out.images.insert_or_assign(name, image.id);
    for (const std::string& digest : image.digests) out.images.insert_or_assign(digest, image.id);
  }
  TRY(look_at_containers(out, stop));
  return out;
}

Result<void> Eyes::look_at_containers(reconcile::Observed& out, std::stop_token stop) {
  std::set<std::string> doubts;
  {
    const std::lock_guard lock(mutex_);
    doubts.swap(doubts_);
  }
  std::map<std::string, Known> now;
  for (model::ContainerSummary& summary : TRY(engine_.containers().list(stop))) {
    const std::string id = summary.id;
    const auto before = known_.find(id);
    if (before != known_.end() && before->second.summary == summary && !doubts.contains(id)) {
      now.insert(known_.extract(before));
      continue;
    }
    auto info = engine_.containers().inspect(id, stop);
    if (!info && info.error().code == Errc::not_found) continue;  // it went meanwhile
    if (!info) return tl::unexpected(std::move(info).error());
    now.insert_or_assign(id, Known{std::move(summary), *std::move(info)});
  }
  known_ = std::move(now);
  for (const auto& [id, known] : known_) out.containers.push_back(known.info);
  return {};
}

Result<LookedAt> Eyes::look_at(const std::vector<std::string>& names, std::stop_token stop) {
  LookedAt out;
  for (const std::string& name : names) {
    auto info = engine_.containers().inspect(name, stop);
    if (!info && info.error().code != Errc::not_found) return tl::unexpected(info.error());
    if (!info) {
      out.containers.emplace(name, std::nullopt);
      continue;
    }
    doubt(info->id);  // its summary is not known
    out.containers.emplace(name, *std::move(info));
  }
  return out;
}

}  // namespace paas::node
