#include "provider/tf/private.hpp"

#include "libpaas/base/base64.hpp"

namespace paas::tf {
namespace {

constexpr std::int64_t private_version = 1;
constexpr JsonLimits private_limits{.max_bytes = std::size_t{1} << 20, .max_depth = 16};

}  // namespace

Result<PrivateState> PrivateState::parse(std::string_view bytes) {
  PrivateState state;
  if (bytes.empty()) return state;
  Json json = TRY(parse_json(bytes, private_limits));
  Json::Object* members = json.object();
  const auto version = json["version"].integer();
  if (!members || !version) return fail(Errc::invalid, "the private state is not this provider's");
  if (*version > private_version)
    return tl::unexpected<Error>(
        Error{Errc::invalid,
              "the private state was written by a newer version of this provider",
              {},
              "Use that version, or a newer one."});
  const Json::Object* data = json["data"].object();
  if (!data) return fail(Errc::invalid, "the private state has no data");
  for (const auto& [key, value] : *data) {
    if (!value.string()) return fail(Errc::invalid, "the private state holds data that is no text");
    state.data_.emplace(key, TRY(base64_decode(*value.string())));
  }
  members->erase("version");
  members->erase("data");
  state.unknown_ = std::move(*members);
  return state;
}

std::optional<std::string> PrivateState::get(std::string_view key) const {
  const auto found = data_.find(key);
  return found == data_.end() ? std::nullopt : std::optional<std::string>(found->second);
}

void PrivateState::set(std::string key, std::string bytes) {
  data_.insert_or_assign(std::move(key), std::move(bytes));
}

void PrivateState::erase(std::string_view key) {
  if (const auto found = data_.find(key); found != data_.end()) data_.erase(found);
}

std::string PrivateState::print() const {
  if (empty()) return {};
  Json::Object data;
  for (const auto& [key, bytes] : data_) data.emplace(key, base64_encode(bytes));
  Json::Object members = unknown_;
  members.insert_or_assign("version", private_version);
  members.insert_or_assign("data", std::move(data));
  return print_json(std::move(members));
}

}  // namespace paas::tf
