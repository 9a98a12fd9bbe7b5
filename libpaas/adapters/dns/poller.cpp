#include "libpaas/adapters/dns/poller.hpp"

#include <ctime>

namespace paas::dns {
namespace {

std::uint64_t packed(Token token) {
  return std::uint64_t{static_cast<std::uint8_t>(token.owner)} << 56 |
         std::uint64_t{token.part} << 48 | std::uint64_t{token.serial} << 32 | token.index;
}

Token unpacked(std::uint64_t bits) {
  return {Owner{static_cast<std::uint8_t>(bits >> 56)}, static_cast<std::uint8_t>(bits >> 48),
          static_cast<std::uint16_t>(bits >> 32), static_cast<std::uint32_t>(bits)};
}

}  // namespace

Poller::Poller() : epoll_(::epoll_create1(EPOLL_CLOEXEC)), events_{} {}

void Poller::add(const Descriptor& descriptor, std::uint32_t events, Token token) {
  add(descriptor.get(), events, token);
}

void Poller::add(int descriptor, std::uint32_t events, Token token) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = packed(token);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event);
}

void Poller::change(const Descriptor& descriptor, std::uint32_t events, Token token) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = packed(token);
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, descriptor.get(), &event);
}

void Poller::forget(const Descriptor& descriptor) {
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor.get(), nullptr);
}

std::span<const Poller::Event> Poller::wait(int timeout_ms) {
  std::array<epoll_event, 64> raw;
  static_assert(raw.size() == std::tuple_size_v<decltype(events_)>);
  const int count =
      ::epoll_wait(epoll_.get(), raw.data(), static_cast<int>(raw.size()), timeout_ms);
  std::size_t found = 0;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = raw[static_cast<std::size_t>(i)];
    events_[found++] = {unpacked(event.data.u64), event.events};
  }
  return std::span(events_).first(found);
}

std::int64_t monotonic_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace paas::dns
