#include "provider/tf/timeouts.hpp"

#include "libpaas/base/units.hpp"

namespace paas::tf {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds longest_timeout = std::chrono::hours(7 * 24);

Result<void> check_timeout(const Value& value) {
  const std::string* text = value.as<std::string>();
  const auto duration = parse_duration(text ? *text : std::string());
  if (!duration || *duration <= milliseconds(0) || *duration > longest_timeout)
    return fail(Errc::invalid, "must be a duration like 30s, 10m or 1h30m, of at most a week");
  return {};
}

milliseconds limit(const Attr<std::string>& given, milliseconds usual) {
  if (!given.known()) return usual;
  return parse_duration(*given).value_or(usual);
}

}  // namespace

const Object<Timeouts>& timeouts_object() {
  static const Rules rules{.check = check_timeout};
  static const Object<Timeouts> object{
      timeouts_doc,
      /*version=*/0,
      {
          {"create", &Timeouts::create, Trait::optional, "For creating, as `10m` or `1h30m`.",
           rules},
          {"read", &Timeouts::read, Trait::optional, "For reading.", rules},
          {"update", &Timeouts::update, Trait::optional, "For changing in place.", rules},
          {"delete", &Timeouts::remove, Trait::optional, "For destroying.", rules},
      }};
  return object;
}

TimeLimits time_limits(const Attr<Timeouts>& given, const TimeLimits& usual) {
  if (!given.known()) return usual;
  return {limit(given->create, usual.create), limit(given->read, usual.read),
          limit(given->update, usual.update), limit(given->remove, usual.remove)};
}

}  // namespace paas::tf
