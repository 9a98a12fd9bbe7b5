#include "libpaas/placement/engine.hpp"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "libpaas/placement/random_problem_test.hpp"
#include "libpaas/placement/refusals.hpp"

namespace paas::placement::engine_test {

struct Taken {
  Index job;
  Index node;
  Cards cards;
};

// Places and removes at random, and lets a check look at every step.
template <class Check>
void churn(const Compiled& compiled, std::uint64_t seed, int steps, Check check,
           NodeIndex::Limits limits = {}) {
  Engine engine(compiled, limits);
  random_problem::Draw draw(seed);
  std::vector<Taken> taken;
  for (int i = 0; i < steps && compiled.job_count() > 0; ++i) {
    const auto job = static_cast<Index>(draw.from(0, static_cast<int>(compiled.job_count()) - 1));
    const auto node = static_cast<Index>(draw.from(0, static_cast<int>(compiled.node_count()) - 1));
    check(engine, job, node);
    if (!taken.empty() && draw.chance(30)) {
      std::swap(taken[draw.next() % taken.size()], taken.back());
      engine.remove(taken.back().job, taken.back().node, taken.back().cards);
      taken.pop_back();
    } else if (draw.chance(50)) {
      Engine::Placed placed = engine.place(job);
      if (placed.node != nowhere) taken.push_back({job, placed.node, std::move(placed.cards)});
    } else if (takes(engine.ledger(), job, node)) {
      Cards cards = engine.take(job, node);
      taken.push_back({job, node, std::move(cards)});
    }
  }
  for (const Taken& each : taken) engine.remove(each.job, each.node, each.cards);
  const Ledger& ledger = engine.ledger();
  for (Index node = 0; node < compiled.node_count(); ++node) {
    RC_ASSERT(ledger.jobs_on(node) == 0U);
    for (Index r = 0; r < compiled.resource_count(); ++r) {
      RC_ASSERT(ledger.free(node)[r] == compiled.capacity(node)[r]);
    }
  }
  for (Index card = 0; card < compiled.card_types().size(); ++card) {
    RC_ASSERT(ledger.card_free(card) == 1000);
  }
  for (Index counter = 0; counter < compiled.counter_count(); ++counter) {
    RC_ASSERT(ledger.tallies().total(counter) == 0U);
    RC_ASSERT(ledger.tallies().begin(counter) == ledger.tallies().end(counter));
  }
}

// One by one, with tables of every shape, and with few tables.
NodeIndex::Limits some_limits(std::uint64_t seed) {
  switch (seed % 4) {
    case 0:
      return {.wide = false};
    case 1:
      return {.tables = 2, .open = 0};
    default:
      return {};
  }
}

TEST_CASE("engine: the index finds what a scan finds, and what is given back is as it was") {
  CHECK(rc::check([](std::uint64_t seed) {
    const Problem problem = random_problem::problem(seed, seed % 8 == 0 ? 200 : 9);
    if (!mistakes(problem).empty()) return;
    const Compiled compiled(problem);
    const auto check = [](Engine& engine, Index job, Index previous) {
      RC_ASSERT(engine.best(job) == engine.best_by_scan(job));
      RC_ASSERT(engine.best(job, previous) == engine.best_by_scan(job, previous));
    };
    churn(compiled, seed, 30, check, some_limits(seed));
  }));
}

// Nodes alike by the dozen, small workloads with everything that the engine knows, and levels of
// more domains than are looked at one by one: what random_problem has too little of.
Problem crowd(std::uint64_t seed) {
  random_problem::Draw draw(seed);
  Problem out;
  const int nodes = draw.chance(15) ? 270 : draw.from(1, 40);
  for (int i = 0; i < nodes; ++i) {
    Node node = random_problem::node(draw, i);
    const int size = draw.from(1, 2);
    node.capacity = {{"cpu", 8000 * size}, {"memory", 16384 * size}, {"guests", 12}};
    node.devices.clear();
    if (draw.chance(5)) node.devices.push_back({"gpu", "a", 2});
    if (draw.chance(90)) node.overcommit_milli.clear();
    if (draw.chance(90)) node.reserved.clear();
    node.labels["room"] = random_problem::numbered("room", i / 3);
    out.cluster.nodes.push_back(std::move(node));
  }
  for (int i = draw.from(1, 8); i > 0; --i) {
    Workload workload = random_problem::workload(draw, i, nodes);
    if (draw.chance(50)) workload.requests["guests"] = 1;
    if (draw.chance(80)) workload.devices.clear();
    if (draw.chance(80)) workload.ports.clear();
    const char* levels[] = {"node", "host", "zone", "room"};
    if (draw.chance(40)) workload.spreads = {{levels[draw.from(0, 3)]}};
    if (draw.chance(40)) {
      Relation own{workload.app.empty() ? workload.name : workload.app, levels[draw.from(0, 3)]};
      if (draw.chance(50)) own.weight = draw.from(1, 100);
      own.apart = draw.chance(80);
      workload.relations = {own};
    }
    out.workloads.push_back(std::move(workload));
  }
  if (draw.chance(15)) out.rules.objectives.balance = 500;
  if (draw.chance(15)) out.rules.objectives.fit = 700;
  return out;
}

TEST_CASE("engine: the index finds what a scan finds in a crowd") {
  CHECK(rc::check([](std::uint64_t seed) {
    const Problem problem = crowd(seed);
    if (!mistakes(problem).empty()) return;
    const Compiled compiled(problem);
    Engine engine(compiled, some_limits(seed));
    random_problem::Draw draw(seed);
    std::vector<Taken> taken;
    for (int app = 0; app < 8; ++app) {
      const auto job = static_cast<Index>(draw.from(0, static_cast<int>(compiled.job_count()) - 1));
      for (int replica = draw.from(1, 6); replica > 0; --replica) {
        RC_ASSERT(engine.best(job) == engine.best_by_scan(job));
        Engine::Placed placed = engine.place(job);
        if (placed.node != nowhere) taken.push_back({job, placed.node, std::move(placed.cards)});
      }
      if (taken.empty() || !draw.chance(40)) continue;
      std::swap(taken[draw.next() % taken.size()], taken.back());
      engine.remove(taken.back().job, taken.back().node, taken.back().cards);
      taken.pop_back();
      RC_ASSERT(engine.best(job) == engine.best_by_scan(job));
    }
  }));
}

TEST_CASE("engine: the short answer, the full one and the counts of all agree") {
  CHECK(rc::check([](std::uint64_t seed) {
    const Problem problem = random_problem::problem(seed);
    if (!mistakes(problem).empty()) return;
    const Compiled compiled(problem);
    churn(compiled, seed, 8, [&](Engine& engine, Index job, Index) {
      std::map<std::pair<std::string, std::string>, int> counts;
      for (Index node = 0; node < compiled.node_count(); ++node) {
        const auto all = refusals(engine.ledger(), job, node);
        RC_ASSERT(all.empty() == takes(engine.ledger(), job, node));
        for (const Refusal& each : all) {
          ++counts[{each.reason, each.what}];
          const auto& words = refusal_words();
          RC_ASSERT(std::binary_search(words.begin(), words.end(), each.reason));
        }
      }
      const auto counted = RefusalCounts(engine.ledger()).of(job);
      RC_ASSERT(counted.size() == counts.size());
      for (const RefusalCount& each : counted) {
        const std::pair name{each.reason, each.what};
        RC_ASSERT(counts[name] == each.nodes);
      }
    });
  }));
}

TEST_CASE("engine: tables that were dropped, and logs that were forgotten, are made anew") {
  const Problem problem = random_problem::problem(4711);
  const Compiled compiled(problem);
  REQUIRE(compiled.job_count() > 1);
  Ledger ledger(compiled);
  const Scorer scorer(ledger);
  NodeIndex small(scorer, {.tables = 1, .open = 0});
  NodeIndex fresh(scorer, {.open = 0});
  Index job = 0;
  for (int i = 0; i < 3000; ++i) {
    ledger.take(job, 0, {});
    ledger.give_back(job, 0, {});
  }
  for (Index each = 0; each < compiled.job_count(); ++each) {
    CHECK(small.best(each, nowhere) == fresh.best(each, nowhere));
  }
  CHECK(small.bytes() <= fresh.bytes());
}

TEST_CASE("engine: a mix that is told later counts like one that was known") {
  CHECK(rc::check([](std::uint64_t seed) {
    Problem problem = random_problem::problem(seed);
    problem.rules.expected.clear();
    if (!mistakes(problem).empty()) return;
    Problem knowing = problem;
    random_problem::Draw draw(seed);
    for (int i = draw.from(1, 3); i > 0; --i) {
      knowing.rules.expected.push_back(
          {{{"cpu", 250 * draw.from(1, 8)}, {"memory", 256 * draw.from(1, 12)}}, {}, i});
    }
    const Compiled compiled(problem);
    const Compiled known(knowing);
    Mix mix = known.mix();
    std::reverse(mix.begin(), mix.end());
    mix.emplace_back(mix[0].first, 0);
    Engine told(compiled);
    Engine knew(known);
    for (Index job = 0; job < compiled.job_count(); ++job) {
      const Spot before = told.best(job);  // by the mix that was compiled
      if (before.node == nowhere) continue;
      const Cards cards = told.take(job, before.node);
      knew.take(job, before.node, cards);
    }
    told.expect(mix);
    for (Index job = 0; job < compiled.job_count(); ++job) {
      RC_ASSERT(told.best(job) == knew.best(job));
      RC_ASSERT(told.best(job) == told.best_by_scan(job));
    }
  }));
}

TEST_CASE("engine: a dry run tells what placing does, and does nothing") {
  CHECK(rc::check([](std::uint64_t seed) {
    const Problem problem = random_problem::problem(seed);
    if (!mistakes(problem).empty()) return;
    const Compiled compiled(problem);
    churn(compiled, seed, 8, [](Engine& engine, Index job, Index) {
      const Spot before = engine.best(job);
      const std::vector<Spot> told = engine.dry_run(job, 3);
      RC_ASSERT(engine.best(job) == before);
      std::vector<Engine::Placed> placed;
      for (const Spot& spot : told) {
        placed.push_back(engine.place(job));
        RC_ASSERT(placed.back().node == spot.node);
      }
      if (told.size() < 3) RC_ASSERT(engine.best(job).node == nowhere);
      for (std::size_t i = placed.size(); i-- > 0;) {
        engine.remove(job, placed[i].node, placed[i].cards);
      }
    });
  }));
}

TEST_CASE("engine: no node takes anything where there is none") {
  Problem problem;
  Workload web{"web"};
  web.preferred = {{{"zone", Operator::in, {"a"}}}};
  web.spreads = {{"zone"}};
  problem.workloads.push_back(web);
  const Compiled compiled(problem);
  Engine engine(compiled);
  CHECK(engine.best(0).node == nowhere);
  CHECK(engine.dry_run(0, 3).empty());
}

TEST_CASE("engine: jobs like another are apps of their own") {
  Problem problem;
  for (const char* name : {"a", "b"}) {
    Node node{name};
    node.capacity = {{"cpu", 4000}};
    problem.cluster.nodes.push_back(node);
  }
  Workload web{"web"};
  web.requests = {{"cpu", 1000}};
  web.relations = {{"web"}};
  problem.workloads.push_back(web);
  Compiled compiled(problem);
  const Index other = compiled.add_like(0);
  Engine engine(compiled);
  CHECK(engine.place(0).node != nowhere);
  CHECK(engine.place(0).node != nowhere);
  CHECK(engine.place(0).node == nowhere);
  CHECK(engine.place(other).node != nowhere);
  const Index late = compiled.add_like(0);
  engine.extend();
  CHECK(engine.place(late).node != nowhere);
}

}  // namespace paas::placement::engine_test
