#pragma once
// Policy: what the configurations of this provider may ask for, held against every plan.
//
// A rule that is not set allows everything; one whose value is not known yet allows everything
// until it is. The policy is part of the configuration, so a plan may depend on it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "provider/tf/object.hpp"

namespace paas::policy {

struct VmidRange {
  tf::Attr<std::int64_t> first;
  tf::Attr<std::int64_t> last;
  bool operator==(const VmidRange&) const = default;
};

// The block `policy` as the user wrote it.
struct Rules {
  tf::Attr<std::vector<std::string>> nodes;
  tf::Attr<std::vector<std::string>> storages;
  tf::Attr<std::vector<std::string>> bridges;
  tf::Attr<std::vector<std::string>> templates;  // '*' stands for any text
  tf::Attr<std::vector<std::string>> pools;
  tf::Attr<VmidRange> vmid_range;
  tf::Attr<std::int64_t> max_cores;
  tf::Attr<std::string> max_memory;
  tf::Attr<std::string> max_disk;
  bool operator==(const Rules&) const = default;
};

const tf::Object<Rules>& rules_object();

class Policy {
 public:
  Policy() = default;
  explicit Policy(Rules rules) : rules_(std::move(rules)) {}

  // The nodes that may be chosen from: none if there is no such list, or it is not known yet.
  std::vector<std::string> nodes() const { return rules_.nodes.value_or({}); }
  bool nodes_unknown() const { return rules_.nodes.unknown(); }
  // Inclusive; Proxmox's own bounds where no range is set.
  struct Range {
    int first = 100;
    int last = 999'999'999;
  };
  Range vmids() const;
  // Whether there is such a rule, so that what it is about must be said to be judged.
  bool limits_storages() const { return rules_.storages.known(); }
  bool limits_bridges() const { return rules_.bridges.known(); }
  bool limits_disk() const { return rules_.max_disk.known(); }

  // Each adds an error that names `path` where the value is not allowed.
  void check_node(const tf::Path& path, std::string_view node, tf::Diagnostics& out) const;
  void check_storage(const tf::Path& path, std::string_view storage, tf::Diagnostics& out) const;
  void check_bridge(const tf::Path& path, std::string_view bridge, tf::Diagnostics& out) const;
  // `volume` is a volume id; a pattern without ':' is held against its file name alone.
  void check_template(const tf::Path& path, std::string_view volume, tf::Diagnostics& out) const;
  // The container that a clone is made from: the list of templates holds its id.
  void check_source(const tf::Path& path, std::int64_t vmid, tf::Diagnostics& out) const;
  void check_pool(const tf::Path& path, std::string_view pool, tf::Diagnostics& out) const;
  void check_vmid(const tf::Path& path, std::int64_t vmid, tf::Diagnostics& out) const;
  // nullopt: all cores of the node.
  void check_cores(const tf::Path& path, std::optional<std::int64_t> cores,
                   tf::Diagnostics& out) const;
  void check_memory(const tf::Path& path, std::uint64_t mib, tf::Diagnostics& out) const;
  // Of one volume, or of all volumes of a guest together (`whose` completes "… is 20G").
  void check_disk(const tf::Path& path, std::string_view whose, std::uint64_t mib,
                  tf::Diagnostics& out) const;

  bool operator==(const Policy&) const = default;

 private:
  Rules rules_;
};

// Whether the whole of `text` fits `pattern`, in which '*' stands for any text, also none.
bool fits(std::string_view pattern, std::string_view text);

}  // namespace paas::policy
