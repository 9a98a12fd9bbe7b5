#include "libpaas/engine/dialect.hpp"

#include <algorithm>
#include <array>

#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/engine/answer.hpp"

namespace paas::engine {
namespace {

// Linux on amd64 and arm64, as in signal(7).
constexpr std::array<std::string_view, 32> signal_names = {
    "",     "HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1",
    "SEGV", "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN",
    "TTOU", "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "IO",   "PWR",  "SYS"};

// "1.41" as 1041; 0 for anything else.
int interface_number(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() != 2) return 0;
  const auto major = parse_integer<int>(parts[0]), minor = parse_integer<int>(parts[1]);
  if (!major || !minor || *major < 0 || *minor < 0 || *minor > 999 || *major > 99) return 0;
  return *major * 1000 + *minor;
}

constexpr int lowest_docker = 1041;

}  // namespace

Result<Version> version_of_podman(std::string_view engine) {
  const auto major = parse_integer<int>(split(engine, '.').front());
  if (!major || *major < 4) {
    return fail(Errc::invalid, "Podman " + excerpt(engine, 40) + " is too old");
  }
  return Version{true, std::string(engine), std::string(podman().prefix)};
}

Result<Version> parse_version(const Json& answer) {
  Version version;
  version.engine = text_of(answer["Version"]);
  if (const Json::Array* components = answer["Components"].array()) {
    for (const Json& component : *components) {
      if (text_of(component["Name"]) == "Podman Engine") version.is_podman = true;
    }
  }
  if (version.is_podman) return version_of_podman(version.engine);
  const std::string highest = text_of(answer["ApiVersion"]);
  const std::string lowest = text_of(answer["MinAPIVersion"]);
  if (interface_number(highest) == 0) {
    return fail(Errc::invalid, "what answers is neither Podman nor Docker");
  }
  if (interface_number(highest) < lowest_docker) {
    return fail(Errc::invalid, "Docker " + excerpt(version.engine, 40) + " is too old");
  }
  // The oldest that both sides know, so that a newer engine means no change for us.
  version.prefix =
      interface_number(lowest) > lowest_docker ? "/v" + lowest : std::string(docker().prefix);
  return version;
}

std::string full_reference(std::string_view reference) {
  const bool is_id =
      reference.starts_with("sha256:") ||
      (reference.size() == 64 && reference.find_first_not_of("0123456789abcdef") == reference.npos);
  if (is_id) return std::string(reference);
  const auto at = reference.find('@');
  std::string name(reference.substr(0, at));
  const auto slash = name.find('/');
  const std::string_view first = std::string_view(name).substr(0, slash);
  if (slash == std::string::npos) {
    name.insert(0, "docker.io/library/");
  } else if (first.find_first_of(".:") == first.npos && first != "localhost") {
    name.insert(0, "docker.io/");
  }
  const auto tag = name.find(':', name.rfind('/'));
  if (at == reference.npos) return tag == std::string::npos ? name + ":latest" : name;
  return name.substr(0, tag) + std::string(reference.substr(at));
}

std::string resolv_conf_text(const model::Texts& dns_servers) {
  std::string text;
  for (const std::string& server : dns_servers) text += "nameserver " + server + "\n";
  return text;
}

Result<std::string> stable_mac(const std::string& address) {
  return lower(to_text(paas::mac_of(TRY(parse_ipv4(address)))));
}

Result<int> signal_number(std::string_view name) {
  if (const auto number = parse_integer<int>(name)) {
    if (*number > 0 && *number < 65) return *number;
  } else {
    const std::string bare = upper(name);
    const std::string_view word =
        bare.starts_with("SIG") ? std::string_view(bare).substr(3) : std::string_view(bare);
    const auto found = std::find(signal_names.begin() + 1, signal_names.end(), word);
    if (found != signal_names.end()) return static_cast<int>(found - signal_names.begin());
  }
  return fail(Errc::invalid, excerpt(name, 40) + " is no signal");
}

Result<std::string> capability_name(std::string_view name) {
  std::string word = upper(name);
  if (word.empty() || word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != std::string::npos) {
    return fail(Errc::invalid, excerpt(name, 40) + " is no capability");
  }
  if (word == "ALL" || word.starts_with("CAP_")) return word;
  return "CAP_" + word;
}

std::string escaped(std::string_view text) {
  return percent_encode(text);
}

}  // namespace paas::engine
