#include "provider/plugin/handshake.hpp"

#include <algorithm>
#include <array>

#include "libpaas/base/json.hpp"
#include "libpaas/base/text.hpp"

namespace paas::plugin {
namespace {

constexpr std::string_view cookie_name = "TF_PLUGIN_MAGIC_COOKIE";
constexpr std::string_view cookie =
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
constexpr std::size_t longest_value = std::size_t{64} << 10;
// sun_path holds 108 bytes with its end; "/plugin" and ten characters follow the folder.
constexpr std::size_t longest_folder = 108 - 1 - 17;

std::string_view value_of(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? std::string_view() : std::string_view(found->second);
}

bool offers_six(std::string_view versions) {
  const std::vector<std::string_view> offered = split(versions, ',');
  return std::find(offered.begin(), offered.end(), "6") != offered.end();
}

// Without a slash at its end; none if a socket cannot be made in it or named in our answer.
std::optional<std::string> usable_folder(std::string_view folder) {
  while (folder.size() > 1 && folder.ends_with('/')) folder.remove_suffix(1);
  const bool usable = folder.starts_with('/') && folder.size() <= longest_folder &&
                      folder.find('|') == folder.npos && folder.find('\n') == folder.npos;
  return usable ? std::optional<std::string>(folder) : std::nullopt;
}

Result<std::string> socket_folder(const Environment& environment) {
  const std::string_view given = value_of(environment, "PLUGIN_UNIX_SOCKET_DIR");
  if (given.empty()) return debug_socket_folder(environment);
  if (auto folder = usable_folder(given)) return *std::move(folder);
  return fail(Errc::invalid, "PLUGIN_UNIX_SOCKET_DIR must be an absolute path of at most " +
                                 std::to_string(longest_folder) + " bytes");
}

bool looks_like_certificate(std::string_view pem) {
  return pem.find("-----BEGIN CERTIFICATE-----") != pem.npos &&
         pem.find("-----END CERTIFICATE-----") != pem.npos;
}

}  // namespace

Environment environment_of(const char* const* entries) {
  static constexpr std::array<std::string_view, 4> wanted{"PLUGIN_", "TF_PLUGIN_MAGIC_COOKIE",
                                                          "TF_LOG", "TMPDIR"};
  Environment environment;
  for (; entries != nullptr && *entries != nullptr; ++entries) {
    const std::string_view entry = *entries;
    const std::size_t equals = entry.find('=');
    if (equals == entry.npos) continue;
    const std::string_view name = entry.substr(0, equals);
    if (std::any_of(wanted.begin(), wanted.end(),
                    [&](std::string_view prefix) { return name.starts_with(prefix); }))
      environment.emplace(name, entry.substr(equals + 1));
  }
  return environment;
}

Result<Handshake> read_handshake(const Environment& environment) {
  if (value_of(environment, cookie_name) != cookie)
    return fail(Errc::not_found, "not started by Terraform");
  for (const auto& [name, value] : environment) {
    if (value.size() > longest_value)
      return fail(Errc::invalid, "the value of " + excerpt(name, 64) + " is longer than 64 KiB");
  }
  const std::string_view versions = value_of(environment, "PLUGIN_PROTOCOL_VERSIONS");
  if (!versions.empty() && !offers_six(versions))
    return tl::unexpected(Error{
        Errc::invalid,
        "the host does not speak version 6 of the plugin protocol",
        {},
        {}}.advising("use Terraform 1.0 or newer, or OpenTofu"));

  Handshake handshake;
  handshake.client_certificate = value_of(environment, "PLUGIN_CLIENT_CERT");
  if (!handshake.client_certificate.empty() &&
      !looks_like_certificate(handshake.client_certificate))
    return fail(Errc::invalid, "PLUGIN_CLIENT_CERT is not a certificate in PEM form");
  handshake.socket_folder = TRY(socket_folder(environment));
  handshake.tells_multiplexing = !value_of(environment, "PLUGIN_MULTIPLEX_GRPC").empty();
  return handshake;
}

std::string debug_socket_folder(const Environment& environment) {
  const std::string_view given = value_of(environment, "TMPDIR");
  // The path goes into JSON, which is UTF-8.
  return (is_utf8(given) ? usable_folder(given) : std::nullopt).value_or("/tmp");
}

std::string handshake_line(const Handshake& handshake, std::string_view address,
                           std::string_view certificate) {
  std::string line = "1|6|unix|";
  line += address;
  line += "|grpc|";
  line += certificate;
  if (handshake.tells_multiplexing) line += "|false";
  line += '\n';
  return line;
}

std::string reattach_json(const std::vector<std::string>& sources, int pid,
                          std::string_view address) {
  const Json server = Json::Object{
      {"Protocol", "grpc"},
      {"ProtocolVersion", 6},
      {"Pid", pid},
      {"Test", true},  // Terraform leaves the process alone, and believes ProtocolVersion
      {"Addr", Json::Object{{"Network", "unix"}, {"String", address}}},
  };
  Json::Object all;
  for (const std::string& source : sources) all.emplace(source, server);
  return print_json(all);
}

}  // namespace paas::plugin
