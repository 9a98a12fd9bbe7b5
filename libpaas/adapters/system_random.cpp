#include "libpaas/adapters/system_random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

namespace paas {
namespace {

class SystemRandom final : public Random {
 public:
  std::uint64_t next() override {
    std::uint64_t value = 0;
    while (getrandom(&value, sizeof(value), 0) != static_cast<ssize_t>(sizeof(value))) {
      if (errno != EINTR) std::abort();  // a kernel without it cannot be worked with safely
    }
    return value;
  }
};

}  // namespace

std::unique_ptr<Random> make_system_random() {
  return std::make_unique<SystemRandom>();
}

}  // namespace paas
