// Actions.
#include "libpaas/base/text.hpp"
#include "provider/plugin/rpc.hpp"
#include "provider/proto/tfplugin6.pb.h"
#include "provider/tf/plan.hpp"

namespace paas::plugin {
namespace {

namespace pb = tfplugin6;

Result<void> validate_action(const Scope& scope, const pb::ValidateActionConfig_Request& in,
                             pb::ValidateActionConfig_Response& out) {
  const auto* offered = TRY(scope.catalog.action(in.type_name()));
  const tf::Value config = TRY(decode(offered->shape.type, in.config()));
  report(tf::validate(*offered->shape.schema, config), out);
  return {};
}

Result<void> plan_action(const Scope& scope, const pb::PlanAction_Request& in,
                         pb::PlanAction_Response& out) {
  const auto* offered = TRY(scope.catalog.action(in.action_type()));
  const tf::Value config = TRY(decode(offered->shape.type, in.config()));
  report(offered->item->plan(config, call_of(scope, in)), out);
  return {};
}

Result<void> invoke(const Scope& scope, const pb::InvokeAction_Request& in,
                    const Send<pb::InvokeAction_Event>& send) {
  const auto* offered = TRY(scope.catalog.action(in.action_type()));
  const tf::Value config = TRY(decode(offered->shape.type, in.config()));
  const auto progress = [&](const std::string& message) {
    pb::InvokeAction_Event event;
    event.mutable_progress()->set_message(to_utf8(shortened(message, 4096)));
    send(event);
  };
  pb::InvokeAction_Event last;
  last.mutable_completed();
  report(offered->item->invoke(config, call_of(scope, in), progress), last);
  send(last);
  return {};
}

}  // namespace

void add_action_calls(Table& table) {
  table.unary("ValidateActionConfig", "check the configuration of", validate_action);
  table.unary("PlanAction", "plan", plan_action);
  table.streaming("InvokeAction", "invoke", invoke);
}

}  // namespace paas::plugin
