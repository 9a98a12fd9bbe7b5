#pragma once
// From method and path to endpoint and handler.

#include <map>
#include <string>

#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/schema.hpp"

namespace paas::fake_pve {

struct Match {
  const Endpoint* endpoint = nullptr;
  const Route* route = nullptr;
  std::map<std::string, std::string> path_params;
};

// `path` is below /api2/json, decoded, starting with a slash. No endpoint: `endpoint` is null.
// A table row without a handler, or the reverse, ends the program: both are part of it.
Match route(const std::string& method, const std::string& path);

}  // namespace paas::fake_pve
