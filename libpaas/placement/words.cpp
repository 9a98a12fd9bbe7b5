// The small questions that a model and a decision answer about themselves.

#include <algorithm>
#include <set>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/place.hpp"
#include "libpaas/placement/what_if.hpp"

namespace paas::placement {

std::string name_of(const Allocation& allocation) {
  return allocation.workload + "/" + std::to_string(allocation.ordinal);
}

std::optional<Allocation> allocation_of(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const auto ordinal = parse_integer<int>(name.substr(slash + 1));
  if (!ordinal || *ordinal < 0) return std::nullopt;
  Allocation out{std::string(name.substr(0, slash)), *ordinal};
  return name_of(out) == name ? std::optional(out) : std::nullopt;  // not "web/007"
}

std::string_view word_of(Act act) {
  switch (act) {
    case Act::keep:
      return "keep";
    case Act::place:
      return "place";
    case Act::move:
      return "move";
    case Act::refuse:
      return "refuse";
    case Act::preempt:
      return "preempt";
  }
  return "refuse";
}

bool Decision::fits() const {
  return std::none_of(choices.begin(), choices.end(), [](const Choice& choice) {
    return choice.act == Act::refuse || choice.act == Act::preempt;
  });
}

Assignment Decision::assignment() const {
  Assignment out;
  for (const Choice& choice : choices) {
    if (!choice.node.empty()) out.emplace(choice.allocation, choice.node);
  }
  return out;
}

std::vector<std::string> apps_that_do_not_survive(const std::vector<Loss>& losses) {
  std::set<std::string> out;
  for (const Loss& loss : losses) {
    for (const AppStanding& app : loss.at_once) {
      if (app.placed == 0) out.insert(app.app);
    }
    for (const AppStanding& app : loss.after) out.insert(app.app);
  }
  return {out.begin(), out.end()};
}

}  // namespace paas::placement
