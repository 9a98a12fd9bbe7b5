#include "provider/resources/lxc_template/lxc_template.hpp"

#include "libpaas/proxmox/advice.hpp"
#include "provider/deadline.hpp"
#include "provider/resources/lxc_template/plan.hpp"
#include "provider/whereabouts.hpp"

namespace paas::lxc_template {
namespace {

using provider::Deadline;
using tf::Diagnostics;
using tf::Path;

constexpr tf::TimeLimits usual_limits{std::chrono::hours(1), std::chrono::minutes(5),
                                      std::chrono::hours(1), std::chrono::minutes(10)};

Place place_of(const Template& model) {
  return {model.node.value_or(""), model.volume.value_or("")};
}

bool may_still_come(const Error& error) {
  return error.code == Errc::unknown_outcome || error.code == Errc::timeout ||
         error.code == Errc::cancelled;
}

class LxcTemplateResource final : public tf::Typed<Template> {
 public:
  explicit LxcTemplateResource(std::shared_ptr<const provider::CurrentServices> services)
      : Typed("paas_lxc_template", template_object()), services_(std::move(services)) {}

  const tf::IdentitySchema* identity() const override {
    static const tf::IdentitySchema schema{
        0,
        {{"node", tf::Type::string(), true, "Node on which it is."},
         {"volume", tf::Type::string(), true, "Id of its volume."}}};
    return &schema;
  }

  tf::PlanResult plan(const tf::PlanRequest& request, const tf::Call& call) override {
    tf::PlanResult result = Typed::plan(request, call);
    if (services_->get()->waits() && call.deferral_allowed)
      result.deferred = tf::Deferred::provider_config_unknown;
    return result;
  }

  tf::ReadResult read(const tf::ReadRequest& request, const tf::Call& call) override {
    if (!services_->get()->waits() || !call.deferral_allowed) return Typed::read(request, call);
    return {request.state,
            request.identity,
            request.private_data,
            tf::Deferred::provider_config_unknown,
            {}};
  }

 protected:
  void refine(const tf::Planning& planning) const override {
    const auto services = services_->get();
    refine_plan(planning, {services->policy(), services->files()});
    if (!planning.prior.is_null() && planning.plan.requires_replace.empty()) return;
    const std::string* node = tf::at(planning.plan.state, "node").as<std::string>();
    const std::string* storage = tf::at(planning.plan.state, "storage").as<std::string>();
    const auto list = node ? services->cluster_list() : nullptr;
    Diagnostics& out = planning.diagnostics;
    if (!list || !provider::check_node(Path("node"), "The template", *node, *list, out)) return;
    if (!storage) return;
    provider::check_storage(Path("storage"), *storage, *node, *list, out);
    provider::check_holds_templates(Path("storage"), *storage, *node, *list, out);
  }

  tf::Outcome<Template> create(const Template& planned, const Template&,
                               const tf::Call& call) override {
    const auto services = services_->get();
    const std::string failed = "unable to create template " + planned.volume.value_or("");
    Template model = planned;
    Diagnostics problems = take_checksum(model, services->files());
    if (tf::has_errors(problems)) return {{}, std::move(problems)};
    const auto cluster = services->cluster();
    if (!cluster) return {{}, {tf::diagnostic_of(cluster.error(), failed)}};
    const Deadline deadline(call.stop, limits(planned).create, "timeouts.create");
    bool begun = false;
    std::optional<direct::LeftFile> left;
    direct::TemplateSpec spec = spec_of(model);
    spec.local_bytes = [&]() -> Result<std::uint64_t> {
      return TRY(services->files().digest(spec.local_path)).bytes;
    };
    auto made = cluster->templates.create(
        spec, deadline.token(), [&begun] { begun = true; },
        [&left](direct::LeftFile what) { left = what; });
    if (made) {
      model.size_bytes = static_cast<std::int64_t>(made->size_bytes);
      tf::Outcome<Template> outcome{std::move(model)};
      if (left) outcome.diagnostics.push_back(left_warning(planned, *left));
      return outcome;
    }
    Error error = std::move(made).error();
    const Path attribute = attribute_of(error, begun);
    tf::Outcome<Template> outcome;
    if (left) outcome.diagnostics.push_back(left_warning(planned, *left));
    if (begun && may_still_come(error)) outcome.model = std::move(model);
    error = deadline.explain(advised(std::move(error)));
    outcome.diagnostics.push_back(tf::diagnostic_of(error, failed, attribute));
    return outcome;
  }

  // What changes in place changes nothing on the node.
  tf::Outcome<Template> update(const Template&, const Template& planned, const Template&,
                               const tf::Call&) override {
    Template model = planned;
    Diagnostics problems = take_checksum(model, services_->get()->files());
    if (tf::has_errors(problems)) return {{}, std::move(problems)};
    return {std::move(model)};
  }

  Diagnostics remove(const Template& prior, const tf::Call& call) override {
    const Place place = place_of(prior);
    const std::string failed = "unable to remove template " + place.volume;
    const auto cluster = services_->get()->cluster();
    if (!cluster) return {tf::diagnostic_of(cluster.error(), failed)};
    const Deadline deadline(call.stop, limits(prior).remove, "timeouts.delete");
    auto removed = cluster->templates.remove(place.node, place.volume, deadline.token());
    if (removed) return {};
    return {tf::diagnostic_of(deadline.explain(std::move(removed).error()), failed)};
  }

  Result<std::optional<Template>> observe(const Template& known, const tf::Call& call) override {
    const Place place = place_of(known);
    auto cluster = TRY(services_->get()->cluster());
    const auto found = TRY(cluster.templates.observe(place.node, place.volume, call.stop));
    if (!found) return std::optional<Template>{};
    Template model = known;
    model.size_bytes = static_cast<std::int64_t>(found->size_bytes);
    return std::optional(std::move(model));
  }

  Result<Template> locate(const tf::ImportRequest& request, const tf::Call& call) override {
    std::string id = request.id;
    const std::string* node = tf::at(request.identity, "node").as<std::string>();
    const std::string* volume = tf::at(request.identity, "volume").as<std::string>();
    if (node && volume) id = id_of({*node, *volume});
    const Place place = TRY(parse_id(id));
    const auto parts = parts_of(place.volume);
    Template model;
    model.id = id;
    model.node = place.node;
    model.volume = place.volume;
    model.storage = parts->storage;
    model.file_name = parts->file_name;
    model.verify_certificates = true;
    model.overwrite = false;
    auto cluster = TRY(services_->get()->cluster());
    const auto list = TRY(cluster.inventory.resources(call.stop));
    TRY(proxmox::require_node(place.node, *list));
    auto there = TRY(observe(model, call));
    if (there) return *std::move(there);
    return tl::unexpected<Error>(
        Error{Errc::not_found,
              "node " + place.node + " has no template " + place.volume,
              {},
              "See what is there with the data source paas_pve_templates."});
  }

  tf::Value identity_of(const Template& model) const override {
    if (!model.node.known() || !model.volume.known()) return tf::Null{};
    return tf::Map{{"node", *model.node}, {"volume", *model.volume}};
  }

 private:
  static tf::TimeLimits limits(const Template& model) {
    return tf::time_limits(model.timeouts, usual_limits);
  }

  static tf::Diagnostic left_warning(const Template& planned, direct::LeftFile what) {
    const std::string which = "template " + planned.volume.value_or("");
    if (what == direct::LeftFile::taken_over)
      return tf::warning_at(
          {}, which + " has been taken over",
          "The node has downloaded it from the same URL for the same user before, for an apply "
          "that was killed; it is not downloaded again.");
    return tf::warning_at(
        {}, which + " was left behind and has been replaced",
        "The node has taken in a file of that name for the same user before, for an apply that was "
        "killed. Nothing tells that its content is what is wanted now, so that it was removed to "
        "be fetched anew.\n\nIf another configuration has made it, the two want the same file: "
        "choose another file_name in one of them.");
  }

  // Where the checksum is that of the local file, it is computed now.
  static Diagnostics take_checksum(Template& model, Files& files) {
    if (!model.checksum.unknown()) return {};
    auto digest = files.digest(model.source_file.value_or(""));
    if (!digest)
      return {tf::diagnostic_of(std::move(digest).error().advising(
                                    "Put a file there that can be read, or set source_file to "
                                    "where it is."),
                                "unable to read source_file", Path("source_file"))};
    model.checksum = direct::print_checksum({"sha256", digest->sha256});
    return {};
  }

  static bool is_checksum_mismatch(const Error& error) {
    return error.message.find("checksum mismatch") != std::string::npos;
  }

  static Path attribute_of(const Error& error, bool begun) {
    if (is_checksum_mismatch(error)) return Path("checksum");
    if (error.message.find("download failed") != std::string::npos) return Path("url");
    return !begun && error.code == Errc::conflict ? Path("file_name") : Path();
  }

  static Error advised(Error error) {
    if (!error.remedy.empty()) return error;
    if (is_checksum_mismatch(error))
      error.remedy =
          "The node has kept nothing. Correct checksum, or find out why the file is another one.";
    else if (error.message.find("download failed") != std::string::npos)
      error.remedy = "Check url: the node itself must be able to reach it.";
    else if (may_still_come(error))
      error.remedy =
          "The template stays in the state, tainted: the next apply removes what has come of it "
          "and "
          "begins again.";
    return error;
  }

  std::shared_ptr<const provider::CurrentServices> services_;
};

}  // namespace

std::unique_ptr<tf::Resource> make_lxc_template(
    std::shared_ptr<const provider::CurrentServices> services) {
  return std::make_unique<LxcTemplateResource>(std::move(services));
}

}  // namespace paas::lxc_template
