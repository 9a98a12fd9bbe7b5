// What comes from the network: to the names service, and to it from other servers.
#include <vector>

#include "libpaas/dns/answer.hpp"
#include "libpaas/dns/flight.hpp"
#include "libpaas/dns/message.hpp"
#include "libpaas/dns/name.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

using namespace dns;

const Zone& some_zone() {
  static const Zone zone = [] {
    const auto feed = parse_feed(
        R"({"format":1,"generation":7,"clients":["10.0.0.0/8"],"projects":[{"name":"p","networks":
        ["10.1.0.0/16"],"apps":[{"name":"a","ports":[{"name":"x","port":1}],"replicas":[{"name":"1",
        "addresses":["10.1.0.1","fd00::1"]},{"name":"2","addresses":["10.1.0.2"]}]}]}]})");
    return Zone::compile(feed.value()).value();
  }();
  return zone;
}

void answer_it(View message, Transport transport) {
  Rotor rotor(1);
  Bytes out(transport == Transport::tcp ? most_message_bytes : most_udp_bytes);
  const Ip source = parse_ip("10.1.0.9").value();
  const Reply reply = answer(some_zone(), message, source, transport, rotor, out);
  if (reply.kind != Reply::Kind::answered) {
    const bool internal = reply.kind == Reply::Kind::forward &&
                          name_to_text({reinterpret_cast<const char*>(reply.query.name.data()),
                                        reply.query.name.size()})
                              .ends_with(".internal");
    claim(!internal, "a name of ours is not forwarded");
    return;
  }
  claim(reply.bytes >= header_bytes && reply.bytes <= out.size(), "an answer fits");
  const auto said = decode(View(out).first(reply.bytes));
  claim(said.has_value(), "an answer is well-formed");
  claim(said->id == load16(message.data()), "an answer has the question's id");
  claim((said->flags & flag::response) != 0, "an answer says that it is one");
  claim((said->flags & flag::truncated) == 0 || said->answers.empty(), "no part of a set");
}

void decode_it(View message) {
  const auto decoded = decode(message);
  if (!accepted(decoded)) return;
  const auto again = encode(*decoded);
  if (!again) return;  // written out it is too long
  const auto same = decode(*again);
  claim(same.has_value() && *same == *decoded, "decoding undoes encoding");
}

// As a reply to a question of ours; id and question are put right so that the rest is looked at.
void hear_it(View message) {
  const Bytes asked = {0, 9, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'b', 0, 0, 1, 0, 1};
  Query query;
  claim(read_query(asked, query) == Verdict::good, "the question is one");
  Upstreams upstreams;
  upstreams.use({Endpoint{parse_ip("192.0.2.1").value()}});
  Flight flight(query, false, 512, 3);
  flight.begin(upstreams, 0);
  Bytes reply(message.begin(), message.end());
  if (reply.size() >= asked.size()) {
    store16(reply.data(), flight.attempts()[0].id);
    std::copy(asked.begin() + 12, asked.end(), reply.begin() + 12);
  }
  const Step step = flight.on_message(0, reply, upstreams, 0);
  if (step.kind != Step::Kind::deliver) return;
  claim(flight.reply().size() <= 512, "a reply is cut to what the asker takes");
  claim(load16(flight.reply().data()) == 9, "a reply has the asker's id");
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const paas::dns::View message(data, size);
  paas::fuzz::answer_it(message, paas::dns::Transport::udp);
  paas::fuzz::answer_it(message, paas::dns::Transport::tcp);
  paas::fuzz::decode_it(message);
  paas::fuzz::hear_it(message);
  return 0;
}
