#include "libpaas/adapters/pve/session.hpp"

#include "libpaas/base/text.hpp"
#include "libpaas/proxmox/calls.hpp"

namespace paas::pve {
namespace {

// A ticket lives two hours; after one it is exchanged, so that there is time if that fails.
constexpr std::chrono::minutes renew_after{60};
constexpr std::chrono::minutes too_old_after{115};
constexpr std::chrono::minutes renew_again_after{1};

// A ticket that only proves the first factor.
bool is_challenge(std::string_view ticket) {
  return ticket.starts_with("PVE:!tfa!");
}

// The error of a sign-in, seen by the call that needed it: that call was not sent.
Error before_the_call(Error error) {
  if (error.code == Errc::unknown_outcome) error.code = Errc::unavailable;
  return std::move(error).while_doing("sign in");
}

}  // namespace

HttpRequest request_of(const proxmox::Call& call, const PveOptions& options) {
  HttpRequest request;
  request.method = std::string(name_of(call.method));
  request.url = options.endpoint + "/api2/json" + call.path;
  request.timeout = options.timeout;
  const std::string form = proxmox::print_form(call.params);
  if (call.method == proxmox::Method::post || call.method == proxmox::Method::put) {
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = form;
  } else if (!form.empty()) {
    request.url += "?" + form;
  }
  return request;
}

Session::Session(Http& http, Clock& clock, Log& log, const PveOptions& options)
    : http_(http), clock_(clock), log_(log), options_(options) {}

Result<Session::Pass> Session::pass(proxmox::Method method, std::stop_token stop) {
  if (const auto* token = std::get_if<Token>(&options_.credentials)) {
    return Pass{{{"Authorization", "PVEAPIToken=" + token->id + "=" + token->secret}}, 0};
  }
  std::unique_lock lock(mutex_);
  signed_in_.wait(lock, stop, [this] { return !signing_in_; });
  if (stop.stop_requested()) return fail(Errc::cancelled, "stopped before anything was sent");
  if (due(ticket_)) {
    signing_in_ = true;
    const auto old = ticket_;
    lock.unlock();
    auto fresh = sign_in(old, stop);
    lock.lock();
    signing_in_ = false;
    signed_in_.notify_all();
    if (!fresh) return tl::unexpected(before_the_call(std::move(fresh).error()));
    ticket_ = *std::move(fresh);
    ++sign_ins_;
  }
  Pass pass{{{"Cookie", "PVEAuthCookie=" + percent_encode(ticket_->text)}}, sign_ins_};
  if (method != proxmox::Method::get) {
    pass.headers.emplace_back("CSRFPreventionToken", ticket_->csrf);
  }
  return pass;
}

bool Session::due(const std::optional<Ticket>& ticket) const {
  return !ticket || clock_.steady() >= ticket->due;
}

bool Session::refused(const Pass& pass) {
  if (std::holds_alternative<Token>(options_.credentials)) return false;
  const std::lock_guard lock(mutex_);
  if (pass.sign_in == sign_ins_) ticket_.reset();  // else somebody has signed in since
  return true;
}

std::string Session::user() const {
  if (const auto* token = std::get_if<Token>(&options_.credentials)) return token->id;
  const std::lock_guard lock(mutex_);
  return ticket_ ? ticket_->user : std::string();
}

std::vector<std::string> Session::secrets() const {
  if (const auto* token = std::get_if<Token>(&options_.credentials)) return {token->secret};
  const auto& own = std::get<Password>(options_.credentials);
  std::vector<std::string> out{own.password};
  if (!own.otp.empty()) out.push_back(own.otp);
  const std::lock_guard lock(mutex_);
  if (ticket_) out.insert(out.end(), {ticket_->text, ticket_->csrf});
  return out;
}

Result<Session::Ticket> Session::sign_in(const std::optional<Ticket>& old, std::stop_token stop) {
  if (old) {
    auto exchanged = renewed(*old, stop);
    if (exchanged || exchanged.error().code != Errc::denied) return exchanged;
  }
  const auto& own = std::get<Password>(options_.credentials);
  log_.debug("signing in to the cluster", {{"user", own.username}});
  auto first = ask(proxmox::sign_in({own.username, own.password, own.otp}), stop);
  if (!first) {
    if (first.error().code != Errc::denied) return first;
    return tl::unexpected(std::move(first).error().advising(
        own.otp.empty() ? "check `username`, with its realm, and `password`"
                        : "check `username`, `password` and `otp`: a one-time password serves once "
                          "and for half a minute; an API token needs none"));
  }
  if (is_challenge(first->text)) return second_factor(*first, stop);
  return first;
}

// The old ticket serves as password for the next one, without a second factor.
Result<Session::Ticket> Session::renewed(const Ticket& old, std::stop_token stop) {
  const auto& own = std::get<Password>(options_.credentials);
  auto fresh = ask(proxmox::sign_in({own.username, old.text}), stop);
  if (fresh || fresh.error().code == Errc::denied || fresh.error().code == Errc::cancelled) {
    return fresh;
  }
  if (clock_.steady() - old.since > too_old_after) return fresh;
  log_.warn("unable to renew the ticket, which is still good",
            {{"error", describe(fresh.error())}});
  Ticket kept = old;
  kept.due = clock_.steady() + renew_again_after;
  return kept;
}

Result<Session::Ticket> Session::second_factor(const Ticket& challenge, std::stop_token stop) {
  const auto& own = std::get<Password>(options_.credentials);
  if (own.otp.empty()) {
    return tl::unexpected(
        Error{Errc::denied, own.username + " signs in with a second factor", {}, {}}.advising(
            "set `otp` to the code that is valid now, or use an API token, which needs none"));
  }
  auto ticket = ask(proxmox::sign_in({own.username, "totp:" + own.otp, {}, challenge.text}), stop);
  if (!ticket && ticket.error().code == Errc::denied) {
    return tl::unexpected(std::move(ticket).error().advising(
        "check `otp`: a code serves once and for half a minute; an API token needs none"));
  }
  return ticket;
}

Result<Session::Ticket> Session::ask(const proxmox::Call& call, std::stop_token stop) {
  const auto since = clock_.steady();
  auto response = TRY(http_.send(request_of(call, options_), std::move(stop)));
  const Json data =
      TRY(proxmox::judge({response.status, std::move(response.reason), std::move(response.body)}));
  const std::string* text = data["ticket"].string();
  const std::string* csrf = data["CSRFPreventionToken"].string();
  const std::string* user = data["username"].string();
  if (text == nullptr || text->empty() || user == nullptr ||
      (csrf == nullptr && !is_challenge(*text))) {
    return fail(Errc::internal, "the cluster's answer holds no ticket");
  }
  return Ticket{*user, *text, csrf != nullptr ? *csrf : std::string(), since, since + renew_after};
}

}  // namespace paas::pve
