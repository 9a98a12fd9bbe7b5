#pragma once
// How a decision comes about: first all that stands is seated where it is, and what may not stay
// gets up; then everyone without a node is seated, in an order that depends on nothing but names
// and numbers.

#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "libpaas/placement/moves.hpp"
#include "libpaas/placement/reasons.hpp"

namespace paas::placement {

using Sits = std::vector<std::pair<Index, Index>>;  // seats and nodes

// What is said about a seat.
struct Note {
  std::string because{};
  Option chosen{};
  std::vector<Option> alternatives{};
  std::vector<RefusalCount> refused_by{};
  std::optional<Remedy> remedy{};
  bool preempted = false;
  bool waits = false;
  bool refused = false;  // no place was found for it; why not is said when all are seated
  Sits beside{};         // its company, where there would have been a place for all but this one
  Index pushed_by = nowhere;  // the seat that took its place
};

class Decider {
 public:
  // Keeps a reference. Without reasons it decides the same, but does not say why.
  explicit Decider(const Compiled& compiled, bool reasons = true);

  Seating& seating() { return seating_; }

  // Seats who stands and may stay.
  void seat_standing();
  // Seats everyone else, as far as there is room.
  void seat_others();
  Decision decision() const;
  // Seats those without whom nobody cares for a place of this one, as far as there is room: then
  // the ledger tells why it has none. They must leave again.
  Sits seat_company(Index seat);

 private:
  // A seat as it was before a group was tried.
  struct Before {
    Index seat;
    Index node;
    Cards cards;
    Note note;
  };

  // standing.cpp
  std::vector<Index> standing_order() const;
  std::string why_not_stay(Index seat) const;
  void seat_waiting(std::vector<Index>& leaving);
  void part_the_incompatible();
  void get_up(Index seat, std::string because);
  void wait(Index seat, std::string because);

  // relief.cpp
  void relieve_overbooked();
  void relieve(Index node);
  bool overbooked(Index node) const;
  bool relieved_without(Index node, const std::vector<Index>& leavers) const;
  std::vector<Index> users_of_lack(Index node) const;
  std::vector<Index> of_use(Index node) const;
  std::vector<std::vector<Index>> leavers_of(Index node, std::size_t count,
                                             const std::vector<Index>& among);
  bool can_leave(const std::vector<Index>& leavers);
  std::vector<Index> who_leaves(Index node);
  Index who_relieves(Index node);

  // together.cpp
  void seat_group(const std::vector<Index>& seats, bool tied);
  bool seat_the_rest(const std::vector<Index>& seats, bool tied);
  void note_company(std::vector<Index> seats);
  void refuse_gangs(const std::vector<Index>& seats, bool tied);
  void seat_as_one(const std::vector<Index>& seats);
  bool stood_with_others(Index seat) const;
  Sits seat_around(const std::vector<Index>& seats);
  bool seat_with_followers(const std::vector<Index>& seats, const std::vector<Index>& followers);
  void take_seats(const Sits& found);
  Sits seat_in_cells(std::vector<Index> seats);
  Sits fill(const std::vector<Index>& seats, Index first_on);
  Sits seat_directly(const std::vector<Index>& seats, Index first_on);
  std::vector<Index> where_to_begin(Index seat) const;
  bool ties_hold(Index seat);
  void sit_all(const Sits& sits);
  void leave_all(const Sits& sits);

  // place.cpp
  bool seat_one(Index seat);
  bool seat_directly(Index seat);
  bool seat_by_moves(Index seat);
  void remember(Index seat);
  void undo();
  void note_options(Index seat, std::string because);
  void note_refusal(Index seat);

  // preemption.cpp
  void name_winners();
  using VictimPrice = std::tuple<int, std::size_t, Amount>;  // highest priority, number, cost
  static constexpr VictimPrice no_victims{std::numeric_limits<int>::min(), 0, 0};
  struct Gone {
    Index seat;
    Index node;
    bool settled;
    Cards cards;
  };
  struct Wanted {
    Index seat;
    Index node;
    const std::vector<Index>& victims;  // who may go
  };
  bool seat_by_preemption(Index seat);
  bool may_be_pushed(Index other, Index by) const;
  Gone push_out(Index seat);
  void take_back(const Gone& gone);
  bool company_stays(Index seat);
  VictimPrice with(const VictimPrice& price, Index victim) const;
  void look_for_victims(Index seat, Index node, VictimPrice& lowest, std::vector<Index>& victims);
  void search_victims(const Wanted& wanted, std::size_t from, const VictimPrice& price,
                      std::vector<Index>& set, VictimPrice& lowest, std::vector<Index>& victims);

  // refused.cpp
  void seat_latecomers();
  bool seat_late(Index seat);
  bool is_left_out(Index seat) const;
  std::string unknown_names(Index job) const;
  std::string held_by_budget(Index seat) const;
  void explain_refusals();
  void explain_refusal(Index seat);

  const Compiled& compiled_;
  bool reasons_;
  Seating seating_;
  MoveSearch search_;
  // Seatings of groups that may still be tried; each counts as much as so many units of a search.
  static constexpr std::int64_t work_of_a_trial = 50;
  std::int64_t trials_left_;
  RefusalCounts counts_;
  std::vector<Note> notes_;
  std::vector<Before> before_;                       // of the group at hand
  std::vector<std::pair<Index, std::string>> said_;  // of its seats, before it was tried
  std::vector<Index> victims_;                       // who lost their place
  std::vector<Index> hopeless_;                      // jobs for which no moves were found
  std::vector<int> helps_;               // by job: how many nodes it alone would relieve
  std::int64_t relief_left_ = 200'000;   // sets of leavers that may still be looked at
  std::int64_t victims_left_ = 200'000;  // who may still be pushed out to see what it helps
  std::set<std::string_view> known_resources_, known_labels_;  // that some node has
  int newcomers_ = 0;                                          // that were seated
  bool proven_ = true;
};

}  // namespace paas::placement
