#pragma once
// Terraform values in fuzz targets: whether one is of a type, and that it survives the wire.

#include "provider/tf/msgpack.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {

// REQUIRES: `text` is a type.
inline tf::Type type(std::string_view text) {
  auto parsed = tf::parse_type(text);
  claim(parsed.has_value(), "a type of ours is a type");
  return *std::move(parsed);
}

inline bool conforms(const tf::Type& type, const tf::Value& value) {
  using Kind = tf::Type::Kind;
  if (value.is_null() || value.is_unknown()) return true;
  const auto* list = value.as<tf::List>();
  const auto* map = value.as<tf::Map>();
  const auto& parts = type.parts();
  switch (type.kind()) {
    case Kind::string:
      return value.as<std::string>() && is_utf8(*value.as<std::string>());
    case Kind::number:
      return value.as<tf::Number>() != nullptr;
    case Kind::boolean:
      return value.as<bool>() != nullptr;
    case Kind::dynamic: {
      const auto* own = value.as<tf::Dynamic>();
      return own && own->value.size() == 1 && conforms(own->type, own->value.front());
    }
    case Kind::list:
    case Kind::set:
      return list && std::all_of(list->begin(), list->end(), [&](const tf::Value& element) {
               return conforms(type.element(), element);
             });
    case Kind::map:
      return map && std::all_of(map->begin(), map->end(), [&](const auto& member) {
               return is_utf8(member.first) && conforms(type.element(), member.second);
             });
    case Kind::tuple:
      return list && std::equal(parts.begin(), parts.end(), list->begin(), list->end(),
                                [](const auto& part, const tf::Value& element) {
                                  return conforms(part.second, element);
                                });
    case Kind::object:
      return map && std::equal(parts.begin(), parts.end(), map->begin(), map->end(),
                               [](const auto& part, const auto& member) {
                                 return part.first == member.first &&
                                        conforms(part.second, member.second);
                               });
  }
  return false;
}

// What a decoder gave is of its type, and encoding and decoding it changes nothing.
inline void claim_survives(const tf::Type& type, const tf::Value& value) {
  claim(conforms(type, value), "a value is of its type");
  claim_stable(
      value, [&](std::string_view bytes) { return tf::decode_msgpack(type, bytes); },
      [&](const tf::Value& one) { return tf::encode_msgpack(type, one); });
  claim(tf::equal(type, value, value), "a value equals itself");
  claim(is_utf8(tf::to_text(value)), "a value is printed as UTF-8");
}

}  // namespace paas::fuzz
