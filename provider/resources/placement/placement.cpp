#include "provider/resources/placement/placement.hpp"

#include "provider/placement/problem.hpp"
#include "provider/resources/placement/plan.hpp"

namespace paas::placement_resource {
namespace {

using placement_values::Whole;
using tf::Path;

// What is decided is kept in the state and nowhere else: nothing is there to read or to remove.
class PlacementResource final : public tf::Typed<Whole> {
 public:
  explicit PlacementResource(std::shared_ptr<const provider::CurrentServices> services)
      : Typed("paas_placement", placement_object()), services_(std::move(services)) {}

  void validate(const tf::Value& config, tf::Diagnostics& out) const override {
    auto reading = placement_values::read_problem({config, Path(), "current"});
    for (tf::Diagnostic& one : reading.mistakes) out.push_back(std::move(one));
  }

 protected:
  void refine(const tf::Planning& planning) const override {
    refine_plan(planning, services_->get()->policy());
  }

  tf::Outcome<Whole> create(const Whole& planned, const Whole&, const tf::Call&) override {
    return decided({}, planned);
  }

  tf::Outcome<Whole> update(const Whole& prior, const Whole& planned, const Whole&,
                            const tf::Call&) override {
    return decided(prior.attributes, planned);
  }

  tf::Diagnostics remove(const Whole&, const tf::Call&) override { return {}; }

  Result<std::optional<Whole>> observe(const Whole& known, const tf::Call&) override {
    return std::optional(known);
  }

  Result<Whole> locate(const tf::ImportRequest& request, const tf::Call&) override {
    Whole out;
    out.attributes.emplace("assignments", TRY(parse_import_id(request.id)));
    return out;
  }

 private:
  // Terraform plans again inside apply, when everything is known: as a rule nothing is left to do.
  tf::Outcome<Whole> decided(const tf::Map& prior, const Whole& planned) const {
    if (wholly_known(planned.attributes)) return {planned};
    tf::Plan plan{planned.attributes, {}};
    tf::Outcome<Whole> out;
    const tf::Value before = prior.empty() ? tf::Value(tf::Null{}) : tf::Value(prior);
    refine_plan({before, tf::Value(planned.attributes), plan, out.diagnostics},
                services_->get()->policy());
    if (!tf::has_errors(out.diagnostics)) out.model = Whole{*plan.state.as<tf::Map>()};
    return out;
  }

  std::shared_ptr<const provider::CurrentServices> services_;
};

}  // namespace

std::unique_ptr<tf::Resource> make_placement(
    std::shared_ptr<const provider::CurrentServices> services) {
  return std::make_unique<PlacementResource>(std::move(services));
}

}  // namespace paas::placement_resource
