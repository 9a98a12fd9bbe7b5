#include "tests/bench/placement/packing.hpp"

#include <algorithm>
#include <functional>

#include "tests/bench/placement/ours.hpp"
#include "tests/bench/placement/peers.hpp"

namespace paas::bench {
namespace {

constexpr std::size_t mix_nodes = 1000;
constexpr std::uint64_t other_seeds = 8;

// A figure that a row is about.
struct Subject {
  std::string measure;
  std::string unit;
  double goal;
  bool lower;
  double Figures::* figure;
};

std::vector<Subject> subjects(Mix mix) {
  if (mix == Mix::first)
    return {{"CPU promised at the first failure", "%", 98.5, false, &Figures::first_failure_cpu},
            {"nodes in use at half load, over the fluid bound", "x", 1.06, true,
             &Figures::half_over_fluid}};
  return {{"fuller of CPU and memory at the first failure", "%", 96.5, false,
           &Figures::first_failure_fuller},
          {"mean of CPU and memory at the end", "%", 96.5, false, &Figures::end_mean},
          {"nodes in use at half load, over the fluid bound", "x", 1.05, true,
           &Figures::half_over_fluid}};
}

struct Peer {
  std::string name;
  Figures figures;
};

std::vector<PeerRule> mix_peers(const World& world) {
  return {nomad(true, false), nomad(true, true), nomad(false, false), kubernetes(false),
          kubernetes(true),   fgd(world),        first_fit(),         best_fit()};
}

// The row with the goal is beside the best of the peers; each of the others has a row of its own.
void add_beside(Report& report, Row row, const Subject& subject, std::vector<Peer> peers) {
  std::stable_sort(peers.begin(), peers.end(), [&](const Peer& a, const Peer& b) {
    const double left = a.figures.*subject.figure;
    const double right = b.figures.*subject.figure;
    return subject.lower ? left < right : left > right;
  });
  for (std::size_t i = 0; i < peers.size(); ++i) {
    Row beside = row;
    beside.peer = peers[i].figures.*subject.figure;
    beside.peer_name = peers[i].name;
    if (i > 0) {
      beside.measure += ", beside " + peers[i].name;
      beside.goal.reset();
      beside.note.clear();
    }
    report.add(beside);
  }
}

// What others seeds say: the mean, and the worst.
void add_other_seeds(Report& report, Mix mix, const std::string& title) {
  std::vector<Figures> all;
  for (std::uint64_t seed = 1; seed <= other_seeds; ++seed) {
    const World world = mix_world(mix, mix_nodes, {1000 + seed, 2000 + seed});
    OurPlacer placer(world);
    const auto figures = run(world, placer);
    if (!figures) return report.failed(title, describe(figures.error()));
    all.push_back(*figures);
  }
  for (const Subject& subject : subjects(mix)) {
    const auto less_of = [&](const Figures& a, const Figures& b) {
      return a.*subject.figure < b.*subject.figure;
    };
    const auto [least, most] = std::minmax_element(all.begin(), all.end(), less_of);
    double sum = 0;
    for (const Figures& each : all) sum += each.*subject.figure;
    const std::string measure =
        title + subject.measure + ", " + std::to_string(other_seeds) + " other seeds";
    report.add({measure + ", mean",
                sum / static_cast<double>(all.size()),
                subject.unit,
                {},
                subject.lower});
    report.add({measure + ", worst",
                (subject.lower ? *most : *least).*subject.figure,
                subject.unit,
                {},
                subject.lower});
  }
}

void one_mix(Mix mix, Report& report) {
  const std::string title = mix == Mix::first ? "first mix: " : "hard mix: ";
  const World world = mix_world(mix, mix_nodes);
  OurPlacer placer(world);
  const auto ours = run(world, placer);
  if (!ours) return report.failed(title + "ours", describe(ours.error()));
  std::vector<Peer> peers;
  for (const PeerRule& rule : mix_peers(world)) {
    PeerPlacer peer(world, rule);
    const auto figures = run(world, peer);
    if (!figures) return report.failed(title + rule.name, describe(figures.error()));
    peers.push_back({rule.name, *figures});
  }
  for (const Subject& subject : subjects(mix)) {
    const Row row{title + subject.measure, (*ours).*subject.figure, subject.unit, subject.goal,
                  subject.lower};
    add_beside(report, row, subject, peers);
  }
  add_other_seeds(report, mix, title);
}

}  // namespace

void mix_rows(const Options&, Report& report) {
  for (const Mix mix : {Mix::first, Mix::hard}) one_mix(mix, report);
}

}  // namespace paas::bench
