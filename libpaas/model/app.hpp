#pragma once
// What a person declares for a node or a cluster: apps that run for ever, jobs that end.

#include <optional>
#include <string>
#include <vector>

#include "libpaas/model/container.hpp"

#pragma GCC visibility push(default)
namespace paas::model {

enum class UpdateOrder {
  automatic,    // start-first, unless a volume may have one writer only
  start_first,  // the new replica is ready before the old one leaves
  stop_first,
};
enum class OnFailure { roll_back, pause };

struct Update {
  UpdateOrder order = UpdateOrder::automatic;
  int at_once = 1;  // replicas in one step
  Seconds healthy_within{300};
  Seconds drain{0};  // beside the TTL of its records, before the old one is stopped
  OnFailure on_failure = OnFailure::roll_back;
  int keep_releases = 5;  // whose images are kept for a rollback
  bool operator==(const Update&) const = default;
};

struct App {
  std::string name;
  std::string project = "default";
  int replicas = 1;
  Container container{};
  Update update{};
  bool operator==(const App&) const = default;
};

enum class Overlap { skip, queue, replace };

struct Job {
  std::string name;
  std::string project = "default";
  Container container{};
  std::string schedule{};         // five fields of cron; empty: once for each release
  std::string time_zone = "UTC";  // IANA name
  Overlap overlap = Overlap::skip;
  Seconds timeout{3600};
  int retry = 0;          // further runs after one that failed or was interrupted
  int history = 20;       // runs kept
  bool catch_up = false;  // run once for what was missed while the agent was away
  bool operator==(const Job&) const = default;
};

// Where images are fetched; the password is a file of the host, never a value.
struct Registry {
  std::string host;
  std::string username{};
  std::string password_file{};
  std::string ca_file{};
  bool insecure = false;
  bool operator==(const Registry&) const = default;
};

struct Blueprint {
  std::vector<Registry> registries{};
  std::vector<App> apps{};
  std::vector<Job> jobs{};
  Seconds dns_ttl{5};
  bool operator==(const Blueprint&) const = default;
};

}  // namespace paas::model
#pragma GCC visibility pop
