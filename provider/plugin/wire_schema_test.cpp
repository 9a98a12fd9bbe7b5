#include "provider/plugin/wire_schema.hpp"

#include <catch2/catch.hpp>

#include "provider/proto/tfplugin6.pb.h"

namespace paas::plugin::wire_schema_test {

using tf::Trait;
using tf::Type;

std::shared_ptr<const tf::Schema> inner() {
  return std::make_shared<const tf::Schema>(
      tf::Schema{"Inside.", 0, {{"name", Type::string(), {}, Trait::required, "Its name.", {}}}});
}

tfplugin6::Schema wire(std::vector<tf::Attribute> attributes) {
  tfplugin6::Schema message;
  encode(tf::Schema{"About it.", 3, std::move(attributes)}, &message);
  return message;
}

TEST_CASE("a schema has its version and words") {
  const tfplugin6::Schema message = wire({});
  CHECK(message.version() == 3);
  REQUIRE(message.has_block());
  CHECK(message.block().description() == "About it.");
  CHECK_FALSE(message.block().deprecated());
}

TEST_CASE("traits are the flags of an attribute") {
  const auto flags = [](Trait traits) {
    const tfplugin6::Schema_Attribute a =
        wire({{"a", Type::list(Type::number()), {}, traits, "Doc.", {}}}).block().attributes(0);
    CHECK(a.name() == "a");
    CHECK(a.type() == R"(["list","number"])");
    return std::string(a.required() ? "r" : "") + (a.optional() ? "o" : "") +
           (a.computed() ? "c" : "") + (a.sensitive() ? "s" : "") + (a.write_only() ? "w" : "");
  };
  CHECK(flags(Trait::required) == "r");
  CHECK(flags(Trait::optional | Trait::computed | Trait::stable) == "oc");
  CHECK(flags(Trait::computed | Trait::sensitive) == "cs");
  CHECK(flags(Trait::optional | Trait::write_only) == "ow");
}

TEST_CASE("a fallback makes an attribute computed, a message deprecated") {
  tf::Rules rules;
  rules.fallback = 80;
  rules.deprecated = "use socket";
  const auto a =
      wire({{"port", Type::number(), {}, Trait::optional, "", rules}}).block().attributes(0);
  CHECK(a.optional());
  CHECK(a.computed());
  CHECK(a.deprecated());
  CHECK(a.deprecation_message() == "use socket");
}

TEST_CASE("a nested attribute has a nested type and no other") {
  const auto a = wire({{"named",
                        Type::map(type_of(*inner())),
                        tf::Nested{tf::Nesting::map, inner()},
                        Trait::optional,
                        "Doc.",
                        {}}})
                     .block()
                     .attributes(0);
  CHECK(a.type().empty());
  CHECK(a.nested_type().nesting() == tfplugin6::Schema_Object_NestingMode_MAP);
  CHECK(a.nested_type().attributes(0).name() == "name");
}

TEST_CASE("a block counts its elements as Terraform wants it") {
  const auto block = [](tf::Nesting nesting, Trait traits) {
    return wire({{"b",
                  Type::dynamic(),
                  tf::Nested{nesting, inner()},
                  traits | Trait::block,
                  "Doc.",
                  {}}})
        .block()
        .block_types(0);
  };
  const auto limits = [](const tfplugin6::Schema_NestedBlock& b) {
    return std::pair(b.min_items(), b.max_items());
  };
  CHECK(limits(block(tf::Nesting::single, Trait::none)) == std::pair<long, long>(0, 0));
  CHECK(limits(block(tf::Nesting::single, Trait::required)) == std::pair<long, long>(1, 1));
  CHECK(limits(block(tf::Nesting::list, Trait::required)) == std::pair<long, long>(1, 0));
  CHECK(limits(block(tf::Nesting::map, Trait::required)) == std::pair<long, long>(0, 0));
  const auto set = block(tf::Nesting::set, Trait::none);
  CHECK(set.type_name() == "b");
  CHECK(set.nesting() == tfplugin6::Schema_NestedBlock_NestingMode_SET);
  CHECK(set.block().description() == "Doc.");
  CHECK(set.block().attributes(0).name() == "name");
}

TEST_CASE("an identity is required for import, or optional") {
  tfplugin6::ResourceIdentitySchema message;
  encode(
      tf::IdentitySchema{
          2, {{"id", Type::string(), true, "Id."}, {"region", Type::string(), false, "Where."}}},
      &message);
  CHECK(message.version() == 2);
  CHECK(message.identity_attributes(0).required_for_import());
  CHECK_FALSE(message.identity_attributes(0).optional_for_import());
  CHECK(message.identity_attributes(1).optional_for_import());
  CHECK(message.identity_attributes(1).type() == "\"string\"");
}

TEST_CASE("a function has its parameters and always a return type") {
  tf::Function function;
  function.name = "f";
  function.summary = "Short";
  function.parameters = {{"a", Type::string(), "Doc.", true, false}};
  tfplugin6::Function message;
  encode(function, &message);
  CHECK(message.return_().type() == "\"dynamic\"");
  CHECK(message.parameters(0).allow_null_value());
  CHECK_FALSE(message.parameters(0).allow_unknown_values());
  CHECK_FALSE(message.has_variadic_parameter());
  function.variadic = tf::Parameter{"rest", Type::number(), "", false, true};
  encode(function, &message);
  CHECK(message.variadic_parameter().allow_unknown_values());
}

}  // namespace paas::plugin::wire_schema_test
