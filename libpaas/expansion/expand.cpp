#include "libpaas/expansion/expand.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/net.hpp"
#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/expansion/keys.hpp"
#include "libpaas/expansion/names.hpp"

namespace paas::expansion {
namespace {

// What every container of ours has in common.
model::ExpectedContainer placed(std::string name, model::AllocationId allocation,
                                const std::string& hash, const Release& release,
                                const NodeSettings& settings, const std::string& address) {
  model::ExpectedContainer out;
  out.name = std::move(name);
  out.allocation = std::move(allocation);
  out.release = hash;
  out.image_id = release.image_id;
  out.container = release.container;
  for (model::Mount& mount : out.container.mounts) {
    if (mount.kind == model::MountKind::volume) mount.source = volume_name(out.allocation, mount);
  }
  out.network = settings.network;
  out.address = address;
  out.dns_servers = {gateway_of(settings).value()};
  return out;
}

model::NetworkSpec network_of(const NodeSettings& settings) {
  const Cidr4 subnet = parse_cidr4(settings.subnet).value();
  return {.name = settings.network,
          .bridge = settings.bridge,
          .subnet = to_text(Cidr4{subnet.network(), subnet.prefix}),
          .gateway = gateway_of(settings).value(),
          .mtu = settings.mtu};
}

void add_images(const std::string& key, const Release& release, std::vector<WantedImage>& out) {
  const model::Container& one = release.container;
  const auto same = std::find_if(out.begin(), out.end(), [&](const WantedImage& image) {
    return image.reference == one.image && image.platform == one.platform &&
           image.pull == one.pull && image.image_id == release.image_id;
  });
  if (same == out.end()) {
    out.push_back({one.image, one.platform, one.pull, release.image_id, {key}});
  } else if (same->of.back() != key) {
    same->of.push_back(key);
  }
}

}  // namespace

std::string release_of(const model::Container& container) {
  return hex(sha256(print_json(blueprint::to_json(container))));
}

std::string volume_name(const model::AllocationId& allocation, const model::Mount& mount) {
  if (mount.shared) return allocation.project + "." + mount.source;
  return allocation.project + "." + allocation.app + "." + std::to_string(allocation.ordinal) +
         "." + mount.source;
}

model::ExpectedState expand(const Ledger& ledger, const model::Blueprint& blueprint,
                            const NodeSettings& settings, const rollout::Facts& facts) {
  model::ExpectedState out;
  out.generation = ledger.generation;
  out.networks = {network_of(settings)};
  for (const auto& [key, record] : ledger.apps) {
    const rollout::Wanted wanted = wanted_app(key);
    for (const rollout::Part& part : rollout::parts_of(record.rollout)) {
      const auto release = record.releases.find(part.member.release);
      if (!part.container || release == record.releases.end()) continue;
      out.containers.push_back(placed(rollout::name_of(wanted, part.ordinal, part.member),
                                      {wanted.project, wanted.app, part.ordinal}, release->first,
                                      release->second, settings, part.member.address));
    }
  }
  std::sort(out.containers.begin(), out.containers.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  out.names = dns::print_feed(feed_of(ledger, blueprint, settings, facts));
  return out;
}

std::optional<model::ExpectedContainer> container_of(const Ledger& ledger,
                                                     const NodeSettings& settings,
                                                     const std::string& job, const jobs::Run& run) {
  const auto record = ledger.jobs.find(job);
  if (record == ledger.jobs.end()) return std::nullopt;
  const auto release = record->second.releases.find(run.release);
  if (release == record->second.releases.end()) return std::nullopt;
  const jobs::Wanted wanted = wanted_job(job);
  model::ExpectedContainer out = placed(jobs::name_of(wanted, run), {wanted.project, wanted.job, 0},
                                        release->first, release->second, settings, run.address);
  out.allocation.ordinal = run.attempt;  // volumes are the job's, whichever attempt it is
  return out;
}

std::vector<WantedImage> wanted_images(const Ledger& ledger) {
  std::vector<WantedImage> out;
  for (const auto& [key, record] : ledger.apps) {
    for (const rollout::Part& part : rollout::parts_of(record.rollout)) {
      const auto release = record.releases.find(part.member.release);
      if (part.member.leaving || release == record.releases.end()) continue;
      add_images(key, release->second, out);
    }
  }
  for (const auto& [key, job] : ledger.jobs) {
    for (const jobs::Run& run : job.record.runs) {
      const auto release = job.releases.find(run.release);
      if (run.stage == jobs::Stage::ended || release == job.releases.end()) continue;
      add_images(key, release->second, out);
    }
  }
  std::sort(out.begin(), out.end(), [](const WantedImage& a, const WantedImage& b) {
    return std::tie(a.reference, a.platform, a.pull, a.image_id) <
           std::tie(b.reference, b.platform, b.pull, b.image_id);
  });
  return out;
}

std::vector<std::string> kept_images(const Ledger& ledger) {
  std::set<std::string> ids;
  const auto add = [&](const auto& records) {
    for (const auto& [key, record] : records) {
      for (const auto& [hash, release] : record.releases) ids.insert(release.image_id);
    }
  };
  add(ledger.apps);
  add(ledger.jobs);
  ids.erase("");
  return {ids.begin(), ids.end()};
}

}  // namespace paas::expansion
