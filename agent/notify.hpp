#pragma once
// Tells the supervisor how it goes (sd_notify(3)), without its library: one datagram.

#include <string>
#include <string_view>

namespace paas::agent {

// `socket`: $NOTIFY_SOCKET, a path or "@name"; empty: nobody is told. Never fails: a supervisor
// that does not listen is no reason to end.
void notify(const std::string& socket, std::string_view text);

}  // namespace paas::agent
