// What there is: schemas and metadata.
#include "provider/plugin/rpc.hpp"
#include "provider/plugin/wire_schema.hpp"
#include "provider/proto/tfplugin6.pb.h"

namespace paas::plugin {
namespace {

namespace pb = tfplugin6;

void put_capabilities(pb::ServerCapabilities* out) {
  out->set_plan_destroy(true);
  out->set_get_provider_schema_optional(true);
  out->set_move_resource_state(true);
  out->set_generate_resource_config(true);
}

Result<void> get_metadata(const Scope& scope, const pb::Metadata_Request&,
                          pb::Metadata_Response& out) {
  const tf::Provider& provider = scope.catalog.provider();
  put_capabilities(out.mutable_server_capabilities());
  for (const auto& resource : provider.resources())
    out.add_resources()->set_type_name(resource->name());
  for (const auto& source : provider.data_sources())
    out.add_data_sources()->set_type_name(source->name());
  for (const tf::Function& function : provider.functions())
    out.add_functions()->set_name(function.name);
  for (const auto& ephemeral : provider.ephemerals())
    out.add_ephemeral_resources()->set_type_name(ephemeral->name());
  for (const auto& list : provider.list_resources())
    out.add_list_resources()->set_type_name(list->name());
  for (const auto& action : provider.actions()) out.add_actions()->set_type_name(action->name());
  return {};
}

Result<void> get_provider_schema(const Scope& scope, const pb::GetProviderSchema_Request&,
                                 pb::GetProviderSchema_Response& out) {
  const tf::Provider& provider = scope.catalog.provider();
  put_capabilities(out.mutable_server_capabilities());
  encode(provider.schema(), out.mutable_provider());
  for (const auto& resource : provider.resources())
    encode(resource->schema(), &(*out.mutable_resource_schemas())[resource->name()]);
  for (const auto& source : provider.data_sources())
    encode(source->schema(), &(*out.mutable_data_source_schemas())[source->name()]);
  for (const tf::Function& function : provider.functions())
    encode(function, &(*out.mutable_functions())[function.name]);
  for (const auto& ephemeral : provider.ephemerals())
    encode(ephemeral->schema(), &(*out.mutable_ephemeral_resource_schemas())[ephemeral->name()]);
  for (const auto& list : provider.list_resources())
    encode(list->schema(), &(*out.mutable_list_resource_schemas())[list->name()]);
  for (const auto& action : provider.actions())
    encode(action->schema(), (*out.mutable_action_schemas())[action->name()].mutable_schema());
  return {};
}

Result<void> get_identity_schemas(const Scope& scope, const pb::GetResourceIdentitySchemas_Request&,
                                  pb::GetResourceIdentitySchemas_Response& out) {
  for (const auto& resource : scope.catalog.provider().resources()) {
    if (const tf::IdentitySchema* identity = resource->identity())
      encode(*identity, &(*out.mutable_identity_schemas())[resource->name()]);
  }
  return {};
}

Result<void> get_functions(const Scope& scope, const pb::GetFunctions_Request&,
                           pb::GetFunctions_Response& out) {
  for (const tf::Function& function : scope.catalog.provider().functions())
    encode(function, &(*out.mutable_functions())[function.name]);
  return {};
}

}  // namespace

void add_schema_calls(Table& table) {
  table.unary("GetMetadata", "list what the provider offers", get_metadata);
  table.unary("GetProviderSchema", "describe the provider", get_provider_schema);
  table.unary("GetResourceIdentitySchemas", "describe the identities", get_identity_schemas);
  table.unary("GetFunctions", "describe the functions", get_functions);
}

}  // namespace paas::plugin
