#pragma once
// The generic planner: pure, schema-driven, no knowledge of any resource.

#include "provider/tf/schema.hpp"

namespace paas::tf {

struct Plan {
  Value state;                         // planned new state; null for a destroy
  std::vector<Path> requires_replace;  // attributes whose change forces a new object
  bool operator==(const Plan&) const = default;
};

// What applying `config` to `prior` will give (null prior: create; null config: destroy).
//
// Per attribute: the configured value; where that is null, the fallback, else (computed) the prior
// value. A value that only says the same differently (Rules::same) stays as it was; a collection
// does not: while an element of it is unknown the configured words have to be planned, and a second
// plan that finds it the same after all must not go back on them. Once anything changes, computed
// attributes that nobody set become unknown, `stable` ones only for a new object. Nested maps are
// matched by key, lists by position; sets are taken from the configuration whole. Write-only
// attributes are null; unknown values, blocks and elements are echoed.
//
// A change of a `replaces` attribute asks for a new object, and the state is then planned as for a
// create. The path is that of the changed leaf, or of the set it stands in. A leaf speaks only for
// an element that stays: one that comes or goes replaces where the collection itself is `replaces`.
// A nested value that becomes unknown as a whole counts as a change of every leaf in it, because
// the second plan, inside apply, may no longer ask for a replacement.
//
// Source: Terraform's resource-instance-change-lifecycle.
Plan plan(const Schema& schema, const Value& prior, const Value& config);

// Every problem of a configuration: what is missing, what a check refuses, what rules over several
// attributes say; each with its path. Unknown values are left for later.
Diagnostics validate(const Schema& schema, const Value& config);

// The value with every write-only attribute null: what may be stored.
Value without_write_only(const Schema& schema, Value value);

// An observed value in the words of the known one, wherever both mean the same (Rules::same, the
// order of a set, the digits of a double); elements are matched as in a plan. What Terraform has
// once been told must not come back in other words.
Value as_written(const Schema& schema, const Value& known, Value observed);

// The configuration that would give this state: what only we compute, and what equals its fallback,
// is null (protocol 6.10, GenerateResourceConfig).
Value config_of(const Schema& schema, const Value& state);

// A plan in the notation of our golden files: a line with "+", "~", "-/+", "-" or "=" (nothing to
// do), then a line per change:
//   ~
//     network["net0"].mtu: 1500 -> 9000
//     password: (sensitive) -> (sensitive)
// A leaf that forces the new object ends in " # replaces".
std::string render(const Schema& schema, const Value& prior, const Plan& plan);

}  // namespace paas::tf
