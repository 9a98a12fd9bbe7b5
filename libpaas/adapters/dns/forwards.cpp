#include "libpaas/adapters/dns/forwards.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "libpaas/dns/name.hpp"

namespace paas::dns {
namespace {

constexpr Quota::Limits flight_limits = {.of_one = 128, .of_all = 1024};

View view_of_text(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

Forwards::Forwards(Poller& poller, Counters& counters, Random& random, Log& log,
                   Deliveries& deliveries)
    : poller_(poller),
      counters_(counters),
      random_(random),
      log_(log),
      deliveries_(deliveries),
      quota_(flight_limits),
      buffer_(most_message_bytes) {}

void Forwards::use(const std::vector<Endpoint>& servers) {
  upstreams_.use(servers);
  probes_.clear();
  for (const Endpoint& server : servers) probe(server);
}

void Forwards::probe(const Endpoint& server) {
  probes_.push_back({probe_name(random_.next()), server});
  Bytes question;
  const View name = view_of_text(probes_.back().name);
  question.assign(name.begin(), name.end());
  append16(question, type::txt);
  append16(question, class_in);
  Query query;
  query.name = View(question).first(name.size());
  Flight flight(query, false, most_udp_bytes, random_.next());
  auto journey = std::make_unique<Journey>(Journey{std::move(flight), {}, {}});
  journey->probed.use({server});
  launch(std::move(journey));
}

bool Forwards::is_own_question(const Query& query) {
  for (const Probe& probe : probes_) {
    if (!same_name(query.name, view_of_text(probe.name))) continue;
    upstreams_.looping(probe.server);
    log_.warn("a resolver asks us what we ask it, and is not used",
              {{"resolver", to_text(probe.server)}});
    return true;
  }
  return false;
}

Upstreams& Forwards::servers_of(Journey& journey) {
  return journey.client ? upstreams_ : journey.probed;
}

void Forwards::start(const Query& query, const Client& client, std::size_t limit) {
  const Ip source = ip_of(client.address);
  const bool loops = is_own_question(query);
  if (loops || !quota_.take(source)) {
    ++(loops ? counters_.forward_loops : counters_.forward_refusals);
    std::array<std::uint8_t, least_udp_bytes> answer{};
    const std::size_t bytes = empty_answer(query, Rcode::server_failure, 0, answer);
    deliveries_.deliver(client, View(answer).first(bytes));
    return;
  }
  ++counters_.forwarded;
  Flight flight(query, client.transport == Transport::tcp, limit, random_.next());
  launch(std::make_unique<Journey>(Journey{std::move(flight), client, source}));
}

void Forwards::launch(std::unique_ptr<Journey> journey) {
  Journey& started = *journey;
  const Id id = flights_.put(std::move(journey));
  follow(id, started, started.flight.begin(servers_of(started), monotonic_ms()));
}

void Forwards::follow(Id id, Journey& journey, Step step) {
  while (step.kind == Step::Kind::ask) {
    journey.lines.resize(step.attempt + 1);
    if (send(id, journey, step.attempt)) return;
    step = journey.flight.on_failure(step.attempt, servers_of(journey), monotonic_ms());
  }
  if (step.kind == Step::Kind::deliver) finish(id);
}

Result<void> Forwards::send(Id id, Journey& journey, std::size_t attempt) {
  const Flight::Attempt& asked = journey.flight.attempts()[attempt];
  Line& line = journey.lines[attempt];
  const Token token{Owner::flight, static_cast<std::uint8_t>(attempt), id.serial, id.index};
  const Bytes question = journey.flight.question(attempt);
  if (asked.tcp) {
    line.socket = TRY(connect_to(asked.server, SocketKind::tcp));
    append16(line.out, static_cast<std::uint16_t>(question.size()));
    line.out.insert(line.out.end(), question.begin(), question.end());
    poller_.add(line.socket, EPOLLIN | EPOLLOUT, token);
    return {};
  }
  line.socket = TRY(connect_to(asked.server, SocketKind::udp));
  if (::send(line.socket.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) {
    return fail(Errc::unavailable, "unable to ask " + to_text(asked.server));
  }
  poller_.add(line.socket, EPOLLIN, token);
  return {};
}

void Forwards::on_event(const Poller::Event& event) {
  const Id id{event.token.index, event.token.serial};
  Journey* journey = flights_.find(id);
  const std::size_t attempt = event.token.part;
  if (journey == nullptr || attempt >= journey->lines.size()) return;
  if (!journey->lines[attempt].socket) return;
  if (journey->flight.attempts()[attempt].tcp) {
    on_stream(id, *journey, attempt, event.events);
  } else {
    on_datagram(id, *journey, attempt);
  }
}

void Forwards::on_datagram(Id id, Journey& journey, std::size_t attempt) {
  const int socket = journey.lines[attempt].socket.get();
  const ssize_t got = ::recv(socket, buffer_.data(), buffer_.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  Upstreams& servers = servers_of(journey);
  if (got < 0) {
    journey.lines[attempt].socket.close();
    follow(id, journey, journey.flight.on_failure(attempt, servers, monotonic_ms()));
    return;
  }
  const View message = View(buffer_).first(static_cast<std::size_t>(got));
  follow(id, journey, journey.flight.on_message(attempt, message, servers, monotonic_ms()));
}

void Forwards::on_stream(Id id, Journey& journey, std::size_t attempt, std::uint32_t events) {
  Line& line = journey.lines[attempt];
  bool good = (events & EPOLLERR) == 0;
  bool whole = false;
  if (good && (events & EPOLLOUT) != 0) {
    good = write_stream(line);
    if (good && line.written == line.out.size()) {
      const Token token{Owner::flight, static_cast<std::uint8_t>(attempt), id.serial, id.index};
      poller_.change(line.socket, EPOLLIN, token);
    }
  }
  if (good && (events & (EPOLLIN | EPOLLHUP)) != 0) good = read_stream(line, whole);
  if (good && !whole) return;
  const Bytes in = std::move(line.in);
  line.socket.close();
  Upstreams& servers = servers_of(journey);
  if (whole) {
    const View message = View(in).subspan(2);
    follow(id, journey, journey.flight.on_message(attempt, message, servers, monotonic_ms()));
    // What was no answer to the question ends the attempt: nothing more comes by this connection.
    if (flights_.find(id) != &journey || !journey.flight.attempts()[attempt].open) return;
  }
  follow(id, journey, journey.flight.on_failure(attempt, servers, monotonic_ms()));
}

bool Forwards::write_stream(Line& line) {
  while (line.written < line.out.size()) {
    const ssize_t wrote = ::send(line.socket.get(), line.out.data() + line.written,
                                 line.out.size() - line.written, MSG_NOSIGNAL);
    if (wrote < 0) return errno == EAGAIN || errno == EINTR;
    line.written += static_cast<std::size_t>(wrote);
  }
  return true;
}

bool Forwards::read_stream(Line& line, bool& whole) {
  const ssize_t got = ::recv(line.socket.get(), buffer_.data(), buffer_.size(), 0);
  if (got == 0) return false;
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  line.in.insert(line.in.end(), buffer_.begin(), buffer_.begin() + got);
  if (line.in.size() < 2) return true;
  const std::size_t wanted = 2u + load16(line.in.data());
  if (line.in.size() > wanted) return false;
  whole = line.in.size() == wanted;
  return true;
}

void Forwards::finish(Id id) {
  const auto journey = flights_.take(id);
  counters_.forward_mismatches += static_cast<std::uint64_t>(journey->flight.mismatches());
  if (!journey->client) return;
  quota_.give_back(journey->source);
  if (journey->flight.rcode() == Rcode::server_failure) ++counters_.forward_failures;
  deliveries_.deliver(*journey->client, journey->flight.reply());
}

void Forwards::on_tick(std::int64_t now_ms) {
  for (const Id id : flights_.ids()) {
    Journey* journey = flights_.find(id);
    if (journey == nullptr || journey->flight.due_ms() > now_ms) continue;
    follow(id, *journey, journey->flight.on_time(servers_of(*journey), now_ms));
  }
}

}  // namespace paas::dns
