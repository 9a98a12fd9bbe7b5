#pragma once
// What a node remembers between its runs, beside what it was told: who has which address, how far
// every rollout is, which releases it can go back to. Its text is what lies on disk.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"
#include "libpaas/jobs/jobs.hpp"
#include "libpaas/model/app.hpp"
#include "libpaas/rollout/rollout.hpp"

#pragma GCC visibility push(default)
namespace paas::expansion {

// Content-addressed and never changed, but that `image_id` is learned once.
struct Release {
  model::Container container{};
  std::string image_id{};  // "sha256:…"; empty until its image was here for the first time
  model::Moment made{};
  bool operator==(const Release&) const = default;
};

struct AppRecord {
  rollout::Rollout rollout{};
  std::map<std::string, Release, std::less<>> releases{};  // by hash, those still of use
  std::string declared{};  // the hash of what the source says; empty: the source has it no more
  int replicas = 0;        // as declared last; what was removed leaves with 0
  model::Update update{};
  // A person went back to `held` while `held_against` was declared: it stays so until the source
  // declares something else.
  std::string held{};
  std::string held_against{};
  bool operator==(const AppRecord&) const = default;
};

struct Ledger {
  std::uint64_t generation = 0;  // of the expected state it led to last
  rollout::Addresses addresses{};
  std::map<std::string, AppRecord, std::less<>> apps{};     // by "project/app"
  std::map<std::string, jobs::Record, std::less<>> jobs{};  // by "project/job"
  bool operator==(const Ledger&) const = default;
};

// JSON with a version; parse_ledger() gives the same ledger. Members that a newer version wrote are
// ignored.
std::string print_ledger(const Ledger& ledger);
// Errors: `invalid`, naming the path of the first thing that is wrong.
Result<Ledger> parse_ledger(std::string_view text);

}  // namespace paas::expansion
#pragma GCC visibility pop
