#pragma once
// UpgradedSocket: a connection to an engine on which HTTP has ended, and bytes go both ways.
// Internal to this folder. libcurl hands no connection over after an upgrade.

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"

namespace paas::engine {

class UpgradedSocket {
 public:
  // Sends a POST with this JSON and the wish to upgrade. Errors: those of the engine's answer;
  // `unavailable`, `denied`, `cancelled`.
  static Result<UpgradedSocket> open(const std::string& socket, const std::string& path,
                                     const std::string& json, std::stop_token stop);

  UpgradedSocket(UpgradedSocket&& other) noexcept;
  UpgradedSocket& operator=(UpgradedSocket&&) = delete;
  ~UpgradedSocket();

  // Waits a moment for bytes; none if there were none. Errors: `not_found` at the end of the
  // stream, which is how a session ends; `unavailable`.
  Result<std::string> read();
  // Thread-safe beside read(). Errors: `unavailable`, `cancelled`.
  Result<void> write(std::string_view bytes, std::stop_token stop);

 private:
  explicit UpgradedSocket(int fd) : fd_(fd) {}
  Result<void> shake_hands(std::stop_token stop);

  int fd_;
  std::string early_{};  // came with the answer's head
};

}  // namespace paas::engine
