#include "provider/resources/lxc/lxc.hpp"

#include "libpaas/base/text.hpp"
#include "provider/deadline.hpp"
#include "provider/resources/lxc/place.hpp"
#include "provider/resources/lxc/plan.hpp"
#include "provider/resources/lxc/spec.hpp"
#include "provider/resources/lxc/stored.hpp"

namespace paas::lxc {
namespace {

using direct::ContainerState;
using provider::Deadline;
using provider::Services;
using tf::Diagnostics;
using tf::Path;

constexpr tf::TimeLimits usual_limits{std::chrono::minutes(30), std::chrono::minutes(5),
                                      std::chrono::minutes(30), std::chrono::minutes(10)};

std::string quoted(const tf::Attr<std::string>& hostname) {
  return '"' + hostname.value_or("(unknown)") + '"';
}

// What was planned, with what only the cluster could say.
Lxc completed(const Lxc& planned, const ContainerState& state) {
  const tf::Value there = lxc_object().encode(model_of(planned, state));
  const std::function<tf::Value(const tf::Value&, const tf::Value&)> fill =
      [&](const tf::Value& want, const tf::Value& have) -> tf::Value {
    if (want.is_unknown()) return have;
    const tf::Map* attributes = want.as<tf::Map>();
    if (!attributes) return want;
    tf::Map filled;
    for (const auto& [name, value] : *attributes)
      filled.emplace(name, fill(value, tf::at(have, name)));
    return filled;
  };
  auto model = lxc_object().decode(fill(lxc_object().encode(planned), there));
  return model ? *std::move(model) : model_of(planned, state);
}

class LxcResource final : public tf::Typed<Lxc> {
 public:
  explicit LxcResource(std::shared_ptr<const provider::CurrentServices> services)
      : Typed("paas_lxc", lxc_object()), services_(std::move(services)) {}

  const tf::IdentitySchema* identity() const override {
    static const tf::IdentitySchema schema{
        0, {{"vmid", tf::Type::number(), true, "Id of the container in its cluster."}}};
    return &schema;
  }

  tf::PlanResult plan(const tf::PlanRequest& request, const tf::Call& call) override {
    tf::PlanResult result = Typed::plan(request, call);
    const auto services = services_->get();
    if (services->waits() && call.deferral_allowed)
      result.deferred = tf::Deferred::provider_config_unknown;
    return result;
  }

  tf::ReadResult read(const tf::ReadRequest& request, const tf::Call& call) override {
    if (services_->get()->waits() && call.deferral_allowed)
      return {request.state,
              request.identity,
              request.private_data,
              tf::Deferred::provider_config_unknown,
              {}};
    return Typed::read(request, call);
  }

  tf::ReadResult import(const tf::ImportRequest& request, const tf::Call& call) override {
    tf::ReadResult result = Typed::import(request, call);
    const std::size_t slash = request.id.find('/');
    const tf::Number* vmid = tf::at(result.state, "vmid").as<tf::Number>();
    const auto cluster = services_->get()->cluster();
    const auto list = cluster ? cluster->inventory.last_seen() : nullptr;
    if (slash == std::string::npos || !vmid || !vmid->int64() || !list) return result;
    const auto guest = direct::guest_in(*list, static_cast<int>(*vmid->int64()));
    if (guest && guest->node != std::string_view(request.id).substr(0, slash))
      result.diagnostics.push_back(tf::warning_at({}, "the container is on another node",
                                                  "Container " + vmid->text() + " is on " +
                                                      guest->node +
                                                      " now; it is imported from "
                                                      "there."));
    return result;
  }

  Result<tf::Value> move(const tf::MoveRequest& request) const override {
    return object().encode(TRY(taken_over(request)));
  }

 protected:
  const std::vector<tf::Upgrade>& upgrades() const override { return state_upgrades(); }

  void refine(const tf::Planning& planning) const override {
    const auto services = services_->get();
    refine_plan(planning, {services->policy(), services->lacks_root()});
    const bool takes = takes_a_place(planning);
    auto booking = booking_of(planning);
    const auto list = takes || booking ? services->cluster_list() : nullptr;
    if (!list) return;
    if (takes) check_place(planning, *list);
    if (!booking) return;
    const std::string node = booking->node;
    warn_of_overbooking(planning, node, services->ledger().book(*std::move(booking), list));
  }

  void plan_remove(const Lxc& prior, Diagnostics&) const override {
    if (prior.vmid.known()) services_->get()->ledger().gone(vmid_of(prior));
  }

  tf::Outcome<Lxc> create(const Lxc& planned, const Lxc& config, const tf::Call& call) override {
    const auto services = services_->get();
    const std::string failed = "unable to create container " + quoted(planned.hostname);
    const auto cluster = services->cluster();
    if (!cluster) return {{}, {tf::diagnostic_of(cluster.error(), failed)}};
    const Deadline deadline(call.stop, limits(planned).create, "timeouts.create");
    const auto range = services->policy().vmids();
    int born = 0;
    std::string born_on;
    Addresses addresses;
    Diagnostics told;
    direct::CreationHooks hooks;
    hooks.leftover = [&](int vmid, const Result<void>& removed) {
      told.push_back(leftover_warning(vmid, removed));
    };
    hooks.other_request = [&](int vmid, const std::string& node) {
      told.push_back(other_request_warning(vmid, node, planned.hostname.value_or("")));
    };
    hooks.settled = [&](const ContainerState& there) {
      addresses = await_addresses(*cluster, planned, there, deadline.token());
    };
    auto state = cluster->containers.create(
        spec_of({}, planned, config, {range.first, range.last}), deadline.token(),
        [&](int vmid, const std::string& node) {
          born = vmid;
          born_on = node;
        },
        hooks);
    tf::Outcome<Lxc> outcome;
    if (state) outcome = succeeded(planned, *state, addresses);
    outcome.diagnostics.insert(outcome.diagnostics.end(), told.begin(), told.end());
    if (state) return outcome;
    outcome.diagnostics.push_back(
        tf::diagnostic_of(deadline.explain(std::move(state).error()), failed));
    if (born != 0) {
      ContainerState made;
      made.vmid = born;
      made.node = born_on;
      outcome.model = after_failure(*cluster, planned, born, made);
    }
    return outcome;
  }

  tf::Outcome<Lxc> update(const Lxc& prior, const Lxc& planned, const Lxc& config,
                          const tf::Call& call) override {
    const auto services = services_->get();
    const std::string failed = "unable to change container " + quoted(prior.hostname);
    const auto cluster = services->cluster();
    if (!cluster) return {{}, {tf::diagnostic_of(cluster.error(), failed)}};
    const Deadline deadline(call.stop, limits(planned).update, "timeouts.update");
    const auto range = services->policy().vmids();
    const int vmid = vmid_of(prior);
    auto state = cluster->containers.change(
        vmid, spec_of(prior, planned, config, {range.first, range.last}), deadline.token());
    if (state)
      return succeeded(planned, *state,
                       await_addresses(*cluster, planned, *state, deadline.token()));
    tf::Outcome<Lxc> outcome;
    outcome.diagnostics.push_back(
        tf::diagnostic_of(deadline.explain(std::move(state).error()), failed));
    if (auto now = cluster->containers.observe(vmid, {}); now && *now)
      outcome.model = model_of(prior, **now);
    return outcome;
  }

  Diagnostics remove(const Lxc& prior, const tf::Call& call) override {
    const std::string failed = "unable to destroy container " + quoted(prior.hostname);
    const auto cluster = services_->get()->cluster();
    if (!cluster) return {tf::diagnostic_of(cluster.error(), failed)};
    if (!prior.vmid.known()) return {};  // a create that never came to anything
    const Deadline deadline(call.stop, limits(prior).remove, "timeouts.delete");
    auto removed = cluster->containers.remove(vmid_of(prior), deadline.token());
    if (removed) {
      services_->get()->ledger().gone(vmid_of(prior));
      return {};
    }
    return {tf::diagnostic_of(deadline.explain(std::move(removed).error()), failed)};
  }

  Result<std::optional<Lxc>> observe(const Lxc& known, const tf::Call& call) override {
    if (!known.vmid.known()) return std::optional<Lxc>{};
    auto cluster = TRY(services_->get()->cluster());
    auto state =
        TRY(cluster.containers.observe(vmid_of(known), call.stop, known.started.optional()));
    if (!state) return std::optional<Lxc>{};
    Lxc model = model_of(known, *state);
    // Where the addresses cannot be read now (it may just be stopping), those known before stay.
    if (known.wait_for_ip.known())
      if (const auto addresses = cluster.containers.addresses(*state, {}, call.stop))
        set_addresses(*addresses, model);
    return std::optional(std::move(model));
  }

  Result<Lxc> locate(const tf::ImportRequest& request, const tf::Call& call) override {
    auto cluster = TRY(services_->get()->cluster());
    std::string id = request.id;
    if (const tf::Number* vmid = tf::at(request.identity, "vmid").as<tf::Number>())
      id = vmid->text();
    if (id.empty())
      return tl::unexpected<Error>(Error{Errc::invalid,
                                         "the identity names no container: its vmid is not set",
                                         {},
                                         "Set identity = { vmid = 104 } to the id of one."});
    Lxc model;
    model.vmid = std::int64_t{TRY(cluster.containers.find(id, call.stop))};
    model.id = std::to_string(*model.vmid);
    return model;
  }

  tf::Value identity_of(const Lxc& model) const override {
    if (!model.vmid.known()) return tf::Null{};
    return tf::Map{{"vmid", *model.vmid}};
  }

 private:
  static int vmid_of(const Lxc& model) { return static_cast<int>(model.vmid.value_or(0)); }
  static tf::TimeLimits limits(const Lxc& model) {
    return tf::time_limits(model.timeouts, usual_limits);
  }

  static void set_addresses(const proxmox::Addresses& addresses, Lxc& model) {
    model.ipv4_addresses = addresses.ipv4;
    model.ipv6_addresses = addresses.ipv6;
  }

  // Nothing where none are to be read.
  using Addresses = std::optional<Result<proxmox::Addresses>>;

  // Waits for the addresses that are asked for.
  static Addresses await_addresses(const provider::Cluster& cluster, const Lxc& planned,
                                   const ContainerState& state, std::stop_token stop) {
    if (!planned.wait_for_ip.known() || planned.ipv4_addresses.known()) return {};
    const WaitForIp wait = planned.wait_for_ip.value_or({});
    return cluster.containers.addresses(
        state, {wait.ipv4.value_or(false), wait.ipv6.value_or(false)}, std::move(stop));
  }

  // One that did not come is a warning: as an error of a create it would have the next apply
  // replace a container that is whole.
  static void tell_addresses(const Lxc& planned, const ContainerState& state,
                             const Result<proxmox::Addresses>& there, tf::Outcome<Lxc>& outcome) {
    const WaitForIp wait = planned.wait_for_ip.value_or({});
    const bool ipv4 = wait.ipv4.value_or(false) && state.running;
    const bool ipv6 = wait.ipv6.value_or(false) && state.running;
    set_addresses(there.value_or(proxmox::Addresses{}), *outcome.model);
    if (!there)
      outcome.diagnostics.push_back(
          tf::warning_at(Path("wait_for_ip"), "unable to read the addresses of the container",
                         describe(there.error()) + "\n\nThe next refresh looks for them again."));
    else if ((ipv4 && there->ipv4.empty()) || (ipv6 && there->ipv6.empty()))
      outcome.diagnostics.push_back(tf::warning_at(
          Path("wait_for_ip"), "the container has no address yet",
          "It runs, but has not got every address that wait_for_ip asks for.\n\nLook at its "
          "network and at the DHCP server; the next refresh looks for the addresses again."));
  }

  static tf::Diagnostic leftover_warning(int vmid, const Result<void>& removed) {
    // Terraform shows but one of several warnings with the same summary.
    const std::string which = "container " + std::to_string(vmid) + " was left behind";
    const std::string whence = "It is of an apply of the same configuration that was killed";
    if (removed)
      return tf::warning_at({}, which + " and has been removed",
                            whence + "; it was in no state, and is replaced by a new one.");
    return tf::warning_at({}, which + " and is still there",
                          whence + ". Removing it failed: " + describe(removed.error()) +
                              "\n\nDestroy it by hand (`pct destroy`), or import it.");
  }

  static tf::Diagnostic other_request_warning(int vmid, const std::string& node,
                                              const std::string& hostname) {
    const std::string id = std::to_string(vmid);
    return tf::warning_at(
        {}, "container " + id + " on node " + node + " may be left behind",
        "It is called \"" + hostname +
            "\" as well, and its description says that it is being created, but from another "
            "configuration: by an apply that was killed before this one was changed, or by one "
            "that is at work now. It was left alone, though it may run with the same addresses."
            "\n\nIf no state has it and no apply is at work, stop and destroy it (`pct stop " +
            id + "`, `pct destroy " + id + "` on node " + node + "), or import it as " + node +
            "/" + id + ".");
  }

  static tf::Outcome<Lxc> succeeded(const Lxc& planned, const ContainerState& state,
                                    const Addresses& addresses) {
    tf::Outcome<Lxc> outcome{completed(planned, state)};
    if (addresses) tell_addresses(planned, state, *addresses, outcome);
    if (!state.pending.empty())
      outcome.diagnostics.push_back(tf::warning_at(
          {}, "changes wait for a restart of the container",
          "The running container takes these settings over when it is restarted: " +
              join(state.pending, ", ") +
              ".\n\nRestart it yourself, or set reboot_to_apply to true to let an apply do it."));
    return outcome;
  }

  // Whatever is there after a create that failed, so that it is stored, and can be removed.
  static Lxc after_failure(const provider::Cluster& cluster, const Lxc& planned, int vmid,
                           const ContainerState& made) {
    if (auto now = cluster.containers.observe(vmid, {}); now && *now)
      return model_of(planned, **now);
    Lxc model = planned;
    model.id = std::to_string(made.vmid);
    model.vmid = std::int64_t{made.vmid};
    model.current_node = made.node;
    return model;
  }

  std::shared_ptr<const provider::CurrentServices> services_;
};

}  // namespace

std::unique_ptr<tf::Resource> make_lxc(std::shared_ptr<const provider::CurrentServices> services) {
  return std::make_unique<LxcResource>(std::move(services));
}

}  // namespace paas::lxc
