#include "agent/commands/pve_ls.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "agent/arguments.hpp"
#include "agent/commands/complaint.hpp"
#include "agent/text_log.hpp"
#include "libpaas/adapters/connect_pve.hpp"
#include "libpaas/direct/inventory.hpp"

namespace paas::agent::commands {
namespace {

constexpr std::array<std::string_view, 4> kinds = {"nodes", "guests", "storages", "templates"};

const std::vector<Flag>& ls_flags() {
  static const std::vector<Flag> flags = {
      {"--json", "", "one JSON object with a list for each kind asked for"},
      {"--endpoint", "URL", "address of any node; PROXMOX_VE_ENDPOINT"},
      {"--api-token", "TOKEN", "user@realm!name=secret; PROXMOX_VE_API_TOKEN"},
      {"--username", "USER", "user@realm, instead of a token; PROXMOX_VE_USERNAME"},
      {"--password", "TEXT", "seen by others in the list of processes; PROXMOX_VE_PASSWORD"},
      {"--otp", "CODE", "of the second factor; PROXMOX_VE_OTP"},
      {"--ca-file", "FILE", "the only authorities to trust; PROXMOX_VE_CA_FILE"},
      {"--fingerprint", "SHA256", "the only certificate to trust; PROXMOX_VE_FINGERPRINT"},
      {"--insecure", "", "trust whoever answers; PROXMOX_VE_INSECURE"},
      {"--timeout", "SECONDS", "for one call, 60; PROXMOX_VE_TIMEOUT"},
      {"--parallelism", "N", "calls at once, 16; PROXMOX_VE_PARALLELISM"},
      {"--log-level", "LEVEL", "trace, debug, info, warn, error or off on stderr; warn"},
      {"--help", "", "this"},
  };
  return flags;
}

std::string usage() {
  return "usage: paas-agent pve ls [nodes|guests|storages|templates] [flags]\n\n" +
         help_of(ls_flags());
}

// A flag's whole number; -1, which nothing accepts, for anything else.
std::optional<int> number(const Arguments& arguments, std::string_view flag) {
  const auto text = arguments.value(flag);
  if (!text) return std::nullopt;
  int value = -1;
  const char* end = text->data() + text->size();
  const auto [stop, problem] = std::from_chars(text->data(), end, value);
  return problem == std::errc{} && stop == end ? value : -1;
}

pve::Settings settings_of(const Arguments& arguments) {
  pve::Settings out;
  out.endpoint = arguments.value("--endpoint");
  out.api_token = arguments.value("--api-token");
  out.username = arguments.value("--username");
  out.password = arguments.value("--password");
  out.otp = arguments.value("--otp");
  out.ca_file = arguments.value("--ca-file");
  out.fingerprint = arguments.value("--fingerprint");
  if (arguments.has("--insecure")) out.insecure = true;
  if (const auto seconds = number(arguments, "--timeout")) {
    out.timeout = std::chrono::seconds(*seconds);
  }
  out.parallelism = number(arguments, "--parallelism");
  return out;
}

// Collects each kind asked for, as JSON or as tables.
class Listing {
 public:
  Listing(const Invocation& invocation, bool as_json, bool with_headlines)
      : invocation_(invocation), as_json_(as_json), with_headlines_(with_headlines) {}

  void add(std::string_view kind, Json json, const std::string& table) {
    if (as_json_) {
      object_.emplace(kind, std::move(json));
      return;
    }
    if (with_headlines_) {
      text_ += (text_.empty() ? "" : "\n") + std::string(kind) + ":\n";
    }
    text_ += table;
  }
  void print() const { invocation_.out << (as_json_ ? pretty_json(object_) : text_); }

 private:
  const Invocation& invocation_;
  bool as_json_;
  bool with_headlines_;
  Json::Object object_;
  std::string text_;
};

int list(const Invocation& invocation, const pve::PveOptions& options, Log& log, bool as_json,
         const std::string& only) {
  PveConnection cluster = connect_pve(options, log);
  direct::Inventory inventory(cluster.pve());
  Listing listing(invocation, as_json, only.empty());
  const auto wanted = [&](std::string_view kind) { return only.empty() || only == kind; };
  if (only != "templates") {
    const auto resources = inventory.resources({});
    if (!resources) {
      complain(invocation.err, "list the cluster's resources", resources.error());
      return failed;
    }
    const proxmox::Resources& found = **resources;
    if (wanted("nodes")) listing.add("nodes", nodes_json(found.nodes), nodes_table(found.nodes));
    if (wanted("guests")) {
      if (found.guests.empty()) {
        invocation.err << "paas-agent: no guests are seen; a token without VM.Audit on /vms sees "
                          "none\n";
      }
      listing.add("guests", guests_json(found.guests), guests_table(found.guests));
    }
    if (wanted("storages")) {
      listing.add("storages", storages_json(found.storages), storages_table(found.storages));
    }
  }
  if (wanted("templates")) {
    const auto found = inventory.templates("", {});
    if (!found) {
      complain(invocation.err, "list the templates", found.error());
      return failed;
    }
    listing.add("templates", templates_json(*found), templates_table(*found));
  }
  listing.print();
  return done;
}

int misuse(const Invocation& invocation, const std::string& message) {
  invocation.err << "paas-agent: " << message << "\n\n" << usage();
  return misused;
}

}  // namespace

int pve_ls(const Invocation& invocation) {
  const auto arguments = Arguments::parse(invocation.arguments, ls_flags());
  if (!arguments) return misuse(invocation, arguments.error().message);
  if (arguments->has("--help")) {
    invocation.out << usage();
    return done;
  }
  const auto& words = arguments->words();
  if (words.size() > 1) return misuse(invocation, "more than one kind is given");
  const std::string only = words.empty() ? "" : words[0];
  if (!only.empty() && std::find(kinds.begin(), kinds.end(), only) == kinds.end()) {
    return misuse(invocation, "there are no \"" + only + "\" to list");
  }
  const auto level = parse_level(arguments->value("--log-level").value_or("warn"));
  if (!level) return misuse(invocation, "--log-level: no such level");

  const auto options = pve::resolve(settings_of(*arguments), invocation.environment);
  if (!options) {
    complain(invocation.err, options.error());
    return misused;
  }
  if (const auto usable = check_authorities(options->trust); !usable) {
    const bool by_flag = !arguments->value("--ca-file").value_or("").empty();
    const auto variable = by_flag ? std::string_view() : pve::variable_of("ca_file");
    complain(invocation.err,
             {{"ca_file", std::string(variable), usable.error().message, usable.error().remedy}});
    return misused;
  }
  const auto log = make_text_log(invocation.err, *level);
  return list(invocation, *options, *log, arguments->has("--json"), only);
}

}  // namespace paas::agent::commands
