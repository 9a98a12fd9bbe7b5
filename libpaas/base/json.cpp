#include "libpaas/base/json.hpp"

#include <charconv>
#include <cmath>

#include "libpaas/base/text.hpp"

namespace paas {
namespace {

// Reads RFC 8259, and refuses what is too deep, said twice or no UTF-8. By hand, because an answer
// of a cluster or a state is nothing but short strings, most of which are copied in one piece.
class Reader {
 public:
  Reader(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

  bool run(Json& out) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;  // a byte order mark says nothing in UTF-8
    return value(out, 0) && (space(), at_ == text_.size() || malformed());
  }
  const std::string& problem() const { return problem_; }
  std::optional<std::size_t> position() const { return position_; }

 private:
  bool refuse(std::string why) {
    problem_ = std::move(why);
    return false;
  }
  // At the byte that comes next, or behind the last one.
  bool malformed() {
    position_ = at_ + 1;
    return refuse("malformed JSON");
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  void space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }

  bool value(Json& out, std::size_t depth) {
    space();
    switch (peek()) {
      case '{':
        return object(out, depth);
      case '[':
        return array(out, depth);
      case '"': {
        std::string text;
        if (!string(text)) return false;
        out = Json{std::move(text)};
        return true;
      }
      case 't':
        return word("true", Json{true}, out);
      case 'f':
        return word("false", Json{false}, out);
      case 'n':
        return word("null", Json{}, out);
      default:
        return number(out);
    }
  }

  bool word(std::string_view expected, Json meaning, Json& out) {
    for (const char c : expected)
      if (!take(c)) return malformed();
    out = std::move(meaning);
    return true;
  }

  bool object(Json& out, std::size_t depth) {
    if (depth >= max_depth_) return refuse("nested too deep");
    ++at_;
    Json::Object& members = *(out = Json{Json::Object{}}).object();
    space();
    if (take('}')) return true;
    while (true) {
      std::string name;
      if (peek() != '"') return malformed();
      if (!string(name)) return false;
      const auto [member, is_new] = members.try_emplace(std::move(name));
      if (!is_new) return refuse("a member is given twice");
      space();
      if (!take(':')) return malformed();
      if (!value(member->second, depth + 1)) return false;
      space();
      if (take('}')) return true;
      if (!take(',')) return malformed();
      space();
    }
  }

  bool array(Json& out, std::size_t depth) {
    if (depth >= max_depth_) return refuse("nested too deep");
    ++at_;
    Json::Array& items = *(out = Json{Json::Array{}}).array();
    space();
    if (take(']')) return true;
    while (true) {
      if (!value(items.emplace_back(), depth + 1)) return false;
      space();
      if (take(']')) return true;
      if (!take(',')) return malformed();
    }
  }

  bool digits() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') ++at_;
    return at_ > begin || malformed();
  }

  bool number(Json& out) {
    const std::size_t begin = at_;
    take('-');
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    out = Json{Json::Number{std::string(text_.substr(begin, at_ - begin))}};
    return true;
  }

  bool string(std::string& out) {
    const std::size_t begin = ++at_;
    bool ascii = true;
    while (true) {
      const std::size_t plain = at_;
      for (; at_ < text_.size(); ++at_) {
        const auto c = static_cast<unsigned char>(text_[at_]);
        if (c == '"' || c == '\\' || c < 0x20) break;
        ascii = ascii && c < 0x80;
      }
      out.append(text_, plain, at_ - plain);
      if (take('"')) break;
      if (!take('\\')) return malformed();
      if (!escape(out)) return false;
    }
    if (ascii || is_utf8(text_.substr(begin, at_ - 1 - begin))) return true;
    at_ = begin;
    return malformed();
  }

  bool escape(std::string& out) {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    if (take('u')) return code_point(out);
    const std::size_t which = at_ < text_.size() ? letters.find(text_[at_]) : letters.npos;
    if (which == letters.npos) return malformed();
    ++at_;
    out += meant[which];
    return true;
  }

  // What follows "\\u": a character, or the first half of one that is followed by the second.
  bool code_point(std::string& out) {
    std::uint32_t code = 0;
    if (!four_digits(code)) return false;
    if (code >= 0xDC00 && code <= 0xDFFF) return malformed();
    if (code >= 0xD800 && code <= 0xDBFF) {
      std::uint32_t low = 0;
      if (!take('\\') || !take('u')) return malformed();
      if (!four_digits(low)) return false;
      if (low < 0xDC00 || low > 0xDFFF) return malformed();
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    const auto byte = [&](std::uint32_t bits) { out += static_cast<char>(bits); };
    if (code < 0x80) {
      byte(code);
    } else if (code < 0x800) {
      byte(0xC0 | code >> 6);
      byte(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
      byte(0xE0 | code >> 12);
      byte(0x80 | (code >> 6 & 0x3F));
      byte(0x80 | (code & 0x3F));
    } else {
      byte(0xF0 | code >> 18);
      byte(0x80 | (code >> 12 & 0x3F));
      byte(0x80 | (code >> 6 & 0x3F));
      byte(0x80 | (code & 0x3F));
    }
    return true;
  }

  bool four_digits(std::uint32_t& code) {
    const std::string_view four = text_.substr(at_, 4);
    const auto [stop, problem] = std::from_chars(four.data(), four.data() + four.size(), code, 16);
    at_ += static_cast<std::size_t>(stop - four.data());
    return (four.size() == 4 && stop == four.data() + 4 && problem == std::errc{}) || malformed();
  }

  std::string_view text_;
  std::size_t max_depth_;
  std::size_t at_ = 0;
  std::string problem_;
  std::optional<std::size_t> position_;
};

std::string line_and_column(std::string_view text, std::size_t position) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i + 1 < position && i < text.size(); ++i) {
    ++column;
    if (text[i] == '\n') {
      ++line;
      column = 1;
    }
  }
  return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

void print_string(std::string& out, const std::string& text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += digits[static_cast<unsigned char>(c) >> 4];
          out += digits[static_cast<unsigned char>(c) & 15];
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

// `indent` < 0 prints everything on one line.
class Printer {
 public:
  explicit Printer(bool pretty) : pretty_(pretty) {}

  void print(const Json& value, std::size_t depth) {
    if (const bool* flag = value.boolean()) {
      out += *flag ? "true" : "false";
    } else if (const auto* number = value.number()) {
      out += number->text;
    } else if (const auto* text = value.string()) {
      print_string(out, *text);
    } else if (const auto* list = value.array()) {
      print_all(*list, depth, '[', ']', [&](const Json& item) { print(item, depth + 1); });
    } else if (const auto* members = value.object()) {
      print_all(*members, depth, '{', '}', [&](const auto& member) {
        print_string(out, member.first);
        out += pretty_ ? ": " : ":";
        print(member.second, depth + 1);
      });
    } else {
      out += "null";
    }
  }

  std::string out;

 private:
  template <class Items, class PrintOne>
  void print_all(const Items& items, std::size_t depth, char open, char close, PrintOne print_one) {
    out += open;
    bool first = true;
    for (const auto& item : items) {
      if (!first) out += ',';
      first = false;
      new_line(depth + 1);
      print_one(item);
    }
    if (!first) new_line(depth);
    out += close;
  }
  void new_line(std::size_t depth) {
    if (pretty_) out += '\n' + std::string(2 * depth, ' ');
  }

  bool pretty_;
};

}  // namespace

Json::Json(double value) {
  if (!std::isfinite(value)) return;  // JSON has no such number; null says so
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  value_ = Number{std::string(text, end)};
}

std::optional<std::int64_t> Json::integer() const {
  const Number* n = number();
  if (!n) return {};
  std::int64_t value{};
  const char* end = n->text.data() + n->text.size();
  const auto [stop, problem] = std::from_chars(n->text.data(), end, value);
  if (problem != std::errc{} || stop != end) return {};
  return value;
}

std::optional<double> Json::real() const {
  const Number* n = number();
  if (!n) return {};
  double value{};
  const char* end = n->text.data() + n->text.size();
  const auto [stop, problem] = std::from_chars(n->text.data(), end, value);
  if (problem != std::errc{} || stop != end) return {};
  return value;
}

const Json& Json::operator[](std::string_view key) const {
  static const Json absent;
  const Object* members = object();
  if (!members) return absent;
  const auto found = members->find(key);
  return found == members->end() ? absent : found->second;
}

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.max_bytes)
    return fail(Errc::invalid, "JSON of " + std::to_string(text.size()) +
                                   " bytes is larger than the limit of " +
                                   std::to_string(limits.max_bytes));
  Reader reader(text, limits.max_depth);
  Json value;
  if (reader.run(value)) return value;
  std::string message = reader.problem();
  if (reader.position()) message += " at " + line_and_column(text, *reader.position());
  return fail(Errc::invalid, std::move(message));
}

std::string print_json(const Json& value) {
  Printer printer(/*pretty=*/false);
  printer.print(value, 0);
  return std::move(printer.out);
}

std::string pretty_json(const Json& value) {
  Printer printer(/*pretty=*/true);
  printer.print(value, 0);
  return std::move(printer.out) + '\n';
}

}  // namespace paas
