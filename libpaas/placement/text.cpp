#include "libpaas/placement/text.hpp"

#include <algorithm>
#include <map>

#include "libpaas/base/table.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/placement/amount.hpp"

namespace paas::placement {
namespace {

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

// "memory", "port 443": what stands against it.
std::string against(const std::string& reason, const std::string& what) {
  if (what.empty()) return reason == "arch" ? "no architecture known" : reason;
  if (reason == "resource" || reason == "device") return what;
  if (reason == "apart") return "apart from " + what;
  if (reason == "together") return "together with " + what;
  if (reason == "spread") return "spread over " + what;
  if (reason == "quota") return "quota of " + what;
  return reason + " " + what;
}

// People get thousandths of a mean node; what is less counts, but says nothing.
std::int64_t in_thousandths(std::int64_t value) {
  constexpr std::int64_t whole = std::int64_t{1} << 20;
  const std::int64_t half = value < 0 ? -whole / 2 : whole / 2;
  return (std::clamp(value, -(std::int64_t{1} << 50), std::int64_t{1} << 50) * 1000 + half) / whole;
}

// "-30 (pack -30)"
std::string score_text(const Option& option) {
  std::vector<std::string> parts;
  for (const ScorePart& part : option.parts) {
    const std::int64_t value = in_thousandths(part.value);
    if (value != 0) parts.push_back(part.name + " " + std::to_string(value));
  }
  return std::to_string(in_thousandths(option.score)) +
         (parts.empty() ? "" : " (" + join(parts, ", ") + ")");
}

std::string refused_text(const std::vector<RefusalCount>& counts) {
  std::vector<std::string> parts;
  for (const RefusalCount& count : counts) {
    parts.push_back(counted(static_cast<std::size_t>(count.nodes), "node") + ": " +
                    against(count.reason, count.what));
  }
  return join(parts, "; ");
}

std::string standings_text(const std::vector<AppStanding>& standings) {
  std::vector<std::string> parts;
  for (const AppStanding& standing : standings) {
    parts.push_back(standing.app + " " + std::to_string(standing.placed) + "/" +
                    std::to_string(standing.wanted));
  }
  return join(parts, ", ");
}

std::string headline_of(const Choice& choice) {
  const std::string name = name_of(choice.allocation);
  switch (choice.act) {
    case Act::keep:
      return name + " stays on " + choice.node;
    case Act::place:
      return name + " goes to " + choice.node;
    case Act::move:
      return name + " moves from " + choice.from + " to " + choice.node;
    case Act::refuse:
      return name + " has no place" + (choice.from.empty() ? "" : " any more");
    case Act::preempt:
      return name + " loses its place on " + choice.from;
  }
  return name;
}

// What a person wants to know about a choice beyond its row.
std::string reasons(const Choice& choice) {
  std::string out = headline_of(choice);
  if (!choice.chosen.node.empty()) out += ", score " + score_text(choice.chosen);
  out += "\n";
  std::vector<std::string> others;
  for (const Option& other : choice.alternatives) {
    others.push_back(other.node + " " + score_text(other));
  }
  if (!others.empty()) out += "  next best: " + join(others, "; ") + "\n";
  if (!choice.refused.empty()) out += "  refused by " + refused_text(choice.refused) + "\n";
  if (choice.remedy) out += "  with nobody moved it would fit with " + choice.remedy->text + "\n";
  return out;
}

std::string summary(const Decision& decision) {
  static constexpr std::pair<Act, const char*> words[] = {{Act::keep, "kept"},
                                                          {Act::place, "placed"},
                                                          {Act::move, "moved"},
                                                          {Act::refuse, "refused"},
                                                          {Act::preempt, "preempted"}};
  std::vector<std::string> parts;
  for (const auto& [act, word] : words) {
    const auto count =
        std::count_if(decision.choices.begin(), decision.choices.end(),
                      [wanted = act](const Choice& choice) { return choice.act == wanted; });
    if (count > 0) parts.push_back(std::to_string(count) + " " + word);
  }
  std::string out = counted(decision.choices.size(), "allocation");
  if (!parts.empty()) out += ": " + join(parts, ", ");
  out += decision.fits() ? ". Everything fits.\n" : ". It does not fit.\n";
  if (decision.moves_proven_minimal) return out;
  const bool moved = std::any_of(decision.choices.begin(), decision.choices.end(),
                                 [](const Choice& choice) { return choice.act == Act::move; });
  out += moved ? "The moves are not proven to be the fewest.\n"
               : "Not every way of making room by moves was looked at.\n";
  return out;
}

// Names come from outside; a terminal must not obey them.
std::string harmless(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f; }, '?');
  return text;
}

}  // namespace

std::string refusal_text(const Refusal& refusal) {
  const std::string what = against(refusal.reason, refusal.what);
  if (refusal.short_of == 0) return what;
  const std::string& resource = refusal.what.empty() ? refusal.reason : refusal.what;
  return what + ": " + amount_text(resource, refusal.short_of) + " short";
}

std::string choice_text(const Choice& choice) {
  const bool plain = choice.because.empty() || choice.because == "stays where it is";
  return headline_of(choice) + (plain ? "" : ": " + choice.because);
}

std::string decision_text(const Decision& decision) {
  std::vector<Row> rows;
  for (const Choice& choice : decision.choices) {
    rows.push_back({name_of(choice.allocation), std::string(word_of(choice.act)), choice.node,
                    choice.from == choice.node ? "" : choice.from, choice.because});
  }
  std::string out = table({"ALLOCATION", "ACT", "NODE", "FROM", "BECAUSE"}, rows);
  out += "\n" + summary(decision);
  for (const Choice& choice : decision.choices) {
    if (choice.act != Act::keep) out += "\n" + reasons(choice);
  }
  return harmless(out);
}

std::string explanation_text(const Explanation& explanation) {
  std::vector<Row> rows;
  std::size_t takers = 0;
  for (const Verdict& verdict : explanation.verdicts) {
    const bool takes = verdict.refusals.empty();
    if (takes) ++takers;
    const bool stays = verdict.here && verdict.chosen;
    rows.push_back({verdict.node + (stays            ? " (stays)"
                                    : verdict.here   ? " (was here)"
                                    : verdict.chosen ? " (chosen)"
                                                     : ""),
                    takes ? "yes" : "no",
                    takes ? score_text(verdict.option) : join(verdict.said, "; ")});
  }
  std::string out = name_of(explanation.allocation) + ": " + counted(takers, "node") + " of " +
                    std::to_string(explanation.verdicts.size()) + " would take it\n\n";
  out += table({"NODE", "TAKES", "SCORE OR REASONS"}, rows);
  if (explanation.remedy)
    out += "\nWith nobody moved it would fit with " + explanation.remedy->text + ".\n";
  if (explanation.planned) {
    out += "\nIn the plan " + choice_text(*explanation.planned);
    out += out.ends_with('?') ? "\n" : ".\n";
  }
  return harmless(out);
}

std::string losses_text(const std::vector<Loss>& losses) {
  std::vector<Row> rows;
  for (const Loss& loss : losses) {
    rows.push_back({loss.host, loss.survived ? "yes" : "no", standings_text(loss.at_once),
                    standings_text(loss.after)});
  }
  std::string out = table({"LOST HOST", "SURVIVED", "STILL RUNS", "NOT ALL BACK"}, rows);
  const auto fallen = apps_that_do_not_survive(losses);
  out += fallen.empty() ? "\nEvery app survives the loss of any one host.\n"
                        : "\nSome single loss stops or shrinks: " + join(fallen, ", ") + ".\n";
  return harmless(out);
}

std::string room_text(std::string_view workload, int room, int limit) {
  return harmless("Room for " + std::string(room >= limit ? "at least " : "") +
                  counted(static_cast<std::size_t>(std::max(room, 0)), "more replica") + " of " +
                  std::string(workload) + ".\n");
}

std::string moves_text(const std::vector<Move>& moves) {
  if (moves.empty()) return "No move within the limit makes the placement better.\n";
  std::vector<Row> rows;
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const Move& move = moves[i];
    rows.push_back({std::to_string(i + 1), name_of(move.allocation), move.from, move.to,
                    std::to_string(move.cost), std::to_string(in_thousandths(move.gain))});
  }
  return harmless(table({"STEP", "ALLOCATION", "FROM", "TO", "COST", "GAIN"}, rows));
}

}  // namespace paas::placement
