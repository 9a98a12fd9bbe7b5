#include "provider/data/pve_templates/pve_templates.hpp"

#include <set>

#include "libpaas/base/text.hpp"
#include "provider/checks/checks.hpp"
#include "provider/policy/policy.hpp"
#include "provider/tf/typed_data.hpp"

namespace paas::pve_templates {
namespace {

using tf::Attr;
using tf::Trait;

struct Template {
  Attr<std::string> volume;
  Attr<std::string> node;
  Attr<std::string> storage;
  Attr<std::string> file_name;
  Attr<std::string> format;
  Attr<std::int64_t> size_bytes;
};

struct Templates {
  Attr<std::string> node;
  Attr<std::string> storage;
  Attr<std::string> file_name;
  Attr<std::vector<Template>> templates;
};

// clang-format off: tables, one attribute a row
const tf::Object<Template>& template_object() {
  static const tf::Object<Template> object{"A template or OCI archive.", 0, {
      {"volume", &Template::volume, Trait::computed,
       "Volume id, as `paas_lxc` takes it: `local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst`."},
      {"node", &Template::node, Trait::computed,
       "Node on which it is; of a shared storage, one that sees it."},
      {"storage", &Template::storage, Trait::computed, "Storage that holds it."},
      {"file_name", &Template::file_name, Trait::computed, "Name of the file."},
      {"format", &Template::format, Trait::computed, "Format: `tzst`, `txz`, `tgz`, `tar`."},
      {"size_bytes", &Template::size_bytes, Trait::computed, "Size of the file."},
  }};
  return object;
}

const tf::Object<Templates>& templates_object() {
  static const tf::Object<Templates> object{
      "The templates of containers, and OCI archives, on the storages of the cluster, sorted by node "
      "and volume.", 0, {
      {"node", &Templates::node, Trait::optional, "Only those that this node sees.",
       {.check = checks::name()}},
      {"storage", &Templates::storage, Trait::optional, "Only those on this storage.",
       {.check = checks::name()}},
      {"file_name", &Templates::file_name, Trait::optional,
       "Only files of this name, in which `*` stands for any text: `debian-12-*`.",
       {.check = checks::one_line()}},
      {"templates", nested(&Templates::templates, template_object()), Trait::computed,
       "The templates."},
  }};
  return object;
}
// clang-format on

bool is_asked(const Templates& asked, const proxmox::Template& found) {
  return (asked.storage.null() || *asked.storage == found.storage) &&
         (asked.file_name.null() || policy::fits(*asked.file_name, found.file_name));
}

Result<void> require_storage(const std::string& name, const proxmox::Resources& list) {
  std::set<std::string> names;
  for (const proxmox::Storage& storage : list.storages) names.insert(storage.name);
  if (names.empty() || names.contains(name)) return {};  // none: they may not be seen
  return tl::unexpected<Error>(
      Error{Errc::not_found,
            "storage: the cluster has no storage \"" + shortened(name, 80) + "\"",
            {},
            "name one of its storages: " + join({names.begin(), names.end()}, ", ")});
}

class TemplatesSource final : public tf::TypedData<Templates> {
 public:
  explicit TemplatesSource(std::shared_ptr<const provider::CurrentServices> services)
      : TypedData("paas_pve_templates", templates_object()), services_(std::move(services)) {}

 protected:
  Result<Templates> look_up(Templates asked, const tf::Call& call) override {
    const auto services = services_->get();
    auto cluster = TRY(services->cluster());
    if (asked.storage.known())
      TRY(require_storage(*asked.storage, *TRY(cluster.inventory.resources(call.stop))));
    const auto found = TRY(cluster.inventory.templates(asked.node.value_or(""), call.stop));
    std::vector<Template> templates;
    for (const proxmox::Template& one : found)
      if (is_asked(asked, one))
        templates.push_back({one.volume, one.node, one.storage, one.file_name, one.format,
                             static_cast<std::int64_t>(one.size_bytes)});
    asked.templates = std::move(templates);
    return asked;
  }
  bool waits() const override { return services_->get()->waits(); }

 private:
  std::shared_ptr<const provider::CurrentServices> services_;
};

}  // namespace

std::unique_ptr<tf::DataSource> make_pve_templates(
    std::shared_ptr<const provider::CurrentServices> services) {
  return std::make_unique<TemplatesSource>(std::move(services));
}

}  // namespace paas::pve_templates
