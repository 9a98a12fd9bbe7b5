#include "tests/fake-pve/fetch.hpp"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "libpaas/base/base64.hpp"
#include "tests/fake-pve/refusal.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr int patience_seconds = 10;

struct Appliance {
  const char* path;
  std::int64_t size;
  const char* sha512;
};
// As the index of the appliances, aplinfo.dat, describes them.
constexpr const char* appliance_host = "download.proxmox.com";
constexpr std::array<Appliance, 1> appliances{
    {{"/images/system/debian-12-standard_12.7-1_amd64.tar.zst", 126515062,
      "39f6d06e082d6a418438483da4f76092ebd0370a91bad30b82ab6d0f442234d63fe27a15569895e34d6d1e5ca50"
      "319f62637f7fb96b98dbde4f6103cf05bff6d"}}};

struct Url {
  bool secure = false;
  std::string user;  // "name:password"
  std::string host;
  std::uint16_t port = 80;
  std::string path = "/";
};

Url parse_url(const std::string& text) {
  Url url;
  url.secure = text.starts_with("https://");
  const auto begin = text.find("//") + 2;
  const auto slash = text.find('/', begin);
  std::string place = text.substr(begin, slash - begin);
  if (slash != std::string::npos) url.path = text.substr(slash);
  url.port = url.secure ? 443 : 80;
  if (const auto at = place.rfind('@'); at != std::string::npos) {
    url.user = place.substr(0, at);
    place.erase(0, at + 1);
  }
  if (const auto colon = place.rfind(':'); colon != std::string::npos) {
    url.port = static_cast<std::uint16_t>(to_integer(place.substr(colon + 1)).value_or(0));
    place.resize(colon);
  }
  url.host = place;
  return url;
}

// An address, or the name of this machine: what needs no name server.
bool is_address(const std::string& host) {
  in_addr address{};
  return host == "localhost" || inet_pton(AF_INET, host.c_str(), &address) == 1;
}

Result<Download> fetch_appliance(const Url& url) {
  for (const Appliance& one : appliances)
    if (url.path == one.path)
      return Download{one.size, "application/octet-stream", {{"sha512", one.sha512}}};
  return refuse("ERROR 404: Not Found.");
}

template <auto Free>
struct FreeWith {
  void operator()(auto* pointer) const { Free(pointer); }
};

// A TCP connection to this machine, with TLS over it if asked for.
class Line {
 public:
  Line() = default;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  ~Line() {
    if (socket_ >= 0) close(socket_);
  }

  Result<void> open(const Url& url) {
    const std::string place = url.host + ':' + std::to_string(url.port);
    const std::string host = url.host == "localhost" ? "127.0.0.1" : url.host;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(url.port);
    if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1 || !host.starts_with("127."))
      return refuse("Connecting to " + place + "... failed: Network is unreachable.");
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval patience{patience_seconds, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      return refuse("Connecting to " + place + "... failed: " + std::strerror(errno) + '.');
    if (!url.secure) return {};
    context_.reset(SSL_CTX_new(TLS_client_method()));
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), socket_);
    if (SSL_connect(tls_.get()) != 1) return refuse("Unable to establish SSL connection.");
    return {};
  }
  void send_all(std::string_view text) {
    while (!text.empty()) {
      const auto sent = tls_ ? SSL_write(tls_.get(), text.data(), static_cast<int>(text.size()))
                             : send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // The next bytes; empty at the end.
  std::string_view receive() {
    const auto got = tls_ ? SSL_read(tls_.get(), buffer_.data(), static_cast<int>(buffer_.size()))
                          : recv(socket_, buffer_.data(), buffer_.size(), 0);
    return {buffer_.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

 private:
  int socket_ = -1;
  std::unique_ptr<SSL_CTX, FreeWith<SSL_CTX_free>> context_;
  std::unique_ptr<SSL, FreeWith<SSL_free>> tls_;
  std::array<char, 64 * 1024> buffer_{};
};

}  // namespace

Result<Download> fetch(const std::string& url, const std::filesystem::path& target) {
  const Url place = parse_url(url);
  if (place.host == appliance_host) return fetch_appliance(place);
  if (!is_address(place.host))
    return refuse("Resolving " + place.host + " (" + place.host +
                  ")... failed: Name or service not known.");
  Line line;
  TRY(line.open(place));
  const std::string sign_in =
      place.user.empty() ? "" : "Authorization: Basic " + base64_encode(place.user) + "\r\n";
  line.send_all((target.empty() ? "HEAD " : "GET ") + place.path +
                " HTTP/1.0\r\nHost: " + place.host + ':' + std::to_string(place.port) + "\r\n" +
                sign_in + "Connection: close\r\n\r\n");
  std::string head;
  std::string_view piece;
  while (head.find("\r\n\r\n") == std::string::npos && !(piece = line.receive()).empty())
    head += piece;
  const auto end = head.find("\r\n\r\n");
  if (end == std::string::npos) return refuse("No data received.");
  std::string body = head.substr(end + 4);
  head.resize(end);
  const auto lines = split_words(head, "\r\n");
  const auto status = split_words(lines[0], " ");
  if (status.size() < 2 || status[1] != "200")
    return refuse("ERROR " + lines[0].substr(std::min<std::size_t>(lines[0].size(), 9)) + '.');
  Download download{};
  for (const std::string& one : lines) {
    const auto colon = one.find(':');
    if (colon == std::string::npos) continue;
    const std::string name = lower(one.substr(0, colon));
    if (name == "content-type") download.mime_type = trim(one.substr(colon + 1));
    if (name == "content-length")
      download.size = to_integer(trim(one.substr(colon + 1))).value_or(0);
  }
  if (target.empty()) return download;
  std::ofstream out(target, std::ios::binary | std::ios::trunc);
  std::int64_t got = 0;
  for (std::string_view more = body.empty() ? line.receive() : body; !more.empty();
       more = line.receive()) {
    out.write(more.data(), static_cast<std::streamsize>(more.size()));
    got += static_cast<std::int64_t>(more.size());
  }
  if (got < download.size) return refuse("Connection closed at byte " + std::to_string(got) + '.');
  download.size = got;
  return download;
}

}  // namespace paas::fake_pve
