// Values that live during one run.
#include "provider/plugin/rpc.hpp"
#include "provider/proto/tfplugin6.pb.h"
#include "provider/tf/plan.hpp"

namespace paas::plugin {
namespace {

namespace pb = tfplugin6;

template <class Response>
void put_lease(const tf::EphemeralResult& result, Response& out) {
  report(result.diagnostics, out);
  if (tf::has_errors(result.diagnostics)) return;
  if (result.renew_at) encode(*result.renew_at, out.mutable_renew_at());
  out.set_private_(result.private_data);
}

Result<void> validate_ephemeral(const Scope& scope,
                                const pb::ValidateEphemeralResourceConfig_Request& in,
                                pb::ValidateEphemeralResourceConfig_Response& out) {
  const auto* offered = TRY(scope.catalog.ephemeral(in.type_name()));
  const tf::Value config = TRY(decode(offered->shape.type, in.config()));
  report(tf::validate(*offered->shape.schema, config), out);
  return {};
}

Result<void> open(const Scope& scope, const pb::OpenEphemeralResource_Request& in,
                  pb::OpenEphemeralResource_Response& out) {
  const auto* offered = TRY(scope.catalog.ephemeral(in.type_name()));
  const tf::Value config = TRY(decode(offered->shape.type, in.config()));
  const tf::EphemeralResult result = offered->item->open(config, call_of(scope, in));
  if (!tf::has_errors(result.diagnostics))
    encode(offered->shape, result.result, out.mutable_result());
  put_lease(result, out);
  return {};
}

Result<void> renew(const Scope& scope, const pb::RenewEphemeralResource_Request& in,
                   pb::RenewEphemeralResource_Response& out) {
  const auto* offered = TRY(scope.catalog.ephemeral(in.type_name()));
  put_lease(offered->item->renew(in.private_(), scope.call), out);
  return {};
}

Result<void> close(const Scope& scope, const pb::CloseEphemeralResource_Request& in,
                   pb::CloseEphemeralResource_Response& out) {
  const auto* offered = TRY(scope.catalog.ephemeral(in.type_name()));
  report(offered->item->close(in.private_(), scope.call), out);
  return {};
}

}  // namespace

void add_ephemeral_calls(Table& table) {
  table.unary("ValidateEphemeralResourceConfig", "check the configuration of", validate_ephemeral);
  table.unary("OpenEphemeralResource", "open", open);
  table.unary("RenewEphemeralResource", "renew", renew);
  table.unary("CloseEphemeralResource", "close", close);
}

}  // namespace paas::plugin
