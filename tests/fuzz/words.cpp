// The small things that people and servers write: sizes, durations, addresses, tasks, numbers,
// codings, what is imported. Every reader is tried on the whole input.
#include "libpaas/base/base64.hpp"
#include "libpaas/base/net.hpp"
#include "libpaas/base/units.hpp"
#include "libpaas/direct/container.hpp"
#include "libpaas/proxmox/container.hpp"
#include "libpaas/proxmox/task.hpp"
#include "provider/tf/value.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

template <class Parse, class Print>
void hold(std::string_view text, const Parse& parse, const Print& print) {
  const auto value = parse(text);
  if (accepted(value)) claim_stable(*value, parse, print);
}

template <class T>
void hold_address(std::string_view text, Result<T> (*parse)(std::string_view)) {
  hold(text, parse, [](const T& address) { return to_text(address); });
}

void hold_amounts(std::string_view text) {
  for (const Plain plain : {Plain::mib, Plain::gib}) {
    hold(
        text, [&](std::string_view one) { return parse_size_mib(one, plain); },
        [&](std::uint64_t mib) { return size_text(mib, plain); });
    claim(same_size(text, text, plain) == parse_size_mib(text, plain).has_value(),
          "a size is the same as itself");
  }
  hold(text, parse_duration,
       [](std::chrono::milliseconds time) { return std::to_string(time.count()) + "ms"; });
  hold(text, tf::Number::parse, [](const tf::Number& number) { return number.text(); });
  const std::string plain = proxmox::plain_decimal(text);
  claim(proxmox::plain_decimal(plain) == plain, "a plain decimal is plain");
}

void hold_codings(std::string_view text) {
  claim(percent_decode(percent_encode(text)) == text, "percent coding loses nothing");
  claim(*base64_decode(base64_encode(text)) == text, "base64 loses nothing");
  claim(*base64_decode(base64_encode(text, Padding::without)) == text, "nor does it unpadded");
  if (const auto bytes = base64_decode(text); accepted(bytes)) {
    const bool padded = text.ends_with('=');
    claim(base64_encode(*bytes, padded ? Padding::with : Padding::without) == text ||
              base64_encode(*bytes) == text,
          "there is one base64 of any bytes");
  }
  claim(is_utf8(to_utf8(text)) && (!is_utf8(text) || to_utf8(text) == text),
        "what becomes UTF-8 is UTF-8");
  const std::string cut = shortened(text, 16);
  claim(cut.size() <= 16 && (!is_utf8(text) || is_utf8(cut)), "a text is cut between characters");
}

void hold_addresses(std::string_view text) {
  hold_address(text, parse_ipv4);
  hold_address(text, parse_ipv6);
  hold_address(text, parse_cidr4);
  hold_address(text, parse_cidr6);
  hold_address(text, parse_mac);
  if (const auto cidr = parse_cidr4(text)) claim(cidr->contains(cidr->address), "it is within");
  if (const auto cidr = parse_cidr6(text)) claim(cidr->contains(cidr->address), "it is within");
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace paas;
  const std::string_view text = fuzz::text_of(data, size);
  fuzz::hold_amounts(text);
  fuzz::hold_codings(text);
  fuzz::hold_addresses(text);
  fuzz::hold(text, proxmox::parse_upid, [](const proxmox::Upid& task) { return task.text; });
  fuzz::hold(text, direct::parse_container_name,
             [](const direct::ContainerName& name) { return to_text(name); });
  return 0;
}
