#pragma once
// Reporter: tells the counters to whoever connects to a unix socket, as an HTTP/1.0 answer, so that
// `curl --unix-socket PATH http://dns/metrics` and any scraper read it. Whatever is asked, the
// answer is the same.

#include <functional>
#include <string>

#include "libpaas/adapters/dns/poller.hpp"
#include "libpaas/adapters/dns/slab.hpp"

namespace paas::dns {

class Reporter {
 public:
  // `text`: what to tell now.
  Reporter(Poller& poller, Descriptor listener, std::function<std::string()> text);

  void on_listener();
  void on_event(const Poller::Event& event);
  void on_tick(std::int64_t now_ms);
  std::size_t open() const { return readers_.held(); }

 private:
  struct Reader {
    Descriptor socket;
    std::int64_t due_ms = 0;
  };

  Poller& poller_;
  Descriptor listener_;
  std::function<std::string()> text_;
  Slab<Reader> readers_;
};

}  // namespace paas::dns
