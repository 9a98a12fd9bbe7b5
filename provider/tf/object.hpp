#pragma once
// Object<M>: a schema whose every attribute is tied to a member of the struct M.
//
// The only template layer: planning, validation and rendering work on Value and Schema.
//
//   const Object<Lxc>& lxc_object() {
//     static const Object<Lxc> object{"A Linux container …", /*version=*/0, {
//         {"hostname", &Lxc::hostname, Trait::required, "Name of the container.", {.check =
//         dns_name}},
//         {"network",  nested(&Lxc::network, network_object()), Trait::optional, "Network
//         devices."},
//         {"tags",     set_of(&Lxc::tags), Trait::optional | Trait::computed, "Tags."},
//     }};
//     return object;
//   }

#include <algorithm>

#include "provider/tf/attr.hpp"
#include "provider/tf/schema.hpp"

namespace paas::tf {

// Ties one attribute to one member of M: its wire type and both directions of its codec.
template <class M>
struct Binding {
  Type type;
  std::optional<Nested> nested;
  std::function<Value(const M&)> encode;
  std::function<bool(const Value&, M&)> decode;  // false: a value of another type

  Binding() = default;
  template <class T>
  Binding(Attr<T> M::* member)
      : type(Codec<T>::type()),
        encode([member](const M& model) { return to_value(model.*member, Codec<T>::encode); }),
        decode([member](const Value& value, M& model) {
          static const Value unknown = Unknown{};
          const Value& whole = wholly_known(value) ? value : unknown;
          return assign(model.*member, whole, [](const Value& v, T& out) {
            auto decoded = Codec<T>::decode(v);
            if (decoded) out = *std::move(decoded);
            return decoded.has_value();
          });
        }) {}

  template <class T, class Encode>
  static Value to_value(const Attr<T>& attribute, const Encode& encode_known) {
    if (attribute.known()) return encode_known(*attribute);
    if (attribute.null()) return Null{};
    return Unknown{};
  }
  template <class T, class Decode>
  static bool assign(Attr<T>& attribute, const Value& value, const Decode& decode_known) {
    if (value.is_null()) {
      attribute = Null{};
      return true;
    }
    if (value.is_unknown() || has_unknown_element(value)) {
      attribute = Unknown{};
      return true;
    }
    T known{};
    if (!decode_known(value, known)) return false;
    attribute = std::move(known);
    return true;
  }
  static bool has_unknown_element(const Value& value) {
    const List* list = value.as<List>();
    return list && std::any_of(list->begin(), list->end(),
                               [](const Value& element) { return element.is_unknown(); });
  }
  static bool has_unknown_entry(const Value& value) {
    const Map* map = value.as<Map>();
    return map && std::any_of(map->begin(), map->end(),
                              [](const auto& entry) { return entry.second.is_unknown(); });
  }
};

// A set of strings instead of a list.
template <class M>
Binding<M> set_of(Attr<std::vector<std::string>> M::* member) {
  Binding<M> binding(member);
  binding.type = Type::set(Type::string());
  return binding;
}

template <class M>
struct Row {
  std::string name;
  Binding<M> binding;
  Trait traits = Trait::none;
  std::string doc;
  Rules rules = {};
};

template <class M>
class Object {
 public:
  Object(std::string doc, std::int64_t version, std::vector<Row<M>> rows,
         std::vector<ObjectCheck> checks = {}) {
    // In the order of Terraform's objects, so that values are made by appending.
    std::sort(rows.begin(), rows.end(),
              [](const Row<M>& a, const Row<M>& b) { return a.name < b.name; });
    auto schema = std::make_shared<Schema>();
    schema->doc = std::move(doc);
    schema->version = version;
    schema->checks = std::move(checks);
    for (Row<M>& row : rows) {
      schema->attributes.push_back({row.name, row.binding.type, row.binding.nested, row.traits,
                                    std::move(row.doc), std::move(row.rules)});
      bindings_.push_back(std::move(row.binding));
    }
    schema_ = std::move(schema);
  }

  const Schema& schema() const { return *schema_; }
  std::shared_ptr<const Schema> shared_schema() const { return schema_; }

  Value encode(const M& model) const {
    Map object;
    object.reserve(bindings_.size());
    for (std::size_t i = 0; i < bindings_.size(); ++i)
      object.emplace(schema_->attributes[i].name, bindings_[i].encode(model));
    return object;
  }

  // REQUIRES: `value` is a known object. Error: `invalid`, naming the attribute.
  Result<M> decode(const Value& value) const {
    M model;
    for (std::size_t i = 0; i < bindings_.size(); ++i) {
      const std::string& name = schema_->attributes[i].name;
      if (!bindings_[i].decode(at(value, name), model))
        return fail(Errc::invalid, "attribute " + name + " is of another type");
    }
    return model;
  }

 private:
  std::shared_ptr<const Schema> schema_;
  std::vector<Binding<M>> bindings_;
};

// A nested object: `name = { … }`.
template <class M, class Child>
Binding<M> nested(Attr<Child> M::* member, const Object<Child>& object) {
  Binding<M> binding;
  binding.nested = Nested{Nesting::single, object.shared_schema()};
  binding.type = type_of(object.schema());
  binding.encode = [member, &object](const M& model) {
    return Binding<M>::to_value(model.*member,
                                [&](const Child& child) { return object.encode(child); });
  };
  binding.decode = [member, &object](const Value& value, M& model) {
    return Binding<M>::assign(model.*member, value, [&](const Value& v, Child& out) {
      auto child = object.decode(v);
      if (child) out = *std::move(child);
      return child.has_value();
    });
  };
  return binding;
}

// A list of nested objects: `name = [{ … }, …]`.
template <class M, class Child>
Binding<M> nested(Attr<std::vector<Child>> M::* member, const Object<Child>& object) {
  Binding<M> binding;
  binding.nested = Nested{Nesting::list, object.shared_schema()};
  binding.type = Type::list(type_of(object.schema()));
  binding.encode = [member, &object](const M& model) {
    return Binding<M>::to_value(model.*member, [&](const std::vector<Child>& children) {
      List list;
      for (const Child& child : children) list.push_back(object.encode(child));
      return Value(std::move(list));
    });
  };
  binding.decode = [member, &object](const Value& value, M& model) {
    return Binding<M>::assign(model.*member, value, [&](const Value& v, std::vector<Child>& out) {
      const List* list = v.as<List>();
      if (!list) return false;
      for (const Value& element : *list) {
        auto child = object.decode(element);
        if (!child) return false;
        out.push_back(*std::move(child));
      }
      return true;
    });
  };
  return binding;
}

// A set of nested objects instead of a list: without order, and nothing in it is computed.
template <class M, class Child>
Binding<M> nested_set(Attr<std::vector<Child>> M::* member, const Object<Child>& object) {
  Binding<M> binding = nested(member, object);
  binding.nested->nesting = Nesting::set;
  binding.type = Type::set(type_of(object.schema()));
  return binding;
}

// A map of nested objects: `name = { key = { … }, … }`.
template <class M, class Child>
Binding<M> nested(Attr<std::map<std::string, Child>> M::* member, const Object<Child>& object) {
  Binding<M> binding;
  binding.nested = Nested{Nesting::map, object.shared_schema()};
  binding.type = Type::map(type_of(object.schema()));
  binding.encode = [member, &object](const M& model) {
    return Binding<M>::to_value(model.*member, [&](const std::map<std::string, Child>& children) {
      Map map;
      for (const auto& [key, child] : children) map.emplace(key, object.encode(child));
      return Value(std::move(map));
    });
  };
  binding.decode = [member, &object](const Value& value, M& model) {
    using Children = std::map<std::string, Child>;
    if (Binding<M>::has_unknown_entry(value)) {
      model.*member = Unknown{};
      return true;
    }
    return Binding<M>::assign(model.*member, value, [&](const Value& v, Children& out) {
      const Map* map = v.as<Map>();
      if (!map) return false;
      for (const auto& [key, element] : *map) {
        auto child = object.decode(element);
        if (!child) return false;
        out.emplace(key, *std::move(child));
      }
      return true;
    });
  };
  return binding;
}

}  // namespace paas::tf
