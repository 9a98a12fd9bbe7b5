#pragma once
// Named value formats ("pve-vmid", "dns-name", ...) and the built-in shapes of the table.

#include <optional>
#include <string>
#include <string_view>

namespace paas::fake_pve {

// What the real server says about a value that breaks the format; none if the value is fine.
// `X-list` applies X to every word, `X-opt` allows the empty value. Formats of virtual-machine
// options that nothing here depends on accept any value.
std::optional<std::string> format_problem(std::string_view format, std::string_view value);

// Patterns checked by hand because values may be long: "env-list" (NAME=VALUE joined by NUL),
// "printable", "oci-reference" (with a tag), "oci-repository" (without).
bool has_shape(std::string_view shape, std::string_view value);

bool is_ipv4(std::string_view text);
bool is_ipv6(std::string_view text);
bool is_dns_name(std::string_view text);

}  // namespace paas::fake_pve
