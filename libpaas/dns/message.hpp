#pragma once
// Whole messages as values: what is asked of other servers, and what they answer.

#include <string>
#include <vector>

#include "libpaas/base/result.hpp"
#include "libpaas/dns/wire.hpp"

namespace paas::dns {

struct Question {
  std::string name;  // a wire name, in the case it is written
  std::uint16_t type = type::a;
  std::uint16_t klass = class_in;
  bool operator==(const Question&) const = default;
};

struct Record {
  std::string name;  // a wire name
  std::uint16_t type = type::a;
  std::uint16_t klass = class_in;
  std::uint32_t ttl = 0;
  // As it stands in the message. The names in it that may be compressed (NS, CNAME, PTR, MX, SOA
  // and the like, RFC 3597, section 4, and SRV) are written out.
  Bytes data;
  bool operator==(const Record&) const = default;
};

struct Message {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::vector<Question> questions;
  std::vector<Record> answers;
  std::vector<Record> authorities;
  std::vector<Record> additionals;
  bool operator==(const Message&) const = default;
};

// Every name, count and length is checked; what stands behind the last record is an error.
// Errors: `invalid`.
Result<Message> decode(View bytes);

// Without compression. Errors: `invalid`, for what does not fit 64 KiB.
Result<Bytes> encode(const Message& message);

}  // namespace paas::dns
