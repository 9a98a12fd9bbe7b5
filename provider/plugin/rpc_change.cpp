// Planning and applying.
#include "provider/plugin/rpc.hpp"
#include "provider/proto/tfplugin6.pb.h"

namespace paas::plugin {
namespace {

namespace pb = tfplugin6;

Result<void> plan_change(const Scope& scope, const pb::PlanResourceChange_Request& in,
                         pb::PlanResourceChange_Response& out) {
  const auto* offered = TRY(scope.catalog.resource(in.type_name()));
  tf::PlanRequest request;
  request.prior = TRY(decode(offered->shape.type, in.prior_state()));
  request.config = TRY(decode(offered->shape.type, in.config()));
  // A client of 6.11 keeps what the first planning said for the second, inside apply.
  request.private_data = in.planned_private().empty() ? in.prior_private() : in.planned_private();
  request.write_only_allowed = in.client_capabilities().write_only_attributes_allowed();
  const bool destroys = is_null(in.proposed_new_state());
  if (destroys) request.config = tf::Null{};

  const tf::Call call = call_of(scope, in);
  const tf::PlanResult result = offered->item->plan(request, call);
  encode(offered->shape, result.plan.state, out.mutable_planned_state());
  for (const tf::Path& path : result.plan.requires_replace)
    encode(path, out.add_requires_replace());
  out.set_planned_private(result.private_data);
  // What names an object is known once it exists, and holds as long as that very object stays.
  const bool stays = !destroys && !request.prior.is_null() && result.plan.requires_replace.empty();
  if (stays && in.has_prior_identity()) *out.mutable_planned_identity() = in.prior_identity();
  defer(result.deferred, call, out);
  report(result.diagnostics, out);
  return {};
}

Result<void> apply_change(const Scope& scope, const pb::ApplyResourceChange_Request& in,
                          pb::ApplyResourceChange_Response& out) {
  const auto* offered = TRY(scope.catalog.resource(in.type_name()));
  tf::ApplyRequest request;
  request.prior = TRY(decode(offered->shape.type, in.prior_state()));
  request.planned = TRY(decode(offered->shape.type, in.planned_state()));
  request.config = TRY(decode(offered->shape.type, in.config()));
  request.private_data = in.planned_private();

  tf::ApplyResult result = offered->item->apply(request, scope.call);
  // What was not reached before it failed is not known either; Terraform stores null for it.
  if (tf::has_errors(result.diagnostics)) result.state = without_unknowns(std::move(result.state));
  encode(offered->shape, result.state, out.mutable_new_state());
  out.set_private_(result.private_data);
  if (offered->identity && !result.identity.is_null())
    encode(*offered->identity, result.identity, out.mutable_new_identity());
  report(result.diagnostics, out);
  return {};
}

}  // namespace

void add_change_calls(Table& table) {
  table.unary("PlanResourceChange", "plan", plan_change);
  table.unary("ApplyResourceChange", "apply", apply_change);
}

}  // namespace paas::plugin
