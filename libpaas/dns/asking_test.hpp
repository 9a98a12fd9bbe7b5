#pragma once
// For tests: a small world of names, and how to ask it.

#include <string>
#include <vector>

#include "libpaas/dns/answer.hpp"
#include "libpaas/dns/message.hpp"
#include "libpaas/dns/name.hpp"

namespace asking_test {

using namespace paas;
using namespace paas::dns;

inline Ip ip(std::string_view text) {
  return parse_ip(text).value();
}

inline Network network(std::string_view text) {
  return parse_network(text).value();
}

// Projects shop and blog, each with an app web; shop's idle is not ready anywhere.
inline Feed small_world() {
  Feed feed;
  feed.generation = 42;
  feed.clients = {network("10.200.0.0/16")};
  feed.reverse = {network("10.200.0.0/16"), network("10.100.0.0/16")};
  App web{"web", {{"http", "tcp", 8080}, {"dns", "udp", 53}}, {}};
  web.replicas = {{"1", {ip("10.200.1.5"), ip("fd00:1::5")}},
                  {"2", {ip("10.200.1.6")}},
                  {"3", {ip("10.200.1.7")}}};
  App db{"db", {}, {{"1", {ip("10.200.1.9")}}}};
  feed.projects.push_back(
      {"shop", {network("10.200.1.0/24"), network("fd00:1::/64")}, {web, db, {"idle", {}, {}}}});
  // An app that is named as the other project is.
  App shop{"shop", {}, {{"db", {ip("10.200.2.8")}}, {"x", {ip("10.200.2.7")}}}};
  feed.projects.push_back(
      {"blog", {network("10.200.2.0/24")}, {{"web", {}, {{"1", {ip("10.200.2.5")}}}}, shop}});
  return feed;
}

inline Zone small_zone() {
  return Zone::compile(small_world()).value();
}

struct Ask {
  std::string name;
  std::uint16_t type = type::a;
  std::uint16_t klass = class_in;
  std::string source = "10.200.0.1";  // a client of no project
  bool edns = false;
  std::uint16_t udp_bytes = 1232;
  std::uint32_t opt_ttl = 0;
  Transport transport = Transport::udp;
  std::uint16_t flags = flag::recursion_desired;
};

inline Message question(const Ask& ask) {
  Message out;
  out.id = 0xBEEF;
  out.flags = ask.flags;
  out.questions = {{name_from_text(ask.name).value(), ask.type, ask.klass}};
  if (ask.edns) {
    out.additionals = {{std::string(1, '\0'), type::opt, ask.udp_bytes, ask.opt_ttl, {}}};
  }
  return out;
}

struct Said {
  Reply::Kind kind = Reply::Kind::drop;
  Bytes bytes;
  Message message;
  Rcode rcode() const {
    std::uint16_t code = message.flags & flag::rcode;
    for (const Record& record : message.additionals) {
      if (record.type == type::opt) code = static_cast<std::uint16_t>(code | record.ttl >> 24 << 4);
    }
    return Rcode{code};
  }
  bool has(std::uint16_t flag_bits) const { return (message.flags & flag_bits) != 0; }
  const Record* opt() const {
    for (const Record& record : message.additionals) {
      if (record.type == type::opt) return &record;
    }
    return nullptr;
  }
};

// What the bytes of a message get. The message and the answer have room to the byte, so that a
// sanitizer sees every step outside.
inline Said say_bytes(const Zone& zone, const Bytes& bytes, const Ip& source, Transport transport,
                      Rotor& rotor) {
  const Bytes exact(bytes.begin(), bytes.end());
  Bytes out(transport == Transport::tcp ? most_message_bytes : most_udp_bytes, 0xAA);
  const Reply reply = answer(zone, exact, source, transport, rotor, out);
  out.resize(reply.kind == Reply::Kind::answered ? reply.bytes : 0);
  Said said{reply.kind, out, {}};
  if (reply.kind == Reply::Kind::answered) said.message = decode(out).value();
  return said;
}

inline Said say(const Zone& zone, const Ask& ask, Rotor& rotor) {
  return say_bytes(zone, encode(question(ask)).value(), ip(ask.source), ask.transport, rotor);
}

inline Said say(const Zone& zone, const Ask& ask) {
  Rotor rotor(1);
  return say(zone, ask, rotor);
}

// A record as people write it, without its owner: "A 10.0.0.1".
inline std::string shown(const Record& record) {
  const auto name_at = [&](std::size_t at) {
    return name_to_text(
        {reinterpret_cast<const char*>(record.data.data()) + at, record.data.size() - at});
  };
  switch (record.type) {
    case type::a: {
      const std::uint8_t* at = record.data.data();
      return "A " + to_text(Ip::v4({load32(at)}));
    }
    case type::aaaa: {
      Ip out;
      std::copy(record.data.begin(), record.data.end(), out.bytes.begin());
      return "AAAA " + to_text(out);
    }
    case type::ptr:
      return "PTR " + name_at(0);
    case type::srv:
      return "SRV " + std::to_string(load16(&record.data[4])) + " " + name_at(6);
    case type::soa:
      return "SOA " + name_at(0);
    default:
      return "TYPE" + std::to_string(record.type);
  }
}

inline std::vector<std::string> shown(const std::vector<Record>& records) {
  std::vector<std::string> out;
  for (const Record& record : records) {
    if (record.type != type::opt) out.push_back(shown(record));
  }
  return out;
}

inline std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  return texts;
}

}  // namespace asking_test
