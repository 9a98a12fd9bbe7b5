#pragma once
// Diagnostics: what Terraform shows its user, each tied to the attribute that caused it.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "libpaas/base/result.hpp"

namespace paas::tf {

// One step into a value: an attribute, the key of a map, or the index of a list.
struct AttributeName {
  std::string name;
  bool operator==(const AttributeName&) const = default;
};
struct MapKey {
  std::string key;
  bool operator==(const MapKey&) const = default;
};
struct ListIndex {
  std::int64_t index = 0;
  bool operator==(const ListIndex&) const = default;
};
using PathStep = std::variant<AttributeName, MapKey, ListIndex>;

// The way from the root of a resource to one of its attributes.
class Path {
 public:
  Path() = default;
  explicit Path(std::string attribute) { steps_.emplace_back(AttributeName{std::move(attribute)}); }

  Path attribute(std::string name) const { return with(AttributeName{std::move(name)}); }
  Path key(std::string name) const { return with(MapKey{std::move(name)}); }
  Path index(std::int64_t position) const { return with(ListIndex{position}); }

  const std::vector<PathStep>& steps() const { return steps_; }
  bool empty() const { return steps_.empty(); }
  bool operator==(const Path&) const = default;

 private:
  Path with(PathStep step) const {
    Path longer = *this;
    longer.steps_.push_back(std::move(step));
    return longer;
  }
  std::vector<PathStep> steps_;
};

// As a user writes it: network["net0"].mac, dns.servers[1].
std::string to_text(const Path& path);

enum class Severity { error, warning };

struct Diagnostic {
  Severity severity = Severity::error;
  std::string summary;  // short, no full stop: "invalid hostname"
  std::string detail;   // what, why, and the remedy
  Path path;            // empty: the whole resource
  bool operator==(const Diagnostic&) const = default;
};
using Diagnostics = std::vector<Diagnostic>;

bool has_errors(const Diagnostics& diagnostics);

Diagnostic error_at(Path path, std::string summary, std::string detail);
Diagnostic warning_at(Path path, std::string summary, std::string detail);

// An Error as a user reads it: `summary`, then the cause chain, then the remedy.
Diagnostic diagnostic_of(const Error& error, std::string summary, Path path = {});

}  // namespace paas::tf
