#pragma once
// What a plan of a template says beyond its table: a function of configuration, prior state, the
// provider's configuration, and the local file that is to be uploaded.

#include "libpaas/ports/files.hpp"
#include "provider/policy/policy.hpp"
#include "provider/resources/lxc_template/model.hpp"
#include "provider/tf/typed.hpp"

namespace paas::lxc_template {

struct PlanContext {
  const policy::Policy& policy;
  Files& files;
};

// Asks for a new template where the file would be another one. Fills in what follows from the
// configuration: file name, volume, id. Then says, all at once, what cannot be done as declared.
// The checksum of a local file is left unknown when it is created, so that the file may still
// change, or come into being, before it is uploaded.
void refine_plan(const tf::Planning& planning, const PlanContext& context);

}  // namespace paas::lxc_template
