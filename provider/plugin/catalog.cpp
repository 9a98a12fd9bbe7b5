#include "provider/plugin/catalog.hpp"

#include <algorithm>

namespace paas::plugin {
namespace {

template <class T>
ByName<T> by_name(const std::vector<std::unique_ptr<T>>& items) {
  ByName<T> found;
  for (const std::unique_ptr<T>& item : items)
    found.emplace(item->name(),
                  Offered<T>{item.get(), {&item->schema(), type_of(item->schema())}, {}});
  return found;
}

tl::unexpected<Error> unknown(std::string_view kind, std::string_view name) {
  return tl::unexpected<Error>(Error{
      Errc::not_found,
      "this provider has no " + std::string(kind) + " \"" + std::string(name) + "\"",
      {},
      {}}.advising("check the spelling, and the version of the provider"));
}

template <class T>
Result<const Offered<T>*> find(const ByName<T>& items, std::string_view kind,
                               std::string_view name) {
  const auto found = items.find(name);
  if (found == items.end()) return unknown(kind, name);
  return &found->second;
}

}  // namespace

Catalog::Catalog(std::unique_ptr<tf::Provider> provider)
    : provider_(std::move(provider)),
      configuration_{&provider_->schema(), type_of(provider_->schema())},
      resources_(by_name(provider_->resources())),
      data_sources_(by_name(provider_->data_sources())),
      ephemerals_(by_name(provider_->ephemerals())),
      list_resources_(by_name(provider_->list_resources())),
      actions_(by_name(provider_->actions())) {
  for (auto& [name, offered] : resources_) {
    if (const tf::IdentitySchema* identity = offered.item->identity())
      offered.identity = type_of(*identity);
  }
  for (auto& [name, offered] : list_resources_) {
    const auto listed = resources_.find(name);
    if (listed != resources_.end()) offered.identity = listed->second.identity;
  }
}

Result<const Offered<tf::Resource>*> Catalog::resource(std::string_view name) const {
  return find(resources_, "resource type", name);
}

Result<const Offered<tf::DataSource>*> Catalog::data_source(std::string_view name) const {
  return find(data_sources_, "data source", name);
}

Result<const Offered<tf::Ephemeral>*> Catalog::ephemeral(std::string_view name) const {
  return find(ephemerals_, "ephemeral resource type", name);
}

Result<const Offered<tf::ListResource>*> Catalog::list_resource(std::string_view name) const {
  return find(list_resources_, "list of the resource type", name);
}

Result<const Offered<tf::Action>*> Catalog::action(std::string_view name) const {
  return find(actions_, "action", name);
}

Result<const tf::Function*> Catalog::function(std::string_view name) const {
  const std::vector<tf::Function>& all = provider_->functions();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.name == name; });
  if (found == all.end()) return unknown("function", name);
  return &*found;
}

}  // namespace paas::plugin
