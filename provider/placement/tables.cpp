#include "provider/placement/tables.hpp"

#include "libpaas/placement/amount.hpp"

namespace paas::placement_values {
namespace {

using tf::Nesting;
using tf::Trait;
using tf::Type;

constexpr Trait may = Trait::optional;
constexpr Trait must = Trait::required;

SharedSchema table(std::string doc, Attributes attributes) {
  auto schema = std::make_shared<tf::Schema>();
  schema->doc = std::move(doc);
  schema->attributes = std::move(attributes);
  return schema;
}

Type texts() {
  return Type::list(Type::string());
}

Type numbers() {
  return Type::list(Type::number());
}

Type amounts() {
  return Type::map(Type::string());
}

// clang-format off: tables, one attribute a row
SharedSchema device_requests() {
  static const SharedSchema schema = table("Devices that are asked for.", {
      leaf("kind", Type::string(), must, "Kind: `gpu`."),
      leaf("count", Type::number(), may, "Number of devices, all on one node. Left out, 1."),
      leaf("share", Type::number(), may,
           "Share of one device, 0.001 to 1. Left out, 1: the whole device."),
      leaf("models", texts(), may, "Models, any of which will do. Left out, any at all."),
  });
  return schema;
}

Attributes term_rows() {
  return {
      leaf("label", Type::string(), must, "Label of the node."),
      leaf("op", Type::string(), may,
           "`in` (the default), `not_in`, `exists`, `absent`, `greater` or `less`."),
      leaf("values", texts(), may,
           "For `in` and `not_in` any of these; for `greater` and `less` one whole number."),
  };
}

SharedSchema terms() {
  static const SharedSchema schema = table("A condition on one label.", term_rows());
  return schema;
}

SharedSchema preferences() {
  static const SharedSchema schema = [] {
    Attributes rows = term_rows();
    rows.push_back(leaf("weight", Type::number(), may, "How much it matters, 1 to 100. Left out, 50."));
    return table("A condition that is wanted, not needed.", std::move(rows));
  }();
  return schema;
}

Attributes workload_rows() {
  static const SharedSchema tolerations = table("A taint that is tolerated.", {
      leaf("key", Type::string(), must, "Key of the taint."),
      leaf("value", Type::string(), may, "Its value. Left out, whatever the value."),
  });
  static const SharedSchema relations = table("To be where another app is, or where it is not.", {
      leaf("app", Type::string(), must, "The app; it may be the workload's own."),
      leaf("level", Type::string(), may,
           "What is shared: `node` (the default), `host`, or a label whose value it is."),
      leaf("apart", Type::boolean(), may, "Where the app is not (the default); `false`: where it is."),
      leaf("weight", Type::number(), may,
           "How much it matters, 1 to 100. Left out, it is required."),
  });
  static const SharedSchema spreads = table("To divide the replicas of the app evenly.", {
      leaf("level", Type::string(), may, "Over what: `host` (the default), `node`, or a label."),
      leaf("max_skew", Type::number(), may,
           "The most that the fullest may have over the emptiest. Left out, evenness is wanted, not "
           "needed."),
      leaf("weight", Type::number(), may,
           "How much it matters where `max_skew` is left out, 1 to 100. Left out, 50."),
  });
  return {
      leaf("app", Type::string(), may,
           "What relations and spreads speak of. Left out, the workload's name."),
      leaf("project", Type::string(), may, "Project whose quota it draws on."),
      leaf("replicas", Type::number(), may, "Number of replicas: `web/0`, `web/1`, … Left out, 1."),
      leaf("requests", amounts(), may,
           "What each replica needs, by resource: `{ cpu = 0.5, memory = \"512M\" }`."),
      branch("devices", Nesting::list, device_requests(), may, "Devices that each replica needs."),
      leaf("ports", numbers(), may, "Ports of the node that each replica needs for itself."),
      leaf("volumes", texts(), may, "Volumes that must be on the node."),
      leaf("archs", texts(), may, "Architectures, any of which will do. Left out, any at all."),
      leaf("pin", texts(), may, "Nodes that may be used. Left out, all."),
      branch("required", Nesting::list, terms(), may, "Conditions on labels that must hold."),
      branch("preferred", Nesting::list, preferences(), may, "Conditions on labels that are wanted."),
      branch("tolerations", Nesting::list, tolerations, may, "Taints that do not keep it away."),
      branch("relations", Nesting::list, relations, may,
             "Apps it is to be with, or apart from. A relation to its own app keeps replicas apart "
             "or, with apart = false, all workloads of the app together."),
      branch("spreads", Nesting::list, spreads, may, "Over what its app is to be spread evenly."),
      leaf("priority", Type::number(), may,
           "Higher ones are placed first, and may push lower ones out where `rules.preempt` is set. "
           "Left out, 0."),
      leaf("gang", Type::string(), may,
           "Workloads of one gang are placed all or not at all."),
      leaf("max_unavailable", Type::number(), may,
           "How many replicas of the app may be on the move in one plan; of several workloads of "
           "an app the least counts. Left out, as many as must."),
      leaf("move_cost", Type::number(), may,
           "What a move costs compared with others. Left out, its memory and disks in MiB."),
  };
}

Attributes node_rows() {
  static const SharedSchema devices = table("Equal devices.", {
      leaf("kind", Type::string(), must, "Kind: `gpu`."),
      leaf("model", Type::string(), may, "Model."),
      leaf("count", Type::number(), must, "Number of devices."),
  });
  static const SharedSchema taints = table("What keeps workloads away that do not tolerate it.", {
      leaf("key", Type::string(), must, "Key."),
      leaf("value", Type::string(), may, "Value."),
      leaf("hard", Type::boolean(), may,
           "Whether only those that tolerate it may come (the default); `false`: others are "
           "preferred."),
  });
  return {
      leaf("host", Type::string(), may,
           "The physical machine below a virtual one: nodes of one host fail together. Left out, the "
           "node itself."),
      leaf("arch", Type::string(), may, "Architecture: `amd64`."),
      leaf("labels", Type::map(Type::string()), may, "Labels."),
      leaf("capacity", amounts(), may,
           "What is there, by resource: `{ cpu = 16, memory = \"64G\", \"disk/local\" = \"1T\" }`. A "
           "resource that is not named is not there."),
      leaf("reserved", amounts(), may, "Headroom that no workload gets, by resource."),
      leaf("overcommit", Type::map(Type::number()), may,
           "How many times the capacity may be promised, by resource, 0.001 to 100. Left out, once."),
      branch("devices", Nesting::list, devices, may, "Devices."),
      leaf("ports_taken", numbers(), may, "Ports that others use."),
      leaf("volumes", texts(), may, "Volumes that exist here and nowhere else."),
      branch("taints", Nesting::list, taints, may, "What keeps workloads away."),
      leaf("drained", Type::boolean(), may, "Takes nothing, and what is here moves away."),
  };
}

Attributes rules_rows() {
  static const SharedSchema objectives = table("What a good placement is, in thousandths.", {
      leaf("pack", Type::number(), may, "Few nodes, so that whole nodes stay free. Left out, 1000."),
      leaf("balance", Type::number(), may, "Every node equally loaded, instead. Left out, 0."),
      leaf("fit", Type::number(), may,
           "What is left of a node stays usable for the shapes that are around. Left out, 1000."),
      leaf("spread", Type::number(), may, "Preferred spreads. Left out, 1000."),
      leaf("affinity", Type::number(), may,
           "Preferred labels and relations, soft taints. Left out, 1000."),
      leaf("stay", Type::number(), may, "To come back to where it was. Left out, 1000."),
  });
  static const SharedSchema expected = table("A shape of workload that is expected.", {
      leaf("requests", amounts(), may, "What one needs, by resource."),
      branch("devices", Nesting::list, device_requests(), may, "Devices that one needs."),
      leaf("weight", Type::number(), may, "How often it comes beside the others. Left out, 1."),
  });
  return {
      branch("objectives", Nesting::single, objectives, may,
             "What a good placement is: how much each of these matters beside the others."),
      leaf("quotas", Type::map(amounts()), may,
           "The most that a project's workloads get, by project and resource. What is not named is "
           "free."),
      leaf("preempt", Type::boolean(), may, "Whether lower priorities may be pushed out."),
      branch("expected", Nesting::list, expected, may,
             "What the fit of a remainder is measured by. Left out, the workloads at hand."),
      leaf("search_budget", Type::number(), may,
           "Units of work that a search for moves may spend. Left out, 2000000."),
  };
}
// clang-format on

Type collected(Nesting nesting, const tf::Schema& object) {
  switch (nesting) {
    case Nesting::single:
      break;
    case Nesting::list:
      return Type::list(tf::type_of(object));
    case Nesting::set:
      return Type::set(tf::type_of(object));
    case Nesting::map:
      return Type::map(tf::type_of(object));
  }
  return tf::type_of(object);
}

}  // namespace

tf::Attribute leaf(std::string name, Type type, Trait traits, std::string doc, tf::Rules rules) {
  return {std::move(name), std::move(type), {}, traits, std::move(doc), std::move(rules)};
}

tf::Attribute branch(std::string name, Nesting nesting, SharedSchema object, Trait traits,
                     std::string doc) {
  Type type = collected(nesting, *object);
  return {std::move(name), std::move(type), tf::Nested{nesting, std::move(object)},
          traits,          std::move(doc),  {}};
}

SharedSchema node_schema() {
  static const SharedSchema schema = table("A node.", node_rows());
  return schema;
}

SharedSchema workload_schema() {
  static const SharedSchema schema = table("A workload.", workload_rows());
  return schema;
}

SharedSchema rules_schema() {
  static const SharedSchema schema = table("The rules.", rules_rows());
  return schema;
}

Attributes problem_attributes(const std::string& current_name, const std::string& current_doc) {
  return {
      branch("cluster", Nesting::map, node_schema(), must,
             "The nodes there are, by name. `placement_nodes` of the data source `paas_pve_nodes` "
             "has this shape."),
      branch("workloads", Nesting::map, workload_schema(), must,
             "What is to be placed, by name. A name holds no slash."),
      branch("rules", Nesting::single, rules_schema(), may, "What a good placement is."),
      leaf(current_name, Type::map(Type::string()), may, current_doc),
  };
}

tf::Attribute placement_attribute() {
  static const SharedSchema schema =
      table("A placement.",
            problem_attributes("assignments", "Where replicas are: `{ \"web/0\" = \"pve1\" }`."));
  return branch("placement", Nesting::single, schema, must,
                "What it is about: a `paas_placement`, or its `cluster`, `workloads`, `rules` and "
                "`assignments` as values.");
}

SharedSchema read_only(const tf::Schema& schema) {
  Attributes rows;
  for (const tf::Attribute& a : schema.attributes) {
    rows.push_back(a.nested ? branch(a.name, a.nested->nesting, read_only(*a.nested->object),
                                     Trait::computed, a.doc)
                            : leaf(a.name, a.type, Trait::computed, a.doc));
  }
  return table(schema.doc, std::move(rows));
}

tf::Check readable_amounts() {
  return [](const tf::Value& value) -> Result<void> {
    const tf::Map* amounts = value.as<tf::Map>();
    if (!amounts) return {};
    for (const auto& [resource, amount] : *amounts) {
      const std::string* text = amount.as<std::string>();
      if (!text) continue;
      auto read = placement::parse_amount(resource, *text);
      if (!read) return fail(read.error().code, "of " + resource + " " + read.error().message);
    }
    return {};
  };
}

tf::Object<Whole> whole_object(std::string doc, std::int64_t version, Attributes attributes) {
  std::vector<tf::Row<Whole>> rows;
  for (tf::Attribute& a : attributes) {
    tf::Binding<Whole> binding;
    binding.type = a.type;
    binding.nested = a.nested;
    binding.encode = [name = a.name](const Whole& whole) {
      const auto found = whole.attributes.find(name);
      return found == whole.attributes.end() ? tf::Value() : found->second;
    };
    binding.decode = [name = a.name](const tf::Value& value, Whole& whole) {
      whole.attributes.insert_or_assign(name, value);
      return true;
    };
    rows.push_back({a.name, std::move(binding), a.traits, std::move(a.doc), std::move(a.rules)});
  }
  return {std::move(doc), version, std::move(rows)};
}

}  // namespace paas::placement_values
