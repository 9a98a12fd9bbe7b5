#pragma once
// What of a node's state rollouts, jobs and the packet filter want to know.

#include <string>
#include <vector>

#include "libpaas/isolation/rules.hpp"
#include "libpaas/node/core.hpp"

namespace paas::node {

// The container of one member of an app's rollout.
struct MemberView {
  std::string name;
  std::string key;  // "shop/web"
  std::string project;
  rollout::Part part;
  const expansion::Release* release = nullptr;  // null: the ledger keeps it no more
};
// REQUIRES: the ledger outlives what is returned.
std::vector<MemberView> members_of(const expansion::Ledger& ledger);

// One run of a job.
struct RunView {
  std::string name;
  std::string key;  // "shop/nightly"
  const expansion::JobRecord* job = nullptr;
  const jobs::Run* run = nullptr;
  jobs::Wanted wanted;
  const expansion::Release* release = nullptr;  // null: the ledger keeps it no more
};
std::vector<RunView> runs_of(const expansion::Ledger& ledger, const model::Blueprint& blueprint);

const model::ContainerInfo* own_container(const State& state, std::string_view name);
bool runs(const model::ContainerInfo& info);

// The id of the image that a reference stands for here; empty if it is not here. `since`: with the
// policy `always` one that was fetched before does not count.
std::string image_here(const State& state, const std::string& reference, model::PullPolicy policy,
                       Moment since);

bool is_ready(const State& state, const model::Container& container, std::string_view name);
// Whether the names service tells of an address at this moment, or may still.
bool is_named(const State& state, std::string_view address, Moment now);

rollout::Facts facts_of(const State& state, const expansion::Ledger& ledger, Moment now);
jobs::Facts job_facts_of(const State& state, const expansion::Ledger& ledger);

// The ledger, with the ids of images that are here by now.
void learn_images(const State& state, expansion::Ledger& ledger);

// Who is in the network, or is about to be.
std::vector<isolation::Member> filter_members(const State& state);

std::string image_subject(std::string_view reference);

// From what stands in a feed's text: the addresses. Empty where it is no feed.
std::set<std::string> addresses_in(std::string_view names);

}  // namespace paas::node
