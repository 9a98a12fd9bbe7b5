#pragma once
// How the fake cluster says no. A handler or a task fails with a paas::Error; these functions fix
// what the code and the context of that error mean on the wire:
//
//   code     status line                            body
//   invalid  400 Parameter verification failed.     `errors`: one entry a parameter
//   denied   403 Permission check failed (...)      `message`
//   other    500 <first line of the message>        `message`
//
// In a task every one of them is the exit status of that task.

#include <map>
#include <string>
#include <vector>

#include "libpaas/base/result.hpp"

namespace paas::fake_pve {

// Parameter -> what is wrong with it, in the words of the real server.
using ParamErrors = std::map<std::string, std::string>;

// The operation fails with this text; no line end at the end.
[[nodiscard]] inline tl::unexpected<Error> refuse(std::string message) {
  return fail(Errc::internal, std::move(message));
}

// A privilege is missing. `what` goes between the brackets of the real message; may be empty.
[[nodiscard]] inline tl::unexpected<Error> forbid(const std::string& what) {
  return fail(Errc::denied, "Permission check failed" + (what.empty() ? "" : " (" + what + ")"));
}

// Parameters are wrong. Each travels as one context line "<parameter>\n<message>".
[[nodiscard]] inline tl::unexpected<Error> refuse_parameters(const ParamErrors& errors) {
  Error error{Errc::invalid, "Parameter verification failed.", {}, {}};
  for (const auto& [name, message] : errors) error.context.push_back(name + '\n' + message);
  return tl::unexpected<Error>(std::move(error));
}
[[nodiscard]] inline tl::unexpected<Error> refuse_parameter(std::string name, std::string message) {
  return refuse_parameters({{std::move(name), std::move(message)}});
}

// What refuse_parameters() put into the error.
inline ParamErrors parameter_errors(const Error& error) {
  ParamErrors errors;
  for (const std::string& line : error.context) {
    const auto end = line.find('\n');
    if (end != std::string::npos) errors.emplace(line.substr(0, end), line.substr(end + 1));
  }
  return errors;
}

}  // namespace paas::fake_pve
