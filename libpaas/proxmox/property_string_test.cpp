#include "libpaas/proxmox/property_string.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <set>

namespace paas::proxmox::property_string_test {

TEST_CASE("parts are taken by key, and what nobody takes is kept in order") {
  PropertyString in = *PropertyString::parse("local:8,mp=/a=b,z=1,backup=on,count=7,a=2", "volume");
  CHECK(in.take("volume") == "local:8");
  CHECK(in.take("volume") == std::nullopt);
  CHECK(in.take("mp") == "/a=b");
  CHECK(in.take_bool("backup") == std::optional(true));
  CHECK(in.take_int("count") == std::optional(7));
  CHECK_FALSE(in.take_bool("absent")->has_value());
  CHECK(std::move(in).rest() == PropertyString::Pairs{{"z", "1"}, {"a", "2"}});
}

TEST_CASE("all words for true and false") {
  PropertyString in = *PropertyString::parse("a=1,b=yes,c=True,d=ON,e=0,f=no,g=false,h=off,i=2");
  for (const char* key : {"a", "b", "c", "d"}) CHECK(in.take_bool(key) == std::optional(true));
  for (const char* key : {"e", "f", "g", "h"}) CHECK(in.take_bool(key) == std::optional(false));
  CHECK(in.take_bool("i").error().code == Errc::invalid);
}

TEST_CASE("what is no property string is refused") {
  for (const std::string text : {"a=1,a=2", "x", "a=", "=1", "a=1,x"})
    CHECK(PropertyString::parse(text).error().code == Errc::invalid);
  CHECK_FALSE(PropertyString::parse("x,y", "volume"));
  CHECK_FALSE(PropertyString::parse("x,volume=y", "volume"));
  CHECK_FALSE(PropertyString::parse("a=" + std::string(9000, 'x')));
  CHECK(PropertyString::parse(""));
  CHECK(PropertyString::parse("a=1,, b=2"));
}

TEST_CASE("a default value with '=' keeps its key") {
  PropertyPrinter out;
  out.add_default("volume", "local:a=b");
  out.add("mp", "");
  out.add_flag("ro", true);
  out.add_flag("backup", std::nullopt);
  out.add_number("n", 3);
  out.add_list("options", {"x", "y"});
  CHECK(std::move(out).text() == "volume=local:a=b,ro=1,n=3,options=x;y");
}

TEST_CASE("a blank default value keeps its key, or it would be passed over") {
  PropertyPrinter out;
  out.add_default("volume", " ");
  out.add_default("none", "");
  CHECK(std::move(out).text() == "volume= ");
}

TEST_CASE("what is printed parses to the same pairs") {
  CHECK(rc::check([] {
    const auto word = rc::gen::resize(20, rc::gen::nonEmpty(rc::gen::container<std::string>(
                                              rc::gen::elementOf(std::string("abc1/:.;-")))));
    const auto pairs = *rc::gen::container<std::vector<std::pair<std::string, std::string>>>(
        rc::gen::pair(word, word));
    PropertyPrinter out;
    PropertyString::Pairs expected;
    std::set<std::string> keys;
    for (const auto& [key, value] : pairs)
      if (keys.insert(key).second) {
        out.add(key, value);
        expected.emplace_back(key, value);
      }
    auto parsed = PropertyString::parse(std::move(out).text());
    RC_ASSERT(parsed);
    RC_ASSERT(std::move(*parsed).rest() == expected);
  }));
}

}  // namespace paas::proxmox::property_string_test
