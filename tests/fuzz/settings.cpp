// How to reach a cluster, from the environment: one variable a line, without PROXMOX_VE_ before its
// name.
#include "libpaas/adapters/pve/options.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

using namespace pve;

void claim_usable(const PveOptions& options) {
  const auto endpoint = parse_endpoint(options.endpoint);
  claim(endpoint && *endpoint == options.endpoint, "an endpoint is its own text");
  claim(options.timeout >= std::chrono::seconds(1) && options.timeout <= std::chrono::hours(1),
        "a call ends");
  claim(options.parallelism >= 1 && options.parallelism <= 256, "there is a limit to calls");
  if (const Token* token = std::get_if<Token>(&options.credentials)) {
    const auto again = parse_token(token->id + "=" + token->secret);
    claim(again && *again == *token, "a token is its own text");
  }
  if (const Fingerprint* pinned = std::get_if<Fingerprint>(&options.trust)) {
    const auto again = parse_fingerprint(print_fingerprint(*pinned));
    claim(again && *again == *pinned, "a fingerprint is its own text");
  }
}

void one_environment(std::string_view text) {
  Environment environment;
  for (const std::string_view line : split(text, '\n')) {
    const std::size_t equals = line.find('=');
    if (equals != line.npos)
      environment.insert_or_assign("PROXMOX_VE_" + std::string(line.substr(0, equals)),
                                   std::string(line.substr(equals + 1)));
  }
  const auto options = resolve({}, environment);
  if (options) return claim_usable(*options);
  claim(!options.error().empty(), "a refusal has a reason");
  for (const Problem& problem : options.error()) {
    claim(!problem.setting.empty() && !problem.message.empty(), "a problem is named");
    claim(is_utf8(problem.message) && is_utf8(problem.remedy), "a problem is UTF-8");
  }
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view text = paas::fuzz::text_of(data, size);
  paas::fuzz::one_environment(text.substr(0, text.find('\0')));
  return 0;
}
