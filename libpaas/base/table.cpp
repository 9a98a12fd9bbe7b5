#include "libpaas/base/table.hpp"

#include <algorithm>
#include <string_view>

#include "libpaas/base/text.hpp"

namespace paas {
namespace {

std::string cell(const std::string& text) {
  return text.empty() ? "-" : printable(text);
}

// How many places a text takes: characters of UTF-8, not bytes.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

}  // namespace

std::string table(const Row& heading, const std::vector<Row>& rows) {
  std::vector<Row> cells{heading};
  for (const Row& row : rows) {
    Row& shown = cells.emplace_back();
    for (const std::string& text : row) shown.push_back(cell(text));
  }
  std::vector<std::size_t> widths(heading.size(), 0);
  for (const Row& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string out;
  for (const Row& row : cells) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      out += row[i];
      if (i + 1 < row.size()) out.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    out += '\n';
  }
  return out;
}

}  // namespace paas
