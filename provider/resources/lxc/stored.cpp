#include "provider/resources/lxc/stored.hpp"

#include "libpaas/base/text.hpp"

namespace paas::lxc {
namespace {

constexpr const char* other_provider = "bpg/proxmox";
constexpr const char* other_type = "proxmox_virtual_environment_container";

// Takes a member out of an object; null if there is none.
Json taken(Json::Object& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return {};
  Json value = std::move(found->second);
  object.erase(found);
  return value;
}

// 512 → "512": the text that means the same number of the attribute's plain unit.
Json as_text(const Json& value) {
  const Json::Number* number = value.number();
  return number ? Json{number->text} : value;
}

Result<Json> sizes_as_text(Json state) {
  Json::Object* object = state.object();
  if (!object) return fail(Errc::invalid, "the state of a container is no object");
  for (const auto& [before, after] : {std::pair("memory_mib", "memory"), {"swap_mib", "swap"}})
    if (Json value = taken(*object, before); !value.is_null())
      object->insert_or_assign(after, as_text(value));
  const Json size = taken(*object, "disk_gib");
  const Json storage = taken(*object, "storage");
  if (!size.is_null() || !storage.is_null())
    object->insert_or_assign("root_disk",
                             Json::Object{{"size", as_text(size)}, {"storage", storage}});
  return state;
}

}  // namespace

const std::vector<tf::Upgrade>& state_upgrades() {
  static const std::vector<tf::Upgrade> upgrades{sizes_as_text};
  return upgrades;
}

Result<Lxc> taken_over(const tf::MoveRequest& request) {
  const bool theirs = request.provider_address.ends_with(std::string("/") + other_provider);
  if (!theirs || request.type_name != other_type)
    return tl::unexpected<Error>(
        Error{Errc::not_found,
              "cannot take over a " + request.type_name + " of " + request.provider_address,
              {},
              std::string("Only ") + other_type + " of " + other_provider +
                  " can be moved here. Import the container instead."});
  Lxc model;
  auto vmid = request.state["vm_id"].integer();
  if (const std::string* id = request.state["id"].string(); !vmid && id)
    vmid = parse_integer<std::int64_t>(*id);
  if (!vmid || *vmid < 100 || *vmid > 999'999'999)
    return tl::unexpected<Error>(Error{Errc::invalid,
                                       "the state to take over names no container",
                                       {},
                                       "Import the container by its id instead."});
  model.vmid = *vmid;
  model.id = std::to_string(*vmid);
  if (const std::string* node = request.state["node_name"].string(); node && !node->empty())
    model.node = *node;
  return model;
}

}  // namespace paas::lxc
