#include "provider/plugin/serve.hpp"

#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "provider/plugin/certificate.hpp"
#include "provider/plugin/hclog.hpp"
#include "provider/plugin/process.hpp"
#include "provider/plugin/rpc.hpp"
#include "provider/plugin/server.hpp"

namespace paas::plugin {
namespace {

// Terraform itself runs as many calls at a time as -parallelism says, ten unless told otherwise.
constexpr std::size_t most_workers = 128;
// The host kills us two seconds after it has asked; nothing it still waits for can be in flight.
constexpr std::chrono::milliseconds patience_when_asked{50};
constexpr std::chrono::seconds patience_otherwise{10};

std::string program_of(const ProviderInfo& info) {
  return "terraform-provider-" + info.name;
}

void print_to(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(descriptor, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

int complain(const ProviderInfo& info, const Error& error) {
  std::string text = program_of(info) + ": " + describe(error) + "\n";
  if (!error.remedy.empty()) text += error.remedy + "\n";
  print_to(STDERR_FILENO, text);
  return 1;
}

std::string own_folder() {
  std::error_code unknown;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", unknown);
  return unknown ? "/folder/of/this/file" : self.parent_path().string();
}

#if defined(__aarch64__)
constexpr std::string_view platform = "linux_arm64";
#else
constexpr std::string_view platform = "linux_amd64";
#endif

// What somebody reads who has started it by hand.
std::string introduction(const ProviderInfo& info) {
  const std::string program = program_of(info);
  const std::string mirror = "/usr/local/share/terraform/plugins";
  return program + " " + info.version + " is a plugin of Terraform and OpenTofu, which start it\n" +
         "themselves. To use this very file without installing it, put into ~/.terraformrc\n" +
         "(OpenTofu: ~/.tofurc):\n\n" +  //
         "  provider_installation {\n    dev_overrides {\n      \"" + info.source + "\" = \"" +
         own_folder() + "\"\n    }\n    direct {}\n  }\n\n" +
         "To install it for `terraform init`, copy it to\n\n  " + mirror +
         "/registry.terraform.io/" + info.source + "/" + info.version + "/" +
         std::string(platform) + "/\n      " + program + "_v" + info.version +
         "\n\n(for OpenTofu under registry.opentofu.org/) and put into the same file:\n\n" +
         "  provider_installation {\n    filesystem_mirror {\n      path    = \"" + mirror +
         "\"\n      include = [\"" + info.source + "\"]\n    }\n    direct {\n      exclude = [\"" +
         info.source + "\"]\n    }\n  }\n\n" + "To debug it, run `" + program +
         " -debug` and set what it prints.\n";
}

std::string reattach_hint(const ProviderInfo& info, const std::string& socket) {
  return "Provider started. Set this variable where you run Terraform or OpenTofu:\n\n"
         "  TF_REATTACH_PROVIDERS='" +
         reattach_json(
             {"registry.terraform.io/" + info.source, "registry.opentofu.org/" + info.source},
             getpid(), socket) +
         "'\n\nStop it with Ctrl-C.\n";
}

enum class Mode { plugin, debug, version, unknown };

Mode mode_of(int argc, char** argv) {
  if (argc < 2) return Mode::plugin;
  std::string_view flag = argv[1];
  if (flag.starts_with("--")) flag.remove_prefix(1);
  if (argc == 2 && flag == "-debug") return Mode::debug;
  if (argc == 2 && flag == "-version") return Mode::version;
  return Mode::unknown;
}

struct Terms {
  Handshake handshake;
  bool debug = false;
};

Result<Terms> terms_of(const Environment& environment, bool debug) {
  if (!debug) return Terms{TRY(read_handshake(environment))};
  return Terms{{.socket_folder = debug_socket_folder(environment)}, true};
}

struct Identity {
  std::optional<MutualTls> tls;
  std::string base64;
};

Result<Identity> identity_for(const Handshake& handshake) {
  if (handshake.client_certificate.empty()) return Identity{};
  TRY(check_certificate(handshake.client_certificate));
  Certificate own = TRY(make_certificate());
  return Identity{MutualTls{own.pem, std::move(own.key_pem), handshake.client_certificate},
                  std::move(own.base64)};
}

// Serves until the end. Where calls do not end with us, the process does without further ado.
Result<void> run(const ProviderInfo& info, const Terms& terms, HcLog& log,
                 const MakeProvider& make) {
  const Lifetime lifetime = TRY(Lifetime::begin(terms.debug));
  const Identity identity = TRY(identity_for(terms.handshake));
  std::optional<SocketPath> socket =
      TRY(SocketPath::choose(terms.handshake.socket_folder, program_of(info)));
  Calls calls;
  Service service([&] { return make(log); }, log);
  auto methods = all_methods(service, {.stop_all = [&calls] { calls.stop_all(); },
                                       .end = [&lifetime] { lifetime.ask(); }});
  Workers workers(most_workers);
  const std::unique_ptr<Server> server =
      TRY(listen(socket->text(), identity.tls, {std::move(methods), calls, workers, log}));
  print_to(STDOUT_FILENO, terms.debug
                              ? reattach_hint(info, socket->text())
                              : handshake_line(terms.handshake, socket->text(), identity.base64));

  const Ending ending = lifetime.wait();
  server->close();
  calls.stop_all();
  if (!calls.wait_idle(ending == Ending::asked ? patience_when_asked : patience_otherwise)) {
    socket.reset();
    std::_Exit(0);
  }
  return {};
}

}  // namespace

int serve(int argc, char** argv, const ProviderInfo& info, const MakeProvider& make) {
  const Mode mode = mode_of(argc, argv);
  if (mode == Mode::version) {
    print_to(STDOUT_FILENO, program_of(info) + " " + info.version + "\n");
    return 0;
  }
  if (mode == Mode::unknown) {
    print_to(STDERR_FILENO, "usage: " + program_of(info) + " [-debug | -version]\n");
    return 2;
  }
  // Many threads that do little each: two arenas serve them, more would only hold memory.
  mallopt(M_ARENA_MAX, 2);
  const Environment environment = environment_of(environ);
  const Result<Terms> terms = terms_of(environment, mode == Mode::debug);
  if (!terms && terms.error().code == Errc::not_found) {
    print_to(STDERR_FILENO, introduction(info));
    return 1;
  }
  if (!terms) return complain(info, terms.error());
  HcLog log(STDERR_FILENO, wanted_level(environment, info.name), "provider." + info.name);
  try {
    const Result<void> served = run(info, *terms, log, make);
    return served ? 0 : complain(info, served.error());
  } catch (const std::exception& exception) {
    return complain(info, Error{Errc::internal, exception.what(), {}, {}});
  }
}

}  // namespace paas::plugin
