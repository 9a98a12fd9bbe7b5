#include "agent/commands/node_parts.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>

#include "agent/commands/complaint.hpp"
#include "agent/input.hpp"
#include "agent/text_log.hpp"
#include "libpaas/adapters/connect_engine.hpp"
#include "libpaas/adapters/connect_host.hpp"
#include "libpaas/adapters/plain_folder.hpp"
#include "libpaas/adapters/system_clock.hpp"
#include "libpaas/adapters/system_random.hpp"
#include "libpaas/base/text.hpp"

namespace paas::agent::commands {
namespace {

constexpr const char* usual_data_dir = "/var/lib/paas";
constexpr const char* usual_host_file = "/etc/paas/host.yaml";
constexpr const char* usual_secrets_dir = "/etc/paas/secrets";
constexpr const char* usual_run_dir = "/run/paas";

class OwnedParts final : public NodeParts {
 public:
  node::Ports ports() override {
    return {*engine, *store,   *folder, *source, *prober, *filter,
            *zones,  *secrets, *handed, *clock,  *log};
  }
  node::ShellOptions options() const override { return shell; }

  std::unique_ptr<Process> process;
  std::unique_ptr<ContainerRuntime> engine;
  std::unique_ptr<Store> store;
  std::unique_ptr<Folder> folder, secrets, handed;
  std::unique_ptr<Source> source;
  std::unique_ptr<Prober> prober;
  std::unique_ptr<PacketFilter> filter;
  std::unique_ptr<TimeZones> zones;
  std::unique_ptr<Clock> clock;
  Log* log = nullptr;
  node::ShellOptions shell;
};

Result<void> fill_ports(OwnedParts& parts, const std::string& state, const std::string& data_dir,
                        Log& log) {
  parts.clock = make_system_clock();
  parts.process = make_host_process();
  parts.store = make_host_store(data_dir);
  SourceOptions source;
  source.location = state;
  source.cache_dir = data_dir + "/git";
  source.require_signed_commits = parts.shell.rules.require_signed_commits;
  source.poll = std::chrono::seconds{10};
  parts.source = TRY(make_host_source(source, *parts.process));
  parts.prober = make_host_prober(log);
  parts.filter = make_host_packet_filter(*parts.process);
  parts.zones = make_host_time_zones();
  return {};
}

// One agent for each data folder: held until the process ends.
Result<void> lock_folder(const std::string& folder) {
  const std::string path = folder + "/lock";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) return fail(Errc::denied, "unable to open \"" + path + "\"");
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return {};
  ::close(file);
  return fail(Errc::conflict, "another agent works in \"" + folder + "\"");
}

// The id that all of this node's containers bear: it must never change by itself.
Result<std::string> node_id(const Arguments& arguments, Folder& folder, Purpose purpose) {
  const auto kept = TRY(folder.read("node-id"));
  const std::string before = kept ? std::string(trim(*kept)) : "";
  const auto given = arguments.value("--node-id");
  if (given && !before.empty() && *given != before) {
    return fail(Errc::invalid, "--node-id: this folder is of the node \"" + before +
                                   "\", whose containers would be left behind");
  }
  if (!before.empty()) return before;
  std::string id = given.value_or("");
  if (!given) {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) == 0) id = name.data();
  }
  if (!blueprint::is_label(id)) {
    return fail(Errc::invalid, "the node's id must be of a-z, 0-9 and '-': say one by --node-id");
  }
  if (purpose != Purpose::look) TRY(folder.write("node-id", id + "\n"));
  return id;
}

Result<blueprint::HostRules> host_rules(const Arguments& arguments) {
  const auto given = arguments.value("--host-file");
  const std::string path = given.value_or(usual_host_file);
  const auto text = read_file(path);
  if (!text && text.error().code == Errc::not_found && !given) return blueprint::HostRules{};
  if (!text) return tl::unexpected(text.error());
  auto rules = blueprint::parse_host_rules(*text, path);
  if (!rules) return tl::unexpected(error_of(rules.error()));
  return *std::move(rules);
}

// For campaigns of tests (tests/soak): the process kills itself at the n-th effect.
node::Effects::Hook killing_hook(const Invocation& invocation) {
  const auto number = [&](std::string_view name) {
    const auto found = invocation.environment.find(name);
    if (found == invocation.environment.end()) return std::uint64_t{0};
    return parse_integer<std::uint64_t>(found->second).value_or(0);
  };
  const std::uint64_t before = number("PAAS_KILL_AT_EFFECT");
  const std::uint64_t after = number("PAAS_KILL_AFTER_EFFECT");
  const auto record = invocation.environment.find("PAAS_EFFECTS_FILE");
  const std::string file = record == invocation.environment.end() ? "" : record->second;
  if (before == 0 && after == 0 && file.empty()) return {};
  return [=](std::string_view name, std::uint64_t count, bool done) {
    if (!done && !file.empty()) {
      std::ofstream(file, std::ios::app)
          << (std::to_string(count) + " " + std::string(name) + "\n");
    }
    if (count == (done ? after : before)) std::raise(SIGKILL);
  };
}

Result<std::unique_ptr<ContainerRuntime>> engine_of(const Arguments& arguments,
                                                    const std::string& data_dir, Purpose purpose,
                                                    Clock& clock, Log& log, std::stop_token stop) {
  EngineOptions options;
  options.socket = arguments.value("--runtime").value_or("");
  options.scratch_dir = data_dir;
  bool told = false;
  for (;;) {
    auto engine = connect_engine(options, stop);
    const bool wait = !engine && purpose == Purpose::act_always &&
                      engine.error().code == Errc::unavailable && !stop.stop_requested();
    if (!wait) return engine;
    if (!std::exchange(told, true))
      log.warn("waiting for the engine", {{"why", describe(engine.error())}});
    clock.sleep(std::chrono::seconds{1}, stop);
  }
}

}  // namespace

std::vector<Flag> node_flags(std::vector<Flag> more) {
  std::vector<Flag> out = {
      {"--state", "WHERE", "what to run: a file, a folder, or a git URL with #BRANCH and //PATH"},
      runtime_flag,
      data_dir_flag,
      {"--subnet", "CIDR", "of this node's containers; 10.200.1.0/24"},
      {"--host-file", "FILE", "what this host allows; /etc/paas/host.yaml"},
      {"--secrets-dir", "DIR", "the host's secrets; /etc/paas/secrets"},
      {"--run-dir", "DIR", "on a tmpfs, for secrets as containers get them; /run/paas"},
      {"--node-id", "ID", "in the labels of all that is this node's; the host's name at first"},
      {"--bridge", "NAME", "the interface of the containers' network; paas0"},
      {"--no-isolation", "", "leave the packet filter alone: projects reach each other"},
      {"--log-level", "LEVEL", "trace, debug, info, warn, error or off; info"},
  };
  out.insert(out.end(), more.begin(), more.end());
  out.push_back(help_flag);
  return out;
}

Or<std::unique_ptr<Log>> node_log(const Invocation& invocation, const Usage& usage,
                                  const Arguments& arguments) {
  const auto level = parse_level(arguments.value("--log-level").value_or("info"));
  if (!level) return tl::unexpected<int>(misuse(invocation, usage, "--log-level: no such level"));
  return make_text_log(invocation.err, *level);
}

Or<std::unique_ptr<NodeParts>> node_parts(const Invocation& invocation, const Usage& usage,
                                          const Arguments& arguments, Purpose purpose, Log& log,
                                          std::stop_token stop) {
  const auto state = arguments.value("--state");
  if (!state || state->empty()) {
    return tl::unexpected<int>(misuse(invocation, usage, "--state is needed"));
  }
  const auto wrong = [&](const char* what, const Error& error) {
    complain(invocation.err, what, error);
    return tl::unexpected<int>(failed);
  };
  auto out = std::make_unique<OwnedParts>();
  const std::string data_dir = arguments.value("--data-dir").value_or(usual_data_dir);
  out->log = &log;
  out->folder = make_plain_folder(data_dir, Audience::everybody);
  out->secrets = make_plain_folder(arguments.value("--secrets-dir").value_or(usual_secrets_dir),
                                   Audience::root);
  out->handed = make_plain_folder(arguments.value("--run-dir").value_or(usual_run_dir) + "/handed",
                                  Audience::root);
  node::Settings& settings = out->shell.settings;
  auto id = node_id(arguments, *out->folder, purpose);
  if (!id) return wrong("tell this node's id", id.error());
  const auto locked = purpose == Purpose::look ? Result<void>() : lock_folder(data_dir);
  if (!locked) return wrong("work in the data folder", locked.error());
  auto rules = host_rules(arguments);
  if (!rules) return wrong("read the host file", rules.error());
  settings.node.owner = *std::move(id);
  settings.node.subnet = arguments.value("--subnet").value_or(settings.node.subnet);
  settings.node.bridge = arguments.value("--bridge").value_or(settings.node.bridge);
  settings.location = without_url_secrets(*state);
  settings.version = PAAS_VERSION;
  settings.isolate = !arguments.has("--no-isolation");
  out->shell.rules = *std::move(rules);
  out->shell.on_effect = killing_hook(invocation);
  if (auto failure = fill_ports(*out, *state, data_dir, log); !failure) {
    return wrong("begin", failure.error());
  }
  settings.seed = make_system_random()->next();
  auto engine = engine_of(arguments, data_dir, purpose, *out->clock, log, stop);
  if (!engine && stop.stop_requested()) return tl::unexpected<int>(done);
  if (!engine) return wrong("reach the container engine", engine.error());
  out->engine = *std::move(engine);
  return out;
}

}  // namespace paas::agent::commands
