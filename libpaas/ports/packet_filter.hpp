#pragma once
// PacketFilter: the packet filter of the host's kernel (nftables).

#include <stop_token>
#include <string>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas {

class PacketFilter {
 public:
  virtual ~PacketFilter() = default;
  // Takes a text in nft's language as one transaction: all of it or nothing. Errors: `invalid`
  // (with nft's line), `denied`, `not_found` (no nft on this host).
  virtual Result<void> load(const std::string& rules, std::stop_token stop) = 0;
  // Our tables as the kernel lists them, without counters: the same text as long as nobody changed
  // them. Empty if there are none.
  virtual Result<std::string> listing(std::stop_token stop) = 0;
};

}  // namespace paas
#pragma GCC visibility pop
