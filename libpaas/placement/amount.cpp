#include "libpaas/placement/amount.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"

namespace paas::placement {
namespace {

bool is_size(std::string_view resource) {
  return resource == "memory" || resource.starts_with("disk/");
}

// "1.5" of 1500; exact, unlike a double.
std::string milli_text(Amount milli) {
  std::string out = std::to_string(milli / 1000);
  std::string rest = std::to_string(milli % 1000 + 1000).substr(1);
  while (!rest.empty() && rest.back() == '0') rest.pop_back();
  return rest.empty() ? out : out + "." + rest;
}

tl::unexpected<Error> too_much() {
  return fail(Errc::invalid, "is more than any machine has");
}

}  // namespace

Result<Amount> parse_milli(std::string_view text) {
  const auto wrong = [] {
    return fail(Errc::invalid, "must be a number like 2 or 0.5, with at most three decimals");
  };
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string decimals(point == std::string_view::npos ? "" : text.substr(point + 1));
  if (point != std::string_view::npos && decimals.empty()) return wrong();
  while (decimals.size() > 3 && decimals.back() == '0') decimals.pop_back();
  if (decimals.size() > 3 || whole.starts_with('-') || decimals.starts_with('-')) return wrong();
  decimals.resize(3, '0');
  const auto units = parse_integer<Amount>(whole), rest = parse_integer<Amount>(decimals);
  if (!units || !rest) return wrong();
  if (*units > most_amount / 1000 - 1) return too_much();
  return *units * 1000 + *rest;
}

Result<Amount> parse_amount(std::string_view resource, std::string_view text) {
  if (is_size(resource)) {
    const auto mib = TRY(parse_size_mib(text, Plain::mib));
    if (mib > static_cast<std::uint64_t>(most_amount)) return too_much();
    return static_cast<Amount>(mib);
  }
  const bool milli = resource == "cpu" && text.ends_with('m');
  if (resource == "cpu" && !milli) {
    auto cores = parse_milli(text);
    if (cores || text.empty()) return cores;
    return fail(Errc::invalid, "must be a number of cores like 2, 0.5 or \"500m\"");
  }
  const auto pieces = parse_integer<Amount>(milli ? text.substr(0, text.size() - 1) : text);
  if (!pieces || *pieces < 0) {
    return fail(Errc::invalid, milli ? "must be a number of cores like 2, 0.5 or \"500m\""
                                     : "must be a whole number, at least 0; units are for cpu, "
                                       "memory and disk/NAME");
  }
  if (*pieces > most_amount) return too_much();
  return *pieces;
}

Json milli_json(Amount milli) {
  return Json::Number{milli_text(milli)};
}

Json amount_json(std::string_view resource, Amount amount) {
  if (resource == "cpu") return milli_json(amount);
  if (is_size(resource)) return size_text(static_cast<std::uint64_t>(amount), Plain::gib);
  return amount;
}

std::string amount_text(std::string_view resource, Amount amount) {
  if (resource == "cpu") return milli_text(amount) + (amount == 1000 ? " core" : " cores");
  if (!is_size(resource)) return std::to_string(amount);
  const std::string text = size_text(static_cast<std::uint64_t>(amount), Plain::gib);
  return text.substr(0, text.size() - 1) + " " + text.back() + "iB";
}

}  // namespace paas::placement
