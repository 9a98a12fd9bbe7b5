#pragma once
// Terraform's msgpack: values of a known type as bytes (go-cty's encoding, byte for byte).
//
// Integers within 64 bits are msgpack integers in their shortest form, other numbers that a double
// holds exactly are float64, all else is decimal text. Unknown is an extension value; refinements
// pass through. Object keys are sorted. Source: docs/plugin-protocol/object-wire-format.md.

#include <string>
#include <string_view>

#include "provider/tf/value.hpp"

namespace paas::tf {

// Errors: `invalid`, with the path of the offending part; never quotes a value. Input is bounded
// by 256 MiB and 64 levels; strings are UTF-8. An object must have exactly the attributes of its
// type.
Result<Value> decode_msgpack(const Type& type, std::string_view bytes);

// REQUIRES: `value` conforms to `type`.
std::string encode_msgpack(const Type& type, const Value& value);

// Terraform's JSON form of a value (state files, RawState.json). Attributes that the type does not
// know are dropped, missing ones are null. Errors: `invalid`, with the path.
Result<Value> decode_json(const Type& type, std::string_view json);

}  // namespace paas::tf
