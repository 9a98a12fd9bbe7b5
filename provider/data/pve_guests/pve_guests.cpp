#include "provider/data/pve_guests/pve_guests.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/proxmox/advice.hpp"
#include "provider/checks/checks.hpp"
#include "provider/tf/typed_data.hpp"

namespace paas::pve_guests {
namespace {

using tf::Attr;
using tf::Trait;

struct Guest {
  Attr<std::int64_t> vmid;
  Attr<std::string> kind;
  Attr<std::string> node;
  Attr<std::string> name;
  Attr<std::string> status;
  Attr<std::vector<std::string>> tags;
  Attr<std::string> pool;
  Attr<std::string> lock;
  Attr<std::string> ha_state;
  Attr<bool> is_template;
  Attr<std::int64_t> cores;
  Attr<std::int64_t> memory_bytes;
  Attr<std::int64_t> disk_bytes;
  Attr<std::int64_t> uptime_seconds;
};

struct Guests {
  Attr<std::string> tag;
  Attr<std::string> pool;
  Attr<std::string> node;
  Attr<std::string> name;
  Attr<std::string> kind;
  Attr<std::vector<Guest>> guests;
};

// clang-format off: tables, one attribute a row
const tf::Object<Guest>& guest_object() {
  static const tf::Object<Guest> object{"A guest.", 0, {
      {"vmid", &Guest::vmid, Trait::computed, "Id in the cluster."},
      {"kind", &Guest::kind, Trait::computed, "`lxc` or `qemu`."},
      {"node", &Guest::node, Trait::computed, "Node on which it is now."},
      {"name", &Guest::name, Trait::computed,
       "Name; empty for some seconds after it was created."},
      {"status", &Guest::status, Trait::computed,
       "`running`, `stopped` or `unknown`; may be ten seconds old."},
      {"tags", &Guest::tags, Trait::computed, "Tags, sorted."},
      {"pool", &Guest::pool, Trait::computed, "Pool; empty if it is in none."},
      {"lock", &Guest::lock, Trait::computed, "What locks it: `backup`, `migrate`, …; else empty."},
      {"ha_state", &Guest::ha_state, Trait::computed,
       "State of the HA manager; empty for a guest that it does not manage."},
      {"is_template", &Guest::is_template, Trait::computed, "Whether it is a template."},
      {"cores", &Guest::cores, Trait::computed, "Number of cores."},
      {"memory_bytes", &Guest::memory_bytes, Trait::computed, "Memory."},
      {"disk_bytes", &Guest::disk_bytes, Trait::computed, "Size of the root disk."},
      {"uptime_seconds", &Guest::uptime_seconds, Trait::computed,
       "Time since it was started; 0 if it does not run."},
  }};
  return object;
}

const tf::Object<Guests>& guests_object() {
  static const tf::Object<Guests> object{
      "The containers and virtual machines of the cluster that the provider's user may see, sorted "
      "by id. Only those to which all filters apply.", 0, {
      {"tag", &Guests::tag, Trait::optional, "Only guests with this tag.", {.check = checks::tag()}},
      {"pool", &Guests::pool, Trait::optional, "Only guests in this pool.",
       {.check = checks::one_line()}},
      {"node", &Guests::node, Trait::optional, "Only guests on this node.",
       {.check = checks::name()}},
      {"name", &Guests::name, Trait::optional, "Only guests of this name.",
       {.check = checks::one_line()}},
      {"kind", &Guests::kind, Trait::optional, "Only `lxc` or only `qemu`.",
       {.check = tf::one_of({"lxc", "qemu"})}},
      {"guests", nested(&Guests::guests, guest_object()), Trait::computed, "The guests."},
  }};
  return object;
}
// clang-format on

const char* word_of(proxmox::GuestKind kind) {
  return kind == proxmox::GuestKind::container ? "lxc" : "qemu";
}

Guest guest_of(const proxmox::Guest& guest) {
  const auto amount = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  return {std::int64_t{guest.vmid},
          std::string(word_of(guest.kind)),
          guest.node,
          guest.name,
          guest.status,
          guest.tags,
          guest.pool,
          guest.lock,
          guest.ha_state,
          guest.is_template,
          std::int64_t{guest.cores},
          amount(guest.memory_bytes),
          amount(guest.disk_bytes),
          amount(guest.uptime_s)};
}

bool is_asked(const Guests& asked, const proxmox::Guest& guest) {
  const auto tagged = [&](const std::string& tag) {
    return std::find(guest.tags.begin(), guest.tags.end(), tag) != guest.tags.end();
  };
  return (asked.tag.null() || tagged(lower(*asked.tag))) &&
         (asked.pool.null() || *asked.pool == guest.pool) &&
         (asked.node.null() || *asked.node == guest.node) &&
         (asked.name.null() || *asked.name == guest.name) &&
         (asked.kind.null() || *asked.kind == word_of(guest.kind));
}

class GuestsSource final : public tf::TypedData<Guests> {
 public:
  explicit GuestsSource(std::shared_ptr<const provider::CurrentServices> services)
      : TypedData("paas_pve_guests", guests_object()), services_(std::move(services)) {}

 protected:
  Result<Guests> look_up(Guests asked, const tf::Call& call) override {
    const auto services = services_->get();
    auto cluster = TRY(services->cluster());
    const auto resources = TRY(cluster.inventory.resources(call.stop));
    if (asked.node.known()) TRY(proxmox::require_node(*asked.node, *resources));
    std::vector<Guest> guests;
    for (const proxmox::Guest& guest : resources->guests)
      if (is_asked(asked, guest)) guests.push_back(guest_of(guest));
    asked.guests = std::move(guests);
    return asked;
  }
  bool waits() const override { return services_->get()->waits(); }

 private:
  std::shared_ptr<const provider::CurrentServices> services_;
};

}  // namespace

std::unique_ptr<tf::DataSource> make_pve_guests(
    std::shared_ptr<const provider::CurrentServices> services) {
  return std::make_unique<GuestsSource>(std::move(services));
}

}  // namespace paas::pve_guests
