// The provider's own configuration.
#include "provider/plugin/rpc.hpp"
#include "provider/proto/tfplugin6.pb.h"
#include "provider/tf/plan.hpp"

namespace paas::plugin {
namespace {

namespace pb = tfplugin6;

Result<void> validate_provider(const Scope& scope, const pb::ValidateProviderConfig_Request& in,
                               pb::ValidateProviderConfig_Response& out) {
  const Shape& shape = scope.catalog.configuration();
  const tf::Value config = TRY(decode(shape.type, in.config()));
  tf::Diagnostics diagnostics = tf::validate(*shape.schema, config);
  scope.catalog.provider().validate(config, diagnostics);
  report(diagnostics, out);
  return {};
}

}  // namespace

void add_provider_calls(Table& table) {
  table.unary("ValidateProviderConfig", "check the provider's configuration", validate_provider);
  using Configure = Handler<pb::ConfigureProvider_Request, pb::ConfigureProvider_Response>;
  table.unary("ConfigureProvider", "configure the provider",
              Configure([&service = table.service()](const Scope& scope, const auto& in,
                                                     auto& out) -> Result<void> {
                const tf::Value config =
                    TRY(decode(scope.catalog.configuration().type, in.config()));
                report(service.configure(config, in.terraform_version(), call_of(scope, in)), out);
                return {};
              }));
}

}  // namespace paas::plugin
