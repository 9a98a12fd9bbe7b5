#pragma once
// FlatMap<V>: a map from text, kept as one sorted vector.
//
// What std::map offers of it, for objects of a few dozen members that are made once and read often:
// one allocation instead of one a member, and look-ups in neighbouring memory. Members that come in
// order, as Terraform sends them, are appended; others are moved to their place. Adding or erasing
// a member moves the others: references and iterators do not outlive it.

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace paas::tf {

template <class V>
class FlatMap {
 public:
  using key_type = std::string;
  using mapped_type = V;
  using value_type = std::pair<std::string, V>;
  using iterator = typename std::vector<value_type>::iterator;
  using const_iterator = typename std::vector<value_type>::const_iterator;

  FlatMap() = default;
  // Of members of equal name, the first counts.
  FlatMap(std::initializer_list<value_type> members) {
    reserve(members.size());
    for (const value_type& member : members) emplace(member.first, member.second);
  }

  template <class From>
  FlatMap(From first, From last) {
    for (; first != last; ++first) emplace(first->first, first->second);
  }

  iterator begin() { return members_.begin(); }
  iterator end() { return members_.end(); }
  const_iterator begin() const { return members_.begin(); }
  const_iterator end() const { return members_.end(); }
  std::size_t size() const { return members_.size(); }
  bool empty() const { return members_.empty(); }
  void reserve(std::size_t size) { members_.reserve(size); }

  iterator find(std::string_view key) { return found(place(members_, key), key); }
  const_iterator find(std::string_view key) const {
    const auto at = place(members_, key);
    return at != end() && at->first == key ? at : end();
  }
  bool contains(std::string_view key) const { return find(key) != end(); }
  // Throws std::out_of_range where there is none, which is a bug of the caller.
  V& at(std::string_view key) { return existing(find(key), end()); }
  const V& at(std::string_view key) const { return existing(find(key), end()); }
  V& operator[](std::string_view key) { return try_emplace(std::string(key)).first->second; }

  // Adds a member; one of that name that is there already stays, and the flag is false.
  template <class... Args>
  std::pair<iterator, bool> try_emplace(std::string key, Args&&... args) {
    const auto at =
        members_.empty() || members_.back().first < key ? members_.end() : place(members_, key);
    if (at != members_.end() && at->first == key) return {at, false};
    return {members_.emplace(at, std::piecewise_construct, std::forward_as_tuple(std::move(key)),
                             std::forward_as_tuple(std::forward<Args>(args)...)),
            true};
  }
  template <class Value>
  std::pair<iterator, bool> emplace(std::string key, Value&& value) {
    return try_emplace(std::move(key), std::forward<Value>(value));
  }
  template <class Value>
  std::pair<iterator, bool> insert_or_assign(std::string key, Value&& value) {
    const auto at = find(key);
    if (at == end()) return try_emplace(std::move(key), std::forward<Value>(value));
    at->second = std::forward<Value>(value);
    return {at, false};
  }
  // Adds the members of `other` whose names are not there yet.
  void merge(FlatMap other) {
    for (value_type& member : other.members_)
      try_emplace(std::move(member.first), std::move(member.second));
  }
  std::size_t erase(std::string_view key) {
    const auto at = find(key);
    if (at == end()) return 0;
    members_.erase(at);
    return 1;
  }
  iterator erase(const_iterator at) { return members_.erase(at); }

  bool operator==(const FlatMap& other) const { return members_ == other.members_; }

 private:
  template <class Members>
  static auto place(Members& members, std::string_view key) {
    return std::lower_bound(
        members.begin(), members.end(), key,
        [](const value_type& member, std::string_view sought) { return member.first < sought; });
  }
  iterator found(iterator at, std::string_view key) {
    return at != end() && at->first == key ? at : end();
  }
  template <class At>
  static auto& existing(At at, At end) {
    if (at == end) throw std::out_of_range("no such member");
    return at->second;
  }

  std::vector<value_type> members_;
};

}  // namespace paas::tf
