#include "provider/resources/lxc/place.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"
#include "provider/resources/lxc/rules.hpp"
#include "provider/whereabouts.hpp"

namespace paas::lxc {
namespace {

using tf::at;
using tf::Path;
using tf::Value;

bool creates(const tf::Planning& planning) {
  return planning.prior.is_null() || !planning.plan.requires_replace.empty();
}

std::uint64_t mib_at(const Value& object, std::string_view name, Plain plain) {
  const std::string* size = text_at(object, name);
  const auto mib = size ? parse_size_mib(*size, plain) : Result<std::uint64_t>(0);
  return mib ? *mib : 0;
}

// The space of a container's volumes by storage; a volume that existed before is not its own.
std::map<std::string, std::uint64_t> space_of(const Value& container) {
  std::map<std::string, std::uint64_t> out;
  const auto add = [&](const Value& volume) {
    if (const std::string* storage = text_at(volume, "storage"))
      out[*storage] += mib_at(volume, "size", Plain::gib);
  };
  add(at(container, "root_disk"));
  if (const tf::Map* points = at(container, "mount_points").as<tf::Map>())
    for (const auto& [slot, point] : *points) add(point);
  return out;
}

std::uint64_t memory_of(const Value& container) {
  const bool* started = at(container, "started").as<bool>();
  return started && !*started ? 0 : mib_at(container, "memory", Plain::mib);
}

int vmid_in(const Value& container) {
  const tf::Number* vmid = at(container, "vmid").as<tf::Number>();
  return vmid ? static_cast<int>(vmid->int64().value_or(0)) : 0;
}

tf::Diagnostic too_much_memory(const std::string& node, const provider::Overbooking& one) {
  std::string detail = "This run plans " + size_text(one.planned_mib, Plain::gib) +
                       " of memory for containers on " + node + ", which has " +
                       size_text(one.total_mib, Plain::gib);
  if (one.others_mib > 0)
    detail += "; other guests that run there have " + size_text(one.others_mib, Plain::gib);
  return tf::warning_at(Path("node"), "more memory is planned on " + node + " than it has",
                        detail + ".");
}

tf::Diagnostic too_much_disk(const std::string& node, const provider::Overbooking& one) {
  const std::string place = one.storage + " of " + node;
  return tf::warning_at(Path("node"), "more disk space is planned on " + place + " than is free",
                        "This run plans " + size_text(one.planned_mib, Plain::gib) +
                            " of new space on " + place + ", of whose " +
                            size_text(one.total_mib, Plain::gib) + " " +
                            size_text(one.others_mib, Plain::gib) +
                            " are used. Where the storage is thin, it may " + "run full later.");
}

// The source may be made in the same run under an id of its own: that it is not there yet is no
// error.
void check_clone_source(const Value& clone, const proxmox::Resources& list, tf::Diagnostics& out) {
  const int vmid = vmid_in(clone);
  if (vmid == 0) return;
  const Path path = Path("clone").attribute("vmid");
  const auto found = std::find_if(list.guests.begin(), list.guests.end(),
                                  [&](const proxmox::Guest& one) { return one.vmid == vmid; });
  const std::string id = std::to_string(vmid);
  if (found == list.guests.end())
    out.push_back(tf::warning_at(path, "no such container yet",
                                 "clone.vmid is " + id +
                                     ", and the cluster has no such container, or it may not be "
                                     "seen (VM.Audit).\n\nUnless this run makes it first, set "
                                     "clone.vmid to one that is there."));
  else if (found->kind != proxmox::GuestKind::container)
    out.push_back(tf::error_at(path, "not a container",
                               "clone.vmid is " + id +
                                   ", which is a virtual machine.\n\nSet clone.vmid to a "
                                   "container."));
}

}  // namespace

bool takes_a_place(const tf::Planning& planning) {
  if (creates(planning)) return true;
  const Value& node = at(planning.plan.state, "node");
  return node != at(planning.prior, "node") && node != at(planning.prior, "current_node");
}

void check_place(const tf::Planning& planning, const proxmox::Resources& list) {
  const Value& planned = planning.plan.state;
  tf::Diagnostics& out = planning.diagnostics;
  const std::string* node = text_at(planned, "node");
  if (!node || !provider::check_node(Path("node"), "The container", *node, list, out)) return;
  const auto check_volume = [&](const Path& path, const Value& volume) {
    if (const std::string* storage = text_at(volume, "storage"))
      provider::check_storage(path.attribute("storage"), *storage, *node, list, out);
  };
  check_volume(Path("root_disk"), at(planned, "root_disk"));
  if (creates(planning)) {
    check_volume(Path("clone"), at(planned, "clone"));
    check_clone_source(at(planned, "clone"), list, out);
  }
  if (const tf::Map* points = at(planned, "mount_points").as<tf::Map>())
    for (const auto& [slot, point] : *points) check_volume(Path("mount_points").key(slot), point);
}

std::optional<provider::Booking> booking_of(const tf::Planning& planning) {
  const Value& planned = planning.plan.state;
  const bool creating = creates(planning);
  const bool moves = takes_a_place(planning);
  if (!creating && planned == planning.prior) return std::nullopt;
  const std::string* node = text_at(planned, moves ? "node" : "current_node");
  const std::string* hostname = text_at(planned, "hostname");
  if (!node || (creating && !hostname)) return std::nullopt;
  provider::Booking booking;
  booking.vmid = vmid_in(planning.prior);
  booking.name = creating ? *hostname : std::to_string(booking.vmid);
  booking.node = *node;
  booking.memory_mib = memory_of(planned);
  booking.disk_mib = space_of(planned);
  if (const std::string* now = text_at(planning.prior, "current_node"); now && *now == *node)
    for (const auto& [storage, before] : space_of(planning.prior))
      booking.disk_mib[storage] -= std::min(booking.disk_mib[storage], before);
  return booking;
}

void warn_of_overbooking(const tf::Planning& planning, const std::string& node,
                         const std::vector<provider::Overbooking>& overbookings) {
  const bool named_by_user = !tf::absent(at(planning.config, "node"));
  const bool grows = takes_a_place(planning) ||
                     memory_of(planning.plan.state) > memory_of(planning.prior) ||
                     space_of(planning.plan.state) != space_of(planning.prior);
  if (named_by_user || !grows) return;
  for (const provider::Overbooking& one : overbookings) {
    tf::Diagnostic warning =
        one.storage.empty() ? too_much_memory(node, one) : too_much_disk(node, one);
    warning.detail +=
        "\n\nThe node follows from the host name and policy.nodes, not from where there is room. "
        "Set node = \"…\" to another one, or take it from a paas_placement, which decides for all "
        "of them together.";
    planning.diagnostics.push_back(std::move(warning));
  }
}

}  // namespace paas::lxc
