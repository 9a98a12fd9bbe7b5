#include "provider/plugin/codec.hpp"

#include <catch2/catch.hpp>

#include "provider/proto/tfplugin6.pb.h"
#include "provider/tf/msgpack.hpp"

namespace paas::plugin::codec_test {

using tf::Trait;
using tf::Type;

TEST_CASE("a value is read from msgpack, else from JSON, else it is null") {
  tfplugin6::DynamicValue message;
  CHECK(decode(Type::string(), message)->is_null());
  message.set_json("\"from JSON\"");
  CHECK(*decode(Type::string(), message) == tf::Value("from JSON"));
  message.set_msgpack(tf::encode_msgpack(Type::string(), "from msgpack"));
  CHECK(*decode(Type::string(), message) == tf::Value("from msgpack"));
  message.set_msgpack("\xc1");
  CHECK(decode(Type::string(), message).error().code == Errc::invalid);
}

TEST_CASE("null is told without decoding, as decoding tells it") {
  tfplugin6::DynamicValue message;
  CHECK(is_null(message));
  message.set_json(" null\n");
  CHECK(is_null(message));
  message.set_json("\"null\"");
  CHECK_FALSE(is_null(message));
  message.set_msgpack(tf::encode_msgpack(Type::string(), tf::Null{}));
  CHECK(is_null(message));
  message.set_msgpack(tf::encode_msgpack(Type::string(), "x"));
  CHECK_FALSE(is_null(message));
  message.set_msgpack(tf::encode_msgpack(Type::string(), tf::Unknown{}));
  CHECK_FALSE(is_null(message));
}

TEST_CASE("a state of before 0.12 is refused with advice") {
  tfplugin6::RawState message;
  CHECK(decode(Type::string(), message).error().code == Errc::invalid);
  (*message.mutable_flatmap())["id"] = "1";
  const auto refused = decode(Type::string(), message);
  CHECK(refused.error().message.find("0.12") != std::string::npos);
  CHECK_FALSE(refused.error().remedy.empty());
  message.set_json("\"new\"");
  CHECK(*decode(Type::string(), message) == tf::Value("new"));
}

TEST_CASE("an identity that a resource has not, or a message lacks, is null") {
  const Type type = Type::object({{"id", Type::string()}});
  tfplugin6::ResourceIdentityData message;
  CHECK(decode(std::optional<Type>(type), message)->is_null());
  encode(type, tf::Map{{"id", "a"}}, &message);
  CHECK(*decode(std::optional<Type>(type), message) == tf::Value(tf::Map{{"id", "a"}}));
  CHECK(decode(std::optional<Type>(), message)->is_null());
}

TEST_CASE("blocks that are absent go out empty, at every depth") {
  auto inner = std::make_shared<const tf::Schema>(
      tf::Schema{"", 0, {{"name", Type::string(), {}, Trait::optional, "", {}}}});
  const auto block = [](std::string name, tf::Nesting nesting,
                        std::shared_ptr<const tf::Schema> object) {
    Type type = type_of(*object);
    if (nesting == tf::Nesting::list) type = Type::list(type);
    if (nesting == tf::Nesting::set) type = Type::set(type);
    if (nesting == tf::Nesting::map) type = Type::map(type);
    return tf::Attribute{std::move(name), type, tf::Nested{nesting, std::move(object)},
                         Trait::block,    "",   {}};
  };
  auto middle = std::make_shared<const tf::Schema>(
      tf::Schema{"", 0, {block("deep", tf::Nesting::list, inner)}});
  const tf::Schema schema{"",
                          0,
                          {block("one", tf::Nesting::single, inner),
                           block("list", tf::Nesting::list, middle),
                           block("set", tf::Nesting::set, inner),
                           block("map", tf::Nesting::map, inner),
                           {"plain", Type::list(Type::string()), {}, Trait::optional, "", {}}}};
  const Shape shape{&schema, type_of(schema)};
  const tf::Value element = tf::Map{{"deep", tf::Null{}}};
  const tf::Value state = tf::Map{{"one", tf::Null{}},
                                  {"list", tf::List{element}},
                                  {"set", tf::Null{}},
                                  {"map", tf::Null{}},
                                  {"plain", tf::Null{}}};
  tfplugin6::DynamicValue message;
  encode(shape, state, &message);
  CHECK(*decode(shape.type, message) ==
        tf::Value(tf::Map{{"one", tf::Null{}},
                          {"list", tf::List{tf::Map{{"deep", tf::List{}}}}},
                          {"set", tf::List{}},
                          {"map", tf::Map{}},
                          {"plain", tf::Null{}}}));
  encode(shape, tf::Null{}, &message);
  CHECK(decode(shape.type, message)->is_null());
}

TEST_CASE("a path keeps its steps") {
  tfplugin6::AttributePath message;
  encode(tf::Path("network").key("net0").attribute("ips").index(2), &message);
  REQUIRE(message.steps_size() == 4);
  CHECK(message.steps(0).attribute_name() == "network");
  CHECK(message.steps(1).element_key_string() == "net0");
  CHECK(message.steps(2).attribute_name() == "ips");
  CHECK(message.steps(3).element_key_int() == 2);
}

TEST_CASE("diagnostics have a severity, and text that gRPC carries") {
  tfplugin6::Diagnostic error;
  encode(tf::error_at({}, "bad \xff byte", std::string(100'000, 'x')), &error);
  CHECK(error.severity() == tfplugin6::Diagnostic_Severity_ERROR);
  CHECK(error.summary() == "bad \xEF\xBF\xBD byte");
  CHECK(error.detail().size() <= 65536);
  CHECK_FALSE(error.has_attribute());
  tfplugin6::Diagnostic warning;
  encode(tf::warning_at(tf::Path("cores"), "few", "Very few."), &warning);
  CHECK(warning.severity() == tfplugin6::Diagnostic_Severity_WARNING);
  CHECK(warning.attribute().steps(0).attribute_name() == "cores");
}

TEST_CASE("a moment before 1970 has a positive fraction, as protobuf wants it") {
  using namespace std::chrono_literals;
  tfplugin6::Timestamp message;
  encode(std::chrono::system_clock::time_point(-1s - 250ms), &message);
  CHECK(message.seconds() == -2);
  CHECK(message.nanos() == 750'000'000);
}

TEST_CASE("unknowns become null at every depth") {
  const tf::Value half = tf::Map{
      {"id", "1"},
      {"list", tf::List{tf::Unknown{}, "a"}},
      {"open", tf::Dynamic{Type::list(Type::string()), {tf::Value(tf::List{tf::Unknown{}})}}}};
  const tf::Value whole = without_unknowns(half);
  CHECK(tf::wholly_known(whole));
  CHECK(tf::at(whole, "id") == tf::Value("1"));
  CHECK(tf::at(whole, "list") == tf::Value(tf::List{tf::Null{}, "a"}));
}

}  // namespace paas::plugin::codec_test
