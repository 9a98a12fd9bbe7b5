#include "provider/tf/msgpack.hpp"

#include <bit>
#include <cassert>
#include <cmath>

#include "libpaas/base/text.hpp"
#include "provider/tf/decoding.hpp"

namespace paas::tf {
namespace {

constexpr std::size_t max_bytes = std::size_t{256} << 20;
constexpr std::size_t max_values = std::size_t{8} << 20;  // bounds what nils unpack to in memory
constexpr int max_depth = 64;
constexpr unsigned char refined_unknown = 12;
constexpr std::size_t max_refinements = 1024;

// ------------------------------------------------------------------ bytes in

// One value's first byte and the length or number that follows it.
struct Head {
  enum class Kind {
    nil,
    boolean,
    integer,
    natural,
    real,
    text,
    bytes,
    array,
    map,
    extension,
    none
  };
  Kind kind = Kind::none;
  std::uint64_t number = 0;  // length, count, or the bits of the number
  unsigned char extension = 0;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  std::size_t left() const { return rest_.size(); }
  int peek() const { return rest_.empty() ? -1 : static_cast<unsigned char>(rest_.front()); }

  std::optional<std::string_view> take(std::uint64_t count) {
    if (count > rest_.size()) return {};
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(count));
    rest_.remove_prefix(static_cast<std::size_t>(count));
    return taken;
  }

  // Kind::none when the input ends or the byte has no meaning.
  Head head() {
    using Kind = Head::Kind;
    if (rest_.empty()) return {};
    const auto code = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (code <= 0x7f) return {Kind::natural, code};
    if (code <= 0x8f) return {Kind::map, code & 0x0fU};
    if (code <= 0x9f) return {Kind::array, code & 0x0fU};
    if (code <= 0xbf) return {Kind::text, code & 0x1fU};
    if (code >= 0xe0) return {Kind::integer, static_cast<std::uint64_t>(std::int64_t{code} - 256)};
    switch (code) {
      case 0xc0:
        return {Kind::nil};
      case 0xc2:
      case 0xc3:
        return {Kind::boolean, code & 1U};
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return with_number(Kind::bytes, 1U << (code - 0xc4));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return with_extension(with_number(Kind::extension, 1U << (code - 0xc7)));
      case 0xca:
        return real32();
      case 0xcb:
        return with_number(Kind::real, 8);
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return with_number(Kind::natural, 1U << (code - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return signed_integer(1U << (code - 0xd0));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return with_extension({Kind::extension, std::uint64_t{1} << (code - 0xd4)});
      case 0xd9:
      case 0xda:
      case 0xdb:
        return with_number(Kind::text, 1U << (code - 0xd9));
      case 0xdc:
      case 0xdd:
        return with_number(Kind::array, 2U << (code - 0xdc));
      case 0xde:
      case 0xdf:
        return with_number(Kind::map, 2U << (code - 0xde));
      default:
        return {};
    }
  }

 private:
  Head with_number(Head::Kind kind, unsigned width) {
    const auto bytes = take(width);
    if (!bytes) return {};
    std::uint64_t number = 0;
    for (const char byte : *bytes) number = number << 8 | static_cast<unsigned char>(byte);
    return {kind, number};
  }
  Head with_extension(Head head) {
    const auto type = take(1);
    if (head.kind == Head::Kind::none || !type) return {};
    head.extension = static_cast<unsigned char>(type->front());
    return head;
  }
  Head signed_integer(unsigned width) {
    Head head = with_number(Head::Kind::integer, width);
    const unsigned shift = 64 - 8 * width;
    head.number =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(head.number << shift) >> shift);
    return head;
  }
  Head real32() {
    Head head = with_number(Head::Kind::real, 4);
    const double wide = std::bit_cast<float>(static_cast<std::uint32_t>(head.number));
    head.number = std::bit_cast<std::uint64_t>(wide);
    return head;
  }

  std::string_view rest_;
};

class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : in_(bytes) {}

  Result<Value> run(const Type& type) {
    Value value;
    if (!decode(type, value, 0)) return trail_.error();
    if (in_.left() != 0) return fail(Errc::invalid, "bytes follow the value");
    return value;
  }

 private:
  using Kind = Head::Kind;

  bool decode(const Type& type, Value& out, int depth) {
    if (depth > max_depth) return trail_.refuse("nested too deep");
    if (++values_ > max_values) return trail_.refuse("too many values");
    const Head head = in_.head();
    if (head.kind == Kind::extension) return unknown(type, head, out);
    if (head.kind == Kind::nil) return true;
    switch (type.kind()) {
      case Type::Kind::string:
        return text(head, out);
      case Type::Kind::number:
        return number(head, out);
      case Type::Kind::boolean:
        if (head.kind != Kind::boolean) return trail_.refuse("a bool is required");
        out = head.number != 0;
        return true;
      case Type::Kind::dynamic:
        return dynamic(head, out, depth);
      case Type::Kind::list:
      case Type::Kind::set:
      case Type::Kind::tuple:
        return list(type, head, out, depth);
      case Type::Kind::map:
        return map(type.element(), head, out, depth);
      case Type::Kind::object:
        return object(type, head, out, depth);
    }
    return trail_.refuse("unsupported type");
  }

  bool unknown(const Type& type, const Head& head, Value& out) {
    const auto payload = in_.take(head.number);
    if (!payload) return trail_.refuse("the input ends early");
    if (payload->size() > 1 && head.extension != refined_unknown)
      return trail_.refuse("an extension of unsupported type");
    if (payload->size() > max_refinements)
      return trail_.refuse("the refinements of an unknown value are longer than 1 KiB");
    const bool refined = payload->size() > 1 && type.kind() != Type::Kind::dynamic;
    out = refined ? Unknown{std::string(*payload)} : Unknown{};
    return true;
  }

  bool text(const Head& head, Value& out) {
    if (head.kind != Kind::text) return trail_.refuse("a string is required");
    const auto bytes = in_.take(head.number);
    if (!bytes) return trail_.refuse("the input ends early");
    if (!is_utf8(*bytes)) return trail_.refuse("a string is not UTF-8");
    out = std::string(*bytes);
    return true;
  }

  bool number(const Head& head, Value& out) {
    switch (head.kind) {
      case Kind::integer:
        out = Number(static_cast<std::int64_t>(head.number));
        return true;
      case Kind::natural:
        return parsed(std::to_string(head.number), out);
      case Kind::real: {
        const double value = std::bit_cast<double>(head.number);
        if (std::isnan(value)) return trail_.refuse("a number is required");
        out = Number::from_double_exact(value);
        return true;
      }
      case Kind::text: {
        const auto bytes = in_.take(head.number);
        return bytes ? parsed(*bytes, out) : trail_.refuse("the input ends early");
      }
      default:
        return trail_.refuse("a number is required");
    }
  }

  bool parsed(std::string_view decimal, Value& out) {
    auto number = Number::parse(decimal);
    if (!number) return trail_.refuse(number.error().message);
    out = *std::move(number);
    return true;
  }

  bool dynamic(const Head& head, Value& out, int depth) {
    if (head.kind != Kind::array || head.number != 2)
      return trail_.refuse("a value of dynamic type is a list of its type and itself");
    const Head described = in_.head();
    const bool is_bytes = described.kind == Kind::bytes || described.kind == Kind::text;
    const auto json = is_bytes ? in_.take(described.number) : std::nullopt;
    if (!json) return trail_.refuse("a value of dynamic type must begin with its type");
    auto type = parse_type(*json);
    if (!type) return trail_.refuse(describe(type.error()));
    Value value;
    if (!decode(*type, value, depth + 1)) return false;
    if (type->kind() == Type::Kind::dynamic) {
      out = std::move(value);
    } else {
      out = Dynamic{*std::move(type), {std::move(value)}};
    }
    return true;
  }

  bool list(const Type& type, const Head& head, Value& out, int depth) {
    const bool tuple = type.kind() == Type::Kind::tuple;
    if (head.kind != Kind::array)
      return trail_.refuse(tuple ? "a tuple is required" : "a list is required");
    if (tuple && head.number != type.parts().size())
      return trail_.refuse("a tuple of " + std::to_string(type.parts().size()) + " is required");
    if (head.number > in_.left()) return trail_.refuse("the input ends early");
    const auto count = static_cast<std::size_t>(head.number);
    List& elements = out.emplace<List>();
    elements.reserve(std::min(count, std::size_t{1024}));  // a claim is not trusted with memory
    for (std::size_t i = 0; i < count; ++i) {
      Value& element = elements.emplace_back();
      if (!decode(tuple ? type.parts()[i].second : type.element(), element, depth + 1))
        return trail_.inside(ListIndex{static_cast<std::int64_t>(i)});
    }
    return true;
  }

  bool key(std::string_view& name) {
    const Head head = in_.head();
    const auto bytes = head.kind == Kind::text ? in_.take(head.number) : std::nullopt;
    if (!bytes || !is_utf8(*bytes)) return trail_.refuse("keys must be strings");
    name = *bytes;
    return true;
  }

  bool map(const Type& element, const Head& head, Value& out, int depth) {
    if (head.kind != Kind::map) return trail_.refuse("a map is required");
    Map& members = out.emplace<Map>();
    for (std::uint64_t i = 0; i < head.number; ++i) {
      std::string_view name;
      if (!key(name)) return false;
      const auto [added, is_new] = members.try_emplace(std::string(name));
      if (!is_new) return trail_.refuse("a key is given twice");
      if (!decode(element, added->second, depth + 1))
        return trail_.inside(MapKey{std::string(name)});
    }
    return true;
  }

  bool object(const Type& type, const Head& head, Value& out, int depth) {
    const auto& parts = type.parts();
    if (head.kind != Kind::map) return trail_.refuse("an object is required");
    if (head.number != parts.size())
      return trail_.refuse("an object with " + std::to_string(parts.size()) +
                           " attributes is required, not " + std::to_string(head.number));
    Map& members = out.emplace<Map>();
    members.reserve(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
      std::string_view name;
      if (!key(name)) return false;
      auto part = parts.begin() + static_cast<std::ptrdiff_t>(i);  // Terraform sends them sorted
      if (part->first != name) {
        part = std::lower_bound(parts.begin(), parts.end(), name,
                                [](const auto& one, std::string_view n) { return one.first < n; });
        if (part == parts.end() || part->first != name)
          return trail_.refuse("an attribute that the type does not have");
      }
      const auto [added, is_new] = members.try_emplace(part->first);
      if (!is_new) return trail_.refuse("an attribute is given twice");
      if (!decode(part->second, added->second, depth + 1))
        return trail_.inside(AttributeName{part->first});
    }
    return true;
  }

  Reader in_;
  Trail trail_;
  std::size_t values_ = 0;
};

// ----------------------------------------------------------------- bytes out

class Encoder {
 public:
  std::string out;

  void encode(const Type& type, const Value& value) {
    if (type.kind() == Type::Kind::dynamic) return dynamic(value);
    if (value.is_null()) return byte(0xc0);
    if (const auto* unknown = value.as<Unknown>()) return extension(unknown->refinements);
    switch (type.kind()) {
      case Type::Kind::string:
        if (const auto* known = value.as<std::string>()) return text(*known);
        break;
      case Type::Kind::number:
        if (const auto* known = value.as<Number>()) return number(*known);
        break;
      case Type::Kind::boolean:
        if (const auto* known = value.as<bool>()) return byte(*known ? 0xc3 : 0xc2);
        break;
      case Type::Kind::list:
      case Type::Kind::set:
      case Type::Kind::tuple:
        if (const auto* known = value.as<List>()) return list(type, *known);
        break;
      case Type::Kind::map:
        if (const auto* known = value.as<Map>()) return map(type.element(), *known);
        break;
      case Type::Kind::object:
        if (value.as<Map>()) return object(type, value);
        break;
      case Type::Kind::dynamic:
        break;
    }
    assert(false && "a value that does not conform to its type");
    byte(0xc0);
  }

 private:
  void byte(unsigned code) { out += static_cast<char>(code); }

  void big_endian(std::uint64_t number, unsigned width) {
    for (unsigned i = width; i-- > 0;) byte(static_cast<unsigned>(number >> (8 * i)) & 0xffU);
  }

  // A length in its shortest form; codes for 8, 16 and 32 bits, 0 where there is none.
  void length(std::size_t count, unsigned code8, unsigned code16, unsigned code32) {
    const bool fits8 = code8 != 0 && count <= 0xff;
    const bool fits16 = count <= 0xffff;
    byte(fits8 ? code8 : fits16 ? code16 : code32);
    big_endian(count, fits8 ? 1 : fits16 ? 2 : 4);
  }

  void text(std::string_view value) {
    if (value.size() < 32) {
      byte(0xa0U | static_cast<unsigned>(value.size()));
    } else {
      length(value.size(), 0xd9, 0xda, 0xdb);
    }
    out += value;
  }

  void array_head(std::size_t count) {
    if (count < 16) return byte(0x90U | static_cast<unsigned>(count));
    length(count, 0, 0xdc, 0xdd);
  }
  void map_head(std::size_t count) {
    if (count < 16) return byte(0x80U | static_cast<unsigned>(count));
    length(count, 0, 0xde, 0xdf);
  }

  void integer(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    if (value >= -32 && value <= 0x7f) return byte(static_cast<unsigned>(bits) & 0xffU);
    const std::uint64_t magnitude = value < 0 ? ~bits : bits;  // -128 needs the bits of 127
    const unsigned sign = value < 0 ? 1 : 0;
    unsigned power = 0;
    while (power < 3 && magnitude >> ((8U << power) - sign) != 0) ++power;
    byte((value < 0 ? 0xd0U : 0xccU) + power);
    big_endian(bits, 1U << power);
  }

  void real(double value) {
    byte(0xcb);
    big_endian(std::bit_cast<std::uint64_t>(value), 8);
  }

  void number(const Number& value) {
    if (const auto whole = value.int64()) return integer(*whole);
    const double nearest = value.is_integer() ? 0 : value.to_double();
    if (std::isinf(nearest) && value.text().find('I') != std::string::npos) return real(nearest);
    const auto exact = value.is_integer() ? std::nullopt : value.exact_double();
    if (exact) return real(*exact);
    text(value.text());
  }

  void extension(std::string_view refinements) {
    if (refinements.empty()) {
      out.append("\xd4\0\0", 3);
      return;
    }
    switch (refinements.size()) {
      case 1:
        byte(0xd4);
        break;
      case 2:
        byte(0xd5);
        break;
      case 4:
        byte(0xd6);
        break;
      case 8:
        byte(0xd7);
        break;
      case 16:
        byte(0xd8);
        break;
      default:
        length(refinements.size(), 0xc7, 0xc8, 0xc9);
    }
    byte(refined_unknown);
    out += refinements;
  }

  void dynamic(const Value& value) {
    if (value.is_null()) return byte(0xc0);
    if (value.is_unknown()) return extension({});
    const Dynamic* typed = value.as<Dynamic>();
    const Type type = typed ? typed->type : type_of(value);
    const std::string json = print_type(type);
    array_head(2);
    length(json.size(), 0xc4, 0xc5, 0xc6);
    out += json;
    encode(type, typed ? typed->value.front() : value);
  }

  void list(const Type& type, const List& elements) {
    array_head(elements.size());
    if (type.kind() == Type::Kind::tuple) {
      assert(elements.size() == type.parts().size());
      for (std::size_t i = 0; i < elements.size(); ++i) encode(type.parts()[i].second, elements[i]);
    } else {
      for (const Value& element : elements) encode(type.element(), element);
    }
  }

  void map(const Type& element, const Map& members) {
    map_head(members.size());
    for (const auto& [name, member] : members) {
      text(name);
      encode(element, member);
    }
  }

  void object(const Type& type, const Value& value) {
    map_head(type.parts().size());
    for (const auto& [name, part] : type.parts()) {
      text(name);
      encode(part, at(value, name));
    }
  }
};

}  // namespace

Result<Value> decode_msgpack(const Type& type, std::string_view bytes) {
  if (bytes.size() > max_bytes) return fail(Errc::invalid, "a value is larger than 256 MiB");
  return Decoder(bytes).run(type);
}

std::string encode_msgpack(const Type& type, const Value& value) {
  Encoder encoder;
  encoder.encode(type, value);
  return std::move(encoder.out);
}

}  // namespace paas::tf
