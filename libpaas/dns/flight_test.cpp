// Forwarding, without a network.

#include "libpaas/dns/flight.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "libpaas/dns/asking_test.hpp"
#include "libpaas/dns/quota.hpp"

namespace flight_test {

using namespace asking_test;
using Kind = Step::Kind;

const Endpoint first{ip("192.0.2.1")};
const Endpoint second{ip("192.0.2.2")};

// A flight with the question it is about, and servers.
struct World {
  explicit World(std::vector<Endpoint> servers = {first, second}, Ask ask = {"example.org"})
      : bytes(encode(question(ask)).value()) {
    upstreams.use(servers);
    REQUIRE(read_query(bytes, query) == Verdict::good);
    const bool tcp = ask.transport == Transport::tcp;
    flight.emplace(query, tcp, tcp ? most_message_bytes : query.udp_limit(), 99);
  }

  Step begin() { return flight->begin(upstreams, now_ms); }
  Step later(std::int64_t ms) { return flight->on_time(upstreams, now_ms += ms); }

  // What the server of an attempt says.
  Step hear(std::size_t attempt, Message message) {
    return flight->on_message(attempt, encode(message).value(), upstreams, now_ms);
  }
  Message reply_to(std::size_t attempt, int addresses = 1, std::uint16_t flags = 0) {
    Message out = decode(flight->question(attempt)).value();
    out.flags = static_cast<std::uint16_t>(flag::response | flags);
    for (int i = 0; i < addresses; ++i) {
      out.answers.push_back({out.questions[0].name,
                             type::a,
                             class_in,
                             60,
                             {192, 0, 2, static_cast<std::uint8_t>(i)}});
    }
    return out;
  }
  Endpoint asked(std::size_t attempt) const { return flight->attempts()[attempt].server; }
  Message delivered() const { return decode(flight->reply()).value(); }

  Bytes bytes;
  Query query;
  Upstreams upstreams;
  std::optional<Flight> flight;
  std::int64_t now_ms = 1'000'000;
};

TEST_CASE("dns rule 9: a question goes to the first server, and its answer to the asker") {
  World world;
  CHECK(world.begin() == Step{Kind::ask, 0});
  CHECK(world.asked(0) == first);
  const Message sent = decode(world.flight->question(0)).value();
  CHECK(sent.questions == question({"example.org"}).questions);
  CHECK(sent.additionals.empty());
  CHECK((sent.flags & flag::recursion_desired) != 0);
  CHECK(world.hear(0, world.reply_to(0, 2)).kind == Kind::deliver);
  const Message answer = world.delivered();
  CHECK(answer.id == 0xBEEF);
  CHECK(answer.answers.size() == 2);
  CHECK((answer.flags & flag::recursion_available) != 0);
}

TEST_CASE("dns rule 9: only the question and its manners are passed on") {
  World world({first}, {"example.org", type::a, class_in, "10.200.0.1", true, 4096, 0x8000});
  world.begin();
  const Message sent = decode(world.flight->question(0)).value();
  REQUIRE(sent.additionals.size() == 1);
  CHECK(sent.additionals[0].klass == most_udp_bytes);
  CHECK(sent.additionals[0].ttl == 0x8000);
  CHECK(sent.additionals[0].data.empty());
}

TEST_CASE("dns rule 9: ids cannot be told from one another's") {
  std::set<std::uint16_t> ids;
  for (std::uint64_t chance = 0; chance < 200; ++chance) {
    World world;
    Flight flight(world.query, false, 512, chance);
    flight.begin(world.upstreams, 0);
    ids.insert(flight.attempts()[0].id);
  }
  CHECK(ids.size() > 190);
}

TEST_CASE("dns rule 9: an answer with another id or question is no answer") {
  World world;
  world.begin();
  Message other = world.reply_to(0);
  other.id = static_cast<std::uint16_t>(other.id + 1);
  CHECK(world.hear(0, other) == Step{});
  other = world.reply_to(0);
  other.questions[0].type = type::aaaa;
  CHECK(world.hear(0, other) == Step{});
  other = world.reply_to(0);
  other.questions[0].name = name_from_text("example.com").value();
  CHECK(world.hear(0, other) == Step{});
  other = world.reply_to(0);
  other.flags = 0;
  CHECK(world.hear(0, other) == Step{});
  CHECK(world.flight->on_message(0, Bytes{1, 2, 3}, world.upstreams, world.now_ms) == Step{});
  CHECK(world.flight->mismatches() == 5);
  CHECK(world.hear(0, world.reply_to(0)).kind == Kind::deliver);
}

TEST_CASE("dns rule 9: a server that changes letters is understood, the asker gets its own") {
  World world;
  world.begin();
  Message reply = world.reply_to(0);
  reply.questions[0].name[1] = 'E';
  CHECK(world.hear(0, reply).kind == Kind::deliver);
  CHECK(world.delivered().questions == question({"example.org"}).questions);
}

TEST_CASE("dns rule 9: silence is followed by the next server, and a slow answer still counts") {
  World world;
  world.begin();
  CHECK(world.later(1199) == Step{});
  CHECK(world.later(1) == Step{Kind::ask, 1});
  CHECK(world.asked(1) == second);
  CHECK(world.flight->attempts()[1].id != world.flight->attempts()[0].id);
  CHECK(world.hear(0, world.reply_to(0)).kind == Kind::deliver);
}

TEST_CASE("dns rule 9: a server's own failure is followed by the next at once") {
  for (const std::uint16_t rcode : std::vector<std::uint16_t>{1, 2, 4, 5}) {
    World world;
    world.begin();
    CHECK(world.hear(0, world.reply_to(0, 0, rcode)) == Step{Kind::ask, 1});
    CHECK(world.asked(1) == second);
    CHECK(world.hear(1, world.reply_to(1, 0, rcode)).kind == Kind::deliver);
    CHECK((world.delivered().flags & flag::rcode) == rcode);
  }
  World world;
  world.begin();
  CHECK(world.hear(0, world.reply_to(0, 0, 3)).kind == Kind::deliver);  // that it is not there
}

TEST_CASE("dns rule 9: what is malformed is not passed on") {
  World world;
  world.begin();
  Bytes reply = encode(world.reply_to(0)).value();
  reply.resize(reply.size() - 1);
  CHECK(world.flight->on_message(0, reply, world.upstreams, world.now_ms) == Step{Kind::ask, 1});
}

TEST_CASE("dns rule 9: without an answer it is SERVFAIL before the asker gives up") {
  World world;
  std::int64_t passed = 0;
  Step step = world.begin();
  while (step.kind != Kind::deliver && passed < 10'000) {
    step = world.later(100);
    passed += 100;
  }
  CHECK(passed == 4000);
  CHECK(world.flight->rcode() == Rcode::server_failure);
  CHECK(world.delivered().questions == question({"example.org"}).questions);
}

TEST_CASE("dns rule 9: where no server is alive it is SERVFAIL at once") {
  World none(std::vector<Endpoint>{});
  CHECK(none.begin().kind == Kind::deliver);
  CHECK(none.flight->rcode() == Rcode::server_failure);
  World world;
  world.upstreams.unreachable(first, world.now_ms);
  world.upstreams.unreachable(second, world.now_ms);
  CHECK(world.begin().kind == Kind::deliver);
}

TEST_CASE("dns rule 9: a server that cannot be reached is left for the next") {
  World world;
  world.begin();
  CHECK(world.flight->on_failure(0, world.upstreams, world.now_ms) == Step{Kind::ask, 1});
  CHECK(world.flight->on_failure(1, world.upstreams, world.now_ms).kind == Kind::deliver);
}

TEST_CASE("dns rule 9: a truncated answer is fetched by TCP if the asker takes more") {
  World world({first}, {"example.org", type::a, class_in, "10.200.0.1", true, 1232});
  world.begin();
  CHECK(world.hear(0, world.reply_to(0, 0, flag::truncated)) == Step{Kind::ask, 1});
  CHECK(world.flight->attempts()[1].tcp);
  CHECK(world.asked(1) == first);
  SECTION("which fits") {
    CHECK(world.hear(1, world.reply_to(1, 20)).kind == Kind::deliver);
    CHECK(world.delivered().answers.size() == 20);
  }
  SECTION("which is too long for it") {
    CHECK(world.hear(1, world.reply_to(1, 200)).kind == Kind::deliver);
    CHECK(world.flight->reply().size() <= 1232);
    CHECK((world.delivered().flags & flag::truncated) != 0);
    CHECK(world.delivered().answers.empty());
    CHECK(world.delivered().additionals.size() == 1);
  }
  SECTION("which does not come") {
    CHECK(world.flight->on_failure(1, world.upstreams, world.now_ms).kind == Kind::deliver);
    CHECK((world.delivered().flags & flag::truncated) != 0);
  }
}

TEST_CASE("dns rule 9: a truncated answer is passed on to one who takes no more, and by TCP not") {
  World small;
  small.begin();
  CHECK(small.hear(0, small.reply_to(0, 1, flag::truncated)).kind == Kind::deliver);
  CHECK((small.delivered().flags & flag::truncated) != 0);
  Ask ask{"example.org"};
  ask.transport = Transport::tcp;
  World tcp({first}, ask);
  tcp.begin();
  CHECK(tcp.hear(0, tcp.reply_to(0, 0, flag::truncated)) == Step{Kind::ask, 1});
  CHECK(tcp.hear(1, tcp.reply_to(1, 2000)).kind == Kind::deliver);
  CHECK(tcp.delivered().answers.size() == 2000);
}

TEST_CASE("dns rule 9: dead servers rest, are tried again, and come back") {
  Upstreams upstreams;
  upstreams.use({first, second});
  CHECK(upstreams.choose({}, 0) == first);
  upstreams.silent(first, 0);
  upstreams.silent(first, 0);
  CHECK(upstreams.choose({}, 0) == first);
  upstreams.silent(first, 0);
  CHECK(upstreams.choose({}, 0) == second);
  CHECK(upstreams.alive(0) == 1);
  upstreams.unreachable(second, 0);
  CHECK(!upstreams.choose({}, 999));
  CHECK(upstreams.choose({}, 1000) == first);  // one asks it
  CHECK(upstreams.choose({}, 1000) == second);
  CHECK(!upstreams.choose({}, 1000));
  upstreams.answered(first);
  CHECK(upstreams.choose({}, 1000) == first);
  CHECK(upstreams.choose({first}, 1001) == first);
  for (int i = 0; i < 20; ++i) upstreams.unreachable(second, 5000);
  CHECK(upstreams.choose({first}, 10'000) == second);  // never longer than five seconds
}

TEST_CASE("dns rule 9: an answer between silences shows that a server is alive") {
  Upstreams upstreams;
  upstreams.use({first});
  for (int i = 0; i < 10; ++i) {
    upstreams.silent(first, 0);
    upstreams.silent(first, 0);
    upstreams.answered(first);
  }
  CHECK(upstreams.alive(0) == 1);
}

TEST_CASE("dns rule 9: one slow name does not bury its server") {
  World world({first});
  world.begin();
  for (int i = 0; i < 40; ++i) world.later(100);
  CHECK(world.upstreams.alive(world.now_ms) == 1);
}

TEST_CASE("dns rule 9: a server that leads back to us is not asked") {
  Upstreams upstreams;
  upstreams.use({first, second});
  upstreams.looping(first);
  CHECK(upstreams.choose({}, 0) == second);
  upstreams.answered(first);
  CHECK(upstreams.choose({}, 0) == second);
  CHECK(name_to_text(probe_name(0x12)) == "2100000000000000.paas-dns-loop.test");
  CHECK(without_loops({first, parse_endpoint("127.0.0.53").value(), second}, {second}) ==
        std::vector<Endpoint>{first});
}

TEST_CASE("dns rule 9: resolv.conf") {
  const ResolvConf conf = parse_resolv_conf(
      "# nameserver 1.1.1.1\nsearch lan\nnameserver 192.0.2.1\n nameserver\t192.0.2.2 # x\n"
      "nameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver what\nnameserver\noptions x\n"
      "nameserver 192.0.2.3:99");
  CHECK(conf.servers == std::vector<Endpoint>{first, second, {ip("fe80::1"), 53, "eth0"}});
  CHECK(conf.ignored.size() == 2);
  CHECK(!is_resolved_stub(conf));
  CHECK(is_resolved_stub(parse_resolv_conf("nameserver 127.0.0.53\n")));
  CHECK(!is_resolved_stub(parse_resolv_conf("nameserver 127.0.0.53\nnameserver 192.0.2.1\n")));
  CHECK(!is_resolved_stub(parse_resolv_conf("")));
  std::string many;
  for (int i = 1; i < 99; ++i) many += "nameserver 192.0.2." + std::to_string(i) + "\n";
  CHECK(parse_resolv_conf(many).servers.size() == 8);
}

TEST_CASE("dns rule 9: nobody has more than its share under way") {
  Quota quota({.of_one = 2, .of_all = 3});
  CHECK(quota.take(first.ip));
  CHECK(quota.take(first.ip));
  CHECK(!quota.take(first.ip));
  CHECK(quota.take(second.ip));
  CHECK(!quota.take(ip("192.0.2.3")));
  quota.give_back(first.ip);
  CHECK(quota.take(ip("192.0.2.3")));
  CHECK(quota.held() == 3);
}

}  // namespace flight_test
