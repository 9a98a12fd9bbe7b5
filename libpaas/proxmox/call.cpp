#include "libpaas/proxmox/call.hpp"

#include <algorithm>
#include <array>

#include "libpaas/base/text.hpp"
#include "libpaas/proxmox/advice.hpp"

namespace paas::proxmox {
namespace {

constexpr std::size_t max_server_text = 4096;

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

template <std::size_t N>
bool contains_any(std::string_view text, const std::array<std::string_view, N>& parts) {
  return std::any_of(parts.begin(), parts.end(),
                     [&](std::string_view part) { return contains(text, part); });
}

// Texts of pve-container, pve-guest-common, pve-storage, pve-cluster and pve-common, asked for in
// this order: "CT 270 already exists" decides over "unable to create CT 270".
constexpr std::array<std::string_view, 3> no_quorum_texts{"no quorum", "cluster not ready",
                                                          "not quorate"};
constexpr std::array<std::string_view, 4> lock_texts{"can't lock file", "got lock request timeout",
                                                     "can't acquire lock", "got lock timeout"};
constexpr std::array<std::string_view, 15> conflict_texts{
    "already exists",       "already running", "not running",
    "is running",           "is locked (",     "detected modified configuration",
    "protection mode",      "is not empty",    "still in use",
    "refusing to override", "already used",    "used in HA resources",
    "not enough",           "No space left",   "Disk quota exceeded"};
constexpr std::array<std::string_view, 7> impossible_texts{"unable to shrink",
                                                           "unable to modify read-only option",
                                                           "unable to delete required option",
                                                           "no options specified",
                                                           "is not available",
                                                           "not supported",
                                                           "only possible from a snapshot"};
constexpr std::array<std::string_view, 3> absent_texts{"does not exist", "no such",
                                                       "hostname lookup"};

// The parameters that an error body names, sorted.
std::map<std::string, std::string> errors_of(const Json& body) {
  std::map<std::string, std::string> out;
  const Json& errors = body["errors"];
  if (!errors.object()) return out;
  for (const auto& [name, text] : *errors.object())
    out.emplace(name, text.string() ? trim(*text.string()) : "refused");
  return out;
}

// What the server said, however it said it: the message of the body, else the reason phrase.
std::string server_text(const Reply& reply, const Json& body) {
  const std::string* message = body["message"].string();
  std::string text(trim(message ? std::string_view(*message) : std::string_view(reply.reason)));
  if (text.empty()) text = "the server answered with status " + std::to_string(reply.status);
  for (const auto& [name, why] : errors_of(body)) text += "\n" + name + ": " + why;
  return shortened(to_utf8(text), max_server_text);
}

// A parameter can be refused for what is there rather than for what it is.
Errc code_of_bad_request(const std::map<std::string, std::string>& refused) {
  for (const auto& [name, why] : refused) {
    if (contains(why, "already exists")) return Errc::conflict;
    if (contains(why, "no such task")) return Errc::not_found;
    if (contains(why, "unable to hotplug")) return Errc::internal;
  }
  return Errc::invalid;
}

Errc code_of_status(const Reply& reply, const Json& body, std::string_view text) {
  switch (reply.status) {
    case 400:
      return code_of_bad_request(errors_of(body));
    case 401:
    case 403:
      return Errc::denied;
    case 501:
      return Errc::invalid;
    case 429:
    case 503:
    case 595:
      return Errc::unavailable;
    case 502:
    case 504:
    case 596:
    case 597:
    case 599:
      return Errc::unknown_outcome;
    case 500:
      return code_of(text);
    default:
      return Errc::internal;
  }
}

// Without the end of a task's log, which may speak of other things.
std::string_view cause_of(const Error& error) {
  return std::string_view(error.message).substr(0, error.message.find("\nThe log of the task"));
}

Json error_body(const Reply& reply) {
  auto body = parse_json(reply.body);
  return body ? std::move(body).take() : Json{};
}

}  // namespace

std::string_view name_of(Method method) {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::del:
      return "DELETE";
  }
  return "GET";
}

std::string print_form(const Params& params) {
  std::string out;
  for (const auto& [name, value] : params) {
    if (!out.empty()) out += '&';
    out += percent_encode(name) + '=' + percent_encode(value);
  }
  return out;
}

std::string path_segment(std::string_view text) {
  // A dot segment would be taken for a step in the path, and there is no other way to write it.
  if (text == ".") return "%2E";
  if (text == "..") return "%2E%2E";
  return percent_encode(text);
}

Result<Json> judge(const Reply& reply) {
  if (reply.status >= 200 && reply.status < 300) {
    auto body = parse_json(reply.body);
    if (!body || !body->object())
      return fail(Errc::internal, "the answer is not that of a Proxmox VE API");
    const auto data = body->object()->find("data");
    return data == body->object()->end() ? Json{} : std::move(data->second);
  }
  const Json body = error_body(reply);
  std::string text = server_text(reply, body);
  const Errc code = code_of_status(reply, body, text);
  std::string advice = advice_for(text);
  return tl::unexpected<Error>(Error{code, std::move(text), {}, std::move(advice)});
}

Errc code_of(std::string_view server_text) {
  if (contains_any(server_text, no_quorum_texts)) return Errc::unavailable;
  if (contains_any(server_text, lock_texts)) return Errc::conflict;
  if (contains_any(server_text, conflict_texts)) return Errc::conflict;
  if (contains(server_text, "Permission check failed")) return Errc::denied;
  if (contains_any(server_text, impossible_texts)) return Errc::invalid;
  if (contains_any(server_text, absent_texts)) return Errc::not_found;
  return Errc::internal;
}

std::map<std::string, std::string> refused_parameters(const Reply& reply) {
  if (reply.status != 400) return {};
  return errors_of(error_body(reply));
}

bool is_lock_contention(const Error& error) {
  return contains_any(cause_of(error), lock_texts) || contains(cause_of(error), "is locked (");
}

bool is_absent_guest(const Error& error) {
  return contains(cause_of(error), "Configuration file 'nodes/") &&
         contains(cause_of(error), "does not exist");
}

bool is_stale_digest(const Error& error) {
  return contains(cause_of(error), "detected modified configuration");
}

bool is_running_guest(const Error& error) {
  return contains(cause_of(error), "is running");
}

bool is_taken_id(const Error& error) {
  return error.code == Errc::conflict &&
         (contains(cause_of(error), "CT ") || contains(cause_of(error), "VM ")) &&
         contains(cause_of(error), "already exists");
}

}  // namespace paas::proxmox
