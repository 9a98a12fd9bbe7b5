#pragma once
// The record of calls: one JSON line a request in DIR/calls.jsonl, for tests to assert on.

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>

#include "libpaas/base/result.hpp"
#include "tests/fake-pve/verify.hpp"

namespace paas::fake_pve {

struct CallRecord {
  std::string method;
  std::string path;  // without the query
  std::map<std::string, Value> params;
  std::int64_t status = 0;
  std::string reason;
  std::string user;
  std::int64_t ms = 0;
  std::int64_t connection = 0;
  std::string fault;  // the name of the fault that struck, or "fault"
};

class CallLog {
 public:
  // Errors: `internal` if the file cannot be opened.
  static Result<void> open(CallLog& log, const std::filesystem::path& file);
  CallLog() = default;
  CallLog(const CallLog&) = delete;
  CallLog& operator=(const CallLog&) = delete;
  ~CallLog();

  // Values of secret parameters (passwords, keys, environment) are written as "***".
  void write(const CallRecord& record);
  void reset();

 private:
  std::mutex mutex_;
  int file_ = -1;
  std::int64_t count_ = 0;
};

}  // namespace paas::fake_pve
