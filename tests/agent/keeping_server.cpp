// A web server that keeps connections, for containers of tests: `keeping_server PORT TEXT`.
//
// Asked to end (SIGTERM) it does what a well-behaved server does: it takes no new connection, tells
// whoever asks once more on an open one that this answer is the last, and ends when none is open.

#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

namespace {

volatile sig_atomic_t ending = 0;

int listen_on(std::uint16_t port) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  const int yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  const auto* raw = reinterpret_cast<const sockaddr*>(&address);
  if (bind(listener, raw, sizeof address) != 0 || listen(listener, 128) != 0) exit(1);
  return listener;
}

std::string answer(const std::string& text) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(text.size()) +
         (ending != 0 ? "\r\nConnection: close" : "") + "\r\n\r\n" + text;
}

// Whether the connection stays open. Requests have no bodies.
bool serve(int connection, std::string& received, const std::string& text) {
  char part[4096];
  const ssize_t size = read(connection, part, sizeof part);
  if (size <= 0) return false;
  received.append(part, static_cast<std::size_t>(size));
  for (std::size_t end = received.find("\r\n\r\n"); end != std::string::npos;
       end = received.find("\r\n\r\n")) {
    const bool last = ending != 0 || received.find("Connection: close") < end;
    received.erase(0, end + 4);
    const std::string out = answer(text);
    if (write(connection, out.data(), out.size()) != static_cast<ssize_t>(out.size())) return false;
    if (last) return false;
  }
  return received.size() < sizeof part;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  signal(SIGPIPE, SIG_IGN);
  struct sigaction action{};
  action.sa_handler = [](int) { ending = 1; };
  sigaction(SIGTERM, &action, nullptr);
  int listener = listen_on(static_cast<std::uint16_t>(atoi(argv[1])));
  std::map<int, std::string> connections;
  while (ending == 0 || !connections.empty()) {
    if (ending != 0 && listener >= 0) {
      close(listener);
      listener = -1;
    }
    std::vector<pollfd> watched{{listener, POLLIN, 0}};
    for (const auto& [connection, received] : connections)
      watched.push_back({connection, POLLIN, 0});
    if (poll(watched.data(), watched.size(), 100) <= 0) continue;
    for (const pollfd& one : watched) {
      if (one.fd < 0 || one.revents == 0) continue;
      if (one.fd == listener) {
        const int made = accept(listener, nullptr, nullptr);
        if (made >= 0) connections.emplace(made, "");
      } else if (!serve(one.fd, connections.at(one.fd), argv[2])) {
        close(one.fd);
        connections.erase(one.fd);
      }
    }
  }
  return 0;
}
