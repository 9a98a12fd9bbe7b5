#pragma once
// How the agent says what went wrong.
//
//   paas-agent: unable to list the templates: GET /nodes/…: no connection to https://pve1:8006
//     set `--endpoint` to …

#include <ostream>
#include <string>
#include <vector>

#include "libpaas/adapters/pve/options.hpp"
#include "libpaas/base/result.hpp"

namespace paas::agent::commands {

// `verb_and_noun`: "list the templates".
void complain(std::ostream& err, const std::string& verb_and_noun, const Error& error);

// One line and its remedy for each; settings are named as the flags or variables they are here.
void complain(std::ostream& err, const std::vector<pve::Problem>& problems);

// "--api-token" of "api_token"
std::string flag_of(std::string_view setting);

}  // namespace paas::agent::commands
