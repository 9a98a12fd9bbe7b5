#include "provider/placement/question.hpp"

namespace paas::placement_values {

Question::Question(std::string name, std::string doc, Attributes attributes,
                   std::shared_ptr<const provider::CurrentServices> services)
    : name_(std::move(name)), services_(std::move(services)) {
  schema_.doc = std::move(doc);
  schema_.attributes = std::move(attributes);
  schema_.attributes.push_back(placement_attribute());
}

void Question::validate(const tf::Value& config, tf::Diagnostics& out) const {
  const tf::Value& placement = tf::at(config, "placement");
  if (placement.as<tf::Map>()) {
    auto reading = read_problem({placement, tf::Path("placement"), "assignments"});
    for (tf::Diagnostic& one : reading.mistakes) out.push_back(std::move(one));
  }
  check(config, out);
}

tf::ReadResult Question::read(const tf::Value& config, const tf::Call& call) {
  tf::ReadResult result{config, tf::Null{}, "", tf::Deferred::no, {}};
  const auto services = services_->get();
  if (call.deferral_allowed && services->waits()) {
    result.deferred = tf::Deferred::provider_config_unknown;
    return result;
  }
  auto reading = read_problem({tf::at(config, "placement"), tf::Path("placement"), "assignments"});
  result.diagnostics = std::move(reading.mistakes);
  check(config, result.diagnostics);
  if (!reading.problem || tf::has_errors(result.diagnostics)) return result;
  obey(services->policy(), *reading.problem);
  for (auto& [name, value] : answer(config, *std::move(reading.problem), result.diagnostics))
    result.state.as<tf::Map>()->insert_or_assign(name, std::move(value));
  return result;
}

}  // namespace paas::placement_values
