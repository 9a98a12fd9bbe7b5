#include "tests/fake-pve/qemu.hpp"

#include "tests/fake-pve/crypto.hpp"
#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/lxc_config.hpp"
#include "tests/fake-pve/refusal.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr std::int64_t cloud_init_bytes = std::int64_t{4} << 20;
constexpr std::int64_t firmware_bytes = 528 * 1024;

std::string normal_card(State& state, const std::string& text) {
  Fields card = fields_of("qemu-net", text);
  card["macaddr"] = card.contains("macaddr") ? upper(card["macaddr"]) : new_mac(state);
  return print_property_string("qemu-net", card);
}

void keep_machine_volume(Guest& machine, const std::string& volid) {
  for (const std::string& used : machine_volumes(machine.config))
    if (used == volid) return;
  for (int slot = 0;; ++slot)
    if (machine.config.try_emplace("unused" + std::to_string(slot), volid).second) return;
}

}  // namespace

std::string drive_format(const std::string& option) {
  const auto parts = numbered(option);
  if (!parts) return "";
  if (parts->name == "efidisk" || parts->name == "tpmstate" || parts->name == "ide" ||
      parts->name == "sata" || parts->name == "scsi" || parts->name == "virtio")
    return "qemu-" + parts->name;
  return "";
}

std::string drive_volume(const std::string& option, const std::string& text) {
  const std::string format = drive_format(option);
  if (format.empty()) return "";
  const Fields drive = fields_of(format, text);
  const auto file = drive.find("file");
  if (file == drive.end() || file->second == "none" || file->second.starts_with("/")) return "";
  return file->second;
}

Result<std::string> make_drive(State& state, const Guest& machine, const std::string& option,
                               const std::string& text, std::int64_t now) {
  const std::string format = drive_format(option);
  Fields drive = fields_of(format, text);
  const std::string volid = drive["file"];
  const std::string storage = storage_of(volid);
  const std::string rest = storage.empty() ? "" : volid.substr(storage.size() + 1);
  const auto gibibytes = to_number(rest);
  const bool cloud_init = rest == "cloudinit";
  if (!gibibytes && !cloud_init) {
    const bool known = storage.empty() || find_volume(state, machine.node, volid);
    if (!known) return refuse("volume '" + volid + "' does not exist");
    return text;
  }
  Allocation wanted;
  wanted.node = machine.node;
  wanted.storage = storage;
  wanted.vmid = machine.vmid;
  wanted.content = "images";
  wanted.format = drive.contains("format") ? drive["format"] : cloud_init ? "qcow2" : "raw";
  wanted.bytes = cloud_init ? cloud_init_bytes
                            : static_cast<std::int64_t>(*gibibytes * static_cast<double>(gibibyte));
  if (option == "efidisk0" || option == "tpmstate0") wanted.bytes = firmware_bytes;
  if (cloud_init) wanted.name = "cloudinit";
  drive["file"] = TRY(allocate(state, wanted, now));
  drive.erase("format");
  drive.erase("import-from");
  if (cloud_init) {
    drive["media"] = "cdrom";
  } else {
    drive["size"] = format_size(wanted.bytes);
  }
  return print_property_string(format, drive);
}

Result<void> set_machine_options(State& state, Guest& machine, const Options& options,
                                 std::int64_t now) {
  for (const auto& [option, value] : options) {
    std::string text = value;
    const auto parts = numbered(option);
    if (!drive_format(option).empty()) {
      text = TRY(make_drive(state, machine, option, value, now));
      const std::string before = drive_volume(option, machine.option(option));
      machine.config[option] = text;
      if (!before.empty()) keep_machine_volume(machine, before);
    }
    if (parts && parts->name == "net") text = normal_card(state, value);
    if (option == "tags") text = normal_tags(state, value);
    if (option == "description" && !text.ends_with('\n')) text += '\n';
    machine.config[option] = text;
  }
  std::erase_if(machine.config, [](const auto& entry) { return entry.second.empty(); });
  return {};
}

std::vector<std::string> machine_volumes(const Options& config) {
  std::vector<std::string> volumes;
  for (const auto& [option, text] : config) {
    const std::string volid = option.starts_with("unused") ? text : drive_volume(option, text);
    if (!volid.empty()) volumes.push_back(volid);
  }
  return volumes;
}

Result<void> start_machine(World& world, std::int64_t vmid, const std::string& node) {
  Guest& machine = *TRY(find_guest(world.state, GuestKind::qemu, node, vmid));
  if (machine.is_template()) return refuse("you can't start a vm if it's a template");
  TRY(check_unlocked(machine));
  if (machine.running) return refuse("VM " + std::to_string(vmid) + " already running");
  TRY(set_machine_options(world.state, machine, Options(machine.pending), world.now()));
  for (const std::string& option : machine.pending_delete) machine.config.erase(option);
  machine.pending.clear();
  machine.pending_delete.clear();
  machine.running = true;
  machine.started_at = world.now();
  machine.pid = world.state.next_pid++;
  return {};
}

void give_identity(Guest& machine) {
  machine.config["smbios1"] = "uuid=" + random_uuid();
  machine.config["vmgenid"] = random_uuid();
}

}  // namespace paas::fake_pve
