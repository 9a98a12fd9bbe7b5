#include "provider/resources/lxc_template/model.hpp"

namespace paas::lxc_template {

direct::TemplateSpec spec_of(const Template& model) {
  direct::TemplateSpec spec;
  spec.node = model.node.value_or("");
  spec.storage = model.storage.value_or("");
  spec.file_name = model.file_name.value_or("");
  spec.url = model.url.value_or("");
  spec.local_path = model.source_file.value_or("");
  spec.oci_reference = model.oci_reference.value_or("");
  if (model.checksum.known())
    if (auto checksum = direct::parse_checksum(*model.checksum))
      spec.checksum = *std::move(checksum);
  spec.verify_certificates = model.verify_certificates.value_or(true);
  spec.overwrite = model.overwrite.value_or(false);
  return spec;
}

std::string id_of(const Place& place) {
  return place.node + "/" + place.volume;
}

Result<Place> parse_id(const std::string& id) {
  const auto slash = id.find('/');
  Place place;
  if (slash != std::string::npos) place = {id.substr(0, slash), id.substr(slash + 1)};
  if (!place.node.empty() && parts_of(place.volume)) return place;
  return tl::unexpected<Error>(Error{
      Errc::invalid,
      "the id of a template is its node and its volume",
      {},
      "Give both with a slash between: pve1/local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"});
}

std::optional<VolumeParts> parts_of(const std::string& volume) {
  static const std::string kind = ":vztmpl/";
  const auto at = volume.find(kind);
  if (at == std::string::npos || at == 0) return {};
  VolumeParts parts{volume.substr(0, at), volume.substr(at + kind.size())};
  const bool plain = !parts.file_name.empty() &&
                     volume.find_first_of(" \t\r\n") == std::string::npos &&
                     parts.storage.find_first_of(":/") == std::string::npos &&
                     parts.file_name.find('/') == std::string::npos;
  return plain ? std::optional(std::move(parts)) : std::nullopt;
}

}  // namespace paas::lxc_template
