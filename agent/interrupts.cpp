#include "agent/interrupts.hpp"

#include <pthread.h>
#include <signal.h>

#include <atomic>
#include <ctime>
#include <thread>

namespace paas::agent {
namespace {

sigset_t interrupting() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
  return set;
}

}  // namespace

struct Interrupts::Watch {
  sigset_t before{};
  std::atomic<int> came{0};
  std::jthread thread{};
};

Interrupts::Interrupts() : watch_(std::make_unique<Watch>()) {
  const sigset_t set = interrupting();
  pthread_sigmask(SIG_BLOCK, &set, &watch_->before);
  watch_->thread = std::jthread([this, set](const std::stop_token& over) {
    while (!over.stop_requested()) {
      const timespec patience{0, 100'000'000};
      const int number = sigtimedwait(&set, nullptr, &patience);
      if (number <= 0) continue;
      if (watch_->came.exchange(number) != 0) {
        signal(number, SIG_DFL);
        pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
        raise(number);
      }
      source_.request_stop();
    }
  });
}

Interrupts::~Interrupts() {
  watch_->thread.request_stop();
  watch_->thread.join();
  pthread_sigmask(SIG_SETMASK, &watch_->before, nullptr);
}

int Interrupts::exit_code() const {
  const int number = watch_->came;
  return number == 0 ? 0 : 128 + number;
}

}  // namespace paas::agent
