#include "libpaas/placement/amount.hpp"
#include "libpaas/placement/snapshot.hpp"

namespace paas::placement {
namespace {

// An object in which what says nothing is left out.
class SparseObject {
 public:
  template <class T>
  void put(const char* name, const T& value, const T& left_out) {
    if (value != left_out) object_.emplace(name, Json(value));
  }
  void put(const char* name, const std::string& value) { put(name, value, std::string()); }
  template <class T>
  void put(const char* name, const std::optional<T>& value) {
    if (value) object_.emplace(name, Json(*value));
  }
  void put(const char* name, Json::Array list) {
    if (!list.empty()) object_.emplace(name, std::move(list));
  }
  void put(const char* name, Json::Object map) {
    if (!map.empty()) object_.emplace(name, std::move(map));
  }
  Json::Object take() { return std::move(object_); }

 private:
  Json::Object object_;
};

template <class T>
Json::Array plain_list(const std::vector<T>& values) {
  return {values.begin(), values.end()};
}

template <class T, class Print>
Json::Array list_of(const std::vector<T>& values, Print print) {
  Json::Array out;
  for (const T& value : values) out.emplace_back(print(value));
  return out;
}

Json::Object amounts_object(const Amounts& amounts) {
  Json::Object out;
  for (const auto& [resource, amount] : amounts)
    out.emplace(resource, amount_json(resource, amount));
  return out;
}

const char* word_of_operator(Operator op) {
  switch (op) {
    case Operator::in:
      return "in";
    case Operator::not_in:
      return "not_in";
    case Operator::exists:
      return "exists";
    case Operator::absent:
      return "absent";
    case Operator::greater:
      return "greater";
    case Operator::less:
      return "less";
  }
  return "in";
}

SparseObject term_object(const Term& term) {
  SparseObject out;
  out.put("label", term.label);
  out.put("op", std::string(word_of_operator(term.op)), std::string("in"));
  out.put("values", plain_list(term.values));
  return out;
}

Json::Array requests_list(const std::vector<DeviceRequest>& requests) {
  return list_of(requests, [](const DeviceRequest& request) {
    SparseObject out;
    out.put("kind", request.kind);
    out.put("count", request.count, 1);
    out.put("share", milli_json(request.share_milli), milli_json(1000));
    out.put("models", plain_list(request.models));
    return out.take();
  });
}

Json::Object relation_object(const Relation& relation) {
  SparseObject out;
  out.put("app", relation.app);
  out.put("level", relation.level, std::string("node"));
  out.put("apart", relation.apart, true);
  out.put("weight", relation.weight);
  return out.take();
}

Json::Object spread_object(const Spread& spread) {
  SparseObject out;
  out.put("level", spread.level, std::string("host"));
  out.put("max_skew", spread.max_skew);
  out.put("weight", spread.weight, 50);
  return out.take();
}

Json::Object rules_object(const Rules& rules) {
  const Objectives usual;
  SparseObject objectives;
  objectives.put("pack", rules.objectives.pack, usual.pack);
  objectives.put("balance", rules.objectives.balance, usual.balance);
  objectives.put("fit", rules.objectives.fit, usual.fit);
  objectives.put("spread", rules.objectives.spread, usual.spread);
  objectives.put("affinity", rules.objectives.affinity, usual.affinity);
  objectives.put("stay", rules.objectives.stay, usual.stay);
  Json::Object quotas;
  for (const auto& [project, amounts] : rules.quotas) {
    quotas.emplace(project, amounts_object(amounts));
  }
  SparseObject out;
  out.put("objectives", objectives.take());
  out.put("quotas", std::move(quotas));
  out.put("preempt", rules.preempt, false);
  out.put("expected", list_of(rules.expected, [](const ExpectedShape& shape) {
            SparseObject one;
            one.put("requests", amounts_object(shape.requests));
            one.put("devices", requests_list(shape.devices));
            one.put("weight", shape.weight, Amount{1});
            return one.take();
          }));
  out.put("search_budget", rules.search_budget, Rules{}.search_budget);
  return out.take();
}

}  // namespace

Json node_json(const Node& node) {
  SparseObject out;
  out.put("name", node.name);
  out.put("host", node.host);
  out.put("arch", node.arch);
  out.put("labels", Json::Object(node.labels.begin(), node.labels.end()));
  out.put("capacity", amounts_object(node.capacity));
  out.put("reserved", amounts_object(node.reserved));
  Json::Object overcommit;
  for (const auto& [resource, milli] : node.overcommit_milli) {
    overcommit.emplace(resource, milli_json(milli));
  }
  out.put("overcommit", std::move(overcommit));
  out.put("devices", list_of(node.devices, [](const DeviceGroup& group) {
            SparseObject one;
            one.put("kind", group.kind);
            one.put("model", group.model);
            one.put("count", group.count, -1);
            return one.take();
          }));
  out.put("ports_taken", plain_list(node.ports_taken));
  out.put("volumes", plain_list(node.volumes));
  out.put("taints", list_of(node.taints, [](const Taint& taint) {
            SparseObject one;
            one.put("key", taint.key);
            one.put("value", taint.value);
            one.put("hard", taint.hard, true);
            return one.take();
          }));
  out.put("drained", node.drained, false);
  return out.take();
}

Json workload_json(const Workload& workload) {
  SparseObject out;
  out.put("name", workload.name);
  out.put("app", workload.app);
  out.put("project", workload.project);
  out.put("replicas", workload.replicas, 1);
  out.put("requests", amounts_object(workload.requests));
  out.put("devices", requests_list(workload.devices));
  out.put("ports", plain_list(workload.ports));
  out.put("volumes", plain_list(workload.volumes));
  out.put("archs", plain_list(workload.archs));
  out.put("pin", plain_list(workload.pin));
  out.put("required",
          list_of(workload.required, [](const Term& term) { return term_object(term).take(); }));
  out.put("preferred", list_of(workload.preferred, [](const Preference& preference) {
            SparseObject one = term_object(preference.term);
            one.put("weight", preference.weight, 50);
            return one.take();
          }));
  out.put("tolerations", list_of(workload.tolerations, [](const Toleration& toleration) {
            SparseObject one;
            one.put("key", toleration.key);
            one.put("value", toleration.value);
            return one.take();
          }));
  out.put("relations", list_of(workload.relations, relation_object));
  out.put("spreads", list_of(workload.spreads, spread_object));
  out.put("priority", workload.priority, 0);
  out.put("gang", workload.gang);
  out.put("max_unavailable", workload.max_unavailable);
  out.put("move_cost", workload.move_cost);
  return out.take();
}

Json snapshot_json(const Problem& problem) {
  Json::Object current;
  for (const auto& [allocation, node] : problem.current) current.emplace(name_of(allocation), node);
  SparseObject out;
  out.put("format", 1, 0);
  out.put("current", std::move(current));
  out.put("resized", plain_list(problem.resized));
  out.put("rules", rules_object(problem.rules));
  Json::Object object = out.take();
  object.emplace("nodes", list_of(problem.cluster.nodes, node_json));
  object.emplace("workloads", list_of(problem.workloads, workload_json));
  return object;
}

}  // namespace paas::placement
