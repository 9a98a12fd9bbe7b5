#pragma once
// What a configuration of a container must look like beyond the type of each attribute: checks of
// one attribute that only containers have, and rules over several attributes. All pure.

#include <string>
#include <string_view>
#include <vector>

#include "provider/tf/schema.hpp"

namespace paas::lxc {

// The text of an attribute; none if it is null, unknown or no text.
inline const std::string* text_at(const tf::Value& object, std::string_view name) {
  return tf::at(object, name).as<std::string>();
}

// Mount options that Proxmox takes.
std::vector<std::string> mount_option_words();
// A volume id or an absolute path on the host.
tf::Check volume_or_host_path();
// Four octal digits, the first a zero: "0666".
tf::Check octal_mode();
// Names with slashes between them, at most three: "teams/web".
tf::Check pool_name();
// "host", "UTC", or what looks like a name of the time zone database: one of its areas and a place.
tf::Check time_zone();
// An absolute path below /dev.
tf::Check device_path();
// A public key as in an authorized_keys file: a type that OpenSSH knows, and what can be a key.
tf::Check ssh_key();
// Names of letters, digits and '_', values without line breaks; each that is not is named.
tf::Check environment_variables();
// Whether two sets of tags are the same to Proxmox, which keeps them in lower case.
tf::Same same_tags();

// A new volume needs storage and size; a bind mount has neither.
void mount_point_rule(const tf::Path& path, const tf::Value& mount_point, tf::Diagnostics& out);
// Gateways: within the network, other than the own address, with a static address only.
void network_rule(const tf::Path& path, const tf::Value& device, tf::Diagnostics& out);
// Rules over the attributes of the whole container.
std::vector<tf::ObjectCheck> lxc_rules();

}  // namespace paas::lxc
