#include "libpaas/adapters/dns/watch.hpp"

#include <malloc.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "libpaas/adapters/dns/feed_file.hpp"
#include "libpaas/base/text.hpp"

namespace paas::dns {
namespace {

// Some files change without an event (bind mounts, network file systems): these are found by
// looking.
constexpr int look_again_ms = 5000;
constexpr std::size_t most_resolv_conf_bytes = std::size_t{64} << 10;

void signal_event(const Descriptor& event) {
  const std::uint64_t one = 1;
  if (::write(event.get(), &one, sizeof one) < 0) return;  // it is readable already
}

std::string folder_of_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

std::string real_path(const std::string& path) {
  char* const found = ::realpath(path.c_str(), nullptr);
  std::string out = found == nullptr ? path : found;
  std::free(found);
  return out;
}

}  // namespace

Watch::Watch(WatchedFiles files, Log& log)
    : files_(std::move(files)),
      log_(log),
      inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)),
      stop_signal_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      news_signal_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  watch_folders();
  look();
  thread_ = std::jthread([this] { run(); });
}

Watch::~Watch() {
  signal_event(stop_signal_);
}

News Watch::take() {
  std::uint64_t count = 0;
  if (::read(news_signal_.get(), &count, sizeof count) < 0) count = 0;
  const std::lock_guard lock(mutex_);
  return std::exchange(news_, {});
}

FeedState Watch::feed_state() {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::optional<Watch::Sight> Watch::sight_of(const std::string& path) {
  struct stat about{};
  if (path.empty() || ::stat(path.c_str(), &about) != 0) return {};
  return Sight{about.st_dev, about.st_ino, static_cast<std::uint64_t>(about.st_size),
               std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec};
}

void Watch::run() {
  while (true) {
    std::array<pollfd, 2> waiting{{{inotify_.get(), POLLIN, 0}, {stop_signal_.get(), POLLIN, 0}}};
    ::poll(waiting.data(), waiting.size(), look_again_ms);
    if (waiting[1].revents != 0) return;
    alignas(inotify_event) std::array<char, 4096> events;
    while (::read(inotify_.get(), events.data(), events.size()) > 0) {
    }
    watch_folders();
    look();
  }
}

// A name may be a link: the folder of what it leads to is watched as well. Adding one twice is
// harmless, and one that came back after it was removed has to be added again.
void Watch::watch_folders() {
  constexpr std::uint32_t kinds = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE;
  for (const std::string& path : {files_.feed, files_.resolv_conf, files_.resolved_conf}) {
    if (path.empty() || (files_.resolv_conf.empty() && path == files_.resolved_conf)) continue;
    for (const std::string& name : {path, real_path(path)}) {
      ::inotify_add_watch(inotify_.get(), folder_of_path(name).c_str(), kinds);
    }
  }
}

void Watch::look() {
  look_at_feed();
  if (!files_.resolv_conf.empty()) look_at_resolvers();
}

void Watch::look_at_feed() {
  const auto sight = sight_of(files_.feed);
  if (feed_sight_ && *feed_sight_ == sight) return;
  feed_sight_ = sight;
  auto text = read_small_file(files_.feed, most_feed_bytes);
  if (!text) return refuse_feed(describe(text.error()));
  auto feed = parse_feed(*text);
  text->clear();
  text->shrink_to_fit();
  if (!feed) return refuse_feed(describe(feed.error()));
  auto zone = Zone::compile(*feed);
  if (!zone) return refuse_feed(describe(zone.error()));
  auto shared = std::make_shared<const Zone>(*std::move(zone));
  log_.info("serving", {{"generation", std::to_string(shared->generation())},
                        {"names", std::to_string(shared->names())}});
  feed_complaint_.clear();
  {
    const std::lock_guard lock(mutex_);
    news_.zone = std::move(shared);
    news_.listen = std::move(feed->listen);
    state_.good = true;
    ++state_.taken;
  }
  signal_event(news_signal_);
  *feed = {};
  ::malloc_trim(0);  // a parsed feed is many times the size of its zone
}

void Watch::refuse_feed(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    state_.good = false;
    ++state_.refused;
  }
  say_once(feed_complaint_, "the feed is not taken, the last good one stays: " + why);
}

void Watch::look_at_resolvers() {
  const std::pair sight(sight_of(files_.resolv_conf), sight_of(files_.resolved_conf));
  if (resolv_sight_ && *resolv_sight_ == sight) return;
  resolv_sight_ = sight;
  auto found = resolvers();
  if (!found) return;
  if (told_upstreams_ && *told_upstreams_ == *found) return;
  told_upstreams_ = found;
  {
    const std::lock_guard lock(mutex_);
    news_.upstreams = std::move(found);
  }
  signal_event(news_signal_);
}

std::optional<std::vector<Endpoint>> Watch::resolvers() {
  auto text = read_small_file(files_.resolv_conf, most_resolv_conf_bytes);
  if (!text) {
    say_once(resolv_complaint_, "the last known resolvers stay: " + describe(text.error()));
    return {};
  }
  ResolvConf conf = parse_resolv_conf(*text);
  if (is_resolved_stub(conf)) {
    text = read_small_file(files_.resolved_conf, most_resolv_conf_bytes);
    if (!text) {
      say_once(resolv_complaint_, "the last known resolvers stay: " + describe(text.error()));
      return {};
    }
    conf = parse_resolv_conf(*text);
  }
  if (!conf.ignored.empty()) {
    say_once(resolv_complaint_, "not understood in resolv.conf: " + join(conf.ignored, ", "));
  } else {
    resolv_complaint_.clear();
  }
  return std::move(conf.servers);
}

void Watch::say_once(std::string& last, const std::string& what) {
  if (std::exchange(last, what) != what) log_.warn(what);
}

}  // namespace paas::dns
