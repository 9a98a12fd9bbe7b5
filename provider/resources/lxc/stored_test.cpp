#include "provider/resources/lxc/stored.hpp"

#include <catch2/catch.hpp>

namespace lxc_stored_test {

using namespace paas;

Json json(const char* text) {
  return parse_json(text).value();
}

tf::MoveRequest theirs(const char* state) {
  return {"registry.terraform.io/bpg/proxmox", "proxmox_virtual_environment_container", 0,
          json(state)};
}

TEST_CASE("a state of version 0 keeps its sizes", "[lxc]") {
  const auto upgraded = tf::upgrade_state(
      lxc::state_upgrades(), 0,
      json(
          R"({"vmid": 104, "memory_mib": 512, "swap_mib": 0, "disk_gib": 4, "storage": "local"})"));
  REQUIRE(upgraded);
  CHECK(*upgraded == json(R"({"vmid": 104, "memory": "512", "swap": "0",
                             "root_disk": {"size": "4", "storage": "local"}})"));
  CHECK(
      *tf::upgrade_state(lxc::state_upgrades(), 0, json(R"({"vmid": 104, "memory_mib": null})")) ==
      json(R"({"vmid": 104})"));
  CHECK(!tf::upgrade_state(lxc::state_upgrades(), 0, json("[]")));
}

TEST_CASE("the schema has as many versions as there are upgrades", "[lxc]") {
  CHECK(static_cast<std::size_t>(lxc::lxc_object().schema().version) ==
        lxc::state_upgrades().size());
}

TEST_CASE("a container of bpg/proxmox is taken over by id and node alone", "[lxc]") {
  const auto taken = lxc::taken_over(
      theirs(R"({"id": "104", "vm_id": 104, "node_name": "pve2", "disk": [{"size": 4}]})"));
  REQUIRE(taken);
  CHECK(*taken->id == "104");
  CHECK(*taken->vmid == 104);
  CHECK(*taken->node == "pve2");
  CHECK(taken->hostname.null());
  CHECK(taken->template_volume.null());
  CHECK(*lxc::taken_over(theirs(R"({"id": "104"})"))->vmid == 104);
  auto from_opentofu = theirs(R"({"id": "104"})");
  from_opentofu.provider_address = "registry.opentofu.org/bpg/proxmox";
  CHECK(lxc::taken_over(from_opentofu));
}

TEST_CASE("nothing else is taken over", "[lxc]") {
  auto other_type = theirs(R"({"id": "104"})");
  other_type.type_name = "proxmox_virtual_environment_vm";
  auto other_provider = theirs(R"({"id": "104"})");
  other_provider.provider_address = "registry.terraform.io/telmate/proxmox";
  auto lookalike = theirs(R"({"id": "104"})");
  lookalike.provider_address = "registry.terraform.io/evil-bpg/proxmox";
  for (const auto& request : {other_type, other_provider, lookalike}) {
    const auto refused = lxc::taken_over(request);
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::not_found);
  }
  for (const char* state : {"{}", R"({"id": "pve1/104"})", R"({"vm_id": 7})", "[]"})
    CHECK(lxc::taken_over(theirs(state)).error().code == Errc::invalid);
}

}  // namespace lxc_stored_test
