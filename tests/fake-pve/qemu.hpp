#pragma once
// Virtual machines: drives, network cards, starting.

#include <string>
#include <vector>

#include "libpaas/base/result.hpp"
#include "tests/fake-pve/property_string.hpp"
#include "tests/fake-pve/world.hpp"

namespace paas::fake_pve {

// The property format of a drive option ("qemu-scsi" for scsi0); "" if the option is no drive.
std::string drive_format(const std::string& option);

// The volume of a drive text; "" for none.
std::string drive_volume(const std::string& option, const std::string& text);

// Makes the volume a drive asks for ("local:8,format=qcow2", "local:cloudinit") and returns the
// text that names it; a text that names one already comes back as it is.
Result<std::string> make_drive(State& state, const Guest& machine, const std::string& option,
                               const std::string& text, std::int64_t now);

// Applies options at once, as to a stopped machine.
Result<void> set_machine_options(State& state, Guest& machine, const Options& options,
                                 std::int64_t now);

// Everything unused or named by a drive.
std::vector<std::string> machine_volumes(const Options& config);

// Errors: locked, a template, or running already.
Result<void> start_machine(World& world, std::int64_t vmid, const std::string& node);

// New ids for what must differ between machines: smbios1 and vmgenid.
void give_identity(Guest& machine);

}  // namespace paas::fake_pve
