#include "libpaas/adapters/engine/link.hpp"

#include "libpaas/engine/answer.hpp"

namespace paas::engine {
namespace {

// A read that was lost is a read that can be made again.
Error transport_error(Error error, const Call& call) {
  if (call.method == "GET" && error.code == Errc::unknown_outcome) error.code = Errc::unavailable;
  return std::move(error).while_doing("ask the container engine");
}

bool is_success(int status) {
  return (status >= 200 && status < 300) || status == 304;
}

}  // namespace

HttpRequest Link::request_for(const Call& call) const {
  HttpRequest request;
  request.method = call.method;
  request.url = "http://engine" + path_of(call);
  request.headers = call.headers;
  if (!call.body.is_null()) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = print_json(call.body);
  }
  return request;
}

Result<Json> Link::ask(const Call& call, std::stop_token stop,
                       std::chrono::milliseconds patience) const {
  HttpRequest request = request_for(call);
  request.timeout = patience;
  auto answer = http_.send(request, std::move(stop));
  if (!answer) return tl::unexpected(transport_error(std::move(answer).error(), call));
  if (!is_success(answer->status)) {
    return tl::unexpected(error_of(answer->status, answer->body));
  }
  return data_of(answer->body);
}

Result<void> Link::stream(const Call& call, const OnPiece& on_piece, std::stop_token stop,
                          std::optional<HttpRequest::File> file) const {
  HttpRequest request = request_for(call);
  request.timeout = std::chrono::milliseconds{0};
  request.on_body = on_piece;
  request.file = std::move(file);
  auto answer = http_.send(request, std::move(stop));
  if (!answer) return tl::unexpected(transport_error(std::move(answer).error(), call));
  if (!is_success(answer->status)) {
    return tl::unexpected(error_of(answer->status, answer->body));
  }
  return {};
}

Result<void> without_value(Result<Json> result) {
  if (!result) return tl::unexpected(std::move(result).error());
  return {};
}

Result<void> gone_is_fine(Result<Json> result) {
  if (!result && result.error().code == Errc::not_found) return {};
  return without_value(std::move(result));
}

}  // namespace paas::engine
