#pragma once
// Trail: why a decoder stopped and where. Shared by the two value codecs.

#include <algorithm>

#include "provider/tf/diagnostics.hpp"

namespace paas::tf {

// The first reason wins; while the decoder returns, each level adds its step, innermost first.
class Trail {
 public:
  // Always false, for `return trail.refuse(…)`.
  bool refuse(std::string why) {
    why_ = std::move(why);
    return false;
  }
  bool inside(PathStep step) {
    steps_.push_back(std::move(step));
    return false;
  }
  // `network["net0"].mtu: a number is required`, with `invalid`.
  tl::unexpected<Error> error() const;

 private:
  std::string why_;
  std::vector<PathStep> steps_;
};

}  // namespace paas::tf
