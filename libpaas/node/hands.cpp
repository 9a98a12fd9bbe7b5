#include "libpaas/node/hands.hpp"

#include <algorithm>

#include "libpaas/base/overload.hpp"
#include "libpaas/base/text.hpp"

namespace paas::node {
namespace {

constexpr int kept_lines = 20;
constexpr std::size_t kept_line_bytes = 500;
constexpr std::string_view archive_scheme = "oci-archive:";
constexpr std::string_view secrets_label = "paas.secrets";  // target=secret,…

// Without the line's end, which an editor puts behind a secret and nobody means.
std::string without_newline(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    out.push_back(printable(to_utf8(shortened(line, kept_line_bytes))));
  }
  if (out.size() > kept_lines) out.erase(out.begin(), out.end() - kept_lines);
  return out;
}

std::string handed_name(const std::string& container, const std::string& target) {
  std::string file = target.substr(target.find_first_not_of('/'));
  std::replace(file.begin(), file.end(), '/', '.');
  return container + "/" + file;
}

}  // namespace

Result<void> Hands::carry_out(const std::vector<reconcile::Step>& steps, std::stop_token stop) {
  for (const reconcile::Step& step : steps) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "given up");
    auto done = do_step(step, stop);
    if (!done) return fail_while(reconcile::text_of(step), std::move(done));
  }
  return {};
}

Result<void> Hands::do_step(const reconcile::Step& step, std::stop_token stop) {
  using namespace reconcile;
  Containers& containers = engine_.containers();
  return std::visit(
      Overload{
          [&](const PullImage& s) -> Result<void> {
            TRY(pull({s.reference, s.platform, {}}, {}, stop));
            return {};
          },
          [&](const CreateNetwork& s) -> Result<void> {
            TRY(effects_.pass("network.create",
                              [&] { return engine_.networks().create(s.spec, stop); }));
            return {};
          },
          [&](const RemoveNetwork& s) {
            return effects_.pass("network.remove",
                                 [&] { return engine_.networks().remove(s.name, stop); });
          },
          [&](const StopContainer& s) { return this->stop({s.id, s.name, s.grace}, stop); },
          [&](const RemoveContainer& s) -> Result<void> {
            TRY(effects_.pass("container.remove", [&] { return containers.remove(s.id, stop); }));
            return effects_.pass("secrets.remove", [&] { return handed_.remove(s.name); });
          },
          [&](const CreateContainer& s) { return create(s, stop); },
          [&](const StartContainer& s) -> Result<void> {
            TRY(hand_over_again(s.name, stop));
            return effects_.pass("container.start", [&] { return containers.start(s.name, stop); });
          },
          [&](const PublishNames&) -> Result<void> { return {}; },  // told by the loop itself
      },
      step);
}

Result<void> Hands::create(const reconcile::CreateContainer& step, std::stop_token stop) {
  model::ContainerSpec spec = step.spec;
  if (spec.image_id.empty()) spec.image_id = TRY(engine_.images().find(step.reference, stop)).id;
  for (const auto& [variable, name] : spec.container.environment_from) {
    spec.secret_environment[variable] = without_newline(TRY(secret(name)));
  }
  spec.container.environment_from.clear();
  TRY(hand_over(spec));
  TRY(make_volumes(spec, stop));
  TRY(effects_.pass("container.create", [&] { return engine_.containers().create(spec, stop); }));
  return {};
}

// With our labels, so that they are known as ours when they are to go.
Result<void> Hands::make_volumes(const model::ContainerSpec& spec, std::stop_token stop) {
  std::vector<model::VolumeInfo> there;
  bool asked = false;
  for (const model::Mount& mount : spec.container.mounts) {
    if (mount.kind != model::MountKind::volume) continue;
    if (!std::exchange(asked, true)) there = TRY(engine_.volumes().list(stop));
    const bool known = std::any_of(there.begin(), there.end(),
                                   [&](const auto& one) { return one.name == mount.source; });
    if (known) continue;
    model::TextMap labels{{std::string(reconcile::owner_label), owner_}};
    const auto allocation = spec.labels.find(reconcile::allocation_label);
    if (allocation != spec.labels.end()) labels.insert(*allocation);
    auto made = effects_.pass("volume.create",
                              [&] { return engine_.volumes().create(mount.source, labels, stop); });
    if (!made && made.error().code != Errc::conflict) return tl::unexpected(made.error());
  }
  return {};
}

Result<std::string> Hands::secret(const std::string& name) {
  auto read = TRY(secrets_.read(name));
  if (read) return *std::move(read);
  return fail(Errc::not_found, "this host has no secret \"" + name + "\"");
}

Result<void> Hands::hand_over(model::ContainerSpec& spec) {
  std::string label;
  for (const model::SecretFile& file : spec.container.secrets) {
    const std::string bytes = TRY(secret(file.source));
    const std::string name = handed_name(spec.name, file.target);
    TRY(effects_.pass("secrets.write", [&] { return handed_.write(name, bytes); }));
    spec.secret_files[file.target] = handed_.path_of(name);
    label += (label.empty() ? "" : ",") + file.target + "=" + file.source;
  }
  spec.container.secrets.clear();
  if (!label.empty()) spec.labels[std::string(secrets_label)] = label;
  return {};
}

// A boot empties the tmpfs; what a container was handed is written again before it starts.
Result<void> Hands::hand_over_again(const std::string& container, std::stop_token stop) {
  const auto info = TRY(engine_.containers().inspect(container, stop));
  const auto label = info.labels.find(secrets_label);
  if (label == info.labels.end()) return {};
  for (const std::string_view entry : split(label->second, ',')) {
    const auto sign = entry.find('=');
    if (sign == std::string_view::npos || sign == 0) continue;
    const std::string name = handed_name(container, std::string(entry.substr(0, sign)));
    const auto there = handed_.read(name);
    if (there && *there) continue;
    const std::string bytes = TRY(secret(std::string(entry.substr(sign + 1))));
    TRY(effects_.pass("secrets.write", [&] { return handed_.write(name, bytes); }));
  }
  return {};
}

Result<std::string> Hands::pull(const Pull& pull, const Images::OnProgress& progress,
                                std::stop_token stop) {
  if (pull.reference.starts_with(archive_scheme)) {
    const std::string path = pull.reference.substr(archive_scheme.size());
    return TRY(effects_.pass("image.load", [&] { return engine_.images().load(path, stop); })).id;
  }
  model::PullSpec spec{pull.reference, pull.platform, {}, false};
  if (pull.registry) {
    spec.insecure = pull.registry->insecure;
    if (!pull.registry->username.empty()) {
      const std::string password = TRY(secret(pull.registry->password_file));
      spec.credentials = model::Credentials{pull.registry->username, without_newline(password)};
    }
  }
  return TRY(effects_.pass("image.pull",
                           [&] { return engine_.images().pull(spec, progress, stop); }))
      .id;
}

Result<void> Hands::stop(const StopBeside& what, std::stop_token stop) {
  return effects_.pass("container.stop",
                       [&] { return engine_.containers().stop(what.id, what.grace, stop); });
}

Result<std::vector<std::string>> Hands::last_lines(const std::string& id, std::stop_token stop) {
  std::string text;
  const auto keep = [&](model::Stream, std::string_view bytes) {
    constexpr std::size_t most = kept_lines * kept_line_bytes * 4;
    text.append(bytes);
    if (text.size() > 2 * most) text.erase(0, text.size() - most);
  };
  TRY(engine_.sessions().logs(id, {.follow = false, .tail = kept_lines}, keep, stop));
  return lines_of(text);
}

health::Answer Hands::ask_command(const AskProbe& what, std::stop_token stop) {
  std::string said;
  const auto keep = [&](model::Stream, std::string_view bytes) {
    if (said.size() < kept_line_bytes) said.append(bytes.substr(0, kept_line_bytes));
  };
  model::ExecSpec command;
  command.command = what.probe.command;
  const auto code = engine_.sessions().exec(what.id, command, keep, stop);
  if (stop.stop_requested()) {
    return {false, "no answer in " + std::to_string(what.probe.timeout.count()) + " s"};
  }
  if (!code) return {false, printable(shortened(describe(code.error()), 200))};
  const auto lines = lines_of(said);
  std::string text = "exit code " + std::to_string(*code);
  if (*code != 0 && !lines.empty()) text += ": " + shortened(lines.front(), 150);
  return {*code == 0, std::move(text)};
}

}  // namespace paas::node
