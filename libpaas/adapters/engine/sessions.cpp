#include <optional>
#include <thread>

#include "libpaas/adapters/engine/host.hpp"
#include "libpaas/adapters/engine/parts.hpp"
#include "libpaas/adapters/engine/upgraded_socket.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/engine/answer.hpp"
#include "libpaas/engine/stream.hpp"

namespace paas::engine {
namespace {

using std::chrono::milliseconds;

class EngineSessions final : public Sessions {
 public:
  EngineSessions(const Link& link, Containers& containers) : link_(link), containers_(containers) {}

  Result<void> logs(const std::string& id, const model::LogOptions& options,
                    const OnOutput& on_output, std::stop_token stop) override {
    const auto info = TRY(containers_.inspect(id, stop));
    std::string path = "/containers/" + info.id + "/logs?stdout=true&stderr=true";
    if (options.follow) path += "&follow=true";
    if (options.tail) path += "&tail=" + std::to_string(*options.tail);
    if (options.since) path += "&since=" + unix_text(*options.since);
    if (options.timestamps) path += "&timestamps=true";
    // Podman keeps to frames whatever the container has.
    const bool raw = info.has_terminal && link_.dialect().name == docker().name;
    return output({"GET", path}, raw ? Framing::raw : Framing::frames, on_output, std::move(stop));
  }

  Result<int> exec(const std::string& id, const model::ExecSpec& spec, const OnOutput& on_output,
                   std::stop_token stop) override {
    const std::string session = TRY(prepared(id, spec, false, stop));
    const Call call{"POST", "/exec/" + session + "/start",
                    Json::Object{{"Detach", false}, {"Tty", false}}};
    auto ended = output(call, Framing::frames, on_output, stop);
    if (!ended && ended.error().code == Errc::cancelled) kill_session(session);
    if (!ended) return not_run(std::move(ended).error());
    return exit_code(session, std::move(stop));
  }

  Result<int> exec_on_terminal(const std::string& id, const model::ExecSpec& spec,
                               Terminal& terminal, std::stop_token stop) override {
    const std::string session = TRY(prepared(id, spec, true, stop));
    model::TerminalSize size = terminal.size();
    Json::Object start{{"Detach", false}, {"Tty", true}};
    if (link_.dialect().starts_with_size) {
      start.emplace("h", size.rows);
      start.emplace("w", size.columns);
    }
    const Call call{"POST", "/exec/" + session + "/start", Json(std::move(start))};
    auto opened =
        UpgradedSocket::open(link_.socket(), link_.path_of(call), print_json(call.body), stop);
    if (!opened) return not_run(std::move(opened).error());
    resize(session, size, stop);
    {
      std::jthread typing([&](std::stop_token over) { type(*opened, terminal, over); });
      while (!stop.stop_requested()) {
        auto piece = opened->read();
        if (!piece) break;
        if (!piece->empty()) terminal.write(*piece);
        if (const auto now = terminal.size(); now != size) resize(session, size = now, stop);
      }
    }
    if (stop.stop_requested()) {
      kill_session(session);
      return fail(Errc::cancelled, "stopped before the command had ended");
    }
    return exit_code(session, std::move(stop));
  }

 private:
  Result<void> output(const Call& call, Framing framing, const OnOutput& on_output,
                      std::stop_token stop) {
    OutputReader reader(framing, on_output);
    std::optional<Error> broken;
    TRY(link_.stream(
        call,
        [&](std::string_view piece) {
          if (auto fine = reader.take(piece); !fine) broken = std::move(fine).error();
          return !broken;
        },
        std::move(stop)));
    if (broken) return tl::unexpected(std::move(*broken));
    return {};
  }

  Result<std::string> prepared(const std::string& id, const model::ExecSpec& spec, bool terminal,
                               std::stop_token stop) {
    if (spec.command.empty()) return fail(Errc::invalid, "there is no command to run");
    Json::Array command, environment;
    for (const std::string& word : spec.command) command.emplace_back(word);
    for (const auto& [name, value] : spec.environment) environment.emplace_back(name + "=" + value);
    Json::Object body{{"AttachStdin", terminal},   {"AttachStdout", true},
                      {"AttachStderr", true},      {"Tty", terminal},
                      {"Cmd", std::move(command)}, {"Env", std::move(environment)}};
    if (!spec.user.empty()) body.emplace("User", spec.user);
    if (!spec.working_dir.empty()) body.emplace("WorkingDir", spec.working_dir);
    const Call call{"POST", "/containers/" + escaped(id) + "/exec", Json(std::move(body))};
    return parse_id(TRY(link_.ask(call, std::move(stop))));
  }

  // The output may end a moment before the engine knows of the command's end.
  Result<int> exit_code(const std::string& session, std::stop_token stop) {
    constexpr int tries = 200;
    for (int i = 0; i < tries; ++i) {
      const auto state =
          TRY(parse_exec(TRY(link_.ask({"GET", "/exec/" + session + "/json"}, stop))));
      if (!state.running) return state.exit_code;
      if (stop.stop_requested()) break;
      std::this_thread::sleep_for(milliseconds{20});
    }
    if (stop.stop_requested()) return fail(Errc::cancelled, "stopped before the command had ended");
    return fail(Errc::timeout, "the command closed its output and goes on");
  }

  // Podman refuses to start what it cannot find; Docker says it by the exit code.
  static Result<int> not_run(Error error) {
    const auto has = [&](std::string_view words) {
      return error.message.find(words) != std::string::npos;
    };
    if (error.code == Errc::cancelled) return tl::unexpected(std::move(error));
    if (has("executable file not found") || has("no such file or directory")) return 127;
    if (has("permission denied") && !has("no connection")) return 126;
    return tl::unexpected(std::move(error));
  }

  // No engine can end a command that it started in a container.
  void kill_session(const std::string& session) {
    const auto answer = link_.ask({"GET", "/exec/" + session + "/json"}, {}, milliseconds{5'000});
    if (!answer) return;
    const auto state = parse_exec(*answer);
    const std::string container = text_of((*answer)["ContainerID"]);
    if (state && state->running && !container.empty()) kill_within(state->pid, container);
  }

  // A terminal of the wrong size is no reason to end a session. The engine may need a moment until
  // there is one.
  void resize(const std::string& session, model::TerminalSize size, std::stop_token stop) {
    const std::string path = "/exec/" + session + "/resize?h=" + std::to_string(size.rows) +
                             "&w=" + std::to_string(size.columns);
    for (int i = 0; i < 10 && !stop.stop_requested(); ++i) {
      if (link_.ask({"POST", path}, stop)) return;
      std::this_thread::sleep_for(milliseconds{50});
    }
  }

  static void type(UpgradedSocket& socket, Terminal& terminal, std::stop_token over) {
    while (!over.stop_requested()) {
      const std::string typed = terminal.read(over);
      if (over.stop_requested()) return;
      // The end of the input is what a person's Ctrl-D says.
      if (!socket.write(typed.empty() ? "\x04" : std::string_view(typed), over)) return;
      if (typed.empty()) return;
    }
  }

  const Link& link_;
  Containers& containers_;
};

}  // namespace

std::unique_ptr<Sessions> make_sessions(const Link& link, Containers& containers) {
  return std::make_unique<EngineSessions>(link, containers);
}

}  // namespace paas::engine
