#include "libpaas/expansion/world_test.hpp"

#include <catch2/catch.hpp>

#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/dns/feed.hpp"
#include "libpaas/expansion/keys.hpp"

namespace paas::expansion::world {
namespace {

dns::Feed feed_in(const model::ExpectedState& state) {
  auto feed = dns::parse_feed(state.names);
  if (!feed) FAIL(feed.error().message);
  return *std::move(feed);
}

}  // namespace

void World::declare(const std::string& text) {
  auto parsed = blueprint::parse(text, "apps.yaml");
  if (!parsed) FAIL(error_of(parsed.error()).message);
  blueprint = *std::move(parsed);
}

void World::look() {
  Ledger next = advance(ledger, blueprint, settings, facts, job_facts, zones, now);
  expected = expand(next, blueprint, settings, facts);
  if (next == ledger) return;
  const auto again = parse_ledger(print_ledger(next));
  if (!again) FAIL(again.error().message);
  if (*again != next) FAIL("the ledger is not read as it was written:\n" << print_ledger(next));
  ledger = std::move(next);
}

void World::tick() {
  look();
  act();
  act_on_runs();
  now += std::chrono::seconds{1};
}

void World::act() {
  std::map<std::string, const model::ExpectedContainer*> wanted;
  for (const auto& one : expected.containers) wanted.emplace(one.name, &one);
  rollout::Facts next;
  for (const auto& [key, record] : ledger.apps) {
    const rollout::Wanted names = wanted_app(key);
    for (const rollout::Part& part : rollout::parts_of(record.rollout)) {
      const std::string name = rollout::name_of(names, part.ordinal, part.member);
      const std::string& image = record.releases.at(part.member.release).container.image;
      const rollout::Fact before = facts.containers[name];
      rollout::Fact fact;
      fact.image_here = !missing.contains(image);
      fact.running = wanted.contains(name) && fact.image_here;
      fact.there = fact.running || (before.there && stuck.contains(name));
      fact.ready = fact.running && before.running && !broken.contains(image);
      if (!fact.image_here) fact.trouble = "the image " + image + " is not there";
      next.containers.emplace(name, fact);
    }
  }
  std::set<std::string> addresses;
  for (const dns::Project& project : feed_in(expected).projects) {
    for (const dns::App& app : project.apps) {
      for (const dns::Replica& replica : app.replicas) {
        for (const dns::Ip& ip : replica.addresses) addresses.insert(dns::to_text(ip));
      }
    }
  }
  for (const Holder& holder : holders(ledger)) {
    if (addresses.contains(holder.address)) next.named.insert(holder.name);
  }
  facts = std::move(next);
}

void World::act_on_runs() {
  jobs::Facts next;
  for (const auto& [key, record] : ledger.jobs) {
    jobs::Wanted wanted = wanted_job(key);
    for (const model::Job& job : blueprint.jobs) {
      if (key_of(job.project, job.name) == key) wanted.declared = job;
    }
    wanted.release = record.declared;
    for (const jobs::Run& run : record.record.runs) {
      const auto container = container_of(ledger, settings, key, run);
      const std::string name = jobs::name_of(wanted, run);
      jobs::Fact fact = job_facts[name];
      const std::string image = container ? container->container.image : "";
      fact.image_here = !missing.contains(image);
      if (fact.running && ends_with.contains(image)) {
        fact.running = false;
        fact.exit_code = ends_with.at(image);
      }
      switch (jobs::need_of(record.record, run, wanted, job_facts)) {
        case jobs::Need::nothing:
        case jobs::Need::image:
          break;
        case jobs::Need::create:
          fact.there = true;
          break;
        case jobs::Need::start:
          fact.there = fact.ran = fact.running = true;
          break;
        case jobs::Need::stop:
          fact.running = false;
          fact.exit_code = 143;
          break;
        case jobs::Need::remove:
          fact = {.image_here = fact.image_here};
          break;
      }
      next.emplace(name, fact);
    }
  }
  job_facts = std::move(next);
}

int World::settle() {
  int quiet = 0;
  for (int seconds = 1; seconds < 3000; ++seconds) {
    const Ledger before = ledger;
    tick();
    const bool rest =
        before == ledger && next_deadline(ledger, blueprint, zones, now) == model::Moment{};
    quiet = rest ? quiet + 1 : 0;
    if (quiet == 3) return seconds;
  }
  return 3000;
}

std::vector<std::string> World::told() const {
  std::vector<std::string> out;
  for (const auto& one : expected.containers) out.push_back(one.name + " " + one.address);
  for (const dns::Project& project : feed_in(expected).projects) {
    for (const dns::App& app : project.apps) {
      std::string line = app.name + "." + project.name;
      for (const dns::Replica& replica : app.replicas) {
        for (const dns::Ip& ip : replica.addresses) {
          line += " " + replica.name + "=" + dns::to_text(ip);
        }
      }
      out.push_back(line);
    }
    std::string asking = project.name + " asks from";
    for (const dns::Network& network : project.networks) asking += " " + dns::to_text(network);
    out.push_back(asking);
  }
  return out;
}

std::size_t World::named(const std::string& project, const std::string& app) const {
  for (const dns::Project& one : feed_in(expected).projects) {
    for (const dns::App& each : one.apps) {
      if (one.name == project && each.name == app) return each.replicas.size();
    }
  }
  return 0;
}

}  // namespace paas::expansion::world
