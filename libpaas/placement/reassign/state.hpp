#pragma once
// Who stands where, what that costs, and what a change would: everything is kept so that a change
// is judged by looking at the machines it touches, and no others.

#include <cstddef>

#include "libpaas/placement/reassign/instance.hpp"

namespace paas::placement::reassign {

// What no change costs.
inline constexpr Number forbidden = Number{1} << 62;

class State {
 public:
  // At the start. Keeps a reference. REQUIRES: !mistake(instance); for broken_rule() alone it is
  // enough that sizes, places and numbers are right.
  explicit State(const Instance& instance);

  Place machines() const { return machine_count_; }
  Place processes() const { return process_count_; }
  Place at(Place process) const { return at_[process]; }
  Place home(Place process) const { return home_[process]; }
  const Placement& placement() const { return at_; }
  Number cost() const { return cost_; }
  // Of its loads and balances.
  Number cost_of(Place machine) const { return machine_cost_[machine]; }
  const std::vector<Place>& on(Place machine) const { return on_[machine]; }

  // Whether its processes, and what is held for those who went away, fit.
  bool fits(Place machine) const;

  // By how much the cost grows if a process goes to a machine; `forbidden` if a rule is against it.
  // REQUIRES: it is not there.
  Number shift_delta(Place process, Place to) const {
    return has_room(process, to) ? squeeze_delta(process, to) : forbidden;
  }
  // The same whether there is room or not.
  Number squeeze_delta(Place process, Place to) const;
  // The same for two that change places. REQUIRES: they are on different machines.
  Number swap_delta(Place one, Place other) const;

  // REQUIRES: the change is not forbidden; `delta` is what it was said to be.
  void shift(Place process, Place to, Number delta);
  void swap(Place one, Place other, Number delta);

  // Undoes changes. REQUIRES: `seats` are all who were on `machines` then, and nobody else moved;
  // `cost` was the cost.
  struct Seat {
    Place process;
    Place machine;
  };
  void put_back(const std::vector<Seat>& seats, const std::vector<Place>& machines, Number cost);

  // A rule that the present placement breaks, if any. Looks at everything.
  std::optional<std::string> broken_rule() const;

 private:
  // Of one machine and resource.
  struct Room {
    Number left;    // capacity less usage
    Number usable;  // less what is held for those who went away, too
    Number margin;  // capacity less safety capacity: what is left below it costs
  };
  struct Term {
    Place less, more;
    Number target, weight;
  };

  void lay_out(const Instance& instance);
  void count_start(const Instance& instance);
  const Room* rooms(Place machine) const { return &rooms_[std::size_t{machine} * resource_count_]; }
  Room* rooms(Place machine) { return &rooms_[std::size_t{machine} * resource_count_]; }
  const Number* needs(Place process) const {
    return &needs_[std::size_t{process} * resource_count_];
  }
  bool present(Place service, Place machine) const {
    const std::size_t bit = std::size_t{service} * machine_count_ + machine;
    return (present_[bit >> 6] >> (bit & 63) & 1) != 0;
  }
  void set_present(Place service, Place machine, bool value);

  bool has_room(Place process, Place machine) const;
  bool has_room_without(Place process, Place other, Place machine) const;
  Number cost_with(Place machine, const Number* more, const Number* less) const;
  bool spread_holds(Place service, Place from, Place to) const;
  bool arrival_holds(Place service, Place hood, Place leaving) const;
  bool departure_holds(Place service, Place hood, Place arriving) const;
  Number move_costs(Place process, Place to) const;
  int away_change(Place process, Place to) const;
  Number most_away_change(Place service, int change) const;
  Number most_away_change(Place one, int change, Place other, int other_change) const;
  void put(Place process, Place to);
  void count_away(Place service, int change);
  void price(Place machine);

  Place resource_count_ = 0, machine_count_ = 0, process_count_ = 0, service_count_ = 0;
  Place hood_count_ = 0, location_count_ = 0;
  std::vector<Number> load_weight_;
  std::vector<std::uint8_t> transient_;
  std::vector<Term> balances_;
  Number process_weight_, service_weight_, machine_weight_;
  std::vector<Place> hood_, location_;  // by machine
  const Instance& instance_;            // for what is seldom read
  std::vector<Number> needs_;           // by process and resource
  std::vector<Place> service_of_;
  std::vector<std::vector<Place>> needed_by_;  // services by the one they depend on
  Placement home_, at_;

  std::vector<Room> rooms_;
  std::vector<Number> machine_cost_;
  std::vector<std::vector<Place>> on_;
  std::vector<std::uint32_t> slot_;                   // of a process in its machine's list
  std::vector<std::uint64_t> present_;                // bits by service and machine
  std::vector<std::uint32_t> in_hood_, in_location_;  // processes by service and where
  std::vector<std::uint32_t> covered_;                // locations by service
  std::vector<std::uint32_t> away_;                   // processes by service that are not at home
  std::vector<std::uint32_t> services_away_;          // services by how many of theirs are away
  std::uint32_t most_away_ = 0;
  Number cost_ = 0;
};

}  // namespace paas::placement::reassign
