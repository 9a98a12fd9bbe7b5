#pragma once
// Between the protocol's messages and provider/tf: values, paths, diagnostics.

#include <chrono>
#include <string>

#include "provider/plugin/catalog.hpp"

namespace tfplugin6 {
class AttributePath;
class Diagnostic;
class DynamicValue;
class FunctionError;
class RawState;
class ResourceIdentityData;
class Timestamp;
}  // namespace tfplugin6

namespace paas::plugin {

// The value in a message: msgpack if there is any, else JSON, else null. Errors: `invalid`, with
// the path; never quotes a value.
Result<tf::Value> decode(const tf::Type& type, const tfplugin6::DynamicValue& message);
// Whether that value is null, told without decoding it.
bool is_null(const tfplugin6::DynamicValue& message);
// A stored state or identity. Errors: `invalid`, also for the form that Terraform wrote before
// 0.12.
Result<tf::Value> decode(const tf::Type& type, const tfplugin6::RawState& message);
// The identity of an object; null where the message has none.
Result<tf::Value> decode(const std::optional<tf::Type>& type,
                         const tfplugin6::ResourceIdentityData& message);

// As msgpack. REQUIRES: the value conforms to the type.
void encode(const tf::Type& type, const tf::Value& value, tfplugin6::DynamicValue* message);
// The same for an object: blocks that are absent become empty, as Terraform wants them.
void encode(const Shape& shape, const tf::Value& value, tfplugin6::DynamicValue* message);
void encode(const tf::Type& type, const tf::Value& value, tfplugin6::ResourceIdentityData* message);

// The path as far as Terraform can follow it.
void encode(const tf::Path& path, tfplugin6::AttributePath* message);
// Texts are cut to 64 KiB and made well-formed UTF-8 (gRPC refuses a message with other text).
void encode(const tf::Diagnostic& diagnostic, tfplugin6::Diagnostic* message);
void encode(const tf::FunctionFailure& failure, tfplugin6::FunctionError* message);
void encode(std::chrono::system_clock::time_point time, tfplugin6::Timestamp* message);

// The value with every unknown in it null: the state of something that was made only half.
tf::Value without_unknowns(tf::Value value);

}  // namespace paas::plugin
