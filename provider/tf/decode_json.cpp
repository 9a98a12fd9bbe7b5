#include "libpaas/base/json.hpp"
#include "libpaas/base/overload.hpp"
#include "provider/tf/decoding.hpp"
#include "provider/tf/msgpack.hpp"

namespace paas::tf {
namespace {

constexpr JsonLimits state_limits{.max_bytes = std::size_t{256} << 20, .max_depth = 128};
constexpr int max_value_depth = 64;

class JsonDecoder {
 public:
  Result<Value> run(const Type& type, const Json& json) {
    Value value;
    if (!decode(type, json, value, 0)) return trail_.error();
    return value;
  }

 private:
  bool decode(const Type& type, const Json& json, Value& out, int depth) {
    if (depth > max_value_depth) return trail_.refuse("nested too deep");
    if (json.is_null()) return true;
    switch (type.kind()) {
      case Type::Kind::string:
        return text(json, out);
      case Type::Kind::number:
        return number(json, out);
      case Type::Kind::boolean:
        return boolean(json, out);
      case Type::Kind::dynamic:
        return dynamic(json, out, depth);
      case Type::Kind::list:
      case Type::Kind::set:
      case Type::Kind::tuple:
        return list(type, json, out, depth);
      case Type::Kind::map:
        return map(type.element(), json, out, depth);
      case Type::Kind::object:
        return object(type, json, out, depth);
    }
    return trail_.refuse("unsupported type");
  }

  // The conversions between primitives are Terraform's: a state may have been written when the
  // attribute was of another type.
  bool text(const Json& json, Value& out) {
    if (const std::string* text = json.string()) {
      out = *text;
    } else if (const Json::Number* number = json.number()) {
      out = number->text;
    } else if (const bool* flag = json.boolean()) {
      out = std::string(*flag ? "true" : "false");
    } else {
      return trail_.refuse("a string is required");
    }
    return true;
  }

  bool number(const Json& json, Value& out) {
    const std::string* text = json.number() ? &json.number()->text : json.string();
    if (!text) return trail_.refuse("a number is required");
    auto number = Number::parse(*text);
    if (!number) return trail_.refuse(number.error().message);
    out = *std::move(number);
    return true;
  }

  bool boolean(const Json& json, Value& out) {
    const std::string* text = json.string();
    if (const bool* flag = json.boolean()) {
      out = *flag;
    } else if (text && (*text == "true" || *text == "1")) {
      out = true;
    } else if (text && (*text == "false" || *text == "0")) {
      out = false;
    } else {
      return trail_.refuse("a bool is required");
    }
    return true;
  }

  bool dynamic(const Json& json, Value& out, int depth) {
    const Json::Object* parts = json.object();
    if (!parts || parts->size() != 2 || !parts->contains("type") || !parts->contains("value"))
      return trail_.refuse("a value of dynamic type is an object of its type and value");
    auto type = parse_type(print_json(json["type"]));
    if (!type) return trail_.refuse(describe(type.error()));
    Value value;
    if (!decode(*type, json["value"], value, depth + 1)) return false;
    if (type->kind() == Type::Kind::dynamic) {
      out = std::move(value);
    } else {
      out = Dynamic{*std::move(type), {std::move(value)}};
    }
    return true;
  }

  bool list(const Type& type, const Json& json, Value& out, int depth) {
    const bool tuple = type.kind() == Type::Kind::tuple;
    const Json::Array* items = json.array();
    if (!items) return trail_.refuse(tuple ? "a tuple is required" : "a list is required");
    if (tuple && items->size() != type.parts().size())
      return trail_.refuse("a tuple of " + std::to_string(type.parts().size()) + " is required");
    List& elements = out.emplace<List>(items->size());
    for (std::size_t i = 0; i < elements.size(); ++i)
      if (!decode(tuple ? type.parts()[i].second : type.element(), (*items)[i], elements[i],
                  depth + 1))
        return trail_.inside(ListIndex{static_cast<std::int64_t>(i)});
    return true;
  }

  bool map(const Type& element, const Json& json, Value& out, int depth) {
    const Json::Object* members = json.object();
    if (!members) return trail_.refuse("a map is required");
    Map& map = out.emplace<Map>();
    for (const auto& [name, member] : *members)
      if (!decode(element, member, map[name], depth + 1)) return trail_.inside(MapKey{name});
    return true;
  }

  bool object(const Type& type, const Json& json, Value& out, int depth) {
    if (!json.object()) return trail_.refuse("an object is required");
    Map& members = out.emplace<Map>();
    members.reserve(type.parts().size());
    for (const auto& [name, part] : type.parts())
      if (!decode(part, json[name], members[name], depth + 1))
        return trail_.inside(AttributeName{name});
    return true;
  }

  Trail trail_;
};

}  // namespace

tl::unexpected<Error> Trail::error() const {
  Path path;
  for (auto step = steps_.rbegin(); step != steps_.rend(); ++step)
    std::visit(Overload{
                   [&](const AttributeName& s) { path = path.attribute(s.name); },
                   [&](const MapKey& s) { path = path.key(s.key); },
                   [&](const ListIndex& s) { path = path.index(s.index); },
               },
               *step);
  return fail(Errc::invalid, path.empty() ? why_ : to_text(path) + ": " + why_);
}

Result<Value> decode_json(const Type& type, std::string_view json) {
  const Json parsed = TRY(parse_json(json, state_limits));
  return JsonDecoder().run(type, parsed);
}

}  // namespace paas::tf
