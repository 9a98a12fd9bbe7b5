// A stored state, brought up to the present version and decoded. The first character is its
// version, the rest its JSON.
#include "provider/tf/upgrade.hpp"
#include "tests/fuzz/values.hpp"

namespace paas::fuzz {
namespace {

Result<Json> number_to_list(Json state) {
  Json::Object* members = state.object();
  if (!members) return fail(Errc::invalid, "the state is not an object");
  Json& numbers = (*members)["numbers"];
  if (!numbers.is_null()) numbers = Json::Array{std::move(numbers)};
  return state;
}

Result<Json> renamed(Json state) {
  Json::Object* members = state.object();
  if (!members) return fail(Errc::invalid, "the state is not an object");
  if (auto old = members->extract("label")) {
    old.key() = "name";
    members->insert(std::move(old));
  }
  return state;
}

const std::vector<tf::Upgrade>& upgrades() {
  static const std::vector<tf::Upgrade> all{number_to_list, renamed};
  return all;
}

const tf::Type& present_type() {
  static const tf::Type present =
      type(R"(["object",{"any":"dynamic","flag":"bool","name":"string","numbers":["set","number"],)"
           R"("parts":["map",["object",{"on":"bool","size":"number"}]],)"
           R"("pair":["tuple",["string",["list","dynamic"]]]}])");
  return present;
}

void one_state(std::int64_t version, std::string_view text) {
  const auto stored = parse_json(text);
  if (!accepted(stored)) return;
  const auto state = tf::upgrade_state(upgrades(), version, *stored);
  claim(version >= 0 && version <= 2 ? true : !state, "a version that we do not know is refused");
  if (!accepted(state)) return;
  claim(version != 2 || *state == *stored, "a present state passes through");
  const auto value = tf::decode_json(present_type(), print_json(*state));
  if (!accepted(value)) return;
  claim(tf::wholly_known(*value), "nothing in a state is unknown");
  claim_survives(present_type(), *value);
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  if (size > 0) paas::fuzz::one_state(data[0] - '0', paas::fuzz::text_of(data + 1, size - 1));
  return 0;
}
