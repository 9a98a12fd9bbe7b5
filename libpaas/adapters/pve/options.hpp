#pragma once
// PveOptions: how to reach and enter a cluster, checked; and Settings, as people write them.
//
//   provider block, command line ─┐
//                                 ├─ resolve() (pure) ─▶ PveOptions, or all problems at once
//   environment variables ────────┘

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "libpaas/adapters/environment.hpp"
#include "libpaas/adapters/tls_trust.hpp"
#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas::pve {

// "root@pam!ci=6f1c…": sent with every request.
struct Token {
  std::string id;      // "root@pam!ci"
  std::string secret;  // the UUID
  bool operator==(const Token&) const = default;
};

// Exchanged for a ticket that is renewed while we run.
struct Password {
  std::string username;  // with realm: "root@pam"
  std::string password;
  std::string otp{};  // the code of the second factor; serves for one sign-in
  bool operator==(const Password&) const = default;
};

using Credentials = std::variant<Token, Password>;

struct PveOptions {
  std::string endpoint;  // as parse_endpoint() returns it
  Credentials credentials{};
  TlsTrust trust{};
  std::chrono::milliseconds timeout{60'000};  // for one call
  int parallelism = 16;                       // calls at once
  // How many tasks that allocate on one storage of one node run at once; 0: no limit. Their locks
  // make them wait for each other anyway, and fail after ten seconds of that.
  int storage_parallelism = 8;
  std::chrono::milliseconds task_timeout{std::chrono::hours{1}};  // for one task
  bool operator==(const PveOptions&) const = default;
};

// Absent is absent; empty text counts as absent, too.
struct Settings {
  std::optional<std::string> endpoint{};
  std::optional<std::string> api_token{};
  std::optional<std::string> username{};
  std::optional<std::string> password{};
  std::optional<std::string> otp{};
  std::optional<std::string> ca_file{};
  std::optional<std::string> fingerprint{};
  std::optional<bool> insecure{};
  std::optional<std::chrono::milliseconds> timeout{};
  std::optional<int> parallelism{};
};

// The variables that stand in for settings, by the setting's name ("api_token" →
// "PROXMOX_VE_API_TOKEN"); "" for a name that is no setting.
std::string_view variable_of(std::string_view setting);

// What is wrong with one setting. No text here ever holds a secret.
struct Problem {
  std::string setting;   // "api_token"
  std::string variable;  // "PROXMOX_VE_API_TOKEN" if the value came from there, else ""
  std::string message;   // lower case, no full stop
  std::string remedy;
  bool operator==(const Problem&) const = default;
};

// A setting given explicitly wins over its variable. Settings that exclude each other (a token and
// a password; ca_file, fingerprint and insecure) are a conflict only where they are given in the
// same place; explicit credentials, or trust, put those of the environment aside as a whole.
// A user name may be explicit and its password in the environment.
// The error is never empty, and in the order of the settings above.
tl::expected<PveOptions, std::vector<Problem>> resolve(const Settings& settings,
                                                       const Environment& environment);

// "https://pve1.example:8006" of what people paste: port 8006 unless given, "/", "/api2/json" and a
// '#…' behind it dropped. Errors: `invalid`, with a remedy.
Result<std::string> parse_endpoint(std::string_view text);

// "root@pam!ci=6f1c…". Errors: `invalid`, with a remedy; the text is not quoted.
Result<Token> parse_token(std::string_view text);

}  // namespace paas::pve
#pragma GCC visibility pop
