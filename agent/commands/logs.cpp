#include "agent/commands/logs.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <thread>

#include "agent/colour.hpp"
#include "agent/commands/complaint.hpp"
#include "agent/commands/node_engine.hpp"
#include "agent/interrupts.hpp"
#include "agent/node_folder.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/base/moment.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"

namespace paas::agent::commands {
namespace {

const Usage& logs_usage() {
  static const Usage usage = {
      "logs [flags] APP[/REPLICA] | JOB",
      "Shows what an app's containers have said, each line behind the name of its replica where "
      "there are\nseveral; of a job the last run.",
      "0 done, 1 there is no such container, or the engine cannot be reached, 2 the command line "
      "is "
      "wrong",
      {{"--follow", "", "go on with what is said from now on, also by containers that come later"},
       {"-f", "", "the same"},
       {"--tail", "N", "the last lines of each container only"},
       {"--since", "WHEN", "10m, or a moment like 2026-11-21T18:00:00Z"},
       {"--timestamps", "", "with the time before each line"},
       {"--json", "", "each line as a JSON object: app, replica, container, stream, line"},
       data_dir_flag,
       runtime_flag,
       help_flag},
      "APP is web, or shop/web where several projects have one."};
  return usage;
}

// Where lines of several containers meet.
class LogLines {
 public:
  LogLines(const Invocation& invocation, bool prefixed, bool as_json)
      : invocation_(invocation), colour_(invocation), prefixed_(prefixed), as_json_(as_json) {}

  void add(const OwnContainer& from, model::Stream stream, std::string_view bytes) {
    const std::lock_guard lock(mutex_);
    if (!prefixed_ && !as_json_) {
      out_of(stream) << bytes << std::flush;
      return;
    }
    std::string& rest = rests_[{from.summary.id, stream}];
    rest += bytes;
    std::size_t begin = 0;
    for (std::size_t end; (end = rest.find('\n', begin)) != rest.npos; begin = end + 1) {
      line(from, stream, rest.substr(begin, end - begin));
    }
    rest.erase(0, begin);
    if (rest.size() > longest_line) line(from, stream, std::exchange(rest, {}));
  }
  // What it said last without a newline.
  void end(const OwnContainer& from) {
    const std::lock_guard lock(mutex_);
    for (const model::Stream stream : {model::Stream::out, model::Stream::err}) {
      const auto rest = rests_.find({from.summary.id, stream});
      if (rest == rests_.end()) continue;
      if (!rest->second.empty()) line(from, stream, rest->second);
      rests_.erase(rest);
    }
  }
  void complain_of(const OwnContainer& from, const Error& error) {
    const std::lock_guard lock(mutex_);
    complain(invocation_.err, "read the log of " + from.summary.name, error);
  }

 private:
  static constexpr std::size_t longest_line = std::size_t{64} << 10;

  std::ostream& out_of(model::Stream stream) const {
    return stream == model::Stream::out ? invocation_.out : invocation_.err;
  }
  void line(const OwnContainer& from, model::Stream stream, const std::string& text) {
    if (as_json_) {
      invocation_.out << print_json(
                             Json::Object{{"app", from.project + "/" + from.name},
                                          {"replica", from.replica},
                                          {"container", from.summary.name},
                                          {"stream", stream == model::Stream::out ? "out" : "err"},
                                          {"line", to_utf8(text)}})
                      << "\n"
                      << std::flush;
      return;
    }
    const auto number = static_cast<std::size_t>(from.replica);
    out_of(stream) << colour_.of_many(from.label() + " |", number) << " " << text << "\n"
                   << std::flush;
  }

  const Invocation& invocation_;
  Colour colour_;
  bool prefixed_;
  bool as_json_;
  std::mutex mutex_;
  std::map<std::pair<std::string, model::Stream>, std::string> rests_;
};

// Each container that is meant has a thread that reads its log; those that come later get one, too,
// and one that was started again gets another.
class Followers {
 public:
  Followers(ContainerRuntime& runtime, LogLines& lines, model::LogOptions options,
            const std::stop_token& stop)
      : runtime_(runtime), lines_(lines), options_(options), stops_(stop, Stops{ending_}) {}
  ~Followers() { ending_.request_stop(); }
  Followers(const Followers&) = delete;
  Followers& operator=(const Followers&) = delete;

  void start(const OwnContainer& container) {
    model::LogOptions options = options_;
    {
      const std::lock_guard lock(mutex_);
      const auto before = last_.find(container.summary.id);
      if (before != last_.end()) {
        if (!before->second->over) return;
        options.tail.reset();
        options.since = before->second->ended;
      }
      last_[container.summary.id] = &all_.emplace_back();
    }
    Reading& one = all_.back();
    one.thread = std::jthread([this, &one, container, options] { read(one, container, options); });
  }
  // Until one has ended, or it is time to look for others.
  void wait(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, std::chrono::seconds{1}, [&] {
      const std::size_t now = count_over();
      return std::exchange(ended_, now) != now;
    });
  }
  bool any_left() {
    const std::lock_guard lock(mutex_);
    return count_over() < all_.size();
  }
  bool any_failed() const { return failed_; }

 private:
  struct Reading {
    bool over = false;
    model::Moment ended{};
    std::jthread thread{};
  };
  struct Stops {
    std::stop_source source;
    void operator()() const { std::stop_source(source).request_stop(); }
  };

  void read(Reading& one, const OwnContainer& container, const model::LogOptions& options) {
    const auto outcome = runtime_.sessions().logs(
        container.summary.id, options,
        [&](model::Stream stream, std::string_view bytes) { lines_.add(container, stream, bytes); },
        ending_.get_token());
    lines_.end(container);
    const bool gone = !outcome && (outcome.error().code == Errc::cancelled ||
                                   outcome.error().code == Errc::not_found);
    if (!outcome && !gone) {
      lines_.complain_of(container, outcome.error());
      failed_ = true;
    }
    const std::lock_guard lock(mutex_);
    one.over = true;
    one.ended = std::chrono::system_clock::now();
    changed_.notify_all();
  }
  std::size_t count_over() const {
    return static_cast<std::size_t>(
        std::count_if(all_.begin(), all_.end(), [](const Reading& one) { return one.over; }));
  }

  ContainerRuntime& runtime_;
  LogLines& lines_;
  model::LogOptions options_;
  std::stop_source ending_;
  std::stop_callback<Stops> stops_;
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::size_t ended_ = 0;
  std::map<std::string, Reading*> last_;  // by id
  std::list<Reading> all_;
};

bool is_job(const Result<node::Status>& status, const OwnContainer& one) {
  return status && std::any_of(status->jobs.begin(), status->jobs.end(), [&](const auto& job) {
           return job.project == one.project && job.job == one.name;
         });
}

Result<std::vector<OwnContainer>> wanted_logs(ContainerRuntime& runtime, std::string_view owner,
                                              const Result<node::Status>& status,
                                              const Target& target, std::stop_token stop) {
  auto found = TRY(meant(TRY(own_containers(runtime, owner, std::move(stop))), target));
  if (!is_job(status, found.front())) return found;
  // Names of runs hold their slot and attempt, so that the last is the newest.
  return std::vector{*std::max_element(
      found.begin(), found.end(),
      [](const auto& a, const auto& b) { return a.summary.name < b.summary.name; })};
}

std::optional<model::Moment> since_of(const std::string& text, model::Moment now) {
  if (const auto moment = parse_moment(text)) return moment;
  if (const auto duration = parse_duration(text)) return now - *duration;
  return {};
}

int follow_logs(const Invocation& invocation, Followers& followers, bool of_job,
                const std::function<Result<std::vector<OwnContainer>>()>& look,
                const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    followers.wait(stop);
    if (stop.stop_requested()) break;
    const bool was_left = followers.any_left();
    const auto found = look();
    if (stop.stop_requested()) break;
    if (!found && found.error().code != Errc::not_found) {
      complain(invocation.err, "look for containers", found.error());
      return failed;
    }
    for (const OwnContainer& one : found.value_or(std::vector<OwnContainer>())) {
      if (one.summary.status == model::ContainerStatus::running) followers.start(one);
    }
    // An app's containers may be started again; a job's run is over when it is.
    if (!was_left && !followers.any_left() && (of_job || !found)) break;
  }
  return followers.any_failed() ? failed : done;
}

}  // namespace

int show_logs(const Invocation& invocation, ContainerRuntime& runtime, std::string_view owner,
              const Result<node::Status>& status, const LogsWish& wish, std::stop_token stop) {
  const auto look = [&] { return wanted_logs(runtime, owner, status, wish.target, stop); };
  const auto found = look();
  if (!found) {
    complain(invocation.err, "show the log", found.error());
    return failed;
  }
  const bool of_job = is_job(status, found->front());
  const bool may_be_many = wish.options.follow && !wish.target.replica && !of_job;
  LogLines lines(invocation, found->size() > 1 || may_be_many, wish.as_json);
  if (!wish.options.follow) {
    for (const OwnContainer& one : *found) {
      const auto read = runtime.sessions().logs(
          one.summary.id, wish.options,
          [&](model::Stream stream, std::string_view bytes) { lines.add(one, stream, bytes); },
          stop);
      lines.end(one);
      if (read) continue;
      if (stop.stop_requested()) return failed;
      complain(invocation.err, "read the log of " + one.summary.name, read.error());
      return failed;
    }
    return done;
  }
  Followers followers(runtime, lines, wish.options, stop);
  for (const OwnContainer& one : *found) followers.start(one);
  return follow_logs(invocation, followers, of_job, look, stop);
}

int logs(const Invocation& invocation) {
  const auto arguments = understood(invocation, logs_usage(), {1, 1});
  if (!arguments) return arguments.error();
  LogsWish wish;
  wish.as_json = arguments->has("--json");
  wish.options.follow = arguments->has("--follow") || arguments->has("-f");
  wish.options.timestamps = arguments->has("--timestamps");
  if (const auto tail = arguments->value("--tail")) {
    wish.options.tail = parse_integer<int>(*tail);
    if (wish.options.tail.value_or(-1) < 0) {
      return misuse(invocation, logs_usage(), "--tail: must be a whole number, at least 0");
    }
  }
  if (const auto since = arguments->value("--since")) {
    wish.options.since = since_of(*since, std::chrono::system_clock::now());
    if (!wish.options.since) {
      return misuse(invocation, logs_usage(), "--since: must be like 10m or 2026-11-21T18:00:00Z");
    }
  }
  const auto target = parse_target(arguments->words()[0]);
  if (!target) return misuse(invocation, logs_usage(), target.error().message);
  wish.target = *target;
  const Interrupts interrupts;
  const auto node = node_engine(invocation, *arguments, interrupts.token());
  if (!node) return node.error();
  const int code = show_logs(invocation, *node->runtime, node->owner,
                             NodeFolder(*arguments).status(), wish, interrupts.token());
  return interrupts.exit_code() != 0 ? interrupts.exit_code() : code;
}

}  // namespace paas::agent::commands
