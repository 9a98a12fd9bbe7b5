#pragma once
// FakePve: a Proxmox VE cluster in memory, behind the Pve port.
//
// It keeps containers, pools, high availability, tasks and templates, and behaves as the server was
// seen to behave, its traps included: a mount that is set without its volume gets a new one, a
// network without MAC address a new one, an OCI image takes back environment and entrypoint, what a
// running container cannot take at once is pending, a list shows a state that is no longer true.
// It records every call and fails at the one it is told to.
//
// What the wire looks like (status lines, parameter verification, permissions) is the business of
// tests/fake-pve.

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libpaas/ports/pve.hpp"

namespace paas::fakes {

// Thread-safe, but for what the members below change without a call.
class FakePve final : public Pve {
 public:
  struct Container {
    std::string node;
    std::map<std::string, std::string> settings{};                // as stored
    std::map<std::string, std::optional<std::string>> pending{};  // nullopt: to be deleted
    bool running = false;
    bool listed_running = false;  // what /cluster/resources says: lags behind
    std::string pool{};
  };

  explicit FakePve(std::vector<std::string> nodes = {"pve1", "pve2", "pve3"});

  Result<Json> call(const proxmox::Call& call, std::stop_token stop) override;
  Result<void> wait(const proxmox::Upid& task, std::stop_token stop) override;
  Result<proxmox::Upid> upload(const Upload& upload, std::stop_token stop) override;
  std::string user() const override { return "root@pam!test"; }

  // --- what happened ---

  // One line for each call, wait and upload: "PUT /nodes/pve1/lxc/100/config memory=512", "WAIT
  // vzcreate 100". Values of `password` are left out.
  std::vector<std::string> record() const;
  // Lines of the record that hold all of these texts.
  std::size_t count(const std::vector<std::string>& parts) const;
  std::size_t calls() const;

  // --- faults ---

  enum class Effect { none, full };
  // The n-th call, wait or upload from now on (the first is 1) fails with this error, before or
  // after it had its effect.
  void fail_at(std::size_t n, Error error, Effect effect);
  // Called with every call before it acts; an error is the answer instead. May change the cluster.
  std::function<std::optional<Error>(const proxmox::Call&)> before;
  // Called with every call that has acted; an error takes the place of its answer.
  std::function<std::optional<Error>(const proxmox::Call&)> after;
  // The next task of this type fails with this text, and has no effect.
  void fail_task(const std::string& type, const std::string& text);
  // Of the next PUT of a configuration only the first `keys` parameters are applied; then it fails.
  void apply_half(std::size_t keys, const std::string& text);

  // --- the cluster ---

  std::map<int, Container> containers;
  std::map<int, std::string> machines;  // vmid → node
  std::set<int> hidden;                 // guests that /cluster/resources does not show
  std::map<int, proxmox::Params> ha;
  std::set<std::string> pools{"web", "db"};
  std::set<std::string> offline;                    // nodes
  std::map<std::string, std::string> templates;     // volume → format
  std::map<std::string, std::int64_t> changed;      // volume → when, in seconds
  std::int64_t task_time = 1000;                    // when tasks begin and end, likewise
  std::set<std::string> oci_images;                 // those of them that are OCI archives
  std::map<std::string, std::string> oci_settings;  // what an OCI image brings
  bool lists_lag = false;        // /cluster/resources says what listed_running says
  bool may_read_ha = true;       // Sys.Audit
  int creations_last_calls = 0;  // a creation nobody waits for ends after so many calls
  int downloads_last_calls = 0;  // likewise
  int addresses_after = 0;       // a DHCP server answers when it was asked for so often
  int ha_moves_after = 0;        // the HA manager moves a guest after so many calls

  // A volume of a container was allocated so many times.
  int allocations() const { return allocations_; }
  void add_template(const std::string& volume, bool oci = false);
  void move(int vmid, const std::string& node);

 private:
  struct Task {
    std::string type;
    int vmid = 0;
    std::function<Result<void>()> act;
    int calls_left = 0;
    std::optional<Result<void>> outcome;
    std::vector<std::string> log{};
    std::int64_t began = 0;
  };
  using Parts = std::vector<std::string>;

  Json task_row(const std::string& upid, const Task& task) const;
  Result<Json> interrupt(const std::string& upid);
  Result<Json> read_tasks(const proxmox::Call& call, const Parts& parts) const;
  Result<Json> act(const proxmox::Call& call);
  Result<Json> act_on_cluster(const proxmox::Call& call, const Parts& parts);
  Result<Json> act_on_node(const proxmox::Call& call, const Parts& parts);
  Result<Json> act_on_container(const proxmox::Call& call, const Parts& parts);
  Result<Json> act_on_storage(const proxmox::Call& call, const Parts& parts);

  Json resources() const;
  Result<Json> next_id(const proxmox::Params& params) const;
  Result<Json> put_pool(const proxmox::Params& params);
  Result<Json> put_ha(const proxmox::Call& call, const Parts& parts);
  Json list_ha() const;
  Result<Json> create(const std::string& node, const proxmox::Params& params);
  Result<Json> clone(int source, const proxmox::Params& params);
  Result<Json> configure(int vmid, const proxmox::Params& params);
  Result<void> apply(int vmid, Container& container, const std::string& key,
                     const std::string& value);
  Result<void> remove_setting(Container& container, const std::string& key);
  Result<Json> resize(int vmid, const proxmox::Params& params);
  Result<Json> destroy(int vmid);
  Result<Json> migrate(int vmid, const proxmox::Params& params);
  Json interfaces(int vmid);
  Result<Json> change_status(int vmid, const std::string& action);
  Json settings(const Container& container) const;
  std::string allocate(int vmid, const std::string& value);
  std::string stored(int vmid, Container* current, const std::string& key,
                     const std::string& value);
  void finish_creation(int vmid, std::map<std::string, std::string> settings, std::string pool);

  Result<Json> begin(const std::string& type, int vmid, const std::string& node,
                     std::function<Result<void>()> effect, const std::string& file = {},
                     std::vector<std::string> log = {});
  void end(Task& task);
  void let_time_pass();
  bool id_is_used(int vmid) const;
  std::optional<Error> fault(Effect effect);

  struct Fault {
    std::size_t at;
    Error error;
    Effect effect;
  };

  mutable std::mutex mutex_;
  std::vector<std::string> nodes_;
  std::vector<std::string> record_;
  std::optional<Fault> fault_;
  std::map<std::string, std::string> failing_tasks_;
  std::optional<std::pair<std::size_t, std::string>> half_;
  std::map<std::string, Task> tasks_;  // by UPID
  int allocations_ = 0;
  std::map<int, std::string> asked_to_move_;  // by HA
  int macs_ = 0;
};

}  // namespace paas::fakes
