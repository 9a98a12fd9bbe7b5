#include "provider/tf/value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "libpaas/base/json.hpp"
#include "libpaas/base/overload.hpp"

namespace paas::tf {
namespace {

constexpr std::size_t max_number_text = std::size_t{4} << 10;

// A decimal number in parts: `digits`, of which the first `point` stand before the point.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t point = 0;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Nothing, or an optionally signed exponent with its "e".
std::optional<std::int64_t> parse_exponent(std::string_view text) {
  if (text.empty()) return 0;
  if (text.front() != 'e' && text.front() != 'E') return {};
  text.remove_prefix(1);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return {};
  }
  std::int32_t exponent{};
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), exponent);
  if (problem != std::errc{} || stop != text.data() + text.size()) return {};
  return exponent;
}

std::optional<Decimal> parse_decimal(std::string_view text) {
  Decimal out;
  if (text.starts_with('-') || text.starts_with('+')) {
    out.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  std::size_t i = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) out.digits += text[i];
  out.point = static_cast<std::int64_t>(out.digits.size());
  if (i < text.size() && text[i] == '.')
    for (++i; i < text.size() && is_digit(text[i]); ++i) out.digits += text[i];
  if (out.digits.empty()) return {};
  const auto exponent = parse_exponent(text.substr(i));
  if (!exponent) return {};
  out.point += *exponent;
  return out;
}

// Empty when it would be longer than max_number_text.
std::string canonical_text(Decimal decimal) {
  std::string& digits = decimal.digits;
  const std::size_t leading = std::min(digits.find_first_not_of('0'), digits.size());
  digits.erase(0, leading);
  decimal.point -= static_cast<std::int64_t>(leading);
  digits.erase(digits.find_last_not_of('0') + 1);
  if (digits.empty()) return "0";

  constexpr auto most = static_cast<std::int64_t>(max_number_text);
  const auto count = static_cast<std::int64_t>(digits.size());
  if (decimal.point > most || -decimal.point + count > most) return {};
  std::string text = decimal.negative ? "-" : "";
  if (decimal.point <= 0) {
    text += "0." + std::string(static_cast<std::size_t>(-decimal.point), '0') + digits;
  } else if (decimal.point >= count) {
    text += digits + std::string(static_cast<std::size_t>(decimal.point - count), '0');
  } else {
    text += digits.insert(static_cast<std::size_t>(decimal.point), ".");
  }
  return text.size() > max_number_text ? std::string() : text;
}

// Numbers of different text that Terraform takes for one: a double, and the shortest text of it.
bool same_number(const Number& a, const Number& b) {
  if (a == b) return true;
  if (a.is_integer() || b.is_integer()) return false;
  const auto exact_a = a.exact_double();
  if (exact_a && Number::from_double(*exact_a) == b) return true;
  const auto exact_b = b.exact_double();
  return exact_b && Number::from_double(*exact_b) == a;
}

bool same_lists(const Type& type, const List& a, const List& b) {
  if (a.size() != b.size()) return false;
  const bool tuple = type.kind() == Type::Kind::tuple;
  if (tuple && type.parts().size() != a.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!equal(tuple ? type.parts()[i].second : type.element(), a[i], b[i])) return false;
  return true;
}

bool same_sets(const Type& element, const List& a, const List& b) {
  if (a.size() != b.size()) return false;
  std::vector<bool> taken(b.size(), false);
  for (const Value& one : a) {
    std::size_t i = 0;
    while (i < b.size() && (taken[i] || !equal(element, one, b[i]))) ++i;
    if (i == b.size()) return false;
    taken[i] = true;
  }
  return true;
}

bool same_maps(const Type& element, const Map& a, const Map& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [&](const auto& one, const auto& other) {
           return one.first == other.first && equal(element, one.second, other.second);
         });
}

std::string quoted(const std::string& text) {
  return print_json(Json(text));
}

}  // namespace

Result<Number> Number::parse(std::string_view text) {
  if (text == "Inf" || text == "+Inf") return Number(std::string("Inf"));
  if (text == "-Inf") return Number(std::string("-Inf"));
  if (text.size() > max_number_text) return fail(Errc::invalid, "a number is longer than 4 KiB");
  auto decimal = parse_decimal(text);
  if (!decimal) return fail(Errc::invalid, "a number is required");
  std::string canonical = canonical_text(*std::move(decimal));
  if (canonical.empty())
    return fail(Errc::invalid, "a number is longer than 4 KiB when written out");
  return Number(std::move(canonical));
}

Number Number::from_double(double value) {
  if (std::isinf(value)) return Number(std::string(value < 0 ? "-Inf" : "Inf"));
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  const auto decimal = parse_decimal({text, static_cast<std::size_t>(end - text)});
  return decimal ? Number(canonical_text(*decimal)) : Number();
}

Number Number::from_double_exact(double value) {
  if (std::isinf(value)) return from_double(value);
  constexpr int most_fraction_digits = 1074;  // those of the smallest double
  char text[1600];
  const auto end =
      std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, most_fraction_digits)
          .ptr;
  const auto decimal = parse_decimal({text, static_cast<std::size_t>(end - text)});
  return decimal ? Number(canonical_text(*decimal)) : Number();
}

std::optional<std::int64_t> Number::int64() const {
  std::int64_t value{};
  const char* end = text_.data() + text_.size();
  const auto [stop, problem] = std::from_chars(text_.data(), end, value);
  if (problem != std::errc{} || stop != end) return {};
  return value;
}

double Number::to_double() const {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  if (text_ == "Inf") return infinite;
  if (text_ == "-Inf") return -infinite;
  double value{};
  const auto result = std::from_chars(text_.data(), text_.data() + text_.size(), value);
  if (result.ec == std::errc{}) return value;
  const bool negative = text_.front() == '-';
  const bool tiny = std::string_view(text_).substr(negative ? 1 : 0).starts_with("0.");
  if (tiny) return 0;
  return negative ? -infinite : infinite;
}

std::optional<double> Number::exact_double() const {
  // What two to some power divides ends in 5 when written with a point.
  if (!is_integer() && text_.back() != '5') return {};
  const double value = to_double();
  if (!std::isfinite(value) || from_double_exact(value) != *this) return {};
  return value;
}

const Value& at(const Value& object, std::string_view name) {
  static const Value null = Null{};
  static const Value unknown = Unknown{};
  if (object.is_unknown()) return unknown;
  const Map* members = object.as<Map>();
  if (!members) return null;
  const auto found = members->find(name);
  return found == members->end() ? null : found->second;
}

bool wholly_known(const Value& value) {
  if (value.is_unknown()) return false;
  if (const List* list = value.as<List>())
    return std::all_of(list->begin(), list->end(), wholly_known);
  if (const Map* map = value.as<Map>())
    return std::all_of(map->begin(), map->end(),
                       [](const auto& member) { return wholly_known(member.second); });
  if (const Dynamic* dynamic = value.as<Dynamic>()) return wholly_known(dynamic->value.front());
  return true;
}

Value unknown_as_null(Value value) {
  if (value.is_unknown()) return Null{};
  if (List* list = value.as<List>())
    for (Value& element : *list) element = unknown_as_null(std::move(element));
  if (Map* map = value.as<Map>())
    for (auto& [name, member] : *map) member = unknown_as_null(std::move(member));
  if (Dynamic* dynamic = value.as<Dynamic>())
    dynamic->value.front() = unknown_as_null(std::move(dynamic->value.front()));
  return value;
}

bool absent(const Value& value) {
  if (const Dynamic* dynamic = value.as<Dynamic>()) return dynamic->value.front().is_null();
  return value.is_null();
}

bool equal(const Type& type, const Value& a, const Value& b) {
  if (a.index() != b.index()) return false;
  if (const Number* number = a.as<Number>()) return same_number(*number, *b.as<Number>());
  if (const Dynamic* dynamic = a.as<Dynamic>()) {
    const Dynamic& other = *b.as<Dynamic>();
    return dynamic->type == other.type &&
           equal(dynamic->type, dynamic->value.front(), other.value.front());
  }
  if (const List* list = a.as<List>()) {
    const List& other = *b.as<List>();
    if (*list == other) return true;
    if (type.kind() == Type::Kind::set) return same_sets(type.element(), *list, other);
    const bool sequence = type.kind() == Type::Kind::list || type.kind() == Type::Kind::tuple;
    return sequence && same_lists(type, *list, other);
  }
  if (const Map* map = a.as<Map>()) {
    const Map& other = *b.as<Map>();
    if (type.kind() == Type::Kind::map) return same_maps(type.element(), *map, other);
    if (type.kind() != Type::Kind::object) return *map == other;
    return std::all_of(type.parts().begin(), type.parts().end(), [&](const auto& part) {
      return equal(part.second, at(a, part.first), at(b, part.first));
    });
  }
  return a == b;
}

Type type_of(const Value& value) {
  return std::visit(Overload{
                        [](const Null&) { return Type::dynamic(); },
                        [](const Unknown&) { return Type::dynamic(); },
                        [](bool) { return Type::boolean(); },
                        [](const Number&) { return Type::number(); },
                        [](const std::string&) { return Type::string(); },
                        [](const List& list) {
                          std::vector<Type> elements;
                          for (const Value& element : list) elements.push_back(type_of(element));
                          return Type::tuple(std::move(elements));
                        },
                        [](const Map& map) {
                          std::vector<std::pair<std::string, Type>> attributes;
                          for (const auto& [name, member] : map)
                            attributes.emplace_back(name, type_of(member));
                          return Type::object(std::move(attributes));
                        },
                        [](const Dynamic&) { return Type::dynamic(); },
                    },
                    static_cast<const Value::variant&>(value));
}

std::string to_text(const Value& value) {
  auto joined = [](const auto& items, char open, char close, const auto& item_text) {
    std::string text(1, open);
    for (const auto& item : items) {
      if (text.size() > 1) text += ", ";
      text += item_text(item);
    }
    return text + close;
  };
  return std::visit(Overload{
                        [](const Null&) -> std::string { return "null"; },
                        [](const Unknown&) -> std::string { return "(known after apply)"; },
                        [](bool flag) -> std::string { return flag ? "true" : "false"; },
                        [](const Number& number) { return number.text(); },
                        [](const std::string& text) { return quoted(text); },
                        [&](const List& list) {
                          return joined(list, '[', ']',
                                        [](const Value& item) { return to_text(item); });
                        },
                        [&](const Map& map) {
                          return joined(map, '{', '}', [](const auto& member) {
                            return quoted(member.first) + ": " + to_text(member.second);
                          });
                        },
                        [](const Dynamic& dynamic) { return to_text(dynamic.value.front()); },
                    },
                    static_cast<const Value::variant&>(value));
}

}  // namespace paas::tf
