#pragma once
// Terraform's own rules about what a provider answers, as pure functions, so that our tests can run
// them on every resource. Each returns the breaches in words with their paths; empty: none.
//
// Source: Terraform's internal/plans/objchange and docs/resource-instance-change-lifecycle.md.
// Where Terraform only ignores what a provider says in vain (a replacement for an unchanged
// attribute), these functions call it a breach too.

#include <string>
#include <vector>

#include "provider/tf/plan.hpp"

namespace paas::tf {

using Breaches = std::vector<std::string>;

// What Terraform makes of a planned state.
enum class ChangeKind { noop, create, update, replace, destroy };
ChangeKind change_of(const Schema& schema, const Value& prior, const Plan& plan);

// Whether a value has the shape of its type: every attribute there, no other, each of its kind.
Breaches check_shape(const Type& type, const Value& value);

// PlanResourceChange: a planned value is the configured one or, where that is set, the prior one;
// only computed attributes that the user left out may be anything. Also: the paths in
// requires_replace exist, change, and do not lead into a set.
Breaches check_plan(const Schema& schema, const Value& prior, const Value& config,
                    const Plan& plan);

// The second plan, inside apply, when all of the configuration is known: what the first one knew is
// the same, and so is the action, but for an update that turns out to be none.
Breaches check_second_plan(const Schema& schema, const Value& prior, const Plan& first,
                           const Plan& second);

// ApplyResourceChange without errors: everything known, what was planned is there, and nothing is
// where nothing was planned.
Breaches check_applied(const Schema& schema, const Value& planned, const Value& applied);

// ReadResource, ImportResourceState, UpgradeResourceState: everything known, write-only values
// null.
Breaches check_read(const Schema& schema, const Value& state);

}  // namespace paas::tf
