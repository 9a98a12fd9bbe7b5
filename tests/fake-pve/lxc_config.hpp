#pragma once
// Container configuration: who may change what, what takes effect at once and what stays pending.

#include <optional>
#include <string>
#include <vector>

#include "libpaas/base/result.hpp"
#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/property_string.hpp"

namespace paas::fake_pve {

struct ConfigChange {
  Options set;
  std::vector<std::string> remove;
  std::vector<std::string> revert;
};

// A root disk or mount point, taken apart.
struct MountPoint {
  enum class Kind { volume, bind, device };
  Kind kind = Kind::volume;
  Fields fields;                          // of the property string
  std::string storage;                    // of a volume
  std::optional<std::int64_t> new_bytes;  // set for "storage:SIZE", which asks for a new volume

  const std::string& volume() const { return fields.at("volume"); }
};
MountPoint parse_mount_point(const std::string& option, const std::string& text);
bool is_mount_option(const std::string& option);  // rootfs or mpN

// Errors: `denied`, with what is reserved to root@pam or which privilege is missing. `old` is null
// for a container about to be made.
Result<void> check_change_allowed(const State& state, const Login& login, std::int64_t vmid,
                                  const std::string& pool, const Guest* old,
                                  const ConfigChange& change, bool unprivileged);

// Applies a change: at once where the container is stopped or the option can be changed while it
// runs, else as pending. Errors: the change as a whole is refused, or `invalid` with one entry an
// option that could not be applied; then `guest` must be thrown away.
Result<void> change_config(State& state, Guest& guest, const ConfigChange& change,
                           std::int64_t now);

// What a start does first: pending changes take effect. Errors: as above.
Result<void> apply_pending(State& state, Guest& guest, std::int64_t now);

// Makes the volume a mount point asks for and returns the option text that names it.
Result<std::string> make_volume(State& state, const Guest& guest, const std::string& option,
                                MountPoint mount, std::int64_t now);

// All volume ids in a configuration, unused ones too.
std::vector<std::string> config_volumes(const Options& config);
// Keeps a volume that no option names any more as unusedN.
void keep_unused(Guest& guest, const std::string& volid);

// The canonical network text: veth, upper-case MAC, a new one where none is given.
std::string normal_network(State& state, const std::string& text);

}  // namespace paas::fake_pve
