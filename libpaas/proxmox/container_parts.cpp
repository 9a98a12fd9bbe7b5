// The parts of a container's configuration that are property strings, and the texts of sizes, tags
// and decimal numbers.
#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/proxmox/container.hpp"
#include "libpaas/proxmox/property_string.hpp"

namespace paas::proxmox {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t mib_per_gib = 1024;
constexpr std::uint64_t mib_per_tib = 1024 * 1024;

struct SizeParts {
  std::uint64_t mib = 0;  // rounded up
  bool exact = true;
};

// Bytes are counted in 128 bits, so that no input in bounds overflows.
std::optional<SizeParts> read_size(std::string_view text) {
  if (text.empty() || text.size() > 24) return {};
  unsigned shift = 0;
  switch (text.back()) {
    case 'K':
      shift = 10;
      break;
    case 'M':
      shift = 20;
      break;
    case 'G':
      shift = 30;
      break;
    case 'T':
      shift = 40;
      break;
    default:
      break;
  }
  if (shift != 0) text.remove_suffix(1);
  const auto parts = split(text, '.');
  const auto whole = parse_integer<std::uint64_t>(parts[0]);
  if (!whole || *whole > (std::uint64_t{1} << 50) || parts.size() > 2) return {};
  __extension__ using Wide = unsigned __int128;
  Wide bytes = Wide{*whole} << shift;
  if (bytes >> 63 != 0) return {};
  bool exact = true;
  if (parts.size() == 2) {
    const auto fraction = parse_integer<std::uint64_t>(parts[1]);
    if (!fraction || parts[1].size() > 15) return {};
    std::uint64_t scale = 1;
    for (std::size_t i = 0; i < parts[1].size(); ++i) scale *= 10;
    const Wide scaled = Wide{*fraction} << shift;
    bytes += (scaled + scale - 1) / scale;
    exact = scaled % scale == 0;
  }
  constexpr Wide mib = Wide{kib * kib};
  return SizeParts{static_cast<std::uint64_t>((bytes + mib - 1) / mib), exact && bytes % mib == 0};
}

// A trailing "G" for a new volume is not allowed: the API counts GiB with a decimal fraction.
std::string print_gib(std::uint64_t mib) {
  std::string out = std::to_string(mib / mib_per_gib);
  std::uint64_t rest = mib % mib_per_gib;
  if (rest > 0) out += '.';
  for (; rest > 0; rest %= mib_per_gib) {
    rest *= 10;
    out += static_cast<char>('0' + rest / mib_per_gib);
  }
  return out;
}

bool on(const std::optional<bool>& flag) {
  return flag.value_or(false);
}

// What stands behind the volume in a mount's text.
void add_mount_options(PropertyPrinter& out, const Mount& mount) {
  out.add("mp", mount.path);
  out.add_flag("acl", mount.acl);
  out.add_flag("backup", mount.backup);
  out.add_list("mountoptions", mount.mount_options);
  out.add_flag("quota", mount.quota);
  out.add_flag("replicate", mount.replicate);
  out.add_flag("ro", mount.read_only);
  out.add_flag("shared", mount.shared);
}

bool has_key(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view key) {
  return std::any_of(pairs.begin(), pairs.end(),
                     [&](const auto& pair) { return pair.first == key; });
}

std::vector<std::string> sorted(std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace

std::string Mount::storage() const {
  if (volume.empty() || volume[0] == '/') return {};
  return volume.substr(0, volume.find(':'));
}

bool Mount::needs_volume() const {
  return !volume.empty() && volume[0] != '/' && volume.find(':') == std::string::npos;
}

std::string print_network(const Network& network) {
  PropertyPrinter out;
  out.add("name", network.name);
  out.add("bridge", network.bridge);
  out.add_flag("firewall", network.firewall);
  out.add("gw", network.gateway4);
  out.add("gw6", network.gateway6);
  out.add_flag("host-managed", network.host_managed);
  out.add("hwaddr", network.mac);
  out.add("ip", network.ipv4);
  out.add("ip6", network.ipv6);
  out.add_flag("link_down", network.link_down);
  out.add_number("mtu", network.mtu);
  out.add("rate", network.rate.value_or(""));
  out.add_number("tag", network.vlan);
  std::vector<std::string> trunks;
  for (const int vlan : network.trunks) trunks.push_back(std::to_string(vlan));
  out.add_list("trunks", trunks);
  out.add_all(network.others);
  return std::move(out).text();
}

Result<Network> parse_network(std::string_view text) {
  PropertyString in = TRY(PropertyString::parse(text));
  Network network;
  network.name = in.take("name").value_or("");
  network.bridge = in.take("bridge").value_or("");
  network.mac = upper(in.take("hwaddr").value_or(""));
  network.vlan = TRY(in.take_int("tag"));
  for (const std::string& vlan : in.take_list("trunks")) {
    const auto number = parse_integer<int>(vlan);
    if (!number) return fail(Errc::invalid, "trunks is not a list of VLANs");
    network.trunks.push_back(*number);
  }
  network.ipv4 = in.take("ip").value_or("");
  network.gateway4 = in.take("gw").value_or("");
  network.ipv6 = in.take("ip6").value_or("");
  network.gateway6 = in.take("gw6").value_or("");
  network.firewall = TRY(in.take_bool("firewall"));
  network.mtu = TRY(in.take_int("mtu"));
  network.rate = in.take("rate");
  network.link_down = TRY(in.take_bool("link_down"));
  network.host_managed = TRY(in.take_bool("host-managed"));
  // The server adds "type=veth" to every network; there is no other type.
  if (auto type = in.take("type"); type && *type != "veth")
    network.others.emplace_back("type", std::move(*type));
  for (auto& pair : std::move(in).rest()) network.others.push_back(std::move(pair));
  return network;
}

bool same_network(const Network& a, const Network& b) {
  return a.name == b.name && a.bridge == b.bridge && upper(a.mac) == upper(b.mac) &&
         a.vlan == b.vlan && a.trunks == b.trunks && a.ipv4 == b.ipv4 && a.gateway4 == b.gateway4 &&
         a.ipv6 == b.ipv6 && a.gateway6 == b.gateway6 && on(a.firewall) == on(b.firewall) &&
         a.mtu == b.mtu &&
         plain_decimal(a.rate.value_or("")) == plain_decimal(b.rate.value_or("")) &&
         on(a.link_down) == on(b.link_down) && on(a.host_managed) == on(b.host_managed) &&
         a.others == b.others;
}

std::string print_mount(const Mount& mount) {
  PropertyPrinter out;
  out.add_default("volume", mount.volume);
  add_mount_options(out, mount);
  if (mount.size_mib && !has_key(mount.others, "size"))
    out.add("size", print_size(*mount.size_mib));
  out.add_all(mount.others);
  return std::move(out).text();
}

std::string print_allocation(const Mount& mount) {
  PropertyPrinter out;
  out.add_default("volume", mount.volume + ":" + print_gib(mount.size_mib.value_or(0)));
  add_mount_options(out, mount);
  for (const auto& [key, value] : mount.others)
    if (key != "size") out.add(key, value);
  return std::move(out).text();
}

Result<Mount> parse_mount(std::string_view text) {
  PropertyString in = TRY(PropertyString::parse(text, "volume"));
  Mount mount;
  mount.volume = in.take("volume").value_or("");
  if (mount.volume.empty()) return fail(Errc::invalid, "a mount without volume");
  mount.path = in.take("mp").value_or("");
  mount.acl = TRY(in.take_bool("acl"));
  mount.backup = TRY(in.take_bool("backup"));
  mount.quota = TRY(in.take_bool("quota"));
  mount.read_only = TRY(in.take_bool("ro"));
  mount.replicate = TRY(in.take_bool("replicate"));
  mount.shared = TRY(in.take_bool("shared"));
  mount.mount_options = in.take_list("mountoptions");
  const auto size_text = in.take("size");
  mount.others = std::move(in).rest();
  if (size_text) {
    const auto size = read_size(*size_text);
    if (!size) return fail(Errc::invalid, "size is not a size");
    mount.size_mib = size->mib;
    // A size that is not a number of MiB has to be written back as it was.
    if (!size->exact) mount.others.emplace_back("size", *size_text);
  }
  return mount;
}

bool same_mount_options(const Mount& a, const Mount& b) {
  const auto extra = [](const Mount& mount) {
    auto pairs = mount.others;
    std::erase_if(pairs, [](const auto& pair) { return pair.first == "size"; });
    return pairs;
  };
  return a.path == b.path && a.acl == b.acl && on(a.backup) == on(b.backup) &&
         on(a.quota) == on(b.quota) && on(a.read_only) == on(b.read_only) &&
         a.replicate.value_or(true) == b.replicate.value_or(true) && on(a.shared) == on(b.shared) &&
         sorted(a.mount_options) == sorted(b.mount_options) && extra(a) == extra(b);
}

std::string print_features(const Features& features) {
  PropertyPrinter out;
  out.add_flag("force_rw_sys", features.force_rw_sys);
  out.add_flag("fuse", features.fuse);
  out.add_flag("keyctl", features.keyctl);
  out.add_flag("mknod", features.mknod);
  out.add_list("mount", features.mount);
  out.add_flag("nesting", features.nesting);
  out.add_all(features.others);
  return std::move(out).text();
}

Result<Features> parse_features(std::string_view text) {
  PropertyString in = TRY(PropertyString::parse(text));
  Features features;
  features.nesting = TRY(in.take_bool("nesting"));
  features.keyctl = TRY(in.take_bool("keyctl"));
  features.fuse = TRY(in.take_bool("fuse"));
  features.mknod = TRY(in.take_bool("mknod"));
  features.force_rw_sys = TRY(in.take_bool("force_rw_sys"));
  features.mount = in.take_list("mount");
  features.others = std::move(in).rest();
  return features;
}

bool same_features(const Features& a, const Features& b) {
  return on(a.nesting) == on(b.nesting) && on(a.keyctl) == on(b.keyctl) &&
         on(a.fuse) == on(b.fuse) && on(a.mknod) == on(b.mknod) &&
         on(a.force_rw_sys) == on(b.force_rw_sys) && sorted(a.mount) == sorted(b.mount) &&
         a.others == b.others;
}

std::string print_device(const Device& device) {
  PropertyPrinter out;
  out.add_default("path", device.path);
  out.add_flag("deny-write", device.deny_write);
  out.add_number("gid", device.gid);
  out.add("mode", device.mode.value_or(""));
  out.add_number("uid", device.uid);
  out.add_all(device.others);
  return std::move(out).text();
}

Result<Device> parse_device(std::string_view text) {
  PropertyString in = TRY(PropertyString::parse(text, "path"));
  Device device;
  device.path = in.take("path").value_or("");
  device.mode = in.take("mode");
  device.uid = TRY(in.take_int("uid"));
  device.gid = TRY(in.take_int("gid"));
  device.deny_write = TRY(in.take_bool("deny-write"));
  device.others = std::move(in).rest();
  return device;
}

std::string print_startup(const Startup& startup) {
  PropertyPrinter out;
  out.add_number("order", startup.order);
  out.add_number("up", startup.up_delay_s);
  out.add_number("down", startup.down_delay_s);
  out.add_all(startup.others);
  return std::move(out).text();
}

Result<Startup> parse_startup(std::string_view text) {
  PropertyString in = TRY(PropertyString::parse(text, "order"));
  Startup startup;
  startup.order = TRY(in.take_int("order"));
  startup.up_delay_s = TRY(in.take_int("up"));
  startup.down_delay_s = TRY(in.take_int("down"));
  startup.others = std::move(in).rest();
  return startup;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto size = read_size(text);
  if (!size) return fail(Errc::invalid, excerpt(text, 32) + " is not a size like 8G or 512M");
  return size->mib;
}

std::string print_size(std::uint64_t mib) {
  if (mib % mib_per_tib == 0) return std::to_string(mib / mib_per_tib) + "T";
  if (mib % mib_per_gib == 0) return std::to_string(mib / mib_per_gib) + "G";
  return std::to_string(mib) + "M";
}

std::string plain_decimal(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos || dot == 0 ||
      text.find_first_not_of("0123456789.") != std::string_view::npos ||
      text.find('.', dot + 1) != std::string_view::npos)
    return std::string(text);
  std::size_t end = text.find_last_not_of('0') + 1;
  if (end == dot + 1) end = dot;
  return std::string(text.substr(0, end));
}

std::vector<std::string> normalised_tags(const std::vector<std::string>& tags) {
  std::vector<std::string> out;
  for (const std::string& tag : tags)
    for (const std::string_view word : words(tag, ";, \t\r\n")) out.push_back(lower(word));
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace paas::proxmox
