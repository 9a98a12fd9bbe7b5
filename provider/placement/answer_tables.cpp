// The shape of answers: what docs/formats/placement-plan.schema.json says, as attributes.

#include "provider/placement/tables.hpp"

namespace paas::placement_values {
namespace answer_shapes {

using tf::Nesting;
using tf::Type;

constexpr tf::Trait gives = tf::Trait::computed;

SharedSchema shape(std::string doc, Attributes attributes) {
  auto schema = std::make_shared<tf::Schema>();
  schema->doc = std::move(doc);
  schema->attributes = std::move(attributes);
  return schema;
}

// clang-format off: tables, one attribute a row
Attributes option_rows() {
  return {
      leaf("score", Type::number(), gives,
           "Its score: higher is better. In 2^20ths of a mean node: 1048576 is worth a whole one."),
      leaf("parts", Type::map(Type::number()), gives,
           "What the score is made of, in the same unit: `fit`, `pack`, `balance`, `affinity`, "
           "`spread`, `stay`."),
  };
}

SharedSchema option_schema() {
  static const SharedSchema schema = [] {
    Attributes rows = option_rows();
    rows.push_back(leaf("node", Type::string(), gives, "Node."));
    return shape("A node that would do.", std::move(rows));
  }();
  return schema;
}

Attributes refusal_rows() {
  return {
      leaf("reason", Type::string(), gives, "One word: `memory`, `label`, `port`, `apart`, …"),
      leaf("what", Type::string(), gives,
           "The resource, label, taint, port or app that stands against it."),
  };
}

SharedSchema refused_schema() {
  static const SharedSchema schema = [] {
    Attributes rows = refusal_rows();
    rows.push_back(leaf("nodes", Type::number(), gives, "How many nodes refuse for this reason."));
    return shape("Nodes that refuse for one reason.", std::move(rows));
  }();
  return schema;
}

SharedSchema refusal_schema() {
  static const SharedSchema schema = [] {
    Attributes rows = refusal_rows();
    rows.push_back(leaf("short_of", Type::number(), gives,
                        "How much is missing, where that can be counted: thousandths of a core, MiB, "
                        "or pieces; else 0."));
    rows.push_back(leaf("text", Type::string(), gives, "The same in words."));
    return shape("Why a node does not take it.", std::move(rows));
  }();
  return schema;
}

SharedSchema decision_schema() {
  static const SharedSchema schema = [] {
    Attributes rows = option_rows();
    rows.insert(rows.begin(), {
        leaf("act", Type::string(), gives,
             "What was decided: `place`, `move`, `keep`, `refuse` or `preempt`."),
        leaf("node", Type::string(), gives, "Node on which it is; null if it has none."),
        leaf("from", Type::string(), gives, "Node on which it was before; null if it had none."),
        leaf("because", Type::string(), gives, "Why, in a sentence."),
    });
    rows.push_back(branch("alternatives", Nesting::list, option_schema(), gives,
                          "The best three other nodes, best first."));
    rows.push_back(branch("refused", Nesting::list, refused_schema(), gives,
                          "Why the other nodes do not take it: most nodes first."));
    rows.push_back(branch("remedy", Nesting::single, remedy_schema(), gives,
                          "The smallest change that would give it a place with nobody moved; null if it "
                          "has one."));
    return shape("What was decided for one replica.", std::move(rows));
  }();
  return schema;
}

SharedSchema move_schema() {
  static const SharedSchema schema = shape("A move.", {
      leaf("allocation", Type::string(), gives, "The replica: `web/0`."),
      leaf("from", Type::string(), gives, "Node that it leaves."),
      leaf("to", Type::string(), gives, "Node that it goes to."),
      leaf("because", Type::string(), gives, "Why, in a sentence."),
  });
  return schema;
}

SharedSchema summary_schema() {
  static const SharedSchema schema = shape("How many replicas each act befalls.", {
      leaf("keep", Type::number(), gives, "Stay where they are."),
      leaf("place", Type::number(), gives, "Had no node and get one."),
      leaf("move", Type::number(), gives, "Leave their node for another."),
      leaf("refuse", Type::number(), gives, "Have no node and get none."),
      leaf("preempt", Type::number(), gives, "Lose their node to a higher priority."),
  });
  return schema;
}

SharedSchema standing_schema() {
  static const SharedSchema schema = shape("How many replicas of an app there are.", {
      leaf("app", Type::string(), gives, "The app."),
      leaf("placed", Type::number(), gives, "Replicas that have a node."),
      leaf("wanted", Type::number(), gives, "Replicas that are wanted."),
  });
  return schema;
}

}  // namespace answer_shapes

using namespace answer_shapes;

Attributes decision_attributes() {
  return {
      leaf("assignments", Type::map(Type::string()), gives,
           "Where every replica is: `{ \"web/0\" = \"pve1\" }`."),
      leaf("nodes", Type::map(Type::list(Type::string())), gives,
           "The nodes of each workload, by number of the replica: `nodes[\"web\"][0]`. An empty text "
           "stands for a replica without a node."),
      branch("decisions", Nesting::map, decision_schema(), gives,
             "Why each replica is where it is, by `web/0`. While it stays, this stays what it was "
             "when it came. In a `paas_placement`, `score`, `parts`, `alternatives` and `refused` "
             "are null without `explain = true`."),
      branch("moves", Nesting::list, move_schema(), gives, "Who leaves a node for another, and why."),
      leaf("unplaced", Type::list(Type::string()), gives, "Replicas without a node: `web/2`."),
      leaf("waiting", Type::list(Type::string()), gives,
           "Replicas that may not stay where they are, but wait there because of "
           "`max_unavailable`."),
      branch("summary", Nesting::single, summary_schema(), gives,
             "How many replicas each act befalls."),
      leaf("fits", Type::boolean(), gives, "Whether every replica has a node."),
      leaf("moves_proven_minimal", Type::boolean(), gives,
           "Whether the moves are the fewest and cheapest there can be, or the best that were found "
           "within `rules.search_budget`."),
  };
}

Attributes survival_attributes() {
  return {
      leaf("survives", Type::boolean(), gives,
           "Whether every app survives the loss of any one host: it still has a replica at once, and "
           "gets all of them back elsewhere."),
      leaf("apps_at_risk", Type::list(Type::string()), gives,
           "Apps that some single loss stops, or leaves without room for all their replicas."),
  };
}

SharedSchema remedy_schema() {
  static const SharedSchema schema = shape("The smallest change that helps, with nobody moved.", {
      leaf("node", Type::string(), gives, "Node."),
      leaf("text", Type::string(), gives, "The change in words: `512 MiB more memory on pve2`."),
      branch("changes", Nesting::list, refusal_schema(), gives, "What stands against it there."),
  });
  return schema;
}

SharedSchema verdict_schema() {
  static const SharedSchema schema = [] {
    Attributes rows = option_rows();
    rows.insert(rows.begin(), {
        leaf("node", Type::string(), gives, "Node."),
        leaf("takes", Type::boolean(), gives, "Whether it would take the replica."),
        leaf("here", Type::boolean(), gives, "Whether the replica is on this node."),
        leaf("chosen", Type::boolean(), gives, "Whether a plan gives it this node."),
    });
    rows.push_back(branch("refusals", Nesting::list, refusal_schema(), gives,
                          "All that stands against it; empty where it would take it."));
    return shape("What one node says.", std::move(rows));
  }();
  return schema;
}

SharedSchema loss_schema() {
  static const SharedSchema schema = shape("What the loss of one host does.", {
      leaf("host", Type::string(), gives, "The host that is lost."),
      leaf("survived", Type::boolean(), gives,
           "Whether every app still has a replica at once, and gets all of them back elsewhere."),
      branch("at_once", Nesting::list, standing_schema(), gives,
             "Apps that lose replicas: what still runs."),
      branch("after", Nesting::list, standing_schema(), gives,
             "Apps that cannot get all replicas back."),
  });
  return schema;
}

SharedSchema rebalance_schema() {
  static const SharedSchema schema = shape("A move that makes the placement better.", {
      leaf("allocation", Type::string(), gives, "The replica: `web/0`."),
      leaf("from", Type::string(), gives, "Node that it leaves."),
      leaf("to", Type::string(), gives, "Node that it goes to."),
      leaf("cost", Type::number(), gives, "What the move costs."),
      leaf("gain", Type::number(), gives,
           "By how much the placement gets better, in 2^20ths of a mean node."),
  });
  return schema;
}
// clang-format on

}  // namespace paas::placement_values
