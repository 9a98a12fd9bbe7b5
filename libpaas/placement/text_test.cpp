#include "libpaas/placement/text.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace placement_text_test {

using namespace paas::placement;

const Option option{"pve1", 432013, {{"fit", 440402}, {"spread", -8389}, {"pack", 100}}};

Decision decision() {
  Choice kept{.allocation = {"db", 0},
              .act = Act::keep,
              .node = "pve1",
              .from = "pve1",
              .because = "stays where it is"};
  Choice placed{.allocation = {"web", 0},
                .act = Act::place,
                .node = "pve1",
                .because = "best of 2 nodes",
                .chosen = option,
                .alternatives = {{"pve3", -104858, {}}},
                .refused = {{"label", "zone", 2}, {"memory", "", 1}}};
  Choice moved{.allocation = {"web", 1},
               .act = Act::move,
               .node = "pve2",
               .from = "pve9",
               .because = "pve9 is gone",
               .chosen = {"pve2", 3, {{"fit", 3}}}};
  Choice refused{.allocation = {"web", 2},
                 .because = "no node takes it",
                 .refused = {{"memory", "", 3}},
                 .remedy = Remedy{"pve2", {{"memory", "", 512}}, "512 MiB more memory on pve2"}};
  Choice preempted{.allocation = {"zap\x1b", 0},
                   .act = Act::preempt,
                   .from = "pve2",
                   .because = "web has a higher priority"};
  return {{kept, placed, moved, refused, preempted}, false};
}

Explanation explanation() {
  Explanation out{
      {"web", 2},
      {{"pve1", {}, option, true, true},
       {"pve2", {{"memory", "", 512}, {"cpu", "", 1500}}},
       {"pve3", {{"resource", "disk/local", 1024}, {"port", "443"}, {"apart", "db"}, {"arch"}}}},
      Remedy{"pve2", {}, "512 MiB more memory on pve2"}};
  for (Verdict& verdict : out.verdicts) {
    for (const Refusal& refusal : verdict.refusals) verdict.said.push_back(refusal_text(refusal));
  }
  return out;
}

std::string everything() {
  const std::vector<Loss> bad = {{"rack1", {{"db", 0, 1}, {"web", 1, 3}}, {{"db", 0, 1}}, false},
                                 {"rack2", {}, {}, true}};
  const std::vector<Loss> good = {{"rack1", {{"web", 1, 2}}, {}, true}};
  const std::vector<std::pair<std::string, std::string>> parts = {
      {"decision", decision_text(decision())},
      {"an empty decision", decision_text({})},
      {"explanation", explanation_text(explanation())},
      {"losses", losses_text(bad)},
      {"losses that are survived", losses_text(good)},
      {"room", room_text("web", 1, 100) + room_text("web", 0, 100) + room_text("web", 100, 100)},
      {"moves", moves_text({{{"web", 0}, "pve1", "pve2", 512, 30}, {{"db", 1}, "pve2", "pve1"}})},
      {"no moves", moves_text({})}};
  std::string out;
  for (const auto& [title, text] : parts) out += "== " + title + "\n" + text + "\n";
  return out;
}

TEST_CASE("placement: answers for people are as recorded") {
  const std::string path = PAAS_SOURCE_DIR "/tests/golden/placement_text.txt";
  if (std::getenv("PAAS_ACCEPT")) {
    std::ofstream(path, std::ios::binary) << everything();
    WARN("skipped: " << path << " was rewritten");
    return;
  }
  std::ifstream in(path, std::ios::binary);
  std::ostringstream recorded;
  recorded << in.rdbuf();
  CHECK(recorded.str() == everything());
}

TEST_CASE("placement: a refusal for people") {
  CHECK(refusal_text({"memory", "", 512}) == "memory: 512 MiB short");
  CHECK(refusal_text({"resource", "disk/local", 2048}) == "disk/local: 2 GiB short");
  CHECK(refusal_text({"port", "443"}) == "port 443");
  CHECK(refusal_text({"drained"}) == "drained");
}

}  // namespace placement_text_test
