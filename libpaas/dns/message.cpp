#include "libpaas/dns/message.hpp"

#include <algorithm>

#include "libpaas/dns/name.hpp"

namespace paas::dns {
namespace {

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(Errc::invalid, "message: " + std::string(why));
}

// What the data of a type begins with: so many bytes, then so many names that may be compressed.
struct Shape {
  std::size_t bytes_before = 0;
  int names = 0;
};

Shape shape_of(std::uint16_t record_type) {
  switch (record_type) {
    case 2:  // NS
    case 3:  // MD
    case 4:  // MF
    case 5:  // CNAME
    case 7:  // MB
    case 8:  // MG
    case 9:  // MR
    case type::ptr:
    case 39:  // DNAME
      return {0, 1};
    case type::soa:
    case 14:  // MINFO
    case 17:  // RP
      return {0, 2};
    case 15:  // MX
    case 18:  // AFSDB
    case 21:  // RT
    case 36:  // KX
      return {2, 1};
    case type::srv:
      return {6, 1};
    case 26:  // PX
      return {2, 2};
    default:
      return {};
  }
}

class Reader {
 public:
  explicit Reader(View bytes) : bytes_(bytes) {}

  bool holds(std::size_t count) const { return bytes_.size() - at_ >= count; }
  bool at_end() const { return at_ == bytes_.size(); }
  std::uint16_t take16() {
    at_ += 2;
    return load16(&bytes_[at_ - 2]);
  }
  std::uint32_t take32() {
    at_ += 4;
    return load32(&bytes_[at_ - 4]);
  }
  Result<std::string> name() { return read_name(bytes_, at_); }

  Result<Question> question() {
    Question out;
    out.name = TRY(name());
    if (!holds(4)) return malformed("a question is cut off");
    out.type = take16();
    out.klass = take16();
    return out;
  }

  Result<Record> record() {
    Record out;
    out.name = TRY(name());
    if (!holds(10)) return malformed("a record is cut off");
    out.type = take16();
    out.klass = take16();
    out.ttl = take32();
    const std::size_t length = take16();
    if (!holds(length)) return malformed("a record is cut off");
    out.data = TRY(data(shape_of(out.type), at_ + length));
    return out;
  }

 private:
  Result<Bytes> data(const Shape& shape, std::size_t end) {
    Bytes out;
    const auto append = [&](std::size_t upto) {
      out.insert(out.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(at_),
                 bytes_.begin() + static_cast<std::ptrdiff_t>(upto));
      at_ = upto;
    };
    if (shape.names > 0) {
      if (end - at_ < shape.bytes_before) return malformed("a record is too short for its type");
      append(at_ + shape.bytes_before);
      for (int i = 0; i < shape.names; ++i) {
        const std::string found = TRY(name());
        out.insert(out.end(), found.begin(), found.end());
      }
      if (at_ > end) return malformed("a name is longer than its record");
    }
    append(end);
    if (out.size() > most_message_bytes) return malformed("a record is too long");
    return out;
  }

  View bytes_;
  std::size_t at_ = 0;
};

Result<std::vector<Record>> read_records(Reader& reader, int count) {
  std::vector<Record> out;
  for (; count > 0; --count) out.push_back(TRY(reader.record()));
  return out;
}

void put_name(Bytes& to, const std::string& name) {
  to.insert(to.end(), name.begin(), name.end());
}

void put_records(Bytes& to, const std::vector<Record>& records) {
  for (const Record& record : records) {
    put_name(to, record.name);
    append16(to, record.type);
    append16(to, record.klass);
    append32(to, record.ttl);
    append16(to, static_cast<std::uint16_t>(record.data.size()));
    to.insert(to.end(), record.data.begin(), record.data.end());
  }
}

}  // namespace

Result<Message> decode(View bytes) {
  Reader reader(bytes);
  if (!reader.holds(header_bytes)) return malformed("shorter than a header");
  Message out;
  out.id = reader.take16();
  out.flags = reader.take16();
  int questions = reader.take16();
  const int answers = reader.take16();
  const int authorities = reader.take16();
  const int additionals = reader.take16();
  for (; questions > 0; --questions) out.questions.push_back(TRY(reader.question()));
  out.answers = TRY(read_records(reader, answers));
  out.authorities = TRY(read_records(reader, authorities));
  out.additionals = TRY(read_records(reader, additionals));
  if (!reader.at_end()) return malformed("bytes behind the last record");
  return out;
}

Result<Bytes> encode(const Message& message) {
  Bytes out;
  append16(out, message.id);
  append16(out, message.flags);
  for (const std::size_t count : {message.questions.size(), message.answers.size(),
                                  message.authorities.size(), message.additionals.size()}) {
    if (count > 0xFFFF) return malformed("too many records");
    append16(out, static_cast<std::uint16_t>(count));
  }
  for (const Question& question : message.questions) {
    put_name(out, question.name);
    append16(out, question.type);
    append16(out, question.klass);
  }
  for (const auto* records : {&message.answers, &message.authorities, &message.additionals}) {
    for (const Record& record : *records) {
      if (record.data.size() > 0xFFFF) return malformed("a record is too long");
    }
    put_records(out, *records);
    if (out.size() > most_message_bytes) break;
  }
  if (out.size() > most_message_bytes) return malformed("longer than 65535 bytes");
  return out;
}

}  // namespace paas::dns
