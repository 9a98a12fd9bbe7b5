#include "libpaas/expansion/keys.hpp"

#include "libpaas/base/text.hpp"
#include "libpaas/blueprint/blueprint.hpp"

namespace paas::expansion {

std::string key_of(std::string_view project, std::string_view name) {
  return std::string(project) + "/" + std::string(name);
}

std::optional<Key> parse_key(std::string_view text) {
  const auto parts = split(text, '/');
  if (parts.size() != 2 || !blueprint::is_label(parts[0]) || !blueprint::is_label(parts[1])) {
    return std::nullopt;
  }
  return Key{std::string(parts[0]), std::string(parts[1])};
}

rollout::Wanted wanted_app(std::string_view key) {
  const Key names = parse_key(key).value();
  rollout::Wanted out;
  out.project = names.project;
  out.app = names.name;
  return out;
}

jobs::Wanted wanted_job(std::string_view key) {
  const Key names = parse_key(key).value();
  jobs::Wanted out;
  out.project = names.project;
  out.job = names.name;
  out.declared.project = names.project;
  out.declared.name = names.name;
  return out;
}

std::vector<Holder> holders(const Ledger& ledger) {
  std::vector<Holder> out;
  for (const auto& [key, app] : ledger.apps) {
    const rollout::Wanted wanted = wanted_app(key);
    for (const rollout::Part& part : rollout::parts_of(app.rollout)) {
      out.push_back({{wanted.project, wanted.app},
                     rollout::name_of(wanted, part.ordinal, part.member),
                     part.member.address});
    }
  }
  for (const auto& [key, job] : ledger.jobs) {
    const jobs::Wanted wanted = wanted_job(key);
    for (const jobs::Run& run : job.record.runs) {
      if (run.address.empty()) continue;
      out.push_back({{wanted.project, wanted.job}, jobs::name_of(wanted, run), run.address});
    }
  }
  return out;
}

}  // namespace paas::expansion
