#pragma once
// Which failed calls may be sent again, and when. Pure.
//
//              nobody answered     595     429 502 503 504   lock          other
//              not sent    lost            596 597 599       contention
//   read       again       again   again   again             again         no
//   write      again       no      again   no                again         no
//
// "Lost" and 596 may have taken effect; the use case that knows what to read decides about them.

#include <chrono>
#include <cstdint>
#include <optional>

#include "libpaas/proxmox/call.hpp"

namespace paas::pve {

struct RetryLimits {
  int attempts = 6;                         // in all, of a call that fails for a moment
  std::chrono::milliseconds total{60'000};  // after which none is begun
  int contended_attempts = 20;              // of a call that others' locks keep out
  std::chrono::milliseconds contended_total{180'000};
  std::chrono::milliseconds first_delay{200};  // doubles each time
  std::chrono::milliseconds longest_delay{5'000};
};

enum class Repeat { no, passing, contended };

// `status` of the answer; 0: there was none.
Repeat repeat_of(proxmox::Method method, int status, const Error& error);

// How long to wait before the next attempt: between half and all of a delay that doubles, as
// `chance` (uniform) decides. None: enough is enough.
// REQUIRES: attempts > 0, how many were made; `elapsed` since the first began.
std::optional<std::chrono::milliseconds> retry_delay(Repeat why, int attempts,
                                                     std::chrono::milliseconds elapsed,
                                                     std::uint64_t chance,
                                                     const RetryLimits& limits);

}  // namespace paas::pve
