#include "libpaas/placement/reassign/state.hpp"

#include <algorithm>
#include <utility>

namespace paas::placement::reassign {
namespace {

constexpr Number nothing[most_resources] = {};

}  // namespace

State::State(const Instance& instance)
    : process_weight_(instance.process_move_weight),
      service_weight_(instance.service_move_weight),
      machine_weight_(instance.machine_move_weight),
      instance_(instance),
      home_(instance.start),
      at_(instance.start) {
  lay_out(instance);
  count_start(instance);
}

void State::lay_out(const Instance& instance) {
  resource_count_ = static_cast<Place>(instance.resources.size());
  machine_count_ = static_cast<Place>(instance.machines.size());
  process_count_ = static_cast<Place>(instance.processes.size());
  service_count_ = static_cast<Place>(instance.services.size());
  for (const Resource& resource : instance.resources) {
    load_weight_.push_back(resource.load_weight);
    transient_.push_back(resource.transient ? 1 : 0);
  }
  for (const Balance& balance : instance.balances) {
    balances_.push_back({balance.less, balance.more, balance.target, balance.weight});
  }
  for (const Machine& machine : instance.machines) {
    hood_.push_back(machine.neighbourhood);
    location_.push_back(machine.location);
    hood_count_ = std::max(hood_count_, machine.neighbourhood + 1);
    location_count_ = std::max(location_count_, machine.location + 1);
    for (Place r = 0; r < resource_count_; ++r) {
      rooms_.push_back(
          {machine.capacity[r], machine.capacity[r], machine.capacity[r] - machine.safety[r]});
    }
  }
  needed_by_.resize(service_count_);
  for (Place s = 0; s < service_count_; ++s) {
    for (const Place needed : instance.services[s].depends_on) needed_by_[needed].push_back(s);
  }
  for (const Process& process : instance.processes) {
    service_of_.push_back(process.service);
    needs_.insert(needs_.end(), process.needs.begin(), process.needs.end());
  }
}

void State::count_start(const Instance& instance) {
  on_.resize(machine_count_);
  slot_.resize(process_count_);
  present_.resize((std::size_t{service_count_} * machine_count_ + 63) / 64);
  in_hood_.resize(std::size_t{service_count_} * hood_count_);
  in_location_.resize(std::size_t{service_count_} * location_count_);
  covered_.resize(service_count_);
  away_.resize(service_count_);
  services_away_.assign(std::size_t{process_count_} + 1, 0);
  services_away_[0] = service_count_;
  for (Place p = 0; p < process_count_; ++p) {
    const Place m = instance.start[p];
    const Place s = service_of_[p];
    slot_[p] = static_cast<std::uint32_t>(on_[m].size());
    on_[m].push_back(p);
    set_present(s, m, true);
    ++in_hood_[std::size_t{s} * hood_count_ + hood_[m]];
    if (in_location_[std::size_t{s} * location_count_ + location_[m]]++ == 0) ++covered_[s];
    for (Place r = 0; r < resource_count_; ++r) {
      rooms(m)[r].left -= needs(p)[r];
      rooms(m)[r].usable -= needs(p)[r];
    }
  }
  machine_cost_.resize(machine_count_);
  for (Place m = 0; m < machine_count_; ++m) {
    price(m);
    cost_ += machine_cost_[m];
  }
}

void State::set_present(Place service, Place machine, bool value) {
  const std::size_t bit = std::size_t{service} * machine_count_ + machine;
  const std::uint64_t mask = std::uint64_t{1} << (bit & 63);
  if (value) {
    present_[bit >> 6] |= mask;
  } else {
    present_[bit >> 6] &= ~mask;
  }
}

// What went away from its home still holds what is transient there, so that its return is free.
bool State::has_room(Place process, Place machine) const {
  const Room* room = rooms(machine);
  const Number* need = needs(process);
  const bool returns = home_[process] == machine;
  for (Place r = 0; r < resource_count_; ++r) {
    if (room[r].usable < need[r] && !(returns && transient_[r] != 0)) return false;
  }
  return true;
}

bool State::has_room_without(Place process, Place other, Place machine) const {
  const Room* room = rooms(machine);
  const Number* need = needs(process);
  const Number* given = needs(other);
  const bool returns = home_[process] == machine;
  const bool leaves_home = home_[other] == machine;
  for (Place r = 0; r < resource_count_; ++r) {
    const bool held = transient_[r] != 0;
    const Number want = held && returns ? 0 : need[r];
    const Number free = held && leaves_home ? 0 : given[r];
    if (room[r].usable + free < want) return false;
  }
  return true;
}

Number State::cost_with(Place machine, const Number* more, const Number* less) const {
  const Room* room = rooms(machine);
  Number out = 0;
  for (Place r = 0; r < resource_count_; ++r) {
    const Number over = room[r].margin - room[r].left + more[r] - less[r];
    out += load_weight_[r] * std::max<Number>(over, 0);
  }
  for (const Term& term : balances_) {
    const Number have = room[term.more].left - more[term.more] + less[term.more];
    const Number base = room[term.less].left - more[term.less] + less[term.less];
    out += term.weight * std::max<Number>(term.target * base - have, 0);
  }
  return out;
}

bool State::spread_holds(Place service, Place from, Place to) const {
  const Place left = location_[from];
  const Place gained = location_[to];
  if (left == gained) return true;
  const std::uint32_t* counts = &in_location_[std::size_t{service} * location_count_];
  if (counts[left] != 1 || counts[gained] == 0) return true;
  return covered_[service] > instance_.services[service].least_locations;
}

// `leaving` is a service one of whose processes goes away from there at the same time.
bool State::arrival_holds(Place service, Place hood, Place leaving) const {
  const auto& needed = instance_.services[service].depends_on;
  return std::all_of(needed.begin(), needed.end(), [&](Place other) {
    if (other == service) return true;
    const std::uint32_t count = in_hood_[std::size_t{other} * hood_count_ + hood];
    return count > (other == leaving ? 1U : 0U);
  });
}

bool State::departure_holds(Place service, Place hood, Place arriving) const {
  if (in_hood_[std::size_t{service} * hood_count_ + hood] > 1) return true;
  const auto& others = needed_by_[service];
  return std::all_of(others.begin(), others.end(), [&](Place other) {
    if (other == service) return true;
    return other != arriving && in_hood_[std::size_t{other} * hood_count_ + hood] == 0;
  });
}

Number State::move_costs(Place process, Place to) const {
  const Place home = home_[process];
  if (home == to) return 0;
  return process_weight_ * instance_.processes[process].move_cost +
         machine_weight_ * instance_.machines[home].move_costs[to];
}

int State::away_change(Place process, Place to) const {
  return static_cast<int>(to != home_[process]) - static_cast<int>(at_[process] != home_[process]);
}

Number State::most_away_change(Place service, int change) const {
  if (change == 0) return 0;
  const std::uint32_t now = away_[service];
  const std::uint32_t then = now + static_cast<std::uint32_t>(change);
  if (then > most_away_) return then - most_away_;
  if (now != most_away_ || services_away_[now] > 1) return 0;
  std::uint32_t most = now - 1;
  while (most > then && services_away_[most] == 0) --most;
  return Number{most} - Number{now};
}

// Of two services, each changed by at most one.
Number State::most_away_change(Place one, int change, Place other, int other_change) const {
  if (one == other) return most_away_change(one, change + other_change);
  if (change == 0) return most_away_change(other, other_change);
  if (other_change == 0) return most_away_change(one, change);
  int at_most = static_cast<int>(services_away_[most_away_]);
  bool above = false;
  for (const auto& [service, step] : {std::pair{one, change}, std::pair{other, other_change}}) {
    if (away_[service] == most_away_) --at_most;
    if (away_[service] == most_away_ && step > 0) above = true;
    if (away_[service] + 1 == most_away_ && step > 0) ++at_most;
  }
  if (above) return 1;
  return at_most > 0 ? 0 : -1;
}

bool State::fits(Place machine) const {
  const Room* room = rooms(machine);
  return std::all_of(room, room + resource_count_, [](const Room& r) { return r.usable >= 0; });
}

Number State::squeeze_delta(Place process, Place to) const {
  const Place service = service_of_[process];
  if (present(service, to)) return forbidden;
  const Place from = at_[process];
  if (!spread_holds(service, from, to)) return forbidden;
  if (hood_[from] != hood_[to] && (!departure_holds(service, hood_[from], service) ||
                                   !arrival_holds(service, hood_[to], service))) {
    return forbidden;
  }
  const Number* need = needs(process);
  Number out = cost_with(to, need, nothing) - machine_cost_[to];
  out += cost_with(from, nothing, need) - machine_cost_[from];
  out += move_costs(process, to) - move_costs(process, from);
  return out + service_weight_ * most_away_change(service, away_change(process, to));
}

Number State::swap_delta(Place one, Place other) const {
  const Place here = at_[one];
  const Place there = at_[other];
  if (!has_room_without(one, other, there) || !has_room_without(other, one, here)) {
    return forbidden;
  }
  const Place service = service_of_[one];
  const Place second = service_of_[other];
  if (service != second) {
    if (present(service, there) || present(second, here)) return forbidden;
    if (!spread_holds(service, here, there) || !spread_holds(second, there, here)) {
      return forbidden;
    }
    const Place hood = hood_[here];
    const Place far = hood_[there];
    if (hood != far &&
        (!arrival_holds(service, far, second) || !arrival_holds(second, hood, service) ||
         !departure_holds(service, hood, second) || !departure_holds(second, far, service))) {
      return forbidden;
    }
  }
  Number out = cost_with(there, needs(one), needs(other)) - machine_cost_[there];
  out += cost_with(here, needs(other), needs(one)) - machine_cost_[here];
  out += move_costs(one, there) - move_costs(one, here);
  out += move_costs(other, here) - move_costs(other, there);
  return out + service_weight_ * most_away_change(service, away_change(one, there), second,
                                                  away_change(other, here));
}

void State::count_away(Place service, int change) {
  if (change == 0) return;
  --services_away_[away_[service]];
  away_[service] += static_cast<std::uint32_t>(change);
  ++services_away_[away_[service]];
  most_away_ = std::max(most_away_, away_[service]);
  while (services_away_[most_away_] == 0) --most_away_;
}

void State::put(Place process, Place to) {
  const Place from = at_[process];
  const Place service = service_of_[process];
  const Number* need = needs(process);
  Room* before = rooms(from);
  Room* after = rooms(to);
  for (Place r = 0; r < resource_count_; ++r) {
    before[r].left += need[r];
    after[r].left -= need[r];
    if (transient_[r] == 0 || from != home_[process]) before[r].usable += need[r];
    if (transient_[r] == 0 || to != home_[process]) after[r].usable -= need[r];
  }
  set_present(service, from, false);
  set_present(service, to, true);
  --in_hood_[std::size_t{service} * hood_count_ + hood_[from]];
  ++in_hood_[std::size_t{service} * hood_count_ + hood_[to]];
  std::uint32_t* counts = &in_location_[std::size_t{service} * location_count_];
  if (--counts[location_[from]] == 0) --covered_[service];
  if (counts[location_[to]]++ == 0) ++covered_[service];
  count_away(service, away_change(process, to));
  const Place last = on_[from].back();
  on_[from][slot_[process]] = last;
  slot_[last] = slot_[process];
  on_[from].pop_back();
  slot_[process] = static_cast<std::uint32_t>(on_[to].size());
  on_[to].push_back(process);
  at_[process] = to;
}

void State::price(Place machine) {
  machine_cost_[machine] = cost_with(machine, nothing, nothing);
}

void State::shift(Place process, Place to, Number delta) {
  const Place from = at_[process];
  put(process, to);
  price(from);
  price(to);
  cost_ += delta;
}

void State::swap(Place one, Place other, Number delta) {
  const Place here = at_[one];
  const Place there = at_[other];
  put(one, there);
  put(other, here);
  set_present(service_of_[one], there, true);
  set_present(service_of_[other], here, true);
  price(here);
  price(there);
  cost_ += delta;
}

// Two of one service may have changed places: then going erased the mark of who came.
void State::put_back(const std::vector<Seat>& seats, const std::vector<Place>& machines,
                     Number cost) {
  for (const Seat& seat : seats) {
    if (at_[seat.process] != seat.machine) put(seat.process, seat.machine);
  }
  for (const Seat& seat : seats) set_present(service_of_[seat.process], seat.machine, true);
  for (const Place machine : machines) price(machine);
  cost_ = cost;
}

}  // namespace paas::placement::reassign
