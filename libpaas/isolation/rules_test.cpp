#include "libpaas/isolation/rules.hpp"

#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace isolation_rules_test {

using namespace paas::isolation;

Member member(int last, const std::string& project) {
  const std::string address = "10.200.1." + std::to_string(last);
  return {address, mac_of(address), project};
}

// tests/node loads what is recorded and proves it with packets.
void check_recorded(const std::string& name, const std::string& text) {
  INFO(name);
  const std::string path = PAAS_SOURCE_DIR "/tests/golden/isolation/" + name;
  if (std::getenv("PAAS_ACCEPT")) {
    std::ofstream(path, std::ios::binary) << text;
    WARN("skipped: " << path << " was rewritten");
    return;
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream recorded;
  recorded << in.rdbuf();
  CHECK(recorded.str() == text);
}

TEST_CASE("isolation: the rules are as recorded") {
  const std::vector<Member> two = {member(2, "shop"), member(3, "shop"), member(4, "blog")};
  std::vector<Member> grown = two;
  grown.push_back(member(5, "blog"));
  check_recorded("two_projects.nft", rules({}, two));
  check_recorded("grown.nft", rules({}, grown));
  check_recorded("nobody.nft", rules({}, {}));
  check_recorded("none.nft", no_rules());
}

TEST_CASE("isolation: the order of members does not show") {
  CHECK(rc::check("any order, one text", [] {
    std::vector<Member> members;
    const int count = *rc::gen::inRange(0, 12);
    for (int i = 0; i < count; ++i) {
      // Addresses may come twice, with another MAC and in another project.
      Member one = member(*rc::gen::inRange(2, 8), *rc::gen::element<std::string>("a", "b", "c"));
      if (*rc::gen::inRange(0, 4) == 0) one.mac = mac_of("10.9.9.9");
      members.push_back(std::move(one));
    }
    const std::string text = rules({}, members);
    std::sort(members.begin(), members.end(), [](const Member& a, const Member& b) {
      return std::tie(b.address, b.project, b.mac) < std::tie(a.address, a.project, a.mac);
    });
    RC_ASSERT(rules({}, members) == text);
    // Every address leads to one project, once a table.
    for (const Member& one : members) {
      const std::string lead = "\t" + one.address + " : goto project_";
      const std::size_t first = text.find(lead);
      const std::size_t second = text.find(lead, first + 1);
      RC_ASSERT(first != std::string::npos);
      RC_ASSERT(second != std::string::npos);
      RC_ASSERT(text.find(lead, second + 1) == std::string::npos);
    }
  }));
}

TEST_CASE("isolation: what is no address is left out, and no name becomes a rule") {
  const std::vector<Member> odd = {{"10.200.1.2", "nonsense", "a"},
                                   {"10.200.1.3; accept", mac_of("10.200.1.3"), "b"},
                                   {"", "", "c"}};
  CHECK(rules({}, odd) == rules({}, {}));
  Member named = member(2, "a\n} accept\n\xff");
  const std::string text = rules({}, {named});
  CHECK(text.find("\n} accept") == std::string::npos);
  CHECK(text.find("\xff") == std::string::npos);
}

TEST_CASE("isolation: a MAC address follows from an address") {
  CHECK(mac_of("10.200.1.2") == "02:42:0a:c8:01:02");
  CHECK(mac_of("nonsense").empty());
}

}  // namespace isolation_rules_test
