// The names service on loopback, inside the test.

#include "libpaas/adapters/dns/server.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "libpaas/adapters/dns/counters.hpp"
#include "libpaas/adapters/dns/feed_file.hpp"
#include "libpaas/adapters/dns/slab.hpp"
#include "libpaas/adapters/system_random.hpp"
#include "libpaas/dns/message.hpp"
#include "libpaas/dns/name.hpp"

namespace server_test {

using namespace paas;
using namespace paas::dns;

// A folder that goes with the test.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "paas-dns-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

Feed feed_of(std::uint64_t generation, const std::string& address) {
  Feed feed;
  feed.generation = generation;
  feed.clients = {parse_network("127.0.0.0/8").value()};
  feed.projects = {{"p", {}, {{"web", {}, {{"1", {parse_ip(address).value()}}}}}}};
  return feed;
}

Bytes question(const std::string& name, std::uint16_t id = 7) {
  Message out;
  out.id = id;
  out.flags = flag::recursion_desired;
  out.questions = {{name_from_text(name).value(), type::a, class_in}};
  return encode(out).value();
}

bool readable(const Descriptor& socket) {
  pollfd waiting{socket.get(), POLLIN, 0};
  return ::poll(&waiting, 1, 20'000) == 1;
}

// What comes next; nothing when the other side has closed, or never speaks.
Bytes hear(const Descriptor& socket) {
  Bytes out(most_message_bytes);
  if (!readable(socket)) return {};
  const ssize_t got = ::recv(socket.get(), out.data(), out.size(), 0);
  out.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return out;
}

void tell(const Descriptor& socket, const Bytes& bytes) {
  REQUIRE(::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(bytes.size()));
}

Bytes framed(const Bytes& message) {
  Bytes out;
  append16(out, static_cast<std::uint16_t>(message.size()));
  out.insert(out.end(), message.begin(), message.end());
  return out;
}

// A connection that is established.
Descriptor connected(const Endpoint& endpoint) {
  Descriptor out = connect_to(endpoint, SocketKind::tcp).value();
  pollfd waiting{out.get(), POLLOUT, 0};
  REQUIRE(::poll(&waiting, 1, 20'000) == 1);
  return out;
}

class Running {
 public:
  explicit Running(ServerOptions options)
      : random_(make_system_random()), stop_(::eventfd(0, EFD_CLOEXEC)) {
    options.listen = {parse_endpoint("127.0.0.1:0").value()};
    server_ = make_server(std::move(options), *random_, silent_log()).value();
    address = server_->listening().at(0);
    thread_ = std::thread([this] { server_->run(stop_.get()); });
  }
  ~Running() {
    const std::uint64_t one = 1;
    CHECK(::write(stop_.get(), &one, sizeof one) == sizeof one);
    thread_.join();
  }

  Message ask(const std::string& name) const {
    const Descriptor socket = connect_to(address, SocketKind::udp).value();
    tell(socket, question(name));
    return decode(hear(socket)).value();
  }

  Endpoint address;

 private:
  std::unique_ptr<Random> random_;
  Descriptor stop_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

ServerOptions options_in(const Folder& folder) {
  ServerOptions out;
  out.feed = folder / "feed";
  out.resolv_conf = folder / "resolv.conf";
  return out;
}

TEST_CASE("dns server: what is published is served, over UDP and TCP") {
  const Folder folder;
  const auto names = make_feed_file(folder / "feed");
  REQUIRE(names->publish(feed_of(1, "10.0.0.1")));
  const Running server(options_in(folder));
  CHECK(server.ask("web.p.internal").answers.at(0).data == Bytes{10, 0, 0, 1});
  const Descriptor tcp = connected(server.address);
  tell(tcp, framed(question("web.p.internal", 1)));
  const Bytes reply = hear(tcp);
  REQUIRE(reply.size() > 2);
  CHECK(decode(View(reply).subspan(2)).value().answers.at(0).data == Bytes{10, 0, 0, 1});
  REQUIRE(names->publish(feed_of(2, "10.0.0.2")));
  Bytes now;
  while (now != Bytes{10, 0, 0, 2}) now = server.ask("web.p.internal").answers.at(0).data;
  std::ofstream(folder / "feed") << "torn";
  CHECK(server.ask("web.p.internal").answers.size() == 1);
}

TEST_CASE("dns server: who is slow or idle on a connection is not waited for") {
  const Folder folder;
  REQUIRE(make_feed_file(folder / "feed")->publish(feed_of(1, "10.0.0.1")));
  ServerOptions options = options_in(folder);
  options.times = {.idle_ms = 100, .message_ms = 100, .taking_ms = 100};
  const Running server(options);
  const Descriptor idle = connected(server.address);
  const Descriptor half = connected(server.address);
  tell(half, {0, 30, 1, 2, 3});
  const Descriptor endless = connected(server.address);
  tell(endless, {0xFF, 0xFF});
  const Descriptor gone = connected(server.address);
  tell(gone, framed(question("web.p.internal")));
  CHECK(hear(gone).size() > 12);
  for (const Descriptor* one : {&idle, &half, &endless, &gone}) {
    CHECK(readable(*one));  // its end
    CHECK(hear(*one).empty());
  }
}

TEST_CASE("dns server: a connection that ends its side still gets its answers") {
  const Folder folder;
  REQUIRE(make_feed_file(folder / "feed")->publish(feed_of(1, "10.0.0.1")));
  const Running server(options_in(folder));
  const Descriptor tcp = connected(server.address);
  Bytes both = framed(question("web.p.internal", 1));
  const Bytes second = framed(question("gone.p.internal", 2));
  both.insert(both.end(), second.begin(), second.end());
  tell(tcp, both);
  ::shutdown(tcp.get(), SHUT_WR);
  Bytes all;
  for (Bytes piece = hear(tcp); !piece.empty(); piece = hear(tcp)) {
    all.insert(all.end(), piece.begin(), piece.end());
  }
  REQUIRE(all.size() > 2);
  const std::size_t first = load16(all.data());
  CHECK(decode(View(all).subspan(2, first)).value().id == 1);
  CHECK(decode(View(all).subspan(4 + first)).value().id == 2);
}

TEST_CASE("dns server: other names are asked of another server") {
  const Folder folder;
  REQUIRE(make_feed_file(folder / "feed")->publish(feed_of(1, "10.0.0.1")));
  const Descriptor other =
      listen_on(parse_endpoint("127.0.0.1:0").value(), SocketKind::udp).value();
  ServerOptions options = options_in(folder);
  options.upstreams = {local_endpoint(other)};
  const Running server(options);
  const Descriptor client = connect_to(server.address, SocketKind::udp).value();
  tell(client, question("example.org", 99));
  Message asked;
  SocketAddress from;
  while (asked.questions.empty() || asked.questions[0].type != type::a) {
    REQUIRE(readable(other));
    Bytes bytes(4096);
    from.length = sizeof from.storage;
    const ssize_t got =
        ::recvfrom(other.get(), bytes.data(), bytes.size(), 0, from.get(), &from.length);
    REQUIRE(got > 0);
    asked = decode(View(bytes).first(static_cast<std::size_t>(got))).value();
  }
  asked.flags |= flag::response;
  asked.answers = {{asked.questions[0].name, type::a, class_in, 60, {192, 0, 2, 1}}};
  const Bytes reply = encode(asked).value();
  REQUIRE(::sendto(other.get(), reply.data(), reply.size(), 0, from.get(), from.length) > 0);
  const Message answer = decode(hear(client)).value();
  CHECK(answer.id == 99);
  CHECK(answer.answers.at(0).data == Bytes{192, 0, 2, 1});
}

TEST_CASE("dns server: without another server it is SERVFAIL") {
  const Folder folder;
  REQUIRE(make_feed_file(folder / "feed")->publish(feed_of(1, "10.0.0.1")));
  const Running server(options_in(folder));
  CHECK((server.ask("example.org").flags & flag::rcode) == 2);
  const Descriptor tcp = connected(server.address);
  for (std::uint16_t id = 0; id < 5; ++id) {
    tell(tcp, framed(question("example.org", id)));
    const Bytes reply = hear(tcp);
    REQUIRE(reply.size() > 2);
    CHECK((decode(View(reply).subspan(2)).value().flags & flag::rcode) == 2);
  }
}

TEST_CASE("dns server: an address that is taken, a path that is none") {
  const Folder folder;
  const auto random = make_system_random();
  const Descriptor taken =
      listen_on(parse_endpoint("127.0.0.1:0").value(), SocketKind::udp).value();
  ServerOptions options = options_in(folder);
  options.listen = {local_endpoint(taken)};
  const auto failed_server = make_server(options, *random, silent_log());
  REQUIRE(!failed_server);
  CHECK(failed_server.error().code == Errc::conflict);
  CHECK(!listen_on_path(folder / std::string(200, 'x')));
  CHECK(!listen_on_path(folder / "none/socket"));
}

TEST_CASE("dns feed file: a feed that cannot be written leaves what was there") {
  const Folder folder;
  REQUIRE(make_feed_file(folder / "feed")->publish(feed_of(1, "10.0.0.1")));
  const std::string before = read_small_file(folder / "feed", most_feed_bytes).value();
  CHECK(parse_feed(before).value() == feed_of(1, "10.0.0.1"));
  std::filesystem::create_directory(folder / "feed.part");
  CHECK(!make_feed_file(folder / "feed")->publish(feed_of(2, "10.0.0.2")));
  CHECK(read_small_file(folder / "feed", most_feed_bytes).value() == before);
  CHECK(read_small_file(folder / "none", 9).error().code == Errc::not_found);
  CHECK(read_small_file(folder / "feed", 9).error().code == Errc::invalid);
  CHECK(read_small_file(folder / "feed.part", 9).error().code == Errc::invalid);
}

TEST_CASE("dns slab: an old number is not a new thing's") {
  Slab<int> slab;
  const auto one = slab.put(std::make_unique<int>(1));
  CHECK(*slab.take(one) == 1);
  const auto two = slab.put(std::make_unique<int>(2));
  CHECK(two.index == one.index);
  CHECK(slab.find(one) == nullptr);
  CHECK(slab.take(one) == nullptr);
  CHECK(*slab.find(two) == 2);
  CHECK(slab.held() == 1);
}

TEST_CASE("dns counters: every line is one that Prometheus reads") {
  Counters counters;
  counters.answers[3] = 4;
  counters.answers[9] = 1;
  const std::string text = metrics_text(counters, {.generation = 12});
  CHECK(text.find("paas_dns_answers_total{code=\"nxdomain\"} 4\n") != std::string::npos);
  CHECK(text.find("paas_dns_answers_total{code=\"other\"} 1\n") != std::string::npos);
  CHECK(text.find("# TYPE paas_dns_generation gauge\npaas_dns_generation 12\n") !=
        std::string::npos);
}

}  // namespace server_test
