#include "libpaas/adapters/pve/client.hpp"

#include <algorithm>
#include <array>

#include "libpaas/adapters/pve/gate.hpp"
#include "libpaas/adapters/pve/retry.hpp"
#include "libpaas/adapters/pve/session.hpp"
#include "libpaas/adapters/pve/storage_gates.hpp"
#include "libpaas/adapters/pve/task_watch.hpp"
#include "libpaas/base/text.hpp"

namespace paas::pve {
namespace {

using proxmox::Call;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// What the server accepts; it answers more with a text that nobody would understand.
constexpr std::size_t max_body_bytes = std::size_t{512} << 10;

constexpr std::array<std::string_view, 5> secret_parameters = {"password", "cipassword", "otp",
                                                               "tfa-challenge", "env"};

std::string title(const Call& call) {
  return std::string(name_of(call.method)) + " " + call.path;
}

void replace_all(std::string& text, std::string_view part, std::string_view with) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + with.size())) {
    text.replace(at, part.size(), with);
  }
}

// A server may quote in its errors what it was sent, URLs with a password in them too.
Error without(const std::vector<std::string>& secrets, Error error) {
  error.message = without_url_secrets(error.message);
  for (std::string& line : error.context) line = without_url_secrets(line);
  for (const std::string& secret : secrets) {
    if (secret.size() < 3) continue;
    replace_all(error.message, secret, "(sensitive)");
    for (std::string& line : error.context) replace_all(line, secret, "(sensitive)");
    replace_all(error.remedy, secret, "(sensitive)");
  }
  return error;
}

class PveClient final : public Pve {
 public:
  PveClient(Http& http, Clock& clock, Random& random, Log& log, PveOptions options)
      : http_(http),
        clock_(clock),
        random_(random),
        log_(log),
        options_(std::move(options)),
        session_(http, clock, log, options_),
        gate_(options_.parallelism),
        storages_(options_.storage_parallelism, clock) {}

  Result<Json> call(const Call& call, std::stop_token stop) override {
    const HttpRequest request = request_of(call, options_);
    if (request.body.size() > max_body_bytes) {
      return fail(Errc::invalid, "the parameters are larger than the server accepts (512 KiB)");
    }
    auto places = TRY(storages_.enter(allocations(call), stop));
    auto data = persistently(call, request, stop);
    const std::string* text = data ? data->string() : nullptr;
    if (text != nullptr && text->starts_with("UPID:")) {
      storages_.keep(*text, std::move(places));
    } else {
      storages_.leave(places);
    }
    return data;
  }

  Result<void> wait(const proxmox::Upid& task, std::stop_token stop) override {
    TaskPatience patience;
    patience.total = options_.task_timeout;
    LineSink sink;
    if (log_.enabled(LogLevel::info)) {
      sink = [&](const std::string& line) {
        log_.info(without_url_secrets(line),
                  {{"task", task.type}, {"id", task.id}, {"node", task.node}});
      };
    }
    auto ended = watch_task(*this, clock_, patience, task, sink, std::move(stop));
    storages_.done(task.text);
    if (ended) return {};
    return tl::unexpected(without(session_.secrets(), std::move(ended).error()));
  }

  Result<proxmox::Upid> upload(const Upload& upload, std::stop_token stop) override {
    HttpRequest request = request_of(upload.call, options_);
    request.headers.clear();
    request.body.clear();
    request.timeout = milliseconds{0};
    request.file = HttpRequest::File{upload.file_path, "filename", upload.file_name,
                                     upload.call.params, progress_of(upload)};
    const Json data = TRY(persistently(upload.call, request, stop));
    if (data.string() == nullptr) {
      return fail(Errc::internal, "the answer to an upload is the name of a task");
    }
    return proxmox::parse_upid(*data.string());
  }

  std::string user() const override { return session_.user(); }

 private:
  struct Attempt {
    Result<Json> data;
    int status = 0;  // of the answer to the call itself; 0: none came, or it was not sent
  };

  // Attempts until one succeeds, or fails in a way that another cannot help.
  Result<Json> persistently(const Call& call, const HttpRequest& request, std::stop_token stop) {
    const auto start = clock_.steady();
    bool signed_in_again = false;
    for (int attempts = 1;; ++attempts) {
      Attempt attempt = once(call, request, signed_in_again, stop);
      if (attempt.data) return std::move(attempt.data);
      Error& error = attempt.data.error();
      const auto elapsed = std::chrono::duration_cast<milliseconds>(clock_.steady() - start);
      const auto delay = retry_delay(repeat_of(call.method, attempt.status, error), attempts,
                                     elapsed, random_.next(), RetryLimits{});
      if (!delay) return tl::unexpected(final_error(call, std::move(error), attempt.status));
      log_.debug("calling again after a failure that passes",
                 {{"call", title(call)},
                  {"attempt", std::to_string(attempts)},
                  {"after_ms", std::to_string(delay->count())},
                  {"error", without(secrets_of(call), error).message}});
      if (!clock_.sleep(*delay, stop)) {
        return tl::unexpected(
            final_error(call, Error{Errc::cancelled, "stopped between two attempts", {}, {}}, 0));
      }
    }
  }

  // One attempt, and another with a new ticket if the cluster no longer takes the one we have:
  // a 401 means that nothing has happened.
  Attempt once(const Call& call, HttpRequest request, bool& signed_in_again, std::stop_token stop) {
    const std::size_t own_headers = request.headers.size();
    while (true) {
      const auto place = gate_.enter(stop);
      if (!place) return {tl::unexpected(place.error())};
      auto pass = session_.pass(call.method, stop);
      if (!pass) return {tl::unexpected(std::move(pass).error())};
      request.headers.resize(own_headers);
      request.headers.insert(request.headers.end(), pass->headers.begin(), pass->headers.end());
      auto response = http_.send(request, stop);
      if (!response) return {tl::unexpected(std::move(response).error())};
      const int status = response->status;
      if (status == 401 && !signed_in_again && session_.refused(*pass)) {
        signed_in_again = true;
        continue;
      }
      return {proxmox::judge({status, std::move(response->reason), std::move(response->body)}),
              status};
    }
  }

  std::vector<std::string> secrets_of(const Call& call) const {
    std::vector<std::string> out = session_.secrets();
    for (const auto& [name, value] : call.params) {
      const bool secret = std::find(secret_parameters.begin(), secret_parameters.end(), name) !=
                          secret_parameters.end();
      if (secret) out.push_back(value);
    }
    return out;
  }

  Error final_error(const Call& call, Error error, int status) const {
    if (error.remedy.empty()) error.remedy = remedy_of(error, status);
    return without(secrets_of(call), std::move(error).while_doing(title(call)));
  }

  std::string remedy_of(const Error& error, int status) const {
    const bool token = std::holds_alternative<Token>(options_.credentials);
    if (status == 401) {
      return token ? "check `api_token`: it is unknown to the cluster, has expired, or its secret "
                     "is another"
                   : "check `username` and `password`";
    }
    if (status == 403 && token) {
      return "grant the privilege to the token " + session_.user() +
             " itself as well as to its user, or make the token without privilege separation";
    }
    if (status >= 595 && status <= 597) {
      return "the node is off, or the one that answers cannot reach it or waited too long for it: "
             "try again when it is back";
    }
    if (proxmox::is_lock_contention(error)) {
      return "something else works on it (a backup, a migration, another change): try again later";
    }
    return {};
  }

  // Tells the log of every tenth of the file.
  std::function<void(std::uint64_t, std::uint64_t)> progress_of(const Upload& upload) {
    return [this, name = upload.file_name, told = std::uint64_t{0}](std::uint64_t sent,
                                                                    std::uint64_t total) mutable {
      if (total == 0) return;
      const std::uint64_t tenths = sent / std::max<std::uint64_t>(total / 10, 1);
      if (tenths <= told) return;
      told = tenths;
      log_.info("uploading", {{"file", name},
                              {"sent_mib", std::to_string(sent >> 20U)},
                              {"total_mib", std::to_string(total >> 20U)}});
    };
  }

  Http& http_;
  Clock& clock_;
  Random& random_;
  Log& log_;
  const PveOptions options_;
  Session session_;
  Gate gate_;
  StorageGates storages_;
};

}  // namespace

std::unique_ptr<Pve> make_pve(Http& http, Clock& clock, Random& random, Log& log,
                              PveOptions options) {
  return std::make_unique<PveClient>(http, clock, random, log, std::move(options));
}

}  // namespace paas::pve
