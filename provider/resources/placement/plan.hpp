#pragma once
// What a plan of a placement says: a function of the configuration, of where the prior state says
// that replicas are, and of the provider's policy; of nothing else (docs/decisions/0002).

#include "provider/placement/tables.hpp"
#include "provider/policy/policy.hpp"
#include "provider/tf/typed.hpp"

namespace paas::placement_resource {

const tf::Object<placement_values::Whole>& placement_object();

// Fills in all that is computed, where everything it follows from is known and something changes.
// What does not fit is an error for each workload; with `allow_unplaced`, a warning.
void refine_plan(const tf::Planning& planning, const policy::Policy& policy);

// "web/0=pve1,web/1=pve2", as an import has it, as the value of `assignments`. Errors: `invalid`.
Result<tf::Value> parse_import_id(std::string_view id);

}  // namespace paas::placement_resource
