#pragma once
// The openb trace (Alibaba, cluster-trace-gpu-v2023) and everything in its layout: nodes, pods, and
// orders in which pods arrive. Columns are found by their names, so that more of them do no harm.
//
// Errors of all readers: `invalid`, naming file and line.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/result.hpp"
#include "tests/bench/placement/world.hpp"

namespace paas::bench {

// A text and the name that messages give it.
struct TraceText {
  std::string name;
  std::string text;
};

// Errors: `unavailable`: cannot be read; `invalid`: above 256 MiB.
Result<TraceText> read_trace(const std::filesystem::path& path);

// Columns sn, cpu_milli, memory_mib, gpu, model. Sorted by name.
Result<std::vector<WorldNode>> openb_nodes(const TraceText& file);

// Columns name, cpu_milli, memory_mib, num_gpu, gpu_milli and perhaps gpu_spec, models with '|'
// between them. One shape a row.
Result<std::vector<Shape>> openb_pods(const TraceText& file);

// A published order: numbers of rows, from 0, one a line.
Result<std::vector<std::size_t>> openb_order(const TraceText& file, std::size_t rows);

// What a policy reached on a workload when as many cards were asked for as there are, by the
// results of others. Columns workload, policy, arrived_pct, alloc_pct_mean; none if it is not among
// them.
struct Published {
  std::string workload;
  std::string policy;
};
Result<std::optional<double>> openb_published(const TraceText& file, const Published& wanted);

// The order where none is published: the rows shuffled (Fisher and Yates from the end, by
// splitmix64 of this seed), then rows drawn by the same generator until 1.3 times the cards that
// there are were asked for.
std::vector<std::size_t> shuffled_order(const std::vector<Shape>& pods,
                                        const std::vector<WorldNode>& nodes, std::uint64_t seed);

// The pods arriving in that order. All rows are expected, whatever the order.
World openb_world(std::vector<WorldNode> nodes, const std::vector<Shape>& pods,
                  const std::vector<std::size_t>& order);

}  // namespace paas::bench
