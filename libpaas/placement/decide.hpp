#pragma once
// How a decision comes about: first all that stands is seated where it is, and what may not stay
// gets up; then everyone without a node is seated, in an order that depends on nothing but names
// and numbers.

#include <string>
#include <vector>

#include "libpaas/placement/moves.hpp"
#include "libpaas/placement/reasons.hpp"

namespace paas::placement {

// What is said about a seat.
struct Note {
  std::string because{};
  Option chosen{};
  std::vector<Option> alternatives{};
  std::vector<RefusalCount> refused{};
  std::optional<Remedy> remedy{};
  bool preempted = false;
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

 private:
  // Those who are seated all or not at all.
  struct Group {
    std::vector<Index> seats{};
    std::string gang{};
  };
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
  void relieve_overbooked();
  bool overbooked(Index node) const;
  bool relieved_without(Index seat) const;
  Index who_relieves(Index node, const std::vector<int>& helps) const;
  void get_up(Index seat, std::string because);

  // place.cpp
  std::vector<Group> groups() const;
  void seat_group(const Group& group);
  bool seat_one(Index seat);
  bool seat_directly(Index seat);
  bool seat_by_moves(Index seat);
  bool seat_by_preemption(Index seat);
  std::vector<Index> victims_on(Index seat, Index node);
  void remember(Index seat);
  void undo();
  void note_options(Index seat, std::string because);
  void note_refusal(Index seat, std::string because);

  const Compiled& compiled_;
  bool reasons_;
  Seating seating_;
  MoveSearch search_;
  RefusalCounts counts_;
  std::vector<Note> notes_;
  std::vector<Before> before_;   // of the group at hand
  std::vector<Index> victims_;   // who lost their place
  std::vector<Index> hopeless_;  // jobs for which no moves were found
  int searches_ = 0;             // that moved somebody
  bool proven_ = true;
};

}  // namespace paas::placement
