// Managed resources, but for planning and applying (rpc_change.cpp).
#include "provider/plugin/rpc.hpp"
#include "provider/proto/tfplugin6.pb.h"
#include "provider/tf/msgpack.hpp"
#include "provider/tf/plan.hpp"

namespace paas::plugin {
namespace {

namespace pb = tfplugin6;

// Write-only values that the client would store: one that does not know the notion.
void refuse_write_only(const tf::Schema& schema, const tf::Value& config, const tf::Path& path,
                       tf::Diagnostics& out);

void refuse_write_only_inside(const tf::Attribute& a, const tf::Value& value, const tf::Path& path,
                              tf::Diagnostics& out) {
  const tf::Schema& inner = *a.nested->object;
  switch (a.nested->nesting) {
    case tf::Nesting::single:
      return refuse_write_only(inner, value, path, out);
    case tf::Nesting::list:
      if (const tf::List* list = value.as<tf::List>()) {
        for (std::size_t i = 0; i < list->size(); ++i)
          refuse_write_only(inner, (*list)[i], path.index(static_cast<std::int64_t>(i)), out);
      }
      return;
    case tf::Nesting::map:
      if (const tf::Map* map = value.as<tf::Map>()) {
        for (const auto& [key, element] : *map)
          refuse_write_only(inner, element, path.key(key), out);
      }
      return;
    case tf::Nesting::set:
      return;  // holds no write-only values
  }
}

void refuse_write_only(const tf::Schema& schema, const tf::Value& config, const tf::Path& path,
                       tf::Diagnostics& out) {
  for (const tf::Attribute& a : schema.attributes) {
    const tf::Value& value = tf::at(config, a.name);
    if (a.is(tf::Trait::write_only)) {
      if (!tf::absent(value))
        out.push_back(tf::error_at(path.attribute(a.name), "write-only " + a.name,
                                   "This attribute is never stored, which needs Terraform 1.11 or "
                                   "newer, or OpenTofu 1.11 or newer."));
    } else if (a.nested) {
      refuse_write_only_inside(a, value, path.attribute(a.name), out);
    }
  }
}

Result<void> validate_resource(const Scope& scope, const pb::ValidateResourceConfig_Request& in,
                               pb::ValidateResourceConfig_Response& out) {
  const auto* offered = TRY(scope.catalog.resource(in.type_name()));
  const tf::Value config = TRY(decode(offered->shape.type, in.config()));
  tf::Diagnostics diagnostics = tf::validate(*offered->shape.schema, config);
  if (!in.client_capabilities().write_only_attributes_allowed())
    refuse_write_only(*offered->shape.schema, config, {}, diagnostics);
  offered->item->validate(config, diagnostics);
  report(diagnostics, out);
  return {};
}

tl::unexpected<Error> too_new(std::string_view what, std::int64_t stored, std::int64_t ours) {
  return tl::unexpected<Error>(Error{
      Errc::invalid,
      "the stored " + std::string(what) + " has schema version " + std::to_string(stored) +
          ", this provider knows up to " + std::to_string(ours),
      {},
      {}}.advising("use the provider version that wrote it, or a newer one"));
}

Result<void> upgrade_state(const Scope& scope, const pb::UpgradeResourceState_Request& in,
                           pb::UpgradeResourceState_Response& out) {
  const auto* offered = TRY(scope.catalog.resource(in.type_name()));
  const tf::Schema& schema = *offered->shape.schema;
  if (in.version() > schema.version) return too_new("state", in.version(), schema.version);
  tf::Value state;
  if (in.version() == schema.version || in.raw_state().json().empty()) {
    state = TRY(decode(offered->shape.type, in.raw_state()));
  } else {
    Json stored = TRY(parse_json(in.raw_state().json()));
    const Json upgraded = TRY(offered->item->upgrade(in.version(), std::move(stored)));
    state = TRY(tf::decode_json(offered->shape.type, print_json(upgraded)));
  }
  encode(offered->shape, tf::without_write_only(schema, std::move(state)),
         out.mutable_upgraded_state());
  return {};
}

Result<void> upgrade_identity(const Scope& scope, const pb::UpgradeResourceIdentity_Request& in,
                              pb::UpgradeResourceIdentity_Response& out) {
  const auto* offered = TRY(scope.catalog.resource(in.type_name()));
  const tf::IdentitySchema* schema = offered->item->identity();
  if (schema == nullptr) return fail(Errc::invalid, "this resource type has no identity");
  if (in.version() > schema->version) return too_new("identity", in.version(), schema->version);
  const tf::Value identity = TRY(decode(*offered->identity, in.raw_identity()));
  encode(*offered->identity, identity, out.mutable_upgraded_identity());
  return {};
}

Result<void> read_resource(const Scope& scope, const pb::ReadResource_Request& in,
                           pb::ReadResource_Response& out) {
  const auto* offered = TRY(scope.catalog.resource(in.type_name()));
  tf::ReadRequest request;
  request.state = TRY(decode(offered->shape.type, in.current_state()));
  request.identity = TRY(decode(offered->identity, in.current_identity()));
  request.private_data = in.private_();
  const tf::Call call = call_of(scope, in);
  const tf::ReadResult result = request.state.is_null()
                                    ? tf::ReadResult{tf::Null{}, {}, request.private_data, {}, {}}
                                    : offered->item->read(request, call);
  encode(offered->shape, result.state, out.mutable_new_state());
  if (offered->identity && !result.identity.is_null())
    encode(*offered->identity, result.identity, out.mutable_new_identity());
  out.set_private_(result.private_data);
  defer(result.deferred, call, out);
  report(result.diagnostics, out);
  return {};
}

Result<void> import_resource(const Scope& scope, const pb::ImportResourceState_Request& in,
                             pb::ImportResourceState_Response& out) {
  const auto* offered = TRY(scope.catalog.resource(in.type_name()));
  const tf::Value identity = TRY(decode(offered->identity, in.identity()));
  if (in.id().empty() && identity.is_null())
    return fail(Errc::invalid, "neither an id nor an identity was given");
  const tf::Call call = call_of(scope, in);
  const tf::ReadResult result = offered->item->import({in.id(), identity}, call);
  report(result.diagnostics, out);
  if (tf::has_errors(result.diagnostics)) return {};
  if (result.state.is_null() && result.deferred == tf::Deferred::no)
    return fail(Errc::not_found, "there is no such object");
  defer(result.deferred, call, out);
  auto* imported = out.add_imported_resources();
  imported->set_type_name(in.type_name());
  encode(offered->shape, result.state, imported->mutable_state());
  imported->set_private_(result.private_data);
  if (offered->identity && !result.identity.is_null())
    encode(*offered->identity, result.identity, imported->mutable_identity());
  return {};
}

Result<void> move_resource(const Scope& scope, const pb::MoveResourceState_Request& in,
                           pb::MoveResourceState_Response& out) {
  const auto* offered = TRY(scope.catalog.resource(in.target_type_name()));
  if (in.source_state().json().empty())
    return fail(Errc::invalid, "the state to take over is empty, or older than Terraform 0.12");
  Json state = TRY(parse_json(in.source_state().json()));
  tf::Value target = TRY(offered->item->move({in.source_provider_address(), in.source_type_name(),
                                              in.source_schema_version(), std::move(state)}));
  encode(offered->shape, tf::without_write_only(*offered->shape.schema, std::move(target)),
         out.mutable_target_state());
  return {};
}

Result<void> generate_config(const Scope& scope, const pb::GenerateResourceConfig_Request& in,
                             pb::GenerateResourceConfig_Response& out) {
  const auto* offered = TRY(scope.catalog.resource(in.type_name()));
  const tf::Value state = TRY(decode(offered->shape.type, in.state()));
  encode(offered->shape, offered->item->generate_config(state), out.mutable_config());
  return {};
}

}  // namespace

void add_resource_calls(Table& table) {
  table.unary("ValidateResourceConfig", "check the configuration of", validate_resource);
  table.unary("UpgradeResourceState", "upgrade the stored state of", upgrade_state);
  table.unary("UpgradeResourceIdentity", "upgrade the stored identity of", upgrade_identity);
  table.unary("ReadResource", "read", read_resource);
  table.unary("ImportResourceState", "import", import_resource);
  table.unary("MoveResourceState", "move to", move_resource);
  table.unary("GenerateResourceConfig", "generate the configuration of", generate_config);
}

}  // namespace paas::plugin
