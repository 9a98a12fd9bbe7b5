#include "tests/fakes/http_server.hpp"

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>

namespace paas::fakes {
namespace {

template <auto function>
struct Freer {
  template <class T>
  void operator()(T* thing) const {
    function(thing);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using TlsContext = std::unique_ptr<SSL_CTX, Freer<SSL_CTX_free>>;
using TlsSession = std::unique_ptr<SSL, Freer<SSL_free>>;

Certificate self_signed(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("pve-test"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate.get(), certificate.get(), nullptr, nullptr, 0);
  for (const auto& [id, value] : {std::pair{NID_subject_alt_name, "IP:127.0.0.1"},
                                  std::pair{NID_basic_constraints, "critical,CA:TRUE"}}) {
    std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(
        X509V3_EXT_conf_nid(nullptr, &context, id, value));
    X509_add_ext(certificate.get(), extension.get(), -1);
  }
  X509_sign(certificate.get(), key, EVP_sha256());
  return certificate;
}

std::string pem_of(X509* certificate) {
  std::unique_ptr<BIO, Freer<BIO_free>> memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(memory.get(), certificate);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

std::string digest_of(X509* certificate) {
  std::array<unsigned char, 32> digest{};
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  std::string out;
  for (const unsigned char byte : digest) {
    std::array<char, 4> text{};
    std::snprintf(text.data(), text.size(), "%02X:", byte);
    out += text.data();
  }
  out.pop_back();
  return out;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// One accepted connection, in the clear or under TLS.
struct Wire {
  int fd = -1;
  TlsSession tls{};

  bool more(std::string& into) const {
    std::array<char, 65536> part{};
    const long got = tls ? SSL_read(tls.get(), part.data(), static_cast<int>(part.size()))
                         : recv(fd, part.data(), part.size(), 0);
    if (got <= 0) return false;
    into.append(part.data(), static_cast<std::size_t>(got));
    return true;
  }
  void send_all(std::string_view text) const {
    while (!text.empty()) {
      const long put = tls ? SSL_write(tls.get(), text.data(), static_cast<int>(text.size()))
                           : send(fd, text.data(), text.size(), MSG_NOSIGNAL);
      if (put <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(put));
    }
  }
};

// The next request on the wire; what follows it stays in `pending`.
std::optional<SeenRequest> read_request(const Wire& wire, std::string& pending) {
  std::size_t end = 0;
  while ((end = pending.find("\r\n\r\n")) == std::string::npos) {
    if (!wire.more(pending)) return std::nullopt;
  }
  SeenRequest request;
  std::size_t at = pending.find("\r\n");
  const std::string first = pending.substr(0, at);
  request.method = first.substr(0, first.find(' '));
  request.target = first.substr(request.method.size() + 1);
  request.target = request.target.substr(0, request.target.find(' '));
  while (at < end) {
    const std::size_t next = pending.find("\r\n", at + 2);
    const std::string line = pending.substr(at + 2, next - at - 2);
    const std::size_t colon = line.find(": ");
    request.headers.emplace_back(lower(line.substr(0, colon)),
                                 colon == std::string::npos ? "" : line.substr(colon + 2));
    at = next;
  }
  std::size_t length = 0;
  const std::string announced = request.header("content-length");
  std::from_chars(announced.data(), announced.data() + announced.size(), length);
  pending.erase(0, end + 4);
  while (pending.size() < length) {
    if (!wire.more(pending)) return std::nullopt;
  }
  request.body = pending.substr(0, length);
  pending.erase(0, length);
  return request;
}

std::string text_of(const Answer& answer) {
  std::size_t length = answer.body.size();
  if (answer.manner == Answer::Manner::half) length += 100;
  std::string text = "HTTP/1.1 " + answer.status + "\r\n";
  for (const auto& [name, value] : answer.headers) {
    text.append(name).append(": ").append(value).append("\r\n");
  }
  return text + "Content-Length: " + std::to_string(length) + "\r\n\r\n" + answer.body;
}

}  // namespace

struct HttpServer::State {
  Handler handler;
  Key key{};
  Certificate certificate{};
  TlsContext context{};
  int listener = -1;
  int port = 0;

  mutable std::mutex mutex{};
  std::condition_variable changed{};
  bool ending = false;
  std::vector<int> open{};
  std::vector<SeenRequest> requests{};
  std::vector<std::thread> connections{};
  std::thread acceptor{};

  void listen_anywhere();
  void accept_all();
  void serve(int fd, int number);
  // Whether the connection goes on.
  bool reply(Wire& wire, const Answer& answer);
};

void HttpServer::State::listen_anywhere() {
  listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof(address);
  if (bind(listener, generic, size) != 0 || listen(listener, 128) != 0 ||
      getsockname(listener, generic, &size) != 0) {
    throw std::runtime_error("unable to listen on 127.0.0.1");
  }
  port = ntohs(address.sin_port);
}

void HttpServer::State::accept_all() {
  while (true) {
    const int fd = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex);
    if (fd < 0 || ending) {
      if (fd >= 0) close(fd);
      return;
    }
    open.push_back(fd);
    const int number = static_cast<int>(connections.size());
    connections.emplace_back([this, fd, number] { serve(fd, number); });
  }
}

void HttpServer::State::serve(int fd, int number) {
  sigset_t broken_pipe;  // OpenSSL writes without MSG_NOSIGNAL, and clients go away
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);

  Wire wire{fd};
  bool ready = true;
  if (context) {
    wire.tls.reset(SSL_new(context.get()));
    SSL_set_fd(wire.tls.get(), fd);
    ready = SSL_accept(wire.tls.get()) == 1;
  }
  std::string pending;
  while (ready) {
    auto request = read_request(wire, pending);
    if (!request) break;
    request->connection = number;
    {
      const std::lock_guard lock(mutex);
      requests.push_back(*request);
      changed.notify_all();
    }
    ready = reply(wire, handler(*request));
  }
  const std::lock_guard lock(mutex);
  std::erase(open, fd);
  close(fd);
}

bool HttpServer::State::reply(Wire& wire, const Answer& answer) {
  switch (answer.manner) {
    case Answer::Manner::whole:
      wire.send_all(text_of(answer));
      return !answer.close_after;
    case Answer::Manner::silence: {
      std::unique_lock lock(mutex);
      changed.wait(lock, [this] { return ending; });
      return false;
    }
    case Answer::Manner::reset: {
      const linger at_once{1, 0};
      setsockopt(wire.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
      return false;
    }
    case Answer::Manner::half:
      wire.send_all(text_of(answer));
      return false;
    case Answer::Manner::cut:
      break;
  }
  return false;
}

std::string SeenRequest::header(const std::string& name) const {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? "" : found->second;
}

HttpServer::HttpServer(Tls tls, Handler handler) : state_(std::make_unique<State>()) {
  state_->handler = std::move(handler);
  if (tls == Tls::on) {
    state_->key.reset(EVP_EC_gen("P-256"));
    state_->certificate = self_signed(state_->key.get());
    state_->context.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(state_->context.get(), state_->certificate.get());
    SSL_CTX_use_PrivateKey(state_->context.get(), state_->key.get());
  }
  state_->listen_anywhere();
  state_->acceptor = std::thread([state = state_.get()] { state->accept_all(); });
}

HttpServer::~HttpServer() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
    state_->changed.notify_all();
    shutdown(state_->listener, SHUT_RDWR);
    for (const int fd : state_->open) shutdown(fd, SHUT_RDWR);
  }
  state_->acceptor.join();
  for (std::thread& connection : state_->connections) connection.join();
  close(state_->listener);
}

std::string HttpServer::url() const {
  return (state_->context ? "https://127.0.0.1:" : "http://127.0.0.1:") +
         std::to_string(state_->port);
}

std::string HttpServer::certificate() const {
  return pem_of(state_->certificate.get());
}
std::string HttpServer::fingerprint() const {
  return digest_of(state_->certificate.get());
}

int HttpServer::connections() const {
  const std::lock_guard lock(state_->mutex);
  return static_cast<int>(state_->connections.size());
}

std::vector<SeenRequest> HttpServer::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->requests;
}

ScratchFile::ScratchFile(const std::string& content) {
  std::string folder = (std::filesystem::temp_directory_path() / "paas-test-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("unable to make a folder");
  path_ = folder + "/file";
  std::ofstream(path_, std::ios::binary) << content;
}

ScratchFile::~ScratchFile() {
  std::filesystem::remove_all(std::filesystem::path(path_).parent_path());
}

}  // namespace paas::fakes
