#include "agent/target.hpp"

#include <algorithm>
#include <set>

#include "libpaas/base/text.hpp"
#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/reconcile/diff.hpp"

namespace paas::agent {
namespace {

std::optional<int> replica_of(std::string_view text) {
  const auto number = parse_integer<int>(text);
  if (!number || *number < 0) return {};
  return number;
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  const auto parts = split(text, '/');
  Target out;
  const bool numbered = parts.size() > 1 && replica_of(parts.back());
  if (numbered) out.replica = replica_of(parts.back());
  const std::size_t names = parts.size() - (numbered ? 1 : 0);
  out.name = parts[names - 1];
  if (names == 2) out.project = parts[0];
  const bool good = names <= 2 && blueprint::is_label(out.name) &&
                    (names == 1 || blueprint::is_label(out.project));
  if (!good) {
    return fail(Errc::invalid,
                excerpt(text, 200) + " is no app: write web, shop/web or shop/web/0");
  }
  return out;
}

std::optional<OwnContainer> of_label(const model::ContainerSummary& summary) {
  const auto label = summary.labels.find(reconcile::allocation_label);
  if (label == summary.labels.end()) return {};
  const auto parts = split(label->second, '/');
  if (parts.size() != 3) return {};
  const auto replica = replica_of(parts[2]);
  if (!replica) return {};
  return OwnContainer{summary, std::string(parts[0]), std::string(parts[1]), *replica};
}

Result<std::vector<OwnContainer>> own_containers(ContainerRuntime& runtime, std::string_view owner,
                                                 std::stop_token stop) {
  std::vector<OwnContainer> out;
  for (const model::ContainerSummary& one : TRY(runtime.containers().list(std::move(stop)))) {
    if (!reconcile::is_ours(one.labels, owner)) continue;
    if (auto own = of_label(one)) out.push_back(*std::move(own));
  }
  std::sort(out.begin(), out.end(), [](const OwnContainer& a, const OwnContainer& b) {
    return std::tie(a.project, a.name, a.replica, a.summary.name) <
           std::tie(b.project, b.name, b.replica, b.summary.name);
  });
  return out;
}

Result<std::vector<OwnContainer>> meant(const std::vector<OwnContainer>& all,
                                        const Target& target) {
  std::vector<OwnContainer> out;
  std::set<std::string> projects, known;
  for (const OwnContainer& one : all) {
    known.insert(one.project + "/" + one.name);
    if (one.name != target.name) continue;
    if (!target.project.empty() && one.project != target.project) continue;
    projects.insert(one.project + "/" + one.name);
    if (!target.replica || one.replica == *target.replica) out.push_back(one);
  }
  if (projects.size() > 1) {
    return fail(Errc::conflict, "several projects have \"" + target.name +
                                    "\": " + join({projects.begin(), projects.end()}, ", "));
  }
  if (!out.empty()) return out;
  if (!projects.empty()) {
    return fail(Errc::not_found,
                *projects.begin() + " has no replica " + std::to_string(*target.replica) + " here");
  }
  return fail(Errc::not_found,
              "no container of \"" + target.name + "\" is here" +
                  (known.empty() ? "" : "; there is " + join({known.begin(), known.end()}, ", ")));
}

}  // namespace paas::agent
