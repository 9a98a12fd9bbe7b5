#include "libpaas/expansion/ledger.hpp"

#include "libpaas/base/field_reader.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/base/moment.hpp"
#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/expansion/keys.hpp"

namespace paas::expansion {
namespace ledger_form {

using model::Moment;

constexpr int version = 1;
constexpr JsonLimits most{.max_bytes = most_ledger_bytes, .max_depth = 32};
using Releases = std::map<std::string, Release, std::less<>>;

// --- Writing: what is as by default is left out. -------------------------------------------------

void put(Json::Object& out, std::string_view name, const std::string& text) {
  if (!text.empty()) out.emplace(name, text);
}
void put(Json::Object& out, std::string_view name, Moment moment) {
  if (moment != Moment{}) out.emplace(name, moment_text(moment));
}
void put(Json::Object& out, std::string_view name, bool flag) {
  if (flag) out.emplace(name, true);
}

std::string address_text(std::uint32_t address) {
  return to_text(Ipv4{address});
}

Json addresses_json(const rollout::Addresses& addresses) {
  const auto entries = addresses.entries();
  Json::Object taken, resting;
  for (const auto& [key, address] : entries.taken) taken.emplace(key, address_text(address));
  for (const auto& [address, until] : entries.resting) {
    resting.emplace(address_text(address), moment_text(until));
  }
  return Json::Object{{"first", address_text(entries.first)},
                      {"last", address_text(entries.last)},
                      {"next", address_text(entries.next)},
                      {"quarantine_s", entries.quarantine.count()},
                      {"taken", std::move(taken)},
                      {"resting", std::move(resting)}};
}

Json member_json(const rollout::Member& member) {
  Json::Object out{{"release", member.release}, {"address", member.address}};
  put(out, "named", member.named);
  put(out, "leaving", member.leaving);
  return out;
}

Json rollout_json(const rollout::Rollout& rollout) {
  Json::Object out{{"state", rollout::word_of(rollout.state)}};
  put(out, "release", rollout.release);
  put(out, "good", rollout.good);
  put(out, "refused", rollout.refused);
  put(out, "trouble", rollout.trouble);
  Json::Array slots;
  for (const rollout::Slot& slot : rollout.slots) {
    Json::Object one{{"replica", slot.ordinal}, {"stage", rollout::word_of(slot.stage)}};
    put(one, "since", slot.since);
    if (slot.serving) one.emplace("serving", member_json(*slot.serving));
    if (slot.candidate) one.emplace("candidate", member_json(*slot.candidate));
    slots.emplace_back(std::move(one));
  }
  out.emplace("slots", std::move(slots));
  return out;
}

Json releases_json(const Releases& releases) {
  Json::Object out;
  for (const auto& [hash, release] : releases) {
    Json::Object one{{"container", blueprint::to_json(release.container)}};
    put(one, "image_id", release.image_id);
    put(one, "made", release.made);
    put(one, "good", release.good);
    out.emplace(hash, std::move(one));
  }
  return out;
}

Json app_json(const AppRecord& record) {
  Json::Object out{{"rollout", rollout_json(record.rollout)},
                   {"releases", releases_json(record.releases)},
                   {"replicas", record.replicas},
                   {"update", blueprint::to_json(record.update)}};
  put(out, "declared", record.declared);
  put(out, "held", record.held);
  put(out, "held_against", record.held_against);
  return out;
}

Json run_json(const jobs::Run& run) {
  Json::Object out{{"slot", moment_text(run.slot)},
                   {"attempt", run.attempt},
                   {"stage", jobs::word_of(run.stage)},
                   {"outcome", jobs::word_of(run.outcome)}};
  put(out, "release", run.release);
  put(out, "address", run.address);
  put(out, "due", run.due);
  put(out, "started", run.started);
  put(out, "ended", run.ended);
  if (run.exit_code) out.emplace("exit_code", *run.exit_code);
  put(out, "trouble", run.trouble);
  return out;
}

Json job_json(const JobRecord& record) {
  Json::Array runs;
  for (const jobs::Run& run : record.record.runs) runs.push_back(run_json(run));
  Json::Object out{{"runs", std::move(runs)},
                   {"missed", record.record.missed},
                   {"releases", releases_json(record.releases)}};
  put(out, "looked", record.record.looked);
  put(out, "schedule", record.record.schedule);
  put(out, "release", record.record.release);
  put(out, "declared", record.declared);
  return out;
}

// --- Reading. ------------------------------------------------------------------------------------

Result<Moment> moment_in(std::string_view text) {
  const auto moment = parse_moment(text);
  if (!moment || *moment < Moment{}) {
    return fail(Errc::invalid, "must be a moment of the years 1970 to 2200, as RFC 3339 has it");
  }
  return *moment;
}

FieldReader::ReadText into(Moment& target) {
  return [&target](std::string_view text) -> Result<void> {
    target = TRY(moment_in(text));
    return {};
  };
}

FieldReader::ReadText into(std::uint32_t& target) {
  return [&target](std::string_view text) -> Result<void> {
    target = TRY(parse_ipv4(text)).bits;
    return {};
  };
}

// One of the words of an enumeration, which word_of() gives.
template <class Word>
FieldReader::ReadText into_word(Word& target, Word last) {
  return [&target, last](std::string_view text) -> Result<void> {
    for (int i = 0; i <= static_cast<int>(last); ++i) {
      if (word_of(static_cast<Word>(i)) != text) continue;
      target = static_cast<Word>(i);
      return {};
    }
    return fail(Errc::invalid, "is no word that is known");
  };
}

void read_addresses(FieldReader& in, rollout::Addresses& out) {
  rollout::Addresses::Entries entries;
  in.require({"first", "last", "next", "quarantine_s"});
  in.parsed("first", into(entries.first));
  in.parsed("last", into(entries.last));
  in.parsed("next", into(entries.next));
  std::int64_t quarantine_s = 0;
  in.integer("quarantine_s", quarantine_s, {0, 86400});
  entries.quarantine = model::Seconds{quarantine_s};
  in.entries("taken", [&](const std::string& key, std::string_view text) -> Result<void> {
    entries.taken[key] = TRY(parse_ipv4(text)).bits;
    return {};
  });
  in.entries("resting", [&](const std::string& key, std::string_view text) -> Result<void> {
    entries.resting[TRY(parse_ipv4(key)).bits] = TRY(moment_in(text));
    return {};
  });
  auto made = rollout::Addresses::from(std::move(entries));
  if (!made) return in.flaw(made.error().message);
  out = *std::move(made);
}

void read_releases(FieldReader& in, Releases& out) {
  in.each_named("releases", [&](const std::string& hash, FieldReader& release) {
    Release& one = out[hash];
    release.require({"container"});
    release.one("container", [&](FieldReader& container) {
      container.require({"image"});
      blueprint::read_container(container, one.container);
    });
    release.text("image_id", one.image_id);
    release.parsed("made", into(one.made));
    release.flag("good", one.good);
  });
}

void read_member(FieldReader& in, std::string_view name, std::optional<rollout::Member>& out) {
  in.one(name, [&](FieldReader& member) {
    out.emplace();
    member.require({"release", "address"});
    member.text("release", out->release);
    member.text("address", out->address);
    member.flag("named", out->named);
    member.flag("leaving", out->leaving);
  });
}

void read_rollout(FieldReader& in, rollout::Rollout& out) {
  in.require({"state"});
  in.parsed("state", into_word(out.state, rollout::State::rolled_back));
  in.text("release", out.release);
  in.text("good", out.good);
  in.text("refused", out.refused);
  in.text("trouble", out.trouble);
  in.each("slots", [&](FieldReader& slot) {
    rollout::Slot& one = out.slots.emplace_back();
    slot.require({"replica", "stage"});
    slot.integer("replica", one.ordinal, {0, 100'000});
    slot.parsed("stage", into_word(one.stage, rollout::Stage::stopped));
    slot.parsed("since", into(one.since));
    read_member(slot, "serving", one.serving);
    read_member(slot, "candidate", one.candidate);
    const bool in_order = out.slots.size() < 2 || out.slots.rbegin()[1].ordinal < one.ordinal;
    if (!in_order) slot.flaw("replica", "must be above that of the one before");
  });
}

// Nothing that runs, or may be brought back, is of a release that is not there.
void check_releases(FieldReader& in, const AppRecord& record) {
  const auto check = [&](std::string_view name, const std::string& hash) {
    if (hash.empty() || record.releases.contains(hash)) return;
    in.flaw("releases", "lack " + excerpt(hash, 70) + ", which is " + std::string(name));
  };
  check("declared", record.declared);
  check("held", record.held);
  check("what it runs or goes to", record.rollout.release);
  check("the last good one", record.rollout.good);
  for (const rollout::Part& part : rollout::parts_of(record.rollout)) {
    check("that of a replica", part.member.release);
  }
}

void read_app(FieldReader& in, AppRecord& out) {
  in.require({"rollout", "releases"});
  in.one("rollout", [&](FieldReader& rollout) { read_rollout(rollout, out.rollout); });
  read_releases(in, out.releases);
  in.integer("replicas", out.replicas, {0, 1000});
  in.one("update", [&](FieldReader& update) { blueprint::read_update(update, out.update); });
  in.text("declared", out.declared);
  in.text("held", out.held);
  in.text("held_against", out.held_against);
  check_releases(in, out);
}

void read_run(FieldReader& in, jobs::Run& out) {
  in.require({"slot", "stage", "outcome"});
  in.parsed("slot", into(out.slot));
  in.integer("attempt", out.attempt, {1, 1000});
  in.parsed("stage", into_word(out.stage, jobs::Stage::ended));
  in.parsed("outcome", into_word(out.outcome, jobs::Outcome::missed));
  in.text("release", out.release);
  in.text("address", out.address);
  in.parsed("due", into(out.due));
  in.parsed("started", into(out.started));
  in.parsed("ended", into(out.ended));
  in.integer("exit_code", out.exit_code);
  in.text("trouble", out.trouble);
}

void read_job(FieldReader& in, JobRecord& out) {
  in.parsed("looked", into(out.record.looked));
  in.text("schedule", out.record.schedule);
  in.text("release", out.record.release);
  in.each("runs", [&](FieldReader& run) { read_run(run, out.record.runs.emplace_back()); });
  in.integer("missed", out.record.missed);
  read_releases(in, out.releases);
  in.text("declared", out.declared);
}

void read_ledger(FieldReader& in, Ledger& out) {
  int format = 0;
  in.require({"version", "generation", "addresses", "apps", "jobs"});
  in.integer("version", format, {version, version});
  in.integer("generation", out.generation);
  in.integer("names_generation", out.names_generation);
  in.text("expected_hash", out.expected_hash);
  in.text("names_hash", out.names_hash);
  std::int64_t ttl_s = 0;
  in.integer("ttl_s", ttl_s, {0, 3600});
  out.ttl = model::Seconds{ttl_s};
  in.parsed("ttl_until", into(out.ttl_until));
  in.one("addresses", [&](FieldReader& addresses) { read_addresses(addresses, out.addresses); });
  const auto named = [](const std::string& key, FieldReader& one) {
    if (parse_key(key)) return true;
    one.flaw("must be called by a project and a name, with '/' between them");
    return false;
  };
  in.each_named("apps", [&](const std::string& key, FieldReader& app) {
    if (named(key, app)) read_app(app, out.apps[key]);
  });
  in.each_named("jobs", [&](const std::string& key, FieldReader& job) {
    if (named(key, job)) read_job(job, out.jobs[key]);
  });
}

// An address belongs to whom the list of addresses says, or it would be given away a second time.
Result<void> check_holders(const Ledger& ledger) {
  const auto entries = ledger.addresses.entries();
  for (const Holder& holder : holders(ledger)) {
    const auto taken = entries.taken.find(holder.name);
    if (taken != entries.taken.end() && address_text(taken->second) == holder.address) continue;
    return fail(Errc::invalid, "ledger: addresses.taken: " + holder.name + " does not have " +
                                   excerpt(holder.address, 40));
  }
  return {};
}

}  // namespace ledger_form

std::string print_ledger(const Ledger& ledger) {
  using namespace ledger_form;
  Json::Object apps, all_jobs;
  for (const auto& [key, record] : ledger.apps) apps.emplace(key, app_json(record));
  for (const auto& [key, record] : ledger.jobs) all_jobs.emplace(key, job_json(record));
  Json::Object out{{"version", version},
                   {"generation", ledger.generation},
                   {"names_generation", ledger.names_generation},
                   {"addresses", addresses_json(ledger.addresses)},
                   {"apps", std::move(apps)},
                   {"jobs", std::move(all_jobs)}};
  if (ledger.ttl.count() != 0) out.emplace("ttl_s", ledger.ttl.count());
  put(out, "ttl_until", ledger.ttl_until);
  put(out, "expected_hash", ledger.expected_hash);
  put(out, "names_hash", ledger.names_hash);
  return print_json(out) + "\n";
}

Result<Ledger> parse_ledger(std::string_view text) {
  using namespace ledger_form;
  const Json json = TRY(parse_json(text, most));
  Ledger out;
  TRY(read_json_fields(json, "ledger", [&](FieldReader& in) { read_ledger(in, out); }));
  TRY(check_holders(out));
  return out;
}

}  // namespace paas::expansion
