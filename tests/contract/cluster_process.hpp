#pragma once
// ClusterProcess: a fake cluster (tests/fake-pve) as a process of its own, with a hand on it.

#include <sys/types.h>

#include <memory>
#include <string>

#include "libpaas/adapters/pve/options.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/ports/http.hpp"

namespace paas::contract {

class ClusterProcess {
 public:
  // Starts the fake-pve that stands beside this program. Throws when it cannot.
  ClusterProcess();
  ~ClusterProcess();
  ClusterProcess(const ClusterProcess&) = delete;
  ClusterProcess& operator=(const ClusterProcess&) = delete;

  // How to reach it with its all-powerful token.
  const pve::PveOptions& options() const { return options_; }

  // POST /fake{path}, or another method; what it answers. Throws when it refuses.
  Json control(const std::string& path, const Json& body, const std::string& method = "POST");

 private:
  std::string folder_;
  pid_t process_ = -1;
  pve::PveOptions options_;
  std::unique_ptr<Http> http_;
};

}  // namespace paas::contract
