#include "libpaas/adapters/dns/server.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "libpaas/adapters/dns/datagrams.hpp"
#include "libpaas/adapters/dns/forwards.hpp"
#include "libpaas/adapters/dns/reporter.hpp"
#include "libpaas/adapters/dns/watch.hpp"
#include "libpaas/dns/answer.hpp"

namespace paas::dns {
namespace {

constexpr int tick_ms = 50;
constexpr int retry_ms = 1000;  // an address that could not be listened on

// One address, by both transports.
struct Listener {
  Endpoint wanted;
  Descriptor udp;
  Descriptor tcp;
  std::uint16_t serial = 0;  // its place may be another's before an answer is there
};

class EpollServer final : public Server,
                          private Questions,
                          private DatagramQuestions,
                          private Deliveries {
 public:
  EpollServer(ServerOptions options, Random& random, Log& log)
      : options_(std::move(options)),
        log_(log),
        zone_(std::make_shared<const Zone>()),
        rotor_(random.next()),
        datagrams_(counters_, *this),
        connections_(poller_, counters_, *this, options_.times),
        forwards_(poller_, counters_, random, log, *this),
        answer_(most_message_bytes) {}

  Result<void> open() {
    for (const Endpoint& endpoint : options_.listen) TRY(listen(endpoint));
    if (!options_.metrics.empty()) {
      reporter_.emplace(poller_, TRY(listen_on_path(options_.metrics)),
                        [this] { return metrics_text(counters_, gauges()); });
    }
    if (!options_.upstreams.empty()) upstreams_ = options_.upstreams;
    use_upstreams();
    const bool follows = options_.upstreams.empty();
    watch_.emplace(WatchedFiles{options_.feed, follows ? options_.resolv_conf : ""}, log_);
    poller_.add(watch_->signal(), EPOLLIN, {Owner::watch, 0, 0, 0});
    take_news();
    return {};
  }

  std::vector<Endpoint> listening() const override {
    std::vector<Endpoint> out;
    for (const auto& listener : listeners_) {
      if (listener != nullptr) out.push_back(local_endpoint(listener->udp));
    }
    return out;
  }

  void run(int stop_descriptor) override {
    poller_.add(stop_descriptor, EPOLLIN, {Owner::stop, 0, 0, 0});
    notify_supervisor(options_.notify_socket, "READY=1\nSTATUS=" + status());
    std::int64_t ticked_ms = monotonic_ms();
    bool stopping = false;
    while (!stopping) {
      for (const Poller::Event& event : poller_.wait(patience_ms())) {
        stopping = stopping || event.token.owner == Owner::stop;
        dispatch(event);
      }
      const std::int64_t now_ms = monotonic_ms();
      if (now_ms - ticked_ms < tick_ms) continue;
      ticked_ms = now_ms;
      tick(now_ms);
    }
    notify_supervisor(options_.notify_socket, "STOPPING=1");
    for (std::uint32_t i = 0; i < listeners_.size(); ++i) drain(i);
  }

 private:
  int patience_ms() const {
    const bool busy = connections_.open() > 0 || forwards_.under_way() > 0 ||
                      (reporter_ && reporter_->open() > 0);
    if (busy) return tick_ms;
    return missing_.empty() ? -1 : retry_ms;
  }

  void dispatch(const Poller::Event& event) {
    const std::uint32_t index = event.token.index;
    switch (event.token.owner) {
      case Owner::stop:
        return;
      case Owner::watch:
        return take_news();
      case Owner::udp:
        if (listeners_[index] != nullptr) datagrams_.on_readable(listeners_[index]->udp, index);
        return;
      case Owner::tcp:
        if (listeners_[index] != nullptr) connections_.on_listener(listeners_[index]->tcp);
        return;
      case Owner::connection:
        return connections_.on_event(event);
      case Owner::flight:
        return forwards_.on_event(event);
      case Owner::metrics:
        return reporter_->on_listener();
      case Owner::reader:
        return reporter_->on_event(event);
    }
  }

  void tick(std::int64_t now_ms) {
    forwards_.on_tick(now_ms);
    connections_.on_tick(now_ms);
    if (reporter_) reporter_->on_tick(now_ms);
    if (missing_.empty() || now_ms < retry_at_ms_) return;
    retry_at_ms_ = now_ms + retry_ms;
    listen_to_missing();
  }

  // --- What is known.

  void take_news() {
    News news = watch_->take();
    if (news.zone) {
      zone_ = std::move(news.zone);
      listen_to(news.listen);
      notify_supervisor(options_.notify_socket, "STATUS=" + status());
    }
    if (news.upstreams) {
      upstreams_ = std::move(news.upstreams);
      use_upstreams();
    }
  }

  std::string status() const {
    return "generation " + std::to_string(zone_->generation()) + ", " +
           std::to_string(zone_->names()) + " names";
  }

  void use_upstreams() {
    if (!upstreams_) return;  // not known yet
    const auto servers = without_loops(*upstreams_, listening());
    if (told_ && servers == *told_) return;
    told_ = servers;
    if (servers.empty()) {
      log_.warn("no resolver to forward to: names that are not ours get SERVFAIL");
    }
    for (const Endpoint& server : servers) {
      log_.info("forwarding", {{"resolver", to_text(server)}});
    }
    forwards_.use(servers);
  }

  Gauges gauges() {
    const FeedState feed = watch_->feed_state();
    Gauges out;
    out.generation = zone_->generation();
    out.names = zone_->names();
    out.feed_good = feed.good;
    out.feeds_taken = feed.taken;
    out.feeds_refused = feed.refused;
    out.flights = forwards_.under_way();
    out.connections = connections_.open();
    out.upstreams = forwards_.upstreams().all().size();
    out.upstreams_alive = forwards_.upstreams().alive(monotonic_ms());
    return out;
  }

  // --- Where it listens.

  Result<void> listen(const Endpoint& endpoint) {
    auto made = std::make_unique<Listener>();
    made->wanted = endpoint;
    made->serial = ++listener_serial_;
    // Where the port is free to choose, the one that UDP gets may be taken for TCP.
    for (int attempts = endpoint.port == 0 ? 20 : 1; !made->tcp; --attempts) {
      made->udp = TRY(listen_on(endpoint, SocketKind::udp));
      Endpoint same = endpoint;
      same.port = local_endpoint(made->udp).port;
      auto tcp = listen_on(same, SocketKind::tcp);
      if (tcp)
        made->tcp = *std::move(tcp);
      else if (attempts == 1)
        return tl::unexpected<Error>(std::move(tcp).error());
    }
    auto place = std::find(listeners_.begin(), listeners_.end(), nullptr);
    if (place == listeners_.end()) place = listeners_.insert(place, nullptr);
    const auto index = static_cast<std::uint32_t>(place - listeners_.begin());
    poller_.add(made->udp, EPOLLIN, {Owner::udp, 0, 0, index});
    poller_.add(made->tcp, EPOLLIN, {Owner::tcp, 0, 0, index});
    log_.info("listening", {{"address", to_text(local_endpoint(made->udp))}});
    *place = std::move(made);
    return {};
  }

  // Opens and closes so that the feed's addresses are listened on; those of the options stay.
  void listen_to(const std::vector<Endpoint>& wanted) {
    std::set<Endpoint> all(wanted.begin(), wanted.end());
    all.insert(options_.listen.begin(), options_.listen.end());
    for (std::uint32_t i = 0; i < listeners_.size(); ++i) {
      if (listeners_[i] == nullptr || all.erase(listeners_[i]->wanted) > 0) continue;
      drain(i);
      listeners_[i].reset();
    }
    missing_ = std::move(all);
    listen_to_missing();
    use_upstreams();
  }

  void listen_to_missing() {
    std::erase_if(missing_, [&](const Endpoint& endpoint) {
      const auto done = listen(endpoint);
      if (!done && complaints_.insert(endpoint).second) log_.warn(describe(done.error()));
      if (done) complaints_.erase(endpoint);
      return done.has_value();
    });
  }

  void drain(std::uint32_t index) {
    for (int i = 0; i < 1000 && listeners_[index] != nullptr; ++i) {
      if (!datagrams_.on_readable(listeners_[index]->udp, index)) return;
    }
  }

  // --- What is asked.

  bool may_ask(const Ip& source) override { return zone_->asker(source).has_value(); }

  std::size_t on_datagram(View message, const SocketAddress& from, std::uint32_t index,
                          Buffer out) override {
    ++counters_.udp_queries;
    const Reply reply = answer(*zone_, message, ip_of(from), Transport::udp, rotor_, out);
    if (reply.kind == Reply::Kind::answered) {
      counters_.count_answer(out);
      return reply.bytes;
    }
    if (reply.kind == Reply::Kind::forward) {
      forwards_.start(reply.query, {Transport::udp, from, index, listeners_[index]->serial},
                      reply.query.udp_limit());
    } else {
      count_drop(from);
    }
    return 0;
  }

  void on_question(View message, const SocketAddress& from, std::uint32_t index,
                   std::uint16_t serial) override {
    const Reply reply = answer(*zone_, message, ip_of(from), Transport::tcp, rotor_, answer_);
    if (reply.kind == Reply::Kind::answered) {
      counters_.count_answer(answer_);
      connections_.answer(index, serial, View(answer_).first(reply.bytes));
    } else if (reply.kind == Reply::Kind::forward) {
      connections_.owe(index, serial);
      forwards_.start(reply.query, {Transport::tcp, from, index, serial}, most_message_bytes);
    } else {
      count_drop(from);
    }
  }

  void count_drop(const SocketAddress& from) {
    const bool known = may_ask(ip_of(from));
    ++(known ? counters_.dropped_malformed : counters_.dropped_source);
  }

  void deliver(const Client& client, View message) override {
    counters_.count_answer(message);
    if (client.transport == Transport::tcp) {
      connections_.pay(client.index, client.serial, message);
      return;
    }
    const auto& listener = listeners_[client.index];
    if (listener != nullptr && listener->serial == client.serial) {
      datagrams_.send(listener->udp, client.address, message);
    }
  }

  ServerOptions options_;
  Log& log_;
  Poller poller_;
  Counters counters_;
  std::shared_ptr<const Zone> zone_;
  Rotor rotor_;
  Datagrams datagrams_;
  Connections connections_;
  Forwards forwards_;
  Bytes answer_;
  std::optional<Reporter> reporter_;
  std::optional<Watch> watch_;
  std::optional<std::vector<Endpoint>> upstreams_;
  std::optional<std::vector<Endpoint>> told_;
  std::vector<std::unique_ptr<Listener>> listeners_;  // null: a place that is free
  std::uint16_t listener_serial_ = 0;
  std::set<Endpoint> missing_;  // wanted, and not to be had so far
  std::set<Endpoint> complaints_;
  std::int64_t retry_at_ms_ = 0;
};

}  // namespace

Result<std::unique_ptr<Server>> make_server(ServerOptions options, Random& random, Log& log) {
  auto server = std::make_unique<EpollServer>(std::move(options), random, log);
  TRY(server->open());
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace paas::dns
