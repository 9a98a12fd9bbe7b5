#pragma once
// InMemory: a resource whose object is its state. What the user leaves open is made up at apply.

#include <string>

#include "provider/tf/resource.hpp"

namespace paas::corner {

// The value with every unknown in it replaced by some value of its type.
tf::Value made_up(const tf::Type& type, tf::Value value);

// Sixteen hexadecimal digits that nobody else has.
std::string new_id();

// An error diagnostic without a path.
tf::Diagnostics refused(std::string summary, std::string detail);

class InMemory : public tf::Resource {
 public:
  InMemory(std::string name, tf::Schema schema);

  const std::string& name() const override { return name_; }
  const tf::Schema& schema() const override { return schema_; }
  void validate(const tf::Value& config, tf::Diagnostics& out) const override;
  tf::PlanResult plan(const tf::PlanRequest& request, const tf::Call& call) override;
  tf::ApplyResult apply(const tf::ApplyRequest& request, const tf::Call& call) override;
  tf::ReadResult read(const tf::ReadRequest& request, const tf::Call& call) override;
  tf::ReadResult import(const tf::ImportRequest& request, const tf::Call& call) override;
  Result<Json> upgrade(std::int64_t from_version, Json state) const override;
  Result<tf::Value> move(const tf::MoveRequest& request) const override;
  tf::Value generate_config(const tf::Value& state) const override;

 protected:
  // An object of this schema in which only these attributes are set.
  tf::Value object_with(tf::Map attributes) const;

 private:
  std::string name_;
  tf::Schema schema_;
  tf::Type type_;
};

}  // namespace paas::corner
