#pragma once
// Property strings: "name=eth0,bridge=vmbr0,ip=dhcp" under the rules of a table format.

#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "tests/fake-pve/schema.hpp"

namespace paas::fake_pve {

using Fields = std::map<std::string, std::string>;

// The fields of a property string; booleans become "0" or "1". `path` is the parameter that holds
// it. Errors: the text the real server puts behind "invalid format - ", line ends included.
tl::expected<Fields, std::string> parse_property_string(const RuleSet& rules, std::string_view text,
                                                        const std::string& path);

// The fields of a string that is known to be good: text that verification let through, or that
// print_property_string() made.
Fields fields_of(std::string_view format, std::string_view text);

// The canonical text: default key first, then required keys, then the others, each in order of
// name. Fields without a rule are left out.
std::string print_property_string(std::string_view format, const Fields& fields);

}  // namespace paas::fake_pve
