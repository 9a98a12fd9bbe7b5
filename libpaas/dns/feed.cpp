#include "libpaas/dns/feed.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "libpaas/base/json.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/dns/name.hpp"

namespace paas::dns {
namespace {

tl::unexpected<Error> flaw(const std::string& path, std::string_view message) {
  return fail(Errc::invalid, (path.empty() ? "feed" : path) + ": " + std::string(message));
}

// One object of the text, and where it stands in it.
struct At {
  const Json& json;
  std::string path;

  std::string of(std::string_view member) const {
    return path.empty() ? std::string(member) : path + "." + std::string(member);
  }

  Result<std::uint64_t> whole(std::string_view member, std::uint64_t usual,
                              std::uint64_t most) const {
    const Json& value = json[member];
    if (value.is_null()) return usual;
    const auto number = value.integer();
    if (!number || *number < 0 || static_cast<std::uint64_t>(*number) > most) {
      return flaw(of(member), "must be a whole number from 0 to " + std::to_string(most));
    }
    return static_cast<std::uint64_t>(*number);
  }

  Result<std::string> label(std::string_view member) const {
    const std::string* text = json[member].string();
    if (text == nullptr || !is_label(*text)) {
      return flaw(of(member), "must be 1 to 63 of a-z, 0-9 and -, no - at either end");
    }
    return *text;
  }

  // read(element, its path) for each of a list; null is an empty one.
  template <class Read>
  Result<void> each(std::string_view member, const Read& read) const {
    const Json& value = json[member];
    if (value.is_null()) return {};
    if (value.array() == nullptr) return flaw(of(member), "must be a list");
    std::size_t index = 0;
    for (const Json& element : *value.array()) {
      TRY(read(At{element, of(member) + "[" + std::to_string(index++) + "]"}));
    }
    return {};
  }

  // A list of texts with a grammar of their own.
  template <class T, class Parse>
  Result<std::vector<T>> texts(std::string_view member, const Parse& parse) const {
    std::vector<T> out;
    TRY(each(member, [&](const At& element) -> Result<void> {
      const std::string* text = element.json.string();
      if (text == nullptr) return flaw(element.path, "must be a text");
      auto value = parse(*text);
      if (!value) return flaw(element.path, value.error().message);
      out.push_back(*std::move(value));
      return {};
    }));
    return out;
  }
};

// A list of objects, no two of one name.
template <class T, class Read>
Result<std::vector<T>> named(const At& at, std::string_view member, const Read& read) {
  std::vector<T> out;
  std::set<std::string, std::less<>> seen;
  TRY(at.each(member, [&](const At& element) -> Result<void> {
    if (element.json.object() == nullptr) return flaw(element.path, "must be an object");
    T value = TRY(read(element));
    if (!seen.insert(value.name).second) return flaw(element.path, "the name is there twice");
    out.push_back(std::move(value));
    return {};
  }));
  return out;
}

Result<Port> read_port(const At& at) {
  Port out;
  out.name = TRY(at.label("name"));
  if (out.name.size() >= most_label_bytes) return flaw(at.of("name"), "must be shorter");
  const Json& protocol = at.json["protocol"];
  if (!protocol.is_null()) {
    if (protocol != Json("tcp") && protocol != Json("udp")) {
      return flaw(at.of("protocol"), "must be tcp or udp");
    }
    out.protocol = *protocol.string();
  }
  out.number = static_cast<std::uint16_t>(TRY(at.whole("port", 0, 65535)));
  if (out.number == 0) return flaw(at.of("port"), "must be a number from 1 to 65535");
  return out;
}

Result<Replica> read_replica(const At& at) {
  Replica out;
  out.name = TRY(at.label("name"));
  out.addresses = TRY(at.texts<Ip>("addresses", parse_ip));
  if (out.addresses.empty()) return flaw(at.of("addresses"), "must name at least one");
  return out;
}

Result<App> read_app(const At& at) {
  App out;
  out.name = TRY(at.label("name"));
  std::set<std::pair<std::string, std::string>> seen;
  TRY(at.each("ports", [&](const At& element) -> Result<void> {
    if (element.json.object() == nullptr) return flaw(element.path, "must be an object");
    out.ports.push_back(TRY(read_port(element)));
    if (!seen.emplace(out.ports.back().name, out.ports.back().protocol).second) {
      return flaw(element.path, "the name is there twice");
    }
    return {};
  }));
  out.replicas = TRY(named<Replica>(at, "replicas", read_replica));
  std::size_t addresses = 0;
  for (const Replica& replica : out.replicas) addresses += replica.addresses.size();
  if (addresses > most_addresses_of_an_app) {
    return flaw(at.of("replicas"),
                "more than " + std::to_string(most_addresses_of_an_app) + " addresses");
  }
  return out;
}

Result<Project> read_project(const At& at) {
  Project out;
  out.name = TRY(at.label("name"));
  out.networks = TRY(at.texts<Network>("networks", parse_network));
  out.apps = TRY(named<App>(at, "apps", read_app));
  return out;
}

// Whoever asks is of one project at most.
Result<void> check_disjoint(const Feed& feed) {
  std::vector<std::pair<Network, const Project*>> all;
  for (const Project& project : feed.projects) {
    for (const Network& network : project.networks) all.emplace_back(network, &project);
  }
  std::sort(all.begin(), all.end());
  for (std::size_t i = 1; i < all.size(); ++i) {
    if (all[i].first.first() > all[i - 1].first.last()) continue;
    return flaw("projects", to_text(all[i].first) + " of \"" + all[i].second->name +
                                "\" overlaps " + to_text(all[i - 1].first) + " of \"" +
                                all[i - 1].second->name + "\"");
  }
  return {};
}

template <class T>
Json::Array texts_of(const std::vector<T>& values) {
  Json::Array out;
  for (const T& value : values) out.emplace_back(to_text(value));
  return out;
}

Json::Object app_json(const App& app) {
  Json::Array ports;
  for (const Port& port : app.ports) {
    ports.emplace_back(
        Json::Object{{"name", port.name}, {"protocol", port.protocol}, {"port", int{port.number}}});
  }
  Json::Array replicas;
  for (const Replica& replica : app.replicas) {
    replicas.emplace_back(
        Json::Object{{"name", replica.name}, {"addresses", texts_of(replica.addresses)}});
  }
  return {{"name", app.name}, {"ports", std::move(ports)}, {"replicas", std::move(replicas)}};
}

}  // namespace

Result<Endpoint> parse_listen(std::string_view text) {
  Endpoint out = TRY(parse_endpoint(text));
  if (out.ip == Ip{} || out.ip == Ip::v4({})) {
    return fail(Errc::invalid, excerpt(text, 64) + " stands for every address; name one");
  }
  return out;
}

Result<Feed> parse_feed(std::string_view text) {
  const Json json = TRY(parse_json(text, {most_feed_bytes, 16}));
  if (json.object() == nullptr) return flaw("", "must be an object");
  const At at{json, ""};
  const auto format = json["format"].integer();
  if (format != 1) return flaw("format", "must be 1: this program reads no other");
  Feed out;
  if (json["generation"].is_null()) return flaw("generation", "is missing");
  constexpr auto most_generation =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  out.generation = TRY(at.whole("generation", 0, most_generation));
  out.ttl_s = static_cast<std::uint32_t>(TRY(at.whole("ttl_s", out.ttl_s, 3600)));
  out.negative_ttl_s =
      static_cast<std::uint32_t>(TRY(at.whole("negative_ttl_s", out.negative_ttl_s, 60)));
  out.listen = TRY(at.texts<Endpoint>("listen", parse_listen));
  if (out.listen.size() > most_listened) return flaw("listen", "more than 1024 addresses");
  out.clients = TRY(at.texts<Network>("clients", parse_network));
  out.reverse = TRY(at.texts<Network>("reverse", parse_network));
  if (json["projects"].is_null()) {
    return flaw("projects", "is missing; an empty list says that there is none");
  }
  out.projects = TRY(named<Project>(at, "projects", read_project));
  if (out.projects.size() >= 0xFFFF) return flaw("projects", "more than 65534");
  TRY(check_disjoint(out));
  return out;
}

std::string print_feed(const Feed& feed) {
  Json::Array projects;
  for (const Project& project : feed.projects) {
    Json::Array apps;
    for (const App& app : project.apps) apps.emplace_back(app_json(app));
    projects.emplace_back(Json::Object{{"name", project.name},
                                       {"networks", texts_of(project.networks)},
                                       {"apps", std::move(apps)}});
  }
  return print_json(Json::Object{{"format", 1},
                                 {"generation", feed.generation},
                                 {"ttl_s", feed.ttl_s},
                                 {"negative_ttl_s", feed.negative_ttl_s},
                                 {"listen", texts_of(feed.listen)},
                                 {"clients", texts_of(feed.clients)},
                                 {"reverse", texts_of(feed.reverse)},
                                 {"projects", std::move(projects)}}) +
         "\n";
}

}  // namespace paas::dns
