#include "libpaas/direct/containers.hpp"

#include <algorithm>
#include <iterator>

#include "libpaas/base/text.hpp"
#include "libpaas/proxmox/advice.hpp"

namespace paas::direct {
namespace {

constexpr int most_rounds = 8;
constexpr int most_errors = 3;
constexpr auto address_poll = std::chrono::seconds(1);
constexpr auto address_patience = std::chrono::minutes(2);

Error no_such_container(int vmid) {
  return {Errc::not_found,
          "there is no container " + std::to_string(vmid),
          {},
          "`paas-agent pve ls guests` lists those that the token may see, with their ids"};
}

std::string on_container(const char* verb, int vmid) {
  return std::string("unable to ") + verb + " container " + std::to_string(vmid);
}

// Errors after which the truth is looked up and the rest is done: a lost answer, a configuration
// that somebody else has changed, a guest that has moved.
bool worth_another_look(const Error& error) {
  return error.code == Errc::unknown_outcome || proxmox::is_stale_digest(error) ||
         proxmox::is_absent_guest(error);
}

std::string texts_of(const std::vector<Step>& steps) {
  std::vector<std::string> texts;
  for (const Step& step : steps) texts.push_back(to_text(step));
  return join(texts, "; ");
}

HaState ha_from_manager(const std::string& state) {
  HaState out;
  if (state == "stopped" || state == "disabled" || state == "ignored") out.state = state;
  return out;
}

// A list without nodes is of somebody who may not see them: it refuses nothing.
Result<void> known_node(const proxmox::Resources& list, const std::string& node) {
  std::vector<std::string> names;
  for (const proxmox::Node& one : list.nodes) names.push_back(one.name);
  if (names.empty()) return {};
  return proxmox::require_node(node, names);
}

// A task of before that is still under way: an interrupted start, say.
bool somebody_was_at_work(const Error& error) {
  return proxmox::is_running_guest(error) || proxmox::is_lock_contention(error);
}

Error unlock_advice(Error error, int vmid) {
  if (proxmox::is_running_guest(error) && error.remedy.empty())
    error.remedy =
        "something starts it again: high availability, or another person; stop it, and "
        "apply again";
  if (proxmox::is_lock_contention(error) && error.remedy.empty())
    error.remedy = "wait until the task that holds the lock has ended; if none runs, `pct unlock " +
                   std::to_string(vmid) + "` on its node";
  return error;
}

}  // namespace

Containers::Containers(Pve& pve, Inventory& inventory, Clock& clock, Random& random, Log& log)
    : pve_(pve),
      inventory_(inventory),
      clock_(clock),
      log_(log),
      births_(pve, inventory, clock, random, log),
      steps_(pve, clock) {}

Result<ContainerState> Containers::create(const ContainerSpec& spec, std::stop_token stop,
                                          const BornCallback& born, const CreationHooks& hooks) {
  TRY(refuse(birth_refusals(spec)));
  const int vmid = TRY(births_.bear(spec, stop, born, hooks.leftover, hooks.other_request));
  log_.info("container is there", {{"vmid", std::to_string(vmid)}, {"node", spec.node}});
  ContainerState have;
  have.vmid = vmid;
  have.node = spec.node;
  have.pool = spec.pool;
  auto read = read_again(have, stop);
  if (!read) return fail_while(on_container("read", vmid), std::move(read));
  if (auto refused = refuse(refusals(have.config, target_config(have.config, spec))); !refused)
    return fail_while(on_container("set up", vmid), std::move(refused));
  ContainerSpec marked = spec;
  marked.config.description = have.config.description;
  auto state = converge(std::move(have), marked, stop);
  if (state && hooks.settled) hooks.settled(*state);
  if (state) state = converge(*std::move(state), spec, {});  // one short call, and it is done
  if (!state) return fail_while(on_container("set up", vmid), std::move(state));
  return state;
}

Result<ContainerState> Containers::change(int vmid, const ContainerSpec& want,
                                          std::stop_token stop) {
  TRY(refuse(refusals(want)));
  auto have = survey(vmid, Lists::as_known, stop);
  if (!have) return fail_while(on_container("read", vmid), std::move(have));
  if (!*have) return tl::unexpected<Error>(no_such_container(vmid));
  TRY(refuse(refusals((*have)->config, target_config((*have)->config, want))));
  auto state = converge(std::move(**have), want, stop);
  if (!state) return fail_while(on_container("change", vmid), std::move(state));
  return state;
}

Result<ContainerState> Containers::converge(ContainerState have, const ContainerSpec& want,
                                            std::stop_token stop) {
  std::string last_round;
  int errors = 0;
  for (int round = 0; round < most_rounds; ++round) {
    const auto steps = change_steps(have, want);
    if (steps.empty()) return have;
    const std::string texts = texts_of(steps);
    if (texts == last_round) {
      log_.warn("the server does not take some settings as they were given",
                {{"vmid", std::to_string(have.vmid)}, {"steps", texts}});
      return have;
    }
    last_round = texts;
    auto done = run_all(steps, have, stop);
    if (done) done = read_again(have, stop);
    if (done) continue;
    if (++errors > most_errors || stop.stop_requested())
      return tl::unexpected<Error>(unlock_advice(std::move(done).error(), have.vmid));
    have = TRY(after_error(std::move(done).error(), have, want, stop));
    last_round.clear();
  }
  return fail(Errc::conflict, "somebody else keeps changing it");
}

Result<void> Containers::run_all(const std::vector<Step>& steps, ContainerState& have,
                                 std::stop_token stop) {
  Result<void> done;
  for (const Step& step : steps) {
    if (stop.stop_requested()) {
      done = fail(Errc::cancelled, "asked to stop before: " + to_text(step));
      break;
    }
    log_.debug(to_text(step));
    done = steps_.run(step, stop);
    if (!done) break;
    if (const auto* pool = std::get_if<SetPool>(&step)) have.pool = pool->to;
    if (const auto* ha = std::get_if<SetHa>(&step)) have.ha = ha->to;
    if (const auto* migration = std::get_if<MigrateContainer>(&step)) have.node = migration->to;
  }
  inventory_.changed(have.vmid);
  return done;
}

// The state to go on from, or the error, with what is left undone.
Result<ContainerState> Containers::after_error(Error error, const ContainerState& have,
                                               const ContainerSpec& want, std::stop_token stop) {
  inventory_.changed();
  auto now = survey(have.vmid, Lists::fresh, stop);
  if (!now || !*now) return tl::unexpected<Error>(std::move(error));
  ContainerState& state = **now;
  const auto left = change_steps(state, want);
  if (left.empty() || worth_another_look(error)) {
    log_.warn("an error was followed by another look",
              {{"vmid", std::to_string(have.vmid)}, {"error", describe(error)}});
    return std::move(state);
  }
  // The step that failed is named by the error itself.
  const auto is_told = [&](const Step& step) {
    return std::find(error.context.begin(), error.context.end(), "unable to " + to_text(step)) !=
           error.context.end();
  };
  std::vector<Step> others;
  std::remove_copy_if(left.begin(), left.end(), std::back_inserter(others), is_told);
  error = unlock_advice(std::move(error), have.vmid);
  if (others.empty()) return tl::unexpected<Error>(std::move(error));
  return tl::unexpected<Error>(std::move(error).while_doing("left undone: " + texts_of(others)));
}

Result<void> Containers::remove(int vmid, std::stop_token stop) {
  for (int round = 0;; ++round) {
    auto gone = remove_once(vmid, round == 0 ? Lists::as_known : Lists::fresh, stop);
    if (gone && *gone) {
      inventory_.changed();
      inventory_.vmids().give_back(vmid);
      return {};
    }
    const bool again = !gone && round < most_errors && !stop.stop_requested() &&
                       (worth_another_look(gone.error()) || somebody_was_at_work(gone.error()));
    if (!gone && !again) {
      return tl::unexpected<Error>(
          unlock_advice(std::move(gone).error(), vmid).while_doing(on_container("remove", vmid)));
    }
    inventory_.changed();
  }
}

// True once it is gone.
Result<bool> Containers::remove_once(int vmid, Lists lists, std::stop_token stop) {
  auto have = TRY(survey(vmid, lists, stop));
  // What does not run may be about to: a start that was interrupted here goes on there.
  if (have && (!have->running || lists == Lists::fresh) &&
      await_own_tasks(pve_, {have->node, vmid}, stop).value_or(false))
    have = TRY(survey(vmid, lists, stop));
  if (!have) return true;
  if (have->config.protection.value_or(false))
    return tl::unexpected<Error>(Error{Errc::conflict,
                                       "it is protected against removal",
                                       {},
                                       "set protection to false and apply, then remove it"});
  TRY(run_all(remove_steps(*have), *have, stop));
  return true;
}

Result<std::optional<proxmox::Guest>> Containers::locate(int vmid, Lists lists,
                                                         std::stop_token stop) {
  auto list = lists == Lists::as_known ? inventory_.last_seen() : nullptr;
  if (!list || inventory_.has_changed(vmid)) list = TRY(inventory_.resources(stop));
  auto guest = guest_in(*list, vmid);
  if (!guest) {
    // The list may be old, and it shows only what we may see. The id is free or it is not.
    auto free = pve_.call(proxmox::id_is_free(vmid), stop);
    if (free) return std::optional<proxmox::Guest>{};
    if (!proxmox::is_taken_id(free.error())) return tl::unexpected<Error>(std::move(free).error());
    inventory_.changed();
    guest = TRY(inventory_.guest(vmid, stop));
  }
  if (!guest)
    return tl::unexpected<Error>(
        Error{Errc::denied,
              "guest " + std::to_string(vmid) + " exists but may not be seen",
              {},
              "grant VM.Audit on /vms/" + std::to_string(vmid) +
                  " to the user, and to the token if it has privileges of its own"});
  if (guest->kind != proxmox::GuestKind::container)
    return fail(Errc::conflict,
                "id " + std::to_string(vmid) + " belongs to a virtual machine, not to a container");
  return guest;
}

Result<std::optional<HaState>> Containers::ha_of(const proxmox::Guest& guest,
                                                 std::stop_token stop) {
  if (guest.ha_state.empty()) return std::optional<HaState>{};
  auto all = inventory_.ha(stop);
  if (!all && all.error().code == Errc::denied)
    return std::optional(ha_from_manager(guest.ha_state));
  if (!all) return tl::unexpected<Error>(std::move(all).error());
  const auto found = (*all)->find(guest.vmid);
  if (found == (*all)->end()) return std::optional<HaState>{};
  return std::optional(found->second);
}

Result<void> Containers::read_settings(ContainerState& state, std::stop_token stop) {
  const proxmox::ContainerRef ref{state.node, state.vmid};
  auto settings =
      TRY(proxmox::parse_pending(TRY(pve_.call(proxmox::container_settings(ref), stop))));
  state.config = std::move(settings.config);
  state.pending = std::move(settings.pending);
  return {};
}

// All that our own steps can have changed; pool and high availability are known from them.
Result<void> Containers::read_again(ContainerState& state, std::stop_token stop) {
  TRY(read_settings(state, stop));
  state.running = TRY(live_status(pve_, {state.node, state.vmid}, stop)).running;
  return {};
}

// Everything about one container, its state as of now; nullopt if there is none.
Result<std::optional<ContainerState>> Containers::survey(int vmid, Lists lists,
                                                         std::stop_token stop) {
  const auto guest = TRY(locate(vmid, lists, stop));
  if (!guest) return std::optional<ContainerState>{};
  ContainerState state;
  state.vmid = vmid;
  state.node = guest->node;
  state.pool = guest->pool;
  state.ha = TRY(ha_of(*guest, stop));
  auto read = read_again(state, stop);
  if (read) return std::optional(std::move(state));
  if (!proxmox::is_absent_guest(read.error()) || lists == Lists::fresh)
    return tl::unexpected<Error>(std::move(read).error());
  inventory_.changed();
  return survey(vmid, Lists::fresh, stop);
}

Result<std::optional<ContainerState>> Containers::observe(int vmid, std::stop_token stop,
                                                          std::optional<bool> running) {
  for (bool again = false;; again = true) {
    if (again) inventory_.changed();
    const auto guest = TRY(locate(vmid, Lists::fresh, stop));
    if (!guest) return std::optional<ContainerState>{};
    ContainerState state;
    state.vmid = vmid;
    state.node = guest->node;
    state.pool = guest->pool;
    state.running = guest->status == "running";
    auto read = read_settings(state, stop);
    if (!read && proxmox::is_absent_guest(read.error()) && !again) continue;
    if (!read) return fail_while(on_container("read", vmid), std::move(read));
    state.ha = TRY(ha_of(*guest, stop));
    if (!running || *running != state.running || guest->status == "unknown") {
      const auto statuses = TRY(inventory_.statuses(state.node, stop));
      const auto found = statuses->find(vmid);
      state.running = found != statuses->end() && found->second == "running";
    }
    return std::optional(std::move(state));
  }
}

Result<proxmox::Addresses> Containers::addresses(const ContainerState& state,
                                                 AwaitedAddresses awaited, std::stop_token stop) {
  if (!state.running) return proxmox::Addresses{};
  const auto begin = clock_.steady();
  while (true) {
    auto data =
        TRY(pve_.call(proxmox::container_interfaces({state.node, state.vmid}), std::stop_token{}));
    auto addresses = TRY(proxmox::parse_addresses(data));
    const bool complete =
        (!awaited.ipv4 || !addresses.ipv4.empty()) && (!awaited.ipv6 || !addresses.ipv6.empty());
    if (complete || clock_.steady() - begin >= address_patience ||
        !clock_.sleep(address_poll, stop))
      return addresses;
  }
}

Result<int> Containers::find(std::string_view id, std::stop_token stop) {
  const ContainerName name = TRY(parse_container_name(id));
  if (!name.node.empty()) TRY(known_node(*TRY(inventory_.resources(stop)), name.node));
  if (name.vmid) {
    if (TRY(locate(*name.vmid, Lists::fresh, stop))) return *name.vmid;
    return tl::unexpected<Error>(no_such_container(*name.vmid));
  }
  std::vector<std::string> ids;
  int vmid = 0;
  const auto list = TRY(inventory_.resources(stop));
  for (const proxmox::Guest& guest : list->guests) {
    if (guest.kind != proxmox::GuestKind::container || guest.name != name.hostname) continue;
    vmid = guest.vmid;
    ids.push_back(std::to_string(guest.vmid));
  }
  const std::string quoted = "\"" + shortened(id, 80) + "\"";
  if (ids.empty())
    return tl::unexpected<Error>(Error{Errc::not_found,
                                       "no container is called " + quoted,
                                       {},
                                       "name it as node/vmid, vmid, or by its host name"});
  if (ids.size() > 1)
    return tl::unexpected<Error>(
        Error{Errc::conflict,
              "several containers are called " + quoted + ": " + join(ids, ", "),
              {},
              "name it by its vmid"});
  return vmid;
}

}  // namespace paas::direct
