// The feed of the names service, and resolv.conf.
#include "libpaas/dns/feed.hpp"

#include "libpaas/dns/upstreams.hpp"
#include "libpaas/dns/zone.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

void one_feed(std::string_view text) {
  const auto feed = dns::parse_feed(text);
  if (!accepted(feed)) return;
  claim_stable(
      *feed, [](std::string_view again) { return dns::parse_feed(again); }, dns::print_feed);
  const auto zone = dns::Zone::compile(*feed);
  if (accepted(zone)) claim(zone->generation() == feed->generation, "a zone is of its feed");
}

void one_resolv_conf(std::string_view text) {
  const auto conf = dns::parse_resolv_conf(text);
  claim(conf.servers.size() <= 8 && conf.ignored.size() <= 8, "few servers");
  for (const dns::Endpoint& server : conf.servers) {
    const auto again = dns::parse_endpoint(to_text(server));
    claim(again.has_value() && *again == server, "an address is printed as it is parsed");
  }
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  paas::fuzz::one_feed(paas::fuzz::text_of(data, size));
  paas::fuzz::one_resolv_conf(paas::fuzz::text_of(data, size));
  return 0;
}
