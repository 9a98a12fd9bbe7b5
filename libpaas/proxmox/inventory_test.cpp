#include "libpaas/proxmox/inventory.hpp"

#include <catch2/catch.hpp>

namespace paas::proxmox::inventory_test {

TEST_CASE("nodes, guests and storages are told apart and sorted") {
  const auto resources = parse_resources(*parse_json(R"([
    {"type":"storage","storage":"local","node":"pve1","status":"available","shared":0,
     "content":"snippets,rootdir,vztmpl","plugintype":"dir","maxdisk":100,"disk":7},
    {"type":"network","node":"pve1","network":"localnetwork","status":"ok"},
    {"type":"qemu","vmid":400,"node":"pve2","name":"vm","status":"running","template":1},
    {"type":"lxc","vmid":210,"node":"pve1","name":"ct210","status":"running","tags":"db;Web",
     "pool":"p1","lock":"backup","hastate":"started","maxcpu":2,"maxmem":268435456,"uptime":8},
    {"type":"node","node":"pve2","status":"offline"},
    {"type":"node","node":"pve1","status":"online","maxcpu":4,"maxmem":25276502016,"cpu":0.25,
     "mem":3838746624,"uptime":"3643"}])"));
  REQUIRE(resources);
  REQUIRE(resources->nodes.size() == 2);
  CHECK(resources->nodes[0].name == "pve1");
  CHECK(resources->nodes[0].online);
  CHECK(resources->nodes[0].memory_bytes == 25276502016u);
  CHECK(resources->nodes[0].cpu_load == 0.25);
  CHECK(resources->nodes[0].uptime_s == 3643);
  CHECK_FALSE(resources->nodes[1].online);
  REQUIRE(resources->guests.size() == 2);
  const Guest& guest = resources->guests[0];
  CHECK(guest.vmid == 210);
  CHECK(guest.kind == GuestKind::container);
  CHECK(guest.tags == std::vector<std::string>{"db", "web"});
  CHECK(guest.pool == "p1");
  CHECK(guest.lock == "backup");
  CHECK(guest.ha_state == "started");
  CHECK_FALSE(guest.is_template);
  CHECK(resources->guests[1].kind == GuestKind::machine);
  CHECK(resources->guests[1].is_template);
  REQUIRE(resources->storages.size() == 1);
  CHECK(resources->storages[0].content ==
        std::vector<std::string>{"rootdir", "snippets", "vztmpl"});
  CHECK(resources->storages[0].available);
  CHECK_FALSE(resources->storages[0].shared);
}

TEST_CASE("a node one may hardly see is listed all the same") {
  const auto resources = parse_resources(
      *parse_json(R"([{"id":"node/pve1","status":"unknown","node":"pve1","type":"node"}])"));
  CHECK(resources->nodes.at(0).name == "pve1");
}

TEST_CASE("odd lists are refused") {
  CHECK_FALSE(parse_resources(Json{}));
  CHECK_FALSE(parse_resources(*parse_json(R"([{"type":"lxc","node":"pve1"}])")));
  CHECK_FALSE(parse_resources(*parse_json(R"([{"type":"lxc","vmid":100}])")));
  CHECK_FALSE(parse_resources(*parse_json(R"([{"type":"node"}])")));
  CHECK_FALSE(parse_statuses(*parse_json(R"([{"status":"running"}])")));
  CHECK_FALSE(parse_templates(*parse_json(R"([{"content":"vztmpl"}])"), "pve1", "local"));
}

TEST_CASE("numbers out of bounds are cut, not wrapped") {
  const auto resources = parse_resources(*parse_json(
      R"([{"type":"lxc","vmid":100,"node":"a","maxmem":-5,"maxcpu":1e30,"disk":1.5}])"));
  CHECK(resources->guests.at(0).memory_bytes == 0);
  CHECK(resources->guests.at(0).cores == 0);
}

TEST_CASE("states by id") {
  const auto statuses = parse_statuses(
      *parse_json(R"([{"vmid":"210","status":"running"},{"vmid":9,"status":"stopped"}])"));
  CHECK(statuses == std::map<int, std::string>{{9, "stopped"}, {210, "running"}});
}

TEST_CASE("templates of a storage") {
  const auto templates = parse_templates(*parse_json(R"([
    {"volid":"local:vztmpl/b.tar","content":"vztmpl","format":"tar","size":1034240},
    {"volid":"local:500/vm-500-disk-0.raw","content":"rootdir","format":"raw"},
    {"volid":"local:vztmpl/a.tar.zst","content":"vztmpl","format":"tzst","size":878536,"ctime":17}])"),
                                         "pve1", "local");
  REQUIRE(templates->size() == 2);
  CHECK((*templates)[0].file_name == "a.tar.zst");
  CHECK((*templates)[0].node == "pve1");
  CHECK((*templates)[0].changed == 17);
  CHECK((*templates)[1].size_bytes == 1034240);
  CHECK((*templates)[1].changed == 0);
}

}  // namespace paas::proxmox::inventory_test
