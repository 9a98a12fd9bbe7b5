#include "libpaas/base/json.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#include <charconv>
#include <cmath>

#include "libpaas/base/text.hpp"

namespace paas {
namespace {

// Builds our value from the events of RapidJSON, which gives numbers as text when asked to; refuses
// what is too deep, said twice or no UTF-8.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
 public:
  explicit Builder(std::size_t max_depth) : max_depth_(max_depth) {}

  bool Null() { return add(Json{}); }
  bool Bool(bool value) { return add(Json{value}); }
  bool RawNumber(const char* text, std::size_t size, bool) {
    return add(Json{Json::Number{std::string(text, size)}});
  }
  bool String(const char* text, std::size_t size, bool) {
    return is_utf8({text, size}) && add(Json{std::string(text, size)});
  }
  bool Key(const char* text, std::size_t size, bool) {
    if (!is_utf8({text, size})) return false;
    const auto [member, is_new] = open_.back()->object()->try_emplace(std::string(text, size));
    if (!is_new) return refuse("a member is given twice");
    member_ = &member->second;
    return true;
  }
  bool StartObject() { return open(Json{Json::Object{}}); }
  bool EndObject(std::size_t) { return close(); }
  bool StartArray() { return open(Json{Json::Array{}}); }
  bool EndArray(std::size_t) { return close(); }

  Json take() { return std::move(root_); }
  // Empty where the text is no JSON at all.
  const std::string& problem() const { return problem_; }

 private:
  bool refuse(std::string why) {
    problem_ = std::move(why);
    return false;
  }
  Json* put(Json value) {
    if (open_.empty()) return &(root_ = std::move(value));
    if (auto* list = open_.back()->array()) return &list->emplace_back(std::move(value));
    return &(*member_ = std::move(value));
  }
  bool add(Json value) {
    put(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() >= max_depth_) return refuse("nested too deep");
    open_.push_back(put(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::size_t max_depth_;
  Json root_;
  std::vector<Json*> open_;
  Json* member_ = nullptr;  // of the innermost object, named and without its value yet
  std::string problem_;
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
  // A byte order mark says nothing in UTF-8.
  const std::size_t mark = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  rapidjson::MemoryStream stream(text.data() + mark, text.size() - mark);
  Builder builder(limits.max_depth);
  rapidjson::Reader reader;
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseNumbersAsStringsFlag;
  const bool read = !reader.Parse<flags>(stream, builder).IsError();
  // For RapidJSON a zero byte is the end.
  if (read && mark + stream.Tell() == text.size()) return builder.take();
  if (!builder.problem().empty()) return fail(Errc::invalid, builder.problem());
  const std::size_t offset = read ? stream.Tell() : reader.GetErrorOffset();
  return fail(Errc::invalid, "malformed JSON at " + line_and_column(text, mark + offset + 1));
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
