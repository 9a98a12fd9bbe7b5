#include "tests/fake-pve/call_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <set>

#include "libpaas/base/json.hpp"

namespace paas::fake_pve {
namespace {

bool is_secret(const std::string& name) {
  static const std::set<std::string> names = {
      "password", "cipassword", "otp", "ssh-public-keys", "sshkeys", "env", "tfa-challenge"};
  return names.contains(name);
}

Json params_json(const std::map<std::string, Value>& params) {
  Json::Object out;
  for (const auto& [name, value] : params) {
    if (is_secret(name)) {
      out[name] = "***";
    } else if (value.items) {
      out[name] = Json::Array(value.items->begin(), value.items->end());
    } else {
      out[name] = value.text;
    }
  }
  return out;
}

}  // namespace

CallLog::~CallLog() {
  if (file_ >= 0) close(file_);
}

Result<void> CallLog::open(CallLog& log, const std::filesystem::path& file) {
  log.file_ = ::open(file.c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
  if (log.file_ < 0) return fail(Errc::internal, "unable to open " + file.string());
  return {};
}

void CallLog::write(const CallRecord& record) {
  const std::lock_guard lock(mutex_);
  Json::Object line{{"n", ++count_},           {"method", record.method},
                    {"path", record.path},     {"params", params_json(record.params)},
                    {"status", record.status}, {"user", record.user},
                    {"ms", record.ms},         {"connection", record.connection}};
  if (record.status != 200) line["reason"] = record.reason;
  if (!record.fault.empty()) line["fault"] = record.fault;
  const std::string text = print_json(line) + '\n';
  // One write call a line: readers see whole lines only.
  [[maybe_unused]] const auto written = ::write(file_, text.data(), text.size());
}

void CallLog::reset() {
  const std::lock_guard lock(mutex_);
  count_ = 0;
  [[maybe_unused]] const int cut = ftruncate(file_, 0);
}

}  // namespace paas::fake_pve
