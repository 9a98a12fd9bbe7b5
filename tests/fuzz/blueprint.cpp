// A file that declares apps and jobs, and the schedules in it.
#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/blueprint/schedule.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

void one_schedule(std::string_view text) {
  const auto schedule = blueprint::parse_schedule(text);
  if (!schedule) return;
  const std::chrono::sys_seconds start{std::chrono::seconds{1'767'225'600}};
  const auto next = blueprint::next_run(*schedule, {}, start);
  claim(!next || *next > start, "a run is after the moment asked of");
}

void one_blueprint(std::string_view text) {
  const auto parsed = blueprint::parse(text, "f");
  if (!parsed) {
    claim(!parsed.error().empty(), "a refusal has a reason");
    for (const Flaw& flaw : parsed.error()) {
      claim(is_utf8(describe(flaw)), "a flaw is UTF-8");
      claim(!flaw.message.empty(), "a flaw has a message");
    }
    return;
  }
  claim(blueprint::mistakes(*parsed).empty(), "what is taken has no mistakes");
  claim_stable(
      *parsed, [](std::string_view again) { return blueprint::parse(again, "g"); },
      [](const model::Blueprint& value) { return print_json(blueprint::to_json(value)); });
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const auto text = paas::fuzz::text_of(data, size);
  paas::fuzz::one_schedule(text);
  paas::fuzz::one_blueprint(text);
  return 0;
}
