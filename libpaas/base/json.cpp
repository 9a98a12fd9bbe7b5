#include "libpaas/base/json.hpp"

#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

namespace paas {
namespace {

// Builds our value from nlohmann's parser events; refuses what is too deep or said twice.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(std::size_t max_depth) : max_depth_(max_depth) {}

  bool null() override { return add(Json{}); }
  bool boolean(bool value) override { return add(Json{value}); }
  bool number_integer(number_integer_t value) override { return add(Json{value}); }
  bool number_unsigned(number_unsigned_t value) override { return add(Json{value}); }
  bool number_float(number_float_t, const string_t& text) override {
    return add(Json{Json::Number{text}});
  }
  // Copied: the parser goes on with its buffer, and would have to grow another one.
  bool string(string_t& value) override { return add(Json{std::string(value)}); }
  bool binary(binary_t&) override { return refuse("binary value"); }
  bool start_object(std::size_t) override { return open(Json{Json::Object{}}); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Json{Json::Array{}}); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    const auto [member, is_new] = open_.back()->object()->try_emplace(name);
    if (!is_new) return refuse("a member is given twice");
    member_ = &member->second;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    position_ = position;
    return refuse("malformed JSON");
  }

  Json take() { return std::move(root_); }
  const std::string& problem() const { return problem_; }
  std::optional<std::size_t> position() const { return position_; }

 private:
  bool refuse(std::string why) {
    if (problem_.empty()) problem_ = std::move(why);
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
  Builder builder(limits.max_depth);
  if (nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return builder.take();
  std::string message = builder.problem();
  if (builder.position()) message += " at " + line_and_column(text, *builder.position());
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
