#include "libpaas/direct/births.hpp"

#include "libpaas/proxmox/calls.hpp"

namespace paas::direct {
namespace {

using namespace std::chrono_literals;

constexpr int most_lost_ids = 200;
constexpr int most_repeats = 3;
constexpr int looks_before_nothing = 5;  // a request that we gave up may still be under way
constexpr auto between_looks = 1s;
constexpr auto patience = 10min;  // for a creation whose task we cannot name

bool outcome_is_unknown(const Error& error) {
  return error.code == Errc::unknown_outcome || error.code == Errc::timeout ||
         error.code == Errc::cancelled;
}

std::string birth_context(const ContainerSpec& spec, int vmid) {
  return "unable to create container " + std::to_string(vmid) + " on node " + spec.node;
}

}  // namespace

// One creation as it goes on, over several calls and perhaps several ids.
struct Births::Attempt {
  std::string mark;
  int vmid = 0;
  int lost = 0;       // ids that went to somebody else
  int repeats = 0;    // of the same id
  bool sent = false;  // a call for this id may have had an effect
  bool told = false;  // `born` was called for this id
};

Result<int> Births::bear(const ContainerSpec& spec, std::stop_token stop, const BornCallback& born,
                         const LeftoverCallback& leftover, const OtherRequestCallback& other) {
  Attempt attempt;
  attempt.mark = birth_mark(request_name(spec), random_.next());
  TRY(leftovers_.clear(spec, stop, leftover, other));
  if (spec.vmid) inventory_.vmids().take(*spec.vmid);
  attempt.vmid = spec.vmid ? *spec.vmid : TRY(choose(spec, attempt, stop));
  while (true) {
    auto done = try_once(spec, attempt, stop, born);
    if (done && *done) return attempt.vmid;
    if (!done) {
      if (!attempt.told) inventory_.vmids().give_back(attempt.vmid);
      return fail_while(birth_context(spec, attempt.vmid), std::move(done));
    }
  }
}

Result<int> Births::choose(const ContainerSpec& spec, const Attempt& attempt,
                           std::stop_token stop) {
  // An old list will do at first: what it lacks, the creation itself finds out.
  auto known = attempt.lost == 0 ? inventory_.last_seen() : nullptr;
  if (!known) known = TRY(inventory_.resources(stop));
  const auto vmid = inventory_.vmids().take(spec.vmid_range, *known, attempt.lost, random_);
  if (vmid) return *vmid;
  return tl::unexpected<Error>(Error{Errc::conflict,
                                     "no id is free from " + std::to_string(spec.vmid_range.first) +
                                         " to " + std::to_string(spec.vmid_range.last),
                                     {},
                                     "widen the range of ids, or remove containers"});
}

// True: it is there. False: try again.
Result<bool> Births::try_once(const ContainerSpec& spec, Attempt& attempt, std::stop_token stop,
                              const BornCallback& born) {
  if (stop.stop_requested()) return fail(Errc::cancelled, "asked to stop");
  const proxmox::Call call = TRY(birth_call(spec, attempt, stop));
  auto answer = pve_.call(call, std::stop_token{});
  if (!answer) return after_refusal(spec, attempt, std::move(answer).error(), stop, born);
  attempt.sent = true;
  attempt.told = true;
  born(attempt.vmid, spec.node);
  inventory_.changed(attempt.vmid);
  const std::string* text = answer->string();
  const auto task = text ? proxmox::parse_upid(*text)
                         : Result<proxmox::Upid>(fail(Errc::internal, "the server named no task"));
  if (!task) return tl::unexpected<Error>(task.error());
  return await_task(*task, attempt, stop, born);
}

Result<proxmox::Call> Births::birth_call(const ContainerSpec& spec, const Attempt& attempt,
                                         std::stop_token stop) {
  if (!spec.clone) {
    proxmox::Params params{{"vmid", std::to_string(attempt.vmid)}};
    for (auto& param : birth_params(spec)) params.push_back(std::move(param));
    params.emplace_back("description", attempt.mark);
    return proxmox::create_container(spec.node, params);
  }
  const CloneSource& source = *spec.clone;
  proxmox::ContainerRef from{source.node, source.vmid};
  if (from.node.empty()) {
    const auto guest = TRY(inventory_.guest(source.vmid, stop));
    if (!guest)
      return tl::unexpected<Error>(
          Error{Errc::not_found,
                "there is no container " + std::to_string(source.vmid) + " to clone",
                {},
                "set clone.vmid to the id of a container that the token may see"});
    if (guest->kind != proxmox::GuestKind::container)
      return tl::unexpected<Error>(Error{
          Errc::invalid,
          "id " + std::to_string(source.vmid) + " belongs to a virtual machine, not to a container",
          {},
          "set clone.vmid to the id of a container"});
    from.node = guest->node;
  }
  proxmox::CloneRequest request;
  request.new_vmid = attempt.vmid;
  request.hostname = spec.config.hostname.value_or("");
  request.description = attempt.mark;
  request.pool = spec.pool;
  request.storage = source.storage;
  request.snapshot = source.snapshot;
  request.full = source.full;
  if (from.node != spec.node) request.target_node = spec.node;
  return proxmox::clone_container(from, request);
}

Result<bool> Births::after_refusal(const ContainerSpec& spec, Attempt& attempt, Error refusal,
                                   std::stop_token stop, const BornCallback& born) {
  const bool unknown = outcome_is_unknown(refusal);
  const bool taken = proxmox::is_taken_id(refusal);
  if (spec.clone && proxmox::is_absent_guest(refusal) && refusal.remedy.empty())
    refusal.remedy = "set clone.vmid to the id of a container, and clone.node to the node it is on";
  if (!unknown && !taken) return tl::unexpected<Error>(std::move(refusal));

  Found found = Found::others;
  if (unknown || attempt.sent) {
    attempt.sent = true;
    log_.warn("the answer to a creation was lost",
              {{"vmid", std::to_string(attempt.vmid)}, {"error", describe(refusal)}});
    found = TRY(search(spec, attempt, stop, born));
  }
  switch (found) {
    case Found::ours:
      return true;
    case Found::nothing:
      // The same id again: whichever of the two calls arrives, only one can succeed.
      if (++attempt.repeats > most_repeats) return tl::unexpected<Error>(std::move(refusal));
      return false;
    case Found::others:
      break;
  }
  if (spec.vmid)
    return tl::unexpected<Error>(
        Error{Errc::conflict,
              "the id is taken: " + refusal.message,
              {},
              "choose another vmid, leave it out, or import the container that has it"});
  if (++attempt.lost > most_lost_ids)
    return fail(Errc::conflict, "too many ids were taken by others");
  inventory_.changed(attempt.vmid);
  // The id stays taken in the pool: somebody has it.
  attempt.vmid = TRY(choose(spec, attempt, stop));
  attempt.sent = false;
  attempt.repeats = 0;
  return false;
}

// A creation that failed has taken away what it made. What was only in somebody's way is repeated.
Result<bool> Births::await_task(const proxmox::Upid& task, Attempt& attempt, std::stop_token stop,
                                const BornCallback& born) {
  auto ended = pve_.wait(task, stop);
  if (ended) return true;
  Error error = std::move(ended).error();
  if (outcome_is_unknown(error) || error.code == Errc::unavailable ||
      !pve_.call(proxmox::id_is_free(attempt.vmid), std::stop_token{}))
    return tl::unexpected<Error>(std::move(error));
  attempt.sent = false;
  untell(attempt, born);
  if (!proxmox::is_lock_contention(error) || ++attempt.repeats > most_repeats)
    return tl::unexpected<Error>(std::move(error));
  log_.info("a creation found its storage locked and is repeated",
            {{"vmid", std::to_string(attempt.vmid)}});
  const auto pause = std::chrono::milliseconds(1000 + random_.next() % 2000) * attempt.repeats;
  if (!clock_.sleep(pause, stop)) return fail(Errc::cancelled, "asked to stop");
  return false;
}

// A container that is still being created has a configuration of nothing but a lock: who made it
// shows at the end. Looking goes on when asked to stop, for as long as nothing is there: a request
// whose answer was lost may still be on its way.
Result<Births::Found> Births::search(const ContainerSpec& spec, Attempt& attempt,
                                     std::stop_token stop, const BornCallback& born) {
  const auto deadline = clock_.steady() + patience;
  const proxmox::ContainerRef container{spec.node, attempt.vmid};
  for (int absent = 0; absent < looks_before_nothing;) {
    if (absent > 0 || attempt.told) clock_.sleep(between_looks, std::stop_token{});
    auto data = pve_.call(proxmox::container_settings(container), std::stop_token{});
    if (data) {
      const auto settings = TRY(proxmox::parse_pending(*data));
      const bool marked = settings.config.description.value_or("") == attempt.mark;
      const bool unfinished = settings.config.lock == "create";
      if (!marked && !unfinished) {
        untell(attempt, born);
        return Found::others;
      }
      if (!attempt.told) {
        attempt.told = true;
        born(attempt.vmid, spec.node);
      }
      if (marked && !unfinished) return Found::ours;
      if (stop.stop_requested()) return fail(Errc::cancelled, "asked to stop");
      if (clock_.steady() > deadline)
        return fail(Errc::timeout, "the container is still locked by its creation");
    } else if (proxmox::is_absent_guest(data.error())) {
      ++absent;
      untell(attempt, born);
      const auto free = pve_.call(proxmox::id_is_free(attempt.vmid), std::stop_token{});
      if (!free && proxmox::is_taken_id(free.error())) return Found::others;
    } else {
      return tl::unexpected<Error>(std::move(data).error());
    }
  }
  return Found::nothing;
}

// What we said to be there is gone, or was never ours.
void Births::untell(Attempt& attempt, const BornCallback& born) {
  if (!attempt.told) return;
  attempt.told = false;
  born(0, "");
}

}  // namespace paas::direct
