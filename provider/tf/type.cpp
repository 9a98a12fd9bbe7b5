#include "provider/tf/type.hpp"

#include <algorithm>

#include "libpaas/base/json.hpp"

namespace paas::tf {
namespace {

constexpr std::size_t max_type_bytes = std::size_t{64} << 10;
constexpr int max_type_depth = 32;

constexpr std::pair<std::string_view, Type::Kind> type_names[] = {
    {"string", Type::Kind::string},   {"number", Type::Kind::number}, {"bool", Type::Kind::boolean},
    {"dynamic", Type::Kind::dynamic}, {"list", Type::Kind::list},     {"set", Type::Kind::set},
    {"map", Type::Kind::map},         {"object", Type::Kind::object}, {"tuple", Type::Kind::tuple},
};

std::string_view type_name(Type::Kind kind) {
  for (const auto& [name, of] : type_names)
    if (of == kind) return name;
  return "dynamic";
}

// As Terraform's own encoder escapes: like JSON, and also what HTML or JavaScript would trip over.
void print_member_name(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  auto escaped = [&](unsigned char c) {
    out += "\\u00";
    out += digits[c >> 4];
    out += digits[c & 15];
  };
  out += '"';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
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
      case '<':
      case '>':
      case '&':
        escaped(static_cast<unsigned char>(c));
        break;
      default:
        if (const auto line = text.substr(i, 3); line == "\u2028" || line == "\u2029") {
          out += line == "\u2028" ? "\\u2028" : "\\u2029";
          i += 2;
        } else if (static_cast<unsigned char>(c) < 0x20) {
          escaped(static_cast<unsigned char>(c));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void print_type_to(std::string& out, const Type& type) {
  const std::string_view name = type_name(type.kind());
  switch (type.kind()) {
    case Type::Kind::list:
    case Type::Kind::set:
    case Type::Kind::map:
      out.append("[\"").append(name).append("\",");
      print_type_to(out, type.element());
      out += ']';
      return;
    case Type::Kind::object:
    case Type::Kind::tuple: {
      const bool named = type.kind() == Type::Kind::object;
      out.append("[\"").append(name).append(named ? "\",{" : "\",[");
      bool first = true;
      for (const auto& [member, part] : type.parts()) {
        if (!first) out += ',';
        first = false;
        if (named) {
          print_member_name(out, member);
          out += ':';
        }
        print_type_to(out, part);
      }
      out += named ? "}]" : "]]";
      return;
    }
    default:
      out.append("\"").append(name).append("\"");
  }
}

Result<Type> type_of_json(const Json& json, int depth);

Result<Type> object_of_json(const Json& json, const Json::Array& parts, int depth) {
  const Json::Object* members = json.object();
  if (!members) return fail(Errc::invalid, "the attributes of an object type must be an object");
  if (parts.size() == 3 && !parts[2].array())
    return fail(Errc::invalid, "the optional attributes of an object type must be a list");
  std::vector<std::pair<std::string, Type>> attributes;
  attributes.reserve(members->size());
  for (const auto& [name, member] : *members)
    attributes.emplace_back(name, TRY(type_of_json(member, depth + 1)));
  return Type::object(std::move(attributes));
}

Result<Type> tuple_of_json(const Json& json, int depth) {
  if (json.is_null()) return Type::tuple({});  // as Terraform prints some empty tuples
  const Json::Array* items = json.array();
  if (!items) return fail(Errc::invalid, "the elements of a tuple type must be a list");
  std::vector<Type> elements;
  elements.reserve(items->size());
  for (const Json& item : *items) elements.push_back(TRY(type_of_json(item, depth + 1)));
  return Type::tuple(std::move(elements));
}

Result<Type> type_of_json(const Json& json, int depth) {
  if (depth > max_type_depth) return fail(Errc::invalid, "a type is nested too deep");
  if (const std::string* name = json.string()) {
    if (*name == "string") return Type::string();
    if (*name == "number") return Type::number();
    if (*name == "bool") return Type::boolean();
    if (*name == "dynamic") return Type::dynamic();
    return fail(Errc::invalid, "unknown primitive type");
  }
  const Json::Array* parts = json.array();
  if (!parts || parts->size() < 2 || !parts->front().string())
    return fail(Errc::invalid, "a type is a name or a list that begins with one");
  const std::string& kind = *parts->front().string();
  const Json& inner = (*parts)[1];
  if (parts->size() > (kind == "object" ? 3U : 2U))
    return fail(Errc::invalid, "a type has more parts than its kind allows");
  if (kind == "list") return Type::list(TRY(type_of_json(inner, depth + 1)));
  if (kind == "set") return Type::set(TRY(type_of_json(inner, depth + 1)));
  if (kind == "map") return Type::map(TRY(type_of_json(inner, depth + 1)));
  if (kind == "object") return object_of_json(inner, *parts, depth);
  if (kind == "tuple") return tuple_of_json(inner, depth);
  return fail(Errc::invalid, "unknown kind of type");
}

}  // namespace

Type Type::object(std::vector<std::pair<std::string, Type>> attributes) {
  std::sort(attributes.begin(), attributes.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return Type(Kind::object, std::move(attributes));
}

Type Type::tuple(std::vector<Type> elements) {
  std::vector<std::pair<std::string, Type>> parts;
  parts.reserve(elements.size());
  for (Type& element : elements) parts.emplace_back("", std::move(element));
  return Type(Kind::tuple, std::move(parts));
}

std::string print_type(const Type& type) {
  std::string out;
  print_type_to(out, type);
  return out;
}

Result<Type> parse_type(std::string_view json) {
  // A type level is at most two JSON levels: the list and, in it, the object or list of parts.
  const Json parsed =
      TRY(parse_json(json, {.max_bytes = max_type_bytes, .max_depth = 2 * max_type_depth + 2}));
  return type_of_json(parsed, 1);
}

}  // namespace paas::tf
