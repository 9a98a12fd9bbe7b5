#pragma once
// Which container has which address: a ledger that outlives containers, so that one that comes back
// gets its address again, and that gives none away while somebody may still use it.

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "libpaas/base/result.hpp"
#include "libpaas/model/engine.hpp"

#pragma GCC visibility push(default)
namespace paas::rollout {

class Addresses {
 public:
  Addresses() = default;  // none to give
  // Hosts of "10.200.7.0/24" from .2 on; the gateway has .1. `quarantine`: how long an address that
  // was given back rests, for names are cached and connections linger.
  // REQUIRES: first <= last, at most `most` of them, as numbers in host order.
  Addresses(std::uint32_t first, std::uint32_t last, model::Seconds quarantine)
      : first_(first), last_(last), next_(first), quarantine_(quarantine) {}

  // The address that `key` has, or the next free one behind the one that was given last. None if
  // all are taken or rest.
  std::optional<std::string> take(const std::string& key, model::Moment now);
  // It rests from now on. A key that has none is no mistake.
  void give_back(const std::string& key, model::Moment now);

  std::size_t taken() const { return by_key_.size(); }
  // When one that rests may be given again, if there is none to give before; the epoch: never, or
  // there is one now.
  model::Moment next_return(model::Moment now) const;

  // All of it, as whoever writes it down needs it; addresses as numbers in host order.
  struct Entries {
    std::uint32_t first = 1, last = 0;  // none where the first is behind the last
    std::uint32_t next = 1;             // looked at first, when one is wanted
    model::Seconds quarantine{0};
    std::map<std::string, std::uint32_t> taken{};      // by key
    std::map<std::uint32_t, model::Moment> resting{};  // until when
    bool operator==(const Entries&) const = default;
  };
  Entries entries() const;
  static constexpr std::uint32_t most = 65536;
  // Errors: `invalid`: more than `most` addresses, one outside of them, one that two keys have or
  // that is taken and rests, a key that is empty, a time to rest that is negative or above a day.
  static Result<Addresses> from(Entries entries);
  bool operator==(const Addresses&) const = default;

 private:
  std::uint32_t first_ = 1, last_ = 0, next_ = 1;
  model::Seconds quarantine_{0};
  std::map<std::string, std::uint32_t> by_key_;
  std::map<std::uint32_t, model::Moment> resting_;  // until when
  std::map<std::uint32_t, std::string> by_address_;
};

}  // namespace paas::rollout
#pragma GCC visibility pop
