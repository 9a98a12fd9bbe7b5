#pragma once
// The container engine of this host, over HTTP.

#include <memory>
#include <string>

#include "libpaas/engine/dialect.hpp"
#include "libpaas/ports/container_runtime.hpp"
#include "libpaas/ports/http.hpp"

namespace paas::engine {

struct RuntimeParts {
  std::unique_ptr<Http> http;  // whose connections lead to the engine, with no limit to silence
  const Dialect* dialect = nullptr;
  std::string prefix{};       // of every path, "/v1.41"
  std::string socket{};       // path of the engine's socket
  std::string scratch_dir{};  // of ours, outlives containers
};

// REQUIRES: parts.http, parts.dialect.
std::unique_ptr<ContainerRuntime> make_runtime(RuntimeParts parts);

}  // namespace paas::engine
