#pragma once
// Checks: what names, addresses and sizes in our resources must look like, beside the general ones
// of provider/tf/checks.hpp.
//
//   {"bridge", &NetworkDevice::bridge, Trait::optional, "Bridge.", {.check = checks::name()}}
//
// Every check says what is wrong in the form "must be …", without naming the attribute.

#include <cstdint>
#include <string>
#include <vector>

#include "provider/tf/checks.hpp"

namespace paas::checks {

// A number from `least` to `most`, fractions allowed.
tf::Check number(double least, double most);
// Text without line breaks and other control characters, not empty.
tf::Check one_line();

// A host name: labels of letters, digits and '-', with dots between, at most 253 characters
// (RFC 1123, section 2.1).
tf::Check host_name();
// A name of Proxmox's own (node, storage, bridge, pool): letters, digits, '-', '_' and '.'.
tf::Check name();
// "storage:path/within", as Proxmox names volumes.
tf::Check volume_id();
// An absolute path without "." or ".." parts, and without what a property string cannot hold.
tf::Check absolute_path();
// The key of a map by slots: `prefix` and a number from 0 to `last`, "net0".
tf::Check slot(std::string prefix, int last);
// What becomes a tag of Proxmox: letters, digits and "_-+.".
tf::Check tag();
// A MAC address of one device.
tf::Check unicast_mac();

tf::Check ipv4_address();
tf::Check ipv6_address();
tf::Check ip_address();
// "10.0.0.5/24", or one of these words instead.
tf::Check ipv4_cidr_or(std::vector<std::string> words);
tf::Check ipv6_cidr_or(std::vector<std::string> words);

// "90s", "10m", "1h30m"; more than nothing.
tf::Check duration();
// An amount of memory, in MiB or with a unit, of at least `least_mib`.
tf::Check memory_size(std::uint64_t least_mib);
// The size of a disk, in GiB or with a unit; more than nothing.
tf::Check disk_size();

// Whether two sizes are the same amount ("2G" and "2048"); a plain number is MiB, or GiB.
tf::Same same_memory();
tf::Same same_disk();
// Whether two texts differ at most in the case of letters.
tf::Same same_letters();
// Whether two texts differ at most in line breaks at their ends.
tf::Same same_lines();
// Whether two IPv6 addresses, with or without a prefix length, are the same one.
tf::Same same_ipv6();

}  // namespace paas::checks
