#include "libpaas/placement/reasons.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/amount.hpp"

namespace paas::placement {
namespace reasoning {

constexpr Amount mean_node = Amount{1} << 20;

// How much of a mean node is missing. What is no amount weighs as much as a whole one.
Amount weight(const Compiled& compiled, const Refusal& refusal) {
  const bool quota = refusal.reason == "quota";
  const std::string& name = refusal.what.empty() ? refusal.reason : refusal.what;
  const Index resource = compiled.find_resource(name);
  if (refusal.short_of == 0 || resource == nowhere) return mean_node;
  const auto nodes = static_cast<Amount>(std::max<std::size_t>(compiled.node_count(), 1));
  const Amount mean = std::max<Amount>(compiled.total(resource) / nodes, 1);
  const Amount missing = std::min(refusal.short_of, Amount{1} << 42) * mean_node / mean;
  return std::min(missing + 1, mean_node * (quota ? 2 : 1024));
}

// The label that a node would need to be together with an app over it; nothing if it has it.
std::string missing_level(const Compiled& compiled, Index job, Index node, const std::string& app) {
  for (const Tie& tie : compiled.kind(job).ties) {
    if (tie.kind != TieKind::together) continue;
    if (app != (tie.app == nowhere ? tie.app_gone : compiled.app_name(tie.app))) continue;
    const Level& level = compiled.levels()[tie.level];
    if (level.domain_of[node] == nowhere) return level.name;
  }
  return {};
}

std::string change_text(const Refusal& change) {
  const std::string& what = change.what;
  if (change.reason == "cpu" || change.reason == "memory") {
    return amount_text(change.reason, change.short_of) + " more " + change.reason;
  }
  if (change.reason == "resource") return amount_text(what, change.short_of) + " more " + what;
  if (change.reason == "device") return std::to_string(change.short_of) + " more free " + what;
  if (change.reason == "quota")
    return amount_text(what, change.short_of) + " more quota of " + what;
  if (change.reason == "port") return "port " + what + " free";
  if (change.reason == "taint") return "taint " + what + " tolerated";
  if (change.reason == "volume") return "volume " + what + " there";
  if (change.reason == "drained") return "the drain ended";
  if (change.reason == "label") return "no condition on label " + what;
  if (change.reason == "arch") return "architecture " + what + " allowed";
  if (change.reason == "pin") return "no pin elsewhere";
  if (change.reason == "apart") return "no need to be apart from " + what;
  if (change.reason == "together") return what + " there, too";
  return "no limit on the spread over " + what;
}

}  // namespace reasoning

Option option_of(const Scorer& scorer, Index job, Index node, Index previous) {
  const ScoreParts parts = scorer.parts(job, node, previous);
  Option out{scorer.compiled().node(node).name, parts.sum()};
  const std::pair<const char*, std::int64_t> named[] = {
      {"fit", parts.fit},           {"pack", parts.pack},     {"balance", parts.balance},
      {"affinity", parts.affinity}, {"spread", parts.spread}, {"stay", parts.stay}};
  for (const auto& [name, value] : named) {
    if (value != 0) out.parts.push_back({name, value});
  }
  return out;
}

Takers takers(const Scorer& scorer, Index job, Index previous, std::size_t most) {
  Takers out;
  std::vector<Spot> best;
  if (!scorer.ledger().within_quota(job)) return out;
  for (const Index node : scorer.compiled().by_name()) {
    if (!takes(scorer.ledger(), job, node)) continue;
    ++out.count;
    const Spot spot{node, scorer.parts(job, node, previous).sum()};
    if (best.size() == most && (most == 0 || spot.score <= best.back().score)) continue;
    if (best.size() == most) best.pop_back();
    const auto at =
        std::upper_bound(best.begin(), best.end(), spot,
                         [](const Spot& a, const Spot& b) { return a.score > b.score; });
    best.insert(at, spot);
  }
  for (const Spot& spot : best) out.best.push_back(option_of(scorer, job, spot.node, previous));
  return out;
}

std::optional<Cure> cure_for(const Ledger& ledger, Index job, Asking asking) {
  const Compiled& compiled = ledger.compiled();
  std::optional<Cure> out;
  Index where = nowhere;
  for (const Index node : compiled.by_name()) {
    std::vector<Refusal> changes = refusals(ledger, job, node, asking);
    Amount weight = 0;
    for (const Refusal& change : changes) weight += reasoning::weight(compiled, change);
    if (out && weight >= out->weight) continue;
    where = node;
    out = Cure{{compiled.node(node).name, std::move(changes), ""}, weight};
  }
  if (!out || out->remedy.changes.empty()) return std::nullopt;
  Remedy& remedy = out->remedy;
  std::vector<std::string> texts;
  for (const Refusal& change : remedy.changes) {
    const std::string level = change.reason == "together"
                                  ? reasoning::missing_level(compiled, job, where, change.what)
                                  : "";
    texts.push_back(level.empty() ? reasoning::change_text(change)
                                  : "a label " + level + " shared with " + change.what);
  }
  remedy.text = join(texts, " and ");
  const bool of_node = std::any_of(remedy.changes.begin(), remedy.changes.end(),
                                   [](const Refusal& change) { return change.reason != "quota"; });
  if (of_node) remedy.text += " on " + remedy.node;
  return out;
}

std::optional<Remedy> remedy_for(const Ledger& ledger, Index job) {
  auto cure = cure_for(ledger, job, Asking::finished);
  if (!cure) return std::nullopt;
  return std::move(cure->remedy);
}

}  // namespace paas::placement
