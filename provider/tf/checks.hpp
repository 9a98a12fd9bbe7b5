#pragma once
// Checks: the rules that many attributes share, to be put into Rules::check and Schema::checks.
//
// No check quotes a text that it refuses: it may be long, or a secret. Numbers are quoted.

#include <cstdint>
#include <string>
#include <vector>

#include "provider/tf/schema.hpp"

namespace paas::tf {

// Of a text: one of these, letter by letter.
Check one_of(std::vector<std::string> allowed);

// Of a number: whole, and not outside these bounds.
Check within(std::int64_t least, std::int64_t most);
Check at_least(std::int64_t least);

// Of a text: the whole of it matches this ECMAScript regular expression. `said` completes "must be
// …" ("a DNS label"). A text longer than 1 KiB does not match.
Check matches(const std::string& pattern, std::string said);

// Of a text: its length in characters (code points). Of a list, set or map: its size.
Check length(std::size_t least, std::size_t most);

// Of a list, set or map: every element passes. Of a map: every key passes, as a text.
Check each(Check check);
Check each_key(Check check);

// All of these pass; the first that does not speaks.
Check all_of(std::vector<Check> checks);

// Rules over several attributes of one object. An attribute counts as set when it is not null and
// no empty collection; while one of them is unknown, a rule says only what holds in any case.
ObjectCheck exactly_one_of(std::vector<std::string> names);
ObjectCheck at_least_one_of(std::vector<std::string> names);
ObjectCheck at_most_one_of(std::vector<std::string> names);
// Where `name` is set, all of `others` are set; or none of them is.
ObjectCheck requires_with(std::string name, std::vector<std::string> others);
ObjectCheck conflicts_with(std::string name, std::vector<std::string> others);

}  // namespace paas::tf
