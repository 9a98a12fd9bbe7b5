#pragma once
// One HTTP exchange, free of any library: what the server hands over and what it is given back.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

namespace paas::fake_pve {

struct HttpRequest {
  std::string method;
  std::string target;                          // path and query, as sent
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;
  std::filesystem::path spooled;  // the body of an upload, in a file; empty otherwise
  bool too_large = false;         // the body was over the limit and has not been read
  bool chunked = false;           // it came in chunks, which the real server refuses
  std::int64_t connection = 0;    // counts from 1

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

struct HttpReply {
  int status = 200;
  std::string reason = "OK";
  std::string body;
  std::string content_type = "application/json;charset=UTF-8";
  bool close = false;  // close the connection after this answer
  bool reset = false;  // send no answer: reset the connection
};

using Responder = std::function<HttpReply(const HttpRequest&)>;

}  // namespace paas::fake_pve
