#pragma once
// A log for people: one line an event, on a stream.
//
//   12:27:34 info  allocating image  task=vzcreate id=104

#include <memory>
#include <optional>
#include <ostream>
#include <string_view>

#include "libpaas/base/log.hpp"

namespace paas::agent {

// "trace", "debug", "info", "warn", "error", "off"
std::optional<LogLevel> parse_level(std::string_view text);

// Lines below `level` are dropped. The stream outlives what is returned. Times are UTC.
std::unique_ptr<Log> make_text_log(std::ostream& out, LogLevel level);

}  // namespace paas::agent
