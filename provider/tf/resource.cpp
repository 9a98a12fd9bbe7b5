#include "provider/tf/resource.hpp"

namespace paas::tf {

Type type_of(const IdentitySchema& schema) {
  std::vector<std::pair<std::string, Type>> parts;
  parts.reserve(schema.attributes.size());
  for (const IdentityAttribute& a : schema.attributes) parts.emplace_back(a.name, a.type);
  return Type::object(std::move(parts));
}

}  // namespace paas::tf
