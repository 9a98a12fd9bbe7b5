#pragma once
// From schemas as rows (provider/tf) to schemas as Terraform reads them.

#include "provider/tf/resource.hpp"

namespace tfplugin6 {
class Function;
class ResourceIdentitySchema;
class Schema;
}  // namespace tfplugin6

namespace paas::plugin {

// An attribute with a fallback is computed on the wire, a nested one with Trait::block a block; a
// required block has at least one element.
void encode(const tf::Schema& schema, tfplugin6::Schema* message);
void encode(const tf::IdentitySchema& schema, tfplugin6::ResourceIdentitySchema* message);
void encode(const tf::Function& function, tfplugin6::Function* message);

}  // namespace paas::plugin
