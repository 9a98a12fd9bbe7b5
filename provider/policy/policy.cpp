#include "provider/policy/policy.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"
#include "provider/checks/checks.hpp"

namespace paas::policy {
namespace {

using tf::Diagnostics;
using tf::Path;
using tf::Trait;

Result<void> check_range(const tf::Value& range) {
  const auto bound = [&](std::string_view name) {
    const tf::Number* number = tf::at(range, name).as<tf::Number>();
    return number ? number->int64() : std::nullopt;
  };
  const auto first = bound("first"), last = bound("last");
  if (first && last && *first > *last)
    return fail(Errc::invalid, "must have a first that is not greater than its last");
  return {};
}

const tf::Object<VmidRange>& vmid_range_object() {
  static const tf::Rules vmid{.check = tf::within(100, 999'999'999)};
  static const tf::Object<VmidRange> object{
      "A range of guest ids, both ends included.",
      0,
      {{"first", &VmidRange::first, Trait::required, "Smallest id.", vmid},
       {"last", &VmidRange::last, Trait::required, "Largest id.", vmid}}};
  return object;
}

// An allow-list that is set has something on it: an empty one would refuse everything, which nobody
// means.
tf::Check allow_list(tf::Check element) {
  return tf::all_of({tf::length(1, 4096), tf::each(std::move(element))});
}

void refuse(const Path& path, const std::string& what, const std::string& rule, Diagnostics& out) {
  out.push_back(tf::error_at(path, "not allowed by the provider's policy", what + " " + rule));
}

void check_list(const tf::Attr<std::vector<std::string>>& allowed, std::string_view rule,
                const Path& path, std::string_view value, Diagnostics& out) {
  if (!allowed.known() || std::find(allowed->begin(), allowed->end(), value) != allowed->end())
    return;
  refuse(path, to_text(path) + " is \"" + shortened(value, 256) + "\", but",
         "policy." + std::string(rule) + " allows only " + join(*allowed, ", ") + ".", out);
}

void check_size(const tf::Attr<std::string>& most, Plain plain, std::string_view rule,
                const Path& path, std::string_view whose, std::uint64_t mib, Diagnostics& out) {
  const auto limit = most.known() ? parse_size_mib(*most, plain) : Result<std::uint64_t>(mib);
  if (!limit || mib <= *limit) return;
  refuse(path, std::string(whose) + " is " + size_text(mib, Plain::gib) + ", but",
         "policy." + std::string(rule) + " allows at most " + size_text(*limit, Plain::gib) + ".",
         out);
}

}  // namespace

const tf::Object<Rules>& rules_object() {
  // clang-format off: a table, one attribute a row
  static const tf::Object<Rules> object{
      "What resources of this provider may ask for. Every breach is an error at plan time that names "
      "the attribute.",
      0,
      {
          {"nodes", &Rules::nodes, Trait::optional,
           "Nodes on which guests may be placed. A guest whose `node` is left out is placed on one "
           "of them by a hash of its host name.", {.check = allow_list(checks::name())}},
          {"storages", &Rules::storages, Trait::optional, "Storages that may hold volumes.",
           {.check = allow_list(checks::name())}},
          {"bridges", &Rules::bridges, Trait::optional, "Bridges to which guests may be connected.",
           {.check = allow_list(checks::name())}},
          {"templates", &Rules::templates, Trait::optional,
           "Templates that guests may be created from: volume ids or file names, in which `*` stands "
           "for any text (`local:vztmpl/debian-12-*`); and ids of containers that may be cloned "
           "(`9000`).", {.check = allow_list(checks::one_line())}},
          {"pools", &Rules::pools, Trait::optional, "Pools that guests may be put into.",
           {.check = allow_list(checks::one_line())}},
          {"vmid_range", nested(&Rules::vmid_range, vmid_range_object()), Trait::optional,
           "Ids that guests may have, and from which one is taken where none is given.",
           {.check = check_range}},
          {"max_cores", &Rules::max_cores, Trait::optional,
           "Most cores of one guest. A container must then say how many it has, because without "
           "`cores` it has all of the node's.", {.check = tf::within(1, 8192)}},
          {"max_memory", &Rules::max_memory, Trait::optional,
           "Most memory of one guest: `\"16G\"`; a plain number is MiB.",
           {.check = checks::memory_size(16)}},
          {"max_disk", &Rules::max_disk, Trait::optional,
           "Most disk space of one guest, all its volumes together: `\"500G\"`; a plain number is "
           "GiB.", {.check = checks::disk_size()}},
      }};
  // clang-format on
  return object;
}

Policy::Range Policy::vmids() const {
  if (!rules_.vmid_range.known()) return {};
  const Range all;
  return {static_cast<int>(rules_.vmid_range->first.value_or(all.first)),
          static_cast<int>(rules_.vmid_range->last.value_or(all.last))};
}

void Policy::check_node(const Path& path, std::string_view node, Diagnostics& out) const {
  check_list(rules_.nodes, "nodes", path, node, out);
}

void Policy::check_storage(const Path& path, std::string_view storage, Diagnostics& out) const {
  check_list(rules_.storages, "storages", path, storage, out);
}

void Policy::check_bridge(const Path& path, std::string_view bridge, Diagnostics& out) const {
  check_list(rules_.bridges, "bridges", path, bridge, out);
}

void Policy::check_pool(const Path& path, std::string_view pool, Diagnostics& out) const {
  check_list(rules_.pools, "pools", path, pool, out);
}

void Policy::check_template(const Path& path, std::string_view volume, Diagnostics& out) const {
  if (!rules_.templates.known()) return;
  const std::size_t before_name = volume.find_last_of(":/");
  const std::string_view file_name =
      before_name == std::string_view::npos ? volume : volume.substr(before_name + 1);
  for (const std::string& pattern : *rules_.templates)
    if (fits(pattern, pattern.find(':') == std::string::npos ? file_name : volume)) return;
  check_list(rules_.templates, "templates", path, volume, out);
}

void Policy::check_source(const Path& path, std::int64_t vmid, Diagnostics& out) const {
  if (!rules_.templates.known()) return;
  const std::string id = std::to_string(vmid);
  for (const std::string& pattern : *rules_.templates)
    if (fits(pattern, id)) return;
  refuse(path, to_text(path) + " is " + id + ", but",
         "policy.templates allows only " + join(*rules_.templates, ", ") + ".\n\nAdd \"" + id +
             "\" to it, if containers may be cloned from that one.",
         out);
}

void Policy::check_vmid(const Path& path, std::int64_t vmid, Diagnostics& out) const {
  const Range allowed = vmids();
  if (vmid >= allowed.first && vmid <= allowed.last) return;
  refuse(path, to_text(path) + " is " + std::to_string(vmid) + ", but",
         "policy.vmid_range allows only " + std::to_string(allowed.first) + " to " +
             std::to_string(allowed.last) + ".",
         out);
}

void Policy::check_cores(const Path& path, std::optional<std::int64_t> cores,
                         Diagnostics& out) const {
  if (!rules_.max_cores.known() || (cores && *cores <= *rules_.max_cores)) return;
  const std::string rule =
      "policy.max_cores allows at most " + std::to_string(*rules_.max_cores) + ".";
  refuse(path,
         cores ? to_text(path) + " is " + std::to_string(*cores) + ", but"
               : to_text(path) + " is not set, which means all cores of the node, but",
         rule, out);
}

void Policy::check_memory(const Path& path, std::uint64_t mib, Diagnostics& out) const {
  check_size(rules_.max_memory, Plain::mib, "max_memory", path, to_text(path), mib, out);
}

void Policy::check_disk(const Path& path, std::string_view whose, std::uint64_t mib,
                        Diagnostics& out) const {
  check_size(rules_.max_disk, Plain::gib, "max_disk", path, whose, mib, out);
}

bool fits(std::string_view pattern, std::string_view text) {
  // After the last '*', go back to it with one more character taken by it: linear in practice.
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace paas::policy
