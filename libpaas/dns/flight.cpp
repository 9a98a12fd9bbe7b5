#include "libpaas/dns/flight.hpp"

#include <algorithm>

#include "libpaas/dns/message.hpp"
#include "libpaas/dns/name.hpp"

namespace paas::dns {
namespace {

constexpr std::size_t most_attempts = 6;

std::uint16_t id_from(std::uint64_t chance, std::size_t attempt) {
  std::uint64_t mix = chance + 0x9E3779B97F4A7C15u * (attempt + 1);  // splitmix64
  mix = (mix ^ mix >> 30) * 0xBF58476D1CE4E5B9u;
  mix = (mix ^ mix >> 27) * 0x94D049BB133111EBu;
  return static_cast<std::uint16_t>(mix >> 40);
}

// What a server says of itself and not of the name: another may know better.
bool is_own_failure(Rcode rcode) {
  return rcode == Rcode::server_failure || rcode == Rcode::refused ||
         rcode == Rcode::not_implemented || rcode == Rcode::format_error;
}

void append_opt(Bytes& to, bool dnssec_ok) {
  to.push_back(0);
  append16(to, type::opt);
  append16(to, most_udp_bytes);
  append16(to, 0);
  append16(to, dnssec_ok ? 0x8000 : 0);
  append16(to, 0);
}

}  // namespace

Flight::Flight(const Query& query, bool asker_has_tcp, std::size_t limit, std::uint64_t chance)
    : id_(query.id),
      flags_(query.flags),
      question_(query.question().begin(), query.question().end()),
      edns_(query.edns),
      dnssec_ok_(query.dnssec_ok),
      wants_more_(asker_has_tcp || limit > least_udp_bytes),
      limit_(limit),
      chance_(chance) {}

Step Flight::begin(Upstreams& upstreams, std::int64_t now_ms, const FlightTimes& times) {
  times_ = times;
  begun_ms_ = now_ms;
  return ask_next(upstreams, now_ms);
}

Step Flight::on_message(std::size_t attempt, View message, Upstreams& upstreams,
                        std::int64_t now_ms) {
  Attempt& asked = attempts_[attempt];
  if (!asked.open) return {};
  if (!answers_us(asked, message)) {
    ++mismatches_;
    return {};
  }
  const auto flags = load16(&message[2]);
  const Rcode rcode{static_cast<std::uint16_t>(flags & flag::rcode)};
  asked.open = false;
  const bool sound = message.size() > header_bytes && decode(message).has_value();
  if (!sound) {
    upstreams.silent(asked.server, now_ms);
    return any_open() ? Step{} : ask_next(upstreams, now_ms);
  }
  upstreams.answered(asked.server);
  if ((flags & flag::truncated) != 0 && !asked.tcp) {
    kept_.assign(message.begin(), message.end());
    if (!wants_more_ || attempts_.size() == most_attempts) return deliver_kept();
    const Endpoint server = asked.server;
    return ask(server, true, now_ms);
  }
  if (!is_own_failure(rcode)) return deliver({message.begin(), message.end()});
  if (kept_.empty()) kept_.assign(message.begin(), message.end());
  return ask_next(upstreams, now_ms);
}

Step Flight::on_failure(std::size_t attempt, Upstreams& upstreams, std::int64_t now_ms) {
  Attempt& asked = attempts_[attempt];
  if (!asked.open) return {};
  asked.open = false;
  // A server that answers over UDP is alive, whether it takes connections or not.
  if (!asked.tcp) upstreams.unreachable(asked.server, now_ms);
  return ask_next(upstreams, now_ms);
}

Step Flight::on_time(Upstreams& upstreams, std::int64_t now_ms) {
  if (now_ms < due_ms_) return {};
  const bool over = now_ms >= begun_ms_ + times_.give_up_ms;
  // The last is the one that has just become late. A slow name counts once against its server,
  // however often it is asked.
  if (!attempts_.empty() && attempts_.back().open && times_asked(attempts_.back().server) == 1) {
    upstreams.silent(attempts_.back().server, now_ms);
  }
  if (over) return deliver_kept();
  return ask_next(upstreams, now_ms);
}

Bytes Flight::question(std::size_t attempt) const {
  Bytes out;
  append16(out, attempts_[attempt].id);
  append16(out, static_cast<std::uint16_t>(flag::recursion_desired |
                                           (flags_ & (flag::checking_disabled | 0x0020u))));
  append16(out, 1);
  append16(out, 0);
  append16(out, 0);
  append16(out, edns_ ? 1 : 0);
  out.insert(out.end(), question_.begin(), question_.end());
  if (edns_) append_opt(out, dnssec_ok_);
  return out;
}

Step Flight::ask(const Endpoint& server, bool tcp, std::int64_t now_ms) {
  attempts_.push_back({server, id_from(chance_, attempts_.size()), tcp, true});
  due_ms_ = std::min(now_ms + times_.next_ms, begun_ms_ + times_.give_up_ms);
  return {Step::Kind::ask, attempts_.size() - 1};
}

Step Flight::ask_next(Upstreams& upstreams, std::int64_t now_ms) {
  std::vector<Endpoint> tried;
  for (const Attempt& attempt : attempts_) tried.push_back(attempt.server);
  const bool may = attempts_.size() < most_attempts;
  const auto server = may ? upstreams.choose(tried, now_ms) : std::nullopt;
  // A server that has said no to this question says so again.
  const bool again =
      server && !kept_.empty() && std::find(tried.begin(), tried.end(), *server) != tried.end();
  if (server && !again) return ask(*server, false, now_ms);
  if (!any_open()) return deliver_kept();
  due_ms_ = begun_ms_ + times_.give_up_ms;
  return {};
}

Step Flight::deliver(Bytes message) {
  store16(&message[0], id_);
  store16(&message[2], static_cast<std::uint16_t>(load16(&message[2]) | flag::recursion_available));
  std::copy(question_.begin(), question_.end(), message.begin() + header_bytes);
  if (message.size() > limit_) {
    message.resize(header_bytes + question_.size());
    store16(&message[2], static_cast<std::uint16_t>(load16(&message[2]) | flag::truncated));
    std::fill(message.begin() + 6, message.begin() + 12, std::uint8_t{0});
    if (edns_) {
      append_opt(message, dnssec_ok_);
      message[11] = 1;
    }
  }
  for (Attempt& attempt : attempts_) attempt.open = false;
  reply_ = std::move(message);
  return {Step::Kind::deliver, 0};
}

Step Flight::deliver_kept() {
  if (kept_.empty()) {
    append16(kept_, id_);
    append16(kept_,
             static_cast<std::uint16_t>(
                 flag::response | (flags_ & (flag::recursion_desired | flag::checking_disabled)) |
                 static_cast<std::uint16_t>(Rcode::server_failure)));
    append16(kept_, 1);
    append16(kept_, 0);
    append16(kept_, 0);
    append16(kept_, edns_ ? 1 : 0);
    kept_.insert(kept_.end(), question_.begin(), question_.end());
    if (edns_) append_opt(kept_, dnssec_ok_);
  }
  return deliver(std::move(kept_));
}

std::ptrdiff_t Flight::times_asked(const Endpoint& server) const {
  return std::count_if(attempts_.begin(), attempts_.end(),
                       [&](const Attempt& attempt) { return attempt.server == server; });
}

bool Flight::any_open() const {
  return std::any_of(attempts_.begin(), attempts_.end(),
                     [](const Attempt& attempt) { return attempt.open; });
}

bool Flight::answers_us(const Attempt& attempt, View message) const {
  if (message.size() < header_bytes || load16(&message[0]) != attempt.id) return false;
  const std::uint16_t flags = load16(&message[2]);
  if ((flags & flag::response) == 0 || (flags & flag::opcode) != 0) return false;
  // A server that cannot read a question may send its header back, and nothing else.
  if (message.size() == header_bytes) return (flags & flag::rcode) != 0;
  if (load16(&message[4]) != 1 || message.size() < header_bytes + question_.size()) return false;
  const View asked(question_);
  const View said = message.subspan(header_bytes, question_.size());
  const std::size_t name_bytes = question_.size() - 4;
  return same_name(asked.first(name_bytes), said.first(name_bytes)) &&
         std::equal(asked.end() - 4, asked.end(), said.end() - 4);
}

}  // namespace paas::dns
