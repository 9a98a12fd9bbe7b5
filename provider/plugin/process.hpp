#pragma once
// The process around the server: how it ends, and that no socket stays behind.

#include <optional>
#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"

namespace paas::plugin {

// Why the process is to end.
enum class Ending {
  asked,       // the host said Shutdown
  terminated,  // SIGTERM; under -debug SIGINT too
  orphaned,    // the host is no more
};

// Waits for the reason to end. Made before any thread is: it blocks signals for those as well.
class Lifetime {
 public:
  // Served to a host, SIGINT is ignored (Ctrl-C reaches the host too, which then asks us to stop)
  // and the death of the parent noticed; under -debug neither. SIGPIPE is ignored.
  // Errors: `internal`.
  static Result<Lifetime> begin(bool debug);
  Lifetime(Lifetime&& other) noexcept;
  Lifetime& operator=(Lifetime&&) = delete;
  ~Lifetime();

  // The host has asked. Callable from any thread, never blocks.
  void ask() const;
  // Blocks until there is a reason.
  Ending wait() const;

 private:
  Lifetime() = default;

  int asked_ = -1;    // eventfd
  int signals_ = -1;  // signalfd
  int parent_ = -1;   // pidfd; -1: not watched, or by parent_pid_ where the kernel has none
  int parent_pid_ = 0;
};

// The path of our socket, and the promise to remove it: when this goes, and when the process
// crashes or aborts (then with a word on stderr, which Terraform shows to its user). One at a time.
class SocketPath {
 public:
  // A name nobody else has. `program` names us in the message. Errors: `internal`.
  static Result<SocketPath> choose(const std::string& folder, std::string_view program);
  SocketPath(SocketPath&& other) noexcept;
  SocketPath& operator=(SocketPath&&) = delete;
  ~SocketPath();

  const std::string& text() const { return path_; }

 private:
  explicit SocketPath(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty: somebody else's
};

}  // namespace paas::plugin
