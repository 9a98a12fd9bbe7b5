#pragma once
// PacketFilter by nft(8).

#include <memory>

#include "libpaas/ports/packet_filter.hpp"
#include "libpaas/ports/process.hpp"

namespace paas::host {

// `process` outlives it.
std::unique_ptr<PacketFilter> make_packet_filter(Process& process);

}  // namespace paas::host
