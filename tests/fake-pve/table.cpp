#include "tests/fake-pve/table.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

using Words = std::vector<std::string>;

[[noreturn]] void table_mistake(const std::string& line) {
  std::cerr << "fake-pve: mistake in the parameter table: " << line << '\n';
  std::abort();
}

// "mp[0..255]" -> mp0 ... mp255; anything else stands for itself.
Words expand_choice(const std::string& word) {
  const auto open = word.find('[');
  if (open == std::string::npos) return {word};
  const auto dots = word.find("..", open);
  const auto first = to_integer(word.substr(open + 1, dots - open - 1));
  const auto last = to_integer(word.substr(dots + 2, word.size() - dots - 3));
  if (!first || !last) table_mistake(word);
  Words out;
  for (auto i = *first; i <= *last; ++i) out.push_back(word.substr(0, open) + std::to_string(i));
  return out;
}

// The rules of parameters that stand in paths.
const std::map<std::string, std::string>& path_rules() {
  static const std::map<std::string, std::string> rules = {
      {"node", "node string pve-node"},
      {"vmid", "vmid integer pve-vmid 100..999999999"},
      {"storage", "storage string pve-storage-id"},
      {"volume", "volume string"},
      {"upid", "upid string"},
      {"sid", "sid string pve-ha-resource-or-vm-id"},
      {"poolid", "poolid string pve-poolid"},
      {"snapname", "snapname string pve-configid len ..40"},
      {"pos", "pos? integer 0.."},
  };
  return rules;
}

class TableReader {
 public:
  void read(std::string_view text) {
    for (const std::string& line : split_fields(text, '\n'))
      if (!trim(line).empty()) read_line(line);
  }
  Table take() {
    for (Endpoint& endpoint : table_.endpoints) add_path_rules(endpoint);
    return std::move(table_);
  }

 private:
  void read_line(const std::string& line) {
    const bool is_row = line.front() == ' ';
    const std::string row = trim(line);
    const Words words = split_words(row, " ");
    if (!is_row) {
      open_block(words);
    } else if (words[0] == "may") {
      read_access(row.substr(4));
    } else if (words[0] == "+") {
      const auto group = groups_.find(words.at(1));
      if (group == groups_.end()) table_mistake(line);
      for (const std::string& shared : group->second) add_row(shared);
    } else {
      add_row(row);
    }
  }

  void open_block(const Words& words) {
    group_ = nullptr;
    if (words[0] == "group") {
      group_ = &groups_[words.at(1)];
    } else if (words[0] == "format") {
      rules_ = &table_.formats[words.at(1)];
    } else {
      Endpoint& endpoint = table_.endpoints.emplace_back();
      endpoint.method = words[0];
      endpoint.path = words.at(1);
      endpoint.segments = split_words(endpoint.path, "/");
      endpoint.refuses_tokens = words.size() > 2;
    }
    if (words[0] != "group" && words[0] != "format") rules_ = nullptr;
  }

  void read_access(const std::string& text) {
    Endpoint& endpoint = table_.endpoints.back();
    if (text == "user") endpoint.access = Access::user;
    if (text == "world") endpoint.access = Access::world;
    if (text == "root") endpoint.access = Access::root;
    if (text == "user" || text == "world" || text == "root") return;
    std::vector<Grant> alternatives;
    for (const std::string& part : split_words(text, "|")) {
      const Words words = split_words(part, " ");
      alternatives.push_back({words[0] == "any", words.at(1), {words.begin() + 2, words.end()}});
    }
    endpoint.grants.push_back(std::move(alternatives));
  }

  void add_row(const std::string& row) {
    if (group_) {
      group_->push_back(row);
    } else {
      (rules_ ? *rules_ : table_.endpoints.back().rules).add(read_rule(row));
    }
  }

  static void add_path_rules(Endpoint& endpoint) {
    for (const std::string& segment : endpoint.segments) {
      if (segment.front() != '{') continue;
      const auto rule = path_rules().find(segment.substr(1, segment.size() - 2));
      if (rule == path_rules().end()) table_mistake(endpoint.path);
      endpoint.rules.add(read_rule(rule->second));
    }
  }

  static void read_range(const std::string& word, bool of_length, Rule& rule) {
    const auto dots = word.find("..");
    const auto low = to_number(word.substr(0, dots));
    const auto high = to_number(word.substr(dots + 2));
    if (!of_length) {
      rule.minimum = low;
      rule.maximum = high;
      return;
    }
    if (low) rule.min_length = static_cast<std::int64_t>(*low);
    if (high) rule.max_length = static_cast<std::int64_t>(*high);
  }

  static void read_name(std::string name, Rule& rule) {
    if (name.ends_with('?')) {
      rule.optional = true;
      name.pop_back();
    }
    if (const auto open = name.find('['); open != std::string::npos) {
      rule.max_index = to_integer(name.substr(open + 1, name.size() - open - 2));
      name.resize(open);
    }
    rule.name = std::move(name);
  }

  static void read_type(const std::string& word, Rule& rule) {
    for (const ParamType type : {ParamType::string, ParamType::integer, ParamType::number,
                                 ParamType::boolean, ParamType::array})
      if (word == name_of(type)) {
        rule.type = type;
        return;
      }
    table_mistake(rule.name + ' ' + word);
  }

  static Rule read_rule(const std::string& row) {
    Rule rule;
    std::string rest = row;
    if (const auto open = rest.find(" /"); open != std::string::npos) {
      const auto close = rest.rfind('/');
      rule.pattern = rest.substr(open + 2, close - open - 2);
      rule.matcher = std::regex(rule.pattern);
      rest.erase(open, close - open + 1);
    }
    if (const auto open = rest.find('{'); open != std::string::npos) {
      const auto close = rest.find('}');
      for (const std::string& word : split_words(rest.substr(open + 1, close - open - 1), " "))
        for (std::string& choice : expand_choice(word)) rule.choices.push_back(std::move(choice));
      rest.replace(open, close - open + 1, "string");
    }
    const Words words = split_words(rest, " ");
    read_name(words[0], rule);
    if (words.at(1) == "->") {
      rule.optional = true;
      rule.alias = words.at(2);
      if (words.size() > 4) rule.key_alias = words[4];
      return rule;
    }
    read_type(words[1], rule);
    for (std::size_t i = 2; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (word == "len") {
        read_range(words.at(++i), /*of_length=*/true, rule);
      } else if (word == "needs") {
        rule.needs = words.at(++i);
      } else if (word == "*") {
        rule.default_key = true;
      } else if (word.find("..") != std::string::npos) {
        read_range(word, /*of_length=*/false, rule);
      } else if (word.front() == '<') {
        rule.property_format = word.substr(1, word.size() - 2);
      } else if (word.front() == '~') {
        rule.shape = word.substr(1);
      } else {
        rule.format = word;
      }
    }
    return rule;
  }

  Table table_;
  std::map<std::string, Words> groups_;
  Words* group_ = nullptr;
  RuleSet* rules_ = nullptr;
};

Json rule_json(const Rule& rule) {
  Json::Object row{{"type", name_of(rule.type)}, {"optional", rule.optional}};
  if (!rule.choices.empty()) {
    Json::Array choices(rule.choices.begin(), rule.choices.end());
    row["enum"] = std::move(choices);
  }
  if (!rule.format.empty()) row["format"] = rule.format;
  if (!rule.property_format.empty()) row["property_format"] = rule.property_format;
  if (rule.minimum) row["minimum"] = *rule.minimum;
  if (rule.maximum) row["maximum"] = *rule.maximum;
  if (rule.min_length) row["minLength"] = *rule.min_length;
  if (rule.max_length) row["maxLength"] = *rule.max_length;
  if (!rule.pattern.empty()) row["pattern"] = rule.pattern;
  if (!rule.shape.empty()) row["shape"] = rule.shape;
  if (!rule.needs.empty()) row["requires"] = rule.needs;
  if (rule.default_key) row["default_key"] = true;
  if (!rule.alias.empty()) row["alias"] = rule.alias;
  if (!rule.key_alias.empty()) row["keyAlias"] = rule.key_alias;
  if (rule.max_index) row["max_index"] = *rule.max_index;
  return row;
}

Json rules_json(const RuleSet& rules) {
  Json::Object out;
  for (const auto& [name, rule] : rules.plain()) out[name] = rule_json(rule);
  for (const auto& [name, rule] : rules.indexed()) out[name + "[n]"] = rule_json(rule);
  return out;
}

Json access_json(const Endpoint& endpoint) {
  if (endpoint.access == Access::world) return "world";
  if (endpoint.access == Access::user) return "user";
  if (endpoint.access == Access::root) return "root";
  Json::Array groups;
  for (const auto& alternatives : endpoint.grants) {
    Json::Array group;
    for (const Grant& grant : alternatives)
      group.push_back(Json::Object{
          {"any", grant.any},
          {"path", grant.path},
          {"privileges", Json::Array(grant.privileges.begin(), grant.privileges.end())}});
    groups.push_back(std::move(group));
  }
  return groups;
}

Table read_table() {
  TableReader reader;
  for (const char* text :
       {access_and_cluster_table, node_and_storage_table, lxc_table, qemu_drive_table, qemu_table})
    reader.read(text);
  return reader.take();
}

}  // namespace

const Table& table() {
  static const Table whole = read_table();
  return whole;
}

const RuleSet& property_format(std::string_view name) {
  const auto found = table().formats.find(name);
  if (found == table().formats.end()) table_mistake(std::string(name));
  return found->second;
}

Json table_json() {
  Json::Array endpoints;
  for (const Endpoint& endpoint : table().endpoints)
    endpoints.push_back(Json::Object{{"method", endpoint.method},
                                     {"path", endpoint.path},
                                     {"allowtoken", !endpoint.refuses_tokens},
                                     {"access", access_json(endpoint)},
                                     {"parameters", rules_json(endpoint.rules)}});
  Json::Object formats;
  for (const auto& [name, rules] : table().formats) formats[name] = rules_json(rules);
  return Json::Object{{"endpoints", std::move(endpoints)}, {"formats", std::move(formats)}};
}

}  // namespace paas::fake_pve
