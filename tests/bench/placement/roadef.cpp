#include "tests/bench/placement/roadef.hpp"

#include "libpaas/base/text.hpp"

namespace paas::bench {
namespace {

constexpr std::int64_t most_number = std::int64_t{1} << 50;

// Whole numbers with white space between them.
class RoadefNumbers {
 public:
  explicit RoadefNumbers(const TraceText& file) : file_(file), rest_(file.text) {}

  // Errors: it ends, it is no whole number, or not from `least` to `most`.
  Result<std::int64_t> next(const std::string& what, std::int64_t most, std::int64_t least = 0) {
    skip_space();
    ++count_;
    const std::string_view word = rest_.substr(0, rest_.find_first_of(" \t\r\n"));
    if (word.empty()) return wrong("the file ends before " + what);
    rest_.remove_prefix(word.size());
    const auto out = parse_integer<std::int64_t>(word);
    if (out && *out >= least && *out <= most) return *out;
    return wrong(what + " is not a whole number from " + std::to_string(least) + " to " +
                 std::to_string(most) + ": " + excerpt(word, 40));
  }

  Result<std::size_t> count(const std::string& what, std::size_t most) {
    return static_cast<std::size_t>(TRY(next(what, static_cast<std::int64_t>(most))));
  }
  // One of a list.
  Result<std::size_t> index(const std::string& what, std::size_t size) {
    if (size == 0) return wrong(what + ": there is nothing that it could be");
    return count(what, size - 1);
  }
  Result<void> numbers(const std::string& what, std::size_t size, std::vector<std::int64_t>& out) {
    for (std::size_t i = 0; i < size; ++i) out.push_back(TRY(next(what, most_number)));
    return {};
  }

  // Errors: there is more.
  Result<void> end() {
    skip_space();
    ++count_;
    if (rest_.empty()) return {};
    return wrong("more than was expected: " + excerpt(rest_, 20));
  }

 private:
  void skip_space() {
    std::size_t at = 0;
    for (;
         at < rest_.size() && std::string_view(" \t\r\n").find(rest_[at]) != std::string_view::npos;
         ++at) {
      if (rest_[at] == '\n') ++line_;
    }
    rest_.remove_prefix(at);
  }
  tl::unexpected<Error> wrong(const std::string& why) const {
    return fail(Errc::invalid, file_.name + ":" + std::to_string(line_) + ": number " +
                                   std::to_string(count_) + ": " + why);
  }

  const TraceText& file_;
  std::string_view rest_;
  std::size_t line_ = 1;
  std::size_t count_ = 0;
};

Result<void> read_machines(RoadefNumbers& in, RoadefModel& out) {
  const std::size_t resources = TRY(in.count("the number of resources", 64));
  for (std::size_t r = 0; r < resources; ++r) {
    RoadefModel::Resource resource;
    resource.transient = TRY(in.next("whether a resource is transient", 1)) == 1;
    resource.load_weight = TRY(in.next("a load weight", most_number));
    out.resources.push_back(resource);
  }
  const std::size_t machines = TRY(in.count("the number of machines", 20'000));
  for (std::size_t m = 0; m < machines; ++m) {
    RoadefModel::Machine machine;
    machine.neighbourhood = TRY(in.index("a neighbourhood", machines));
    machine.location = TRY(in.index("a location", machines));
    TRY(in.numbers("a capacity", resources, machine.capacity));
    TRY(in.numbers("a safety capacity", resources, machine.safety_capacity));
    for (std::size_t to = 0; to < machines; ++to) {
      machine.move_cost.push_back(
          static_cast<std::int32_t>(TRY(in.next("a machine move cost", 1 << 30))));
    }
    out.machines.push_back(std::move(machine));
  }
  return {};
}

Result<void> read_processes(RoadefNumbers& in, RoadefModel& out) {
  const std::size_t services = TRY(in.count("the number of services", 1'000'000));
  for (std::size_t s = 0; s < services; ++s) {
    RoadefModel::Service service;
    service.spread_min = TRY(in.count("a spread", out.machines.size()));
    const std::size_t dependencies = TRY(in.count("a number of dependencies", services));
    for (std::size_t d = 0; d < dependencies; ++d) {
      service.dependencies.push_back(TRY(in.index("a dependency", services)));
    }
    out.services.push_back(std::move(service));
  }
  const std::size_t processes = TRY(in.count("the number of processes", 1'000'000));
  for (std::size_t p = 0; p < processes; ++p) {
    RoadefModel::Process process;
    process.service = TRY(in.index("a service", services));
    TRY(in.numbers("a requirement", out.resources.size(), process.requirement));
    process.move_cost = TRY(in.next("a process move cost", most_number));
    out.processes.push_back(std::move(process));
  }
  return {};
}

Result<void> read_weights(RoadefNumbers& in, RoadefModel& out) {
  const std::size_t balances = TRY(in.count("the number of balances", 4096));
  for (std::size_t b = 0; b < balances; ++b) {
    RoadefModel::Balance balance;
    balance.first = TRY(in.index("a balanced resource", out.resources.size()));
    balance.second = TRY(in.index("a balanced resource", out.resources.size()));
    balance.target = TRY(in.next("a balance target", most_number));
    balance.weight = TRY(in.next("a balance weight", most_number));
    out.balances.push_back(balance);
  }
  out.process_move_weight = TRY(in.next("the weight of process moves", most_number));
  out.service_move_weight = TRY(in.next("the weight of service moves", most_number));
  out.machine_move_weight = TRY(in.next("the weight of machine moves", most_number));
  return {};
}

}  // namespace

Result<RoadefModel> roadef_model(const TraceText& model, const TraceText& assignment) {
  RoadefModel out;
  RoadefNumbers in(model);
  TRY(read_machines(in, out));
  TRY(read_processes(in, out));
  TRY(read_weights(in, out));
  TRY(in.end());
  RoadefNumbers places(assignment);
  for (std::size_t p = 0; p < out.processes.size(); ++p) {
    out.start.push_back(TRY(places.index("a machine", out.machines.size())));
  }
  TRY(places.end());
  return out;
}

Result<std::int64_t> roadef_number(const TraceText& file) {
  RoadefNumbers in(file);
  const std::int64_t out = TRY(in.next("the number", std::int64_t{1} << 62));
  TRY(in.end());
  return out;
}

placement::reassign::Instance roadef_instance(const RoadefModel& model) {
  using placement::reassign::Place;
  const auto place = [](std::size_t i) { return static_cast<Place>(i); };
  placement::reassign::Instance out;
  for (const auto& each : model.resources) {
    out.resources.push_back({each.transient, each.load_weight});
  }
  for (const auto& each : model.machines) {
    out.machines.push_back({place(each.neighbourhood), place(each.location), each.capacity,
                            each.safety_capacity, each.move_cost});
  }
  for (const auto& each : model.services) {
    out.services.push_back({place(each.spread_min), {}});
    for (const std::size_t other : each.dependencies) {
      out.services.back().depends_on.push_back(place(other));
    }
  }
  for (const auto& each : model.processes) {
    out.processes.push_back({place(each.service), each.requirement, each.move_cost});
  }
  for (const auto& each : model.balances) {
    out.balances.push_back({place(each.first), place(each.second), each.target, each.weight});
  }
  out.process_move_weight = model.process_move_weight;
  out.service_move_weight = model.service_move_weight;
  out.machine_move_weight = model.machine_move_weight;
  for (const std::size_t machine : model.start) out.start.push_back(place(machine));
  return out;
}

}  // namespace paas::bench
