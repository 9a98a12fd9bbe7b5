#include "provider/tf/type.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

namespace type_test {
namespace {

using namespace paas;
using namespace paas::tf;

Type random_type(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 9 : 4)) {
    case 0:
      return Type::string();
    case 1:
      return Type::number();
    case 2:
      return Type::boolean();
    case 3:
      return Type::dynamic();
    case 4:
      return Type::list(random_type(depth - 1));
    case 5:
      return Type::set(random_type(depth - 1));
    case 6:
      return Type::map(random_type(depth - 1));
    case 7: {
      std::vector<Type> elements;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) elements.push_back(random_type(depth - 1));
      return Type::tuple(std::move(elements));
    }
    default: {
      std::vector<std::pair<std::string, Type>> parts;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i)
        parts.emplace_back(std::string(static_cast<std::size_t>(i), "\"<x\n"[i % 4]),
                           random_type(depth - 1));
      return Type::object(std::move(parts));
    }
  }
}

TEST_CASE("types print as Terraform prints them", "[tf]") {
  CHECK(print_type(Type::string()) == R"("string")");
  CHECK(print_type(Type::boolean()) == R"("bool")");
  CHECK(print_type(Type()) == R"("dynamic")");
  CHECK(print_type(Type::list(Type::set(Type::map(Type::number())))) ==
        R"(["list",["set",["map","number"]]])");
  CHECK(print_type(Type::object({{"b", Type::number()}, {"a", Type::boolean()}})) ==
        R"(["object",{"a":"bool","b":"number"}])");
  CHECK(print_type(Type::object({})) == R"(["object",{}])");
  CHECK(print_type(Type::tuple({Type::string(), Type::tuple({})})) ==
        R"(["tuple",["string",["tuple",[]]]])");
  CHECK(print_type(Type::object({{"<&>\"\\\n\x01\b\u2028\u00e9", Type::string()}})) ==
        "[\"object\",{\"\\u003c\\u0026\\u003e\\\"\\\\\\n\\u0001\\b\\u2028\u00e9\":\"string\"}]");
}

TEST_CASE("a printed type is read back", "[tf]") {
  CHECK(rc::check("parse(print(type)) == type", [] {
    const Type type = random_type(3);
    RC_ASSERT(parse_type(print_type(type)).value() == type);
  }));
}

TEST_CASE("what types may look like beside their usual form", "[tf]") {
  CHECK(parse_type(R"( [ "list" , "bool" ] )").value() == Type::list(Type::boolean()));
  CHECK(parse_type(R"(["object",{"a":"bool"},["a"]])").value() ==
        Type::object({{"a", Type::boolean()}}));
  CHECK(parse_type(R"(["tuple",null])").value() == Type::tuple({}));
}

TEST_CASE("what is no type is refused", "[tf]") {
  const std::string text =
      GENERATE(R"()", R"("int")", R"(["list"])", R"(["list","bool","bool"])", R"(["array","bool"])",
               R"(["object",["a"]])", R"(["object",{"a":"bool"},"a"])", R"(["object",{"a":1}])",
               R"(["tuple",{"a":"bool"}])", R"(["object",{"a":"bool","a":"bool"}])", R"(1)",
               R"({})", R"(null)", R"("bool" "bool")", R"([1,"bool"])");
  CAPTURE(text);
  const auto type = parse_type(text);
  REQUIRE_FALSE(type);
  CHECK(type.error().code == Errc::invalid);
}

TEST_CASE("a type is bounded", "[tf]") {
  auto nested = [](int levels) {
    std::string text = "\"bool\"";
    for (int i = 1; i < levels; ++i) text = "[\"list\"," + text + "]";
    return text;
  };
  CHECK(parse_type(nested(32)));
  CHECK_FALSE(parse_type(nested(33)));
  CHECK_FALSE(parse_type(nested(30000)));
  CHECK_FALSE(parse_type("\"bool\"" + std::string(64 << 10, ' ')));
}

}  // namespace
}  // namespace type_test
