#pragma once
// What a provider offers, in the shape the protocol server (provider/plugin) serves: resources,
// data sources, functions, ephemeral values, lists and actions. Values go in and out; no gRPC here.
//
// Everything is called from several threads at once. A resource keeps no state between calls; what
// the provider was configured with is reached through what its author hands to its constructor.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "libpaas/base/json.hpp"
#include "libpaas/base/log.hpp"
#include "provider/tf/plan.hpp"

namespace paas::tf {

// What accompanies every call that may touch the outside world.
struct Call {
  std::stop_token stop;           // Terraform asked us to stop (Ctrl-C)
  Log* log = &silent_log();       // lines named after the resource
  bool deferral_allowed = false;  // protocol 6.6: the client accepts `deferred`
  // What the resource remembers (private.hpp), for as long as the request lasts. Set by Typed<M>.
  std::string_view private_data{};
};

// Why something is put off to a later run (protocol 6.6; only where the client allows it).
enum class Deferred { no, resource_config_unknown, provider_config_unknown, absent_prerequisite };

// One attribute of a resource's identity (protocol 6.9): what names the object for ever.
struct IdentityAttribute {
  std::string name;
  Type type;
  bool required_for_import = true;
  std::string doc;
};
struct IdentitySchema {
  std::int64_t version = 0;
  std::vector<IdentityAttribute> attributes;
};
Type type_of(const IdentitySchema& schema);

struct PlanRequest {
  Value prior;               // null: create
  Value config;              // null: destroy; write-only values are readable here
  std::string private_data;  // opaque bytes of ours, kept with the state
  bool write_only_allowed = true;
};
struct PlanResult {
  Plan plan;
  std::string private_data;
  Deferred deferred = Deferred::no;
  Diagnostics diagnostics;
};

struct ApplyRequest {
  Value prior;    // null: create
  Value planned;  // null: destroy
  Value config;
  std::string private_data;
};

// The outcome of an apply. A failure half way leaves something real behind: `state` says what, so
// that it is stored (and tainted, if it was being created) together with the errors.
struct ApplyResult {
  Value state;
  Value identity = Null{};
  std::string private_data;
  Diagnostics diagnostics;
};

struct ReadRequest {
  Value state;
  Value identity = Null{};
  std::string private_data;
};
struct ReadResult {
  Value state;  // null: it is gone
  Value identity = Null{};
  std::string private_data;
  Deferred deferred = Deferred::no;
  Diagnostics diagnostics;
};

// What to import: an id as typed by a user, or an identity object.
struct ImportRequest {
  std::string id;
  Value identity = Null{};  // set where `id` is empty
};

struct MoveRequest {
  std::string provider_address;  // "registry.terraform.io/bpg/proxmox"
  std::string type_name;         // "proxmox_virtual_environment_container"
  std::int64_t schema_version = 0;
  Json state;
};

class Resource {
 public:
  virtual ~Resource() = default;

  virtual const std::string& name() const = 0;  // "paas_lxc"
  virtual const Schema& schema() const = 0;
  // Null: the resource has no identity.
  virtual const IdentitySchema* identity() const { return nullptr; }

  // What the schema's own rules cannot say; they have been checked already.
  virtual void validate(const Value& config, Diagnostics& out) const = 0;
  virtual PlanResult plan(const PlanRequest& request, const Call& call) = 0;
  virtual ApplyResult apply(const ApplyRequest& request, const Call& call) = 0;
  virtual ReadResult read(const ReadRequest& request, const Call& call) = 0;
  // The state from which `read` then learns the rest.
  virtual ReadResult import(const ImportRequest& request, const Call& call) = 0;
  // Brings a stored state of an older schema version up to the present one.
  virtual Result<Json> upgrade(std::int64_t from_version, Json state) const = 0;
  // Takes over the state of another type. Error `not_found`: not from that one.
  virtual Result<Value> move(const MoveRequest& request) const = 0;
  // The configuration that would describe this state (protocol 6.10): computed-only and null-by-
  // default attributes left out.
  virtual Value generate_config(const Value& state) const = 0;
};

class DataSource {
 public:
  virtual ~DataSource() = default;
  virtual const std::string& name() const = 0;
  virtual const Schema& schema() const = 0;
  virtual void validate(const Value& config, Diagnostics& out) const = 0;
  virtual ReadResult read(const Value& config, const Call& call) = 0;
};

struct Parameter {
  std::string name;
  Type type;
  std::string doc;
  bool allow_null = false;
  bool allow_unknown = false;
};

struct FunctionFailure {
  std::string text;
  std::optional<std::int64_t> argument;  // the offending one, from 0
};

// A pure function that configurations call as provider::paas::<name>(…).
struct Function {
  std::string name;
  std::string summary;
  std::string doc;
  std::vector<Parameter> parameters;
  std::optional<Parameter> variadic;
  Type returns;
  std::function<tl::expected<Value, FunctionFailure>(const std::vector<Value>&)> call;
};

struct EphemeralResult {
  Value result;
  std::string private_data;
  std::optional<std::chrono::system_clock::time_point> renew_at;
  Diagnostics diagnostics;
};

// A value that lives during one run only and is never stored (protocol 6.7).
class Ephemeral {
 public:
  virtual ~Ephemeral() = default;
  virtual const std::string& name() const = 0;
  virtual const Schema& schema() const = 0;
  virtual EphemeralResult open(const Value& config, const Call& call) = 0;
  virtual EphemeralResult renew(const std::string& private_data, const Call& call) = 0;
  virtual Diagnostics close(const std::string& private_data, const Call& call) = 0;
};

struct Listed {
  Value identity;
  std::string display_name;
  Value object = Null{};  // the whole state, where it was asked for
  Diagnostics diagnostics;
};

// Finds existing objects of a resource type (protocol 6.10, `terraform query`).
class ListResource {
 public:
  virtual ~ListResource() = default;
  virtual const std::string& name() const = 0;  // equals the managed resource's name
  virtual const Schema& schema() const = 0;     // of the query's configuration
  // Calls `emit` per object until it returns false or `limit` is reached (0: no limit).
  virtual void list(const Value& config, bool include_object, std::int64_t limit, const Call& call,
                    const std::function<bool(Listed)>& emit) = 0;
};

// Something to do once, outside any resource's life (protocol 6.10).
class Action {
 public:
  virtual ~Action() = default;
  virtual const std::string& name() const = 0;
  virtual const Schema& schema() const = 0;
  virtual Diagnostics plan(const Value& config, const Call& call) = 0;
  virtual Diagnostics invoke(const Value& config, const Call& call,
                             const std::function<void(std::string)>& progress) = 0;
};

// A provider as the protocol server sees it. The lists do not change while it runs.
class Provider {
 public:
  virtual ~Provider() = default;
  virtual const Schema& schema() const = 0;
  virtual void validate(const Value& config, Diagnostics& out) const = 0;
  // Called once per run, in -debug mode several times: a new configuration replaces the old one
  // for calls that begin after it. Values may be unknown while planning.
  virtual Diagnostics configure(const Value& config, const std::string& terraform_version,
                                const Call& call) = 0;

  virtual const std::vector<std::unique_ptr<Resource>>& resources() const = 0;
  virtual const std::vector<std::unique_ptr<DataSource>>& data_sources() const = 0;
  virtual const std::vector<Function>& functions() const = 0;
  virtual const std::vector<std::unique_ptr<Ephemeral>>& ephemerals() const = 0;
  virtual const std::vector<std::unique_ptr<ListResource>>& list_resources() const = 0;
  virtual const std::vector<std::unique_ptr<Action>>& actions() const = 0;
};

}  // namespace paas::tf
