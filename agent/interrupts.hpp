#pragma once
// SIGINT, SIGTERM and SIGHUP as a stop token, so that what was begun is ended in order.

#include <memory>
#include <stop_token>

namespace paas::agent {

// While one is there those signals do not end the process, but ask to stop. Make it before other
// threads are started. A second signal of that kind ends the process as usual.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  std::stop_token token() const { return source_.get_token(); }
  // 128 and the number of the signal that came; 0: none.
  int exit_code() const;

 private:
  struct Watch;
  std::stop_source source_;
  std::unique_ptr<Watch> watch_;
};

}  // namespace paas::agent
