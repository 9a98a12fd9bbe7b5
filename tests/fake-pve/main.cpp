// fake-pve --listen ADDR:PORT --nodes N --state DIR [--faults FILE] [--latency-ms MS]
//          [--task-ms MS]
// fake-pve --print-parameters
//
// A stateful stand-in for a Proxmox VE cluster, for tests and demonstrations. Once it serves it
// prints one line: `ready URL TOKEN CA_FILE`. SIGTERM and SIGINT save the state and end it. Exit
// code 2: the arguments, or the files they name, are of no use.

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <thread>

#include "tests/fake-pve/control.hpp"
#include "tests/fake-pve/dispatch.hpp"
#include "tests/fake-pve/formats.hpp"
#include "tests/fake-pve/server.hpp"
#include "tests/fake-pve/table.hpp"
#include "tests/fake-pve/tls.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

struct Arguments {
  std::string listen = "127.0.0.1:0";
  std::int64_t nodes = 1;
  std::filesystem::path state;
  std::filesystem::path faults;
  std::optional<std::int64_t> latency_ms;
  std::optional<std::int64_t> task_ms;
  bool print_parameters = false;
  bool help = false;
};

constexpr std::int64_t max_nodes = 64;

constexpr const char* usage =
    "usage: fake-pve --state DIR [--listen ADDR:PORT] [--nodes N] [--faults FILE]\n"
    "                [--latency-ms MS] [--task-ms MS]\n"
    "       fake-pve --print-parameters\n\n"
    "A stand-in for a Proxmox VE cluster. Once it serves it prints `ready URL TOKEN CA_FILE`.\n";

Result<void> read_number(const std::string& name, const std::string& value, std::int64_t least,
                         std::int64_t most, std::int64_t& target) {
  const auto number = to_integer(value);
  if (!number || *number < least || *number > most)
    return fail(Errc::invalid, name + " wants a number from " + std::to_string(least) + " to " +
                                   std::to_string(most) + ", not '" + value + "'");
  target = *number;
  return {};
}

Result<void> read_option(const std::string& name, const std::string& value, Arguments& arguments) {
  constexpr std::int64_t longest_ms = 3600 * 1000;
  if (name == "--listen") {
    arguments.listen = value;
  } else if (name == "--state") {
    arguments.state = value;
  } else if (name == "--faults") {
    arguments.faults = value;
  } else if (name == "--nodes") {
    return read_number(name, value, 1, max_nodes, arguments.nodes);
  } else if (name == "--latency-ms") {
    return read_number(name, value, 0, longest_ms, arguments.latency_ms.emplace());
  } else {
    return read_number(name, value, 0, longest_ms, arguments.task_ms.emplace());
  }
  return {};
}

Result<Arguments> read_arguments(const std::vector<std::string>& words) {
  static const std::set<std::string> known = {"--listen", "--nodes",      "--state",
                                              "--faults", "--latency-ms", "--task-ms"};
  Arguments arguments;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word == "--help" || word == "-h") {
      arguments.help = true;
      return arguments;
    }
    if (word == "--print-parameters") {
      arguments.print_parameters = true;
      continue;
    }
    if (!known.contains(word)) return fail(Errc::invalid, "unknown option " + word);
    if (i + 1 == words.size()) return fail(Errc::invalid, word + " needs a value");
    TRY(read_option(word, words[++i], arguments));
  }
  if (arguments.state.empty() && !arguments.print_parameters)
    return fail(Errc::invalid, "--state DIR is missing");
  return arguments;
}

Result<std::vector<Fault>> read_fault_file(const std::filesystem::path& file) {
  if (file.empty()) return std::vector<Fault>{};
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Errc::invalid, "unable to read " + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  const std::string where = "reading " + file.string();
  auto json = parse_json(text.str());
  if (!json) return fail_while(where, std::move(json));
  auto faults = faults_from_json(*json);
  if (!faults) return fail_while(where, std::move(faults));
  return faults;
}

Result<void> make_folders(const std::filesystem::path& dir) {
  std::error_code problem;
  for (const auto& folder : {dir, dir / "files", dir / "uploads"}) {
    std::filesystem::create_directories(folder, problem);
    if (problem) return fail(Errc::invalid, "unable to make " + folder.string());
  }
  return {};
}

Result<ServerOptions> server_options(const Arguments& arguments) {
  const auto colon = arguments.listen.rfind(':');
  const auto port =
      colon == std::string::npos ? std::nullopt : to_integer(arguments.listen.substr(colon + 1));
  const std::string address = arguments.listen.substr(0, port ? colon : 0);
  if (!port || *port < 0 || *port > 65535 || !is_ipv4(address))
    return fail(Errc::invalid,
                "--listen wants an IPv4 address and a port, not '" + arguments.listen + "'");
  ServerOptions options;
  options.address = address;
  options.port = static_cast<std::uint16_t>(*port);
  options.spool = std::filesystem::absolute(arguments.state) / "uploads";
  return options;
}

// Blocks until the process is asked to end. The signals must be blocked in every thread.
void wait_for_end(const sigset_t& signals) {
  int signal = 0;
  sigwait(&signals, &signal);
}

Result<void> run(const Arguments& arguments) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);

  // All that can be wrong is found before the folder is touched.
  ServerOptions options = TRY(server_options(arguments));
  const auto faults = TRY(read_fault_file(arguments.faults));
  TRY(make_folders(arguments.state));
  const auto dir = std::filesystem::absolute(arguments.state);
  State state = TRY(World::load_state(dir, static_cast<int>(arguments.nodes)));
  if (arguments.latency_ms) state.settings.latency_ms = *arguments.latency_ms;
  if (arguments.task_ms) state.settings.task_ms = *arguments.task_ms;
  std::vector<std::string> names;
  for (const Node& node : state.nodes) names.push_back(node.name);
  const Certificates files = TRY(certificates_in(dir, names));
  options.certificate = files.certificate;
  options.key = files.key;

  World world(dir, std::move(state));
  TRY(CallLog::open(world.calls, dir / "calls.jsonl"));
  world.faults.add(faults);
  const auto server = TRY(Server::listen(options, [&world](const HttpRequest& request) {
    return is_control(request) ? control(world, request) : dispatch(world, request);
  }));
  std::thread acceptor([&server] { server->serve(); });
  const bool everywhere = options.address == "0.0.0.0";
  std::cout << "ready https://" << (everywhere ? "127.0.0.1" : options.address) << ':'
            << server->port() << " root@pam!paas=" << world.state.tokens["root@pam!paas"].secret
            << ' ' << files.authority.string() << std::endl;
  wait_for_end(signals);
  server->stop();
  acceptor.join();
  world.finish();
  // Connections live on threads of their own that may be waiting for their clients.
  std::cout.flush();
  std::_Exit(EXIT_SUCCESS);
}

}  // namespace
}  // namespace paas::fake_pve

int main(int argc, char** argv) {
  using namespace paas;
  const auto arguments = fake_pve::read_arguments({argv + 1, argv + argc});
  if (!arguments) {
    std::cerr << "fake-pve: " << describe(arguments.error()) << '\n';
    return 2;
  }
  if (arguments->help) {
    std::cout << fake_pve::usage;
    return 0;
  }
  if (arguments->print_parameters) {
    std::cout << pretty_json(fake_pve::table_json());
    return 0;
  }
  const auto outcome = fake_pve::run(*arguments);
  if (!outcome) std::cerr << "fake-pve: " << describe(outcome.error()) << '\n';
  if (outcome) return 0;
  return outcome.error().code == Errc::invalid ? 2 : 1;
}
