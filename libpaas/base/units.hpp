#pragma once
// Amounts as people write them: sizes ("2G", "512M") and durations ("90s", "1h30m").

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas {

// What a number without a unit counts.
enum class Plain { mib, gib };

// A size in MiB: a decimal number and, if any, a unit of powers of 1024: K, M, G or T, in either
// case, with "iB", "B" or nothing behind it. Errors: `invalid`; also for what is no whole number of
// MiB or is more than 2^50 MiB.
Result<std::uint64_t> parse_size_mib(std::string_view text, Plain plain);

// Whether both are sizes, and the same one.
bool same_size(std::string_view a, std::string_view b, Plain plain);

// In the largest unit that needs no fraction: 2048 is "2G"; MiB are "512" where that is what a
// plain number counts, else "512M".
std::string size_text(std::uint64_t mib, Plain plain);

// "90s", "10m", "1h30m", "1500ms": numbers with units, largest first or not. Errors: `invalid`;
// also for nothing, and for more than 366 days.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace paas
#pragma GCC visibility pop
