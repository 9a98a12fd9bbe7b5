#include "libpaas/adapters/dns/counters.hpp"

#include <string_view>

namespace paas::dns {
namespace {

class MetricsText {
 public:
  void family(std::string_view name, std::string_view kind, std::string_view help) {
    name_ = name;
    out += "# HELP paas_dns_" + name_ + " " + std::string(help) + "\n";
    out += "# TYPE paas_dns_" + name_ + " " + std::string(kind) + "\n";
  }
  void value(std::uint64_t number, std::string_view labels = {}) {
    out += "paas_dns_" + name_;
    if (!labels.empty()) out += "{" + std::string(labels) + "}";
    out += " " + std::to_string(number) + "\n";
  }
  void counter(std::string_view name, std::string_view help, std::uint64_t number) {
    family(name, "counter", help);
    value(number);
  }
  void gauge(std::string_view name, std::string_view help, std::uint64_t number) {
    family(name, "gauge", help);
    value(number);
  }

  std::string out;

 private:
  std::string name_;
};

constexpr std::array<std::string_view, 6> code_names = {"noerror",  "formerr", "servfail",
                                                        "nxdomain", "notimp",  "refused"};

}  // namespace

std::string metrics_text(const Counters& counters, const Gauges& gauges) {
  MetricsText text;
  text.family("queries_total", "counter", "Questions that came.");
  text.value(counters.udp_queries, "transport=\"udp\"");
  text.value(counters.tcp_queries, "transport=\"tcp\"");
  text.family("answers_total", "counter", "Answers by their code.");
  std::uint64_t others = 0;
  for (std::size_t i = 0; i < counters.answers.size(); ++i) {
    if (i >= code_names.size()) {
      others += counters.answers[i];
      continue;
    }
    text.value(counters.answers[i], "code=\"" + std::string(code_names[i]) + "\"");
  }
  text.value(others, "code=\"other\"");
  text.counter("truncated_total", "Answers that told to come again by TCP.", counters.truncated);
  text.family("dropped_total", "counter", "Messages without an answer.");
  text.value(counters.dropped_source, "reason=\"source\"");
  text.value(counters.dropped_malformed, "reason=\"malformed\"");
  text.counter("unsent_total", "Answers that the system did not take.", counters.unsent);
  text.counter("forwarded_total", "Questions passed on to other servers.", counters.forwarded);
  text.counter("forward_failures_total", "Of these, ended without an answer of theirs.",
               counters.forward_failures);
  text.counter("forward_refusals_total", "Questions not passed on, over a limit.",
               counters.forward_refusals);
  text.counter("forward_mismatches_total", "Messages that answered another question.",
               counters.forward_mismatches);
  text.counter("forward_loops_total", "Own questions that came back.", counters.forward_loops);
  text.counter("tcp_connections_total", "Connections taken.", counters.tcp_connections);
  text.counter("tcp_refusals_total", "Connections not taken.", counters.tcp_refusals);
  text.counter("tcp_expired_total", "Connections closed for being slow or idle.",
               counters.tcp_expired);
  text.gauge("generation", "Of the records that are served.", gauges.generation);
  text.gauge("names", "That are served.", gauges.names);
  text.gauge("feed_good", "1 if the feed as it is now is what is served.",
             gauges.feed_good ? 1 : 0);
  text.counter("feeds_taken_total", "Feeds that were good.", gauges.feeds_taken);
  text.counter("feeds_refused_total", "Feeds that were not.", gauges.feeds_refused);
  text.gauge("forwards_in_flight", "Questions under way to other servers.", gauges.flights);
  text.gauge("tcp_open", "Connections open.", gauges.connections);
  text.gauge("upstreams", "Other servers known.", gauges.upstreams);
  text.gauge("upstreams_alive", "Of these, alive.", gauges.upstreams_alive);
  return text.out;
}

}  // namespace paas::dns
