#pragma once
// HttpServer: a small HTTP/1.1 server on 127.0.0.1 that answers as a test tells it, well or badly.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace paas::fakes {

// What arrived, and on which connection (counted from 0).
struct SeenRequest {
  int connection = 0;
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;

  // The value of the header, or "".
  std::string header(const std::string& name) const;
};

// How the server answers one request.
struct Answer {
  enum class Manner {
    whole,    // as it should be
    silence,  // nothing until the server ends
    cut,      // closes without a byte
    reset,    // resets the connection
    half,     // announces more body than it sends, then closes
  };
  Manner manner = Manner::whole;
  std::string status = "200 OK";  // the status line after the version
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  bool close_after = false;  // without saying so in a header
};

class HttpServer {
 public:
  enum class Tls { off, on };
  // Called on the connection's thread; several at once.
  using Handler = std::function<Answer(const SeenRequest&)>;

  HttpServer(Tls tls, Handler handler);
  ~HttpServer();  // closes all connections and waits for their threads

  std::string url() const;          // "https://127.0.0.1:41234"
  std::string certificate() const;  // PEM; self-signed for 127.0.0.1
  std::string fingerprint() const;  // "AA:BB:…"
  int connections() const;          // accepted so far, handshakes that failed included
  std::vector<SeenRequest> requests() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A file in a folder of its own that is removed with this.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& content);
  ~ScratchFile();
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace paas::fakes
