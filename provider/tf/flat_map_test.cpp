#include "provider/tf/flat_map.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <map>

namespace flat_map_test {

using paas::tf::FlatMap;

TEST_CASE("members are kept in order, and the first of a name stays", "[tf]") {
  FlatMap<int> map{{"b", 2}, {"a", 1}, {"b", 3}};
  CHECK(map.size() == 2);
  CHECK(map.begin()->first == "a");
  CHECK(map.at("b") == 2);
  CHECK_FALSE(map.emplace("b", 4).second);
  CHECK(map.insert_or_assign("b", 5).second == false);
  CHECK(map.at("b") == 5);
  map["c"] = 7;
  CHECK(map["c"] == 7);
  CHECK(map["new"] == 0);
  CHECK(map.erase("a") == 1);
  CHECK(map.erase("a") == 0);
  CHECK_FALSE(map.contains("a"));
  CHECK(map.find("z") == map.end());
  CHECK_THROWS_AS(map.at("z"), std::out_of_range);
  map.merge({{"c", 100}, {"d", 8}});
  CHECK(map == FlatMap<int>{{"b", 5}, {"c", 7}, {"d", 8}, {"new", 0}});
}

TEST_CASE("it is a map, in whatever order members come and go", "[tf]") {
  CHECK(rc::check("the same as std::map", [](const std::vector<std::pair<char, int>>& steps) {
    std::map<std::string, int> wanted;
    FlatMap<int> map;
    for (const auto& [letter, number] : steps) {
      const std::string name(1, letter);
      if (number % 3 == 0) {
        wanted.erase(name);
        map.erase(name);
      } else {
        wanted.emplace(name, number);
        map.emplace(name, number);
      }
    }
    RC_ASSERT(map == FlatMap<int>(wanted.begin(), wanted.end()));
    RC_ASSERT(map.size() == wanted.size());
  }));
}

}  // namespace flat_map_test
