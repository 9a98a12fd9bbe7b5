#include "libpaas/adapters/pve/retry.hpp"

#include <algorithm>

namespace paas::pve {

using std::chrono::milliseconds;

Repeat repeat_of(proxmox::Method method, int status, const Error& error) {
  const bool read = method == proxmox::Method::get;
  switch (status) {
    case 0:
      if (error.code == Errc::unavailable) return Repeat::passing;
      return read && error.code == Errc::unknown_outcome ? Repeat::passing : Repeat::no;
    case 595:  // the node that was asked could not connect to the one that should act
      return Repeat::passing;
    case 429:
    case 502:
    case 503:
    case 504:
    case 596:
    case 597:
    case 599:
      return read ? Repeat::passing : Repeat::no;
    default:
      return proxmox::is_lock_contention(error) ? Repeat::contended : Repeat::no;
  }
}

std::optional<milliseconds> retry_delay(Repeat why, int attempts, milliseconds elapsed,
                                        std::uint64_t chance, const RetryLimits& limits) {
  if (why == Repeat::no) return std::nullopt;
  const bool contended = why == Repeat::contended;
  if (attempts >= (contended ? limits.contended_attempts : limits.attempts)) return std::nullopt;

  milliseconds longest = limits.first_delay;
  for (int i = 1; i < attempts && longest < limits.longest_delay; ++i) longest *= 2;
  longest = std::min(longest, limits.longest_delay);
  const auto half = static_cast<std::uint64_t>(longest.count()) / 2;
  const milliseconds delay{static_cast<std::int64_t>(half + chance % (half + 1))};
  if (elapsed + delay > (contended ? limits.contended_total : limits.total)) return std::nullopt;
  return delay;
}

}  // namespace paas::pve
