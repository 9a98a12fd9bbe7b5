#include "libpaas/base/result.hpp"

namespace paas {

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::not_found:
      return "not_found";
    case Errc::conflict:
      return "conflict";
    case Errc::invalid:
      return "invalid";
    case Errc::denied:
      return "denied";
    case Errc::unavailable:
      return "unavailable";
    case Errc::unknown_outcome:
      return "unknown_outcome";
    case Errc::timeout:
      return "timeout";
    case Errc::cancelled:
      return "cancelled";
    case Errc::internal:
      return "internal";
  }
  return "internal";
}

std::string describe(const Error& error) {
  std::string text;
  for (auto it = error.context.rbegin(); it != error.context.rend(); ++it) text += *it + ": ";
  return text + error.message;
}

}  // namespace paas
