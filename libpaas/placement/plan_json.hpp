#pragma once
// Answers as JSON. Fields keep their names and meaning, and are always there; null says that there
// is nothing. docs/formats/placement-plan.schema.json is their law, docs/formats/README.md shows
// them. Amounts are in a resource's own unit (model.hpp).

#include "libpaas/base/json.hpp"
#include "libpaas/placement/explain.hpp"
#include "libpaas/placement/place.hpp"
#include "libpaas/placement/what_if.hpp"

#pragma GCC visibility push(default)
namespace paas::placement {

// `assignment` of it can stand as `current` in the next snapshot.
Json decision_json(const Decision& decision);
Json explanation_json(const Explanation& explanation);
Json losses_json(const std::vector<Loss>& losses);
// Room for `room` more replicas of a workload; `limit` is where counting ended.
Json room_json(std::string_view workload, int room, int limit);
Json moves_json(const std::vector<Move>& moves);

}  // namespace paas::placement
#pragma GCC visibility pop
