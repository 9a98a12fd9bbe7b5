#pragma once
// Slab: things under numbers that are used again; a serial number tells the old from the new.

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace paas::dns {

template <class T>
class Slab {
 public:
  struct Id {
    std::uint32_t index = 0;
    std::uint16_t serial = 0;
    bool operator==(const Id&) const = default;
  };

  Id put(std::unique_ptr<T> thing) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(places_.size()));
      places_.emplace_back();
    }
    const std::uint32_t index = free_.back();
    free_.pop_back();
    places_[index].thing = std::move(thing);
    ++held_;
    return {index, places_[index].serial};
  }

  // Null if it is gone.
  T* find(Id id) {
    if (id.index >= places_.size() || places_[id.index].serial != id.serial) return nullptr;
    return places_[id.index].thing.get();
  }

  // What was taken out; null if it is gone already.
  std::unique_ptr<T> take(Id id) {
    if (find(id) == nullptr) return nullptr;
    Place& place = places_[id.index];
    ++place.serial;
    free_.push_back(id.index);
    --held_;
    return std::move(place.thing);
  }

  std::size_t held() const { return held_; }
  std::vector<Id> ids() const {
    std::vector<Id> out;
    for (std::uint32_t i = 0; i < places_.size(); ++i) {
      if (places_[i].thing != nullptr) out.push_back({i, places_[i].serial});
    }
    return out;
  }

 private:
  struct Place {
    std::unique_ptr<T> thing;
    std::uint16_t serial = 0;
  };
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_;
  std::size_t held_ = 0;
};

}  // namespace paas::dns
