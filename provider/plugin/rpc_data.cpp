// Data sources and functions.
#include "provider/plugin/rpc.hpp"
#include "provider/proto/tfplugin6.pb.h"
#include "provider/tf/plan.hpp"

namespace paas::plugin {
namespace {

namespace pb = tfplugin6;

Result<void> validate_data(const Scope& scope, const pb::ValidateDataResourceConfig_Request& in,
                           pb::ValidateDataResourceConfig_Response& out) {
  const auto* offered = TRY(scope.catalog.data_source(in.type_name()));
  const tf::Value config = TRY(decode(offered->shape.type, in.config()));
  tf::Diagnostics diagnostics = tf::validate(*offered->shape.schema, config);
  offered->item->validate(config, diagnostics);
  report(diagnostics, out);
  return {};
}

Result<void> read_data(const Scope& scope, const pb::ReadDataSource_Request& in,
                       pb::ReadDataSource_Response& out) {
  const auto* offered = TRY(scope.catalog.data_source(in.type_name()));
  const tf::Value config = TRY(decode(offered->shape.type, in.config()));
  const tf::Call call = call_of(scope, in);
  const tf::ReadResult result = offered->item->read(config, call);
  encode(offered->shape, result.state, out.mutable_state());
  defer(result.deferred, call, out);
  report(result.diagnostics, out);
  return {};
}

tl::unexpected<tf::FunctionFailure> refuse(std::string text,
                                           std::optional<std::int64_t> argument = {}) {
  return tl::unexpected(tf::FunctionFailure{std::move(text), argument});
}

// The outcome of a call with these arguments. An unknown argument that the function does not want
// to see makes the result unknown.
tl::expected<tf::Value, tf::FunctionFailure> call_function(const tf::Function& function,
                                                           const pb::CallFunction_Request& in) {
  const std::size_t fixed = function.parameters.size();
  const auto given = static_cast<std::size_t>(in.arguments_size());
  if (given < fixed || (given > fixed && !function.variadic))
    return refuse(function.name + " takes " + std::to_string(fixed) +
                  (function.variadic ? " or more" : "") + " arguments, not " +
                  std::to_string(given));
  std::vector<tf::Value> arguments;
  bool unknown = false;
  for (std::size_t i = 0; i < given; ++i) {
    const auto number = static_cast<std::int64_t>(i);
    const tf::Parameter& parameter = i < fixed ? function.parameters[i] : *function.variadic;
    auto argument = decode(parameter.type, in.arguments(static_cast<int>(i)));
    if (!argument) return refuse(parameter.name + ": " + describe(argument.error()), number);
    if (tf::absent(*argument) && !parameter.allow_null)
      return refuse(parameter.name + " must not be null", number);
    if (!parameter.allow_unknown && !tf::wholly_known(*argument)) unknown = true;
    arguments.push_back(*std::move(argument));
  }
  if (unknown) return tf::Value(tf::Unknown{});
  return function.call(arguments);
}

Result<void> call(const Scope& scope, const pb::CallFunction_Request& in,
                  pb::CallFunction_Response& out) {
  const tf::Function* function = TRY(scope.catalog.function(in.name()));
  const auto result = call_function(*function, in);
  if (result) {
    encode(function->returns, *result, out.mutable_result());
  } else {
    encode(result.error(), out.mutable_error());
  }
  return {};
}

}  // namespace

void add_data_calls(Table& table) {
  table.unary("ValidateDataResourceConfig", "check the configuration of", validate_data);
  table.unary("ReadDataSource", "read", read_data);
  table.unary("CallFunction", "call", call);
}

}  // namespace paas::plugin
