#include "provider/provider.hpp"

#include "libpaas/base/text.hpp"
#include "libpaas/base/units.hpp"
#include "provider/checks/checks.hpp"
#include "provider/data/placement_explain/placement_explain.hpp"
#include "provider/data/pve_guests/pve_guests.hpp"
#include "provider/data/pve_nodes/pve_nodes.hpp"
#include "provider/data/pve_storages/pve_storages.hpp"
#include "provider/data/pve_templates/pve_templates.hpp"
#include "provider/data/what_if/what_if.hpp"
#include "provider/resources/lxc/lxc.hpp"
#include "provider/resources/lxc_template/lxc_template.hpp"
#include "provider/resources/placement/placement.hpp"

namespace paas::provider {
namespace {

using tf::Attr;
using tf::Diagnostics;
using tf::Path;
using tf::Trait;

struct ProxmoxBlock {
  Attr<std::string> endpoint;
  Attr<std::string> api_token;
  Attr<std::string> username;
  Attr<std::string> password;
  Attr<std::string> otp;
  Attr<std::string> ca_file;
  Attr<std::string> fingerprint;
  Attr<bool> insecure;
  Attr<std::string> timeout;
  Attr<std::int64_t> parallelism;
  bool operator==(const ProxmoxBlock&) const = default;
};

struct Configuration {
  Attr<ProxmoxBlock> proxmox;
  Attr<policy::Rules> policy;
};

const char* const provider_doc =
    "Runs containers on Proxmox VE.\n\n"
    "Everything that reaches the cluster may also come from environment variables; what stands in "
    "the configuration wins. Nothing is needed in the block at all where the variables are set.";

// A check by a parser whose words are for people already.
template <class Parse>
tf::Check parsed_by(Parse parse) {
  return [parse](const tf::Value& value) -> Result<void> {
    const std::string* text = value.as<std::string>();
    if (!text || text->empty()) return {};  // counts as not given
    auto parsed = parse(std::string_view(*text));
    if (parsed) return {};
    Error error = std::move(parsed).error();
    error.message = "cannot be used: " + error.message;
    return tl::unexpected<Error>(std::move(error));
  };
}

const tf::Object<ProxmoxBlock>& proxmox_object() {
  // clang-format off: a table, one attribute a row
  static const tf::Object<ProxmoxBlock> object{"The Proxmox VE cluster.", 0, {
      {"endpoint", &ProxmoxBlock::endpoint, Trait::optional,
       "URL of a node: `https://pve1.example:8006`. Or `PROXMOX_VE_ENDPOINT`.",
       {.check = parsed_by(pve::parse_endpoint)}},
      {"api_token", &ProxmoxBlock::api_token, Trait::optional | Trait::sensitive,
       "API token with its secret: `user@realm!name=uuid`. Or `PROXMOX_VE_API_TOKEN`.",
       {.check = parsed_by(pve::parse_token)}},
      {"username", &ProxmoxBlock::username, Trait::optional,
       "User with realm, instead of a token: `root@pam`. Or `PROXMOX_VE_USERNAME`."},
      {"password", &ProxmoxBlock::password, Trait::optional | Trait::sensitive,
       "Password of that user. Or `PROXMOX_VE_PASSWORD`."},
      {"otp", &ProxmoxBlock::otp, Trait::optional | Trait::sensitive,
       "Present code of the user's second factor (TOTP). Or `PROXMOX_VE_OTP`."},
      {"ca_file", &ProxmoxBlock::ca_file, Trait::optional,
       "PEM file with the certificate authority to trust, and no other: "
       "`/etc/pve/pve-root-ca.pem` of a node. Or `PROXMOX_VE_CA_FILE`."},
      {"fingerprint", &ProxmoxBlock::fingerprint, Trait::optional,
       "SHA-256 fingerprint of the one certificate to trust, as Proxmox's web interface shows it. "
       "Or `PROXMOX_VE_FINGERPRINT`.", {.check = parsed_by(parse_fingerprint)}},
      {"insecure", &ProxmoxBlock::insecure, Trait::optional,
       "Trust whoever answers. Or `PROXMOX_VE_INSECURE`."},
      {"timeout", &ProxmoxBlock::timeout, Trait::optional,
       "How long one call of the API may take: `\"30s\"`. Or `PROXMOX_VE_TIMEOUT`.",
       {.check = checks::duration()}},
      {"parallelism", &ProxmoxBlock::parallelism, Trait::optional,
       "How many calls may run at once. Or `PROXMOX_VE_PARALLELISM`.",
       {.check = tf::within(1, 256)}},
  }};
  // clang-format on
  return object;
}

const tf::Object<Configuration>& configuration_object() {
  static const tf::Object<Configuration> object{
      provider_doc,
      0,
      {{"proxmox", nested(&Configuration::proxmox, proxmox_object()),
        Trait::optional | Trait::block, "The Proxmox VE cluster."},
       {"policy", nested(&Configuration::policy, policy::rules_object()),
        Trait::optional | Trait::block, "What resources of this provider may ask for."}}};
  return object;
}

pve::Settings settings_of(const ProxmoxBlock& block) {
  pve::Settings settings;
  settings.endpoint = block.endpoint.optional();
  settings.api_token = block.api_token.optional();
  settings.username = block.username.optional();
  settings.password = block.password.optional();
  settings.otp = block.otp.optional();
  settings.ca_file = block.ca_file.optional();
  settings.fingerprint = block.fingerprint.optional();
  settings.insecure = block.insecure.optional();
  if (block.timeout.known())
    if (const auto timeout = parse_duration(*block.timeout)) settings.timeout = *timeout;
  if (block.parallelism.known()) settings.parallelism = static_cast<int>(*block.parallelism);
  return settings;
}

// "proxmox.endpoint, proxmox.api_token": what is unknown in the block.
std::vector<std::string> unknown_settings(const tf::Value& config) {
  std::vector<std::string> names;
  const tf::Value& block = tf::at(config, "proxmox");
  if (block.is_unknown()) names.push_back("proxmox");
  if (const tf::Map* settings = block.as<tf::Map>())
    for (const auto& [name, value] : *settings)
      if (value.is_unknown()) names.push_back("proxmox." + name);
  return names;
}

std::string user_of(const pve::Credentials& credentials) {
  if (const auto* token = std::get_if<pve::Token>(&credentials)) return token->id;
  return std::get<pve::Password>(credentials).username;
}

// Nothing says that there is a cluster at all: no problem before somebody needs one.
bool is_absent(const pve::Settings& settings, const Environment& environment) {
  const auto set = [&](const char* name) {
    const auto found = environment.find(pve::variable_of(name));
    return found != environment.end() && !found->second.empty();
  };
  return settings.endpoint.value_or("").empty() && settings.api_token.value_or("").empty() &&
         settings.username.value_or("").empty() && !set("endpoint") && !set("api_token") &&
         !set("username");
}

class PaasProvider final : public tf::Provider {
 public:
  explicit PaasProvider(World world)
      : world_(std::move(world)),
        services_(std::make_shared<CurrentServices>(std::make_shared<Services>(
            world_.machine, policy::Policy(),
            Error{Errc::unavailable, "the provider has not been configured yet", {}, {}}))) {
    resources_.push_back(lxc::make_lxc(services_));
    resources_.push_back(lxc_template::make_lxc_template(services_));
    resources_.push_back(placement_resource::make_placement(services_));
    data_sources_.push_back(placement_explain::make_placement_explain(services_));
    data_sources_.push_back(pve_guests::make_pve_guests(services_));
    data_sources_.push_back(pve_nodes::make_pve_nodes(services_));
    data_sources_.push_back(pve_storages::make_pve_storages(services_));
    data_sources_.push_back(pve_templates::make_pve_templates(services_));
    data_sources_.push_back(what_if::make_what_if(services_));
  }

  const tf::Schema& schema() const override { return configuration_object().schema(); }

  void validate(const tf::Value&, Diagnostics&) const override {}

  Diagnostics configure(const tf::Value& config, const std::string&, const tf::Call&) override {
    Diagnostics out;
    const auto decoded = configuration_object().decode(config);
    if (!decoded) {
      out.push_back(
          tf::diagnostic_of(decoded.error(), "unable to read the provider's configuration"));
      return out;
    }
    policy::Rules rules;
    if (decoded->policy.known()) rules = *decoded->policy;
    services_->replace(services_of(config, *decoded, policy::Policy(std::move(rules)), out));
    return out;
  }

  const std::vector<std::unique_ptr<tf::Resource>>& resources() const override {
    return resources_;
  }
  const std::vector<std::unique_ptr<tf::DataSource>>& data_sources() const override {
    return data_sources_;
  }
  const std::vector<tf::Function>& functions() const override { return functions_; }
  const std::vector<std::unique_ptr<tf::Ephemeral>>& ephemerals() const override {
    return ephemerals_;
  }
  const std::vector<std::unique_ptr<tf::ListResource>>& list_resources() const override {
    return list_resources_;
  }
  const std::vector<std::unique_ptr<tf::Action>>& actions() const override { return actions_; }

 private:
  std::shared_ptr<Services> services_of(const tf::Value& config, const Configuration& configuration,
                                        policy::Policy policy, Diagnostics& out) {
    const auto without_cluster = [&](Error why_not) {
      return std::make_shared<Services>(world_.machine, policy, std::move(why_not));
    };
    if (const auto unknown = unknown_settings(config); !unknown.empty()) {
      auto waiting =
          without_cluster({Errc::unavailable,
                           "the provider's configuration is not known yet: " + join(unknown, ", "),
                           {},
                           "Create what it depends on first, with `terraform apply -target=…`, and "
                           "then the rest."});
      waiting->wait_for_configuration();
      return waiting;
    }
    ProxmoxBlock block;
    if (configuration.proxmox.known()) block = *configuration.proxmox;
    const pve::Settings settings = settings_of(block);
    if (is_absent(settings, world_.environment))
      return without_cluster(
          {Errc::unavailable,
           "no Proxmox VE cluster is configured",
           {},
           "Set endpoint and api_token in the provider's block proxmox { … }, or the environment "
           "variables PROXMOX_VE_ENDPOINT and PROXMOX_VE_API_TOKEN."});
    auto options = pve::resolve(settings, world_.environment);
    if (!options) {
      for (const pve::Problem& problem : options.error())
        out.push_back(diagnostic_of_problem(problem));
      return without_cluster({Errc::invalid, "the provider's configuration has errors", {}, {}});
    }
    if (auto usable = check_authorities(options->trust); !usable) {
      const bool from_variable = settings.ca_file.value_or("").empty();
      out.push_back(diagnostic_of_problem({"ca_file", from_variable ? "PROXMOX_VE_CA_FILE" : "",
                                           usable.error().message, usable.error().remedy}));
      return without_cluster({Errc::invalid, "the provider's configuration has errors", {}, {}});
    }
    std::string user = user_of(options->credentials);
    auto connected = world_.connect(*std::move(options), world_.machine.log);
    if (!connected) {
      out.push_back(
          tf::diagnostic_of(connected.error(), "unable to connect to Proxmox VE", Path("proxmox")));
      return without_cluster(connected.error());
    }
    return std::make_shared<Services>(world_.machine, std::move(policy), *std::move(connected),
                                      std::move(user));
  }

  static tf::Diagnostic diagnostic_of_problem(const pve::Problem& problem) {
    const bool from_environment = !problem.variable.empty();
    const std::string named = from_environment ? problem.variable : "proxmox." + problem.setting;
    std::string detail = named + ": " + problem.message + ".";
    if (!problem.remedy.empty()) detail += "\n\n" + problem.remedy;
    return tf::error_at(
        from_environment ? Path("proxmox") : Path("proxmox").attribute(problem.setting),
        "invalid provider configuration", std::move(detail));
  }

  World world_;
  std::shared_ptr<CurrentServices> services_;
  std::vector<std::unique_ptr<tf::Resource>> resources_;
  std::vector<std::unique_ptr<tf::DataSource>> data_sources_;
  std::vector<tf::Function> functions_;
  std::vector<std::unique_ptr<tf::Ephemeral>> ephemerals_;
  std::vector<std::unique_ptr<tf::ListResource>> list_resources_;
  std::vector<std::unique_ptr<tf::Action>> actions_;
};

}  // namespace

std::unique_ptr<tf::Provider> make_provider(World world) {
  return std::make_unique<PaasProvider>(std::move(world));
}

}  // namespace paas::provider
