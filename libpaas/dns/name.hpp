#pragma once
// Domain names in wire form: labels with their lengths before them, the root at the end (RFC 1035,
// section 3.1), at most 255 bytes. A std::string that holds one is called a wire name.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"
#include "libpaas/dns/address.hpp"
#include "libpaas/dns/wire.hpp"

namespace paas::dns {

// ASCII letters in lower case, any other byte as it is: how names compare (RFC 4343). The lengths
// of labels are below 64, so that a whole wire name can be folded byte by byte.
extern const std::array<std::uint8_t, 256> fold_table;
inline std::uint8_t fold(std::uint8_t byte) {
  return fold_table[byte];
}

// Whether a text can be a label of ours: 1 to 63 of a-z, 0-9, '-', no '-' at either end.
bool is_label(std::string_view text);

// "web.shop.internal" as a wire name in lower case; labels may begin with '_'. Errors: `invalid`.
Result<std::string> name_from_text(std::string_view text);
// Without a dot at the end; the root is ".". Bytes that are not printable stand as \DDD.
std::string name_to_text(std::string_view wire_name);

// How many bytes the name at `at` takes, if it ends within the message, has no pointer and at most
// 255 bytes; else 0. This is how a question is read: nothing stands before it to point to.
std::size_t plain_name_bytes(View message, std::size_t at);

// The name at `at`, which then stands behind it, as a wire name in the case it is written. Every
// pointer must lead backwards, so that no message makes a loop. Errors: `invalid`.
Result<std::string> read_name(View message, std::size_t& at);

// Equal but for the case of letters.
bool same_name(View left, View right);

// "5.1.200.10.in-addr.arpa" (RFC 1035, section 3.5) or the nibbles below ip6.arpa (RFC 3596).
std::string reverse_name(const Ip& ip);

// What a name below in-addr.arpa or ip6.arpa stands for.
struct ReverseBlock {
  Network block;          // all addresses below the name, as far as its labels are numbers
  int step = 8;           // bits a label: 8, or 4 for IPv6
  int labels_before = 0;  // labels before those that are numbers
  bool whole() const { return block.prefix == 128 && labels_before == 0; }
};
// None for names elsewhere, and for the two roots themselves. `folded`: a wire name in lower case.
std::optional<ReverseBlock> reverse_block(View folded);

}  // namespace paas::dns
