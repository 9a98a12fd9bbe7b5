#include "agent/commands/node_engine.hpp"

#include "agent/commands/complaint.hpp"
#include "agent/node_folder.hpp"
#include "libpaas/adapters/connect_engine.hpp"

namespace paas::agent::commands {

Or<NodeEngine> node_engine(const Invocation& invocation, const Arguments& arguments,
                           std::stop_token stop) {
  const NodeFolder folder(arguments);
  auto owner = folder.owner();
  if (!owner) {
    complain(invocation.err, "read the node's id", owner.error());
    return tl::unexpected<int>(failed);
  }
  EngineOptions options;
  options.socket = arguments.value("--runtime").value_or("");
  options.scratch_dir = folder.path();
  auto runtime = connect_engine(options, std::move(stop));
  if (!runtime) {
    complain(invocation.err, "reach the container engine", runtime.error());
    return tl::unexpected<int>(failed);
  }
  return NodeEngine{*std::move(owner), *std::move(runtime)};
}

}  // namespace paas::agent::commands
