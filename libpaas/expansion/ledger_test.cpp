#include "libpaas/expansion/ledger.hpp"

#include <catch2/catch.hpp>

#include "libpaas/base/json.hpp"
#include "libpaas/base/schema_test.hpp"
#include "libpaas/expansion/expand.hpp"

namespace paas::expansion::ledger_test {

using namespace std::chrono_literals;

model::Moment at(int seconds) {
  return model::Moment{std::chrono::seconds{1'795'305'600 + seconds}} + 5ns;
}

const std::string one(64, '1');
const std::string two(64, '2');

Release release(const std::string& image) {
  Release out;
  out.container.image = image;
  out.container.environment = {{"A", "b \"c\" \n\x01 é 😀"}, {"EMPTY", ""}};
  out.container.command = model::Texts{};
  out.container.mounts = {{.source = "data", .target = "/data"}};
  out.container.limits.memory_mib = 64;
  out.image_id = "sha256:" + one;
  out.made = at(0);
  out.good = true;
  return out;
}

// Nothing in it is as by default.
Ledger full() {
  Ledger out;
  out.generation = 7;
  out.names_generation = 5;
  out.expected_hash = one;
  out.names_hash = two;
  out.ttl = 300s;
  out.ttl_until = at(60);
  out.addresses = {0x0AC80102, 0x0AC801FE, 60s};
  AppRecord& app = out.apps["shop/web"];
  app.releases = {{one, release("web:1")}, {two, release("web:2")}};
  app.rollout = {.state = rollout::State::rolled_back,
                 .release = one,
                 .good = one,
                 .refused = two,
                 .trouble = "web/0 was not ready: \"no\"",
                 .slots = {}};
  const std::string old = *out.addresses.take("shop-web-0-11111111", at(0));
  const std::string fresh = *out.addresses.take("shop-web-0-22222222", at(0));
  out.addresses.take("gone", at(0));
  out.addresses.give_back("gone", at(1));
  app.rollout.slots = {
      {0, rollout::Stage::stopping_old, at(3), rollout::Member{one, old, false, true},
       rollout::Member{two, fresh, true, false}},
      {2, rollout::Stage::pending, {}, {}, {}}};
  app.declared = two;
  app.replicas = 3;
  app.update.drain = 5s;
  app.held = one;
  app.held_against = two;
  JobRecord& job = out.jobs["shop/nightly"];
  job.releases = {{two, release("job:1")}};
  job.declared = two;
  job.record.looked = at(9);
  job.record.schedule = "0 3 * * * UTC";
  job.record.release = two;
  job.record.missed = 2;
  jobs::Run run;
  run.slot = at(4);
  run.attempt = 2;
  run.stage = jobs::Stage::stopping;
  run.outcome = jobs::Outcome::timed_out;
  run.release = two;
  run.due = at(5);
  run.started = at(6);
  run.ended = at(7);
  run.exit_code = -1;
  run.trouble = "it took too long";
  jobs::Wanted wanted;
  wanted.project = "shop";
  wanted.job = "nightly";
  run.address = *out.addresses.take(jobs::name_of(wanted, run), at(0));
  job.record.runs = {run};
  return out;
}

TEST_CASE("ledger: it is read as it was written") {
  const auto again = parse_ledger(print_ledger(full()));
  if (!again) FAIL(again.error().message);
  CHECK(*again == full());
  CHECK(print_ledger(*again) == print_ledger(full()));
  const Ledger first = first_ledger({});
  CHECK(parse_ledger(print_ledger(first)).value() == first);
  CHECK(parse_ledger(print_ledger({})).value() == Ledger{});
}

TEST_CASE("ledger: its schema tells of all that is written") {
  const schema_test::Schema schema("ledger");
  const Json json = *parse_json(print_ledger(full()));
  CHECK(schema.breach(json) == "");
  const auto compared = schema_test::Comparison(schema).run(json);
  CHECK(compared.untold == std::set<std::string>{});
  CHECK(compared.unseen == std::set<std::string>{});
}

// A member of the text of full(), by its path, set to something else; absent: removed.
std::string changed(const std::vector<std::string>& path, std::optional<Json> value) {
  Json json = *parse_json(print_ledger(full()));
  Json* at = &json;
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    at = at->array() ? &at->array()->at(std::stoul(path[i])) : &at->object()->at(path[i]);
  }
  if (value) {
    at->object()->insert_or_assign(path.back(), *value);
  } else {
    at->object()->erase(path.back());
  }
  return print_json(json);
}

TEST_CASE("ledger: what a newer version wrote is passed over") {
  const Json more = Json::Object{{"deep", Json::Array{1, nullptr}}};
  for (const std::vector<std::string>& path : std::vector<std::vector<std::string>>{
           {"more"},
           {"addresses", "more"},
           {"apps", "shop/web", "more"},
           {"apps", "shop/web", "rollout", "more"},
           {"apps", "shop/web", "rollout", "slots", "0", "more"},
           {"apps", "shop/web", "rollout", "slots", "0", "serving", "more"},
           {"apps", "shop/web", "update", "more"},
           {"apps", "shop/web", "releases", one, "more"},
           {"apps", "shop/web", "releases", one, "container", "more"},
           {"jobs", "shop/nightly", "more"},
           {"jobs", "shop/nightly", "runs", "0", "more"}}) {
    INFO(path.back());
    CHECK(parse_ledger(changed(path, more)).value() == full());
  }
}

TEST_CASE("ledger: what is wrong is told with its path") {
  struct Case {
    std::vector<std::string> path;
    std::optional<Json> value;
    std::string message;
  };
  const std::string app = "apps[\"shop/web\"]";
  const Case cases[] = {
      {{"version"}, Json(2), "version: must be from 1 to 1"},
      {{"version"}, {}, "version: is required"},
      {{"apps"}, {}, "apps: is required"},
      {{"apps"}, Json::Array{}, "apps: must be a map, not a list"},
      {{"generation"}, Json(-1), "generation: must be at least 0"},
      {{"addresses", "first"}, Json("10.200.1"), "addresses.first: "},
      {{"addresses", "last"}, Json("10.200.0.1"), "addresses: first: is behind the last"},
      {{"addresses", "quarantine_s"}, Json(1e9), "addresses.quarantine_s: must be a whole number"},
      {{"addresses", "taken", "other"},
       Json("10.200.1.2"),
       "addresses: taken: two have 10.200.1.2"},
      {{"addresses", "taken", "shop-web-0-11111111"},
       Json("10.200.1.9"),
       "addresses.taken: shop-web-0-11111111 does not have \"10.200.1.2\""},
      {{"addresses", "resting", "10.200.1.4"},
       Json("soon"),
       "addresses.resting[\"10.200.1.4\"]: must"},
      {{"addresses", "resting", "x"}, Json("2026-01-01T00:00:00Z"), "addresses.resting.x: "},
      {{"apps", "web"}, Json::Object{}, "apps.web: must be called by a project and a name"},
      {{"apps", "../web"},
       Json::Object{},
       "apps[\"../web\"]: must be called by a project and a name"},
      {{"apps", "shop/web", "declared"},
       Json("x"),
       app + ".releases: lack \"x\", which is declared"},
      {{"apps", "shop/web", "releases", two}, {}, app + ".releases: lack \"2222"},
      {{"apps", "shop/web", "replicas"}, Json(1001), app + ".replicas: must be from 0 to 1000"},
      {{"apps", "shop/web", "update", "order"}, Json("x"), app + ".update.order: must be one of"},
      {{"apps", "shop/web", "rollout", "state"}, Json("x"), app + ".rollout.state: is no word"},
      {{"apps", "shop/web", "rollout", "slots", "0", "since"},
       Json("1969-12-31T23:59:59Z"),
       app + ".rollout.slots[0].since: must be a moment"},
      {{"apps", "shop/web", "rollout", "slots", "1", "replica"},
       Json(0),
       app + ".rollout.slots[1].replica: must be above"},
      {{"apps", "shop/web", "rollout", "slots", "0", "serving", "address"},
       Json("10.200.1.77"),
       "addresses.taken: shop-web-0-11111111 does not have \"10.200.1.77\""},
      {{"apps", "shop/web", "releases", one, "container", "image"},
       {},
       app + ".releases[\"" + one + "\"].container.image: is required"},
      {{"jobs", "shop/nightly", "runs", "0", "address"},
       Json("10.200.1.77"),
       "addresses.taken: shop-nightly-"},
      {{"jobs", "shop/nightly", "runs", "0", "slot"},
       Json("9999-01-01T00:00:00Z"),
       "jobs[\"shop/nightly\"].runs[0].slot: must be a moment"},
  };
  for (const Case& wrong : cases) {
    const auto parsed = parse_ledger(changed(wrong.path, wrong.value));
    INFO(wrong.message);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Errc::invalid);
    CHECK_THAT(parsed.error().message, Catch::StartsWith("ledger: " + wrong.message));
  }
  CHECK_FALSE(parse_ledger(""));
  CHECK_FALSE(parse_ledger("[]"));
  CHECK_FALSE(parse_ledger(print_ledger(full()).substr(0, 500)));
}

}  // namespace paas::expansion::ledger_test
