#include "libpaas/adapters/curl_channel.hpp"

#include <curl/curl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>

#include "libpaas/adapters/curl_trust.hpp"
#include "libpaas/base/text.hpp"

namespace paas {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t max_header_bytes = std::size_t{256} << 10;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
struct ListFreer {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct FormFreer {
  void operator()(curl_mime* form) const { curl_mime_free(form); }
};

// All that one exchange gathers; its address is what libcurl hands to the functions below.
struct Exchange {
  const HttpRequest* request = nullptr;
  bool repeatable = false;
  int sent = 0;  // how often the request was put on a connection
  bool refused_repeat = false;
  bool too_large = false;
  bool enough = false;   // said by whoever takes the pieces
  bool success = false;  // by the last status line
  std::size_t header_bytes = 0;
  HttpResponse response{};

  std::unique_ptr<std::FILE, FileCloser> file{};
  std::uint64_t file_bytes = 0;
  std::uint64_t file_sent = 0;
  std::uint64_t file_told = 0;
  std::unique_ptr<curl_slist, ListFreer> headers{};
  std::unique_ptr<curl_mime, FormFreer> form{};
};

// Called whenever a connection stands and the request is about to go out. libcurl repeats any
// request, writes included, when a connection it reused dies without an answer; the server may
// have acted by then, so only reads get a second time.
int before_request(void* of, char*, char*, int, int) noexcept {
  auto& exchange = *static_cast<Exchange*>(of);
  if (exchange.sent > 0 && !exchange.repeatable) {
    exchange.refused_repeat = true;
    return CURL_PREREQFUNC_ABORT;
  }
  ++exchange.sent;
  return CURL_PREREQFUNC_OK;
}

// "HTTP/1.1 500 no such thing": the text after the status.
std::string reason_of(std::string_view status_line) {
  const auto after_version = status_line.find(' ');
  if (after_version == std::string_view::npos) return {};
  const auto after_status = status_line.find(' ', after_version + 1);
  if (after_status == std::string_view::npos) return {};
  return std::string(trim(status_line.substr(after_status)));
}

std::size_t take_header(char* data, std::size_t, std::size_t size, void* of) noexcept {
  auto& exchange = *static_cast<Exchange*>(of);
  exchange.header_bytes += size;
  if (exchange.header_bytes > max_header_bytes) {
    exchange.too_large = true;
    return 0;
  }
  const std::string_view line(data, size);
  if (line.starts_with("HTTP/")) {  // also after an interim "100 Continue"
    exchange.response.headers.clear();
    exchange.response.reason = reason_of(line);
    exchange.success = line.find(" 2") == line.find(' ');
    return size;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  exchange.response.headers.emplace_back(lower(trim(line.substr(0, colon))),
                                         trim(line.substr(colon + 1)));
  return size;
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* of) noexcept {
  auto& exchange = *static_cast<Exchange*>(of);
  if (exchange.request->on_body && exchange.success) {
    exchange.enough = !exchange.request->on_body(std::string_view(data, size));
    return exchange.enough ? CURL_WRITEFUNC_ERROR : size;
  }
  if (size > exchange.request->max_response_bytes - exchange.response.body.size()) {
    exchange.too_large = true;
    return 0;
  }
  exchange.response.body.append(data, size);
  return size;
}

// The file as far as it is wanted, then the tail.
std::size_t read_file(char* into, std::size_t, std::size_t size, void* of) noexcept {
  auto& exchange = *static_cast<Exchange*>(of);
  const std::string& tail = exchange.request->file->tail;
  const std::uint64_t of_file = exchange.file_bytes - tail.size();
  std::size_t got = 0;
  if (exchange.file_sent < of_file) {
    const std::uint64_t wanted = std::min<std::uint64_t>(size, of_file - exchange.file_sent);
    got = std::fread(into, 1, static_cast<std::size_t>(wanted), exchange.file.get());
    if (got == 0) return CURL_READFUNC_ABORT;  // it cannot be read, or shrank meanwhile
  } else {
    const auto at = static_cast<std::size_t>(exchange.file_sent - of_file);
    got = std::min(size, tail.size() - at);
    std::memcpy(into, tail.data() + at, got);
  }
  exchange.file_sent += got;
  return got;
}

int rewind_file(void* of, curl_off_t offset, int origin) noexcept {
  auto& exchange = *static_cast<Exchange*>(of);
  if (origin != SEEK_SET || offset != 0 || fseeko(exchange.file.get(), 0, SEEK_SET) != 0) {
    return CURL_SEEKFUNC_FAIL;
  }
  exchange.file_sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

int tell_progress(void* of, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  auto& exchange = *static_cast<Exchange*>(of);
  if (exchange.file_sent != exchange.file_told) {
    exchange.file_told = exchange.file_sent;
    exchange.request->file->progress(exchange.file_sent, exchange.file_bytes);
  }
  return 0;
}

Result<void> open_upload(Exchange& exchange) {
  const std::string& path = exchange.request->file->path;
  exchange.file.reset(std::fopen(path.c_str(), "rbe"));
  struct stat facts{};
  if (!exchange.file || fstat(fileno(exchange.file.get()), &facts) != 0 ||
      !S_ISREG(facts.st_mode)) {
    return fail(Errc::not_found, "unable to open the file \"" + path + "\"");
  }
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  const HttpRequest::File& file = *exchange.request->file;
  const bool is_form = !file.field.empty();
  exchange.file_bytes =
      is_form ? size : std::min(size, file.first_bytes.value_or(size)) + file.tail.size();
  return {};
}

void watch_upload(CURL* easy, Exchange& exchange) {
  if (!exchange.request->file->progress) return;
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, tell_progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

// The file as it is, with no form around it.
void set_upload(CURL* easy, Exchange& exchange) {
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(exchange.file_bytes));
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_file);
  curl_easy_setopt(easy, CURLOPT_READDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, rewind_file);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, &exchange);
  watch_upload(easy, exchange);
}

void set_form(CURL* easy, Exchange& exchange) {
  const HttpRequest::File& file = *exchange.request->file;
  exchange.form.reset(curl_mime_init(easy));
  for (const auto& [name, value] : file.fields) {
    curl_mimepart* part = curl_mime_addpart(exchange.form.get());
    curl_mime_name(part, name.c_str());
    curl_mime_data(part, value.data(), value.size());
  }
  curl_mimepart* part = curl_mime_addpart(exchange.form.get());
  curl_mime_name(part, file.field.c_str());
  curl_mime_filename(part, file.file_name.c_str());
  curl_mime_type(part, "application/octet-stream");
  curl_mime_data_cb(part, static_cast<curl_off_t>(exchange.file_bytes), read_file, rewind_file,
                    nullptr, &exchange);
  curl_easy_setopt(easy, CURLOPT_MIMEPOST, exchange.form.get());
  watch_upload(easy, exchange);
}

void set_method(CURL* easy, Exchange& exchange) {
  const HttpRequest& request = *exchange.request;
  // A write without parameters still says that its body is empty.
  const bool has_body = !request.body.empty() || request.method == "POST" ||
                        request.method == "PUT" || request.method == "PATCH";
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    return;
  }
  if (request.file && request.file->field.empty()) {
    set_upload(easy, exchange);
  } else if (request.file) {
    set_form(easy, exchange);
  } else if (has_body) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_headers(CURL* easy, Exchange& exchange) {
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(exchange.headers.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    if (longer != exchange.headers.get()) exchange.headers.reset(longer);  // the first line
  };
  // Never answered by Proxmox, which waits in silence for the body: libcurl would wait a second.
  add("Expect:");
  for (const auto& [name, value] : exchange.request->headers) {
    std::string line = name;
    line += value.empty() ? ";" : ": ";
    add(line.append(value));
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange.headers.get());
}

// What holds for every exchange of a client.
void set_manners(CURL* easy, const HttpOptions& options) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a cancelled name lookup is not waited for
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, options.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
  if (!options.unix_socket.empty()) {
    curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, options.unix_socket.c_str());
  }
  if (!options.proxies || !options.unix_socket.empty()) {
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
  }
}

void set_patience(CURL* easy, const HttpOptions& options, milliseconds timeout) {
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(options.connect_timeout.count()));
  if (timeout.count() > 0) {
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  } else if (options.stall_limit.count() > 0) {
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_limit.count()));
  }
}

}  // namespace

struct CurlChannel::State {
  struct EasyFreer {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  struct MultiFreer {
    void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
  };

  explicit State(const HttpOptions& with) : options(with) {
    check.trust = with.trust;
    multi.reset(curl_multi_init());
    easy.reset(curl_easy_init());
    if (!multi || !easy) throw std::bad_alloc();
    curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, 1L);
  }

  // Runs the prepared handle to its end; nothing when stopped before.
  std::optional<CURLcode> run(std::stop_token stop) {
    curl_multi_add_handle(multi.get(), easy.get());
    std::optional<CURLcode> ended;
    {
      const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi.get()); });
      while (!ended && !stop.stop_requested()) {
        int running = 0;
        if (curl_multi_perform(multi.get(), &running) != CURLM_OK) ended = CURLE_FAILED_INIT;
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
          if (message->msg == CURLMSG_DONE) ended = message->data.result;
        }
        if (!ended) curl_multi_poll(multi.get(), nullptr, 0, 1'000, nullptr);
      }
    }
    curl_multi_remove_handle(multi.get(), easy.get());
    return ended;
  }

  Error error_of(CURLcode code, const Exchange& exchange, const std::string& origin) const;

  const HttpOptions& options;
  ServerCheck check{};
  std::array<char, CURL_ERROR_SIZE> text{};
  // The connections live in the multi handle, and refer to the easy handle last used on them.
  std::unique_ptr<CURLM, MultiFreer> multi{};
  std::unique_ptr<CURL, EasyFreer> easy{};
};

Error CurlChannel::State::error_of(CURLcode code, const Exchange& exchange,
                                   const std::string& origin) const {
  const std::string reason = text[0] != '\0' ? text.data() : curl_easy_strerror(code);
  const auto say = [&](Errc errc, const std::string& message) {
    return Error{errc, message, {}, {}};
  };
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
      return distrust(check, origin, reason);
    case CURLE_SSL_CACERT_BADFILE:
      return say(Errc::invalid, "unable to read the authorities to trust: " + reason)
          .advising("`ca_file` is a readable file of certificates in PEM form");
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return say(Errc::invalid, "not an address to speak HTTP to: " + reason);
    default:
      break;
  }
  if (exchange.sent == 0 && !options.unix_socket.empty()) {
    long number = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_OS_ERRNO, &number);
    const bool refused = number == EACCES || number == EPERM;
    const std::string why = number == 0 ? reason : std::strerror(static_cast<int>(number));
    return say(refused ? Errc::denied : Errc::unavailable,
               "no connection to " + options.unix_socket + ": " + why);
  }
  if (exchange.sent == 0) {
    return say(Errc::unavailable, "no connection to " + origin + ": " + reason)
        .advising(
            "check that `endpoint` (or the variable PROXMOX_VE_ENDPOINT) is the address of a node, "
            "\"https://NODE:8006\", and that this machine can reach it");
  }
  if (exchange.too_large) {
    return say(exchange.repeatable ? Errc::internal : Errc::unknown_outcome,
               "the answer of " + origin + " is larger than " +
                   std::to_string(exchange.request->max_response_bytes) + " bytes");
  }
  return say(Errc::unknown_outcome,
             "the answer of " + origin + " was lost: " +
                 (exchange.refused_repeat ? std::string("the connection was closed") : reason));
}

CurlChannel::CurlChannel(const HttpOptions& options) : state_(std::make_unique<State>(options)) {}
CurlChannel::~CurlChannel() = default;

Result<HttpResponse> CurlChannel::exchange(const HttpRequest& request, milliseconds timeout,
                                           std::stop_token stop) {
  State& state = *state_;
  CURL* easy = state.easy.get();
  const std::string origin = origin_of(request.url);
  const auto fresh_after = state.options.idle_limit;

  Exchange exchange;
  exchange.request = &request;
  exchange.repeatable = only_reads(request);
  if (request.file) TRY(open_upload(exchange));

  curl_easy_reset(easy);
  state.text[0] = '\0';
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, state.text.data());
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_PREREQDATA, &exchange);
  set_manners(easy, state.options);
  set_patience(easy, state.options, timeout);
  apply_trust(easy, state.check);
  set_method(easy, exchange);
  set_headers(easy, exchange);
  // libcurl counts idle time in whole seconds; the server's limit is too near for that.
  const bool stale = std::chrono::steady_clock::now() - last_used_ > fresh_after;
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, stale ? 1L : 0L);

  const std::optional<CURLcode> ended = state.run(std::move(stop));
  last_used_ = std::chrono::steady_clock::now();
  origin_ = origin;
  if (!ended) return fail(Errc::cancelled, "stopped while waiting for " + origin);
  if (*ended != CURLE_OK && !exchange.enough)
    return tl::unexpected(state.error_of(*ended, exchange, origin));
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  exchange.response.status = static_cast<int>(status);
  return std::move(exchange.response);
}

}  // namespace paas
