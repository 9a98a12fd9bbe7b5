#include "libpaas/base/log.hpp"

namespace paas {
namespace {

class SilentLog final : public Log {
 public:
  bool enabled(LogLevel) const override { return false; }
  void write(LogLevel, std::string_view, const Fields&) override {}
};

}  // namespace

Log& silent_log() {
  static SilentLog log;
  return log;
}

}  // namespace paas
