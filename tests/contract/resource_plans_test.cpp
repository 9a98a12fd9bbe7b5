#include "tests/contract/resource_plans.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "provider/tf/checks.hpp"

namespace resource_plans_test {
namespace {

using namespace paas;
using namespace paas::tf;

// A resource that is nothing but a schema, and the planner's mistakes if it is told to make some.
class Bare : public Resource {
 public:
  explicit Bare(Schema schema) : schema_(std::move(schema)) {}

  const std::string& name() const override { return name_; }
  const Schema& schema() const override { return schema_; }
  void validate(const Value&, Diagnostics&) const override {}
  PlanResult plan(const PlanRequest& request, const Call&) override {
    PlanResult result{
        tf::plan(schema_, request.prior, request.config), request.private_data, Deferred::no, {}};
    if (mistake) mistake(request, result.plan);
    return result;
  }
  ApplyResult apply(const ApplyRequest&, const Call&) override { return {}; }
  ReadResult read(const ReadRequest&, const Call&) override { return {}; }
  ReadResult import(const ImportRequest&, const Call&) override { return {}; }
  Result<Json> upgrade(std::int64_t, Json state) const override { return state; }
  Result<Value> move(const MoveRequest&) const override { return fail(Errc::not_found, "no"); }
  Value generate_config(const Value& state) const override { return state; }

  std::function<void(const PlanRequest&, Plan&)> mistake;

 private:
  std::string name_ = "paas_bare";
  Schema schema_;
};

int below(int n) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(0, n));
}

Type collected(Nesting nesting, Type object) {
  switch (nesting) {
    case Nesting::single:
      return object;
    case Nesting::list:
      return Type::list(std::move(object));
    case Nesting::set:
      return Type::set(std::move(object));
    case Nesting::map:
      return Type::map(std::move(object));
  }
  return object;
}

Attribute nested_row(std::string name, Nesting nesting, Schema object, Trait traits) {
  Type type = collected(nesting, type_of(object));
  return {std::move(name),
          std::move(type),
          Nested{nesting, std::make_shared<const Schema>(std::move(object))},
          traits,
          "",
          {}};
}

Schema random_schema(int depth, bool in_set, bool in_collection, bool in_attribute);

Type random_type(bool dynamic_allowed) {
  switch (below(dynamic_allowed ? 8 : 7)) {
    case 0:
      return Type::number();
    case 1:
      return Type::boolean();
    case 2:
      return Type::list(Type::number());
    case 3:
      return Type::set(Type::string());
    case 4:
      return Type::map(Type::string());
    case 5:
      return Type::object(
          {{"x", Type::string()}, {"y", Type::tuple({Type::number(), Type::boolean()})}});
    case 7:
      return Type::dynamic();
    default:
      return Type::string();
  }
}

Trait random_traits(bool computed_allowed) {
  Trait traits = Trait::optional;
  switch (below(computed_allowed ? 6 : 2)) {
    case 0:
      traits = Trait::required;
      break;
    case 2:
      traits = Trait::computed;
      break;
    case 3:
      traits = Trait::computed | Trait::stable;
      break;
    case 4:
      traits = Trait::optional | Trait::computed;
      break;
    case 5:
      traits = Trait::optional | Trait::computed | Trait::stable;
      break;
    default:
      break;
  }
  if (below(4) == 0) traits = traits | Trait::replaces;
  return traits;
}

Attribute random_leaf(std::string name, bool in_set, bool in_collection) {
  if (!in_set && below(8) == 0)
    return {std::move(name), Type::string(), {}, Trait::optional | Trait::write_only, "", {}};
  Attribute a{std::move(name), random_type(!in_collection), {}, random_traits(!in_set), "", {}};
  const bool plain_string = a.type == Type::string();
  if (plain_string && !in_set && !a.is(Trait::required) && !a.is(Trait::computed) && below(2) == 0)
    a.rules.fallback = "usual";
  if (plain_string && below(3) == 0)
    a.rules.same = [](const Value& x, const Value& y) {
      return x.as<std::string>()->size() == y.as<std::string>()->size();
    };
  return a;
}

Attribute random_nested(std::string name, int depth, bool in_set, bool in_collection,
                        bool in_attribute) {
  const auto nesting =
      *rc::gen::element(Nesting::single, Nesting::list, Nesting::set, Nesting::map);
  const bool block = !in_attribute && below(3) == 0;
  const bool set = in_set || nesting == Nesting::set;
  const bool collection = in_collection || nesting != Nesting::single;
  Schema object = random_schema(depth - 1, set, collection, in_attribute || !block);
  Trait traits = block ? Trait::block : random_traits(!in_set);
  return nested_row(std::move(name), nesting, std::move(object), traits);
}

Schema random_schema(int depth, bool in_set, bool in_collection, bool in_attribute) {
  Schema schema;
  const int count = 1 + below(4);
  for (int i = 0; i < count; ++i) {
    std::string name(1, static_cast<char>('a' + i));
    const bool deeper = depth > 0 && below(3) == 0;
    schema.attributes.push_back(
        deeper ? random_nested(std::move(name), depth, in_set, in_collection, in_attribute)
               : random_leaf(std::move(name), in_set, in_collection));
  }
  return schema;
}

TEST_CASE("plans of random schemas keep Terraform's rules", "[tf][contract]") {
  CHECK(rc::check("random schema", [] {
    Bare resource(random_schema(2, false, false, false));
    RC_ASSERT(lint(resource.schema()) == Breaches{});
    const Value config = contract::random_config(resource.schema());
    const auto course = contract::course_of(
        resource, {Null{}, contract::with_unknowns(resource.schema(), config), config});
    RC_ASSERT(course.breaches == Breaches{});
    const Value state = contract::random_outcome(resource.schema(), course.planned);
    RC_ASSERT(check_applied(resource.schema(), course.planned, state) == Breaches{});
    const auto again = contract::course_of(resource, {state, config, config});
    RC_ASSERT(again.breaches == Breaches{});
    RC_ASSERT(again.planned == state);
    const Value other = contract::random_config(resource.schema());
    const auto change = contract::course_of(
        resource, {state, contract::with_unknowns(resource.schema(), other), other});
    RC_ASSERT(change.breaches == Breaches{});
  }));
}

}  // namespace
}  // namespace resource_plans_test
