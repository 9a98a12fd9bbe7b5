#include "libpaas/adapters/pve/options.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "libpaas/base/net.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"

namespace paas::pve {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> variables = {{
    {"endpoint", "PROXMOX_VE_ENDPOINT"},
    {"api_token", "PROXMOX_VE_API_TOKEN"},
    {"username", "PROXMOX_VE_USERNAME"},
    {"password", "PROXMOX_VE_PASSWORD"},
    {"otp", "PROXMOX_VE_OTP"},
    {"ca_file", "PROXMOX_VE_CA_FILE"},
    {"fingerprint", "PROXMOX_VE_FINGERPRINT"},
    {"insecure", "PROXMOX_VE_INSECURE"},
    {"timeout", "PROXMOX_VE_TIMEOUT"},
    {"parallelism", "PROXMOX_VE_PARALLELISM"},
}};

// A setting's value and where it stood.
struct Given {
  std::string text{};
  bool from_variable = false;
  bool present() const { return !text.empty(); }
};

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

bool has_realm(std::string_view username) {
  const auto at = username.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < username.size() &&
         username.find('!') == std::string_view::npos;
}

std::optional<bool> parse_switch(std::string_view text) {
  const std::string word = lower(text);
  if (word == "1" || word == "t" || word == "true" || word == "yes" || word == "on") return true;
  if (word == "0" || word == "f" || word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    return host.ends_with(']') && parse_ipv6(host.substr(1, host.size() - 2)).has_value();
  }
  if (host.empty() || host.size() > 253 || host.front() == '-' || host.front() == '.') return false;
  return std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

Result<std::string> refuse_endpoint(std::string message) {
  return tl::unexpected(Error{Errc::invalid, std::move(message), {}, {}}.advising(
      "the address of any node of the cluster: \"https://pve1.example:8006\""));
}

// Works through the settings in order and collects what is wrong.
class Resolution {
 public:
  Resolution(const Settings& settings, const Environment& environment)
      : settings_(settings), environment_(environment) {}

  tl::expected<PveOptions, std::vector<Problem>> run() {
    endpoint();
    credentials();
    trust();
    limits();
    if (!problems_.empty()) return tl::unexpected(std::move(problems_));
    return std::move(options_);
  }

 private:
  std::string variable(std::string_view setting) const {
    const auto found = environment_.find(variable_of(setting));
    return found == environment_.end() ? "" : std::string(trim(found->second));
  }

  Given given(std::string_view setting, const std::optional<std::string>& explicitly) const {
    if (explicitly && !explicitly->empty()) return {*explicitly, false};
    return {variable(setting), true};
  }

  // A setting as whoever gave it knows it: by the variable where it came from one.
  static std::string named(std::string_view setting, const Given& value) {
    return value.from_variable ? std::string(variable_of(setting))
                               : '`' + std::string(setting) + '`';
  }

  void refuse(std::string_view setting, const Given& value, std::string message,
              std::string remedy) {
    problems_.push_back(
        {std::string(setting),
         value.present() && value.from_variable ? std::string(variable_of(setting)) : std::string(),
         std::move(message), std::move(remedy)});
  }
  void refuse(std::string_view setting, const Given& value, const Error& error) {
    refuse(setting, value, error.message, error.remedy);
  }

  void endpoint();
  void credentials();
  void token(const Given& value);
  void password(const Given& username, const Given& password, const Given& otp);
  void trust();
  void limits();

  const Settings& settings_;
  const Environment& environment_;
  PveOptions options_{};
  std::vector<Problem> problems_{};
};

void Resolution::endpoint() {
  const Given value = given("endpoint", settings_.endpoint);
  if (!value.present()) {
    return refuse("endpoint", value, "no address of a Proxmox VE cluster is set",
                  "set `endpoint`, or PROXMOX_VE_ENDPOINT, to the address of any node: "
                  "\"https://pve1.example:8006\"");
  }
  auto parsed = parse_endpoint(value.text);
  if (!parsed) return refuse("endpoint", value, parsed.error());
  options_.endpoint = *std::move(parsed);
}

void Resolution::credentials() {
  const auto is_set = [](const std::optional<std::string>& text) { return text && !text->empty(); };
  const bool explicit_token = is_set(settings_.api_token);
  const bool explicit_password = is_set(settings_.username) || is_set(settings_.password);
  Given api_token = given("api_token", settings_.api_token);
  Given username = given("username", settings_.username);
  Given secret = given("password", settings_.password);
  const Given otp = given("otp", settings_.otp);
  if (explicit_token && !explicit_password) username = secret = Given{};
  if (explicit_password && !explicit_token) api_token = Given{};

  const bool by_password = username.present() || secret.present();
  if (api_token.present() && by_password) {
    const std::string_view other = username.present() ? "username" : "password";
    return refuse("api_token", api_token,
                  "both an API token and a " +
                      std::string(other == "username" ? "user name" : "password") + " are set",
                  "remove `" + std::string(other) + "`" +
                      (api_token.from_variable ? " (" + std::string(variable_of(other)) + ")"
                                               : std::string()) +
                      ", or the token");
  }
  if (api_token.present()) return token(api_token);
  if (by_password) return password(username, secret, otp);
  refuse("api_token", {}, "no credentials are set",
         "set `api_token` (PROXMOX_VE_API_TOKEN), or `username` and `password` "
         "(PROXMOX_VE_USERNAME, PROXMOX_VE_PASSWORD)");
}

void Resolution::token(const Given& value) {
  auto parsed = parse_token(value.text);
  if (!parsed) return refuse("api_token", value, parsed.error());
  options_.credentials = *std::move(parsed);
}

void Resolution::password(const Given& username, const Given& secret, const Given& otp) {
  if (!username.present()) {
    refuse("username", username, "a password is set, but no user name",
           "set `username`, or PROXMOX_VE_USERNAME: \"root@pam\"");
  } else if (!has_realm(username.text) || !printable(username.text) || username.text.size() > 64) {
    refuse("username", username, "a user name is \"user@realm\"",
           "write it with its realm: \"root@pam\", \"deploy@pve\"");
  }
  if (!secret.present()) {
    refuse("password", secret, "a user name is set, but no password",
           "set `password`, or PROXMOX_VE_PASSWORD; or use an API token");
  }
  if (otp.present() && !printable(otp.text)) {
    refuse("otp", otp, "a one-time password has no white space in it", "write its digits alone");
  }
  options_.credentials = Password{username.text, secret.text, otp.text};
}

void Resolution::trust() {
  const auto is_set = [](const std::optional<std::string>& text) { return text && !text->empty(); };
  const bool explicitly = is_set(settings_.ca_file) || is_set(settings_.fingerprint) ||
                          settings_.insecure.value_or(false);
  Given ca_file = given("ca_file", settings_.ca_file);
  Given fingerprint = given("fingerprint", settings_.fingerprint);
  Given insecure = settings_.insecure ? Given{*settings_.insecure ? "true" : "", false}
                                      : Given{variable("insecure"), true};
  for (Given* value : {&ca_file, &fingerprint, &insecure}) {
    if (explicitly && value->from_variable) *value = Given{};
  }

  const auto wanted = insecure.present() ? parse_switch(insecure.text) : false;
  if (!wanted) refuse("insecure", insecure, "neither true nor false", "set it to true or false");
  if (ca_file.present() && fingerprint.present()) {
    refuse("fingerprint", fingerprint,
           "both " + named("ca_file", ca_file) + " and " + named("fingerprint", fingerprint) +
               " are set",
           "keep one: a fingerprint trusts one certificate, and no authority");
  }
  if (wanted.value_or(false) && (ca_file.present() || fingerprint.present())) {
    refuse("insecure", insecure,
           named("insecure", insecure) + " is set together with " +
               (ca_file.present() ? named("ca_file", ca_file) : named("fingerprint", fingerprint)),
           "remove " + named("insecure", insecure) + ": nothing would be verified with it");
  }

  if (fingerprint.present()) {
    const auto parsed = parse_fingerprint(fingerprint.text);
    if (!parsed) {
      return refuse("fingerprint", fingerprint, parsed.error().message,
                    "the Proxmox web interface shows it under the node, System, Certificates");
    }
    options_.trust = *parsed;
  } else if (ca_file.present()) {
    options_.trust = CaFile{ca_file.text};
  } else if (wanted.value_or(false)) {
    options_.trust = Insecure{};
  }
}

void Resolution::limits() {
  Given timeout{variable("timeout"), true};
  if (settings_.timeout) {
    options_.timeout = *settings_.timeout;
    timeout = {std::to_string(options_.timeout.count()) + "ms", false};
  } else if (timeout.present()) {
    const auto seconds = parse_integer<int>(timeout.text);
    const auto parsed = parse_duration(seconds ? timeout.text + "s" : timeout.text);
    options_.timeout = parsed ? *parsed : milliseconds{0};
  }
  if (options_.timeout < std::chrono::seconds{1} || options_.timeout > std::chrono::hours{1}) {
    refuse("timeout", timeout, "the time for one call is between \"1s\" and \"1h\"",
           "leave it out for 60 seconds");
  }

  Given parallelism{variable("parallelism"), true};
  if (settings_.parallelism) {
    options_.parallelism = *settings_.parallelism;
    parallelism = {std::to_string(options_.parallelism), false};
  } else if (parallelism.present()) {
    options_.parallelism = parse_integer<int>(parallelism.text).value_or(0);
  }
  if (options_.parallelism < 1 || options_.parallelism > 256) {
    refuse("parallelism", parallelism, "the number of calls at once is between 1 and 256",
           "leave it out for 16");
  }
}

}  // namespace

std::string_view variable_of(std::string_view setting) {
  const auto found = std::find_if(variables.begin(), variables.end(),
                                  [&](const auto& row) { return row.first == setting; });
  return found == variables.end() ? std::string_view() : found->second;
}

tl::expected<PveOptions, std::vector<Problem>> resolve(const Settings& settings,
                                                       const Environment& environment) {
  return Resolution(settings, environment).run();
}

Result<std::string> parse_endpoint(std::string_view text) {
  constexpr std::string_view scheme = "https://";
  if (lower(text.substr(0, scheme.size())) != scheme) {
    return refuse_endpoint("the endpoint is no address that begins with \"https://\"");
  }
  std::string_view rest = text.substr(scheme.size());
  rest = rest.substr(0, rest.find('#'));
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  std::string_view path = rest.substr(authority.size());
  if (path.ends_with('/')) path.remove_suffix(1);
  if (!path.empty() && path != "/api2/json" && path != "/api2") {
    return refuse_endpoint("the endpoint has a path or a query behind its host and port");
  }
  if (authority.find('@') != std::string_view::npos) {
    return refuse_endpoint("the endpoint holds credentials");
  }
  const auto bracket = authority.rfind(']');
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string_view host = authority.substr(0, colon);
  if (!is_host(host)) return refuse_endpoint("the endpoint's host is no name and no address");
  int port = 8006;
  if (colon != std::string_view::npos) {
    port = parse_integer<int>(authority.substr(colon + 1)).value_or(0);
    if (port < 1 || port > 65'535) return refuse_endpoint("the endpoint's port is no port");
  }
  return std::string(scheme) + lower(host) + ":" + std::to_string(port);
}

Result<Token> parse_token(std::string_view text) {
  const auto refused = [](std::string message) {
    return tl::unexpected(Error{Errc::invalid, std::move(message), {}, {}}.advising(
        "write it as Proxmox shows it once, when the token is made: "
        "\"user@realm!name=6f1c0a52-…\""));
  };
  if (text.starts_with("PVEAPIToken")) {
    return refused("the API token has the name of its header in front of it");
  }
  const auto bang = text.find('!');
  const auto equals = bang == std::string_view::npos ? bang : text.find('=', bang);
  if (equals == std::string_view::npos) {
    return refused("an API token is \"user@realm!name=secret\"");
  }
  const std::string_view id = text.substr(0, equals);
  const std::string_view secret = text.substr(equals + 1);
  const bool named = bang + 1 < equals;
  if (!has_realm(id.substr(0, bang)) || !named || secret.empty() || !printable(text) ||
      text.size() > 512) {
    return refused("an API token is \"user@realm!name=secret\"");
  }
  return Token{std::string(id), std::string(secret)};
}

}  // namespace paas::pve
