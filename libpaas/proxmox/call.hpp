#pragma once
// Call: one request to the Proxmox VE API as a value, and what comes back as values.
//
// Every call the product makes is built by a function of this folder (calls.hpp), so that a test
// can hold all of them against the published API schema. Nothing here performs I/O.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"

#pragma GCC visibility push(default)
namespace paas::proxmox {

enum class Method { get, post, put, del };
std::string_view name_of(Method method);  // "GET", "POST", "PUT", "DELETE"

// Parameters in the order given; a name stands once.
using Params = std::vector<std::pair<std::string, std::string>>;

struct Call {
  Method method = Method::get;
  std::string path;  // below /api2/json, percent-encoded: "/nodes/pve1/lxc/104/config"
  Params params{};
  bool operator==(const Call&) const = default;
};

// application/x-www-form-urlencoded; everything but unreserved characters is percent-encoded
// (the server takes ';' for a separator, and '=' inside values must be encoded).
std::string print_form(const Params& params);

// One part of a path, percent-encoded (a UPID and a volume id hold ':', '/', '!' and '@').
std::string path_segment(std::string_view text);

// What the server answered, before anybody has judged it.
struct Reply {
  int status = 0;
  std::string reason;  // of the status line
  std::string body;
};

// The `data` of a successful reply; otherwise the error it stands for, both in the form of late
// releases (JSON `message` and `errors`) and of earlier ones (text in the reason phrase alone).
//
//   not_found    the guest, node, storage or volume is not there (Proxmox says 500)
//   conflict     exists already; runs or is stopped already; locked; digest mismatch; lock timeout
//   invalid      400: parameters; each refused parameter with its text is in the message; also what
//                can never be (a shrink, a read-only option) and what this server does not have
//   denied       401, 403
//   unavailable  595, 503, 429, no quorum
//   unknown_outcome  502, 504, 596, 597, 599: the call may have taken effect
//   internal     everything else
// The text of the server is in the message, cut to 4 KiB.
Result<Json> judge(const Reply& reply);

// The code that a text of the server stands for, in a reply or at the end of a task.
Errc code_of(std::string_view server_text);

// The parameters a 400 named and what it said of each; empty for other errors.
std::map<std::string, std::string> refused_parameters(const Reply& reply);

// Whether the error is a lock that will go away by itself ("can't lock file … got timeout",
// "cfs-lock … error: got lock request timeout", "CT is locked (…)").
bool is_lock_contention(const Error& error);

// Whether the error says that the guest has no configuration on the node that was asked: it is
// gone, or it is on another node.
bool is_absent_guest(const Error& error);

// Whether the error says that the configuration has changed since it was read.
bool is_stale_digest(const Error& error);

// Whether the error says that the guest runs, where only a stopped one will do.
bool is_running_guest(const Error& error);

// Whether the error says that a guest with this id exists already.
bool is_taken_id(const Error& error);

}  // namespace paas::proxmox
#pragma GCC visibility pop
