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

// Content-addressed: its container never changes. Whoever sees its image sets `image_id`, once.
struct Release {
  model::Container container{};
  std::string image_id{};  // "sha256:…"; empty until its image was here for the first time
  model::Moment made{};    // when the source came to declare it, the last time
  bool good = false;       // once it ran on every replica
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

struct JobRecord {
  jobs::Record record{};
  std::map<std::string, Release, std::less<>> releases{};  // by hash: declared, or of a run
  std::string declared{};                                  // empty: the source has it no more
  bool operator==(const JobRecord&) const = default;
};

struct Ledger {
  std::uint64_t generation = 0;        // of the expected state it led to last
  std::uint64_t names_generation = 0;  // of the names in it
  std::string expected_hash{};         // of that state and those names, whatever their generation
  std::string names_hash{};
  model::Seconds ttl{0};      // the longest with which a name may still be kept
  model::Moment ttl_until{};  // from when on the declared one counts, where that is shorter
  rollout::Addresses addresses{};
  std::map<std::string, AppRecord, std::less<>> apps{};  // by "project/app"
  std::map<std::string, JobRecord, std::less<>> jobs{};  // by "project/job"
  bool operator==(const Ledger&) const = default;
};

inline constexpr std::size_t most_ledger_bytes = std::size_t{64} << 20;

// JSON with a version (docs/formats/ledger.schema.json); parse_ledger() gives the same ledger.
// REQUIRES: every text in it is UTF-8; moments are of the years 1970 to 2200.
std::string print_ledger(const Ledger& ledger);
// Members that a newer version wrote are ignored. Errors: `invalid`, naming the path of the first
// thing that is wrong; also for a replica whose address the ledger says is another's.
Result<Ledger> parse_ledger(std::string_view text);

}  // namespace paas::expansion
#pragma GCC visibility pop
