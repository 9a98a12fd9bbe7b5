#include "tests/corner/in_memory.hpp"

#include <random>

namespace paas::corner {
namespace {

tf::Value sample_of(const tf::Type& type) {
  using Kind = tf::Type::Kind;
  switch (type.kind()) {
    case Kind::string:
      return "made up";
    case Kind::number:
      return 7;
    case Kind::boolean:
      return true;
    case Kind::dynamic:
      return tf::Dynamic{tf::Type::string(), {"made up"}};
    case Kind::list:
    case Kind::set:
      return tf::List{};
    case Kind::map:
      return tf::Map{};
    case Kind::tuple: {
      tf::List elements;
      for (const auto& [name, part] : type.parts()) elements.push_back(sample_of(part));
      return elements;
    }
    case Kind::object: {
      tf::Map attributes;
      for (const auto& [name, part] : type.parts()) attributes.emplace(name, sample_of(part));
      return attributes;
    }
  }
  return tf::Null{};
}

}  // namespace

tf::Value made_up(const tf::Type& type, tf::Value value) {
  if (value.is_unknown()) return sample_of(type);
  if (tf::List* list = value.as<tf::List>()) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      const tf::Type& element = type.is_collection() ? type.element() : type.parts()[i].second;
      (*list)[i] = made_up(element, std::move((*list)[i]));
    }
  }
  if (tf::Map* map = value.as<tf::Map>()) {
    if (type.is_collection()) {
      for (auto& [key, element] : *map) element = made_up(type.element(), std::move(element));
    } else {
      for (const auto& [name, part] : type.parts())
        (*map)[name] = made_up(part, std::move((*map)[name]));
    }
  }
  if (tf::Dynamic* dynamic = value.as<tf::Dynamic>())
    dynamic->value.front() = made_up(dynamic->type, std::move(dynamic->value.front()));
  return value;
}

std::string new_id() {
  std::random_device random;
  std::string id;
  for (int i = 0; i < 16; ++i) id += "0123456789abcdef"[random() % 16];
  return id;
}

tf::Diagnostics refused(std::string summary, std::string detail) {
  return {tf::error_at({}, std::move(summary), std::move(detail))};
}

InMemory::InMemory(std::string name, tf::Schema schema)
    : name_(std::move(name)), schema_(std::move(schema)), type_(type_of(schema_)) {}

void InMemory::validate(const tf::Value&, tf::Diagnostics&) const {}

tf::PlanResult InMemory::plan(const tf::PlanRequest& request, const tf::Call&) {
  return {tf::plan(schema_, request.prior, request.config), request.private_data, {}, {}};
}

tf::ApplyResult InMemory::apply(const tf::ApplyRequest& request, const tf::Call&) {
  tf::Value planned = request.planned;
  if (tf::Map* object = planned.as<tf::Map>()) {
    const auto id = object->find("id");
    if (id != object->end() && id->second.is_unknown()) id->second = new_id();
  }
  return {made_up(type_, std::move(planned)), tf::Null{}, request.private_data, {}};
}

tf::ReadResult InMemory::read(const tf::ReadRequest& request, const tf::Call&) {
  return {request.state, request.identity, request.private_data, {}, {}};
}

tf::ReadResult InMemory::import(const tf::ImportRequest&, const tf::Call&) {
  return {tf::Null{}, {}, {}, {}, refused("cannot import", name_ + " cannot be imported.")};
}

Result<Json> InMemory::upgrade(std::int64_t, Json state) const {
  return state;
}

Result<tf::Value> InMemory::move(const tf::MoveRequest& request) const {
  return fail(Errc::not_found, "cannot take over a " + request.type_name);
}

tf::Value InMemory::generate_config(const tf::Value& state) const {
  return tf::config_of(schema_, state);
}

tf::Value InMemory::object_with(tf::Map attributes) const {
  for (const tf::Attribute& a : schema_.attributes) attributes.emplace(a.name, tf::Null{});
  return attributes;
}

}  // namespace paas::corner
