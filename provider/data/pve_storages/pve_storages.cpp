#include "provider/data/pve_storages/pve_storages.hpp"

#include <algorithm>

#include "libpaas/proxmox/advice.hpp"
#include "provider/checks/checks.hpp"
#include "provider/tf/typed_data.hpp"

namespace paas::pve_storages {
namespace {

using tf::Attr;
using tf::Trait;

struct Storage {
  Attr<std::string> name;
  Attr<std::string> node;
  Attr<std::string> type;
  Attr<std::vector<std::string>> content;
  Attr<bool> shared;
  Attr<bool> available;
  Attr<std::int64_t> total_bytes;
  Attr<std::int64_t> used_bytes;
};

struct Storages {
  Attr<std::string> node;
  Attr<std::string> name;
  Attr<std::string> content;
  Attr<std::vector<Storage>> storages;
};

// clang-format off: tables, one attribute a row
const tf::Object<Storage>& storage_object() {
  static const tf::Object<Storage> object{"A storage as one node sees it.", 0, {
      {"name", &Storage::name, Trait::computed, "Name."},
      {"node", &Storage::node, Trait::computed, "Node that sees it."},
      {"type", &Storage::type, Trait::computed, "Kind: `dir`, `lvmthin`, `zfspool`, `nfs`, …"},
      {"content", &Storage::content, Trait::computed,
       "What it may hold: `rootdir`, `images`, `vztmpl`, `iso`, `backup`, `snippets`, `import`."},
      {"shared", &Storage::shared, Trait::computed, "Whether all nodes see the same content."},
      {"available", &Storage::available, Trait::computed, "Whether the node can use it now."},
      {"total_bytes", &Storage::total_bytes, Trait::computed, "Size."},
      {"used_bytes", &Storage::used_bytes, Trait::computed, "Space in use."},
  }};
  return object;
}

const tf::Object<Storages>& storages_object() {
  static const tf::Object<Storages> object{
      "The storages of the cluster, sorted by name and node. One that several nodes see is there "
      "once for each.", 0, {
      {"node", &Storages::node, Trait::optional, "Only storages as this node sees them.",
       {.check = checks::name()}},
      {"name", &Storages::name, Trait::optional, "Only storages of this name.",
       {.check = checks::name()}},
      {"content", &Storages::content, Trait::optional,
       "Only storages that may hold this: `rootdir` for volumes of containers, `vztmpl` for "
       "templates.", {.check = checks::name()}},
      {"storages", nested(&Storages::storages, storage_object()), Trait::computed, "The storages."},
  }};
  return object;
}
// clang-format on

Storage storage_of(const proxmox::Storage& storage) {
  return {storage.name,
          storage.node,
          storage.type,
          storage.content,
          storage.shared,
          storage.available,
          static_cast<std::int64_t>(storage.total_bytes),
          static_cast<std::int64_t>(storage.used_bytes)};
}

bool is_asked(const Storages& asked, const proxmox::Storage& storage) {
  const auto holds = [&](const std::string& content) {
    return std::find(storage.content.begin(), storage.content.end(), content) !=
           storage.content.end();
  };
  return (asked.node.null() || *asked.node == storage.node) &&
         (asked.name.null() || *asked.name == storage.name) &&
         (asked.content.null() || holds(*asked.content));
}

class StoragesSource final : public tf::TypedData<Storages> {
 public:
  explicit StoragesSource(std::shared_ptr<const provider::CurrentServices> services)
      : TypedData("paas_pve_storages", storages_object()), services_(std::move(services)) {}

 protected:
  Result<Storages> look_up(Storages asked, const tf::Call& call) override {
    const auto services = services_->get();
    auto cluster = TRY(services->cluster());
    const auto resources = TRY(cluster.inventory.resources(call.stop));
    if (asked.node.known()) TRY(proxmox::require_node(*asked.node, *resources));
    std::vector<Storage> storages;
    for (const proxmox::Storage& storage : resources->storages)
      if (is_asked(asked, storage)) storages.push_back(storage_of(storage));
    asked.storages = std::move(storages);
    return asked;
  }
  bool waits() const override { return services_->get()->waits(); }

 private:
  std::shared_ptr<const provider::CurrentServices> services_;
};

}  // namespace

std::unique_ptr<tf::DataSource> make_pve_storages(
    std::shared_ptr<const provider::CurrentServices> services) {
  return std::make_unique<StoragesSource>(std::move(services));
}

}  // namespace paas::pve_storages
