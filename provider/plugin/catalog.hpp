#pragma once
// Catalog: what one provider offers, found by name, with the types that the codec needs.

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "provider/tf/resource.hpp"

namespace paas::plugin {

// A schema with the type of its objects.
struct Shape {
  const tf::Schema* schema;
  tf::Type type;
};

// One of what is offered, with its shape.
template <class T>
struct Offered {
  T* item;
  Shape shape;
  std::optional<tf::Type> identity;  // of a resource, and of a list of its objects
};

template <class T>
using ByName = std::map<std::string, Offered<T>, std::less<>>;

class Catalog {
 public:
  explicit Catalog(std::unique_ptr<tf::Provider> provider);

  tf::Provider& provider() const { return *provider_; }
  const Shape& configuration() const { return configuration_; }

  // Never null. Errors: `not_found`, in words for the user.
  Result<const Offered<tf::Resource>*> resource(std::string_view name) const;
  Result<const Offered<tf::DataSource>*> data_source(std::string_view name) const;
  Result<const Offered<tf::Ephemeral>*> ephemeral(std::string_view name) const;
  Result<const Offered<tf::ListResource>*> list_resource(std::string_view name) const;
  Result<const Offered<tf::Action>*> action(std::string_view name) const;
  Result<const tf::Function*> function(std::string_view name) const;

 private:
  std::unique_ptr<tf::Provider> provider_;
  Shape configuration_;
  ByName<tf::Resource> resources_;
  ByName<tf::DataSource> data_sources_;
  ByName<tf::Ephemeral> ephemerals_;
  ByName<tf::ListResource> list_resources_;
  ByName<tf::Action> actions_;
};

}  // namespace paas::plugin
