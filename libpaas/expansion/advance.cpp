#include <algorithm>
#include <set>
#include <tuple>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/expansion/expand.hpp"
#include "libpaas/expansion/keys.hpp"
#include "libpaas/expansion/names.hpp"
#include "libpaas/expansion/renumber.hpp"
#include "libpaas/reconcile/expected_text.hpp"

namespace paas::expansion {
namespace {

using model::Moment;

// A step may make way for the next within one look; this many looks end any chain of them.
constexpr int most_passes = 1000;

void record_release(std::map<std::string, Release, std::less<>>& releases, const std::string& hash,
                    const model::Container& container, Moment now) {
  Release& release = releases[hash];
  release.container = container;
  release.made = now;
}

// The releases that an app runs, goes to or may be brought back to.
std::set<std::string, std::less<>> releases_in_use(const AppRecord& record) {
  std::set<std::string, std::less<>> out{record.declared, record.held, record.rollout.release,
                                         record.rollout.good};
  for (const rollout::Part& part : rollout::parts_of(record.rollout)) {
    out.insert(part.member.release);
  }
  return out;
}

// Something that no two containers may have at a time: a volume that is this replica's alone, or a
// port of the host.
bool is_exclusive(const model::Container& container) {
  return std::any_of(container.mounts.begin(), container.mounts.end(),
                     [](const model::Mount& mount) {
                       return mount.kind == model::MountKind::volume && !mount.shared &&
                              !mount.read_only;
                     }) ||
         std::any_of(container.ports.begin(), container.ports.end(),
                     [](const model::Port& port) { return port.host.has_value(); });
}

// As long as any release that is about has such a thing: going back may bring it back.
bool has_one_writer(const AppRecord& record) {
  const auto about = releases_in_use(record);
  return std::any_of(about.begin(), about.end(), [&](const std::string& hash) {
    const auto release = record.releases.find(hash);
    return release != record.releases.end() && is_exclusive(release->second.container);
  });
}

rollout::Wanted wanted_of(const std::string& key, const AppRecord& record, model::Seconds ttl) {
  rollout::Wanted out = wanted_app(key);
  out.replicas = record.replicas;
  out.update = record.update;
  out.one_writer = has_one_writer(record);
  out.dns_ttl = ttl;
  if (record.declared.empty()) {
    out.release = record.rollout.release;  // it leaves as what it is
  } else {
    out.release = record.held.empty() ? record.declared : record.held;
  }
  return out;
}

// Those that were never good go first, then the oldest, but none that is in use.
void trim(AppRecord& record) {
  const auto in_use = releases_in_use(record);
  std::vector<std::tuple<bool, Moment, std::string>> by_age;
  for (const auto& [hash, release] : record.releases) {
    by_age.emplace_back(release.good, release.made, hash);
  }
  std::sort(by_age.begin(), by_age.end());
  auto surplus = static_cast<std::ptrdiff_t>(by_age.size()) - record.update.keep_releases;
  for (const auto& [good, made, hash] : by_age) {
    if (surplus <= 0) break;
    if (in_use.contains(hash)) continue;
    record.releases.erase(hash);
    --surplus;
  }
}

void trim(JobRecord& record) {
  std::set<std::string, std::less<>> in_use{record.declared};
  for (const jobs::Run& run : record.record.runs) {
    if (run.stage != jobs::Stage::ended) in_use.insert(run.release);
  }
  std::erase_if(record.releases, [&](const auto& entry) { return !in_use.contains(entry.first); });
}

class Look {
 public:
  Look(Ledger& ledger, const model::Blueprint& blueprint, const rollout::Facts& facts,
       const jobs::Facts& job_facts, const jobs::TimeZones& zones, Moment now)
      : ledger_(ledger),
        blueprint_(blueprint),
        facts_(facts),
        job_facts_(job_facts),
        zones_(zones),
        now_(now) {}

  void run() {
    declare_ttl();
    declare_apps();
    declare_jobs();
    for (int pass = 0; pass < most_passes && step(); ++pass) continue;
  }

 private:
  // Names that were told with a longer TTL may be kept for as long.
  void declare_ttl() {
    if (blueprint_.dns_ttl < ledger_.ttl && ledger_.ttl_until == Moment{}) {
      ledger_.ttl_until = now_ + ledger_.ttl;
    }
    ledger_.ttl_until = std::min(ledger_.ttl_until, now_ + ledger_.ttl);  // the clock was set back
    if (blueprint_.dns_ttl < ledger_.ttl && now_ < ledger_.ttl_until) return;
    ledger_.ttl = blueprint_.dns_ttl;
    ledger_.ttl_until = {};
  }

  void declare_apps() {
    std::set<std::string, std::less<>> declared;
    for (const model::App& app : blueprint_.apps) {
      const std::string key = key_of(app.project, app.name);
      declared.insert(key);
      AppRecord& record = ledger_.apps[key];
      record.replicas = app.replicas;
      record.update = app.update;
      const std::string hash = release_of(app.container);
      if (record.declared == hash) continue;
      record.declared = hash;
      record.held.clear();
      record.held_against.clear();
      record_release(record.releases, hash, app.container, now_);
    }
    for (auto& [key, record] : ledger_.apps) {
      if (declared.contains(key)) continue;
      record.declared.clear();
      record.held.clear();
      record.held_against.clear();
      record.replicas = 0;
    }
  }

  void declare_jobs() {
    jobs_.clear();
    for (const model::Job& job : blueprint_.jobs) {
      const std::string key = key_of(job.project, job.name);
      jobs_.emplace(key, &job);
      JobRecord& record = ledger_.jobs[key];
      const std::string hash = release_of(job.container);
      if (record.declared == hash) continue;
      record.declared = hash;
      record_release(record.releases, hash, job.container, now_);
    }
    for (auto& [key, record] : ledger_.jobs) {
      if (!jobs_.contains(key)) record.declared.clear();
    }
  }

  // Whether anything changed.
  bool step() {
    note_leaving();
    bool changed = false;
    for (auto entry = ledger_.apps.begin(); entry != ledger_.apps.end();) {
      changed = step_app(entry->first, entry->second) || changed;
      const bool gone = entry->second.declared.empty() && entry->second.rollout.slots.empty();
      entry = gone ? ledger_.apps.erase(entry) : std::next(entry);
    }
    for (auto entry = ledger_.jobs.begin(); entry != ledger_.jobs.end();) {
      changed = step_job(entry->first, entry->second) || changed;
      const bool gone = entry->second.declared.empty() && entry->second.record.runs.empty();
      entry = gone ? ledger_.jobs.erase(entry) : std::next(entry);
    }
    return changed;
  }

  // "a-b/c" and "a/b-c" call their containers alike: who comes waits until the other is gone.
  static std::string called(std::string key) {
    key[key.find('/')] = '-';
    return key;
  }
  void note_leaving() {
    leaving_.clear();
    for (const auto& [key, record] : ledger_.apps) {
      if (record.declared.empty()) leaving_.insert(called(key));
    }
    for (const auto& [key, record] : ledger_.jobs) {
      if (record.declared.empty()) leaving_.insert(called(key));
    }
  }
  bool waits(const std::string& key, const std::string& declared) const {
    return !declared.empty() && leaving_.contains(called(key));
  }

  bool step_app(const std::string& key, AppRecord& record) {
    if (waits(key, record.declared)) return false;
    const rollout::Wanted wanted = wanted_of(key, record, ledger_.ttl);
    rollout::Rollout next =
        rollout::advance(record.rollout, wanted, facts_, ledger_.addresses, now_);
    const bool changed = next != record.rollout;
    record.rollout = std::move(next);
    const auto good = record.releases.find(record.rollout.good);
    if (good != record.releases.end()) good->second.good = true;
    trim(record);
    return changed;
  }

  bool step_job(const std::string& key, JobRecord& record) {
    if (waits(key, record.declared)) return false;
    jobs::Wanted wanted = wanted_job(key);
    wanted.release = record.declared;
    const auto job = jobs_.find(key);
    jobs::Record next;
    if (job != jobs_.end()) {
      wanted.declared = *job->second;
      next = jobs::advance(record.record, wanted, zones_, job_facts_, ledger_.addresses, now_);
    } else {
      next = jobs::retire(record.record, wanted, job_facts_, ledger_.addresses, now_);
    }
    const bool changed = next != record.record;
    record.record = std::move(next);
    trim(record);
    return changed;
  }

  Ledger& ledger_;
  const model::Blueprint& blueprint_;
  const rollout::Facts& facts_;
  const jobs::Facts& job_facts_;
  const jobs::TimeZones& zones_;
  Moment now_;
  std::map<std::string, const model::Job*, std::less<>> jobs_{};
  std::set<std::string, std::less<>> leaving_{};
};

// Counts on where what follows from the ledger is not what it was.
void count(Ledger& ledger, const model::Blueprint& blueprint, const NodeSettings& settings,
           const rollout::Facts& facts) {
  dns::Feed feed = feed_of(ledger, blueprint, settings, facts);
  feed.generation = 0;
  const std::string names = hex(sha256(dns::print_feed(feed)));
  if (names != ledger.names_hash) ++ledger.names_generation;
  ledger.names_hash = names;
  model::ExpectedState expected = expand(ledger, blueprint, settings, facts);
  expected.generation = 0;
  const std::string hash = hex(sha256(reconcile::print_expected(expected)));
  if (hash != ledger.expected_hash) ++ledger.generation;
  ledger.expected_hash = hash;
}

const Release* chosen_release(const AppRecord& record, const std::string& digits, std::string& hash,
                              std::size_t& matches) {
  const Release* out = nullptr;
  const auto present = record.releases.find(record.rollout.release);
  for (const auto& [candidate, release] : record.releases) {
    if (!digits.empty()) {
      if (!candidate.starts_with(digits)) continue;
      ++matches;
    } else {
      // While it is not settled, the one that ran last; else the last that ran before.
      const bool settled = record.rollout.release == record.rollout.good;
      const bool fits = settled ? release.good && present != record.releases.end() &&
                                      release.made < present->second.made
                                : candidate == record.rollout.good;
      if (!fits || (out != nullptr && release.made <= out->made)) continue;
      matches = 1;
    }
    out = &release;
    hash = candidate;
  }
  return out;
}

}  // namespace

Result<std::string> gateway_of(const NodeSettings& settings) {
  const Cidr4 subnet = TRY(parse_cidr4(settings.subnet));
  if (subnet.prefix > 29 || subnet.prefix < 16) {
    return fail(Errc::invalid, "the subnet " + settings.subnet +
                                   " must have a prefix from /16 to /29, for 8 to 65536 addresses");
  }
  return to_text(Ipv4{subnet.network().bits + 1});
}

Ledger first_ledger(const NodeSettings& settings) {
  const Cidr4 subnet = parse_cidr4(settings.subnet).value();
  const std::uint32_t network = subnet.network().bits;
  const std::uint32_t count = std::uint32_t{1} << (32 - subnet.prefix);
  Ledger out;
  out.addresses = rollout::Addresses(network + 2, network + count - 2, settings.quarantine);
  return out;
}

Ledger advance(Ledger ledger, const model::Blueprint& blueprint, const NodeSettings& settings,
               const rollout::Facts& facts, const jobs::Facts& job_facts,
               const jobs::TimeZones& zones, Moment now) {
  renumber(ledger, settings, now);
  Look(ledger, blueprint, facts, job_facts, zones, now).run();
  count(ledger, blueprint, settings, facts);
  return ledger;
}

Moment next_deadline(const Ledger& ledger, const model::Blueprint& blueprint,
                     const jobs::TimeZones& zones, Moment now) {
  Moment out = ledger.addresses.next_return(now);
  const auto add = [&](Moment due) {
    if (due > now && (out == Moment{} || due < out)) out = due;
  };
  add(ledger.ttl_until);
  for (const auto& [key, record] : ledger.apps) {
    add(rollout::next_deadline(record.rollout, wanted_of(key, record, ledger.ttl), now));
  }
  for (const model::Job& job : blueprint.jobs) {
    const auto record = ledger.jobs.find(key_of(job.project, job.name));
    if (record == ledger.jobs.end()) continue;
    jobs::Wanted wanted = wanted_job(record->first);
    wanted.release = record->second.declared;
    wanted.declared = job;
    add(jobs::next_deadline(record->second.record, wanted, zones, now));
  }
  return out;
}

Result<Ledger> hold(Ledger ledger, const std::string& project, const std::string& app,
                    const std::string& release) {
  const auto found = ledger.apps.find(key_of(project, app));
  if (found == ledger.apps.end()) {
    return fail(Errc::not_found, "there is no app " + excerpt(key_of(project, app), 130));
  }
  AppRecord& record = found->second;
  if (record.declared.empty()) {
    return fail(Errc::conflict, "the app \"" + found->first + "\" is declared no more");
  }
  std::string hash;
  std::size_t matches = 0;
  if (chosen_release(record, release, hash, matches) == nullptr) {
    return fail(Errc::not_found,
                release.empty() ? "no release before the present one is kept that was good"
                                : "no release is kept that begins with " + excerpt(release, 70));
  }
  if (matches > 1) {
    return fail(Errc::not_found, std::to_string(matches) + " releases begin with " +
                                     excerpt(release, 70) + ": give more digits");
  }
  if (hash == record.rollout.release) {
    return fail(Errc::conflict, "the app \"" + found->first + "\" runs that release already");
  }
  const bool is_declared = hash == record.declared;
  record.held = is_declared ? "" : hash;
  record.held_against = is_declared ? "" : record.declared;
  if (record.rollout.refused == hash) record.rollout.refused.clear();
  return ledger;
}

}  // namespace paas::expansion
