#include "libpaas/placement/plan_json.hpp"

#include <map>

namespace paas::placement {
namespace {

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

template <class T, class Print>
Json::Array each_json(const std::vector<T>& values, Print print) {
  Json::Array out;
  for (const T& value : values) out.emplace_back(print(value));
  return out;
}

Json refusal_json(const Refusal& refusal) {
  return Json::Object{
      {"reason", refusal.reason}, {"what", refusal.what}, {"short_of", refusal.short_of}};
}

Json option_json(const Option& option) {
  return Json::Object{{"node", option.node},
                      {"score", option.score},
                      {"parts", each_json(option.parts, [](const ScorePart& part) {
                         return Json::Object{{"name", part.name}, {"value", part.value}};
                       })}};
}

Json option_or_null(const Option& option) {
  return option.node.empty() ? Json() : option_json(option);
}

Json remedy_json(const std::optional<Remedy>& remedy) {
  if (!remedy) return {};
  return Json::Object{{"node", remedy->node},
                      {"changes", each_json(remedy->changes, refusal_json)},
                      {"text", remedy->text}};
}

Json choice_json(const Choice& choice) {
  return Json::Object{{"allocation", name_of(choice.allocation)},
                      {"workload", choice.allocation.workload},
                      {"ordinal", choice.allocation.ordinal},
                      {"act", word_of(choice.act)},
                      {"node", text_or_null(choice.node)},
                      {"from", text_or_null(choice.from)},
                      {"because", choice.because},
                      {"chosen", option_or_null(choice.chosen)},
                      {"alternatives", each_json(choice.alternatives, option_json)},
                      {"refused", each_json(choice.refused,
                                            [](const RefusalCount& count) {
                                              return Json::Object{{"reason", count.reason},
                                                                  {"what", count.what},
                                                                  {"nodes", count.nodes}};
                                            })},
                      {"remedy", remedy_json(choice.remedy)}};
}

Json planned_json(const std::optional<Choice>& planned) {
  if (!planned) return {};
  return Json::Object{{"act", word_of(planned->act)},
                      {"node", text_or_null(planned->node)},
                      {"because", planned->because}};
}

Json standing_json(const AppStanding& standing) {
  return Json::Object{
      {"app", standing.app}, {"placed", standing.placed}, {"wanted", standing.wanted}};
}

}  // namespace

Json decision_json(const Decision& decision) {
  Json::Object assignment;
  for (const auto& [allocation, node] : decision.assignment()) {
    assignment.emplace(name_of(allocation), node);
  }
  std::map<Act, int> counts;
  for (const Choice& choice : decision.choices) ++counts[choice.act];
  Json::Object summary;
  for (const Act act : {Act::keep, Act::place, Act::move, Act::refuse, Act::preempt}) {
    summary.emplace(word_of(act), counts[act]);
  }
  return Json::Object{{"fits", decision.fits()},
                      {"moves_proven_minimal", decision.moves_proven_minimal},
                      {"summary", std::move(summary)},
                      {"assignment", std::move(assignment)},
                      {"choices", each_json(decision.choices, choice_json)}};
}

Json explanation_json(const Explanation& explanation) {
  return Json::Object{
      {"allocation", name_of(explanation.allocation)},
      {"verdicts", each_json(explanation.verdicts,
                             [](const Verdict& verdict) {
                               return Json::Object{
                                   {"node", verdict.node},
                                   {"here", verdict.here},
                                   {"chosen", verdict.chosen},
                                   {"takes", verdict.refusals.empty()},
                                   {"refusals", each_json(verdict.refusals, refusal_json)},
                                   {"option", option_or_null(verdict.option)}};
                             })},
      {"remedy", remedy_json(explanation.remedy)},
      {"planned", planned_json(explanation.planned)}};
}

Json losses_json(const std::vector<Loss>& losses) {
  const auto fallen = apps_that_do_not_survive(losses);
  return Json::Object{{"survives", fallen.empty()},
                      {"apps_that_do_not_survive", Json::Array(fallen.begin(), fallen.end())},
                      {"losses", each_json(losses, [](const Loss& loss) {
                         return Json::Object{{"host", loss.host},
                                             {"survived", loss.survived},
                                             {"at_once", each_json(loss.at_once, standing_json)},
                                             {"after", each_json(loss.after, standing_json)}};
                       })}};
}

Json room_json(std::string_view workload, int room, int limit) {
  return Json::Object{{"workload", workload}, {"room", room}, {"at_least", room >= limit}};
}

Json moves_json(const std::vector<Move>& moves) {
  return Json::Object{{"moves", each_json(moves, [](const Move& move) {
                         return Json::Object{{"allocation", name_of(move.allocation)},
                                             {"workload", move.allocation.workload},
                                             {"ordinal", move.allocation.ordinal},
                                             {"from", move.from},
                                             {"to", move.to},
                                             {"cost", move.cost},
                                             {"gain", move.gain}};
                       })}};
}

}  // namespace paas::placement
