// The firewall of a container: options and the list of rules.
#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/crypto.hpp"
#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

std::string digest_of(const Options& options) {
  std::string text;
  for (const auto& [name, value] : options) text += name + ": " + value + '\n';
  return sha1_hex(text);
}

std::string digest_of(const std::vector<Options>& rules) {
  std::string text;
  for (const Options& rule : rules) text += digest_of(rule);
  return sha1_hex(text);
}

Json::Object numbers_and_words(const Options& options) {
  Json::Object out;
  for (const auto& [name, value] : options) {
    const auto number = name == "dport" || name == "sport" ? std::nullopt : to_integer(value);
    out[name] = number ? Json(*number) : Json(value);
  }
  return out;
}

Result<Firewall*> firewall_of(Call& call) {
  return &TRY(find_guest(call.state, GuestKind::lxc, call.node(), call.vmid()))->firewall;
}

Result<void> check_list_digest(const Call& call, const std::string& digest) {
  const std::string theirs = call.params.text("digest");
  if (theirs.empty() || theirs == digest) return {};
  return refuse("detected modified configuration - file changed by other user? Try again.");
}

Result<Reply> read_firewall_options(Call& call) {
  const Firewall& firewall = *TRY(firewall_of(call));
  Json::Object out = numbers_and_words(firewall.options);
  out["digest"] = digest_of(firewall.options);
  return Json(std::move(out));
}

Result<Reply> change_firewall_options(Call& call) {
  Firewall& firewall = *TRY(firewall_of(call));
  TRY(check_quorum(call.state));
  TRY(check_list_digest(call, digest_of(firewall.options)));
  for (const std::string& name : split_list(call.params.text("delete")))
    firewall.options.erase(name);
  for (const auto& [name, value] : call.params.all())
    if (name != "node" && name != "vmid" && name != "digest" && name != "delete")
      firewall.options[name] = value.text;
  return Json();
}

Result<Reply> list_rules(Call& call) {
  const Firewall& firewall = *TRY(firewall_of(call));
  Json::Array rows;
  for (const Options& rule : firewall.rules) {
    Json::Object row = numbers_and_words(rule);
    row["pos"] = static_cast<std::int64_t>(rows.size());
    row["digest"] = digest_of(firewall.rules);
    rows.push_back(std::move(row));
  }
  return Json(std::move(rows));
}

// A new rule goes first unless a position is asked for.
Result<Reply> add_rule(Call& call) {
  Firewall& firewall = *TRY(firewall_of(call));
  TRY(check_quorum(call.state));
  TRY(check_list_digest(call, digest_of(firewall.rules)));
  Options rule;
  for (const auto& [name, value] : call.params.all())
    if (name != "node" && name != "vmid" && name != "digest" && name != "pos")
      rule[name] = value.text;
  const auto last = static_cast<std::int64_t>(firewall.rules.size());
  firewall.rules.insert(firewall.rules.begin() + std::min(call.params.integer("pos"), last),
                        std::move(rule));
  return Json();
}

Result<Reply> delete_rule(Call& call) {
  Firewall& firewall = *TRY(firewall_of(call));
  TRY(check_quorum(call.state));
  TRY(check_list_digest(call, digest_of(firewall.rules)));
  const std::int64_t pos = call.params.integer("pos");
  if (pos >= static_cast<std::int64_t>(firewall.rules.size()))
    return refuse("no rule at position " + std::to_string(pos));
  firewall.rules.erase(firewall.rules.begin() + pos);
  return Json();
}

}  // namespace

Routes firewall_routes() {
  const std::string_view rules = "/nodes/{node}/lxc/{vmid}/firewall/rules";
  return {{"GET", "/nodes/{node}/lxc/{vmid}/firewall/options", read_firewall_options},
          {"PUT", "/nodes/{node}/lxc/{vmid}/firewall/options", change_firewall_options},
          {"GET", rules, list_rules},
          {"POST", rules, add_rule},
          {"DELETE", "/nodes/{node}/lxc/{vmid}/firewall/rules/{pos}", delete_rule}};
}

}  // namespace paas::fake_pve
