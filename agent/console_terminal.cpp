#include "agent/console_terminal.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace paas::agent {
namespace {

class ConsoleTerminal final : public Terminal {
 public:
  ConsoleTerminal(int input, int output, const termios& before, int wake)
      : input_(input), output_(output), before_(before), wake_(wake) {
    termios raw = before;
    cfmakeraw(&raw);
    tcsetattr(input_, TCSADRAIN, &raw);
  }
  ~ConsoleTerminal() override {
    tcsetattr(input_, TCSADRAIN, &before_);
    close(wake_);
  }
  ConsoleTerminal(const ConsoleTerminal&) = delete;
  ConsoleTerminal& operator=(const ConsoleTerminal&) = delete;

  std::string read(std::stop_token stop) override {
    const std::stop_callback wakes(stop, [this] {
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto put = ::write(wake_, &one, sizeof one);
    });
    while (!stop.stop_requested()) {
      std::array<pollfd, 2> both{{{input_, POLLIN, 0}, {wake_, POLLIN, 0}}};
      if (poll(both.data(), both.size(), -1) < 0 && errno != EINTR) return {};
      if (both[0].revents == 0) continue;
      std::array<char, 4096> part{};
      const auto got = ::read(input_, part.data(), part.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      return got <= 0 ? std::string() : std::string(part.data(), static_cast<std::size_t>(got));
    }
    return {};
  }

  void write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto put = ::write(output_, bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0 && errno == EAGAIN) {
        pollfd ready{output_, POLLOUT, 0};
        poll(&ready, 1, 1000);
        continue;
      }
      if (put < 0) return;  // it is gone; the program is told by the end of its input
      bytes.remove_prefix(static_cast<std::size_t>(put));
    }
  }

  model::TerminalSize size() override {
    winsize now{};
    if (ioctl(output_, TIOCGWINSZ, &now) != 0 || now.ws_row == 0 || now.ws_col == 0) return {};
    return {now.ws_row, now.ws_col};
  }

 private:
  int input_;
  int output_;
  termios before_;
  int wake_;
};

}  // namespace

Result<std::unique_ptr<Terminal>> take_terminal(int input, int output) {
  termios before{};
  if (tcgetattr(input, &before) != 0 || isatty(output) == 0) {
    return fail(Errc::invalid, "standard input and output are no terminal");
  }
  const int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0) return fail(Errc::internal, "no more files can be opened");
  return std::make_unique<ConsoleTerminal>(input, output, before, wake);
}

}  // namespace paas::agent
