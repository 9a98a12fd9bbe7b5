#include "provider/tf/upgrade.hpp"

namespace paas::tf {

Result<Json> upgrade_state(const std::vector<Upgrade>& upgrades, std::int64_t from_version,
                           Json state) {
  const auto present = static_cast<std::int64_t>(upgrades.size());
  if (from_version < 0) return fail(Errc::invalid, "a state has a negative version");
  if (from_version > present)
    return tl::unexpected<Error>(
        Error{Errc::invalid,
              "the state is of version " + std::to_string(from_version) +
                  ", and this provider knows versions up to " + std::to_string(present),
              {},
              "A newer provider wrote it. Use that version, or a newer one."});
  for (std::int64_t version = from_version; version < present; ++version) {
    auto next = upgrades[static_cast<std::size_t>(version)](std::move(state));
    if (!next)
      return fail_while("upgrade the state from version " + std::to_string(version) + " to " +
                            std::to_string(version + 1),
                        std::move(next));
    state = *std::move(next);
  }
  return state;
}

}  // namespace paas::tf
