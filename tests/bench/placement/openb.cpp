#include "tests/bench/placement/openb.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>

#include "libpaas/base/text.hpp"
#include "libpaas/placement/model.hpp"
#include "tests/bench/placement/splitmix.hpp"

namespace paas::bench {
namespace {

constexpr std::size_t most_trace_bytes = std::size_t{256} << 20;
constexpr std::int64_t most_cards = 16;
constexpr std::size_t most_rows = 1'000'000;

// Lines of cells with a comma between them, the first one of names.
class Rows {
 public:
  explicit Rows(const TraceText& file) : file_(file), rest_(file.text) { next(); }

  // Errors: a column that is not there.
  Result<void> have(std::initializer_list<std::string_view> columns) {
    names_ = cells_;
    for (const std::string_view column : columns) {
      if (!place_of(column)) return wrong("no column " + std::string(column));
    }
    return {};
  }

  // The next line that is not empty; false at the end.
  bool next() {
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      const std::string_view text = trim(rest_.substr(0, end));
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++line_;
      if (text.empty()) continue;
      cells_ = split(text, ',');
      return true;
    }
    cells_.clear();
    return false;
  }

  // Errors: another number of cells than there are names.
  Result<void> whole() const {
    if (cells_.size() == names_.size()) return {};
    return wrong(std::to_string(cells_.size()) + " cells, not " + std::to_string(names_.size()));
  }

  // Empty where there is no such column. REQUIRES: whole().
  std::string_view text(std::string_view column) const {
    const auto place = place_of(column);
    return place ? cells_[*place] : std::string_view();
  }

  // Errors: not a whole number from `least` to `most`.
  Result<std::int64_t> number(std::string_view column, std::int64_t least,
                              std::int64_t most) const {
    const auto out = parse_integer<std::int64_t>(text(column));
    if (out && *out >= least && *out <= most) return *out;
    return wrong(std::string(column) + " is not a whole number from " + std::to_string(least) +
                 " to " + std::to_string(most) + ": " + excerpt(text(column), 40));
  }

  tl::unexpected<Error> wrong(const std::string& why) const {
    return fail(Errc::invalid, file_.name + ":" + std::to_string(line_) + ": " + why);
  }

 private:
  std::optional<std::size_t> place_of(std::string_view column) const {
    const auto found = std::find(names_.begin(), names_.end(), column);
    if (found == names_.end()) return {};
    return static_cast<std::size_t>(found - names_.begin());
  }

  const TraceText& file_;
  std::string_view rest_;
  std::size_t line_ = 0;
  std::vector<std::string_view> names_, cells_;
};

Result<Shape> pod_shape(const Rows& row) {
  Shape out;
  out.cpu_milli = TRY(row.number("cpu_milli", 0, placement::most_amount));
  out.memory_mib = TRY(row.number("memory_mib", 0, placement::most_amount));
  out.cards = static_cast<int>(TRY(row.number("num_gpu", 0, most_cards)));
  if (out.cards == 0) return out;
  out.share_milli = 1000;
  if (out.cards == 1) out.share_milli = static_cast<int>(TRY(row.number("gpu_milli", 1, 1000)));
  for (const std::string_view model : words(row.text("gpu_spec"), "|")) {
    out.models.emplace_back(model);
  }
  std::sort(out.models.begin(), out.models.end());
  return out;
}

}  // namespace

Result<TraceText> read_trace(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return fail(Errc::unavailable, "cannot open " + path.string());
  const auto bytes = static_cast<std::streamoff>(file.tellg());
  if (bytes < 0) return fail(Errc::unavailable, "cannot read " + path.string());
  if (static_cast<std::size_t>(bytes) > most_trace_bytes)
    return fail(Errc::invalid, path.string() + " has more than 256 MiB");
  TraceText out{path.filename().string(), std::string(static_cast<std::size_t>(bytes), '\0')};
  file.seekg(0);
  if (!file.read(out.text.data(), bytes))
    return fail(Errc::unavailable, "cannot read " + path.string());
  return out;
}

Result<std::vector<WorldNode>> openb_nodes(const TraceText& file) {
  Rows rows(file);
  TRY(rows.have({"sn", "cpu_milli", "memory_mib", "gpu", "model"}));
  std::vector<WorldNode> out;
  while (rows.next()) {
    TRY(rows.whole());
    WorldNode node;
    node.name = rows.text("sn");
    if (node.name.empty()) return rows.wrong("a node without a name");
    node.cpu_milli = TRY(rows.number("cpu_milli", 0, placement::most_amount));
    node.memory_mib = TRY(rows.number("memory_mib", 0, placement::most_amount));
    node.cards = static_cast<int>(TRY(rows.number("gpu", 0, most_cards)));
    node.model = rows.text("model");
    out.push_back(std::move(node));
    if (out.size() > most_rows) return rows.wrong("too many nodes");
  }
  const auto by_name = [](const WorldNode& a, const WorldNode& b) { return a.name < b.name; };
  std::sort(out.begin(), out.end(), by_name);
  for (std::size_t i = 1; i < out.size(); ++i) {
    if (out[i - 1].name == out[i].name)
      return fail(Errc::invalid, file.name + ": two nodes are called " + out[i].name);
  }
  if (out.empty()) return fail(Errc::invalid, file.name + ": no nodes");
  return out;
}

Result<std::vector<Shape>> openb_pods(const TraceText& file) {
  Rows rows(file);
  TRY(rows.have({"name", "cpu_milli", "memory_mib", "num_gpu", "gpu_milli"}));
  std::vector<Shape> out;
  while (rows.next()) {
    TRY(rows.whole());
    out.push_back(TRY(pod_shape(rows)));
    if (out.size() > most_rows) return rows.wrong("too many pods");
  }
  if (out.empty()) return fail(Errc::invalid, file.name + ": no pods");
  return out;
}

Result<std::vector<std::size_t>> openb_order(const TraceText& file, std::size_t rows) {
  std::vector<std::size_t> out;
  std::size_t line = 0;
  for (const std::string_view raw : split(file.text, '\n')) {
    ++line;
    const std::string_view text = trim(raw);
    if (text.empty()) continue;
    const auto row = parse_integer<std::size_t>(text);
    if (!row || *row >= rows)
      return fail(Errc::invalid, file.name + ":" + std::to_string(line) + ": not one of " +
                                     std::to_string(rows) + " rows: " + excerpt(text, 40));
    out.push_back(*row);
  }
  if (out.empty()) return fail(Errc::invalid, file.name + ": no rows");
  return out;
}

Result<std::optional<double>> openb_published(const TraceText& file, const Published& wanted) {
  Rows rows(file);
  TRY(rows.have({"workload", "policy", "arrived_pct", "alloc_pct_mean"}));
  while (rows.next()) {
    TRY(rows.whole());
    if (rows.text("workload") != wanted.workload || rows.text("policy") != wanted.policy) continue;
    if (TRY(rows.number("arrived_pct", 0, 1000)) != 100) continue;
    const std::string_view text = rows.text("alloc_pct_mean");
    double out = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (problem == std::errc() && end == text.data() + text.size()) return out;
    return rows.wrong("alloc_pct_mean is not a number: " + excerpt(text, 40));
  }
  return std::nullopt;
}

std::vector<std::size_t> shuffled_order(const std::vector<Shape>& pods,
                                        const std::vector<WorldNode>& nodes, std::uint64_t seed) {
  std::vector<std::size_t> out(pods.size());
  for (std::size_t row = 0; row < out.size(); ++row) out[row] = row;
  Splitmix random(seed);
  shuffle(out, random);
  Totals asked, there;
  for (const Shape& pod : pods) asked.add(pod);
  for (const WorldNode& node : nodes) there.add(node);
  if (asked.card_milli == 0) return out;
  while (asked.card_milli < there.card_milli * 13 / 10) {
    out.push_back(random.below(pods.size()));
    asked.add(pods[out.back()]);
  }
  return out;
}

World openb_world(std::vector<WorldNode> nodes, const std::vector<Shape>& pods,
                  const std::vector<std::size_t>& order) {
  World out;
  out.nodes = std::move(nodes);
  ShapeNumbers numbers(out);
  std::vector<std::size_t> shape_of_row;
  for (const Shape& pod : pods) {
    shape_of_row.push_back(numbers.of(pod));
    out.expected.resize(out.shapes.size());
    ++out.expected[shape_of_row.back()];
  }
  for (const std::size_t row : order) out.arrivals.push_back({shape_of_row[row], 1});
  return out;
}

}  // namespace paas::bench
