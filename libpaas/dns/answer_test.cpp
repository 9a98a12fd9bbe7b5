// The rules a name server of ours obeys, each as a test named after it.

#include "libpaas/dns/answer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "libpaas/dns/asking_test.hpp"

namespace answer_test {

using namespace asking_test;
using Texts = std::vector<std::string>;

bool is_negative(const Said& said, Rcode rcode, const std::string& zone_name) {
  return said.kind == Reply::Kind::answered && said.rcode() == rcode &&
         said.has(flag::authoritative) && said.message.answers.empty() &&
         said.message.authorities.size() == 1 && said.message.authorities[0].type == type::soa &&
         name_to_text(said.message.authorities[0].name) == zone_name;
}

bool is_nodata(const Said& said, const std::string& zone_name = "internal") {
  return is_negative(said, Rcode::no_error, zone_name);
}

bool is_nxdomain(const Said& said, const std::string& zone_name = "internal") {
  return is_negative(said, Rcode::name_error, zone_name);
}

bool is_empty(const Said& said, Rcode rcode) {
  return said.kind == Reply::Kind::answered && said.rcode() == rcode &&
         said.message.answers.empty() && said.message.authorities.empty();
}

TEST_CASE("dns: an app has the addresses of its replicas") {
  const Said said = say(small_zone(), {"web.shop.internal"});
  CHECK(sorted(shown(said.message.answers)) ==
        Texts{"A 10.200.1.5", "A 10.200.1.6", "A 10.200.1.7"});
  CHECK(said.rcode() == Rcode::no_error);
  CHECK(said.has(flag::authoritative));
  CHECK(said.has(flag::recursion_available));
  CHECK(said.message.id == 0xBEEF);
  for (const Record& record : said.message.answers) {
    CHECK(record.ttl == 5);
    CHECK(name_to_text(record.name) == "web.shop.internal");
  }
  CHECK(shown(say(small_zone(), {"web.shop.internal", type::aaaa}).message.answers) ==
        Texts{"AAAA fd00:1::5"});
  CHECK(shown(say(small_zone(), {"1.web.shop.internal"}).message.answers) == Texts{"A 10.200.1.5"});
}

TEST_CASE("dns: a short name is of the asker's project") {
  const Zone zone = small_zone();
  const auto ask = [&](const std::string& name, const std::string& source) {
    return say(zone, {name, type::a, class_in, source});
  };
  CHECK(ask("web.internal", "10.200.1.77").message.answers.size() == 3);
  CHECK(shown(ask("web.internal", "10.200.2.77").message.answers) == Texts{"A 10.200.2.5"});
  CHECK(shown(ask("2.web.internal", "10.200.1.77").message.answers) == Texts{"A 10.200.1.6"});
  CHECK(shown(ask("web.internal", "fd00:1::77").message.answers).size() == 3);
  CHECK(is_nxdomain(ask("db.internal", "10.200.2.77")));
  CHECK(is_nxdomain(ask("web.internal", "10.200.9.9")));
}

TEST_CASE("dns: a full name wins over a short one") {
  const Zone zone = small_zone();
  const auto ask = [&](const std::string& name, const std::string& source) {
    return shown(say(zone, {name, type::a, class_in, source}).message.answers);
  };
  CHECK(ask("db.shop.internal", "10.200.2.77") == Texts{"A 10.200.1.9"});
  CHECK(ask("x.shop.internal", "10.200.2.77") == Texts{"A 10.200.2.7"});
  CHECK(ask("x.shop.internal", "10.200.1.77").empty());
  CHECK(sorted(ask("shop.internal", "10.200.2.77")) == Texts{"A 10.200.2.7", "A 10.200.2.8"});
  CHECK(is_nodata(say(zone, {"shop.internal", type::a, class_in, "10.200.1.77"})));
}

TEST_CASE("dns rule 1: another type of a known name is NODATA, an unknown name NXDOMAIN") {
  const Zone zone = small_zone();
  CHECK(is_nodata(say(zone, {"db.shop.internal", type::aaaa})));
  CHECK(is_nodata(say(zone, {"web.shop.internal", type::txt})));
  CHECK(is_nodata(say(zone, {"idle.shop.internal"})));
  CHECK(is_nxdomain(say(zone, {"gone.shop.internal"})));
  CHECK(is_nxdomain(say(zone, {"web.gone.internal"})));
  CHECK(is_nxdomain(say(zone, {"x.1.web.shop.internal"})));
}

TEST_CASE("dns rule 1: a name that is there for those below it is NODATA") {
  const Zone zone = small_zone();
  CHECK(is_nodata(say(zone, {"_tcp.web.shop.internal", type::srv})));
  CHECK(is_nodata(say(zone, {"shop.internal"})));
  CHECK(is_nodata(say(zone, {"internal"})));
  CHECK(is_nodata(say(zone, {"_tcp.web.internal", type::srv, class_in, "10.200.1.77"})));
}

TEST_CASE("dns rule 1: nothing below internal is ever forwarded") {
  const Zone zone = small_zone();
  for (const char* name : {"internal", "a.internal", "a.b.c.internal", "INTERNAL", "x.Internal"}) {
    for (const std::uint16_t kind : {type::a, type::txt, type::any, std::uint16_t{65000}}) {
      CHECK(say(zone, {name, kind}).kind == Reply::Kind::answered);
    }
  }
  CHECK(say(zone, {"internal.example.org"}).kind == Reply::Kind::forward);
  CHECK(say(zone, {"notinternal"}).kind == Reply::Kind::forward);
  // One label that has the bytes of the top in it is another name.
  Message odd = question({"x"});
  odd.questions[0].name = std::string("\x0A\x61\x08internal", 11) + '\0';
  Rotor rotor(1);
  CHECK(say_bytes(zone, encode(odd).value(), ip("10.200.0.1"), Transport::udp, rotor).kind ==
        Reply::Kind::forward);
}

TEST_CASE("dns rule 2: what is not there is not remembered for longer than a second") {
  const Said said = say(small_zone(), {"soon.shop.internal"});
  REQUIRE(is_nxdomain(said));
  const Record& soa = said.message.authorities[0];
  CHECK(soa.ttl == 1);
  CHECK(load32(soa.data.data() + soa.data.size() - 4) == 1);
  CHECK(load32(soa.data.data() + soa.data.size() - 20) == 42);
  CHECK(shown(say(small_zone(), {"internal", type::soa}).message.answers) ==
        Texts{"SOA dns.internal"});
}

TEST_CASE("dns rule 3: replicas take turns, name by name, and an update does not start again") {
  Rotor rotor(7);
  const Zone before = small_zone();
  Feed changed = small_world();
  changed.generation = 43;
  const Zone after = Zone::compile(changed).value();
  Texts firsts;
  for (int i = 0; i < 6; ++i) {
    const Zone& zone = i < 2 ? before : after;
    firsts.push_back(shown(say(zone, {"web.shop.internal"}, rotor).message.answers)[0]);
    say(zone, {"web.shop.internal", type::aaaa}, rotor);  // another type, another turn
    say(zone, {"db.shop.internal"}, rotor);
  }
  CHECK(std::set(firsts.begin(), firsts.begin() + 3).size() == 3);
  CHECK(Texts(firsts.begin(), firsts.begin() + 3) == Texts(firsts.begin() + 3, firsts.end()));
  std::set<std::string> starts;
  for (std::uint64_t chance = 0; chance < 20; ++chance) {
    Rotor other(chance);
    starts.insert(shown(say(before, {"web.shop.internal"}, other).message.answers)[0]);
  }
  CHECK(starts.size() == 3);
}

// A project of one app with so many replicas.
Zone crowd(int replicas) {
  Feed feed;
  feed.clients = {network("10.0.0.0/8")};
  App app{"app", {{"http", "tcp", 80}}, {}};
  for (int i = 0; i < replicas; ++i) {
    const auto bits = static_cast<std::uint32_t>(0x0A010000 + i);
    app.replicas.push_back({"r" + std::to_string(i), {Ip::v4({bits})}});
  }
  feed.projects.push_back({"p", {}, {app}});
  return Zone::compile(feed).value();
}

Ask big(std::uint16_t udp_bytes, bool edns = true) {
  return {"app.p.internal", type::a, class_in, "10.0.0.1", edns, udp_bytes};
}

TEST_CASE("dns rule 4: over UDP an answer fits what the asker takes, at most 1232 bytes") {
  for (const int replicas : {1, 29, 30, 31, 70, 74, 75, 76, 500}) {
    const Zone zone = crowd(replicas);
    const auto whole = static_cast<std::size_t>(replicas);
    for (const auto& [asked, limit] : std::map<std::uint16_t, std::size_t>{
             {0, 512}, {100, 512}, {512, 512}, {900, 900}, {1232, 1232}, {65535, 1232}}) {
      const Said said = say(zone, big(asked));
      CHECK(said.bytes.size() <= limit);
      CHECK(said.has(flag::truncated) == said.message.answers.empty());
      if (!said.has(flag::truncated)) CHECK(said.message.answers.size() == whole);
      CHECK(said.has(flag::truncated) == (12 + 20 + 16 * whole + 11 > limit));
    }
    const Said plain = say(zone, big(0, false));
    CHECK(plain.bytes.size() <= 512);
    CHECK(plain.has(flag::truncated) == (12 + 20 + 16 * whole > 512));
    Ask by_tcp = big(0, false);
    by_tcp.transport = Transport::tcp;
    CHECK(say(zone, by_tcp).message.answers.size() == whole);
  }
}

TEST_CASE("dns rule 4: EDNS is answered in kind") {
  const Zone zone = small_zone();
  CHECK(say(zone, {"web.shop.internal"}).opt() == nullptr);
  const Said said = say(zone, {"web.shop.internal", type::a, class_in, "10.200.0.1", true});
  REQUIRE(said.opt() != nullptr);
  CHECK(said.opt()->klass == most_udp_bytes);
  CHECK(said.opt()->ttl == 0);
  CHECK(said.opt()->data.empty());
  const Said secure =
      say(zone, {"web.shop.internal", type::a, class_in, "10.200.0.1", true, 1232, 0x8000});
  CHECK(secure.opt()->ttl == 0x8000);
  const Said later =
      say(zone, {"web.shop.internal", type::a, class_in, "10.200.0.1", true, 1232, 0x10000});
  CHECK(is_empty(later, Rcode::bad_version));
  Message options = question({"web.shop.internal", type::a, class_in, "10.200.0.1", true});
  options.additionals[0].data = {0xFD, 0xE9, 0, 2, 1, 2};
  Rotor rotor(1);
  const Said unknown =
      say_bytes(zone, encode(options).value(), ip("10.200.0.1"), Transport::udp, rotor);
  CHECK(unknown.message.answers.size() == 3);
  CHECK(unknown.opt()->data.empty());
}

TEST_CASE("dns rule 6: what is no plain question is told so, or dropped") {
  const Zone zone = small_zone();
  Rotor rotor(1);
  const auto say_message = [&](const Message& message) {
    return say_bytes(zone, encode(message).value(), ip("10.200.0.1"), Transport::udp, rotor);
  };
  Message message = question({"web.shop.internal"});
  message.questions.push_back(message.questions[0]);
  CHECK(is_empty(say_message(message), Rcode::format_error));
  message.questions.clear();
  CHECK(is_empty(say_message(message), Rcode::format_error));
  message = question({"web.shop.internal"});
  message.flags |= flag::response;
  CHECK(say_message(message).kind == Reply::Kind::drop);
  message.flags = 5 << 11;  // UPDATE
  CHECK(is_empty(say_message(message), Rcode::not_implemented));
  CHECK(say_message(message).has(5 << 11));
  message = question({"web.shop.internal", type::a, class_in, "10.200.0.1", true});
  message.additionals.push_back(message.additionals[0]);
  CHECK(is_empty(say_message(message), Rcode::format_error));
  message = question({"web.shop.internal"});
  message.answers = {{message.questions[0].name, type::a, class_in, 1, {1, 2, 3, 4}}};
  CHECK(is_empty(say_message(message), Rcode::format_error));
}

TEST_CASE("dns rule 6: ANY is answered with little, transfers and other classes are refused") {
  const Zone zone = small_zone();
  const Said any = say(zone, {"web.shop.internal", type::any});
  REQUIRE(any.message.answers.size() == 1);
  CHECK(any.message.answers[0].type == type::hinfo);
  CHECK(is_nxdomain(say(zone, {"gone.shop.internal", type::any})));
  CHECK(is_nodata(say(zone, {"idle.shop.internal", type::any})));
  for (const Transport transport : {Transport::udp, Transport::tcp}) {
    for (const std::uint16_t transfer : {type::axfr, type::ixfr}) {
      for (const char* name : {"internal", "example.org"}) {
        Ask ask{name, transfer};
        ask.transport = transport;
        CHECK(is_empty(say(zone, ask), Rcode::refused));
      }
    }
  }
  CHECK(is_empty(say(zone, {"web.shop.internal", type::a, 3}), Rcode::refused));
  CHECK(is_empty(say(zone, {"version.bind", type::txt, 3}), Rcode::refused));
  CHECK(is_empty(say(zone, {"web.shop.internal", type::a, 255}), Rcode::refused));
}

TEST_CASE("dns rule 6: a message cut off anywhere, or with anything changed, is survived") {
  const Zone zone = small_zone();
  Rotor rotor(1);
  const Bytes whole =
      encode(question({"web.shop.internal", type::a, class_in, "10.200.0.1", true})).value();
  int errors = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Said said =
        say_bytes(zone, Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)),
                  ip("10.200.0.1"), Transport::udp, rotor);
    CHECK(said.kind == (size < 12 ? Reply::Kind::drop : Reply::Kind::answered));
    if (said.kind == Reply::Kind::answered && said.rcode() == Rcode::format_error) ++errors;
  }
  CHECK(errors == static_cast<int>(whole.size()) - 12);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int value : {0, 1, 12, 63, 64, 0x80, 0xC0, 0xC1, 0xFF}) {
      Bytes changed = whole;
      changed[at] = static_cast<std::uint8_t>(value);
      const Said said = say_bytes(zone, changed, ip("10.200.0.1"), Transport::udp, rotor);
      CHECK(said.bytes.size() <= most_udp_bytes);
    }
  }
}

TEST_CASE("dns rule 6: a pointer in a question is an error, wherever it leads") {
  const Zone zone = small_zone();
  Rotor rotor(1);
  for (const int target : {0, 12, 13, 14, 16, 255}) {
    const Bytes message = {
        0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, static_cast<std::uint8_t>(target), 0, 1, 0, 1};
    CHECK(is_empty(say_bytes(zone, message, ip("10.200.0.1"), Transport::udp, rotor),
                   Rcode::format_error));
  }
}

TEST_CASE("dns rule 7: letters match in either case and come back as they came") {
  const Zone zone = small_zone();
  Rotor rotor(1);
  Message message = question({"web.shop.internal"});
  for (const char* name : {"wEb.ShOp.iNtErNaL", "WEB.SHOP.INTERNAL", "web.shop.INTERNAL"}) {
    std::string& wire = message.questions[0].name;
    const std::string_view text(name);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '.') wire[i + 1] = text[i];
    }
    const Bytes bytes = encode(message).value();
    const Said said = say_bytes(zone, bytes, ip("10.200.0.1"), Transport::udp, rotor);
    CHECK(said.message.answers.size() == 3);
    CHECK(std::equal(bytes.begin() + 12, bytes.end(), said.bytes.begin() + 12));
    CHECK(name_to_text(said.message.answers[0].name) == text);
  }
}

TEST_CASE("dns rule 8: addresses of ours have names, and are never forwarded") {
  const Zone zone = small_zone();
  const auto ask = [&](const std::string& name) { return say(zone, {name, type::ptr}); };
  CHECK(shown(ask("5.1.200.10.in-addr.arpa").message.answers) == Texts{"PTR 1.web.shop.internal"});
  CHECK(shown(ask(reverse_name(ip("fd00:1::5"))).message.answers) ==
        Texts{"PTR 1.web.shop.internal"});
  CHECK(is_nxdomain(ask("99.1.200.10.in-addr.arpa"), "200.10.in-addr.arpa"));
  CHECK(is_nxdomain(ask("1.0.100.10.in-addr.arpa"), "100.10.in-addr.arpa"));
  CHECK(is_nodata(ask("1.200.10.in-addr.arpa"), "200.10.in-addr.arpa"));
  CHECK(is_nodata(ask("200.10.in-addr.arpa"), "200.10.in-addr.arpa"));
  CHECK(is_nodata(say(zone, {"5.1.200.10.in-addr.arpa", type::a}), "200.10.in-addr.arpa"));
  CHECK(is_nxdomain(ask("b._dns-sd._udp.0.1.200.10.in-addr.arpa"), "200.10.in-addr.arpa"));
  CHECK(is_nxdomain(ask("x.5.1.200.10.in-addr.arpa"), "200.10.in-addr.arpa"));
  CHECK(
      is_nxdomain(ask(reverse_name(ip("fd00:1::6"))), "0.0.0.0.0.0.0.0.1.0.0.0.0.0.d.f.ip6.arpa"));
  for (const char* name : {"10.in-addr.arpa", "in-addr.arpa", "1.1.168.192.in-addr.arpa", "arpa",
                           "ip6.arpa", "256.200.10.in-addr.arpa", "05.200.10.in-addr.arpa"}) {
    const bool inside = std::string_view(name).find("200.10") != std::string_view::npos;
    CHECK((ask(name).kind == Reply::Kind::forward) == !inside);
  }
}

TEST_CASE("dns rule 8: SRV has port and replica, and the addresses besides") {
  const Zone zone = small_zone();
  const Said said = say(zone, {"_http._tcp.web.shop.internal", type::srv});
  CHECK(sorted(shown(said.message.answers)) == Texts{"SRV 8080 1.web.shop.internal",
                                                     "SRV 8080 2.web.shop.internal",
                                                     "SRV 8080 3.web.shop.internal"});
  CHECK(sorted(shown(said.message.additionals)) ==
        Texts{"A 10.200.1.5", "A 10.200.1.6", "A 10.200.1.7", "AAAA fd00:1::5"});
  for (const Record& record : said.message.additionals) {
    if (shown(record) == "A 10.200.1.6") CHECK(name_to_text(record.name) == "2.web.shop.internal");
  }
  CHECK(shown(say(zone, {"_dns._udp.web.shop.internal", type::srv}).message.answers).size() == 3);
  CHECK(say(zone, {"_http._tcp.web.internal", type::srv, class_in, "10.200.1.9"})
            .message.answers.size() == 3);
  CHECK(is_nxdomain(say(zone, {"_http._udp.web.shop.internal", type::srv})));
}

TEST_CASE("dns rule 8: addresses that do not fit beside SRV are left out without a mark") {
  const Said said =
      say(crowd(25), {"_http._tcp.app.p.internal", type::srv, class_in, "10.0.0.1", true, 1232});
  CHECK(said.message.answers.size() == 25);
  CHECK(!said.has(flag::truncated));
  CHECK(shown(said.message.additionals).size() < 25);
  Ask by_tcp{"_http._tcp.app.p.internal", type::srv, class_in, "10.0.0.1"};
  by_tcp.transport = Transport::tcp;
  const Said whole = say(crowd(500), by_tcp);
  CHECK(whole.message.answers.size() == 500);
  CHECK(shown(whole.message.additionals).size() <= 500);
}

TEST_CASE("dns rule 9: what is not ours is for others, if it is asked recursively") {
  const Zone zone = small_zone();
  CHECK(say(zone, {"example.org"}).kind == Reply::Kind::forward);
  Ask ask{"example.org"};
  ask.flags = 0;
  CHECK(is_empty(say(zone, ask), Rcode::refused));
}

TEST_CASE("dns rule 10: the generation is the serial number") {
  for (const std::uint64_t generation : {std::uint64_t{0}, std::uint64_t{1} << 33 | 5u}) {
    Feed feed = small_world();
    feed.generation = generation;
    const Zone zone = Zone::compile(feed).value();
    CHECK(zone.generation() == generation);
    const Said said = say(zone, {"internal", type::soa});
    const Bytes& data = said.message.answers[0].data;
    CHECK(load32(data.data() + data.size() - 20) == static_cast<std::uint32_t>(generation));
  }
}

TEST_CASE("dns rule 11: strangers get nothing") {
  const Zone zone = small_zone();
  for (const char* source :
       {"192.0.2.1", "10.201.0.1", "10.199.255.255", "127.0.0.1", "::1", "fd00:2::1", "::"}) {
    for (const char* name : {"web.shop.internal", "example.org"}) {
      CHECK(say(zone, {name, type::a, class_in, source}).kind == Reply::Kind::drop);
    }
  }
  CHECK(say(Zone(), {"web.shop.internal"}).kind == Reply::Kind::drop);
}

TEST_CASE("dns: flags of the question that come back") {
  const Zone zone = small_zone();
  Ask ask{"web.shop.internal"};
  ask.flags = flag::checking_disabled;
  const Said said = say(zone, ask);
  CHECK(said.has(flag::checking_disabled));
  CHECK(!said.has(flag::recursion_desired));
}

}  // namespace answer_test
