#include "provider/placement/tables.hpp"

#include <catch2/catch.hpp>

namespace placement_tables_test {

using namespace paas;
using namespace paas::placement_values;

TEST_CASE("what nobody sets is computed at every depth", "[placement][tf]") {
  const SharedSchema given = read_only(*workload_schema());
  CHECK(tf::type_of(*given) == tf::type_of(*workload_schema()));
  const tf::Attribute* relations = given->find("relations");
  REQUIRE(relations);
  CHECK_FALSE(relations->settable());
  CHECK_FALSE(relations->nested->object->find("app")->settable());
}

TEST_CASE("amounts that cannot be read are refused by name", "[placement][tf]") {
  const auto readable = readable_amounts();
  CHECK(readable(tf::Map{{"cpu", "500m"}, {"memory", "1G"}}).has_value());
  const auto refused = readable(tf::Map{{"cpu", "1"}, {"memory", "much"}});
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().message.starts_with("of memory must be"));
}

}  // namespace placement_tables_test
