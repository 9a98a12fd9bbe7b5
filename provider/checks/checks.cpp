#include "provider/checks/checks.hpp"

#include <algorithm>

#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"

namespace paas::checks {
namespace {

using Verdict = Result<void>;

Verdict must_be(const std::string& what) {
  return fail(Errc::invalid, "must be " + what);
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// A check of texts by a predicate; `said` completes "must be …".
template <class Predicate>
tf::Check text_check(Predicate holds, std::string said) {
  return [holds = std::move(holds), said = std::move(said)](const tf::Value& value) -> Verdict {
    const std::string* text = value.as<std::string>();
    return text && holds(std::string_view(*text)) ? Verdict() : must_be(said);
  };
}

// A comparison of texts.
template <class Same>
tf::Same text_same(Same same) {
  return [same = std::move(same)](const tf::Value& prior, const tf::Value& config) {
    const std::string* a = prior.as<std::string>();
    const std::string* b = config.as<std::string>();
    return a && b && same(std::string_view(*a), std::string_view(*b));
  };
}

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_host_name(std::string_view text) {
  const auto labels = split(text, '.');
  return text.size() <= 253 && std::all_of(labels.begin(), labels.end(), is_label);
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 128 && text.front() != '-' && text.front() != '.' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_volume_id(std::string_view text) {
  const std::size_t colon = text.find(':');
  return text.size() <= 1024 && colon != std::string_view::npos && is_name(text.substr(0, colon)) &&
         colon + 1 < text.size() && std::none_of(text.begin(), text.end(), [](char c) {
           return is_control(c) || c == ' ' || c == ',';
         });
}

bool is_absolute_path(std::string_view text) {
  if (text.empty() || text.front() != '/' || text.size() > 1024) return false;
  if (std::any_of(text.begin(), text.end(), [](char c) { return is_control(c) || c == ','; }))
    return false;
  const auto parts = split(text, '/');
  return std::none_of(parts.begin(), parts.end(),
                      [](std::string_view part) { return part == "." || part == ".."; });
}

bool is_tag(std::string_view text) {
  const auto first = [](char c) { return is_alphanumeric(c) || c == '_'; };
  return !text.empty() && text.size() <= 124 && first(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return first(c) || c == '-' || c == '+' || c == '.'; });
}

std::string_view without_line_ends(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

tf::Check cidr_or(std::vector<std::string> words, bool (*is_cidr)(std::string_view),
                  const std::string& example) {
  std::string said = "an address with its prefix length like \"" + example + "\"";
  for (std::size_t i = 0; i < words.size(); ++i)
    said += (i + 1 == words.size() ? " or \"" : ", \"") + words[i] + '"';
  return text_check(
      [words = std::move(words), is_cidr](std::string_view text) {
        return std::find(words.begin(), words.end(), text) != words.end() || is_cidr(text);
      },
      std::move(said));
}

tf::Check size_check(Plain plain, std::uint64_t least_mib) {
  return [plain, least_mib](const tf::Value& value) -> Verdict {
    const std::string* text = value.as<std::string>();
    const auto mib = parse_size_mib(text ? *text : std::string(), plain);
    if (!mib)
      return tl::unexpected<Error>(
          Error(mib.error())
              .advising(plain == Plain::mib ? "Write \"2G\" or \"512M\"; a plain number is MiB."
                                            : "Write \"8G\" or \"512M\"; a plain number is GiB."));
    return *mib >= least_mib ? Verdict()
                             : must_be("at least " + size_text(least_mib, Plain::gib) + "iB");
  };
}

}  // namespace

tf::Check number(double least, double most) {
  return [least, most](const tf::Value& value) -> Verdict {
    const tf::Number* number = value.as<tf::Number>();
    const double amount = number ? number->to_double() : least - 1;
    return amount >= least && amount <= most
               ? Verdict()
               : must_be("a number from " + tf::Number::from_double(least).text() + " to " +
                         tf::Number::from_double(most).text());
  };
}

tf::Check one_line() {
  return text_check(
      [](std::string_view text) {
        return !text.empty() && std::none_of(text.begin(), text.end(), is_control);
      },
      "one line of text without control characters");
}

tf::Check host_name() {
  return text_check(
      is_host_name,
      "a host name: labels of letters, digits and '-' with dots between them, at most "
      "253 characters");
}

tf::Check name() {
  return text_check(is_name, "a name of letters, digits, '-', '_' and '.'");
}

tf::Check volume_id() {
  return text_check(is_volume_id, "a volume id like \"local:vztmpl/debian-12.tar.zst\"");
}

tf::Check absolute_path() {
  return text_check(
      is_absolute_path,
      "an absolute path without \".\" and \"..\" parts, commas and control characters");
}

tf::Check slot(std::string prefix, int last) {
  std::string said = '"' + prefix + "0\" to \"" + prefix + std::to_string(last) + '"';
  return text_check(
      [prefix = std::move(prefix), last](std::string_view key) {
        if (!key.starts_with(prefix)) return false;
        const std::string_view digits = key.substr(prefix.size());
        const auto number = parse_integer<int>(digits);
        return number && *number >= 0 && *number <= last && std::to_string(*number) == digits;
      },
      std::move(said));
}

tf::Check tag() {
  return text_check(
      is_tag,
      "a tag of letters, digits, '_', '-', '+' and '.', starting with a letter, a digit "
      "or '_'");
}

tf::Check unicast_mac() {
  return text_check(
      [](std::string_view text) {
        const auto mac = parse_mac(text);
        return mac && !mac->is_multicast();
      },
      "a MAC address of one device like \"BC:24:11:00:00:01\"");
}

tf::Check ipv4_address() {
  return text_check([](std::string_view text) { return parse_ipv4(text).has_value(); },
                    "an IPv4 address");
}

tf::Check ipv6_address() {
  return text_check([](std::string_view text) { return parse_ipv6(text).has_value(); },
                    "an IPv6 address");
}

tf::Check ip_address() {
  return text_check(
      [](std::string_view text) {
        return parse_ipv4(text).has_value() || parse_ipv6(text).has_value();
      },
      "an IPv4 or IPv6 address");
}

tf::Check ipv4_cidr_or(std::vector<std::string> words) {
  return cidr_or(
      std::move(words), [](std::string_view text) { return parse_cidr4(text).has_value(); },
      "10.0.0.5/24");
}

tf::Check ipv6_cidr_or(std::vector<std::string> words) {
  return cidr_or(
      std::move(words), [](std::string_view text) { return parse_cidr6(text).has_value(); },
      "2001:db8::5/64");
}

tf::Check duration() {
  return text_check(
      [](std::string_view text) {
        const auto length = parse_duration(text);
        return length && length->count() > 0;
      },
      "a duration like \"90s\", \"10m\" or \"1h30m\"");
}

tf::Check memory_size(std::uint64_t least_mib) {
  return size_check(Plain::mib, least_mib);
}
tf::Check disk_size() {
  return size_check(Plain::gib, 1);
}

tf::Same same_memory() {
  return text_same(
      [](std::string_view a, std::string_view b) { return same_size(a, b, Plain::mib); });
}

tf::Same same_disk() {
  return text_same(
      [](std::string_view a, std::string_view b) { return same_size(a, b, Plain::gib); });
}

tf::Same same_letters() {
  return text_same([](std::string_view a, std::string_view b) { return lower(a) == lower(b); });
}

tf::Same same_lines() {
  return text_same([](std::string_view a, std::string_view b) {
    return without_line_ends(a) == without_line_ends(b);
  });
}

tf::Same same_ipv6() {
  return text_same([](std::string_view a, std::string_view b) {
    const auto one = parse_cidr6(a), other = parse_cidr6(b);
    if (one && other) return *one == *other;
    const auto address = parse_ipv6(a), other_address = parse_ipv6(b);
    return address && other_address && *address == *other_address;
  });
}

}  // namespace paas::checks
