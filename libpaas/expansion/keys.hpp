#pragma once
// "shop/web": how the ledger calls an app or a job, and what the parts of the chain call it.

#include <optional>
#include <string>
#include <string_view>

#include "libpaas/expansion/ledger.hpp"
#include "libpaas/jobs/jobs.hpp"
#include "libpaas/rollout/rollout.hpp"

namespace paas::expansion {

struct Key {
  std::string project;
  std::string name;
};
std::string key_of(std::string_view project, std::string_view name);
// None unless it is two DNS labels with '/' between them.
std::optional<Key> parse_key(std::string_view text);

// As far as names need it. REQUIRES: parse_key(key).
rollout::Wanted wanted_app(std::string_view key);
jobs::Wanted wanted_job(std::string_view key);

// Every address that somebody has: containers of apps, coming and going, and of runs of jobs.
struct Holder {
  Key of;
  std::string name;  // of the container
  std::string address;
};
std::vector<Holder> holders(const Ledger& ledger);

}  // namespace paas::expansion
