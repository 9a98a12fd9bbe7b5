#include "provider/plugin/wire_schema.hpp"

#include "provider/proto/tfplugin6.pb.h"

namespace paas::plugin {
namespace {

using ObjectNesting = tfplugin6::Schema_Object_NestingMode;
using BlockNesting = tfplugin6::Schema_NestedBlock_NestingMode;

ObjectNesting object_nesting(tf::Nesting nesting) {
  switch (nesting) {
    case tf::Nesting::single:
      return tfplugin6::Schema_Object_NestingMode_SINGLE;
    case tf::Nesting::list:
      return tfplugin6::Schema_Object_NestingMode_LIST;
    case tf::Nesting::set:
      return tfplugin6::Schema_Object_NestingMode_SET;
    case tf::Nesting::map:
      return tfplugin6::Schema_Object_NestingMode_MAP;
  }
  return tfplugin6::Schema_Object_NestingMode_INVALID;
}

BlockNesting block_nesting(tf::Nesting nesting) {
  switch (nesting) {
    case tf::Nesting::single:
      return tfplugin6::Schema_NestedBlock_NestingMode_SINGLE;
    case tf::Nesting::list:
      return tfplugin6::Schema_NestedBlock_NestingMode_LIST;
    case tf::Nesting::set:
      return tfplugin6::Schema_NestedBlock_NestingMode_SET;
    case tf::Nesting::map:
      return tfplugin6::Schema_NestedBlock_NestingMode_MAP;
  }
  return tfplugin6::Schema_NestedBlock_NestingMode_INVALID;
}

void put_attribute(const tf::Attribute& a, tfplugin6::Schema_Attribute* out) {
  out->set_name(a.name);
  out->set_description(a.doc);
  out->set_description_kind(tfplugin6::MARKDOWN);
  out->set_required(a.is(tf::Trait::required));
  out->set_optional(a.is(tf::Trait::optional));
  out->set_computed(a.fills_in());
  out->set_sensitive(a.is(tf::Trait::sensitive));
  out->set_write_only(a.is(tf::Trait::write_only));
  out->set_deprecated(!a.rules.deprecated.empty());
  out->set_deprecation_message(a.rules.deprecated);
  if (!a.nested) return out->set_type(tf::print_type(a.type));
  tfplugin6::Schema_Object* object = out->mutable_nested_type();
  object->set_nesting(object_nesting(a.nested->nesting));
  for (const tf::Attribute& inner : a.nested->object->attributes)
    put_attribute(inner, object->add_attributes());
}

void put_block(const tf::Schema& schema, tfplugin6::Schema_Block* out);

void put_nested_block(const tf::Attribute& a, tfplugin6::Schema_NestedBlock* out) {
  const bool required = a.is(tf::Trait::required);
  out->set_type_name(a.name);
  out->set_nesting(block_nesting(a.nested->nesting));
  if (required && a.nested->nesting != tf::Nesting::map) out->set_min_items(1);
  if (required && a.nested->nesting == tf::Nesting::single) out->set_max_items(1);
  put_block(*a.nested->object, out->mutable_block());
  out->mutable_block()->set_description(a.doc);
  if (a.rules.deprecated.empty()) return;
  out->mutable_block()->set_deprecated(true);
  out->mutable_block()->set_deprecation_message(a.rules.deprecated);
}

void put_block(const tf::Schema& schema, tfplugin6::Schema_Block* out) {
  out->set_description(schema.doc);
  out->set_description_kind(tfplugin6::MARKDOWN);
  out->set_deprecated(!schema.deprecated.empty());
  out->set_deprecation_message(schema.deprecated);
  for (const tf::Attribute& a : schema.attributes) {
    if (a.is(tf::Trait::block)) {
      put_nested_block(a, out->add_block_types());
    } else {
      put_attribute(a, out->add_attributes());
    }
  }
}

void put_parameter(const tf::Parameter& parameter, tfplugin6::Function_Parameter* out) {
  out->set_name(parameter.name);
  out->set_type(tf::print_type(parameter.type));
  out->set_allow_null_value(parameter.allow_null);
  out->set_allow_unknown_values(parameter.allow_unknown);
  out->set_description(parameter.doc);
  out->set_description_kind(tfplugin6::MARKDOWN);
}

}  // namespace

void encode(const tf::Schema& schema, tfplugin6::Schema* message) {
  message->set_version(schema.version);
  put_block(schema, message->mutable_block());
}

void encode(const tf::IdentitySchema& schema, tfplugin6::ResourceIdentitySchema* message) {
  message->set_version(schema.version);
  for (const tf::IdentityAttribute& a : schema.attributes) {
    auto* out = message->add_identity_attributes();
    out->set_name(a.name);
    out->set_type(tf::print_type(a.type));
    out->set_required_for_import(a.required_for_import);
    out->set_optional_for_import(!a.required_for_import);
    out->set_description(a.doc);
  }
}

void encode(const tf::Function& function, tfplugin6::Function* message) {
  message->set_summary(function.summary);
  message->set_description(function.doc);
  message->set_description_kind(tfplugin6::MARKDOWN);
  message->mutable_return_()->set_type(tf::print_type(function.returns));
  for (const tf::Parameter& parameter : function.parameters)
    put_parameter(parameter, message->add_parameters());
  if (function.variadic) put_parameter(*function.variadic, message->mutable_variadic_parameter());
}

}  // namespace paas::plugin
