#pragma once
// What one node is to run: complete, so that a node that has it needs nobody.

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "libpaas/model/container.hpp"
#include "libpaas/model/engine.hpp"

#pragma GCC visibility push(default)
namespace paas::model {

// One replica of an app: "shop/web/0". While an app is updated, two containers serve one.
struct AllocationId {
  std::string project;
  std::string app;
  int ordinal = 0;
  auto operator<=>(const AllocationId&) const = default;
};

struct ExpectedContainer {
  std::string name;  // unique on the node
  AllocationId allocation;
  std::string release;     // hash of what was declared
  std::string image_id{};  // "sha256:…", what `container.image` was when the release was made;
                           // empty: not known yet, any will do
  Container container{};   // its volumes by the names that the engine has for them
  std::string network{};   // one of the state's
  std::string address{};   // in it
  Texts dns_servers{};
  bool operator==(const ExpectedContainer&) const = default;
};

struct ExpectedState {
  std::uint64_t generation = 0;  // grows with every change
  std::vector<NetworkSpec> networks{};
  std::vector<ExpectedContainer> containers{};
  std::string names{};  // what the names service is fed
  // Sections that a node of this version carries and does not act on: "routes", "peers". Each is
  // compact JSON with sorted keys, as print_json() has it.
  TextMap carried{};
  bool operator==(const ExpectedState&) const = default;
};

}  // namespace paas::model
#pragma GCC visibility pop
