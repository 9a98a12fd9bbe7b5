#include "provider/placement/answers.hpp"

#include <algorithm>
#include <map>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/text.hpp"

namespace paas::placement_values {
namespace answering {

using placement::Act;
using placement::Choice;
using tf::List;
using tf::Map;
using tf::Value;

// What place() says of those about whom there is nothing to say.
constexpr std::string_view nothing_new = "stays where it is";
constexpr std::size_t most_named = 5;

Value text_or_null(const std::string& text) {
  return text.empty() ? Value(tf::Null{}) : Value(text);
}

template <class T, class Each>
List list_of(const std::vector<T>& all, Each each) {
  List out;
  for (const T& one : all) out.push_back(each(one));
  return out;
}

// `score` and `parts`; null where there is no option.
void put_option(const placement::Option& option, Map& out) {
  if (option.node.empty()) {
    out.emplace("score", tf::Null{});
    out.emplace("parts", tf::Null{});
    return;
  }
  Map parts;
  for (const placement::ScorePart& part : option.parts) parts.emplace(part.name, part.value);
  out.emplace("score", option.score);
  out.emplace("parts", std::move(parts));
}

Value option_value(const placement::Option& option) {
  Map out{{"node", option.node}};
  put_option(option, out);
  return out;
}

Map refusal_map(const placement::Refusal& refusal, std::string text) {
  return Map{{"reason", refusal.reason},
             {"what", text_or_null(refusal.what)},
             {"short_of", refusal.short_of},
             {"text", std::move(text)}};
}

Value refusal_value(const placement::Refusal& refusal) {
  return refusal_map(refusal, placement::refusal_text(refusal));
}

// In words that know the node.
List refusals_of(const placement::Verdict& verdict) {
  List out;
  for (std::size_t i = 0; i < verdict.refusals.size(); ++i) {
    out.push_back(refusal_map(verdict.refusals[i], verdict.said[i]));
  }
  return out;
}

Value remedy_value(const std::optional<placement::Remedy>& remedy) {
  if (!remedy) return tf::Null{};
  return Map{{"node", remedy->node},
             {"text", remedy->text},
             {"changes", list_of(remedy->changes, refusal_value)}};
}

// "3 nodes: memory; 1 node: apart web"
std::string refused_text(const std::vector<placement::RefusalCount>& counts) {
  std::vector<std::string> out;
  for (const placement::RefusalCount& count : counts) {
    out.push_back(std::to_string(count.nodes) + (count.nodes == 1 ? " node: " : " nodes: ") +
                  count.reason + (count.what.empty() ? "" : " " + count.what));
  }
  return join(out, "; ");
}

Value refused_value(const placement::RefusalCount& count) {
  return Map{{"reason", count.reason}, {"what", text_or_null(count.what)}, {"nodes", count.nodes}};
}

// Takes out of a decision what only Detail::all has.
Value in_short(Value decision) {
  if (Map* members = decision.as<Map>())
    for (const char* name : {"score", "parts", "alternatives", "refused"})
      members->insert_or_assign(name, tf::Null{});
  return decision;
}

Value choice_value(const Choice& choice, Detail detail) {
  const bool counted = detail == Detail::reasons && !choice.refused.empty();
  Map out{
      {"act", std::string(word_of(choice.act))},
      {"node", text_or_null(choice.node)},
      {"from", text_or_null(choice.from)},
      {"because", choice.because + (counted ? "; refused by " + refused_text(choice.refused) : "")},
      {"alternatives", list_of(choice.alternatives, option_value)},
      {"refused", list_of(choice.refused, refused_value)},
      {"remedy", remedy_value(choice.remedy)}};
  put_option(choice.chosen, out);
  return detail == Detail::all ? Value(std::move(out)) : in_short(std::move(out));
}

bool waits_there(const Choice& choice) {
  return choice.waits;
}

// What was said before of one who stays and of whom there is nothing new to say.
bool still_true(const Choice& choice, const Value& known) {
  if (choice.act != Act::keep || choice.because != nothing_new) return false;
  if (tf::at(known, "node") != Value(choice.node)) return false;
  // Of one who was kept before there was nothing to say either, or that it waits.
  return tf::at(known, "act") != Value(std::string(word_of(Act::keep)));
}

Value standing_value(const placement::AppStanding& standing) {
  return Map{{"app", standing.app}, {"placed", standing.placed}, {"wanted", standing.wanted}};
}

// Every replica that is wanted, in its place in the list.
Value nodes_by_workload(const placement::Problem& problem, const placement::Decision& decision) {
  Map out;
  for (const placement::Workload& workload : problem.workloads) out.emplace(workload.name, List{});
  for (const Choice& choice : decision.choices) {
    out[choice.allocation.workload].as<List>()->push_back(choice.node);
  }
  return out;
}

// "db/0, db/1, db/2, db/3, db/4 and 3 more"
std::string some_of(const std::vector<std::string>& names) {
  std::vector<std::string> shown(
      names.begin(),
      names.begin() + static_cast<std::ptrdiff_t>(std::min(most_named, names.size())));
  std::string out = join(shown, ", ");
  if (names.size() > shown.size()) {
    out += " and " + std::to_string(names.size() - shown.size()) + " more";
  }
  return out;
}

bool unplaced(const Choice& choice) {
  return choice.act == Act::refuse || choice.act == Act::preempt;
}

// Those of whom `is` holds, by workload.
std::map<std::string, std::vector<const Choice*>> by_workload(const placement::Decision& decision,
                                                              bool (*is)(const Choice&)) {
  std::map<std::string, std::vector<const Choice*>> out;
  for (const Choice& choice : decision.choices) {
    if (is(choice)) out[choice.allocation.workload].push_back(&choice);
  }
  return out;
}

std::vector<std::string> names_of(const std::vector<const Choice*>& choices) {
  std::vector<std::string> out;
  for (const Choice* choice : choices) out.push_back(name_of(choice->allocation));
  return out;
}

}  // namespace answering

using namespace answering;

Map decision_values(const placement::Problem& problem, const placement::Decision& decision,
                    const Value& before, Detail detail) {
  Map assignments, decisions;
  List moves, without;
  std::map<Act, std::int64_t> counts;
  for (const Choice& choice : decision.choices) {
    const std::string name = name_of(choice.allocation);
    ++counts[choice.act];
    if (!choice.node.empty()) assignments.emplace(name, choice.node);
    if (unplaced(choice)) without.push_back(name);
    if (choice.act == Act::move) {
      moves.push_back(Map{{"allocation", name},
                          {"from", choice.from},
                          {"to", choice.node},
                          {"because", choice.because}});
    }
    const Value& known = tf::at(before, name);
    const Value said = still_true(choice, known) ? known : choice_value(choice, detail);
    decisions.emplace(name, detail == Detail::all ? said : in_short(said));
  }
  Map summary;
  for (const Act act : {Act::keep, Act::place, Act::move, Act::refuse, Act::preempt}) {
    summary.emplace(std::string(word_of(act)), counts[act]);
  }
  Map out;
  out.emplace("assignments", std::move(assignments));
  out.emplace("nodes", nodes_by_workload(problem, decision));
  out.emplace("decisions", std::move(decisions));
  out.emplace("moves", std::move(moves));
  out.emplace("unplaced", std::move(without));
  List waiters;
  for (const std::string& name : waiting(decision)) waiters.push_back(name);
  out.emplace("waiting", std::move(waiters));
  out.emplace("summary", std::move(summary));
  out.emplace("fits", decision.fits());
  out.emplace("moves_proven_minimal", decision.moves_proven_minimal);
  return out;
}

Map explanation_values(const placement::Explanation& explanation) {
  List takers, verdicts;
  for (const placement::Verdict& verdict : explanation.verdicts) {
    const bool takes = verdict.refusals.empty();
    if (takes) takers.push_back(verdict.node);
    Map one{{"node", verdict.node},
            {"takes", takes},
            {"here", verdict.here},
            {"chosen", verdict.chosen},
            {"refusals", refusals_of(verdict)}};
    put_option(verdict.option, one);
    verdicts.push_back(std::move(one));
  }
  Map out;
  out.emplace("fits", !takers.empty());
  out.emplace("takers", std::move(takers));
  out.emplace("verdicts", std::move(verdicts));
  out.emplace("remedy", remedy_value(explanation.remedy));
  out.emplace("planned", explanation.planned ? Value(placement::choice_text(*explanation.planned))
                                             : Value(tf::Null{}));
  return out;
}

Map survival_values(const std::vector<placement::Loss>& losses) {
  List at_risk;
  for (const std::string& app : apps_that_do_not_survive(losses)) at_risk.push_back(app);
  Map out;
  out.emplace("survives", at_risk.empty());
  out.emplace("apps_at_risk", std::move(at_risk));
  out.emplace("losses", list_of(losses, [](const placement::Loss& loss) -> Value {
                return Map{{"host", loss.host},
                           {"survived", loss.survived},
                           {"at_once", list_of(loss.at_once, standing_value)},
                           {"after", list_of(loss.after, standing_value)}};
              }));
  return out;
}

Value rebalance_value(const std::vector<placement::Move>& moves) {
  return list_of(moves, [](const placement::Move& move) -> Value {
    return Map{{"allocation", name_of(move.allocation)},
               {"from", move.from},
               {"to", move.to},
               {"cost", move.cost},
               {"gain", move.gain}};
  });
}

std::vector<std::string> waiting(const placement::Decision& decision) {
  std::vector<std::string> out;
  for (const Choice& choice : decision.choices)
    if (waits_there(choice)) out.push_back(name_of(choice.allocation));
  return out;
}

tf::Diagnostics waits(const placement::Decision& decision, const tf::Path& path) {
  tf::Diagnostics out;
  for (const auto& [workload, choices] : by_workload(decision, waits_there)) {
    const Choice& first = *choices.front();
    out.push_back(tf::warning_at(
        path.key(workload), "some replicas of " + workload + " wait",
        some_of(names_of(choices)) + (choices.size() == 1 ? " waits on " : " wait, the first on ") +
            first.node + ": " + first.because +
            ".\n\nThe next plan goes on with it, unless max_unavailable = 0, which holds them for "
            "ever."));
  }
  return out;
}

tf::Diagnostics complaints(const placement::Decision& decision, tf::Severity severity,
                           const tf::Path& path) {
  tf::Diagnostics out;
  for (const auto& [workload, choices] : by_workload(decision, unplaced)) {
    const Choice& first = *choices.front();
    std::string detail = some_of(names_of(choices)) + (choices.size() == 1 ? " has" : " have") +
                         " no place: " + first.because + ".";
    if (!first.refused.empty()) detail += "\n\nRefused by " + refused_text(first.refused) + ".";
    if (first.remedy)
      detail += "\n\nWith nobody moved, it would fit with " + first.remedy->text + ".";
    if (severity == tf::Severity::error) {
      detail += first.remedy ? "\n\nMake that change, ask for less" : "\n\nAsk for less";
      detail += ", or set allow_unplaced = true to go on without what does not fit.";
    }
    out.push_back({severity, workload + " does not fit", std::move(detail), path.key(workload)});
  }
  return out;
}

}  // namespace paas::placement_values
