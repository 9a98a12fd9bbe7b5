#pragma once
// A cluster placed by the product's engine, as it is.

#include <memory>

#include "libpaas/placement/place.hpp"
#include "tests/bench/placement/course.hpp"

namespace paas::bench {

// The same as a question to place(). Workload i is arrival i, by the name app_of(i).
placement::Problem problem_of(const World& world);
std::string app_of(std::size_t arrival);

class OurPlacer : public Placer {
 public:
  // Keeps a reference. What the world does not expect beforehand is learned as it arrives: the mix
  // is told to the engine anew whenever a quarter more apps have come, and at least eight.
  explicit OurPlacer(const World& world);
  ~OurPlacer() override;

  void begin(std::size_t arrival) override;
  std::optional<std::size_t> place() override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace paas::bench
