#pragma once
// TypedData<M>: a data source whose author thinks in a model struct M and never sees a Value.

#include "provider/tf/object.hpp"
#include "provider/tf/resource.hpp"

namespace paas::tf {

template <class M>
class TypedData : public DataSource {
 public:
  TypedData(std::string name, const Object<M>& object) : name_(std::move(name)), object_(object) {}

  const std::string& name() const final { return name_; }
  const Schema& schema() const final { return object_.schema(); }
  void validate(const Value&, Diagnostics&) const override {}

  ReadResult read(const Value& config, const Call& call) final {
    ReadResult result{config, Null{}, "", Deferred::no, {}};
    if (call.deferral_allowed && waits()) {
      result.state = config;
      result.deferred = Deferred::provider_config_unknown;
      return result;
    }
    auto asked = object_.decode(config);
    auto found = asked ? look_up(*std::move(asked), call)
                       : Result<M>(tl::unexpected<Error>(std::move(asked).error()));
    if (found) {
      result.state = object_.encode(*found);
    } else {
      result.diagnostics.push_back(diagnostic_of(found.error(), "unable to read " + name_));
    }
    return result;
  }

 protected:
  // The configuration, completed.
  virtual Result<M> look_up(M asked, const Call& call) = 0;
  // Whether the provider's own configuration is not known yet.
  virtual bool waits() const { return false; }

 private:
  std::string name_;
  const Object<M>& object_;
};

}  // namespace paas::tf
