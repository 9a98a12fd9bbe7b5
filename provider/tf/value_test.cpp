#include "provider/tf/value.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <limits>

namespace value_test {
namespace {

using namespace paas;
using namespace paas::tf;

std::string canonical(std::string_view text) {
  const auto number = Number::parse(text);
  return number ? number->text() : "refused";
}

TEST_CASE("numbers have one text each", "[tf]") {
  CHECK(canonical("0") == "0");
  CHECK(canonical("-0.0e5") == "0");
  CHECK(canonical("+007") == "7");
  CHECK(canonical("1e3") == "1000");
  CHECK(canonical("1.50E+1") == "15");
  CHECK(canonical("0.10") == "0.1");
  CHECK(canonical(".5") == "0.5");
  CHECK(canonical("5.") == "5");
  CHECK(canonical("-12.340e-3") == "-0.01234");
  CHECK(canonical("18446744073709551616") == "18446744073709551616");
  CHECK(canonical("0.12345678901234567890123") == "0.12345678901234567890123");
  CHECK(canonical("Inf") == "Inf");
  CHECK(canonical("+Inf") == "Inf");
  CHECK(canonical("-Inf") == "-Inf");
}

TEST_CASE("what is no number is refused", "[tf]") {
  for (const char* text : {"", "-", ".", "e3", "1e", "1e+-3", "1e--3", "1 ", " 1", "0x10", "NaN",
                           "inf", "1,5", "1.2.3", "--1", "1e99999999999"})
    CHECK(canonical(text) == "refused");
}

TEST_CASE("a number is bounded when written out", "[tf]") {
  CHECK(canonical("1e4095").size() == 4096);
  CHECK(canonical("1e4096") == "refused");
  CHECK(canonical("1e-4094").size() == 4096);
  CHECK(canonical("1e-4095") == "refused");
  CHECK(canonical("-1e4095") == "refused");
  CHECK(canonical("1e2000000000") == "refused");
  CHECK(canonical("1e-2000000000") == "refused");
  CHECK(canonical("0e2000000000") == "0");
  CHECK(canonical(std::string(4096, '9')).size() == 4096);
  CHECK(canonical(std::string(4097, '9')) == "refused");
  CHECK(canonical(std::string(4097, '0')) == "refused");
}

TEST_CASE("numbers and machine numbers", "[tf]") {
  CHECK(Number(std::numeric_limits<std::int64_t>::min()).text() == "-9223372036854775808");
  CHECK(Number::parse("-9223372036854775808")->int64() == std::numeric_limits<std::int64_t>::min());
  CHECK_FALSE(Number::parse("9223372036854775808")->int64());
  CHECK_FALSE(Number::parse("1.5")->int64());
  CHECK_FALSE(Number::parse("Inf")->int64());
  CHECK(Number::from_double(0.1).text() == "0.1");
  CHECK(Number::from_double(1e22).text() == "10000000000000000000000");
  CHECK(Number::from_double(-2.5).text() == "-2.5");
  CHECK(Number::from_double(-std::numeric_limits<double>::infinity()).text() == "-Inf");
  CHECK(Number::from_double_exact(0.1).text() ==
        "0.1000000000000000055511151231257827021181583404541015625");
  CHECK(Number::parse("1e400")->to_double() == std::numeric_limits<double>::infinity());
  CHECK(Number::parse("-1e400")->to_double() == -std::numeric_limits<double>::infinity());
  CHECK(Number::parse("-1e-400")->to_double() == 0);
  CHECK(Number::parse("1.5")->exact_double() == 1.5);
  CHECK_FALSE(Number::parse("0.1")->exact_double());
  CHECK_FALSE(Number::parse("0.15")->exact_double());
  CHECK_FALSE(Number::parse("Inf")->exact_double());
}

TEST_CASE("a double survives its exact text", "[tf]") {
  CHECK(rc::check("exact text", [](std::uint64_t bits) {
    double value{};
    std::memcpy(&value, &bits, sizeof value);
    RC_PRE(value == value && value - value == 0);
    const Number number = Number::from_double_exact(value);
    RC_ASSERT(number.to_double() == value);
    RC_ASSERT(Number::parse(number.text()).value() == number);
    RC_ASSERT(Number::from_double(value).to_double() == value);
    if (!number.is_integer()) RC_ASSERT(number.exact_double() == value);
  }));
}

TEST_CASE("members of objects", "[tf]") {
  const Value object = Map{{"a", 1}, {"b", Null{}}};
  CHECK(at(object, "a") == Value(1));
  CHECK(at(object, "b").is_null());
  CHECK(at(object, "c").is_null());
  CHECK(at(Null{}, "a").is_null());
  CHECK(at(Value(1), "a").is_null());
  CHECK(at(Unknown{}, "a").is_unknown());
}

TEST_CASE("known, at any depth", "[tf]") {
  CHECK(wholly_known(Map{{"a", List{1, Null{}}}}));
  CHECK_FALSE(wholly_known(Unknown{}));
  CHECK_FALSE(wholly_known(Map{{"a", List{1, Unknown{}}}}));
  CHECK_FALSE(wholly_known(Dynamic{Type::string(), {Unknown{}}}));
  CHECK(unknown_as_null(Map{{"a", List{1, Unknown{}}}, {"b", Dynamic{Type(), {Unknown{}}}}}) ==
        Value(Map{{"a", List{1, Null{}}}, {"b", Dynamic{Type(), {Null{}}}}}));
  CHECK(absent(Dynamic{Type::string(), {Null{}}}));
  CHECK_FALSE(absent(Unknown{}));
  CHECK_FALSE(absent(List{}));
}

TEST_CASE("equal as Terraform sees it", "[tf]") {
  const Type set = Type::set(Type::string());
  CHECK(equal(set, List{"a", "b"}, List{"b", "a"}));
  CHECK_FALSE(equal(set, List{"a", "a", "b"}, List{"a", "b", "b"}));
  CHECK_FALSE(equal(Type::list(Type::string()), List{"a", "b"}, List{"b", "a"}));
  CHECK(equal(Type::map(set), Map{{"k", List{"a", "b"}}}, Map{{"k", List{"b", "a"}}}));
  CHECK_FALSE(equal(Type::map(set), Map{{"k", List{}}}, Map{{"l", List{}}}));
  const Type object = Type::object({{"s", set}, {"n", Type::number()}});
  CHECK(equal(object, Map{{"s", List{"a", "b"}}, {"n", 1}}, Map{{"s", List{"b", "a"}}, {"n", 1}}));
  CHECK_FALSE(equal(object, Map{{"s", List{}}, {"n", 1}}, Map{{"s", List{}}, {"n", 2}}));
  const Type tuple = Type::tuple({set, Type::number()});
  CHECK(equal(tuple, List{List{"a", "b"}, 1}, List{List{"b", "a"}, 1}));
  CHECK_FALSE(equal(tuple, List{List{}, 1}, List{List{}, 2}));
  CHECK(
      equal(Type(), Dynamic{set, {Value(List{"a", "b"})}}, Dynamic{set, {Value(List{"b", "a"})}}));
  CHECK_FALSE(equal(Type(), Dynamic{set, {Value(List{})}},
                    Dynamic{Type::list(Type::string()), {Value(List{})}}));
  CHECK(equal(set, Unknown{"x"}, Unknown{}));
  CHECK_FALSE(equal(set, Unknown{}, Null{}));
}

TEST_CASE("a double equals its shortest text", "[tf]") {
  const Value exact = Number::from_double_exact(0.1);
  const Value text = Number::parse("0.1").value();
  CHECK(equal(Type::number(), exact, text));
  CHECK(equal(Type::number(), text, exact));
  CHECK_FALSE(equal(Type::number(), text, Number::parse("0.10000000000000001").value()));
  CHECK_FALSE(equal(Type::number(), Number(1), Number(2)));
}

TEST_CASE("a value in words", "[tf]") {
  CHECK(to_text(Map{{"a", List{1, Null{}, true, "x\"\n"}}, {"b", Unknown{}}, {"c", Map{}}}) ==
        R"({"a": [1, null, true, "x\"\n"], "b": (known after apply), "c": {}})");
  CHECK(to_text(Dynamic{Type::string(), {"x"}}) == R"("x")");
}

TEST_CASE("the type of a value by itself", "[tf]") {
  CHECK(print_type(type_of(Value(Map{{"a", List{1, "x"}}, {"b", Null{}}}))) ==
        R"(["object",{"a":["tuple",["number","string"]],"b":"dynamic"}])");
}

}  // namespace
}  // namespace value_test
