#pragma once
// Random: chance as an input.

#include <cstdint>

#pragma GCC visibility push(default)
namespace paas {

class Random {
 public:
  virtual ~Random() = default;
  // Uniform over all 64-bit values; from the operating system, fit for keys. Thread-safe.
  virtual std::uint64_t next() = 0;
};

}  // namespace paas
#pragma GCC visibility pop
