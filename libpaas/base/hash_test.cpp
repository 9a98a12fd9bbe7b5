#include "libpaas/base/hash.hpp"

#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

namespace paas::hash_test {

TEST_CASE("SHA-256 of the examples of FIPS 180-4") {
  CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 pieces;
  pieces.update("a");
  pieces.update("bc");
  CHECK(pieces.finish() == sha256("abc"));
}

TEST_CASE("the stable hash is fixed for all time and knows its parts apart") {
  CHECK(stable_hash({"web", "net0"}) == 0x88e8154922534590ull);
  CHECK(stable_hash({"ab", "c"}) != stable_hash({"a", "bc"}));
  CHECK(stable_hash({"a"}) != stable_hash({"a", ""}));
}

TEST_CASE("rendezvous does not depend on the order of the candidates") {
  std::vector<std::string> nodes{"pve1", "pve2", "pve3"};
  const std::string winner = nodes[rendezvous("web", nodes)];
  std::reverse(nodes.begin(), nodes.end());
  CHECK(nodes[rendezvous("web", nodes)] == winner);
}

TEST_CASE("a node that leaves moves only its own keys, and keys spread over all nodes") {
  const std::vector<std::string> three{"pve1", "pve2", "pve3"};
  const std::vector<std::string> two{"pve1", "pve3"};
  std::map<std::string, int> load;
  for (int i = 0; i < 300; ++i) {
    const std::string key = "ct" + std::to_string(i);
    const std::string& before = three[rendezvous(key, three)];
    ++load[before];
    if (before != "pve2") CHECK(two[rendezvous(key, two)] == before);
  }
  for (const auto& node : three) CHECK(load[node] > 60);
}

}  // namespace paas::hash_test
