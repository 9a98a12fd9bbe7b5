#include "tests/contract/resource_plans.hpp"

#include <rapidcheck.h>

#include <iostream>

namespace paas::contract {
namespace {

using namespace paas::tf;

// What goes wrong in one course, with the story that led there.
std::string story(const Resource& resource, const Change& change, const Course& course) {
  std::string text = resource.name() + "\n  prior:   " + to_text(change.prior) +
                     "\n  config:  " + to_text(change.veiled) +
                     "\n  then:    " + to_text(change.config) +
                     "\n  planned: " + to_text(course.planned);
  for (const std::string& breach : course.breaches) text += "\n  breach:  " + breach;
  return text;
}

class Courses {
 public:
  Courses(Resource& resource, Course& out) : resource_(resource), out_(out) {}

  void run(const Change& change) {
    const Schema& schema = resource_.schema();
    Plan first = plan(change.prior, change.veiled);
    if (out_.refused) return;
    const ChangeKind action = change_of(schema, change.prior, first);
    out_.planned = first.state;
    if (action == ChangeKind::noop || action == ChangeKind::destroy) return;
    // A replacement is planned again as a create, and applied as one.
    const Value prior = action == ChangeKind::replace ? Value() : change.prior;
    if (action == ChangeKind::replace) first = plan(prior, change.veiled);
    const Plan second = plan(prior, change.config);
    if (out_.refused) return;
    for (std::string& breach : check_second_plan(schema, prior, first, second))
      out_.breaches.push_back("second plan: " + std::move(breach));
    out_.planned = second.state;
  }

 private:
  Plan plan(const Value& prior, const Value& config) {
    PlanResult result = resource_.plan({prior, config, private_data_, true}, Call{});
    private_data_ = std::move(result.private_data);
    if (has_errors(result.diagnostics)) {
      out_.refused = true;
      return {};
    }
    for (std::string& breach : check_plan(resource_.schema(), prior, config, result.plan))
      out_.breaches.push_back(std::move(breach));
    return std::move(result.plan);
  }

  Resource& resource_;
  Course& out_;
  std::string private_data_;
};

// One change, applied in imagination; then the same configuration again, which must change nothing.
Value applied(Resource& resource, const Change& change, const Candidates& candidates) {
  const Schema& schema = resource.schema();
  Course course = course_of(resource, change);
  if (course.refused) RC_DISCARD("the resource refuses this plan");
  if (!course.breaches.empty()) RC_FAIL(story(resource, change, course));
  const Value state = random_outcome(schema, course.planned, candidates);
  course.breaches = check_applied(schema, course.planned, state);
  if (!course.breaches.empty()) RC_FAIL(story(resource, change, course));
  const Change again{state, change.config, change.config};
  Course rest = course_of(resource, again);
  if (!equal(type_of(schema), rest.planned, state))
    rest.breaches.emplace_back("the same configuration plans a change after its apply");
  if (!rest.breaches.empty()) RC_FAIL(story(resource, again, rest));
  return state;
}

Value accepted_config(const Resource& resource, const Candidates& candidates) {
  const Value config = random_config(resource.schema(), candidates);
  Diagnostics problems;
  resource.validate(config, problems);
  if (has_errors(problems)) RC_DISCARD("the resource refuses this configuration");
  return config;
}

}  // namespace

Course course_of(Resource& resource, const Change& change) {
  Course course;
  Courses(resource, course).run(change);
  return course;
}

bool check_resource_plans(Resource& resource, const Candidates& candidates) {
  const Breaches unlawful = lint(resource.schema());
  for (const std::string& breach : unlawful) std::cerr << resource.name() << ": " << breach << '\n';
  if (!unlawful.empty()) return false;
  return rc::check(resource.name() + " keeps Terraform's rules", [&] {
    const Schema& schema = resource.schema();
    const Value first = accepted_config(resource, candidates);
    Value state = applied(resource, {Null{}, with_unknowns(schema, first), first}, candidates);
    const Value second = accepted_config(resource, candidates);
    state = applied(resource, {state, with_unknowns(schema, second), second}, candidates);
    const Course end = course_of(resource, {state, Null{}, Null{}});
    if (!end.refused && (!end.planned.is_null() || !end.breaches.empty()))
      RC_FAIL(story(resource, {state, Null{}, Null{}}, end));
  });
}

}  // namespace paas::contract
