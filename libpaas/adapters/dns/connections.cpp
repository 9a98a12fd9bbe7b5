#include "libpaas/adapters/dns/connections.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <optional>

namespace paas::dns {
namespace {

constexpr Quota::Limits connection_limits = {.of_one = 16, .of_all = 256};
constexpr std::size_t most_question_bytes = 4096;
// More than this unread, and no further question is looked at.
constexpr std::size_t most_unread_bytes = std::size_t{128} << 10;
constexpr std::size_t most_owed = 64;

}  // namespace

Connections::Connections(Poller& poller, Counters& counters, Questions& questions,
                         const ConnectionTimes& times)
    : poller_(poller),
      counters_(counters),
      questions_(questions),
      times_(times),
      quota_(connection_limits) {}

void Connections::on_listener(const Descriptor& listener) {
  for (int i = 0; i < 64 && take_one(listener); ++i) {
  }
}

// Whether there may be another.
bool Connections::take_one(const Descriptor& listener) {
  auto connection = std::make_unique<Connection>();
  connection->socket =
      Descriptor(::accept4(listener.get(), connection->peer.get(), &connection->peer.length,
                           SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!connection->socket) {
    const bool full = errno == EMFILE || errno == ENFILE;
    if (full) make_room();
    return errno == EINTR || errno == ECONNABORTED;
  }
  connection->source = ip_of(connection->peer);
  if (quota_.held() >= connection_limits.of_all) make_room();
  if (!questions_.may_ask(connection->source) || !quota_.take(connection->source)) {
    ++counters_.tcp_refusals;
    return true;
  }
  ++counters_.tcp_connections;
  const int on = 1;
  ::setsockopt(connection->socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  connection->due_ms = monotonic_ms() + times_.idle_ms;
  Connection& taken = *connection;
  const Id id = connections_.put(std::move(connection));
  poller_.add(taken.socket, EPOLLIN, {Owner::connection, 0, id.serial, id.index});
  return true;
}

// Closes the one that would be the first to go anyway.
void Connections::make_room() {
  std::optional<Id> first;
  for (const Id id : connections_.ids()) {
    if (!first || connections_.find(id)->due_ms < connections_.find(*first)->due_ms) first = id;
  }
  if (!first) return;
  ++counters_.tcp_expired;
  close(*first);
}

void Connections::on_event(const Poller::Event& event) {
  const Id id{event.token.index, event.token.serial};
  Connection* connection = connections_.find(id);
  if (connection == nullptr) return;
  bool good = (event.events & EPOLLERR) == 0;
  if (good && (event.events & EPOLLOUT) != 0) good = write_some(*connection);
  if (good && (event.events & (EPOLLIN | EPOLLHUP)) != 0) good = read_some(*connection);
  if (good) good = ask_all(id, *connection);
  if (connections_.find(id) != connection) return;
  if (!good) return close(id);
  settle(id, *connection);
}

bool Connections::read_some(Connection& connection) {
  std::array<std::uint8_t, most_question_bytes> piece;
  const ssize_t got = ::recv(connection.socket.get(), piece.data(), piece.size(), 0);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  if (got == 0) {
    if (connection.ended) return false;
    connection.ended = true;
    return true;
  }
  connection.in.insert(connection.in.end(), piece.begin(), piece.begin() + got);
  return true;
}

// Asks every question that is whole, as long as answers are taken. False: not worth going on.
bool Connections::ask_all(Id id, Connection& connection) {
  std::size_t at = 0;
  const std::size_t before = connection.in.size();
  connection.asking = true;
  while (connection.in.size() - at >= 2 && connection.owed < most_owed &&
         connection.out.size() - connection.written < most_unread_bytes) {
    const std::size_t bytes = load16(connection.in.data() + at);
    if (bytes > most_question_bytes) return false;
    if (connection.in.size() - at < 2 + bytes) break;
    ++counters_.tcp_queries;
    questions_.on_question(View(connection.in).subspan(at + 2, bytes), connection.peer, id.index,
                           id.serial);
    at += 2 + bytes;
  }
  connection.asking = false;
  connection.in.erase(connection.in.begin(),
                      connection.in.begin() + static_cast<std::ptrdiff_t>(at));
  const std::int64_t now_ms = monotonic_ms();
  if (connection.in.empty()) {
    connection.message_begun = false;
    if (at > 0 && connection.out.empty()) connection.due_ms = now_ms + times_.idle_ms;
  } else if (!connection.message_begun || (at > 0 && before > at)) {
    connection.message_begun = true;
    connection.due_ms = now_ms + times_.message_ms;
  }
  return true;
}

void Connections::owe(std::uint32_t index, std::uint16_t serial) {
  if (Connection* connection = connections_.find({index, serial})) ++connection->owed;
}

void Connections::answer(std::uint32_t index, std::uint16_t serial, View message) {
  if (Connection* connection = connections_.find({index, serial})) append(*connection, message);
}

void Connections::pay(std::uint32_t index, std::uint16_t serial, View message) {
  const Id id{index, serial};
  Connection* connection = connections_.find(id);
  if (connection == nullptr) return;
  --connection->owed;
  append(*connection, message);
  if (connection->asking) return;  // on_event() goes on from here
  if (!write_some(*connection) || !ask_all(id, *connection)) return close(id);
  settle(id, *connection);
}

void Connections::append(Connection& connection, View message) {
  if (connection.out.empty()) connection.due_ms = monotonic_ms() + times_.taking_ms;
  append16(connection.out, static_cast<std::uint16_t>(message.size()));
  connection.out.insert(connection.out.end(), message.begin(), message.end());
}

bool Connections::write_some(Connection& connection) {
  while (connection.written < connection.out.size()) {
    const ssize_t wrote =
        ::send(connection.socket.get(), connection.out.data() + connection.written,
               connection.out.size() - connection.written, MSG_NOSIGNAL);
    if (wrote < 0) return errno == EAGAIN || errno == EINTR;
    connection.written += static_cast<std::size_t>(wrote);
  }
  connection.out.clear();
  connection.written = 0;
  if (!connection.message_begun) connection.due_ms = monotonic_ms() + times_.idle_ms;
  return true;
}

// Writes what can be written, closes what is done, and waits for the right things.
void Connections::settle(Id id, Connection& connection) {
  if (!connection.out.empty() && !write_some(connection)) return close(id);
  if (connection.ended && connection.out.empty() && connection.owed == 0) return close(id);
  const bool listens = !connection.ended && connection.owed < most_owed &&
                       connection.out.size() - connection.written < most_unread_bytes;
  const auto events = static_cast<std::uint32_t>((listens ? EPOLLIN : 0u) |
                                                 (connection.out.empty() ? 0u : EPOLLOUT));
  if (events == connection.events) return;
  connection.events = events;
  poller_.change(connection.socket, events, {Owner::connection, 0, id.serial, id.index});
}

void Connections::on_tick(std::int64_t now_ms) {
  for (const Id id : connections_.ids()) {
    const Connection* connection = connections_.find(id);
    const bool only_waits_for_us =
        connection->owed > 0 && connection->out.empty() && !connection->message_begun;
    if (connection->due_ms > now_ms || only_waits_for_us) continue;
    ++counters_.tcp_expired;
    close(id);
  }
}

void Connections::close(Id id) {
  if (const auto connection = connections_.take(id)) quota_.give_back(connection->source);
}

}  // namespace paas::dns
