#pragma once
// Who is calling and what they may do.

#include <set>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "libpaas/base/result.hpp"
#include "tests/fake-pve/params.hpp"
#include "tests/fake-pve/schema.hpp"
#include "tests/fake-pve/state.hpp"

namespace paas::fake_pve {

struct Login {
  std::string user;   // "root@pam"; empty for nobody
  std::string token;  // the part after `!`; empty for a ticket

  // Only a ticket of root@pam is root: `root@pam!x` has all privileges and is not.
  bool is_root() const { return user == "root@pam" && token.empty(); }
  std::string id() const { return token.empty() ? user : user + '!' + token; }
};

// What a request carries to prove who sent it.
struct Credentials {
  std::string authorization;  // the header
  std::string cookie;         // the header
  std::string csrf;           // the header CSRFPreventionToken
  bool writes = false;        // then a ticket needs the CSRF token too
};

// Errors: the reason of a 401 answer.
tl::expected<Login, std::string> login_of(const State& state, const Credentials& credentials,
                                          std::int64_t now);

// A ticket and its CSRF token.
std::string make_ticket(const State& state, const std::string& user, std::int64_t now);
std::string make_csrf_token(const State& state, const std::string& user, std::int64_t now);
// Whose valid ticket this is; empty for none.
std::string ticket_user(const State& state, const std::string& ticket, std::int64_t now);

const std::set<std::string>& all_privileges();
const std::set<std::string>& audit_privileges();     // may look at everything
const std::set<std::string>& operator_privileges();  // may run containers and machines, no more

// The privileges on a path such as "/vms/100": the deepest entry of the list on the way wins,
// a pool lends its own to its guests, a separated token keeps what it and its user both have.
std::set<std::string> privileges(const State& state, const Login& login, const std::string& path);
bool may(const State& state, const Login& login, const std::string& path, const std::string& what);

// Errors: `denied`, in the words of the real server.
Result<void> check_all(const State& state, const Login& login, const std::string& path,
                       const std::vector<std::string>& wanted);
Result<void> check_any(const State& state, const Login& login, const std::string& path,
                       const std::vector<std::string>& wanted);
// On the guest, or on the pool it is about to join.
Result<void> check_guest(const State& state, const Login& login, std::int64_t vmid,
                         const std::string& pool, const std::string& what);
// Whether the table lets this login call this endpoint with these parameters.
Result<void> check_endpoint(const State& state, const Login& login, const Endpoint& endpoint,
                            const Params& params);

}  // namespace paas::fake_pve
