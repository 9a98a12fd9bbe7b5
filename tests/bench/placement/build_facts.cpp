#include "tests/bench/placement/build_facts.hpp"

#include "libpaas/placement/engine.hpp"

namespace paas::bench {
namespace {

std::string instruction_set() {
#if defined(__AVX512F__)
  return "x86-64 with AVX-512";
#elif defined(__AVX__)
  return "x86-64 with AVX";
#elif defined(__SSE3__)
  return "x86-64 above the baseline";
#elif defined(__x86_64__)
  return "baseline x86-64";
#else
  return "not x86-64";
#endif
}

std::string optimised() {
#ifdef __OPTIMIZE__
  return "optimised";
#else
  return "NOT optimised: times say nothing";
#endif
}

}  // namespace

void tell_build(Report& report) {
  report.about("version", PAAS_VERSION);
  report.about("compiler", __VERSION__);
  report.about("instructions", instruction_set() + ", " + optimised());
  const placement::Objectives weights;
  report.about("objectives", "pack " + std::to_string(weights.pack) + ", balance " +
                                 std::to_string(weights.balance) + ", fit " +
                                 std::to_string(weights.fit) + ", spread " +
                                 std::to_string(weights.spread) + ", affinity " +
                                 std::to_string(weights.affinity) + ", stay " +
                                 std::to_string(weights.stay) + " (the defaults)");
  const placement::Problem nothing;
  const placement::Compiled compiled(nothing);
  const placement::Engine engine(compiled);
  report.about("rule",
               placement::constants_of_the_rule() + ", a replica of the same app " +
                   std::to_string((engine.scorer().crowd_value() * 1'000'000 + (1 << 19)) >> 20));
}

}  // namespace paas::bench
