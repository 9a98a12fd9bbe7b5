// corner_everything: every kind of attribute and block.
#include "tests/corner/in_memory.hpp"
#include "tests/corner/parts.hpp"

namespace paas::corner {
namespace {

using tf::Nesting;
using tf::Trait;
using tf::Type;

tf::Attribute nested(std::string name, Nesting nesting, const tf::Schema& object, Trait traits) {
  auto shared = std::make_shared<const tf::Schema>(object);
  Type type = type_of(*shared);
  if (nesting == Nesting::list) type = Type::list(std::move(type));
  if (nesting == Nesting::set) type = Type::set(std::move(type));
  if (nesting == Nesting::map) type = Type::map(std::move(type));
  return {std::move(name), std::move(type), tf::Nested{nesting, std::move(shared)},
          traits,          "Nested.",       {}};
}

// "2G" and "2048" are the same size.
std::int64_t size_mib(const tf::Value& value) {
  const std::string& text = *value.as<std::string>();
  return std::stoll(text) * (text.ends_with('G') ? 1024 : 1);
}

tf::Rules size_rules() {
  tf::Rules rules;
  rules.check = [](const tf::Value& value) -> Result<void> {
    const std::string& text = *value.as<std::string>();
    if (text.empty() || text.size() > 9 || text.find_first_not_of("0123456789G") == 0)
      return fail(Errc::invalid, "must be a size such as 2G or 2048");
    return {};
  };
  rules.same = [](const tf::Value& prior, const tf::Value& config) {
    return size_mib(prior) == size_mib(config);
  };
  return rules;
}

tf::Rules fallback(tf::Value value) {
  tf::Rules rules;
  rules.fallback = std::move(value);
  return rules;
}

tf::Rules deprecated(std::string message) {
  tf::Rules rules;
  rules.deprecated = std::move(message);
  return rules;
}

tf::Schema nested_object() {
  return {"An object inside.",
          0,
          {{"name", Type::string(), {}, Trait::required, "Its name.", {}},
           {"port", Type::number(), {}, Trait::optional, "A port.", fallback(80)},
           {"token", Type::string(), {}, Trait::optional | Trait::sensitive, "A secret.", {}},
           {"made", Type::string(), {}, Trait::computed, "Made up.", {}}}};
}

tf::Schema plain_object() {
  return {"An object without anything computed.",
          0,
          {{"name", Type::string(), {}, Trait::required, "Its name.", {}},
           {"size", Type::number(), {}, Trait::optional, "Its size.", {}}}};
}

tf::Schema block_object() {
  return {"A block.",
          0,
          {{"name", Type::string(), {}, Trait::optional, "Its name.", {}},
           {"made", Type::string(), {}, Trait::optional | Trait::computed, "Made up.", {}},
           nested("inner", Nesting::list, plain_object(), Trait::block)}};
}

void add_plain(std::vector<tf::Attribute>& out) {
  const auto plain = [&](std::string name, Type type) {
    out.push_back({std::move(name), std::move(type), {}, Trait::optional, "As it is given.", {}});
  };
  plain("text", Type::string());
  plain("number", Type::number());
  plain("boolean", Type::boolean());
  plain("anything", Type::dynamic());
  plain("text_list", Type::list(Type::string()));
  plain("number_list", Type::list(Type::number()));
  plain("text_set", Type::set(Type::string()));
  plain("text_map", Type::map(Type::string()));
  plain("list_map", Type::map(Type::list(Type::boolean())));
  plain("object", Type::object({{"a", Type::string()}, {"b", Type::number()}}));
  plain("object_list", Type::list(Type::object({{"a", Type::string()}})));
  plain("tuple", Type::tuple({Type::string(), Type::boolean()}));
}

void add_behaving(std::vector<tf::Attribute>& out) {
  const Trait ours_too = Trait::optional | Trait::computed;
  out.push_back({"id", Type::string(), {}, Trait::computed | Trait::stable, "Its id.", {}});
  out.push_back({"revision", Type::number(), {}, Trait::computed, "Counts changes.", {}});
  out.push_back({"kept", Type::string(), {}, ours_too | Trait::stable, "Made up once.", {}});
  out.push_back({"fresh", Type::string(), {}, ours_too, "Made up at each change.", {}});
  out.push_back(
      {"defaulted", Type::string(), {}, Trait::optional, "Has a default.", fallback("by default")});
  out.push_back({"forced",
                 Type::string(),
                 {},
                 Trait::optional | Trait::replaces,
                 "A change makes a new one.",
                 {}});
  out.push_back({"size", Type::string(), {}, Trait::optional, "A size.", size_rules()});
  out.push_back({"secret", Type::string(), {}, Trait::optional | Trait::sensitive, "Hidden.", {}});
  out.push_back(
      {"old", Type::string(), {}, Trait::optional, "Deprecated.", deprecated("use text instead")});
  out.push_back({"password_wo",
                 Type::string(),
                 {},
                 Trait::optional | Trait::write_only,
                 "Never stored.",
                 {}});
  out.push_back({"password_wo_version",
                 Type::string(),
                 {},
                 Trait::optional,
                 "Change it to send the password again.",
                 {}});
  out.push_back({"password_length",
                 Type::number(),
                 {},
                 Trait::computed,
                 "Of the password as it was last sent.",
                 {}});
}

void add_nested(std::vector<tf::Attribute>& out) {
  out.push_back(nested("single", Nesting::single, nested_object(), Trait::optional));
  out.push_back(nested("listed", Nesting::list, nested_object(), Trait::optional));
  out.push_back(nested("named", Nesting::map, nested_object(), Trait::optional));
  out.push_back(nested("bag", Nesting::set, plain_object(), Trait::optional));
  out.push_back(nested("block_single", Nesting::single, block_object(), Trait::block));
  out.push_back(nested("block_list", Nesting::list, block_object(), Trait::block));
  out.push_back(nested("block_map", Nesting::map, block_object(), Trait::block));
  out.push_back(nested("block_set", Nesting::set, plain_object(), Trait::block));
}

tf::Schema everything_schema() {
  tf::Schema schema{"Every kind of attribute and block.", 0, {}};
  add_plain(schema.attributes);
  add_behaving(schema.attributes);
  add_nested(schema.attributes);
  return schema;
}

class Everything final : public InMemory {
 public:
  Everything() : InMemory("corner_everything", everything_schema()) {}

  tf::ApplyResult apply(const tf::ApplyRequest& request, const tf::Call& call) override {
    tf::ApplyResult result = InMemory::apply(request, call);
    tf::Map* object = result.state.as<tf::Map>();
    if (object == nullptr) return result;
    if (tf::at(request.planned, "revision").is_unknown()) {
      const tf::Number* before = tf::at(request.prior, "revision").as<tf::Number>();
      (*object)["revision"] = before ? before->int64().value_or(0) + 1 : 1;
    }
    const std::string* password = tf::at(request.config, "password_wo").as<std::string>();
    if (tf::at(request.planned, "password_length").is_unknown())
      (*object)["password_length"] = static_cast<std::int64_t>(password ? password->size() : 0);
    return result;
  }

  // The id may be anything; the rest is as if it had been created empty.
  tf::ReadResult import(const tf::ImportRequest& request, const tf::Call&) override {
    return {object_with({{"id", request.id},
                         {"revision", 1},
                         {"text", "imported"},
                         {"defaulted", "by default"},
                         {"kept", "made up"},
                         {"fresh", "made up"},
                         {"password_length", 0}}),
            {},
            {},
            {},
            {}};
  }
};

}  // namespace

std::unique_ptr<tf::Resource> everything() {
  return std::make_unique<Everything>();
}

}  // namespace paas::corner
