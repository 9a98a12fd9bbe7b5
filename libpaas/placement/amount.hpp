#pragma once
// Amounts as people write and read them. What a resource counts in is told by its name: "cpu" in
// thousandths of a core, "memory" and "disk/…" in MiB, all else in pieces.

#include <string>
#include <string_view>

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"
#include "libpaas/placement/model.hpp"

#pragma GCC visibility push(default)
namespace paas::placement {

// cpu: "2", "0.5", "500m" (thousandths); memory and disks: "2G", "512M", "512" (MiB), units of
// powers of 1024; all else: a whole number. Errors: `invalid`, also above most_amount.
Result<Amount> parse_amount(std::string_view resource, std::string_view text);

// A decimal number in thousandths: "1.5" is 1500. Errors: `invalid`: negative, finer, or huge.
Result<Amount> parse_milli(std::string_view text);

// What parse_amount() reads, exactly: 0.5, "2G", 3.
Json amount_json(std::string_view resource, Amount amount);
// 1500 as 1.5
Json milli_json(Amount milli);

// For people: "0.5 cores", "2 GiB", "3".
std::string amount_text(std::string_view resource, Amount amount);

}  // namespace paas::placement
#pragma GCC visibility pop
