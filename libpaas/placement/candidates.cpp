#include "libpaas/placement/candidates.hpp"

#include <algorithm>

#include "libpaas/placement/refusals.hpp"

namespace paas::placement {
namespace {

constexpr std::size_t bunch = 16;  // scores under one top
constexpr std::int64_t out_of_reach = Bonuses::closed / 2;

}  // namespace

Candidates::Candidates(const Scorer& scorer, Frontier& frontier, Bonuses& bonuses,
                       const LaneLoops& loops)
    : scorer_(scorer),
      compiled_(scorer.compiled()),
      frontier_(frontier),
      bonuses_(bonuses),
      loops_(loops) {
  for (const Level& level : compiled_.levels()) {
    auto& node_of = node_of_.emplace_back();
    if (level.domains.size() != compiled_.node_count()) continue;
    node_of.resize(level.domains.size());
    for (Index node = 0; node < compiled_.node_count(); ++node) {
      node_of[level.domain_of[node]] = node;
    }
  }
}

Spot Candidates::best(Index job, Spot best) {
  if (job != job_) begin(job);
  bonuses_.collect(job);
  best_ = best;
  if (best_.node == nowhere) best_.score = out_of_reach;
  consider_open();
  consider_groups();
  return best_.node == nowhere ? Spot{} : best_;
}

void Candidates::begin(Index job) {
  job_ = job;
  kind_ = &compiled_.kind(job);
  let_in_ = &compiled_.gates()[kind_->gate].open;
  study(*kind_);
  nodes_.clear();
  scores_.clear();
  tops_.clear();
  gather_open();
  gather_groups();
  add_company_of_nodes();
}

// What the scores kept here can tell about company, and what they cannot.
void Candidates::study(const Kind& kind) {
  const Index own = compiled_.app(compiled_.job(job_).app).first_counter;
  exact_ = kind.ports.empty();
  allowance_ = 0;
  // The level "node" comes first in every layout.
  influences_.assign(1, {0, own, -scorer_.crowd_value(), 0});
  for (const SpreadTie& spread : kind.spreads) {
    if (bonuses_.covers(spread.level)) continue;
    if (spread.max_skew == 0 && fine(spread.level)) {
      influences_.push_back(
          {spread.level, own + spread.counter, -scorer_.spread_value(spread.weight), 0});
    } else {
      exact_ = false;
    }
  }
  for (const Tie& tie : kind.ties) {
    const Index counter = tie.counter + (tie.own ? own : 0);
    if (tie.kind == TieKind::together) {
      exact_ = false;  // while the other is nowhere, bonuses say nothing of it
      continue;
    }
    if (bonuses_.covers(tie.level)) continue;
    const std::int64_t value = scorer_.affinity_value(tie.weight);
    if (!fine(tie.level)) {
      exact_ = false;
      if (tie.kind == TieKind::rather_together) allowance_ += value;
    } else if (tie.kind == TieKind::apart) {
      influences_.push_back({tie.level, counter, 0, Bonuses::closed});
    } else if (tie.kind == TieKind::rather_apart) {
      influences_.push_back({tie.level, counter, -value, 0});
    } else {
      influences_.push_back({tie.level, counter, 0, value});
    }
  }
}

void Candidates::gather_open() {
  const OpenNodes& open = frontier_.open();
  const Shape& shape = compiled_.shapes()[kind_->shape];
  const Scorer::Axes needs = scorer_.needs(kind_->shape);
  if (picks_.size() < open.size() + 8) picks_.resize(open.size() + 8);
  std::size_t count = loops_.pick(open, needs, kind_->gate, picks_.data());
  if (!scorer_.axes_suffice(kind_->shape)) {
    const auto last = picks_.begin() + static_cast<std::ptrdiff_t>(count);
    const auto end = std::remove_if(picks_.begin(), last, [&](std::uint32_t place) {
      return !scorer_.ledger().amounts_fit(shape, open.node[place]);
    });
    count = static_cast<std::size_t>(end - picks_.begin());
  }
  nodes_.resize(count);
  scores_.resize(count);
  for (std::size_t i = 0; i < count; ++i) nodes_[i] = open.node[picks_[i]];
  loops_.rate(open, needs, scorer_.fit(), picks_.data(), count, scores_.data());
  const bool fit_is_all =
      scorer_.plain() && shape.cards.empty() && compiled_.tastes()[kind_->taste].indifferent;
  for (std::size_t i = 0; i < count && !fit_is_all; ++i) scores_[i] = lasting_of(nodes_[i]);
  tops_.resize((count + bunch - 1) / bunch);
  for (std::size_t b = 0; b < tops_.size(); ++b) tops_[b] = highest(b);
}

void Candidates::gather_groups() {
  choices_.clear();
  const bool indifferent = compiled_.tastes()[kind_->taste].indifferent;
  Index breed = nowhere;
  std::int64_t same = 0;  // of all of a breed: the score, liking apart
  for (const Frontier::Group& group : frontier_.groups()) {
    if (group.breed == breed && same == no_fit) continue;
    const Index like = frontier_.some_untouched(group);
    if (like == nowhere) continue;
    if (group.breed != breed) {
      breed = group.breed;
      same = scorer_.lasting(kind_->shape, kind_->taste, like);
      if (same == no_fit) continue;
      same -= scorer_.liking(kind_->taste, like);
    }
    const std::int64_t liking = indifferent ? 0 : scorer_.liking(kind_->taste, like);
    choices_.push_back({&group, same + liking, like, nowhere});
  }
}

void Candidates::add(Index node, std::int64_t score) {
  if (nodes_.size() % bunch == 0) tops_.push_back(score);
  tops_.back() = std::max(tops_.back(), score);
  nodes_.push_back(node);
  scores_.push_back(score);
}

std::int64_t Candidates::highest(std::size_t b) const {
  const std::size_t end = std::min(scores_.size(), (b + 1) * bunch);
  std::int64_t out = Bonuses::closed;
  for (std::size_t i = b * bunch; i < end; ++i) out = std::max(out, scores_[i]);
  return out;
}

void Candidates::set(std::size_t at, std::int64_t score) {
  scores_[at] = score;
  tops_[at / bunch] = highest(at / bunch);
}

std::size_t Candidates::find(Index node) {
  if (last_ < nodes_.size() && nodes_[last_] == node) return last_;
  return static_cast<std::size_t>(std::find(nodes_.begin(), nodes_.end(), node) - nodes_.begin());
}

// By who is counted, for that are few.
void Candidates::add_company_of_nodes() {
  const Tallies& tallies = scorer_.ledger().tallies();
  for (const Influence& influence : influences_) {
    if (tallies.total(influence.counter) == 0) continue;
    const auto* end = tallies.end(influence.counter);
    for (const auto* entry = tallies.begin(influence.counter); entry != end; ++entry) {
      const std::size_t at = find(node_of_[influence.level][entry->key]);
      if (at == nodes_.size()) continue;
      set(at, scores_[at] + influence.each * entry->count + influence.once);
    }
  }
}

std::int64_t Candidates::company_of(Index node) const {
  const Tallies& tallies = scorer_.ledger().tallies();
  std::int64_t out = 0;
  for (const Influence& influence : influences_) {
    const Index domain = compiled_.levels()[influence.level].domain_of[node];
    const std::uint32_t count = tallies.count(influence.counter, domain);
    if (count > 0) out += influence.each * count + influence.once;
  }
  return out;
}

std::int64_t Candidates::lasting_of(Index node) const {
  const std::int32_t lasting = scorer_.lasting(kind_->shape, kind_->taste, node);
  return lasting == no_fit ? Bonuses::closed : lasting;
}

std::int64_t Candidates::score_of(Index node) const {
  if (frontier_.untouched(node) || !let_in_->has(node)) return Bonuses::closed;
  const std::int64_t lasting = lasting_of(node);
  return lasting == Bonuses::closed ? lasting : lasting + company_of(node);
}

void Candidates::changed(Index node) {
  if (job_ == nowhere) return;
  for (Choice& choice : choices_) choice.head = nowhere;
  if (frontier_.untouched(node)) return drop();  // its group may have had no untouched node before
  const std::int64_t score = score_of(node);
  const std::size_t at = find(node);
  if (at < nodes_.size()) {
    set(at, score);
  } else if (score > out_of_reach) {
    add(node, score);
  }
}

bool Candidates::wins(std::int64_t score, Index node) const {
  if (score != best_.score) return score > best_.score;
  return best_.node == nowhere || compiled_.rank(node) < compiled_.rank(best_.node);
}

void Candidates::consider(Index node, std::int64_t score) {
  if (!wins(score, node)) return;
  if (!exact_) {
    score = scorer_.lasting(kind_->shape, kind_->taste, node) + scorer_.company(job_, node);
    if (!wins(score, node) || !company_admits(scorer_.ledger(), job_, node)) return;
  }
  best_ = {node, score};
}

// Those with the highest scores first: they mostly settle the others.
void Candidates::consider_open() {
  if (tops_.empty()) return;
  const auto first =
      static_cast<std::size_t>(std::max_element(tops_.begin(), tops_.end()) - tops_.begin());
  const std::size_t end = std::min(scores_.size(), (first + 1) * bunch);
  for (std::size_t i = first * bunch; i < end; ++i) {
    if (scores_[i] == tops_[first]) consider_open(i);
  }
  const std::int64_t most = bonuses_.most() + allowance_;
  for (std::size_t b = 0; b < tops_.size(); ++b) {
    if (tops_[b] + most < best_.score) continue;
    const std::size_t last = std::min(scores_.size(), (b + 1) * bunch);
    for (std::size_t i = b * bunch; i < last; ++i) {
      if (scores_[i] + most >= best_.score) consider_open(i);
    }
  }
}

void Candidates::consider_open(std::size_t at) {
  const Index node = nodes_[at];
  consider(node, scores_[at] + bonuses_.at(node) + allowance_);
  if (best_.node == node) last_ = at;
}

void Candidates::consider_groups() {
  for (Choice& choice : choices_) {
    const std::int64_t bound = choice.lasting + bonuses_.at(choice.like) + allowance_;
    if (bound < best_.score) continue;
    if (choice.head == nowhere) {
      choice.head = frontier_.next_untouched(*choice.group, kind_->gate);
    }
    Index node = choice.head;
    while (node != nowhere && wins(bound, node)) {
      consider(node, bound);
      // Those behind it have the same bound, and come later by name.
      if (best_.node == node && best_.score == bound) break;
      node = frontier_.next_untouched(*choice.group, kind_->gate, node);
    }
  }
}

}  // namespace paas::placement
