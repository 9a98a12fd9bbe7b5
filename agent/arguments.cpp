#include "agent/arguments.hpp"

#include <algorithm>

namespace paas::agent {
namespace {

std::string shown(const Flag& flag) {
  return std::string(flag.name) + (flag.value.empty() ? "" : " " + std::string(flag.value));
}

}  // namespace

Result<Arguments> Arguments::parse(const std::vector<std::string>& arguments,
                                   const std::vector<Flag>& flags) {
  Arguments out;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      out.words_.insert(out.words_.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                        arguments.end());
      break;
    }
    if (!argument.starts_with('-') || argument == "-") {  // "-" stands for standard input
      out.words_.push_back(argument);
      continue;
    }
    const auto equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const auto known = std::find_if(flags.begin(), flags.end(),
                                    [&](const Flag& flag) { return flag.name == name; });
    if (known == flags.end()) return fail(Errc::invalid, "unknown flag " + name);
    if (out.has(name)) return fail(Errc::invalid, name + " is given twice");
    std::string value;
    if (equals != std::string::npos) {
      if (known->value.empty()) return fail(Errc::invalid, name + " takes no value");
      value = argument.substr(equals + 1);
    } else if (!known->value.empty()) {
      if (i + 1 == arguments.size()) {
        return fail(Errc::invalid, name + " needs a value: " + shown(*known));
      }
      value = arguments[++i];
    }
    out.values_.emplace(name, std::move(value));
  }
  return out;
}

std::optional<std::string> Arguments::value(std::string_view flag) const {
  const auto found = values_.find(flag);
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

std::string help_of(const std::vector<Flag>& flags) {
  std::size_t width = 0;
  for (const Flag& flag : flags) width = std::max(width, shown(flag).size());
  std::string out;
  for (const Flag& flag : flags) {
    std::string left = shown(flag);
    left.resize(width + 2, ' ');
    out += "  " + left + std::string(flag.help) + "\n";
  }
  return out;
}

}  // namespace paas::agent
