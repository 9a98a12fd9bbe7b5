// /access: tickets and permissions.
#include <algorithm>

#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/crypto.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr std::string_view challenge_mark = "!tfa!";

Reply wrong_credentials() {
  Reply reply = Json();
  reply.status = 401;
  reply.reason = "authentication failure";
  return reply;
}

// What the web page shows and hides by: privileges by area.
Json capabilities(const State& state, const std::string& user) {
  static const std::map<std::string, std::pair<std::string, std::vector<std::string>>> areas = {
      {"vms", {"/vms", {"VM.", "Permissions."}}},
      {"storage", {"/storage", {"Datastore.", "Permissions."}}},
      {"nodes", {"/nodes", {"Sys.", "Permissions."}}},
      {"access", {"/access", {"User.", "Group.", "Permissions."}}},
      {"dc", {"/", {"Sys.Audit", "Sys.Modify", "SDN."}}},
      {"sdn", {"/sdn", {"SDN.", "Permissions."}}},
      {"mapping", {"/mapping", {"Mapping.", "Permissions."}}}};
  Json::Object out;
  for (const auto& [area, rule] : areas) {
    Json::Object held;
    for (const std::string& name : privileges(state, Login{user, ""}, rule.first))
      for (const std::string& prefix : rule.second)
        if (name.starts_with(prefix)) held[name] = 1;
    out[area] = std::move(held);
  }
  return out;
}

Reply ticket_reply(const Call& call, const std::string& user) {
  const std::int64_t now = call.world.now();
  Json::Object data{{"username", user},
                    {"ticket", make_ticket(call.state, user, now)},
                    {"CSRFPreventionToken", make_csrf_token(call.state, user, now)},
                    {"cap", capabilities(call.state, user)}};
  if (!call.state.settings.standalone) data["clustername"] = "fake";
  return Json(std::move(data));
}

// A ticket that is good for the second step of a login and nothing else.
Reply challenge_reply(const Call& call, const std::string& user) {
  const std::string marked = std::string(challenge_mark) + user;
  return Json(
      Json::Object{{"username", user},
                   {"ticket", make_ticket(call.state, marked, call.world.now())},
                   {"CSRFPreventionToken", make_csrf_token(call.state, marked, call.world.now())},
                   {"NeedTFA", 1}});
}

Result<Reply> second_step(Call& call, const std::string& name, const User& user) {
  const std::string challenge = call.params.text("tfa-challenge");
  const std::string owner = ticket_user(call.state, challenge, call.world.now());
  const std::string answer = call.params.text("password");
  if (owner != std::string(challenge_mark) + name || answer != "totp:" + user.otp)
    return wrong_credentials();
  return ticket_reply(call, name);
}

Result<Reply> login(Call& call) {
  std::string name = call.params.text("username");
  if (name.find('@') == std::string::npos) name += '@' + call.params.text("realm", "pam");
  const auto user = call.state.users.find(name);
  if (user == call.state.users.end()) return wrong_credentials();
  if (call.params.has("tfa-challenge")) return second_step(call, name, user->second);
  const std::string password = call.params.text("password");
  // A valid ticket of the same user in place of the password renews it.
  if (ticket_user(call.state, password, call.world.now()) == name) return ticket_reply(call, name);
  if (!same_text(password, user->second.password)) return wrong_credentials();
  if (user->second.otp.empty() || call.params.text("otp") == user->second.otp)
    return ticket_reply(call, name);
  if (call.params.has("otp")) return wrong_credentials();
  return challenge_reply(call, name);
}

std::set<std::string> known_paths(const State& state) {
  std::set<std::string> paths = {"/",     "/access", "/access/groups", "/nodes",
                                 "/pool", "/sdn",    "/storage",       "/vms"};
  for (const AclEntry& entry : state.acl) paths.insert(entry.path);
  for (const auto& [name, pool] : state.pools)
    for (const std::int64_t vmid : pool.guests) paths.insert("/vms/" + std::to_string(vmid));
  return paths;
}

Result<Reply> permissions(Call& call) {
  Login who = call.login;
  if (call.params.has("userid")) {
    const auto parts = split_fields(call.params.text("userid"), '!');
    who = Login{parts[0], parts.size() > 1 ? parts[1] : ""};
    if (who.user != call.login.user)
      TRY(check_all(call.state, call.login, "/access", {"Sys.Audit"}));
  }
  Json::Object out;
  const std::set<std::string> paths = call.params.has("path")
                                          ? std::set<std::string>{call.params.text("path")}
                                          : known_paths(call.state);
  for (const std::string& path : paths) {
    Json::Object held;
    for (const std::string& name : privileges(call.state, who, path)) held[name] = 1;
    if (!held.empty() || call.params.has("path")) out[path] = std::move(held);
  }
  return Json(std::move(out));
}

}  // namespace

Routes access_routes() {
  return {{"POST", "/access/ticket", login}, {"GET", "/access/permissions", permissions}};
}

}  // namespace paas::fake_pve
