#pragma once
// The attributes of placement: what docs/formats/placement-snapshot.schema.json says of nodes,
// workloads and rules, and the shape of the answers. Tables as data, shared by resources and data
// sources.

#include <memory>
#include <string>
#include <vector>

#include "provider/tf/object.hpp"

namespace paas::placement_values {

using Attributes = std::vector<tf::Attribute>;
using SharedSchema = std::shared_ptr<const tf::Schema>;

// An attribute of a plain type; one that is an object, or a collection of objects.
tf::Attribute leaf(std::string name, tf::Type type, tf::Trait traits, std::string doc,
                   tf::Rules rules = {});
tf::Attribute branch(std::string name, tf::Nesting nesting, SharedSchema object, tf::Trait traits,
                     std::string doc);

// A node without its name, which is its key in the map `cluster`.
SharedSchema node_schema();
// A workload without its name, which is its key in the map `workloads`.
SharedSchema workload_schema();
SharedSchema rules_schema();
// The four attributes that make a problem: cluster, workloads, rules, and where replicas are
// (`current_name`: "current", "assignments").
Attributes problem_attributes(const std::string& current_name, const std::string& current_doc);
// A problem as one attribute `placement`, to which a whole paas_placement can be assigned.
tf::Attribute placement_attribute();

// What a decision says, as computed attributes: assignments, nodes, decisions, moves, unplaced,
// waiting, summary, fits, moves_proven_minimal. answers.hpp gives their values.
Attributes decision_attributes();
// What single losses would do: survives, apps_at_risk.
Attributes survival_attributes();
// One node's verdict, one lost host, one move of a rebalance, a remedy.
SharedSchema verdict_schema();
SharedSchema loss_schema();
SharedSchema rebalance_schema();
SharedSchema remedy_schema();

// The same attributes, but nobody sets them: for what a data source gives.
SharedSchema read_only(const tf::Schema& schema);

// Of a map of amounts by resource: each can be read.
tf::Check readable_amounts();

// A row whose member is the value as it is.
template <class M>
tf::Row<M> value_row(tf::Value M::* member, tf::Attribute attribute) {
  tf::Binding<M> binding;
  binding.type = attribute.type;
  binding.nested = attribute.nested;
  binding.encode = [member](const M& model) { return model.*member; };
  binding.decode = [member](const tf::Value& value, M& model) {
    model.*member = value;
    return true;
  };
  return {std::move(attribute.name), std::move(binding), attribute.traits, std::move(attribute.doc),
          std::move(attribute.rules)};
}

// A model that is just its attributes, for tables that are made of the above.
struct Whole {
  tf::Map attributes;
};
tf::Object<Whole> whole_object(std::string doc, std::int64_t version, Attributes attributes);

}  // namespace paas::placement_values
