// paas-dns: the names service, a process of its own, so that no upgrade or crash of the agent
// interrupts a name. `paas-agent dns` becomes it.

#include <sys/resource.h>
#include <sys/signalfd.h>

#include <csignal>
#include <iostream>

#include "agent/arguments.hpp"
#include "agent/program.hpp"
#include "agent/text_log.hpp"
#include "libpaas/adapters/dns/server.hpp"
#include "libpaas/adapters/environment.hpp"
#include "libpaas/adapters/system_random.hpp"
#include "libpaas/dns/feed.hpp"

namespace paas::agent {
namespace {

const std::vector<Flag> flags = {
    {"--feed", "FILE", "the records, docs/formats/dns-feed.schema.json; followed as it changes"},
    {"--listen", "ADDRESS[:PORT],…", "where to answer, besides what the feed says"},
    {"--upstream", "ADDRESS[:PORT],…", "whom to forward to, instead of the host's resolvers"},
    {"--resolv-conf", "FILE", "where the host's resolvers are; /etc/resolv.conf"},
    {"--metrics", "PATH", "a unix socket on which to tell the counters"},
    {"--log-level", "LEVEL", "trace, debug, info, warn, error or off; info"},
    {"--help", "", "this"}};

int misuse(const std::string& message) {
  std::cerr << "paas-agent dns: " << message << "\n\nusage: paas-agent dns --feed FILE [flags]\n\n"
            << help_of(flags);
  return misused;
}

// "a,b" by a parser of one.
template <class Parse>
Result<std::vector<dns::Endpoint>> endpoints(const Arguments& arguments, std::string_view flag,
                                             const Parse& parse) {
  std::vector<dns::Endpoint> out;
  const std::string text = arguments.value(flag).value_or("");
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    auto endpoint = parse(std::string_view(text).substr(begin, comma - begin));
    if (!endpoint) return fail(Errc::invalid, std::string(flag) + ": " + endpoint.error().message);
    out.push_back(*std::move(endpoint));
    begin = comma + 1;
  }
  return out;
}

Result<dns::ServerOptions> options_of(const Arguments& arguments) {
  dns::ServerOptions out;
  const auto feed = arguments.value("--feed");
  if (!feed || feed->empty()) return fail(Errc::invalid, "--feed is needed");
  if (!arguments.words().empty()) return fail(Errc::invalid, "words without a flag");
  out.feed = *feed;
  out.listen = TRY(endpoints(arguments, "--listen", dns::parse_listen));
  out.upstreams = TRY(endpoints(arguments, "--upstream",
                                [](std::string_view text) { return dns::parse_endpoint(text); }));
  out.resolv_conf = arguments.value("--resolv-conf").value_or(out.resolv_conf);
  out.metrics = arguments.value("--metrics").value_or("");
  const auto environment = process_environment();
  if (const auto found = environment.find("NOTIFY_SOCKET"); found != environment.end()) {
    out.notify_socket = found->second;
  }
  return out;
}

// Readable when the process is asked to end. Blocks these signals, in later threads too.
int ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGHUP, SIG_IGN);  // files are followed anyway
  std::signal(SIGPIPE, SIG_IGN);
  return signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
}

// A connection and an attempt to forward take a descriptor each.
void allow_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 16384);
  setrlimit(RLIMIT_NOFILE, &limit);
}

int serve(const std::vector<std::string>& given) {
  const auto arguments = Arguments::parse(given, flags);
  if (!arguments) return misuse(arguments.error().message);
  if (arguments->has("--help")) {
    std::cout << "usage: paas-agent dns --feed FILE [flags]\n\n" << help_of(flags);
    return done;
  }
  auto options = options_of(*arguments);
  if (!options) return misuse(options.error().message);
  const auto level = parse_level(arguments->value("--log-level").value_or("info"));
  if (!level) return misuse("--log-level: no such level");
  const auto log = make_text_log(std::cerr, *level);
  const int ending = ending_signals();
  allow_descriptors();
  const auto random = make_system_random();
  const auto server = dns::make_server(*std::move(options), *random, *log);
  if (!server) {
    std::cerr << "paas-agent dns: " << describe(server.error()) << "\n";
    return failed;
  }
  (*server)->run(ending);
  log->info("ended");
  return done;
}

}  // namespace
}  // namespace paas::agent

int main(int argc, char** argv) {
  return paas::agent::serve({argv + (argc > 0 ? 1 : 0), argv + argc});
}
