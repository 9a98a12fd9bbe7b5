#pragma once
// Runs Terraform's rules over the plans of a resource with random configurations.
//
//   for (const auto& resource : provider.resources())
//     CHECK(contract::check_resource_plans(*resource, candidates_of(resource->name())));

#include "provider/tf/contract.hpp"
#include "provider/tf/resource.hpp"
#include "tests/contract/random_config.hpp"

namespace paas::contract {

// One change as Terraform drives it: a plan with what is known beforehand, and, inside apply, a
// second one with everything known.
struct Change {
  tf::Value prior;   // null: create
  tf::Value veiled;  // the configuration while planning; null: destroy
  tf::Value config;  // the same inside apply
};

// What the second plan will make of it, and every breach of the rules on the way there. `refused`:
// a plan answered with errors, as it may.
struct Course {
  tf::Value planned;
  bool refused = false;
  tf::Breaches breaches;
};
Course course_of(tf::Resource& resource, const Change& change);

// Creates, changes and destroys with random configurations; after each apply, the same
// configuration must plan nothing. False, with the story printed, when a rule is broken. The
// resource is only ever asked to validate and plan.
bool check_resource_plans(tf::Resource& resource, const Candidates& candidates = {});

}  // namespace paas::contract
