#pragma once
// PrivateState: what a resource remembers beside its state, out of the user's sight.
//
// Terraform keeps the bytes with the state and hands them back. Ours are a small JSON object,
//   {"version": 1, "data": {"key": "<base64>"}}
// whose members we do not know are kept, so that a newer provider's survive an older one.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "libpaas/base/json.hpp"

namespace paas::tf {

class PrivateState {
 public:
  PrivateState() = default;
  // No bytes are an empty state. Errors: `invalid` for what is not ours, is larger than 1 MiB, or
  // is of a newer version.
  static Result<PrivateState> parse(std::string_view bytes);

  std::optional<std::string> get(std::string_view key) const;
  void set(std::string key, std::string bytes);
  void erase(std::string_view key);
  bool empty() const { return data_.empty() && unknown_.empty(); }

  // No bytes where there is nothing to remember.
  std::string print() const;

  bool operator==(const PrivateState&) const = default;

 private:
  std::map<std::string, std::string, std::less<>> data_;
  Json::Object unknown_;  // other members of the outermost object
};

}  // namespace paas::tf
