#pragma once
// Timeouts: the nested attribute `timeouts` that a resource with long operations has.
//
//   {"timeouts", nested(&Lxc::timeouts, timeouts_object()), Trait::optional, timeouts_doc},

#include <chrono>

#include "provider/tf/object.hpp"

namespace paas::tf {

// As the user wrote them: "10m", "1h30m".
struct Timeouts {
  Attr<std::string> create;
  Attr<std::string> read;
  Attr<std::string> update;
  Attr<std::string> remove;  // `delete`
  bool operator==(const Timeouts&) const = default;
};

inline constexpr const char* timeouts_doc = "How long an operation may take before it is given up.";

// Each is a duration longer than nothing and of at most a week.
const Object<Timeouts>& timeouts_object();

// How long each operation may take.
struct TimeLimits {
  std::chrono::milliseconds create{};
  std::chrono::milliseconds read{};
  std::chrono::milliseconds update{};
  std::chrono::milliseconds remove{};
  bool operator==(const TimeLimits&) const = default;
};

// What the user gave, and for the rest `usual`. What is no duration (validation refuses it) counts
// as not given.
TimeLimits time_limits(const Attr<Timeouts>& given, const TimeLimits& usual);

}  // namespace paas::tf
