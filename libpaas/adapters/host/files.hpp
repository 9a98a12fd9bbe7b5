#pragma once
// Descriptors and small files, for the adapters of this folder.

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "libpaas/base/result.hpp"

namespace paas::host {

class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();
  int get() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

// Readable from the moment on that somebody asked to stop.
class StopSignal {
 public:
  explicit StopSignal(const std::stop_token& stop);
  int get() const { return event_.get(); }

 private:
  struct Raise {
    int event;
    void operator()() const;
  };
  Descriptor event_;
  std::stop_callback<Raise> callback_;
};

// What an error number of the system means: `not_found`, `denied`, `unavailable` (the disk is full
// or gone), `internal`.
tl::unexpected<Error> failure(std::string_view doing, const std::string& path, int number);

// The whole of a regular file. Errors: as failure(); `invalid` (longer than that, no regular file).
Result<std::string> read_regular(const std::string& path, std::size_t most_bytes);

// All of it, and synced: 0, or what went wrong.
int write_synced(int file, std::string_view bytes);

}  // namespace paas::host
