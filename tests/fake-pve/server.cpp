#include "tests/fake-pve/server.hpp"

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fstream>
#include <mutex>
#include <thread>

#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using Stream = beast::ssl_stream<beast::tcp_stream>;
using boost::system::error_code;

constexpr auto idle_limit = std::chrono::seconds(5);
constexpr auto transfer_limit = std::chrono::seconds(60);
constexpr std::uint32_t max_header_bytes = 8 * 1024;
constexpr std::size_t max_header_lines = 64;
constexpr std::uint64_t max_body_bytes = 512 * 1024;
constexpr std::uint64_t max_upload_bytes = std::uint64_t{16} << 30;

// One connection, on a thread and an io_context of its own: asynchronous calls, because only
// those have time limits, each waited for.
class Connection {
 public:
  Connection(asio::io_context& io, tcp::socket socket, asio::ssl::context& tls,
             const ServerOptions& options, const Responder& responder, std::int64_t number)
      : io_(io),
        stream_(std::move(socket), tls),
        options_(options),
        responder_(responder),
        number_(number) {}

  void run() {
    limit(idle_limit);
    if (wait([&](auto done) { stream_.async_handshake(asio::ssl::stream_base::server, done); }))
      return;
    while (exchange()) {
    }
    error_code ignored;
    beast::get_lowest_layer(stream_).socket().shutdown(tcp::socket::shutdown_both, ignored);
  }

 private:
  // Starts one asynchronous operation and waits for its end.
  template <class Start>
  error_code wait(Start start) {
    error_code outcome;
    start([&outcome](error_code error, auto...) { outcome = error; });
    io_.restart();
    io_.run();
    return outcome;
  }
  template <class Duration>
  void limit(Duration duration) {
    beast::get_lowest_layer(stream_).expires_after(duration);
  }

  // One request and its answer; false when the connection is over.
  bool exchange() {
    http::request_parser<http::buffer_body> parser;
    parser.header_limit(max_header_bytes);
    parser.body_limit(max_upload_bytes);
    limit(idle_limit);
    if (wait([&](auto done) { http::async_read_header(stream_, buffer_, parser, done); }))
      return false;
    HttpRequest request;
    if (!read_head(parser, request)) return false;
    const bool whole = request.too_large || request.chunked || read_body(parser, request);
    HttpReply reply;
    if (whole) reply = responder_(request);
    reply.reset |= !whole;
    if (!request.spooled.empty()) {
      std::error_code ignored;
      std::filesystem::remove(request.spooled, ignored);
    }
    if (reply.reset) {
      reset();
      return false;
    }
    const bool close = reply.close || request.too_large || !parser.get().keep_alive();
    return send(reply, close) && !close;
  }

  bool read_head(const http::request_parser<http::buffer_body>& parser, HttpRequest& request) {
    const auto& head = parser.get();
    request.method = std::string(head.method_string());
    request.target = std::string(head.target());
    request.connection = number_;
    std::size_t lines = 0;
    for (const auto& field : head) {
      ++lines;
      request.headers[lower(std::string(field.name_string()))] = std::string(field.value());
    }
    if (lines > max_header_lines) return false;
    const bool multipart = request.header("content-type").starts_with("multipart/form-data");
    request.chunked = parser.chunked();
    const auto length = parser.content_length();
    request.too_large = !multipart && length && *length > max_body_bytes;
    if (multipart && !request.chunked)
      request.spooled = options_.spool / ("upload-" + std::to_string(number_));
    return true;
  }

  bool read_body(http::request_parser<http::buffer_body>& parser, HttpRequest& request) {
    std::ofstream spool;
    if (!request.spooled.empty()) spool.open(request.spooled, std::ios::binary | std::ios::trunc);
    std::array<char, 64 * 1024> piece{};
    while (!parser.is_done()) {
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      limit(transfer_limit);
      const auto error = wait([&](auto done) { http::async_read(stream_, buffer_, parser, done); });
      if (error && error != http::error::need_buffer) return false;
      const std::size_t got = piece.size() - parser.get().body().size;
      if (request.spooled.empty()) {
        request.body.append(piece.data(), got);
      } else {
        spool.write(piece.data(), static_cast<std::streamsize>(got));
      }
    }
    return true;
  }

  bool send(const HttpReply& reply, bool close) {
    http::response<http::string_body> response;
    response.version(11);
    response.result(static_cast<unsigned>(reply.status));
    response.reason(reply.reason);
    response.set(http::field::server, "pve-api-daemon/3.0");
    response.set(http::field::cache_control, "max-age=0");
    response.set(http::field::pragma, "no-cache");
    response.set(http::field::content_type, reply.content_type);
    response.keep_alive(!close);
    if (!close) response.set(http::field::connection, "Keep-Alive");
    response.body() = reply.body;
    response.prepare_payload();
    limit(transfer_limit);
    return !wait([&](auto done) { http::async_write(stream_, response, done); });
  }

  // An abortive close: the client sees "connection reset", not an end of file.
  void reset() {
    error_code ignored;
    auto& socket = beast::get_lowest_layer(stream_).socket();
    socket.set_option(asio::socket_base::linger(true, 0), ignored);
    socket.close(ignored);
  }

  asio::io_context& io_;
  Stream stream_;
  beast::flat_buffer buffer_;
  const ServerOptions& options_;
  const Responder& responder_;
  std::int64_t number_;
};

class HttpsServer : public Server {
 public:
  HttpsServer(const ServerOptions& options, Responder responder)
      : options_(options), responder_(std::move(responder)), acceptor_(io_) {}

  void bind() {
    tls_.use_certificate_chain_file(options_.certificate.string());
    tls_.use_private_key_file(options_.key.string(), asio::ssl::context::pem);
    const tcp::endpoint endpoint(asio::ip::make_address(options_.address), options_.port);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
  }

  std::uint16_t port() const override { return acceptor_.local_endpoint().port(); }

  void serve() override {
    accept_next();
    io_.run();
  }
  void stop() override {
    asio::post(io_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
    });
  }

 private:
  void accept_next() {
    // The socket belongs to the connection's own io_context, made before it is accepted.
    auto io = std::make_shared<asio::io_context>(1);
    acceptor_.async_accept(*io, [this, io](error_code error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (!error) start(io, std::move(socket));
      accept_next();
    });
  }

  void start(std::shared_ptr<asio::io_context> io, tcp::socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const std::int64_t number = ++connections_;
    std::thread([this, io = std::move(io), socket = std::move(socket), number]() mutable {
      Connection(*io, std::move(socket), tls_, options_, responder_, number).run();
    }).detach();
  }

  ServerOptions options_;
  Responder responder_;
  asio::io_context io_;
  asio::ssl::context tls_{asio::ssl::context::tls_server};
  tcp::acceptor acceptor_;
  std::atomic<std::int64_t> connections_{0};
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(const ServerOptions& options, Responder responder) {
  auto server = std::make_unique<HttpsServer>(options, std::move(responder));
  try {
    server->bind();
  } catch (const boost::system::system_error& error) {
    return fail(Errc::unavailable, "unable to listen on " + options.address + ":" +
                                       std::to_string(options.port) + ": " + error.what());
  }
  return server;
}

}  // namespace paas::fake_pve
