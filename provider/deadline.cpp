#include "provider/deadline.hpp"

namespace paas::provider {

Deadline::Deadline(std::stop_token outer, std::chrono::milliseconds limit, std::string attribute)
    : end_(std::chrono::steady_clock::now() + limit),
      limit_(limit),
      attribute_(std::move(attribute)),
      outer_(std::move(outer), [this] { source_.request_stop(); }),
      watch_([this](std::stop_token done) { watch(std::move(done)); }) {}

void Deadline::watch(std::stop_token done) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_until(lock, done, end_, [] { return false; });
  if (done.stop_requested()) return;
  passed_ = true;
  source_.request_stop();
}

Error Deadline::explain(Error error) const {
  if (!passed_ || (error.code != Errc::cancelled && error.code != Errc::timeout)) return error;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit_).count();
  error.code = Errc::timeout;
  error.message = "gave up after " + std::to_string(seconds) + " s: " + error.message;
  const std::string raise = "Raise " + attribute_ + " if it needs longer";
  error.remedy = error.remedy.empty() ? raise + "; whatever runs on the cluster goes on."
                                      : raise + ". " + error.remedy;
  return error;
}

}  // namespace paas::provider
