#include "libpaas/adapters/host/time_zones.hpp"

#include "libpaas/adapters/host/files.hpp"
#include "libpaas/adapters/host/tzif.hpp"
#include "libpaas/base/text.hpp"

namespace paas::host {
namespace {

constexpr std::size_t most_zone_bytes = std::size_t{1} << 20;

class ZoneFolder final : public TimeZones {
 public:
  explicit ZoneFolder(std::string folder) : folder_(std::move(folder)) {}

  Result<blueprint::TimeZone> find(const std::string& name) override {
    if (!blueprint::is_time_zone_name(name)) {
      return fail(Errc::invalid, excerpt(name, 100) + " is no name of a time zone");
    }
    const auto bytes = read_regular(folder_ + "/" + name, most_zone_bytes);
    if (!bytes && bytes.error().code == Errc::not_found) {
      if (name == "UTC") return blueprint::TimeZone{};
      return fail(Errc::not_found, "there is no time zone \"" + name + "\" in " + folder_);
    }
    if (!bytes) return tl::unexpected(bytes.error());
    auto zone = parse_tzif(*bytes);
    if (!zone) return fail_while("read the time zone \"" + name + "\"", std::move(zone));
    return zone;
  }

 private:
  std::string folder_;
};

}  // namespace

std::unique_ptr<TimeZones> make_time_zones(std::string folder) {
  return std::make_unique<ZoneFolder>(std::move(folder));
}

}  // namespace paas::host
