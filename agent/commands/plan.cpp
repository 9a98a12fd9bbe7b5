#include "agent/commands/plan.hpp"

#include "agent/colour.hpp"
#include "agent/commands/complaint.hpp"
#include "agent/commands/node_parts.hpp"
#include "agent/interrupts.hpp"
#include "libpaas/base/json.hpp"

namespace paas::agent::commands {
namespace {

constexpr int something_would_change = 2;
constexpr int plan_misused = 64;

const Usage& plan_usage() {
  static const Usage usage = {
      "plan --state WHERE [flags]",
      "Tells what would be done to bring this host to what is declared, in order and with "
      "reasons,\n"
      "as it goes if nothing fails. Nothing is done.",
      "0 nothing would change, 1 it cannot be told, 2 something would change, 64 the command line "
      "is wrong",
      node_flags({{"--json", "", "one JSON object: version, settles, changes"},
                  {"--steps", "", "also the single steps of each change"}})};
  return usage;
}

int code_of(int ended) {
  return ended == misused ? plan_misused : ended;
}

std::string reasons_text(const node::Foreseen& change) {
  std::string out;
  for (const reconcile::Reason& reason : change.reasons) {
    out += (out.empty() ? "" : "; ") + reason.text;
  }
  return out;
}

Json to_json(const node::Preview& preview) {
  Json::Array changes;
  for (const node::Foreseen& change : preview.changes) {
    Json::Array reasons, steps;
    for (const reconcile::Reason& reason : change.reasons) {
      reasons.push_back(Json::Object{{"reason", reason.word}, {"text", reason.text}});
    }
    for (const std::string& step : change.steps) steps.push_back(step);
    changes.push_back(Json::Object{
        {"change", change.text}, {"reasons", std::move(reasons)}, {"steps", std::move(steps)}});
  }
  return Json::Object{
      {"version", preview.version}, {"settles", preview.settles}, {"changes", std::move(changes)}};
}

void print(const Invocation& invocation, const Arguments& arguments, const node::Preview& preview) {
  if (arguments.has("--json")) {
    invocation.out << pretty_json(to_json(preview));
    return;
  }
  if (preview.changes.empty()) {
    invocation.out << "nothing would change\n";
    return;
  }
  const Colour colour(invocation);
  std::size_t width = 0;
  for (const node::Foreseen& change : preview.changes) width = std::max(width, change.text.size());
  for (const node::Foreseen& change : preview.changes) {
    std::string text = change.text;
    const std::string reasons = reasons_text(change);
    if (!reasons.empty()) text.resize(width, ' ');
    invocation.out << colour.bold(text) << (reasons.empty() ? "" : "  " + reasons) << "\n";
    if (!arguments.has("--steps")) continue;
    for (const std::string& step : change.steps) invocation.out << "    " << step << "\n";
  }
  if (!preview.settles) invocation.out << "… and it would not come to rest by itself\n";
}

}  // namespace

int plan(const Invocation& invocation) {
  const Usage& usage = plan_usage();
  const auto arguments = understood(invocation, usage, {0, 0});
  if (!arguments) return code_of(arguments.error());
  const auto log = node_log(invocation, usage, *arguments);
  if (!log) return code_of(log.error());
  const Interrupts interrupts;
  const auto parts =
      node_parts(invocation, usage, *arguments, Purpose::look, **log, interrupts.token());
  if (!parts) return code_of(parts.error());
  const auto preview = node::preview((*parts)->ports(), (*parts)->options(), interrupts.token());
  if (!preview) {
    complain(invocation.err, "tell what would change", preview.error());
    return failed;
  }
  print(invocation, *arguments, *preview);
  return preview->changes.empty() ? done : something_would_change;
}

}  // namespace paas::agent::commands
