#pragma once
// Typed<M>: a resource whose author thinks in a model struct M and never sees a Value.
//
// The author gives the table (Object<M>), what a plan can say beyond the table, and the effects:
// create, update, remove, read, import. The rest (codec, partial failure, write-only, identity) is
// the same for all resources and written here once.

#include "provider/tf/object.hpp"
#include "provider/tf/resource.hpp"
#include "provider/tf/upgrade.hpp"

namespace paas::tf {

// What an effect left behind: the model as it is now and what went wrong, if anything did.
template <class M>
struct Outcome {
  std::optional<M> model;  // none: nothing exists (after a failed create), or it is unchanged
  Diagnostics diagnostics{};
  std::optional<std::string> private_data{};  // none: as it was
};

// What a plan may still say after the schema's own rules: it may fill in planned values that are
// unknown, add replace paths, or refuse. It must be a pure function of these inputs.
struct Planning {
  const Value& prior;   // null: create
  const Value& config;  // never null
  Plan& plan;
  Diagnostics& diagnostics;
  std::string* private_data = nullptr;  // what the apply will find in Call::private_data
};

template <class M>
class Typed : public Resource {
 public:
  Typed(std::string name, const Object<M>& object) : name_(std::move(name)), object_(object) {}

  const std::string& name() const final { return name_; }
  const Schema& schema() const final { return object_.schema(); }

  void validate(const Value&, Diagnostics&) const override {}

  PlanResult plan(const PlanRequest& request, const Call&) override {
    PlanResult result{
        tf::plan(schema(), request.prior, request.config), request.private_data, Deferred::no, {}};
    if (request.config.is_null()) {
      if (auto prior = object_.decode(request.prior)) plan_remove(*prior, result.diagnostics);
      return result;
    }
    refine({request.prior, request.config, result.plan, result.diagnostics, &result.private_data});
    return result;
  }

  ApplyResult apply(const ApplyRequest& request, const Call& call) override;
  ReadResult read(const ReadRequest& request, const Call& call) override;
  ReadResult import(const ImportRequest& request, const Call& call) override;

  Result<Json> upgrade(std::int64_t from_version, Json state) const override {
    return upgrade_state(upgrades(), from_version, std::move(state));
  }
  Result<Value> move(const MoveRequest& request) const override {
    return fail(Errc::not_found, "cannot take over a " + request.type_name);
  }
  Value generate_config(const Value& state) const override { return config_of(schema(), state); }

 protected:
  const Object<M>& object() const { return object_; }

  // One for each version before the schema's.
  virtual const std::vector<Upgrade>& upgrades() const {
    static const std::vector<Upgrade> none;
    return none;
  }
  // Pure. See Planning.
  virtual void refine(const Planning& planning) const { static_cast<void>(planning); }
  // Pure: may refuse a destroy at plan time.
  virtual void plan_remove(const M& prior, Diagnostics& out) const {
    static_cast<void>(prior);
    static_cast<void>(out);
  }
  // `config` holds what `planned` must not: write-only values. The model returned is what is there
  // now, in any words: where it means the same as what was planned (Rules::same, the order of a
  // set), the planned words are stored. What a failure leaves unknown is stored as null.
  virtual Outcome<M> create(const M& planned, const M& config, const Call& call) = 0;
  virtual Outcome<M> update(const M& prior, const M& planned, const M& config,
                            const Call& call) = 0;
  virtual Diagnostics remove(const M& prior, const Call& call) = 0;
  // nullopt: it is gone. As above, what means the same as the known state keeps its words.
  virtual Result<std::optional<M>> observe(const M& known, const Call& call) = 0;
  // As much of the model as `observe` needs to find it.
  virtual Result<M> locate(const ImportRequest& request, const Call& call) = 0;
  // The identity object of a model; null where the resource has none.
  virtual Value identity_of(const M& model) const {
    static_cast<void>(model);
    return Null{};
  }

 private:
  Value stored(const M& model, const Value& known) const {
    return without_write_only(schema(), as_written(schema(), known, object_.encode(model)));
  }

  std::string name_;
  const Object<M>& object_;
};

template <class M>
ApplyResult Typed<M>::apply(const ApplyRequest& request, const Call& call) {
  ApplyResult result{request.prior, Null{}, request.private_data, {}};
  Call inner = call;
  inner.private_data = request.private_data;
  auto broken = [&](const Error& error) {
    result.diagnostics.push_back(diagnostic_of(error, "unable to read the request for " + name_));
    return result;
  };
  std::optional<M> prior;
  if (!request.prior.is_null()) {
    auto decoded = object_.decode(request.prior);
    if (!decoded) return broken(decoded.error());
    prior = *std::move(decoded);
    result.identity = identity_of(*prior);
  }
  if (request.planned.is_null()) {
    if (prior) result.diagnostics = remove(*prior, inner);
    if (!has_errors(result.diagnostics)) {
      result.state = Null{};
      result.identity = Null{};
    }
    return result;
  }
  auto planned = object_.decode(request.planned);
  if (!planned) return broken(planned.error());
  auto config = object_.decode(request.config);
  if (!config) return broken(config.error());
  Outcome<M> outcome =
      prior ? update(*prior, *planned, *config, inner) : create(*planned, *config, inner);
  result.diagnostics = std::move(outcome.diagnostics);
  if (outcome.private_data) result.private_data = *std::move(outcome.private_data);
  if (outcome.model) {
    result.state = stored(*outcome.model, request.planned);
    if (has_errors(result.diagnostics)) result.state = unknown_as_null(std::move(result.state));
    result.identity = identity_of(*outcome.model);
  }
  return result;
}

template <class M>
ReadResult Typed<M>::read(const ReadRequest& request, const Call& call) {
  ReadResult result{Null{}, request.identity, request.private_data, Deferred::no, {}};
  Call inner = call;
  inner.private_data = request.private_data;
  auto known = object_.decode(request.state);
  Result<std::optional<M>> found =
      known ? observe(*known, inner) : Result<std::optional<M>>(tl::unexpected(known.error()));
  if (!found) {
    result.state = request.state;
    result.diagnostics.push_back(diagnostic_of(found.error(), "unable to read " + name_));
    return result;
  }
  if (!*found) return result;
  result.state = stored(**found, request.state);
  result.identity = identity_of(**found);
  return result;
}

template <class M>
ReadResult Typed<M>::import(const ImportRequest& request, const Call& call) {
  ReadResult result{Null{}, Null{}, "", Deferred::no, {}};
  auto found = locate(request, call);
  if (!found) {
    result.diagnostics.push_back(diagnostic_of(found.error(), "unable to import " + name_));
    return result;
  }
  result.state = stored(*found, Null{});
  result.identity = identity_of(*found);
  return result;
}

}  // namespace paas::tf
