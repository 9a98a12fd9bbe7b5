#pragma once
// From a handler, which turns one protocol message into another, to a row of the table of calls.
//
// A handler returns an error for what it cannot do; the user sees it as a diagnostic. The templates
// see messages only as far as they parse, serialise and take diagnostics, so that no protobuf
// header is needed here.

#include "provider/plugin/codec.hpp"
#include "provider/plugin/service.hpp"

namespace paas::plugin {

template <class Request, class Response>
using Handler = std::function<Result<void>(const Scope&, const Request&, Response&)>;

// Sends an event; false: stop, nobody listens.
template <class Event>
using Send = std::function<bool(const Event&)>;
template <class Request, class Event>
using StreamHandler = Result<void> (*)(const Scope&, const Request&, const Send<Event>&);

// What the call is about: the name of the type, action or function.
template <class Request>
std::string_view subject_of(const Request& request) {
  if constexpr (requires { request.type_name(); }) return request.type_name();
  if constexpr (requires { request.target_type_name(); }) return request.target_type_name();
  if constexpr (requires { request.action_type(); }) return request.action_type();
  if constexpr (requires { request.name(); }) return request.name();
  return {};
}

// Puts a diagnostic where the message takes it.
template <class Response>
void report(const tf::Diagnostic& diagnostic, Response& response) {
  if constexpr (requires { response.add_diagnostics(); }) {
    encode(diagnostic, response.add_diagnostics());
  } else if constexpr (requires { response.add_diagnostic(); }) {
    encode(diagnostic, response.add_diagnostic());
  } else if constexpr (requires { response.mutable_completed(); }) {
    encode(diagnostic, response.mutable_completed()->add_diagnostics());
  } else {
    const std::string text = diagnostic.summary + ": " + diagnostic.detail;
    encode(tf::FunctionFailure{text, {}}, response.mutable_error());
  }
}
template <class Response>
void report(const tf::Diagnostics& diagnostics, Response& response) {
  for (const tf::Diagnostic& diagnostic : diagnostics) report(diagnostic, response);
}

// What surrounds a call whose request says what its sender can do.
template <class Request>
tf::Call call_of(const Scope& scope, const Request& request) {
  tf::Call call = scope.call;
  call.deferral_allowed = request.client_capabilities().deferral_allowed();
  return call;
}

// Tells the client that this is put off, or, where it does not allow that, the user.
template <class Response>
void defer(tf::Deferred reason, const tf::Call& call, Response& response) {
  if (reason == tf::Deferred::no) return;
  if (!call.deferral_allowed)
    return report(tf::error_at({}, "not enough is known yet",
                               "This depends on values that are known only after apply. Apply "
                               "what they come from first, with -target, or set them."),
                  response);
  using Reason = decltype(response.mutable_deferred()->reason());
  response.mutable_deferred()->set_reason(static_cast<Reason>(static_cast<int>(reason)));
}

inline Result<void> malformed(std::string_view rpc) {
  return fail(Errc::invalid, "malformed request of " + std::string(rpc));
}

class Table {
 public:
  // `service` outlives the methods.
  explicit Table(Service& service) : service_(service) {}

  Service& service() const { return service_; }

  // `attempt` says what the call is for: "unable to <attempt> paas_lxc".
  template <class Request, class Response>
  Method& unary(std::string rpc, std::string attempt,
                Result<void> (*handle)(const Scope&, const Request&, Response&)) {
    return unary(std::move(rpc), std::move(attempt), Handler<Request, Response>(handle));
  }
  template <class Request, class Response>
  Method& unary(std::string rpc, std::string attempt, Handler<Request, Response> handle) {
    auto run = [&service = service_, rpc, attempt, handle](Exchange& exchange) -> Result<void> {
      Request request;
      if (!parse(exchange, request)) return malformed(rpc);
      Response response;
      const auto problem =
          service.run({rpc, subject_of(request), attempt}, exchange,
                      [&](const Scope& scope) { return handle(scope, request, response); });
      if (problem) {
        response.Clear();
        report(*problem, response);
      }
      exchange.send(response.SerializeAsString());
      return {};
    };
    return add({.path = "/tfplugin6.Provider/" + rpc, .run = std::move(run)});
  }

  template <class Request, class Event>
  Method& streaming(std::string rpc, std::string attempt, StreamHandler<Request, Event> handle) {
    auto run = [&service = service_, rpc, attempt, handle](Exchange& exchange) -> Result<void> {
      Request request;
      if (!parse(exchange, request)) return malformed(rpc);
      const Send<Event> send = [&](const Event& event) {
        return exchange.send(event.SerializeAsString());
      };
      const auto problem =
          service.run({rpc, subject_of(request), attempt}, exchange,
                      [&](const Scope& scope) { return handle(scope, request, send); });
      if (problem) {
        Event last;
        report(*problem, last);
        send(last);
      }
      return {};
    };
    return add(
        {.path = "/tfplugin6.Provider/" + rpc, .streams_answers = true, .run = std::move(run)});
  }

  Method& add(Method method) { return methods_.emplace_back(std::move(method)); }
  std::vector<Method> take() && { return std::move(methods_); }

 private:
  template <class Request>
  static bool parse(const Exchange& exchange, Request& request) {
    const std::string_view bytes = exchange.request();
    return request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  }

  Service& service_;
  std::vector<Method> methods_;
};

// One function per source: rpc_<name>.cpp.
void add_schema_calls(Table& table);
void add_provider_calls(Table& table);
void add_resource_calls(Table& table);
void add_change_calls(Table& table);
void add_data_calls(Table& table);
void add_ephemeral_calls(Table& table);
void add_list_calls(Table& table);
void add_action_calls(Table& table);
void add_state_store_calls(Table& table);

// What go-plugin's host may ask beside the provider: `stop_all` answers StopProvider, `end`
// GRPCController.Shutdown. Neither waits.
struct HostCalls {
  std::function<void()> stop_all;
  std::function<void()> end;
};
void add_host_calls(Table& table, HostCalls calls);

// Everything above.
std::vector<Method> all_methods(Service& service, HostCalls calls);

}  // namespace paas::plugin
