#include "tests/fake-pve/access.hpp"

#include <algorithm>

#include "tests/fake-pve/crypto.hpp"
#include "tests/fake-pve/refusal.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr std::string_view token_scheme = "PVEAPIToken=";
constexpr std::string_view cookie_name = "PVEAuthCookie=";

std::string cookie_ticket(const std::string& cookie) {
  for (const std::string& part : split_words(cookie, ";")) {
    const std::string pair = trim(part);
    if (pair.starts_with(cookie_name))
      return percent_decode(pair.substr(cookie_name.size()), /*plus_is_space=*/false);
  }
  return "";
}

tl::expected<Login, std::string> token_login(const State& state, const std::string& header) {
  const std::string text = header.substr(token_scheme.size());
  const auto equals = text.rfind('=');
  const auto bang = text.find('!');
  if (equals == std::string::npos || bang == std::string::npos || bang > equals)
    return tl::unexpected<std::string>("Authentication failed!");
  const auto token = state.tokens.find(text.substr(0, equals));
  if (token == state.tokens.end() || !same_text(token->second.secret, text.substr(equals + 1)))
    return tl::unexpected<std::string>("Authentication failed!");
  return Login{text.substr(0, bang), text.substr(bang + 1, equals - bang - 1)};
}

// "PVE:user:HEXTIME::signature"
std::string signed_part(const std::string& kind, const std::string& user, std::int64_t now) {
  return kind + ':' + user + ':' + hex(static_cast<std::uint64_t>(now), 8);
}

// Privileges that the list alone gives to one identity on one path.
std::set<std::string> listed(const State& state, const std::string& who, const std::string& path) {
  std::set<std::string> found;
  std::string prefix;
  std::vector<std::string> prefixes = {"/"};
  for (const std::string& part : split_words(path, "/")) prefixes.push_back(prefix += '/' + part);
  for (const std::string& level : prefixes) {
    std::set<std::string> here;
    bool spoken = false;
    for (const AclEntry& entry : state.acl) {
      if (entry.who != who || entry.path != level) continue;
      if (!entry.propagate && level != path) continue;
      spoken = true;
      here.insert(entry.privileges.begin(), entry.privileges.end());
    }
    if (spoken) found = std::move(here);
  }
  return found;
}

std::set<std::string> identity_privileges(const State& state, const std::string& who,
                                          const std::string& path) {
  std::set<std::string> found = listed(state, who, path);
  if (!path.starts_with("/vms/")) return found;
  const std::string pool = state.pool_of(to_integer(path.substr(5)).value_or(0));
  if (!pool.empty()) found.merge(listed(state, who, "/pool/" + pool));
  return found;
}

// "/vms/{vmid}" with the request's values in it; none if one of them was not given.
std::optional<std::string> filled(const std::string& path, const Params& params) {
  std::string out;
  for (const std::string& part : split_words(path, "/")) {
    out += '/';
    if (part.front() != '{') {
      out += part;
      continue;
    }
    const std::string name = part.substr(1, part.size() - 2);
    if (!params.has(name)) return {};
    out += params.text(name);
  }
  return out.empty() ? "/" : out;
}

}  // namespace

std::string make_ticket(const State& state, const std::string& user, std::int64_t now) {
  const std::string text = signed_part("PVE", user, now);
  return text + "::" + hmac(state.ticket_key, text);
}

std::string make_csrf_token(const State& state, const std::string& user, std::int64_t now) {
  const std::string time = hex(static_cast<std::uint64_t>(now), 8);
  return time + ':' + hmac(state.ticket_key, "CSRF:" + time + ':' + user);
}

std::string ticket_user(const State& state, const std::string& ticket, std::int64_t now) {
  const auto end = ticket.find("::");
  const auto fields = split_fields(ticket.substr(0, end), ':');
  if (end == std::string::npos || fields.size() != 3) return "";
  const std::int64_t made = std::strtoll(fields[2].c_str(), nullptr, 16);
  if (ticket != make_ticket(state, fields[1], made)) return "";
  return now - made < state.settings.ticket_seconds ? fields[1] : "";
}

tl::expected<Login, std::string> login_of(const State& state, const Credentials& credentials,
                                          std::int64_t now) {
  if (credentials.authorization.starts_with(token_scheme))
    return token_login(state, credentials.authorization);
  const std::string ticket = cookie_ticket(credentials.cookie);
  if (ticket.empty()) return tl::unexpected<std::string>("No ticket");
  const std::string user = ticket_user(state, ticket, now);
  if (user.empty()) return tl::unexpected<std::string>("permission denied - invalid PVE ticket");
  if (credentials.writes) {
    const std::int64_t made = std::strtoll(credentials.csrf.c_str(), nullptr, 16);
    const bool fresh = now - made < state.settings.ticket_seconds;
    if (!fresh || !same_text(credentials.csrf, make_csrf_token(state, user, made)))
      return tl::unexpected<std::string>("Permission denied - invalid csrf token");
  }
  return Login{user, ""};
}

const std::set<std::string>& all_privileges() {
  static const std::set<std::string> names = {"Datastore.Allocate",
                                              "Datastore.AllocateSpace",
                                              "Datastore.AllocateTemplate",
                                              "Datastore.Audit",
                                              "Group.Allocate",
                                              "Mapping.Audit",
                                              "Mapping.Modify",
                                              "Mapping.Use",
                                              "Permissions.Modify",
                                              "Pool.Allocate",
                                              "Pool.Audit",
                                              "Realm.Allocate",
                                              "Realm.AllocateUser",
                                              "SDN.Allocate",
                                              "SDN.Audit",
                                              "SDN.Use",
                                              "Sys.AccessNetwork",
                                              "Sys.Audit",
                                              "Sys.Console",
                                              "Sys.Incoming",
                                              "Sys.Modify",
                                              "Sys.PowerMgmt",
                                              "Sys.Syslog",
                                              "User.Modify",
                                              "VM.Allocate",
                                              "VM.Audit",
                                              "VM.Backup",
                                              "VM.Clone",
                                              "VM.Config.CDROM",
                                              "VM.Config.CPU",
                                              "VM.Config.Cloudinit",
                                              "VM.Config.Disk",
                                              "VM.Config.HWType",
                                              "VM.Config.Memory",
                                              "VM.Config.Network",
                                              "VM.Config.Options",
                                              "VM.Console",
                                              "VM.GuestAgent.Audit",
                                              "VM.GuestAgent.FileRead",
                                              "VM.GuestAgent.FileSystemMgmt",
                                              "VM.GuestAgent.FileWrite",
                                              "VM.GuestAgent.Unrestricted",
                                              "VM.Migrate",
                                              "VM.PowerMgmt",
                                              "VM.Replicate",
                                              "VM.Snapshot",
                                              "VM.Snapshot.Rollback"};
  return names;
}

const std::set<std::string>& audit_privileges() {
  static const std::set<std::string> names = {"Datastore.Audit",    "Mapping.Audit", "Pool.Audit",
                                              "SDN.Audit",          "Sys.Audit",     "VM.Audit",
                                              "VM.GuestAgent.Audit"};
  return names;
}

const std::set<std::string>& operator_privileges() {
  static const std::set<std::string> names = [] {
    std::set<std::string> all = audit_privileges();
    all.insert({"Datastore.AllocateSpace",
                "Datastore.AllocateTemplate",
                "Pool.Allocate",
                "SDN.Use",
                "Sys.AccessNetwork",
                "VM.Allocate",
                "VM.Clone",
                "VM.Config.CDROM",
                "VM.Config.CPU",
                "VM.Config.Cloudinit",
                "VM.Config.Disk",
                "VM.Config.HWType",
                "VM.Config.Memory",
                "VM.Config.Network",
                "VM.Config.Options",
                "VM.Console",
                "VM.Migrate",
                "VM.PowerMgmt",
                "VM.Snapshot",
                "VM.Snapshot.Rollback"});
    return all;
  }();
  return names;
}

std::set<std::string> privileges(const State& state, const Login& login, const std::string& path) {
  const bool all_powerful = login.user == "root@pam";
  std::set<std::string> of_user =
      all_powerful ? all_privileges() : identity_privileges(state, login.user, path);
  if (login.token.empty()) return of_user;
  const auto token = state.tokens.find(login.id());
  if (token == state.tokens.end() || !token->second.separated) return of_user;
  const std::set<std::string> of_token = identity_privileges(state, login.id(), path);
  std::set<std::string> both;
  std::set_intersection(of_user.begin(), of_user.end(), of_token.begin(), of_token.end(),
                        std::inserter(both, both.begin()));
  return both;
}

bool may(const State& state, const Login& login, const std::string& path, const std::string& what) {
  return privileges(state, login, path).contains(what);
}

Result<void> check_all(const State& state, const Login& login, const std::string& path,
                       const std::vector<std::string>& wanted) {
  const auto held = privileges(state, login, path);
  for (const std::string& one : wanted)
    if (!held.contains(one)) return forbid(path + ", " + one);
  return {};
}

Result<void> check_any(const State& state, const Login& login, const std::string& path,
                       const std::vector<std::string>& wanted) {
  const auto held = privileges(state, login, path);
  for (const std::string& one : wanted)
    if (held.contains(one)) return {};
  return forbid(path + ", " + join(wanted, "|"));
}

Result<void> check_guest(const State& state, const Login& login, std::int64_t vmid,
                         const std::string& pool, const std::string& what) {
  if (!pool.empty() && may(state, login, "/pool/" + pool, what)) return {};
  return check_all(state, login, "/vms/" + std::to_string(vmid), {what});
}

Result<void> check_endpoint(const State& state, const Login& login, const Endpoint& endpoint,
                            const Params& params) {
  if (endpoint.access == Access::root && !login.is_root()) return forbid("user != root@pam");
  if (login.is_root()) return {};
  const auto held_by = [&](const Grant& grant) -> Result<void> {
    const auto path = filled(grant.path, params);
    if (!path) return forbid("");
    return grant.any ? check_any(state, login, *path, grant.privileges)
                     : check_all(state, login, *path, grant.privileges);
  };
  for (const auto& alternatives : endpoint.grants) {
    if (alternatives.size() == 1) {
      TRY(held_by(alternatives.front()));
      continue;
    }
    const bool allowed =
        std::any_of(alternatives.begin(), alternatives.end(),
                    [&](const Grant& grant) { return held_by(grant).has_value(); });
    if (!allowed) return forbid("");
  }
  return {};
}

}  // namespace paas::fake_pve
