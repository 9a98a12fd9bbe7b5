#pragma once
// serve: the whole of a provider's main().

#include <functional>
#include <memory>
#include <string>

#include "libpaas/base/log.hpp"
#include "provider/tf/resource.hpp"

namespace paas::plugin {

struct ProviderInfo {
  std::string name;     // "paas", of the program terraform-provider-paas
  std::string source;   // "libpaas/paas"
  std::string version;  // "0.1.0"
};

// Makes the provider that is served; under -debug a fresh one for every configuration, so that no
// run sees anything of another. It may keep the log, which outlives it, but should prefer the one
// of each call.
using MakeProvider = std::function<std::unique_ptr<tf::Provider>(Log& log)>;

// Serves as Terraform and OpenTofu expect it (plugin protocol 6 over go-plugin's handshake), until
// they ask it to end, or die. Returns the exit status.
//
//   -debug     serves many runs, which find it through TF_REATTACH_PROVIDERS, until SIGINT or
//   SIGTERM -version   prints name and version
//
// Started by hand, it says what it is and how to install it, and returns 1.
int serve(int argc, char** argv, const ProviderInfo& info, const MakeProvider& make);

}  // namespace paas::plugin
