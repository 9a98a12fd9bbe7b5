#include "libpaas/engine/cgroup.hpp"

#include <algorithm>
#include <vector>

#include "libpaas/base/text.hpp"

namespace paas::engine {
namespace {

// Blanks in a path are "\040" there.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octal = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '7'; };
    if (text[i] == '\\' && i + 3 < text.size() && octal(i + 1) && octal(i + 2) && octal(i + 3)) {
      plain += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                 (text[i + 3] - '0'));
      i += 3;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

std::string joined(const CgroupMount& mount, std::string_view path) {
  if (mount.point.empty()) return {};
  if (mount.root != "/") {  // we see a part of the hierarchy only
    if (!path.starts_with(mount.root)) return {};
    path.remove_prefix(mount.root.size());
  }
  if (path.find("..") != path.npos) return {};
  return mount.point + (path == "/" ? std::string() : std::string(path));
}

}  // namespace

CgroupMounts parse_cgroup_mounts(std::string_view mountinfo) {
  CgroupMounts mounts;
  for (const std::string_view line : split(mountinfo, '\n')) {
    // "36 35 0:30 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory"
    const auto dash = line.find(" - ");
    if (dash == line.npos) continue;
    const auto left = words(line.substr(0, dash));
    const auto right = words(line.substr(dash + 3));
    if (left.size() < 5 || right.size() < 3) continue;
    const CgroupMount mount{unescaped(left[4]), unescaped(left[3])};
    if (right[0] == "cgroup2" && mounts.unified.point.empty()) mounts.unified = mount;
    if (right[0] != "cgroup") continue;
    for (const std::string_view option : split(right[2], ',')) {
      mounts.controllers.emplace(std::string(option), mount);
    }
  }
  return mounts;
}

CgroupFolder cgroup_folder(const CgroupMounts& mounts, std::string_view proc_cgroup,
                           std::string_view controller) {
  CgroupFolder in_unified;
  for (const std::string_view line : split(proc_cgroup, '\n')) {
    // "4:memory:/docker/38…", "0::/system.slice/a.service"
    const auto first = line.find(':');
    const auto second = first == line.npos ? line.npos : line.find(':', first + 1);
    if (second == line.npos) continue;
    const auto names = line.substr(first + 1, second - first - 1);
    const auto path = line.substr(second + 1);
    if (names.empty()) {
      in_unified = {joined(mounts.unified, path), true};
      continue;
    }
    const auto list = split(names, ',');
    if (std::find(list.begin(), list.end(), controller) == list.end()) continue;
    const auto mount = mounts.controllers.find(controller);
    if (mount != mounts.controllers.end()) return {joined(mount->second, path), false};
  }
  return in_unified;
}

std::uint64_t counter(std::string_view text, std::string_view word) {
  for (const std::string_view line : split(text, '\n')) {
    const auto parts = words(line);
    if (parts.size() == 2 && parts[0] == word) {
      return parse_integer<std::uint64_t>(parts[1]).value_or(0);
    }
  }
  return 0;
}

Bytes disk_bytes(std::string_view text) {
  Bytes sum;
  for (const std::string_view line : split(text, '\n')) {
    const auto parts = words(line);
    if (parts.size() == 3 && (parts[1] == "Read" || parts[1] == "Write")) {  // "8:0 Read 4096"
      (parts[1] == "Read" ? sum.in : sum.out) += parse_integer<std::uint64_t>(parts[2]).value_or(0);
      continue;
    }
    for (const std::string_view part : parts) {  // "8:0 rbytes=4096 wbytes=0 rios=1 …"
      if (part.starts_with("rbytes=")) {
        sum.in += parse_integer<std::uint64_t>(part.substr(7)).value_or(0);
      } else if (part.starts_with("wbytes=")) {
        sum.out += parse_integer<std::uint64_t>(part.substr(7)).value_or(0);
      }
    }
  }
  return sum;
}

Bytes network_bytes(std::string_view text) {
  Bytes sum;
  for (const std::string_view line : split(text, '\n')) {
    const auto colon = line.find(':');
    if (colon == line.npos || trim(line.substr(0, colon)) == "lo") continue;
    const auto parts = words(line.substr(colon + 1));
    if (parts.size() < 9) continue;
    sum.in += parse_integer<std::uint64_t>(parts[0]).value_or(0);
    sum.out += parse_integer<std::uint64_t>(parts[8]).value_or(0);
  }
  return sum;
}

std::int64_t log_time_us(std::string_view line) {
  const auto fields = split(line.substr(0, line.find(';')), ',');
  return fields.size() < 3 ? 0 : parse_integer<std::int64_t>(fields[2]).value_or(0);
}

bool tells_of_oom_kill(std::string_view line, std::string_view container_id) {
  if (container_id.empty() || line.find("oom-kill:") == line.npos) return false;
  static constexpr std::string_view key = "task_memcg=";
  const auto at = line.find(key);
  if (at == line.npos) return false;
  const auto value = line.substr(at + key.size());
  return value.substr(0, value.find(',')).find(container_id) != value.npos;
}

}  // namespace paas::engine
