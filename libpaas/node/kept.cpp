#include "libpaas/node/kept.hpp"

#include <set>

#include "libpaas/base/json.hpp"

namespace paas::node {
namespace {

constexpr int kept_format = 1;

Error error_of_breaches(const std::vector<blueprint::Mistake>& breaches) {
  Error out{Errc::invalid, {}, {}, {}};
  for (const blueprint::Mistake& breach : breaches) {
    out.message += (out.message.empty() ? "" : "\n") + breach.path + ": " + breach.message;
  }
  out.remedy = "the host file says what this host allows";
  return out;
}

}  // namespace

Result<Declared> judge(const SourceContent& content, const blueprint::HostRules& rules) {
  std::vector<blueprint::Source> sources;
  for (const SourceFile& file : content.files) sources.push_back({file.name, file.text});
  if (sources.empty()) return fail(Errc::not_found, "there is no file");
  auto blueprint = blueprint::parse_all(sources);
  if (!blueprint) return tl::unexpected(error_of(blueprint.error()));
  const auto breaches = blueprint::breaches(*blueprint, rules);
  if (!breaches.empty()) return tl::unexpected(error_of_breaches(breaches));
  return Declared{content.version, *std::move(blueprint), {}};
}

std::vector<std::string> zones_of(const model::Blueprint& blueprint) {
  std::set<std::string> out;
  for (const model::Job& job : blueprint.jobs) {
    if (!job.schedule.empty()) out.insert(job.time_zone);
  }
  return {out.begin(), out.end()};
}

std::string print_declared(const Declared& declared, Moment accepted) {
  return print_json(Json::Object{
      {"format", kept_format},
      {"version", declared.version},
      {"accepted_ns", static_cast<std::int64_t>(accepted.time_since_epoch().count())},
      {"blueprint", blueprint::to_json(declared.blueprint)},
  });
}

Result<std::pair<Declared, Moment>> parse_declared(std::string_view text) {
  const Json json = TRY(parse_json(text));
  const std::string* version = json["version"].string();
  const auto accepted = json["accepted_ns"].integer();
  if (version == nullptr || version->empty() || !accepted) {
    return fail(Errc::invalid, "the blueprint that was kept has no version");
  }
  auto blueprint = blueprint::parse(print_json(json["blueprint"]), "blueprint");
  if (!blueprint) return tl::unexpected(error_of(blueprint.error()));
  return std::pair{Declared{*version, *std::move(blueprint), {}},
                   Moment{std::chrono::nanoseconds{*accepted}}};
}

}  // namespace paas::node
