// Lists of existing objects.
#include "provider/plugin/rpc.hpp"
#include "provider/proto/tfplugin6.pb.h"
#include "provider/tf/plan.hpp"

namespace paas::plugin {
namespace {

namespace pb = tfplugin6;

Result<void> validate_list(const Scope& scope, const pb::ValidateListResourceConfig_Request& in,
                           pb::ValidateListResourceConfig_Response& out) {
  const auto* offered = TRY(scope.catalog.list_resource(in.type_name()));
  const tf::Value config = TRY(decode(offered->shape.type, in.config()));
  report(tf::validate(*offered->shape.schema, config), out);
  const tf::Value limit = TRY(decode(tf::Type::number(), in.limit()));
  if (const tf::Number* number = limit.as<tf::Number>(); number && number->to_double() < 0)
    report(tf::error_at({}, "invalid limit", "The limit of a list must not be negative."), out);
  return {};
}

// What the objects of one list look like.
struct ListShape {
  std::optional<tf::Type> identity;
  std::optional<Shape> object;  // none: not asked for
};

pb::ListResource_Event event_of(const tf::Listed& listed, const ListShape& shape) {
  pb::ListResource_Event event;
  event.set_display_name(listed.display_name);
  if (shape.identity && !listed.identity.is_null())
    encode(*shape.identity, listed.identity, event.mutable_identity());
  if (shape.object && !listed.object.is_null())
    encode(*shape.object, listed.object, event.mutable_resource_object());
  report(listed.diagnostics, event);
  return event;
}

Result<void> list(const Scope& scope, const pb::ListResource_Request& in,
                  const Send<pb::ListResource_Event>& send) {
  const auto* offered = TRY(scope.catalog.list_resource(in.type_name()));
  const auto* listed = TRY(scope.catalog.resource(in.type_name()));
  const tf::Value config = TRY(decode(offered->shape.type, in.config()));
  ListShape shape{offered->identity, {}};
  if (in.include_resource_object()) shape.object = listed->shape;
  std::int64_t sent = 0;
  offered->item->list(config, in.include_resource_object(), in.limit(), scope.call,
                      [&](const tf::Listed& found) {
                        if (in.limit() > 0 && sent >= in.limit()) return false;
                        ++sent;
                        return send(event_of(found, shape)) && !scope.call.stop.stop_requested() &&
                               (in.limit() <= 0 || sent < in.limit());
                      });
  return {};
}

}  // namespace

void add_list_calls(Table& table) {
  table.unary("ValidateListResourceConfig", "check the list of", validate_list);
  table.streaming("ListResource", "list", list);
}

}  // namespace paas::plugin
