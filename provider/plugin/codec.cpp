#include "provider/plugin/codec.hpp"

#include "libpaas/base/overload.hpp"
#include "libpaas/base/text.hpp"
#include "provider/proto/tfplugin6.pb.h"
#include "provider/tf/msgpack.hpp"

namespace paas::plugin {
namespace {

constexpr std::size_t longest_text = std::size_t{64} << 10;

std::string wire_text(std::string_view text) {
  return to_utf8(shortened(text, longest_text));
}

bool has_blocks(const tf::Schema& schema) {
  for (const tf::Attribute& a : schema.attributes) {
    if (a.is(tf::Trait::block)) return true;
  }
  return false;
}

tf::Value with_empty_blocks(const tf::Schema& schema, tf::Value value);

void complete_block(const tf::Attribute& block, tf::Value& value) {
  const tf::Schema& inner = *block.nested->object;
  if (block.nested->nesting == tf::Nesting::single) {
    value = with_empty_blocks(inner, std::move(value));
    return;
  }
  const bool keyed = block.nested->nesting == tf::Nesting::map;
  if (value.is_null()) value = keyed ? tf::Value(tf::Map{}) : tf::Value(tf::List{});
  if (!has_blocks(inner)) return;
  if (tf::List* list = value.as<tf::List>()) {
    for (tf::Value& element : *list) element = with_empty_blocks(inner, std::move(element));
  }
  if (tf::Map* map = value.as<tf::Map>()) {
    for (auto& [key, element] : *map) element = with_empty_blocks(inner, std::move(element));
  }
}

tf::Value with_empty_blocks(const tf::Schema& schema, tf::Value value) {
  tf::Map* object = value.as<tf::Map>();
  if (object == nullptr) return value;
  for (const tf::Attribute& a : schema.attributes) {
    if (a.is(tf::Trait::block)) complete_block(a, (*object)[a.name]);
  }
  return value;
}

}  // namespace

Result<tf::Value> decode(const tf::Type& type, const tfplugin6::DynamicValue& message) {
  if (!message.msgpack().empty()) return tf::decode_msgpack(type, message.msgpack());
  if (!message.json().empty()) return tf::decode_json(type, message.json());
  return tf::Value(tf::Null{});
}

bool is_null(const tfplugin6::DynamicValue& message) {
  if (!message.msgpack().empty()) return message.msgpack() == "\xc0";
  return message.json().empty() || trim(message.json()) == "null";
}

Result<tf::Value> decode(const tf::Type& type, const tfplugin6::RawState& message) {
  if (!message.json().empty()) return tf::decode_json(type, message.json());
  if (message.flatmap().empty()) return fail(Errc::invalid, "the stored value is empty");
  return tl::unexpected<Error>(
      Error{Errc::invalid, "the state was written by a Terraform older than 0.12", {}, {}}.advising(
          "apply once with Terraform 0.12 or 0.13, which rewrites it"));
}

Result<tf::Value> decode(const std::optional<tf::Type>& type,
                         const tfplugin6::ResourceIdentityData& message) {
  if (!type || !message.has_identity_data()) return tf::Value(tf::Null{});
  return decode(*type, message.identity_data());
}

void encode(const tf::Type& type, const tf::Value& value, tfplugin6::DynamicValue* message) {
  message->set_msgpack(tf::encode_msgpack(type, value));
}

void encode(const Shape& shape, const tf::Value& value, tfplugin6::DynamicValue* message) {
  if (has_blocks(*shape.schema))
    return encode(shape.type, with_empty_blocks(*shape.schema, value), message);
  encode(shape.type, value, message);
}

void encode(const tf::Type& type, const tf::Value& value,
            tfplugin6::ResourceIdentityData* message) {
  encode(type, value, message->mutable_identity_data());
}

void encode(const tf::Path& path, tfplugin6::AttributePath* message) {
  for (const tf::PathStep& step : path.steps()) {
    tfplugin6::AttributePath_Step* out = message->add_steps();
    std::visit(
        Overload{[&](const tf::AttributeName& s) { out->set_attribute_name(wire_text(s.name)); },
                 [&](const tf::MapKey& s) { out->set_element_key_string(wire_text(s.key)); },
                 [&](const tf::ListIndex& s) { out->set_element_key_int(s.index); }},
        step);
  }
}

void encode(const tf::Diagnostic& diagnostic, tfplugin6::Diagnostic* message) {
  message->set_severity(diagnostic.severity == tf::Severity::error
                            ? tfplugin6::Diagnostic_Severity_ERROR
                            : tfplugin6::Diagnostic_Severity_WARNING);
  message->set_summary(wire_text(diagnostic.summary));
  message->set_detail(wire_text(diagnostic.detail));
  if (!diagnostic.path.empty()) encode(diagnostic.path, message->mutable_attribute());
}

void encode(const tf::FunctionFailure& failure, tfplugin6::FunctionError* message) {
  message->set_text(wire_text(failure.text));
  if (failure.argument) message->set_function_argument(*failure.argument);
}

void encode(std::chrono::system_clock::time_point time, tfplugin6::Timestamp* message) {
  const auto since_epoch = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  message->set_seconds(seconds.count());
  message->set_nanos(static_cast<std::int32_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch - seconds).count()));
}

tf::Value without_unknowns(tf::Value value) {
  if (value.is_unknown()) return tf::Null{};
  if (tf::List* list = value.as<tf::List>()) {
    for (tf::Value& element : *list) element = without_unknowns(std::move(element));
  }
  if (tf::Map* map = value.as<tf::Map>()) {
    for (auto& [key, element] : *map) element = without_unknowns(std::move(element));
  }
  if (tf::Dynamic* dynamic = value.as<tf::Dynamic>()) {
    for (tf::Value& element : dynamic->value) element = without_unknowns(std::move(element));
  }
  return value;
}

}  // namespace paas::plugin
