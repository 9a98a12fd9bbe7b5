#pragma once
// Random configurations and states for any schema.
//
// All of this draws from rapidcheck: REQUIRES to be called inside a property (rc::check).

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "provider/tf/schema.hpp"

namespace paas::contract {

// What the schema cannot say: which values make sense. Paths are attribute names with dots, without
// keys and indices: "network.bridge".
struct Candidates {
  // Values to draw from; without any, random ones that pass the attribute's check.
  std::map<std::string, std::vector<tf::Value>> values{};
  // Keys of a map.
  std::map<std::string, std::vector<std::string>> keys{};
  // A last touch on the whole configuration, for rules over several attributes.
  std::function<void(tf::Map& config)> adjust{};
};

// A configuration without unknown values that `tf::validate` accepts; the property is discarded
// where none is found in a few attempts. Throws std::runtime_error, naming the attribute, where a
// required attribute's check refuses every random value: it needs candidates.
tf::Value random_config(const tf::Schema& schema, const Candidates& candidates = {});

// The same configuration with some parts not yet known, as Terraform sees it while planning:
// leaves, whole elements, whole attributes, dynamic blocks; also some that will turn out null.
tf::Value with_unknowns(const tf::Schema& schema, const tf::Value& config);

// What an apply could make of a planned state: everything unknown becomes some value of its type.
tf::Value random_outcome(const tf::Schema& schema, const tf::Value& planned,
                         const Candidates& candidates = {});

}  // namespace paas::contract
