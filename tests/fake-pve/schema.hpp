#pragma once
// What the fake cluster knows about parameters: rules, sets of rules, and endpoints.
// The rows come from the table_*.cpp files; their language is described in table.hpp.

#include <cstdint>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

namespace paas::fake_pve {

enum class ParamType { string, integer, number, boolean, array };

std::string_view name_of(ParamType type);

// One parameter, or one key of a property string.
struct Rule {
  std::string name;                       // "net" for an indexed parameter net0, net1, ...
  std::optional<std::int64_t> max_index;  // set for indexed parameters
  bool optional = false;
  ParamType type = ParamType::string;
  std::vector<std::string> choices;  // enumeration; empty means free
  std::string format;                // a named format of formats.hpp
  std::string property_format;       // the property string it holds
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::optional<std::int64_t> min_length;
  std::optional<std::int64_t> max_length;
  std::string pattern;  // ECMAScript, anchored at both ends
  std::regex matcher;   // of `pattern`
  std::string shape;    // a pattern too long for a regular expression: formats.hpp, has_shape()
  std::string needs;    // another parameter that must be given with this one
  bool default_key = false;
  std::string alias;      // this key stands for that one
  std::string key_alias;  // and its own name is the value of that one ("virtio=MAC")
};

class RuleSet {
 public:
  void add(Rule rule);
  // The rule for a parameter as given ("net3"); null if the set has none.
  const Rule* find(std::string_view name) const;
  const std::map<std::string, Rule, std::less<>>& plain() const { return plain_; }
  const std::map<std::string, Rule, std::less<>>& indexed() const { return indexed_; }
  // The key that a value without a name belongs to; null if there is none.
  const Rule* default_key() const;

 private:
  std::map<std::string, Rule, std::less<>> plain_;
  std::map<std::string, Rule, std::less<>> indexed_;
};

// One way to be allowed: all (or any) of the privileges on a path with {parameters} in it.
struct Grant {
  bool any = false;
  std::string path;
  std::vector<std::string> privileges;
};

enum class Access { world, user, root, granted };

struct Endpoint {
  std::string method;
  std::string path;                   // "/nodes/{node}/lxc"
  std::vector<std::string> segments;  // of `path`
  bool refuses_tokens = false;
  Access access = Access::granted;
  std::vector<std::vector<Grant>> grants;  // every group must hold by one of its alternatives
  RuleSet rules;

  bool writes() const { return method != "GET"; }
};

}  // namespace paas::fake_pve
