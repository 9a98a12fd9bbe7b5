#pragma once
// Question: a data source that is asked about a placement. What it answers is a pure function of
// its configuration and of the provider's policy.

#include <memory>
#include <string>

#include "provider/placement/problem.hpp"
#include "provider/placement/tables.hpp"
#include "provider/services.hpp"
#include "provider/tf/resource.hpp"

namespace paas::placement_values {

class Question : public tf::DataSource {
 public:
  // `attributes` come on top of `placement`.
  Question(std::string name, std::string doc, Attributes attributes,
           std::shared_ptr<const provider::CurrentServices> services);

  const std::string& name() const final { return name_; }
  const tf::Schema& schema() const final { return schema_; }
  void validate(const tf::Value& config, tf::Diagnostics& out) const final;
  tf::ReadResult read(const tf::Value& config, const tf::Call& call) final;

 protected:
  // What is wrong with the attributes beside `placement`, as far as they are known.
  virtual void check(const tf::Value& config, tf::Diagnostics& out) const = 0;
  // The computed attributes, by name. Errors go to `out`. The problem has the nodes that the policy
  // allows. REQUIRES: everything is known, and free of mistakes.
  virtual tf::Map answer(const tf::Value& config, placement::Problem problem,
                         tf::Diagnostics& out) const = 0;

 private:
  std::string name_;
  tf::Schema schema_;
  std::shared_ptr<const provider::CurrentServices> services_;
};

}  // namespace paas::placement_values
