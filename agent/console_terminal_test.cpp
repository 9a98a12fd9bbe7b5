// A terminal that is given over to a program in a container, on a pair of pseudo-terminals.

#include "agent/console_terminal.hpp"

#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <thread>

namespace console_terminal_test {

using namespace paas;

struct Pair {
  int keyboard = -1;  // the person's side
  int own = -1;
  Pair() {
    const winsize size{30, 100, 0, 0};
    REQUIRE(openpty(&keyboard, &own, nullptr, nullptr, &size) == 0);
  }
  ~Pair() {
    close(keyboard);
    close(own);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
  bool is_raw() const {
    termios now{};
    REQUIRE(tcgetattr(own, &now) == 0);
    return (now.c_lflag & (ICANON | ECHO | ISIG)) == 0;
  }
};

TEST_CASE("terminal: every key goes through, and all is as it was in the end") {
  const Pair pair;
  CHECK(!pair.is_raw());
  {
    const auto terminal = agent::take_terminal(pair.own, pair.own);
    REQUIRE(terminal);
    CHECK(pair.is_raw());
    REQUIRE(write(pair.keyboard, "a\x03\x04", 3) == 3);
    std::string typed;
    while (typed.size() < 3) typed += (*terminal)->read({});
    CHECK(typed == "a\x03\x04");
    (*terminal)->write("shown");
    std::string shown(5, ' ');
    REQUIRE(read(pair.keyboard, shown.data(), shown.size()) == 5);
    CHECK(shown == "shown");
    CHECK((*terminal)->size() == model::TerminalSize{30, 100});
    const winsize wider{40, 120, 0, 0};
    REQUIRE(ioctl(pair.keyboard, TIOCSWINSZ, &wider) == 0);
    CHECK((*terminal)->size() == model::TerminalSize{40, 120});
  }
  CHECK(!pair.is_raw());
}

TEST_CASE("terminal: who waits for keys can be asked to stop") {
  const Pair pair;
  const auto terminal = agent::take_terminal(pair.own, pair.own);
  REQUIRE(terminal);
  std::stop_source stop;
  std::jthread other([&] { stop.request_stop(); });
  CHECK((*terminal)->read(stop.get_token()).empty());
}

TEST_CASE("terminal: a pipe is none") {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  CHECK(agent::take_terminal(ends[0], ends[1]).error().code == Errc::invalid);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace console_terminal_test
