#pragma once
// From what is declared to what the node is to run: apps become releases, rollouts and, step by
// step, successive expected states. Pure: facts and the time go in.

#include <optional>
#include <string>
#include <vector>

#include "libpaas/expansion/ledger.hpp"
#include "libpaas/model/app.hpp"
#include "libpaas/model/expected.hpp"

#pragma GCC visibility push(default)
namespace paas::expansion {

// What is this node's own, and no source can say.
struct NodeSettings {
  std::string owner{};                   // its id, in the labels of all that is its own
  std::string network = "paas";          // the engine's name of the one network of all projects
  std::string bridge = "paas0";          // its interface
  std::string subnet = "10.200.1.0/24";  // the gateway has the first address
  int mtu = 1500;
  model::Seconds quarantine{60};  // how long an address that was given back rests
  bool operator==(const NodeSettings&) const = default;
};
// The first address of the subnet. Errors: `invalid` (no IPv4 network, or one with fewer than 8 or
// more than 65536 addresses).
Result<std::string> gateway_of(const NodeSettings& settings);

// The hash of what was declared, 64 hexadecimal digits: the same container, the same release, on
// every node.
std::string release_of(const model::Container& container);

// An empty ledger with the addresses of the subnet. REQUIRES: gateway_of() has no error.
Ledger first_ledger(const NodeSettings& settings);

// The ledger after one look: apps and jobs as declared, releases recorded, every rollout and job
// one step further, what is gone forgotten. With the same facts and time once more it changes
// nothing. `generation` grows if and only if expand() answers something else than before.
Ledger advance(Ledger ledger, const model::Blueprint& blueprint, const NodeSettings& settings,
               const rollout::Facts& facts, const jobs::Facts& job_facts,
               const jobs::TimeZones& zones, model::Moment now);

// What the node is to run by now: the network, the containers of all members (not those of jobs),
// and the names of those that are ready.
model::ExpectedState expand(const Ledger& ledger, const model::Blueprint& blueprint,
                            const NodeSettings& settings, const rollout::Facts& facts);

// What the engine calls a volume: "shop.uploads" where all of a project share it, else
// "shop.web.0.data", each replica its own. No label holds a '.', so that no two are one.
std::string volume_name(const model::AllocationId& allocation, const model::Mount& mount);

// The container of one run of the job "project/name": named, addressed and with volumes as expand()
// has them of apps; its allocation's ordinal is the attempt. None: the ledger keeps its release no
// more.
std::optional<model::ExpectedContainer> container_of(const Ledger& ledger,
                                                     const NodeSettings& settings,
                                                     const std::string& job, const jobs::Run& run);

// Images that shall be here, or soon: of members and of jobs that are due.
struct WantedImage {
  std::string reference;
  std::string platform{};
  model::PullPolicy pull = model::PullPolicy::missing;
  std::string image_id{};         // that it must be; empty: any
  std::vector<std::string> of{};  // "shop/web"
  bool operator==(const WantedImage&) const = default;
};
std::vector<WantedImage> wanted_images(const Ledger& ledger);

// Image ids that may not be collected: of every release that is kept.
std::vector<std::string> kept_images(const Ledger& ledger);

// When advance() must be asked again though nothing happens, after `now`; the epoch: never.
// REQUIRES: advance() was asked at `now`.
model::Moment next_deadline(const Ledger& ledger, const model::Blueprint& blueprint,
                            const jobs::TimeZones& zones, model::Moment now);

// Goes back to a release that the ledger keeps: `release` by its first digits, empty: the last good
// one before the present. One that failed is tried anew. What the source declares next ends it.
// Errors: `not_found` (app, release, or several begin so), `conflict` (it runs that already, or
// leaves).
Result<Ledger> hold(Ledger ledger, const std::string& project, const std::string& app,
                    const std::string& release);

}  // namespace paas::expansion
#pragma GCC visibility pop
