#pragma once
// One service of a compose file as an app, or as a job where it shall not be started again.

#include <map>
#include <set>
#include <string>

#include "libpaas/compose/reading.hpp"
#include "libpaas/model/app.hpp"

namespace paas::compose {

// What services refer to.
struct Shared {
  std::string project;
  model::TextMap environment;                    // for variables that are named without a value
  std::map<std::string, std::string> volumes{};  // declared ones: name → name here
  std::map<std::string, std::string> secrets{};
};

struct Service {
  model::App app{};
  bool is_job = false;
  int retry = 0;            // of a job
  bool idle = false;        // of a profile: it runs only when somebody says so
  bool one_by_one = false;  // it writes what outlives it: never two at once
};

// REQUIRES: `at` is a map. What is wrong goes to `reading`.
Service read_service(const At& at, const Shared& shared, Reading& reading);

// --- Parts of it, each in a file of its own. ---

// A service while it is read.
struct Draft {
  const Shared& shared;
  Reading& reading;
  Service service{};
  bool drops_all = false;    // cap_drop: [ALL]
  bool order_given = false;  // deploy.update_config.order

  model::Container& container() { return service.app.container; }
};

void read_ports(Draft& draft, const At& at);
void read_expose(Draft& draft, const At& at);
void read_volumes(Draft& draft, const At& at);
void read_tmpfs(Draft& draft, const At& at);
void read_devices(Draft& draft, const At& at);
void read_secrets(Draft& draft, const At& at);
void read_healthcheck(Draft& draft, const At& at);
void read_deploy(Draft& draft, const At& at);
void read_restart(Draft& draft, const At& at);

}  // namespace paas::compose
