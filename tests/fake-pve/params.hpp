#pragma once
// The parameters of one request, path parameters included, after verification.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/fake-pve/verify.hpp"

namespace paas::fake_pve {

class Params {
 public:
  Params() = default;
  explicit Params(std::map<std::string, Value> values) : values_(std::move(values)) {}

  bool has(const std::string& name) const { return values_.contains(name); }
  // The text of a parameter, or `otherwise` if it was not given.
  std::string text(const std::string& name, const std::string& otherwise = "") const;
  std::int64_t integer(const std::string& name, std::int64_t otherwise = 0) const;
  bool flag(const std::string& name, bool otherwise = false) const;
  std::vector<std::string> list(const std::string& name) const;  // a list, or its one value
  // The same, and the parameter is gone afterwards.
  std::string take(const std::string& name, const std::string& otherwise = "");

  const std::map<std::string, Value>& all() const { return values_; }
  void set(const std::string& name, Value value) { values_[name] = std::move(value); }

 private:
  std::map<std::string, Value> values_;
};

}  // namespace paas::fake_pve
