#include "libpaas/reconcile/expected_text.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>

#include "libpaas/base/field_reader.hpp"
#include "libpaas/base/hash.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/blueprint/blueprint.hpp"

namespace paas::reconcile {
namespace expected_form {

using namespace model;

constexpr int version = 1;
constexpr JsonLimits most{.max_bytes = most_expected_bytes, .max_depth = 64};
constexpr std::array<std::string_view, 2> carried{"peers", "routes"};

// --- Writing. ------------------------------------------------------------------------------------

Json object_of(const TextMap& map) {
  return Json::Object(map.begin(), map.end());
}

Json list_of(const Texts& texts) {
  return Json::Array(texts.begin(), texts.end());
}

Json network_json(const NetworkSpec& network) {
  return Json::Object{{"name", network.name},     {"bridge", network.bridge},
                      {"subnet", network.subnet}, {"gateway", network.gateway},
                      {"mtu", network.mtu},       {"labels", object_of(network.labels)}};
}

Json container_json(const ExpectedContainer& one) {
  return Json::Object{{"name", one.name},
                      {"project", one.allocation.project},
                      {"app", one.allocation.app},
                      {"replica", one.allocation.ordinal},
                      {"release", one.release},
                      {"image_id", one.image_id},
                      {"container", blueprint::to_json(one.container)},
                      {"network", one.network},
                      {"address", one.address},
                      {"dns_servers", list_of(one.dns_servers)}};
}

void add_section(Json::Object& sections, std::string_view name, Json content) {
  const std::string hash = hex(sha256(print_json(content)));
  sections.emplace(name, Json::Object{{"sha256", hash}, {"content", std::move(content)}});
}

// REQUIRES: it is JSON.
Json json_of(std::string_view text) {
  return parse_json(text, most).value_or(Json{});
}

// --- Reading. ------------------------------------------------------------------------------------

// Only sections whose content is what the sender hashed.
Result<void> check_section(const Json& section, std::string_view name) {
  const std::string path = "expected state: sections." + std::string(name) + ": ";
  if (section.object() == nullptr) return fail(Errc::invalid, path + "is missing");
  const std::string* told = section["sha256"].string();
  if (told == nullptr || *told != hex(sha256(print_json(section["content"])))) {
    return fail(Errc::invalid, path + "its content is not what its sha256 says");
  }
  return {};
}

void read_network(FieldReader& in, NetworkSpec& out) {
  in.require({"name", "bridge", "subnet", "gateway"});
  in.text("name", out.name);
  in.text("bridge", out.bridge);
  in.text("subnet", out.subnet);
  in.text("gateway", out.gateway);
  in.integer("mtu", out.mtu, {576, 65535});
  in.text_map("labels", out.labels);
  const auto subnet = parse_cidr4(out.subnet);
  const auto gateway = parse_ipv4(out.gateway);
  if (!subnet) return in.flaw("subnet", "must be an IPv4 network");
  if (!gateway || !subnet->contains(*gateway)) in.flaw("gateway", "must be in the subnet");
  // IFNAMSIZ of Linux.
  if (out.bridge.empty() || out.bridge.size() > 15) in.flaw("bridge", "must have 1 to 15 bytes");
}

void read_container(FieldReader& in, ExpectedContainer& out) {
  in.require({"name", "project", "app", "replica", "release", "container", "network", "address"});
  in.text("name", out.name);
  in.text("project", out.allocation.project);
  in.text("app", out.allocation.app);
  in.integer("replica", out.allocation.ordinal, {0, 1'000'000});
  in.text("release", out.release);
  in.text("image_id", out.image_id);
  in.one("container", [&](FieldReader& one) {
    one.require({"image"});
    blueprint::read_container(one, out.container);
  });
  in.text("network", out.network);
  in.text("address", out.address);
  in.texts("dns_servers", out.dns_servers);
  if (!blueprint::is_label(out.allocation.project)) in.flaw("project", "must be a DNS label");
  if (!blueprint::is_label(out.allocation.app)) in.flaw("app", "must be a DNS label");
  for (const std::string& server : out.dns_servers) {
    if (!parse_ipv4(server) && !parse_ipv6(server)) {
      in.flaw("dns_servers", "must be IP addresses");
    }
  }
}

// What no engine could make: the path and why; empty if nothing.
std::string contradiction(const ExpectedState& state) {
  std::set<std::string_view> names, addresses;
  for (std::size_t i = 0; i < state.containers.size(); ++i) {
    const ExpectedContainer& one = state.containers[i];
    const std::string path = item_path("sections.containers.content", i);
    if (one.name.empty() || !names.insert(one.name).second) {
      return path + ".name: is empty or there twice";
    }
    const auto network = std::find_if(state.networks.begin(), state.networks.end(),
                                      [&](const auto& n) { return n.name == one.network; });
    if (network == state.networks.end()) return path + ".network: there is none of that name";
    const auto address = parse_ipv4(one.address);
    if (!address || !parse_cidr4(network->subnet)->contains(*address)) {
      return path + ".address: must be in the subnet of its network";
    }
    if (!addresses.insert(one.address).second) return path + ".address: is there twice";
  }
  return {};
}

void read_state(FieldReader& in, ExpectedState& out) {
  int format = 0;
  in.require({"version", "generation", "sections"});
  in.integer("version", format, {version, version});
  in.integer("generation", out.generation);
  in.one("sections", [&](FieldReader& sections) {
    sections.one("networks", [&](FieldReader& section) {
      section.require({"content"});
      section.each("content", [&](FieldReader& network) {
        read_network(network, out.networks.emplace_back());
      });
    });
    sections.one("containers", [&](FieldReader& section) {
      section.require({"content"});
      section.each("content", [&](FieldReader& container) {
        read_container(container, out.containers.emplace_back());
      });
    });
  });
}

}  // namespace expected_form

std::string print_expected(const model::ExpectedState& state) {
  using namespace expected_form;
  Json::Array networks, containers;
  for (const NetworkSpec& network : state.networks) networks.push_back(network_json(network));
  for (const ExpectedContainer& one : state.containers) containers.push_back(container_json(one));
  Json::Object sections;
  add_section(sections, "networks", std::move(networks));
  add_section(sections, "containers", std::move(containers));
  add_section(sections, "names", state.names.empty() ? Json{} : json_of(state.names));
  for (const auto& [name, text] : state.carried) add_section(sections, name, json_of(text));
  return print_json(Json::Object{{"version", version},
                                 {"generation", state.generation},
                                 {"sections", std::move(sections)}}) +
         "\n";
}

Result<model::ExpectedState> parse_expected(std::string_view text) {
  using namespace expected_form;
  const Json json = TRY(parse_json(text, most));
  ExpectedState out;
  const Json& sections = json["sections"];
  if (json["version"] == Json(version)) {  // how a newer one hashes is not known
    for (const std::string_view name : {"networks", "containers", "names"}) {
      TRY(check_section(sections[name], name));
    }
    for (const std::string_view name : carried) {
      if (sections[name].is_null()) continue;
      TRY(check_section(sections[name], name));
      out.carried.emplace(name, print_json(sections[name]["content"]));
    }
  }
  TRY(read_json_fields(json, "expected state", [&](FieldReader& in) { read_state(in, out); }));
  const std::string wrong = contradiction(out);
  if (!wrong.empty()) return fail(Errc::invalid, "expected state: " + wrong);
  const Json& names = sections["names"]["content"];
  if (!names.is_null() && names.object() == nullptr) {
    return fail(Errc::invalid, "expected state: sections.names.content: must be a map");
  }
  if (!names.is_null()) out.names = print_json(names) + "\n";
  return out;
}

}  // namespace paas::reconcile
