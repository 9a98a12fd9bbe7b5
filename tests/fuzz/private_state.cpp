// What Terraform keeps for a resource beside its state.
#include "provider/tf/private.hpp"
#include "tests/fuzz/claims.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace paas;
  const auto state = tf::PrivateState::parse(fuzz::text_of(data, size));
  if (!fuzz::accepted(state)) return 0;
  fuzz::claim_stable(*state, tf::PrivateState::parse,
                     [](const tf::PrivateState& one) { return one.print(); });
  tf::PrivateState more = *state;
  more.set("key", std::string("\0\xFF", 2));
  fuzz::claim_stable(more, tf::PrivateState::parse,
                     [](const tf::PrivateState& one) { return one.print(); });
  fuzz::claim(more.get("key") == std::string("\0\xFF", 2), "what is set is there");
  return 0;
}
