#pragma once
// One call of the protocol as its handler sees it: bytes in, bytes out. No gRPC, no protobuf.
//
//   network ── server.cpp ──▶ Method::run(Exchange&) ── rpc_*.cpp ──▶ tf::Provider

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"

namespace paas::plugin {

// A call that has arrived. Used by one thread at a time.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // The caller's message; of several, the first.
  virtual std::string_view request() const = 0;
  // Sends a message. Blocks until the transport has taken it; false: nobody listens any more.
  // A method that does not stream sends exactly one.
  virtual bool send(std::string message) = 0;
  // Fires when the caller has given up, or wants everything stopped.
  virtual std::stop_token stopped() const = 0;
};

// A row of the table of calls we answer.
struct Method {
  std::string path;              // "/tfplugin6.Provider/ReadResource"
  bool streams_answers = false;  // any number of messages, each sent as it is made
  bool reads_all = false;        // the caller streams too: all is read, the first message kept
  bool at_once = false;          // runs on the thread that serves the network: must not wait
  // An error here is a broken caller, never a user's mistake (those are diagnostics).
  std::function<Result<void>(Exchange&)> run;
};

// The calls in flight, so that they can be stopped and waited for. Thread-safe.
class Calls {
 public:
  // `call` stays until end(). It may be stopped from any thread meanwhile.
  void begin(std::stop_source& call);
  void end(std::stop_source& call);
  // Asks every call that is in flight now to stop; later ones are untouched.
  void stop_all();
  // True as soon as none is in flight, false if that does not come about within `patience`.
  bool wait_idle(std::chrono::milliseconds patience);

 private:
  std::mutex mutex_;
  std::condition_variable idle_;
  std::set<std::stop_source*> in_flight_;
};

}  // namespace paas::plugin
