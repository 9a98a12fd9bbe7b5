#include "tests/fake-pve/control.hpp"

#include <algorithm>
#include <functional>

#include "tests/fake-pve/crypto.hpp"
#include "tests/fake-pve/seed.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr std::string_view control_root = "/fake/";

using Words = std::vector<std::string>;
// `words` are the parts of the path below /fake; `{}` in a pattern stands for any one.
using Action = std::function<Result<Json>(World&, const Words& words, const Json& body)>;

Result<Guest*> any_guest(World& world, const std::string& id) {
  Guest* guest = world.state.guest(to_integer(id).value_or(0));
  if (!guest) return fail(Errc::not_found, "no guest " + id);
  return guest;
}

void take_flag(const Json& body, const char* name, bool& target) {
  if (body[name].boolean()) target = *body[name].boolean();
}
void take_number(const Json& body, const char* name, std::int64_t& target) {
  if (body[name].integer()) target = *body[name].integer();
}
void take_text(const Json& body, const char* name, std::string& target) {
  if (body[name].string()) target = *body[name].string();
}
std::set<std::string> text_set(const Json& list) {
  std::set<std::string> out;
  if (list.array())
    for (const Json& item : *list.array())
      if (item.string()) out.insert(*item.string());
  return out;
}

Result<Json> add_faults(World& world, const Words&, const Json& body) {
  world.faults.add(TRY(faults_from_json(body)));
  return world.faults.report();
}
Result<Json> clear_faults(World& world, const Words&, const Json&) {
  world.faults.clear();
  return Json(Json::Array{});
}
Result<Json> list_faults(World& world, const Words&, const Json&) {
  return world.faults.report();
}

Result<Json> reset_calls(World& world, const Words&, const Json&) {
  world.calls.reset();
  return Json();
}

Json settings_json(const Settings& settings) {
  return Json::Object{
      {"latency_ms", settings.latency_ms},     {"task_ms", settings.task_ms},
      {"stale_ms", settings.stale_ms},         {"hang_ms", settings.hang_ms},
      {"lock_wait_ms", settings.lock_wait_ms}, {"ticket_seconds", settings.ticket_seconds},
      {"broadcasting", settings.broadcasting}, {"standalone", settings.standalone}};
}

Result<Json> change_settings(World& world, const Words&, const Json& body) {
  Settings& settings = world.state.settings;
  take_number(body, "latency_ms", settings.latency_ms);
  take_number(body, "task_ms", settings.task_ms);
  take_number(body, "stale_ms", settings.stale_ms);
  take_number(body, "hang_ms", settings.hang_ms);
  take_number(body, "lock_wait_ms", settings.lock_wait_ms);
  take_number(body, "ticket_seconds", settings.ticket_seconds);
  take_flag(body, "broadcasting", settings.broadcasting);
  take_flag(body, "standalone", settings.standalone);
  return settings_json(settings);
}
Result<Json> read_settings(World& world, const Words&, const Json&) {
  return settings_json(world.state.settings);
}
Result<Json> set_task_time(World& world, const Words&, const Json& body) {
  take_number(body, "duration_ms", world.state.settings.task_ms);
  return settings_json(world.state.settings);
}
// Tasks that have ended are no longer known.
Result<Json> forget_tasks(World& world, const Words&, const Json&) {
  std::erase_if(world.state.tasks, [](const TaskRecord& task) { return task.exit_status; });
  return Json();
}
Result<Json> set_latency(World& world, const Words&, const Json& body) {
  take_number(body, "ms", world.state.settings.latency_ms);
  return settings_json(world.state.settings);
}

Result<Json> set_quorum(World& world, const Words&, const Json& body) {
  take_flag(body, "quorate", world.state.quorate);
  return Json(Json::Object{{"quorate", world.state.quorate}});
}

Result<Json> change_node(World& world, const Words& words, const Json& body) {
  Node* node = world.state.node(words[1]);
  if (!node) return fail(Errc::not_found, "no node " + words[1]);
  take_flag(body, "online", node->online);
  take_flag(body, "hanging", node->hanging);
  take_number(body, "cpus", node->cpus);
  take_number(body, "memory", node->memory);
  if (body["bridges"].array()) {
    const auto bridges = text_set(body["bridges"]);
    node->bridges.assign(bridges.begin(), bridges.end());
  }
  return Json();
}

// The node is forgotten; its guests stay, as after a node has left without being emptied.
Result<Json> remove_node(World& world, const Words& words, const Json&) {
  std::erase_if(world.state.nodes, [&](const Node& node) { return node.name == words[1]; });
  return Json();
}

Result<Json> move_guest(World& world, const Words& words, const Json& body) {
  Guest& guest = *TRY(any_guest(world, words[1]));
  std::string target;
  take_text(body, "node", target);
  if (!world.state.node(target)) return fail(Errc::not_found, "no node " + target);
  move_volumes(world.state, guest, target);
  guest.node = target;
  return Json();
}

Result<Json> edit_guest(World& world, const Words& words, const Json& body) {
  return edit_guest_state(world, *TRY(any_guest(world, words[1])), body);
}

Result<Json> delete_guest(World& world, const Words& words, const Json&) {
  remove_guest(world.state, *TRY(any_guest(world, words[1])));
  return Json();
}

Result<Json> seed(World& world, const Words&, const Json& body) {
  return seed_guests(world, body);
}

Result<Json> add_user(World& world, const Words&, const Json& body) {
  std::string name;
  take_text(body, "userid", name);
  if (name.find('@') == std::string::npos)
    return fail(Errc::invalid, "userid must be like user@realm");
  User& user = world.state.users[name];
  take_text(body, "password", user.password);
  take_text(body, "otp", user.otp);
  return Json();
}

// A token with privileges of its own on a path; it and its user are made as needed.
Result<Json> add_token(World& world, const Words&, const Json& body) {
  State& state = world.state;
  std::string id = "test@pve!t" + std::to_string(state.tokens.size());
  take_text(body, "id", id);
  const auto bang = id.find('!');
  if (bang == std::string::npos) return fail(Errc::invalid, "id must be like user@realm!name");
  const std::string user = id.substr(0, bang);
  state.users.try_emplace(user, User{"secret", ""});
  Token& token = state.tokens[id];
  if (token.secret.empty()) token.secret = random_uuid();
  take_text(body, "secret", token.secret);
  take_flag(body, "separated", token.separated);
  std::string path = "/";
  take_text(body, "path", path);
  if (body["privileges"].array()) {
    const auto held = text_set(body["privileges"]);
    for (const std::string& who : {user, id})
      if (who != "root@pam") state.acl.push_back({path, who, held, true});
  }
  return Json(Json::Object{{"token", id + '=' + token.secret}});
}

Result<Json> list_tokens(World& world, const Words&, const Json&) {
  Json::Object out;
  for (const auto& [id, token] : world.state.tokens) out[id] = id + '=' + token.secret;
  return Json(std::move(out));
}

Result<Json> add_acl(World& world, const Words&, const Json& body) {
  AclEntry entry;
  take_text(body, "path", entry.path);
  take_text(body, "who", entry.who);
  take_flag(body, "propagate", entry.propagate);
  entry.privileges = text_set(body["privileges"]);
  if (entry.path.empty() || entry.who.empty())
    return fail(Errc::invalid, "an entry needs path and who");
  std::erase_if(world.state.acl, [&](const AclEntry& old) {
    return old.path == entry.path && old.who == entry.who;
  });
  world.state.acl.push_back(std::move(entry));
  return Json();
}

// Makes a storage or changes one: size, what else is on it, content, whether it is enabled.
Result<Json> change_storage(World& world, const Words& words, const Json& body) {
  Storage& storage = world.state.storages[words[1]];
  if (storage.id.empty()) {
    storage.id = words[1];
    storage.type = "dir";
    storage.path = "/mnt/" + words[1];
  }
  take_text(body, "type", storage.type);
  take_text(body, "path", storage.path);
  take_flag(body, "shared", storage.shared);
  take_flag(body, "enabled", storage.enabled);
  take_number(body, "total", storage.total);
  take_number(body, "foreign", storage.foreign);
  if (body["content"].array()) storage.content = text_set(body["content"]);
  return Json();
}
Result<Json> remove_storage(World& world, const Words& words, const Json&) {
  world.state.storages.erase(words[1]);
  return Json();
}

Result<Json> add_volume(World& world, const Words& words, const Json& body) {
  const auto storage = world.state.storages.find(words[1]);
  if (storage == world.state.storages.end()) return fail(Errc::not_found, "no storage " + words[1]);
  return put_volume(world, storage->second, body);
}

Result<Json> read_state(World& world, const Words&, const Json&) {
  return to_json(world.state);
}

struct ControlRoute {
  const char* method;
  Words pattern;
  Action action;
};

const std::vector<ControlRoute>& control_routes() {
  static const std::vector<ControlRoute> routes = {
      {"GET", {"state"}, read_state},
      {"GET", {"faults"}, list_faults},
      {"POST", {"faults"}, add_faults},
      {"DELETE", {"faults"}, clear_faults},
      {"POST", {"calls", "reset"}, reset_calls},
      {"GET", {"settings"}, read_settings},
      {"POST", {"settings"}, change_settings},
      {"POST", {"tasks"}, set_task_time},
      {"POST", {"tasks", "forget"}, forget_tasks},
      {"POST", {"latency"}, set_latency},
      {"POST", {"quorum"}, set_quorum},
      {"POST", {"nodes", "{}"}, change_node},
      {"DELETE", {"nodes", "{}"}, remove_node},
      {"POST", {"guests", "{}"}, edit_guest},
      {"DELETE", {"guests", "{}"}, delete_guest},
      {"POST", {"guests", "{}", "move"}, move_guest},
      {"POST", {"seed"}, seed},
      {"POST", {"users"}, add_user},
      {"GET", {"tokens"}, list_tokens},
      {"POST", {"tokens"}, add_token},
      {"POST", {"acl"}, add_acl},
      {"POST", {"storages", "{}"}, change_storage},
      {"DELETE", {"storages", "{}"}, remove_storage},
      {"POST", {"storages", "{}", "volumes"}, add_volume},
  };
  return routes;
}

bool fits(const ControlRoute& route, const std::string& method, const Words& words) {
  return route.method == method && route.pattern.size() == words.size() &&
         std::equal(words.begin(), words.end(), route.pattern.begin(),
                    [](const std::string& word, const std::string& pattern) {
                      return pattern == "{}" || pattern == word;
                    });
}

HttpReply control_answer(int status, const std::string& reason, const Json& body) {
  HttpReply reply;
  reply.status = status;
  reply.reason = reason;
  reply.body = print_json(body);
  return reply;
}

Result<Json> run_action(World& world, const ControlRoute& route, const Words& words,
                        const std::string& body) {
  const Json parsed = body.empty() ? Json() : TRY(parse_json(body));
  const std::lock_guard lock(world.mutex);
  Json answer = TRY(route.action(world, words, parsed));
  world.mark_changed();
  return answer;
}

}  // namespace

bool is_control(const HttpRequest& request) {
  return request.target.starts_with(control_root);
}

HttpReply control(World& world, const HttpRequest& request) {
  if (request.too_large || request.chunked)  // its body has not been read
    return control_answer(413, "Payload Too Large",
                          Json::Object{{"message",
                                        "a body is at most 512 KiB, of a length said before: do it "
                                        "in several requests"}});
  const std::string path = request.target.substr(0, request.target.find('?'));
  const Words words = split_words(path.substr(control_root.size()), "/");
  for (const ControlRoute& route : control_routes()) {
    if (!fits(route, request.method, words)) continue;
    const auto answer = run_action(world, route, words, request.body);
    if (answer) return control_answer(200, "OK", *answer);
    const bool missing = answer.error().code == Errc::not_found;
    return control_answer(missing ? 404 : 400, missing ? "Not Found" : "Bad Request",
                          Json::Object{{"message", answer.error().message}});
  }
  return control_answer(404, "Not Found",
                        Json::Object{{"message", "no control " + request.method + ' ' + path}});
}

}  // namespace paas::fake_pve
