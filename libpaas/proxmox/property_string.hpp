#pragma once
// Property strings: "local:104/vm-104-disk-0.raw,mp=/data,size=8G", the values of most container
// settings. Parts are separated by commas; one part may be a value alone, standing for the value of
// the format's default key. Values cannot hold a comma: there is no way to quote one.
//
// Source: PVE::JSONSchema::parse_property_string and its schema formats.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpaas/base/result.hpp"

namespace paas::proxmox {

class PropertyString {
 public:
  using Pairs = std::vector<std::pair<std::string, std::string>>;

  // Errors: `invalid` for a key given twice, a part without value, or a value alone where the
  // format has no default key. At most 8 KiB.
  static Result<PropertyString> parse(std::string_view text, std::string_view default_key = {});

  // The value of a key, which is then gone; nullopt if absent. The typed forms fail with `invalid`
  // on a value of another type. Booleans: 1/0, on/off, yes/no, true/false.
  std::optional<std::string> take(std::string_view key);
  Result<std::optional<bool>> take_bool(std::string_view key);
  Result<std::optional<int>> take_int(std::string_view key);
  // The parts of a value separated by ';'.
  std::vector<std::string> take_list(std::string_view key);

  // What nobody took, in the order of the text.
  Pairs rest() && { return std::move(pairs_); }

 private:
  Pairs pairs_;
};

// Builds a property string; parts appear in the order added, empty values are left out.
class PropertyPrinter {
 public:
  // The value of the format's default key, without the key where that is unambiguous.
  void add_default(std::string_view key, std::string_view value);
  void add(std::string_view key, std::string_view value);
  void add_flag(std::string_view key, std::optional<bool> value);
  void add_number(std::string_view key, std::optional<int> value);
  void add_list(std::string_view key, const std::vector<std::string>& values);
  void add_all(const PropertyString::Pairs& pairs);

  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace paas::proxmox
