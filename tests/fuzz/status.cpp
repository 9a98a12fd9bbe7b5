// The status that an agent writes and its commands read.
#include "libpaas/node/status.hpp"

#include "tests/fuzz/claims.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace paas;
  const auto status = node::parse_status(fuzz::text_of(data, size));
  if (fuzz::accepted(status)) fuzz::claim_stable(*status, node::parse_status, node::print_status);
  return 0;
}
