#include "agent/commands/place.hpp"

#include <algorithm>
#include <charconv>

#include "agent/arguments.hpp"
#include "agent/commands/complaint.hpp"
#include "agent/input.hpp"
#include "agent/usage.hpp"
#include "libpaas/placement/amount.hpp"
#include "libpaas/placement/plan_json.hpp"
#include "libpaas/placement/snapshot.hpp"
#include "libpaas/placement/text.hpp"

namespace paas::agent::commands {
namespace {

using namespace placement;

constexpr int most_room = 100'000;

const Flag json_flag = {"--json", "", "as JSON, docs/formats/placement-plan.schema.json"};
constexpr std::string_view snapshot_note =
    "SNAPSHOT is a file in YAML or JSON (docs/formats), or - for standard input. It is only read.";

tl::unexpected<int> misused_place(const Invocation& invocation, const Usage& usage,
                                  const std::string& message) {
  return tl::unexpected<int>(misuse(invocation, usage, message));
}

tl::unexpected<int> refuse(const Invocation& invocation, const Flaws& flaws) {
  for (const Flaw& flaw : flaws) invocation.err << describe(flaw) << "\n";
  return tl::unexpected<int>(misused);
}

Or<std::string> content(const Invocation& invocation, const std::string& file) {
  auto text = read_text(invocation, file);
  if (text) return *std::move(text);
  invocation.err << "paas-agent: " << text.error().message << "\n";
  return tl::unexpected<int>(misused);
}

// A command line that was understood, and the snapshot that it names.
struct Question {
  Arguments arguments;
  Problem problem;

  bool as_json() const { return arguments.has("--json"); }
};

Or<Question> question(const Invocation& invocation, const Usage& usage) {
  auto arguments = understood(invocation, usage, {0, 2});
  if (!arguments) return tl::unexpected<int>(arguments.error());
  if (arguments->words().size() != 1) {
    return misused_place(invocation, usage, "one SNAPSHOT is needed");
  }
  const std::string& file = arguments->words()[0];
  const auto text = content(invocation, file);
  if (!text) return tl::unexpected<int>(text.error());
  auto problem = parse_snapshot(*text, shown_name(file));
  if (!problem) return refuse(invocation, problem.error());
  return Question{*std::move(arguments), *std::move(problem)};
}

void answer(const Invocation& invocation, bool as_json, const Json& json, const std::string& text) {
  invocation.out << (as_json ? pretty_json(json) : text);
}

std::optional<int> count_of(std::string_view text) {
  int value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc{} || stop != end || value < 0) return std::nullopt;
  return value;
}

// "a,b": the values of a flag that takes several.
std::vector<std::string> listed(const Arguments& arguments, std::string_view flag) {
  std::vector<std::string> out;
  const std::string text = arguments.value(flag).value_or("");
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    if (comma > begin) out.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return out;
}

const Usage& what_if_usage() {
  static const Usage usage = {
      "place what-if SNAPSHOT [flags]",
      "Shows the plan there would be after a change, and what is asked about it. Nothing is done.",
      "0 all of it fits, 1 it does not, 2 the command line or a file is wrong",
      {{"--lose-node", "NODE,...", "these are gone, with what was on them"},
       {"--lose-host", "HOST,...", "so are all nodes of these physical machines"},
       {"--drain", "NODE,...", "these take nothing, and what is on them moves away"},
       {"--add", "FILE", "nodes and workloads that come on top, in the format of a snapshot"},
       {"--scale", "WORKLOAD=N,...", "other numbers of replicas"},
       {"--resize", "WORKLOAD:RESOURCE=AMOUNT,...", "other requests, like web:cpu=2,memory=4G"},
       {"--survive", "", "which apps survive the loss of any one host"},
       {"--room", "WORKLOAD", "how many more replicas of it fit, nothing moved"},
       json_flag,
       help_flag},
      snapshot_note};
  return usage;
}

// "web:cpu=2,memory=4G"
Result<std::pair<std::string, Amounts>> resize_of(const std::string& text) {
  const std::size_t colon = std::min(text.find(':'), text.size());
  Amounts amounts;
  for (std::string_view rest = std::string_view(text).substr(std::min(colon + 1, text.size()));
       !rest.empty();) {
    const std::string_view one = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    const std::size_t equals = std::min(one.find('='), one.size());
    const std::string resource(one.substr(0, equals));
    auto amount = parse_amount(resource, one.substr(std::min(equals + 1, one.size())));
    if (!amount) return fail(Errc::invalid, resource + " " + amount.error().message);
    amounts[resource] = *amount;
  }
  if (amounts.empty()) return fail(Errc::invalid, "must be like web:cpu=2,memory=4G");
  return std::pair(text.substr(0, colon), std::move(amounts));
}

// What cannot be read of the flags is added to `wrong`.
Or<Change> change_of(const Invocation& invocation, const Arguments& arguments,
                     std::vector<std::string>& wrong) {
  Change change;
  change.lose_nodes = listed(arguments, "--lose-node");
  change.lose_hosts = listed(arguments, "--lose-host");
  change.drain_nodes = listed(arguments, "--drain");
  for (const std::string& scale : listed(arguments, "--scale")) {
    const std::size_t equals = std::min(scale.rfind('='), scale.size());
    const auto replicas =
        equals == scale.size() ? std::nullopt : count_of(scale.substr(equals + 1));
    if (replicas) {
      change.replicas[scale.substr(0, equals)] = *replicas;
    } else {
      wrong.push_back("--scale: must be like web=3: " + scale);
    }
  }
  if (arguments.has("--resize")) {
    auto resized = resize_of(*arguments.value("--resize"));
    if (resized) {
      change.requests.insert(*std::move(resized));
    } else {
      wrong.push_back("--resize: " + resized.error().message);
    }
  }
  if (const auto file = arguments.value("--add")) {
    const auto text = content(invocation, *file);
    if (!text) return tl::unexpected<int>(text.error());
    auto addition = parse_addition(*text, shown_name(*file));
    if (!addition) return refuse(invocation, addition.error());
    change.add_nodes = std::move(addition->nodes);
    change.add_workloads = std::move(addition->workloads);
  }
  return change;
}

// The problem after the change, as sound as the snapshot was. All that is wrong is told at once.
Or<Problem> problem_after(const Invocation& invocation, const Question& asked) {
  std::vector<std::string> wrong;
  const auto change = change_of(invocation, asked.arguments, wrong);
  if (!change) return tl::unexpected<int>(change.error());
  Change with_room = *change;  // whose workload must be there, too
  if (const auto room = asked.arguments.value("--room")) with_room.replicas.emplace(*room, 0);
  const auto sound = changed(asked.problem, with_room);
  auto after = changed(asked.problem, *change);
  for (const std::string& one : wrong) invocation.err << "paas-agent: " << one << "\n";
  if (!sound) {
    complain(invocation.err, after ? "count the room" : "make the change", sound.error());
  }
  if (!sound || !after || !wrong.empty()) return tl::unexpected<int>(misused);
  return *std::move(after);
}

}  // namespace

int place_plan(const Invocation& invocation) {
  static const Usage usage = {
      "place plan SNAPSHOT [flags]",
      "Decides where the workloads go, and says why: who stays, who gets which node, who has none.",
      "0 everything fits, 1 something has no place or loses it, 2 the command line or a file is "
      "wrong",
      {json_flag, help_flag},
      snapshot_note};
  const auto asked = question(invocation, usage);
  if (!asked) return asked.error();
  const Decision decision = place(asked->problem);
  answer(invocation, asked->as_json(), decision_json(decision), decision_text(decision));
  return decision.fits() ? done : failed;
}

int place_explain(const Invocation& invocation) {
  static const Usage usage = {
      "place explain SNAPSHOT --workload NAME[/ORDINAL] [flags]",
      "Shows what every node says to a replica, when all others are where a plan puts them.",
      "0 some node would take it, 1 none would, 2 the command line or a file is wrong",
      {{"--workload", "NAME[/ORDINAL]", "a replica, or one more of the workload"},
       json_flag,
       help_flag},
      snapshot_note};
  const auto asked = question(invocation, usage);
  if (!asked) return asked.error();
  const auto name = asked->arguments.value("--workload");
  if (!name) return misused_place(invocation, usage, "--workload is needed").value();
  auto allocation = allocation_of(*name);
  if (!allocation) {
    const auto& all = asked->problem.workloads;
    const auto known = std::find_if(all.begin(), all.end(),
                                    [&](const Workload& one) { return one.name == *name; });
    allocation = Allocation{*name, known == all.end() ? 0 : known->replicas};
  }
  const auto explanation = explain(asked->problem, *allocation);
  if (!explanation) {
    complain(invocation.err, "explain \"" + *name + "\"", explanation.error());
    return misused;
  }
  answer(invocation, asked->as_json(), explanation_json(*explanation),
         explanation_text(*explanation));
  const bool taken = std::any_of(explanation->verdicts.begin(), explanation->verdicts.end(),
                                 [](const Verdict& verdict) { return verdict.refusals.empty(); });
  return taken ? done : failed;
}

int place_what_if(const Invocation& invocation) {
  const auto asked = question(invocation, what_if_usage());
  if (!asked) return asked.error();
  const auto after = problem_after(invocation, *asked);
  if (!after) return after.error();

  const Decision decision = place(*after);
  bool fits = decision.fits();
  Json::Object json{{"plan", decision_json(decision)}};
  std::string text = decision_text(decision);
  if (asked->arguments.has("--survive")) {
    const auto all = losses(*after);
    fits = fits && apps_that_do_not_survive(all).empty();
    json.emplace("survival", losses_json(all));
    text += "\n" + losses_text(all);
  }
  if (const auto name = asked->arguments.value("--room")) {
    const auto shape = std::find_if(after->workloads.begin(), after->workloads.end(),
                                    [&](const Workload& one) { return one.name == *name; });
    const int room = room_for(*after, *shape, most_room);
    fits = fits && room > 0;
    json.emplace("room", room_json(*name, room, most_room));
    text += "\n" + room_text(*name, room, most_room);
  }
  answer(invocation, asked->as_json(), json, text);
  return fits ? done : failed;
}

int place_rebalance(const Invocation& invocation) {
  static const Usage usage = {
      "place rebalance SNAPSHOT [flags]",
      "Shows moves that make the placement better, in an order in which each can be made.",
      "0 always, also if there is nothing to gain, 2 the command line or a file is wrong",
      {{"--max-moves", "N", "at most so many; 10 unless given"}, json_flag, help_flag},
      snapshot_note};
  const auto asked = question(invocation, usage);
  if (!asked) return asked.error();
  const auto most = count_of(asked->arguments.value("--max-moves").value_or("10"));
  if (!most) {
    return misused_place(invocation, usage, "--max-moves: must be a whole number, at least 0")
        .value();
  }
  const auto moves = rebalance(asked->problem, *most);
  answer(invocation, asked->as_json(), moves_json(moves), moves_text(moves));
  return done;
}

}  // namespace paas::agent::commands
