#pragma once
// Shell: the node's loop at work. It turns what happens outside into events, and does what next()
// answers, through ports and with few threads.

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include "libpaas/base/log.hpp"
#include "libpaas/blueprint/host.hpp"
#include "libpaas/node/core.hpp"
#include "libpaas/node/effects.hpp"
#include "libpaas/node/rehearsal.hpp"
#include "libpaas/ports/clock.hpp"
#include "libpaas/ports/container_runtime.hpp"
#include "libpaas/ports/folder.hpp"
#include "libpaas/ports/packet_filter.hpp"
#include "libpaas/ports/prober.hpp"
#include "libpaas/ports/source.hpp"
#include "libpaas/ports/store.hpp"
#include "libpaas/ports/time_zones.hpp"

#pragma GCC visibility push(default)
namespace paas::node {

// All outlive the shell.
struct Ports {
  ContainerRuntime& engine;
  Store& store;    // "ledger", "blueprint"
  Folder& folder;  // "names.json", "status.json", "holds/PROJECT.APP"
  Source& source;
  Prober& prober;
  PacketFilter& filter;
  TimeZones& zones;
  Folder& secrets;  // of the host, by name
  Folder& handed;   // on a tmpfs: secrets as containers get them
  const Clock& clock;
  Log& log;
};

struct ShellOptions {
  Settings settings{};
  blueprint::HostRules rules{};
  bool once = false;              // ends when nothing is left to do, or nothing can be done
  Effects::Hook on_effect{};      // of every effect, before and after it
  std::function<void()> alive{};  // called by the loop, at the latest every two seconds
};

enum class Outcome {
  stopped,  // was asked to stop
  settled,  // once: what is declared runs
  failed,   // once: it does not, and waiting will not help; the log said why
};

class Shell {
 public:
  virtual ~Shell() = default;
  // Until asked to stop; containers go on running. Nothing is under way when it returns.
  virtual Outcome run(std::stop_token stop) = 0;
  // Reads the source now. Thread-safe.
  virtual void read_source() = 0;
};

// Reads what the node kept. Errors: `invalid` (what it kept is torn, and so is what was before it:
// nothing is known of who has which address), those of the store.
Result<std::unique_ptr<Shell>> make_shell(const Ports& ports, ShellOptions options);

// What would be done, and why, without doing anything. Errors: those of engine, source and store.
Result<Preview> preview(const Ports& ports, const ShellOptions& options, std::stop_token stop);

}  // namespace paas::node
#pragma GCC visibility pop
