// `ports` and `expose`.

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/compose/service.hpp"

namespace paas::compose {
namespace {

constexpr int most_ports = 1000;
constexpr const char* port_form = "must be like 80, 8080:80, 127.0.0.1:8080:80 or 53:53/udp";

struct Range {
  int first = 0;
  int last = 0;
};

std::optional<Range> range_of(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = parse_integer<int>(text.substr(0, dash));
  const auto last = dash == text.npos ? first : parse_integer<int>(text.substr(dash + 1));
  if (!first || !last || *first < 1 || *last > 65535 || *last < *first) return {};
  if (*last - *first >= most_ports) return {};
  return Range{*first, *last};
}

std::optional<model::Protocol> protocol_of(std::string_view text) {
  if (text.empty() || text == "tcp") return model::Protocol::tcp;
  if (text == "udp") return model::Protocol::udp;
  return {};
}

void add_port(Draft& draft, const At& at, model::Port port) {
  auto& ports = draft.container().ports;
  const auto same = std::find_if(ports.begin(), ports.end(), [&](const model::Port& one) {
    return one.container == port.container && one.protocol == port.protocol;
  });
  if (same == ports.end()) {
    ports.push_back(std::move(port));
  } else if (!same->host) {
    const std::string name = same->name;
    *same = std::move(port);
    if (same->name.empty()) same->name = name;
  } else if (port.host) {
    draft.reading.left_out(at, "a port has one place on the host: port " +
                                   std::to_string(port.container) + " has " +
                                   std::to_string(*same->host) + " already");
  }
}

struct Published {
  Range container;
  std::optional<Range> host{};
  std::string address{};
  model::Protocol protocol = model::Protocol::tcp;
  std::string name{};
};

void add_published(Draft& draft, const At& at, const Published& published) {
  const int count = published.container.last - published.container.first;
  // A range of the host for one port: the engine chooses one of it.
  const bool chosen = published.host && published.host->last - published.host->first != count;
  if (chosen && count > 0) {
    draft.reading.wrong(at, "the two ranges of ports must be of one length");
    return;
  }
  if (!published.host || chosen) {
    draft.reading.left_out(
        at, chosen ? "a port of the host is never chosen from a range; its first is taken"
                   : "a port of the host is never chosen at random: it is reachable inside the "
                     "project alone; name one as host_port");
  }
  for (int i = 0; i <= count; ++i) {
    model::Port port;
    port.container = static_cast<std::uint16_t>(published.container.first + i);
    port.protocol = published.protocol;
    port.name = published.name;
    if (published.host) {
      port.host = static_cast<std::uint16_t>(published.host->first + i);
      // Compose publishes on all addresses, and here the loopback one is meant if none is named.
      port.host_address = published.address.empty() ? "0.0.0.0" : published.address;
    }
    add_port(draft, at, std::move(port));
  }
}

void read_short_port(Draft& draft, const At& at, std::string_view text) {
  Published out;
  const auto slash = text.rfind('/');
  const auto protocol = protocol_of(slash == text.npos ? "" : lower(text.substr(slash + 1)));
  text = text.substr(0, slash);
  const auto last = text.rfind(':');
  const auto container = range_of(last == text.npos ? text : text.substr(last + 1));
  if (!container || !protocol) return draft.reading.wrong(at, port_form);
  out.container = *container;
  out.protocol = *protocol;
  if (last != text.npos) {
    text = text.substr(0, last);
    const auto before = text.rfind(':');
    std::string_view host = before == text.npos ? text : text.substr(before + 1);
    if (before != text.npos) {
      std::string_view address = text.substr(0, before);
      if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
      }
      out.address = address;
    }
    if (!host.empty()) {
      out.host = range_of(host);
      if (!out.host) return draft.reading.wrong(at, port_form);
    }
  }
  add_published(draft, at, out);
}

void read_long_port(Draft& draft, const At& at) {
  Published out;
  bool good = false;
  for (const At& field : draft.reading.members(at)) {
    const auto key = field.key();
    if (key == "target") {
      if (const auto port = draft.reading.whole(field, 1, 65535)) {
        out.container = {static_cast<int>(*port), static_cast<int>(*port)};
        good = true;
      }
    } else if (key == "published") {
      const auto text = draft.reading.text(field);
      if (text && !text->empty() && *text != "0") out.host = range_of(*text);
      if (text && !text->empty() && *text != "0" && !out.host) {
        draft.reading.wrong(field, "must be a port, or two with a '-' between");
        return;
      }
    } else if (key == "host_ip") {
      out.address = draft.reading.text(field).value_or("");
    } else if (key == "protocol") {
      const auto protocol = protocol_of(draft.reading.text(field).value_or("tcp"));
      if (!protocol) return draft.reading.wrong(field, "must be tcp or udp");
      out.protocol = *protocol;
    } else if (key == "name") {
      const std::string name = draft.reading.text(field).value_or("");
      out.name = mended_label(name).substr(0, 15);
      while (out.name.ends_with('-')) out.name.pop_back();
      if (out.name != name) draft.reading.left_out(field, "is called " + out.name + " here");
    } else if (key == "mode" || key == "app_protocol") {
      draft.reading.left_out(field, "has no counterpart: there is one way to a port");
    } else if (!key.starts_with("x-")) {
      draft.reading.wrong(field, "is no field of a port");
    }
  }
  if (!good) return draft.reading.wrong(at, "needs a target, the port in the container");
  add_published(draft, at, out);
}

}  // namespace

void read_ports(Draft& draft, const At& at) {
  for (const At& item : draft.reading.items(at)) {
    if (item.value.map() != nullptr) {
      read_long_port(draft, item);
    } else if (const auto text = draft.reading.text(item)) {
      read_short_port(draft, item, *text);
    }
  }
}

void read_expose(Draft& draft, const At& at) {
  for (const auto& [text, item] : draft.reading.texts(at)) {
    const auto slash = text.find('/');
    const auto range = range_of(std::string_view(text).substr(0, slash));
    const auto protocol = protocol_of(slash == text.npos ? "" : text.substr(slash + 1));
    if (!range || !protocol) {
      draft.reading.wrong(item, "must be a port, like 80 or 53/udp");
      continue;
    }
    for (int port = range->first; port <= range->last; ++port) {
      model::Port one;
      one.container = static_cast<std::uint16_t>(port);
      one.protocol = *protocol;
      add_port(draft, item, std::move(one));
    }
  }
}

}  // namespace paas::compose
