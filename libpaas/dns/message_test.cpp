#include "libpaas/dns/message.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "libpaas/dns/name.hpp"
#include "libpaas/dns/query.hpp"

namespace message_test {

using namespace paas;
using namespace paas::dns;

rc::Gen<std::string> any_name() {
  return rc::gen::exec([] {
    std::string out;
    const int labels = *rc::gen::inRange(0, 5);
    for (int i = 0; i < labels; ++i) {
      const auto label = *rc::gen::container<std::string>(
          static_cast<std::size_t>(*rc::gen::inRange(1, 50)), rc::gen::arbitrary<char>());
      out += static_cast<char>(label.size());
      out += label;
    }
    return out + '\0';
  });
}

rc::Gen<Record> any_record() {
  return rc::gen::exec([] {
    Record out;
    out.name = *any_name();
    out.type = *rc::gen::elementOf(
        std::vector<std::uint16_t>{type::a, type::txt, 15, type::soa, type::srv, 5});
    out.klass = *rc::gen::arbitrary<std::uint16_t>();
    out.ttl = *rc::gen::arbitrary<std::uint32_t>();
    const auto put = [&](const std::string& name) {
      out.data.insert(out.data.end(), name.begin(), name.end());
    };
    if (out.type == 15) out.data = {0, 10};
    if (out.type == type::srv) out.data = {0, 1, 0, 2, 0, 3};
    if (out.type != type::a && out.type != type::txt) put(*any_name());
    if (out.type == type::soa) put(*any_name());
    if (out.type == type::soa) out.data.resize(out.data.size() + 20, 7);
    if (out.type == type::a || out.type == type::txt) out.data = *rc::gen::arbitrary<Bytes>();
    return out;
  });
}

rc::Gen<Message> any_message() {
  return rc::gen::exec([] {
    Message out;
    out.id = *rc::gen::arbitrary<std::uint16_t>();
    out.flags = *rc::gen::arbitrary<std::uint16_t>();
    const auto records = [] {
      return *rc::gen::resize(4, rc::gen::container<std::vector<Record>>(any_record()));
    };
    for (int i = *rc::gen::inRange(0, 3); i > 0; --i) {
      out.questions.push_back({*any_name(), *rc::gen::arbitrary<std::uint16_t>(),
                               *rc::gen::arbitrary<std::uint16_t>()});
    }
    out.answers = records();
    out.authorities = records();
    out.additionals = records();
    return out;
  });
}

TEST_CASE("dns message: decoding undoes encoding") {
  CHECK(rc::check("decode(encode(m)) == m", [] {
    const Message message = *any_message();
    const auto bytes = encode(message);
    RC_PRE(bytes.has_value());
    const auto again = decode(*bytes);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == message);
  }));
}

TEST_CASE("dns message: any bytes are decoded or refused, and so are their beginnings") {
  CHECK(rc::check("decode never leaves its bytes", [] {
    const auto encoded = encode(*any_message());
    RC_PRE(encoded.has_value());
    Bytes bytes = *encoded;
    for (int i = *rc::gen::inRange(0, 8); i > 0; --i) {
      bytes[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
    }
    bytes.resize(*rc::gen::inRange<std::size_t>(0, bytes.size() + 1));
    const Bytes exact(bytes.begin(), bytes.end());
    if (const auto message = decode(exact)) {
      const auto again = encode(*message);
      RC_PRE(again.has_value());
      RC_ASSERT(decode(*again).value() == *message);
    }
    Query query;
    if (read_query(exact, query) == Verdict::good) {
      RC_ASSERT(query.question().data() >= exact.data());
      RC_ASSERT(query.question().data() + query.question().size() <= exact.data() + exact.size());
    }
  }));
}

Bytes with_answer(const Bytes& answer) {
  Bytes out = {0, 1, 0x80, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, 'a', 2, 'b', 'c', 0, 0, 1, 0, 1};
  out.insert(out.end(), answer.begin(), answer.end());
  return out;
}

TEST_CASE("dns message: compressed names are written out, in data too") {
  const auto message =
      decode(with_answer({0xC0, 14, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, 'x', 0xC0, 12}));
  REQUIRE(message);
  CHECK(name_to_text(message->answers[0].name) == "bc");
  const Bytes& data = message->answers[0].data;
  CHECK(name_to_text({reinterpret_cast<const char*>(data.data()), data.size()}) == "x.a.bc");
}

TEST_CASE("dns message: pointers that go round or forward are refused") {
  for (const int target : {22, 23, 24, 40, 255}) {
    CHECK(!decode(
        with_answer({0xC0, static_cast<std::uint8_t>(target), 0, 1, 0, 1, 0, 0, 0, 9, 0, 0})));
  }
  // A name that contains the pointer back to its own beginning.
  CHECK(!decode(with_answer({1, 'x', 0xC0, 22, 0, 1, 0, 1, 0, 0, 0, 9, 0, 0})));
  CHECK(!decode(with_answer({0x40, 0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 0})));
}

TEST_CASE("dns message: a name in data does not reach over its record") {
  CHECK(!decode(with_answer({0, 0, 5, 0, 1, 0, 0, 0, 9, 0, 1, 1, 'x', 0})));
  CHECK(!decode(with_answer({0, 0, 15, 0, 1, 0, 0, 0, 9, 0, 1, 0})));
  CHECK(!decode(with_answer({0, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 1, 2, 3})));
}

TEST_CASE("dns names: text and wire") {
  CHECK(name_from_text("Web.Shop.internal").value() == std::string("\3web\4shop\10internal\0", 19));
  CHECK(name_to_text(name_from_text("_http._tcp.a-b.internal").value()) ==
        "_http._tcp.a-b.internal");
  for (const char* bad : {"", ".", "a..b", "-a", "a-", "a b", "_", "ä.internal", "a.internal."}) {
    CHECK(!name_from_text(bad));
  }
  CHECK(name_from_text(std::string(63, 'a')));
  CHECK(!name_from_text(std::string(64, 'a')));
  std::string longest = std::string(63, 'a') + "." + std::string(63, 'b') + "." +
                        std::string(63, 'c') + "." + std::string(61, 'd');
  CHECK(name_from_text(longest).value().size() == 255);
  CHECK(!name_from_text(longest + "d"));
  CHECK(name_to_text(std::string("\4a.\\\x01\0", 6)) == "a\\046\\092\\001");
  CHECK(name_to_text(std::string(1, '\0')) == ".");
}

TEST_CASE("dns addresses: both families, networks, endpoints") {
  CHECK(to_text(parse_ip("10.0.0.1").value()) == "10.0.0.1");
  CHECK(to_text(parse_ip("fd00::1").value()) == "fd00::1");
  const Network v4 = parse_network("10.1.0.0/16").value();
  CHECK(to_text(v4) == "10.1.0.0/16");
  CHECK(v4.contains(parse_ip("10.1.255.255").value()));
  CHECK(!v4.contains(parse_ip("10.2.0.0").value()));
  CHECK(to_text(parse_network("fd00::/7").value_or(Network{})) != "fd00::/7");
  CHECK(to_text(parse_network("fc00::/7").value()) == "fc00::/7");
  CHECK(!parse_network("10.1.0.1/16"));
  CHECK(!parse_network("10.1.0.0"));
  for (const auto& [text, shown] :
       std::vector<std::pair<std::string, std::string>>{{"10.0.0.1", "10.0.0.1:53"},
                                                        {"10.0.0.1:5353", "10.0.0.1:5353"},
                                                        {"fd00::1", "[fd00::1]:53"},
                                                        {"[fd00::1]:99", "[fd00::1]:99"},
                                                        {"fe80::1%eth0", "[fe80::1%eth0]:53"}}) {
    CHECK(to_text(parse_endpoint(text).value()) == shown);
    CHECK(parse_endpoint(shown).value() == parse_endpoint(text).value());
  }
  for (const char* bad :
       {"", "10.0.0.1:", "10.0.0.1:65536", "[fd00::1]:", "[fd00::1", "[fd00::1]x", "fe80::1%",
        "fe80::1%a]b", "fe80::1%a:1", "10.0.0.1%eth0", "host", ":53"}) {
    CHECK(!parse_endpoint(bad));
  }
}

}  // namespace message_test
