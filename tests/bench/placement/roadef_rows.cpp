#include <algorithm>
#include <array>

#include "libpaas/placement/reassign/search.hpp"
#include "tests/bench/placement/roadef.hpp"

namespace paas::bench {
namespace {

namespace files = std::filesystem;
namespace reassign = placement::reassign;

// The share of the way from the start to the bound. Where there is none, the published bounds are
// too weak to tell an answer by; a row is printed all the same.
std::optional<double> roadef_goal(const std::string& name) {
  constexpr std::array<std::string_view, 5> close{"a1_1", "a1_2", "a1_3", "a1_5", "a2_1"};
  if (std::find(close.begin(), close.end(), name) != close.end()) return 0.999;
  if (name.starts_with("b_")) return 0.95;
  return {};
}

constexpr double most_cpu_seconds = 300;

struct RoadefAnswer {
  std::int64_t start = 0;
  std::int64_t cost = 0;
  std::int64_t bound = 0;
  std::int64_t work = 0;
  double seconds = 0;
};

Result<RoadefAnswer> roadef_answer(const files::path& folder, const std::string& name) {
  const auto file = [&](const char* kind) {
    return folder / (std::string(kind) + "_" + name + ".txt");
  };
  const TraceText assignment = TRY(read_trace(file("assignment")));
  const RoadefModel model = TRY(roadef_model(TRY(read_trace(file("model"))), assignment));
  RoadefAnswer out;
  out.bound = TRY(roadef_number(TRY(read_trace(file("lb")))));
  out.start = TRY(roadef_cost(model, model.start));
  if (files::exists(file("original_cost"))) {
    const std::int64_t told = TRY(roadef_number(TRY(read_trace(file("original_cost")))));
    if (told != out.start) {
      return fail(Errc::invalid, "the start is said to cost " + std::to_string(told) +
                                     ", but costs " + std::to_string(out.start));
    }
  }
  const reassign::Instance instance = roadef_instance(model);
  if (const auto why = reassign::mistake(instance)) return fail(Errc::invalid, *why);
  const double before = cpu_seconds();
  const reassign::Outcome outcome = reassign::search(instance);
  out.seconds = cpu_seconds() - before;
  out.work = outcome.work;
  out.cost = TRY(roadef_cost(model, {outcome.placement.begin(), outcome.placement.end()}));
  if (out.cost != outcome.cost) {
    return fail(Errc::internal, "the answer costs " + std::to_string(out.cost) + ", not " +
                                    std::to_string(outcome.cost) + " as the search has it");
  }
  return out;
}

void roadef_row(const std::string& name, const RoadefAnswer& answer, Report& report) {
  Row row{"roadef " + name + ": closed of the way from the start to the bound"};
  const std::int64_t way = answer.start - answer.bound;
  row.ours =
      way <= 0 ? 1 : static_cast<double>(answer.start - answer.cost) / static_cast<double>(way);
  row.goal = roadef_goal(name);
  row.lower = false;
  row.note = "cost " + std::to_string(answer.start) + " -> " + std::to_string(answer.cost) +
             ", bound " + std::to_string(answer.bound) + ", " + std::to_string(answer.work) +
             " changes judged" + (row.goal ? "" : "; no goal: the bound is weak");
  report.add(row);
  report.add({"roadef " + name + ": time", answer.seconds, "CPU-s", most_cpu_seconds});
}

}  // namespace

void roadef_rows(const Options& options, Report& report) {
  const files::path folder = options.traces / "roadef";
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : files::directory_iterator(folder, none)) {
    const std::string stem = entry.path().stem().string();
    if (stem.starts_with("model_") && entry.path().extension() == ".txt") {
      names.push_back(stem.substr(6));
    }
  }
  std::sort(names.begin(), names.end());
  if (names.empty()) report.skipped("roadef", "no model_*.txt in " + folder.string());
  for (const std::string& name : names) {
    const auto answer = roadef_answer(folder, name);
    if (answer) {
      roadef_row(name, *answer, report);
    } else {
      report.failed("roadef " + name, answer.error().message);
    }
  }
}

}  // namespace paas::bench
