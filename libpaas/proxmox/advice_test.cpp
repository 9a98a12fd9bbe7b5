#include "libpaas/proxmox/advice.hpp"

#include <catch2/catch.hpp>

namespace paas::proxmox::advice_test {

TEST_CASE("known texts of the server have advice, whatever they name") {
  const auto advises = [](std::string_view text, std::string_view part) {
    return advice_for(text).find(part) != std::string::npos;
  };
  CHECK(advises("hostname lookup 'pve9' failed - failed to get address info", "the node"));
  CHECK(advises("storage 'tank' does not exist", "a storage"));
  CHECK(advises("volume 'local:vztmpl/a.tar' does not exist", "a volume"));
  CHECK(advises("pool 'nopool' does not exist", "the pool"));
  CHECK(advises("net0: bridge 'nobr' does not exist", "a bridge"));
  CHECK(advises("can't upload to storage type 'lvmthin'", "vztmpl"));
  CHECK(advises("cluster not ready - no quorum?", "apply again"));
  CHECK(advises("tar: ./x: Cannot write: No space left on device", "free space"));
  CHECK(advises("Full clone of a running container is only possible from a snapshot",
                "clone.snapshot"));
  CHECK(advises("Linked clone feature for 'nfs:100/base-100-disk-0.raw' is not available",
                "clone.full"));
}

TEST_CASE("texts that are not known have no advice") {
  CHECK(advice_for("").empty());
  CHECK(advice_for("storage 'tank' is full").empty());
  CHECK(advice_for("Configuration file 'nodes/pve1/lxc/9.conf' does not exist").empty());
}

TEST_CASE("a node that the cluster lacks is answered with those it has") {
  CHECK(require_node("pve2", {"pve1", "pve2"}));
  const auto refused = require_node("pve9", {"pve1", "pve2"});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::not_found);
  CHECK(refused.error().message.find("\"pve9\"") != std::string::npos);
  CHECK(refused.error().remedy.find("pve1, pve2") != std::string::npos);
  Resources list;
  list.nodes = {{"pve1", true}, {"pve2", false}};
  CHECK(require_node("pve2", list));
  CHECK(require_node("pve9", list).error().remedy == refused.error().remedy);
}

}  // namespace paas::proxmox::advice_test
