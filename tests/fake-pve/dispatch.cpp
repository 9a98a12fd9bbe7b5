#include "tests/fake-pve/dispatch.hpp"

#include <chrono>
#include <thread>

#include "tests/fake-pve/decode.hpp"
#include "tests/fake-pve/router.hpp"
#include "tests/fake-pve/upload.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::string_view json_root = "/api2/json";
constexpr std::string_view extjs_root = "/api2/extjs";

HttpReply bare(int status, std::string reason) {
  HttpReply reply;
  reply.status = status;
  reply.reason = std::move(reason);
  reply.content_type = "text/plain";
  return reply;
}

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// The real server's envelope. /api2/extjs answers 200 always and says inside what happened.
HttpReply envelope(const Result<Reply>& outcome, bool extjs) {
  HttpReply reply;
  Json::Object body;
  if (outcome) {
    body["data"] = outcome->data;
    if (outcome->total) body["total"] = *outcome->total;
    reply.status = outcome->status;
    reply.reason = outcome->reason;
    if (outcome->status != 200) body["message"] = outcome->reason + '\n';
  } else {
    const Error& error = outcome.error();
    reply.status = error.code == Errc::invalid ? 400 : error.code == Errc::denied ? 403 : 500;
    reply.reason = first_line(error.message);
    body["data"] = Json();
    body["message"] = error.message + '\n';
    Json::Object errors;
    for (const auto& [name, problem] : parameter_errors(error)) errors[name] = problem;
    if (error.code == Errc::invalid) body["errors"] = std::move(errors);
  }
  if (extjs) {
    body["success"] = reply.status == 200 ? 1 : 0;
    if (reply.status != 200) body["status"] = reply.status;
    reply.status = 200;
    reply.reason = "OK";
  }
  reply.body = print_json(body);
  return reply;
}

class Exchange {
 public:
  Exchange(World& world, const HttpRequest& request) : world_(world), request_(request) {}

  HttpReply run() {
    const auto begin = steady_clock::now();
    const HttpReply reply = answer();
    CallRecord record;
    record.method = request_.method;
    record.path = whole_path_.empty() ? request_.target : whole_path_;
    record.params = params_;
    record.status = reply.reset ? 0 : reply.status;
    record.reason = reply.reset ? "connection reset" : reply.reason;
    record.user = login_.user.empty() ? "" : login_.id();
    record.ms = std::chrono::duration_cast<milliseconds>(steady_clock::now() - begin).count();
    record.connection = request_.connection;
    if (fault_) record.fault = fault_->name.empty() ? "fault" : fault_->name;
    world_.calls.write(record);
    std::error_code ignored;
    if (!uploaded_.empty()) std::filesystem::remove(uploaded_, ignored);  // unless it was taken
    return reply;
  }

 private:
  HttpReply answer() {
    if (auto early = read_target()) return *early;
    std::unique_lock lock(world_.mutex);
    pause(lock, world_.state.settings.latency_ms);
    const auto login = identify();
    if (!login) return bare(401, login.error());
    login_ = *login;
    Match match = route(request_.method, path_);
    if (!match.endpoint) {
      const std::string text = "Method '" + request_.method + ' ' + path_ + "' not implemented";
      HttpReply reply = bare(501, text);
      reply.body = print_json(Json::Object{{"data", Json()}, {"message", text}});
      return reply;
    }
    fault_ = world_.faults.strike(request_.method, path_);
    if (auto faulty = fault_before(lock)) return *faulty;
    const Result<void> merged = merge_path(match);
    if (!merged) return envelope(fail_with(merged), extjs_);
    if (auto refused = refusal(match)) return *refused;
    if (auto lost = lost_node(lock)) return *lost;
    const HttpReply reply = envelope(handle(match, lock), extjs_);
    return fault_ && fault_->reset_after ? reset_reply() : reply;
  }

  static Result<Reply> fail_with(const Result<void>& failed) {
    return tl::unexpected<Error>(failed.error());
  }
  static HttpReply reset_reply() {
    HttpReply reply;
    reply.reset = true;
    return reply;
  }

  // Target and body; an answer if they cannot be read.
  std::optional<HttpReply> read_target() {
    static const std::set<std::string> methods = {"GET", "POST", "PUT", "DELETE"};
    if (!methods.contains(request_.method))
      return bare(501, "method '" + request_.method + "' not available");
    if (request_.chunked) return bare(501, "chunked transfer encoding not supported");
    if (request_.too_large) return bare(501, "for data too large");
    const auto question = request_.target.find('?');
    whole_path_ = percent_decode(request_.target.substr(0, question), /*plus_is_space=*/false);
    extjs_ = whole_path_.starts_with(extjs_root);
    if (!extjs_ && !whole_path_.starts_with(json_root))
      return bare(404, "no such file '" + whole_path_ + "'");
    path_ = whole_path_.substr(extjs_ ? extjs_root.size() : json_root.size());
    if (path_.empty()) path_ = "/";
    if (question != std::string::npos) params_ = decode_form(request_.target.substr(question + 1));
    return read_body();
  }

  std::optional<HttpReply> read_body() {
    const std::string type = request_.header("content-type");
    if (!request_.spooled.empty()) {
      auto upload = read_upload(request_.spooled, type, world_.file("new"));
      if (!upload) return bare(400, upload.error().message);
      params_.merge(upload->fields);
      uploaded_ = upload->file;
      return {};
    }
    if (request_.body.empty() || request_.method == "GET" || request_.method == "DELETE") return {};
    if (type.starts_with("application/json")) {
      auto values = decode_json(request_.body);
      if (!values) return bare(500, first_line(values.error().message));
      params_.merge(*values);
    } else if (type.empty() || type.starts_with("application/x-www-form-urlencoded")) {
      Values values = decode_form(request_.body);
      params_.merge(values);
    } else {
      return bare(506, "upload 'Content-Type '" + type + "' not implemented");
    }
    return {};
  }

  tl::expected<Login, std::string> identify() {
    if (path_ == "/access/ticket" && request_.method == "POST" &&
        request_.header("authorization").empty())
      return Login{};
    const Credentials credentials{request_.header("authorization"), request_.header("cookie"),
                                  request_.header("csrfpreventiontoken"), request_.method != "GET"};
    return login_of(world_.state, credentials, world_.now());
  }

  // Sleeps without the world's lock.
  static void pause(std::unique_lock<std::mutex>& lock, std::int64_t ms) {
    if (ms <= 0) return;
    lock.unlock();
    std::this_thread::sleep_for(milliseconds(ms));
    lock.lock();
  }

  std::optional<HttpReply> fault_before(std::unique_lock<std::mutex>& lock) {
    if (!fault_) return {};
    pause(lock, fault_->hang_ms);
    if (fault_->reset_before) return reset_reply();
    if (fault_->status == 0) return {};
    const int status = static_cast<int>(fault_->status);
    if (status >= 595) return bare(status, fault_->reason);
    HttpReply reply = bare(status, first_line(fault_->reason));
    reply.content_type = HttpReply{}.content_type;
    reply.body = print_json(Json::Object{{"data", Json()}, {"message", fault_->reason + '\n'}});
    return reply;
  }

  Result<void> merge_path(const Match& match) {
    for (const auto& [name, value] : match.path_params) {
      const auto given = params_.find(name);
      if (given != params_.end() && given->second.text != value)
        return refuse_parameter(name,
                                "duplicate parameter (already defined in URI) with conflicting "
                                "values!");
      params_[name].text = value;
    }
    return {};
  }

  std::optional<HttpReply> refusal(const Match& match) {
    if (match.endpoint->refuses_tokens && !login_.token.empty()) {
      const Result<Reply> refused =
          forbid("URI '" + path_ + "' not available with API token, need proper ticket.");
      return envelope(refused, extjs_);
    }
    const auto allowed = check_endpoint(world_.state, login_, *match.endpoint, Params(params_));
    if (!allowed) return envelope(fail_with(allowed), extjs_);
    return {};
  }

  // The answer for a node that is unknown, down or hanging. The first node is the one that the
  // client is connected to.
  std::optional<HttpReply> lost_node(std::unique_lock<std::mutex>& lock) {
    const auto name = params_.find("node");
    if (name == params_.end() || !path_.starts_with("/nodes/")) return {};
    const Node* node = world_.state.node(name->second.text);
    if (!node) {
      if (name->second.text == "localhost") return {};
      const Result<Reply> unknown =
          refuse("hostname lookup '" + name->second.text +
                 "' failed - failed to get address info for: " + name->second.text +
                 ": Temporary failure in name resolution");
      return envelope(unknown, extjs_);
    }
    if (!node->online) return bare(595, "No route to host");
    if (!node->hanging) return {};
    pause(lock, world_.state.settings.hang_ms);
    return bare(596, "Connection timed out");
  }

  Result<Reply> handle(const Match& match, std::unique_lock<std::mutex>& lock) {
    Values values = params_;
    const ParamErrors errors = verify_values(match.endpoint->rules, values, "");
    if (!errors.empty()) return refuse_parameters(errors);
    if (const auto node = values.find("node");
        node != values.end() && node->second.text == "localhost")
      node->second.text = world_.state.nodes.front().name;
    if (match.route->waits_for_guest) TRY(wait_for_guest(values, lock));
    Call call{world_, world_.state, login_, Params(std::move(values)), fault_, uploaded_};
    Result<Reply> outcome = match.route->handler(call);
    if (match.endpoint->writes()) world_.mark_changed();
    return outcome;
  }

  // Tasks of the guest hold its lock; the real server waits for them ten seconds.
  Result<void> wait_for_guest(const Values& values, std::unique_lock<std::mutex>& lock) {
    const auto vmid = to_integer(values.at("vmid").text).value_or(0);
    const auto patience = steady_clock::now() + milliseconds(world_.state.settings.lock_wait_ms);
    while (world_.guest_free_at(vmid) > steady_clock::now()) {
      if (steady_clock::now() > patience)
        return refuse("can't lock file '/run/lock/lxc/pve-config-" + std::to_string(vmid) +
                      ".lock' - got timeout");
      pause(lock, 5);
    }
    return {};
  }

  World& world_;
  const HttpRequest& request_;
  bool extjs_ = false;
  std::string whole_path_;  // decoded, without the query
  std::string path_;        // the same below /api2/json
  Values params_;
  std::filesystem::path uploaded_;
  Login login_;
  std::optional<Fault> fault_;
};

}  // namespace

HttpReply dispatch(World& world, const HttpRequest& request) {
  return Exchange(world, request).run();
}

}  // namespace paas::fake_pve
