#include "libpaas/blueprint/paths.hpp"

#include <algorithm>
#include <vector>

#include "libpaas/base/text.hpp"

namespace paas::blueprint {

bool is_path(std::string_view path) {
  if (path.size() < 2 || path.size() > 4096 || path[0] != '/' || path.ends_with('/')) return false;
  const auto parts = split(path.substr(1), '/');
  return std::none_of(parts.begin(), parts.end(), [](std::string_view part) {
    return part.empty() || part == "." || part == ".." ||
           part.find_first_of(std::string_view("\0\n,:", 4)) != std::string_view::npos;
  });
}

std::optional<std::string> resolved(std::string_view path) {
  if (!path.starts_with('/') || path.find('\0') != path.npos) return std::nullopt;
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(path, '/')) {
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view part : parts) out.append("/").append(part);
  return out.empty() ? "/" : out;
}

bool is_within(std::string_view path, std::string_view folder) {
  if (folder == "/" || path == folder) return true;
  return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

bool fits(std::string_view path, std::string_view pattern) {
  std::size_t at = 0, in = 0;
  std::size_t star = pattern.npos, from = 0;  // the last '*', and where what it stands for begins
  while (at < path.size()) {
    if (in < pattern.size() && pattern[in] == '*') {
      star = in++;
      from = at;
    } else if (in < pattern.size() && pattern[in] == path[at]) {
      ++in;
      ++at;
    } else if (star != pattern.npos && path[from] != '/') {
      in = star + 1;
      at = ++from;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in) == pattern.npos;
}

}  // namespace paas::blueprint
