// Functions: fixed and variadic parameters, null, unknown, dynamic, and failures of two kinds.
#include <stdexcept>

#include "tests/corner/parts.hpp"

namespace paas::corner {
namespace {

using tf::Type;
using Values = std::vector<tf::Value>;
using Outcome = tl::expected<tf::Value, tf::FunctionFailure>;

Outcome join_texts(const Values& arguments) {
  std::string joined;
  for (std::size_t i = 1; i < arguments.size(); ++i)
    joined += (i > 1 ? *arguments[0].as<std::string>() : "") + *arguments[i].as<std::string>();
  return tf::Value(joined);
}

Outcome same(const Values& arguments) {
  return arguments[0];
}

Outcome state_of(const Values& arguments) {
  if (arguments[0].is_unknown()) return tf::Value("unknown");
  return tf::Value(tf::absent(arguments[0]) ? "null" : "known");
}

Outcome positive(const Values& arguments) {
  if (arguments[1].as<tf::Number>()->to_double() > 0) return arguments[1];
  return tl::unexpected(tf::FunctionFailure{"must be positive", 1});
}

Outcome explode(const Values&) {
  throw std::runtime_error("bang");
}

}  // namespace

std::vector<tf::Function> functions() {
  const tf::Parameter parts{"parts", Type::string(), "What to join.", false, false};
  return {
      {"join_texts",
       "Joins texts",
       "Joins texts.",
       {{"separator", Type::string(), "Between two.", false, false}},
       parts,
       Type::string(),
       join_texts},
      {"same",
       "Gives it back",
       "Gives back what it gets, of any type.",
       {{"value", Type::dynamic(), "Anything.", true, false}},
       {},
       Type::dynamic(),
       same},
      {"state_of",
       "Says what is known",
       "Says null, unknown or known.",
       {{"value", Type::string(), "Any text.", true, true}},
       {},
       Type::string(),
       state_of},
      {"positive",
       "Checks a number",
       "Gives back a positive number.",
       {{"name", Type::string(), "Its name.", false, false},
        {"number", Type::number(), "The number.", false, false}},
       {},
       Type::number(),
       positive},
      {"explode", "Fails badly", "Throws.", {}, {}, Type::string(), explode},
  };
}

}  // namespace paas::corner
