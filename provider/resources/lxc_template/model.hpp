#pragma once
// What a user declares of a template, and what is known of it.

#include <optional>
#include <string>

#include "libpaas/direct/templates.hpp"
#include "provider/tf/object.hpp"
#include "provider/tf/timeouts.hpp"

namespace paas::lxc_template {

struct Template {
  tf::Attr<std::string> id;  // "pve1/local:vztmpl/debian-12.tar.zst"
  tf::Attr<std::string> node;
  tf::Attr<std::string> storage;
  tf::Attr<std::string> url;
  tf::Attr<std::string> source_file;
  tf::Attr<std::string> oci_reference;
  tf::Attr<std::string> file_name;
  tf::Attr<std::string> checksum;
  tf::Attr<bool> verify_certificates;
  tf::Attr<bool> overwrite;
  tf::Attr<std::string> volume;
  tf::Attr<std::int64_t> size_bytes;
  tf::Attr<tf::Timeouts> timeouts;
};

const tf::Object<Template>& template_object();

// As libpaas/direct takes it; what is not known is empty.
direct::TemplateSpec spec_of(const Template& model);

// "pve1/local:vztmpl/debian-12.tar.zst", and what it is made of.
struct Place {
  std::string node;
  std::string volume;
  bool operator==(const Place&) const = default;
};
std::string id_of(const Place& place);
// Errors: `invalid`, with the form that is expected.
Result<Place> parse_id(const std::string& id);

// "local" and "debian-12.tar.zst" of "local:vztmpl/debian-12.tar.zst". None if it is no volume of a
// template.
struct VolumeParts {
  std::string storage;
  std::string file_name;
};
std::optional<VolumeParts> parts_of(const std::string& volume);

}  // namespace paas::lxc_template
