#include "tests/bench/placement/row.hpp"

#include <sys/resource.h>

#include "libpaas/base/json.hpp"

namespace paas::bench {

void Report::add(const Row& row) {
  Json::Object out{{"measure", row.measure}, {"ours", row.ours},    {"unit", row.unit},
                   {"lower", row.lower},     {"note", row.note},    {"goal", nullptr},
                   {"peer", nullptr},        {"peer_name", nullptr}};
  if (row.goal) out["goal"] = *row.goal;
  if (row.peer) {
    out["peer"] = *row.peer;
    out["peer_name"] = row.peer_name;
  }
  rows_ << print_json(Json(std::move(out))) << '\n' << std::flush;
}

void Report::about(const std::string& name, const std::string& value) {
  rows_ << print_json(Json(Json::Object{{"about", name}, {"value", value}})) << '\n' << std::flush;
}

void Report::skipped(const std::string& which, const std::string& why) {
  texts_ << "SKIPPED: " << which << ": " << why << std::endl;
}

void Report::failed(const std::string& what, const std::string& why) {
  failed_ = true;
  texts_ << "FAILED: " << what << ": " << why << std::endl;
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace paas::bench
