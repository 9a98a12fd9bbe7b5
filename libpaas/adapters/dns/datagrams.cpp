#include "libpaas/adapters/dns/datagrams.hpp"

#include <poll.h>

#include <cerrno>

namespace paas::dns {
namespace {

// How long an answer waits for the system to take others before it.
constexpr int room_ms = 50;

}  // namespace

Datagrams::Datagrams(Counters& counters, DatagramQuestions& questions)
    : counters_(counters), questions_(questions), slots_(std::make_unique<Slots>()) {
  Slots& slots = *slots_;
  for (std::size_t i = 0; i < batch; ++i) {
    slots.in_parts[i] = {slots.questions[i].data(), slots.questions[i].size()};
    slots.in[i] = {};
    slots.in[i].msg_hdr.msg_name = slots.from[i].get();
    slots.in[i].msg_hdr.msg_iov = &slots.in_parts[i];
    slots.in[i].msg_hdr.msg_iovlen = 1;
    slots.out[i] = {};
    slots.out[i].msg_hdr.msg_iov = &slots.out_parts[i];
    slots.out[i].msg_hdr.msg_iovlen = 1;
  }
}

bool Datagrams::on_readable(const Descriptor& socket, std::uint32_t index) {
  Slots& slots = *slots_;
  for (mmsghdr& message : slots.in) message.msg_hdr.msg_namelen = sizeof(sockaddr_in6);
  const int got = ::recvmmsg(socket.get(), slots.in.data(), batch, MSG_DONTWAIT, nullptr);
  std::size_t answers = 0;
  for (std::size_t i = 0; got > 0 && i < static_cast<std::size_t>(got); ++i) {
    const mmsghdr& message = slots.in[i];
    if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0) {
      ++counters_.dropped_malformed;
      continue;
    }
    slots.from[i].length = message.msg_hdr.msg_namelen;
    const std::size_t bytes =
        questions_.on_datagram(View(slots.questions[i]).first(message.msg_len), slots.from[i],
                               index, slots.answers[answers]);
    if (bytes == 0) continue;
    slots.out_parts[answers] = {slots.answers[answers].data(), bytes};
    slots.out[answers].msg_hdr.msg_name = slots.from[i].get();
    slots.out[answers].msg_hdr.msg_namelen = slots.from[i].length;
    ++answers;
  }
  send_all(socket, answers);
  return got == static_cast<int>(batch);
}

void Datagrams::send_all(const Descriptor& socket, std::size_t count) {
  std::size_t sent = 0;
  bool waited = false;
  while (sent < count) {
    const int took = ::sendmmsg(socket.get(), slots_->out.data() + sent,
                                static_cast<unsigned>(count - sent), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (took > 0) {
      sent += static_cast<std::size_t>(took);
      waited = false;
      continue;
    }
    if (errno == EINTR) continue;
    if ((errno == EAGAIN || errno == ENOBUFS) && !std::exchange(waited, true)) {
      pollfd room{socket.get(), POLLOUT, 0};
      ::poll(&room, 1, room_ms);
      continue;
    }
    ++counters_.unsent;  // this one cannot be sent; the others may
    ++sent;
    waited = false;
  }
}

void Datagrams::send(const Descriptor& socket, const SocketAddress& to, View answer) {
  const ssize_t took = ::sendto(socket.get(), answer.data(), answer.size(),
                                MSG_DONTWAIT | MSG_NOSIGNAL, to.get(), to.length);
  if (took < 0) ++counters_.unsent;
}

}  // namespace paas::dns
