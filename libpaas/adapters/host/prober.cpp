#include "libpaas/adapters/host/prober.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "libpaas/adapters/host/files.hpp"
#include "libpaas/base/text.hpp"

namespace paas::host {
namespace {

constexpr std::size_t most_answer = std::size_t{64} << 10;
constexpr std::size_t most_told = 200;

health::Answer told(bool good, const std::string& text) {
  return {good, printable(to_utf8(shortened(text, most_told)))};
}

std::string no_answer(const model::Probe& probe) {
  return "no answer in " + std::to_string(probe.timeout.count()) + " s";
}

class NetworkProber final : public Prober {
 public:
  explicit NetworkProber(std::unique_ptr<Http> http) : http_(std::move(http)) {}

  health::Answer ask(const std::string& address, const model::Probe& probe,
                     std::stop_token stop) override {
    const auto begun = std::chrono::steady_clock::now();
    health::Answer out = probe.kind == model::ProbeKind::http ? ask_http(address, probe, stop)
                                                              : ask_tcp(address, probe, stop);
    const bool late = std::chrono::steady_clock::now() - begun >= probe.timeout;
    if (!out.good && late) out.text = no_answer(probe);
    return out;
  }

 private:
  health::Answer ask_http(const std::string& address, const model::Probe& probe,
                          const std::stop_token& stop) {
    HttpRequest request;
    request.url = "http://" + address + ":" + std::to_string(probe.port) +
                  (probe.path.starts_with('/') ? "" : "/") + probe.path;
    for (const auto& [name, value] : probe.headers) request.headers.emplace_back(name, value);
    request.timeout = probe.timeout;
    request.max_response_bytes = most_answer;
    std::size_t seen = 0;
    request.on_body = [&seen](std::string_view piece) {
      return (seen += piece.size()) < most_answer;
    };
    const auto answer = http_->send(request, stop);
    if (!answer) return told(false, answer.error().message);
    const bool good =
        answer->status >= probe.lowest_status && answer->status <= probe.highest_status;
    return told(good, "HTTP " + std::to_string(answer->status));
  }

  static health::Answer ask_tcp(const std::string& address, const model::Probe& probe,
                                const std::stop_token& stop) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(probe.port);
    if (::inet_pton(AF_INET, address.c_str(), &to.sin_addr) != 1) {
      return told(false, excerpt(address, 40) + " is no address");
    }
    const Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket) return told(false, std::strerror(errno));
    int problem = 0;
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      problem = errno;
    }
    if (problem == EINPROGRESS) {
      const StopSignal stopped(stop);
      pollfd watched[] = {{socket.get(), POLLOUT, 0}, {stopped.get(), POLLIN, 0}};
      const auto patience = std::chrono::milliseconds(probe.timeout).count();
      if (::poll(watched, 2, static_cast<int>(patience)) <= 0) return told(false, no_answer(probe));
      if (watched[1].revents != 0) return told(false, "stopped");
      socklen_t size = sizeof problem;
      ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &problem, &size);
    }
    return problem == 0 ? told(true, "connected") : told(false, lower(std::strerror(problem)));
  }

  std::unique_ptr<Http> http_;
};

}  // namespace

std::unique_ptr<Prober> make_prober(std::unique_ptr<Http> http) {
  return std::make_unique<NetworkProber>(std::move(http));
}

}  // namespace paas::host
