#pragma once
// Watch: the thread that reads the feed and resolv.conf whenever they change, so that whoever
// answers never waits for a file or a parser.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "libpaas/adapters/dns/socket.hpp"
#include "libpaas/base/log.hpp"
#include "libpaas/dns/upstreams.hpp"
#include "libpaas/dns/zone.hpp"

namespace paas::dns {

struct WatchedFiles {
  std::string feed;
  std::string resolv_conf;  // empty: not followed
  std::string resolved_conf{resolved_file};
};

// What there is to know since the last time; what is empty has not changed.
struct News {
  std::shared_ptr<const Zone> zone;
  std::vector<Endpoint> listen;  // with `zone`
  std::optional<std::vector<Endpoint>> upstreams;
};

struct FeedState {
  bool good = false;  // the file as it was last seen is what was told
  std::uint64_t taken = 0;
  std::uint64_t refused = 0;
};

class Watch {
 public:
  // Reads both once before it returns, so that the first news is there at once. What is missing or
  // wrong is told to the log, once for each reason, and changes nothing.
  Watch(WatchedFiles files, Log& log);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Readable when there is news.
  const Descriptor& signal() const { return news_signal_; }
  News take();
  FeedState feed_state();

 private:
  // What tells one state of a file from another.
  struct Sight {
    std::uint64_t device = 0, inode = 0, bytes = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const Sight&) const = default;
  };

  static std::optional<Sight> sight_of(const std::string& path);
  void run();
  void look();
  void look_at_feed();
  void look_at_resolvers();
  std::optional<std::vector<Endpoint>> resolvers();
  void refuse_feed(const std::string& why);
  void say_once(std::string& last, const std::string& what);
  void watch_folders();

  WatchedFiles files_;
  Log& log_;
  Descriptor inotify_;
  Descriptor stop_signal_;
  Descriptor news_signal_;
  std::optional<std::optional<Sight>> feed_sight_;
  std::optional<std::pair<std::optional<Sight>, std::optional<Sight>>> resolv_sight_;
  std::optional<std::vector<Endpoint>> told_upstreams_;
  std::string feed_complaint_;
  std::string resolv_complaint_;
  std::mutex mutex_;
  News news_;        // guarded by mutex_
  FeedState state_;  // guarded by mutex_
  std::jthread thread_;
};

}  // namespace paas::dns
