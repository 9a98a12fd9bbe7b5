#include "libpaas/dns/name.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"

namespace paas::dns {
namespace {

constexpr std::array<std::uint8_t, 256> folding() {
  std::array<std::uint8_t, 256> out{};
  for (std::size_t i = 0; i < 256; ++i) {
    out[i] = static_cast<std::uint8_t>(i >= 'A' && i <= 'Z' ? i + 32 : i);
  }
  return out;
}

tl::unexpected<Error> no_name(std::string_view why) {
  return fail(Errc::invalid, "name: " + std::string(why));
}

// The number that a label of a reverse name is; none if it is none, or written otherwise.
std::optional<std::uint8_t> reverse_number(View label, int step) {
  const std::string_view text(reinterpret_cast<const char*>(label.data()), label.size());
  if (step == 4) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(text);
    if (text.size() != 1 || digit == text.npos) return {};
    return static_cast<std::uint8_t>(digit);
  }
  if (text.size() > 1 && text[0] == '0') return {};
  return parse_integer<std::uint8_t>(text);
}

bool ends_with(View name, std::string_view tail) {
  return name.size() >= tail.size() &&
         std::equal(tail.begin(), tail.end(), name.end() - static_cast<std::ptrdiff_t>(tail.size()),
                    [](char left, std::uint8_t right) {
                      return static_cast<std::uint8_t>(left) == right;
                    });
}

constexpr std::string_view v4_root("\7in-addr\4arpa\0", 14);
constexpr std::string_view v6_root("\3ip6\4arpa\0", 10);

}  // namespace

constinit const std::array<std::uint8_t, 256> fold_table = folding();

bool is_label(std::string_view text) {
  if (text.empty() || text.size() > most_label_bytes) return false;
  if (text.front() == '-' || text.back() == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<std::string> name_from_text(std::string_view text) {
  std::string out;
  for (const std::string_view part : split(text, '.')) {
    const std::string label = lower(part);
    const bool service = label.starts_with('_');
    if (label.size() > most_label_bytes || !is_label(service ? label.substr(1) : label)) {
      return fail(Errc::invalid, excerpt(text, 80) + " is not a name");
    }
    out += static_cast<char>(label.size());
    out += label;
  }
  out += '\0';
  if (out.size() > most_name_bytes) {
    return fail(Errc::invalid, excerpt(text, 80) + " is longer than a name may be");
  }
  return out;
}

std::string name_to_text(std::string_view wire_name) {
  std::string out;
  std::size_t at = 0;
  while (at < wire_name.size() && wire_name[at] != 0) {
    const auto length = static_cast<std::uint8_t>(wire_name[at]);
    if (!out.empty()) out += '.';
    for (const char c : wire_name.substr(at + 1, length)) {
      const auto byte = static_cast<std::uint8_t>(c);
      if (byte > ' ' && byte < 0x7F && c != '.' && c != '\\') {
        out += c;
      } else {
        const std::string digits = std::to_string(byte);
        out += '\\' + std::string(3 - digits.size(), '0') + digits;
      }
    }
    at += 1u + length;
  }
  return out.empty() ? "." : out;
}

std::size_t plain_name_bytes(View message, std::size_t at) {
  const std::size_t begin = at;
  while (at < message.size()) {
    const std::uint8_t length = message[at];
    if (length > most_label_bytes) return 0;
    at += 1u + length;
    if (at - begin > most_name_bytes) return 0;
    if (length == 0) return at - begin;
  }
  return 0;
}

Result<std::string> read_name(View message, std::size_t& at) {
  std::string out;
  std::size_t here = at;
  std::size_t lowest = at;  // a pointer leads to before where its piece of the name began
  bool jumped = false;
  while (true) {
    if (here >= message.size()) return no_name("ends behind the message");
    const std::uint8_t length = message[here];
    if ((length & 0xC0u) == 0xC0u) {
      if (here + 1 >= message.size()) return no_name("ends behind the message");
      const std::size_t target = load16(&message[here]) & 0x3FFFu;
      if (!jumped) at = here + 2;
      jumped = true;
      if (target >= lowest) return no_name("a pointer that does not lead backwards");
      here = lowest = target;
      continue;
    }
    if (length > most_label_bytes) return no_name("a label of an unknown kind");
    if (here + 1 + length > message.size()) return no_name("ends behind the message");
    out.append(reinterpret_cast<const char*>(&message[here]), 1u + length);
    if (out.size() > most_name_bytes) return no_name("longer than 255 bytes");
    here += 1u + length;
    if (length == 0) break;
  }
  if (!jumped) at = here;
  return out;
}

bool same_name(View left, View right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](std::uint8_t a, std::uint8_t b) { return fold(a) == fold(b); });
}

std::string reverse_name(const Ip& ip) {
  std::string out;
  if (ip.is_v4()) {
    for (std::size_t i = 16; i-- > 12;) out += std::to_string(ip.bytes[i]) + ".";
    return out + "in-addr.arpa";
  }
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 16; i-- > 0;) {
    out += {digits[ip.bytes[i] & 15u], '.', digits[ip.bytes[i] >> 4], '.'};
  }
  return out + "ip6.arpa";
}

std::optional<ReverseBlock> reverse_block(View folded) {
  const bool v4 = ends_with(folded, v4_root);
  if (!v4 && !ends_with(folded, v6_root)) return {};
  std::array<View, 128> labels;
  std::size_t count = 0;
  const std::size_t end = folded.size() - (v4 ? v4_root : v6_root).size();
  for (std::size_t at = 0; at < end; at += 1u + folded[at]) {
    labels[count++] = folded.subspan(at + 1, folded[at]);
  }
  ReverseBlock out;
  out.step = v4 ? 8 : 4;
  out.block.address = v4 ? Ip::v4({}) : Ip{};
  out.block.prefix = v4 ? 96 : 0;
  while (count > 0 && out.block.prefix < 128) {
    const auto number = reverse_number(labels[count - 1], out.step);
    if (!number) break;
    auto& byte = out.block.address.bytes[static_cast<std::size_t>(out.block.prefix / 8)];
    const bool upper_half = out.step == 4 && out.block.prefix % 8 == 0;
    byte = static_cast<std::uint8_t>(byte | (upper_half ? *number << 4 : *number));
    out.block.prefix += out.step;
    --count;
  }
  if (out.block.prefix == (v4 ? 96 : 0)) return {};
  out.labels_before = static_cast<int>(count);
  return out;
}

}  // namespace paas::dns
