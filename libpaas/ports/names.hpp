#pragma once
// Names: where the one who knows what is ready says so.

#include "libpaas/base/result.hpp"
#include "libpaas/dns/feed.hpp"

namespace paas {

class Names {
 public:
  virtual ~Names() = default;
  // Makes the whole of what the names service knows. When this returns the feed is durable; it is
  // served a moment later. Errors: `denied`, `internal`, naming the place; what was there before
  // stays.
  virtual Result<void> publish(const dns::Feed& feed) = 0;
};

}  // namespace paas
