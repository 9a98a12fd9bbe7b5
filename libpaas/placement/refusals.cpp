#include "libpaas/placement/refusals.hpp"

#include <algorithm>
#include <set>

namespace paas::placement {
namespace refusing {

struct Place {
  const Ledger& ledger;
  Index job;
  Index node;
  const Compiled& compiled() const { return ledger.compiled(); }
  const Kind& kind() const { return compiled().kind(job); }
  Index own() const { return compiled().app(compiled().job(job).app).first_counter; }
};

bool tie_holds(const Place& place, const Tie& tie, Asking asking) {
  if (tie.kind != TieKind::apart && tie.kind != TieKind::together) return true;
  if (tie.kind == TieKind::together) {
    if (asking == Asking::seating) return true;
    if (asking == Asking::beginning && tie.free_first && !tie.own) return true;
  }
  if (tie.app == nowhere) return asking == Asking::standing;
  const Tallies& tallies = place.ledger.tallies();
  const Index counter = tie.counter + (tie.own ? place.own() : 0);
  const Index domain = place.compiled().levels()[tie.level].domain_of[place.node];
  const bool there = domain != nowhere && tallies.count(counter, domain) > 0;
  if (tie.kind == TieKind::apart) return !there;
  if (there) return true;
  if (tallies.total(counter) > 0 || domain == nowhere) return false;
  // With itself it is together at once, wherever the first one goes.
  if (asking == Asking::finished) return tie.own;
  return tie.free_first || (asking == Asking::standing && !tie.wanted);
}

bool spread_holds(const Place& place, const SpreadTie& spread) {
  if (spread.max_skew == 0) return true;
  const Index domain = place.compiled().levels()[spread.level].domain_of[place.node];
  if (domain == nowhere) return false;
  const Tallies& tallies = place.ledger.tallies();
  const Index counter = place.own() + spread.counter;
  const auto there = tallies.count(counter, domain) + 1;
  const auto least =
      emptiest(tallies, counter, place.compiled().domains_behind(place.kind().gate, spread.level));
  return there <= least + static_cast<std::uint32_t>(spread.max_skew);
}

std::string tie_name(const Compiled& compiled, const Tie& tie) {
  return tie.app == nowhere ? tie.app_gone : std::string(compiled.app_name(tie.app));
}

std::string taint_text(const Taint& taint) {
  return taint.value.empty() ? taint.key : taint.key + "=" + taint.value;
}

template <class Say>
void gate_reasons(const Gate& gate, const Node& node, Say say) {
  const auto among = [](const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
  };
  if (node.drained) say("drained", "");
  if (!gate.archs.empty() && !among(gate.archs, node.arch)) say("arch", node.arch);
  if (!gate.pin.empty() && !among(gate.pin, node.name)) say("pin", "");
  std::set<std::string> labels;
  for (const Term& term : gate.required) {
    if (!satisfies(node.labels, term)) labels.insert(term.label);
  }
  for (const std::string& label : labels) say("label", label);
  std::set<std::string> taints;
  for (const Taint& taint : node.taints) {
    if (taint.hard && !tolerates(gate.tolerations, taint)) taints.insert(taint_text(taint));
  }
  for (const std::string& taint : taints) say("taint", taint);
  for (const std::string& volume : gate.volumes) {
    if (!among(node.volumes, volume)) say("volume", volume);
  }
}

Refusal shortage(const std::string& resource, Amount missing) {
  if (resource == "cpu" || resource == "memory") return {resource, "", missing};
  return {"resource", resource, missing};
}

// Kinds of cards that do not suffice, and how many more would.
std::map<std::string, int> missing_cards(const Place& place) {
  std::map<std::string, int> out;
  const Compiled& compiled = place.compiled();
  const Shape& shape = compiled.shape(place.job);
  if (shape.cards.empty() || place.ledger.cards_for(shape, place.node)) return out;
  const Index first = compiled.first_card(place.node);
  const Index last = compiled.end_card(place.node);
  std::vector<int> free;  // milli of each card, as those that are wanted take theirs
  for (Index card = first; card < last; ++card) free.push_back(place.ledger.card_free(card));
  std::map<std::string, int> rest;  // milli of the last card that is to come
  for (const CardWant& want : shape.cards) {
    for (int i = 0; i < want.count; ++i) {
      int* best = nullptr;
      for (Index card = first; card < last; ++card) {
        int& milli = free[card - first];
        if (want.types[compiled.card_types()[card]] == 0 || milli < want.share_milli) continue;
        if (best == nullptr || milli < *best) best = &milli;
      }
      if (best == nullptr) {
        best = &rest[want.kind];
        if (*best < want.share_milli) {
          ++out[want.kind];
          *best = 1000;
        }
      }
      *best -= want.share_milli;
    }
  }
  return out;
}

void quota_reasons(const Place& place, std::vector<Refusal>& out) {
  const Amount* limits = place.compiled().quota(place.kind().project);
  if (limits == nullptr) return;
  for (const Need& need : place.compiled().shape(place.job).needs) {
    const Amount limit = limits[need.resource];
    const Amount used = place.ledger.used(place.kind().project, need.resource);
    if (limit < 0 || used + need.amount <= limit) continue;
    out.push_back({"quota", place.compiled().resource(need.resource), used + need.amount - limit});
  }
}

}  // namespace refusing

std::uint32_t emptiest(const Tallies& tallies, Index counter, const std::vector<Index>& domains) {
  if (tallies.total(counter) < domains.size()) return 0;  // then one of them has none
  std::uint32_t least = tallies.total(counter);
  for (const Index domain : domains) {
    least = std::min(least, tallies.count(counter, domain));
    if (least == 0) break;
  }
  return least;
}

bool company_admits(const Ledger& ledger, Index job, Index node, Asking asking) {
  const refusing::Place place{ledger, job, node};
  const Kind& kind = place.kind();
  for (const std::uint16_t port : kind.ports) {
    if (ledger.port_taken(node, port)) return false;
  }
  for (const Tie& tie : kind.ties) {
    if (!refusing::tie_holds(place, tie, asking)) return false;
  }
  if (asking != Asking::placing && asking != Asking::beginning) return true;
  return std::all_of(kind.spreads.begin(), kind.spreads.end(), [&](const SpreadTie& spread) {
    return refusing::spread_holds(place, spread);
  });
}

bool takes(const Ledger& ledger, Index job, Index node, Asking asking) {
  const Compiled& compiled = ledger.compiled();
  const Shape& shape = compiled.shape(job);
  return compiled.gate(job).open.has(node) && ledger.amounts_fit(shape, node) &&
         ledger.within_quota(job) &&
         (shape.cards.empty() || ledger.cards_for(shape, node).has_value()) &&
         company_admits(ledger, job, node, asking);
}

std::vector<Refusal> refusals(const Ledger& ledger, Index job, Index node, Asking asking) {
  const refusing::Place place{ledger, job, node};
  const Compiled& compiled = ledger.compiled();
  std::vector<Refusal> out;
  refusing::gate_reasons(
      compiled.gate(job), compiled.node(node),
      [&](const char* reason, const std::string& what) { out.push_back({reason, what}); });
  for (const Need& need : compiled.shape(job).needs) {
    const Amount free = ledger.free(node)[need.resource];
    if (free < need.amount) {
      out.push_back(refusing::shortage(compiled.resource(need.resource), need.amount - free));
    }
  }
  for (const auto& [kind, missing] : refusing::missing_cards(place)) {
    out.push_back({"device", kind, missing});
  }
  for (const std::uint16_t port : place.kind().ports) {
    if (ledger.port_taken(node, port)) out.push_back({"port", std::to_string(port)});
  }
  for (const Tie& tie : place.kind().ties) {
    if (refusing::tie_holds(place, tie, asking)) continue;
    out.push_back(
        {tie.kind == TieKind::apart ? "apart" : "together", refusing::tie_name(compiled, tie)});
  }
  for (const SpreadTie& spread : place.kind().spreads) {
    if (refusing::spread_holds(place, spread)) continue;
    out.push_back({"spread", compiled.levels()[spread.level].name});
  }
  refusing::quota_reasons(place, out);
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

const std::vector<std::string>& refusal_words() {
  static const std::vector<std::string> words{"apart",    "arch",   "cpu",   "device",   "drained",
                                              "label",    "memory", "pin",   "port",     "quota",
                                              "resource", "spread", "taint", "together", "volume"};
  return words;
}

const RefusalCounts::Counts& RefusalCounts::of_gate(Index gate) {
  const auto [at, fresh] = gates_.try_emplace(gate);
  if (!fresh) return at->second;
  const Compiled& compiled = ledger_.compiled();
  for (Index node = 0; node < compiled.node_count(); ++node) {
    refusing::gate_reasons(
        compiled.gates()[gate], compiled.node(node),
        [&](const char* reason, const std::string& what) { ++at->second[{reason, what}]; });
  }
  return at->second;
}

std::vector<RefusalCount> RefusalCounts::of(Index job) {
  const Compiled& compiled = ledger_.compiled();
  Counts counts = of_gate(compiled.kind(job).gate);
  const auto each_node = [&](const std::string& reason, const std::string& what, auto refuses) {
    int nodes = 0;
    for (Index node = 0; node < compiled.node_count(); ++node) nodes += refuses(node) ? 1 : 0;
    if (nodes > 0) counts[{reason, what}] = nodes;
  };
  for (const Need& need : compiled.shape(job).needs) {
    const Refusal named = refusing::shortage(compiled.resource(need.resource), 1);
    each_node(named.reason, named.what,
              [&](Index node) { return ledger_.free(node)[need.resource] < need.amount; });
  }
  std::vector<Refusal> quota;
  refusing::quota_reasons({ledger_, job, 0}, quota);
  for (const Refusal& each : quota) each_node("quota", each.what, [](Index) { return true; });
  for (const std::uint16_t port : compiled.kind(job).ports) {
    each_node("port", std::to_string(port),
              [&](Index node) { return ledger_.port_taken(node, port); });
  }
  for (const SpreadTie& spread : compiled.kind(job).spreads) {
    each_node("spread", compiled.levels()[spread.level].name,
              [&](Index node) { return !refusing::spread_holds({ledger_, job, node}, spread); });
  }
  // Several ties may be with one app, and several kinds of cards be short on one node.
  std::map<std::pair<std::string, std::string>, std::vector<const Tie*>> ties;
  for (const Tie& tie : compiled.kind(job).ties) {
    if (tie.kind != TieKind::apart && tie.kind != TieKind::together) continue;
    ties[{tie.kind == TieKind::apart ? "apart" : "together", refusing::tie_name(compiled, tie)}]
        .push_back(&tie);
  }
  for (const auto& [name, same] : ties) {
    each_node(name.first, name.second, [&](Index node) {
      return std::any_of(same.begin(), same.end(), [&](const Tie* tie) {
        return !refusing::tie_holds({ledger_, job, node}, *tie, Asking::placing);
      });
    });
  }
  if (!compiled.shape(job).cards.empty()) {
    for (Index node = 0; node < compiled.node_count(); ++node) {
      for (const auto& [kind, missing] : refusing::missing_cards({ledger_, job, node})) {
        ++counts[{"device", kind}];
      }
    }
  }
  std::vector<RefusalCount> out;
  for (const auto& [name, nodes] : counts) out.push_back({name.first, name.second, nodes});
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.nodes > b.nodes; });
  return out;
}

}  // namespace paas::placement
