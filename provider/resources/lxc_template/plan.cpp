#include "provider/resources/lxc_template/plan.hpp"

#include "libpaas/base/text.hpp"

namespace paas::lxc_template {
namespace {

using tf::Path;
using tf::Planning;
using tf::Value;

struct Source {
  std::string attribute;  // empty: none
  tf::Attr<std::string> value;
  bool operator==(const Source&) const = default;
};

Source source_of(const Template& model) {
  if (!model.url.null()) return {"url", model.url};
  if (!model.source_file.null()) return {"source_file", model.source_file};
  if (!model.oci_reference.null()) return {"oci_reference", model.oci_reference};
  return {};
}

bool any_source_unknown(const Template& model) {
  return model.url.unknown() || model.source_file.unknown() || model.oci_reference.unknown();
}

// Unknown, where it is not known yet what the name will follow from.
tf::Attr<std::string> derived_name(const Template& config) {
  if (any_source_unknown(config)) return tf::Unknown{};
  std::string name = direct::file_name_of(spec_of(config));
  if (name.empty()) return tf::Unknown{};  // refused by the rules of the table
  return name;
}

class Refining {
 public:
  Refining(const Planning& planning, const PlanContext& context, const Template& prior,
           const Template& config)
      : planning_(planning), context_(context), prior_(prior), config_(config) {}

  void all() {
    if (!creating()) replace_where_the_file_differs();
    fill();
    if (creating()) check_birth();
    check_policy();
  }

 private:
  bool creating() const {
    return planning_.prior.is_null() || !planning_.plan.requires_replace.empty();
  }
  Value& planned(std::string_view name) {
    return planning_.plan.state.as<tf::Map>()->find(name)->second;
  }

  void replace(const std::string& attribute) {
    planning_.plan.state =
        tf::plan(template_object().schema(), Value(tf::Null{}), planning_.config).state;
    planning_.plan.requires_replace.push_back(Path(attribute));
  }

  // What may change: the path of a replacement has to.
  std::optional<std::string> unknown_source() const {
    if (config_.url.unknown()) return "url";
    if (config_.source_file.unknown()) return "source_file";
    if (config_.oci_reference.unknown()) return "oci_reference";
    return std::nullopt;
  }

  void replace_where_the_file_differs() {
    const Source source = source_of(config_), before = source_of(prior_);
    if (source.attribute.empty()) return;
    if (config_.file_name.null()) {
      const auto name = derived_name(config_);
      if (name.unknown()) return replace(unknown_source().value_or(source.attribute));
      if (name != prior_.file_name) return replace("file_name");
    }
    if (before.attribute.empty()) {  // imported: what is there is taken for what is declared
      if (source.attribute == "source_file" && source.value.known() && !has_size_of_prior())
        replace("checksum");
      return;
    }
    if (config_.checksum.known() && prior_.checksum.known() &&
        lower(*config_.checksum) == lower(*prior_.checksum))
      return;
    if (!config_.checksum.null()) return replace("checksum");
    if (source.attribute == "source_file" && source.value.known()) {
      if (!is_content_of_prior()) replace("checksum");
    } else if (source != before || source.value.unknown()) {
      replace(source.attribute);
    }
  }

  // The file to be uploaded; none, and why not, where it cannot be read. A template that exists can
  // do without: it stays as it is.
  std::optional<FileDigest> digest() {
    auto digest = context_.files.digest(*config_.source_file);
    if (digest) return *std::move(digest);
    Error error = std::move(digest).error();
    const Path path("source_file");
    if (!creating()) {
      planning_.diagnostics.push_back(tf::warning_at(
          path, "source_file cannot be read",
          "source_file: " + error.message +
              ".\n\nWhether it has changed is not known, so the template stays as it is."));
    } else if (error.code == Errc::not_found) {
      planning_.diagnostics.push_back(tf::warning_at(
          path, "source_file is not there yet",
          "source_file: " + error.message + ".\n\nIt has to be there by the time it is uploaded."));
    } else {
      error.remedy = "Put a file there that can be read, or set source_file to where it is.";
      planning_.diagnostics.push_back(tf::diagnostic_of(error, "unable to read source_file", path));
    }
    return {};
  }

  bool has_size_of_prior() {
    const auto now = digest();
    return !now || (prior_.size_bytes.known() &&
                    static_cast<std::uint64_t>(*prior_.size_bytes) == now->bytes);
  }

  bool is_content_of_prior() {
    const auto now = digest();
    if (!now) return true;
    const bool same_size =
        !prior_.size_bytes.known() || static_cast<std::uint64_t>(*prior_.size_bytes) == now->bytes;
    return same_size &&
           prior_.checksum.value_or("") == direct::print_checksum({"sha256", now->sha256});
  }

  void fill() {
    if (creating() && config_.file_name.null()) {
      const auto name = derived_name(config_);
      if (name.known()) planned("file_name") = *name;
    }
    if (config_.checksum.null()) fill_checksum();
    if (!creating()) return;
    const std::string* storage = planned("storage").as<std::string>();
    const std::string* file_name = planned("file_name").as<std::string>();
    const std::string* node = planned("node").as<std::string>();
    if (!storage || !file_name) return;
    direct::TemplateSpec spec;
    spec.storage = *storage;
    spec.file_name = *file_name;
    const std::string volume = direct::volume_of(spec);
    if (node) planned("id") = id_of({*node, volume});
    planned("volume") = volume;
  }

  void fill_checksum() {
    const bool uploaded = !config_.source_file.null();
    if (creating()) {
      planned("checksum") = uploaded ? Value(tf::Unknown{}) : Value(tf::Null{});
    } else if (uploaded && prior_.checksum.null()) {
      planned("checksum") = tf::Unknown{};  // imported: that of the file, once it is taken over
    }
  }

  void check_birth() {
    const Source source = source_of(config_);
    if (source.attribute.empty() && !any_source_unknown(config_))
      planning_.diagnostics.push_back(tf::error_at(
          Path("url"), "nothing to make the template from",
          "A template that does not exist yet needs url (the node downloads it), source_file (it "
          "is "
          "uploaded from here) or oci_reference (the node pulls it from a registry).\n\nSet one of "
          "the three; or import the template, if it is there already."));
    if (!config_.source_file.known()) return;
    const auto there = digest();
    const std::string asked = lower(config_.checksum.value_or(""));
    if (!there || !asked.starts_with("sha256:")) return;
    const std::string found = direct::print_checksum({"sha256", there->sha256});
    if (asked == found) return;
    planning_.diagnostics.push_back(
        tf::error_at(Path("checksum"), "checksum is not that of source_file",
                     "checksum is " + asked + ", but source_file has " + found +
                         ".\n\nCorrect it, or leave it out: it is then computed from the file."));
  }

  void check_policy() {
    const auto model = template_object().decode(planning_.plan.state);
    if (!model) return;  // the values come from our own schema: they decode
    tf::Diagnostics& out = planning_.diagnostics;
    const policy::Policy& policy = context_.policy;
    if (model->node.known()) policy.check_node(Path("node"), *model->node, out);
    if (model->storage.known()) policy.check_storage(Path("storage"), *model->storage, out);
    if (model->volume.known()) policy.check_template(Path("file_name"), *model->volume, out);
  }

  const Planning& planning_;
  const PlanContext& context_;
  const Template& prior_;
  const Template& config_;
};

}  // namespace

void refine_plan(const Planning& planning, const PlanContext& context) {
  const auto config = template_object().decode(planning.config);
  const auto prior = planning.prior.is_null() ? Result<Template>(Template{})
                                              : template_object().decode(planning.prior);
  if (config && prior) Refining(planning, context, *prior, *config).all();
}

}  // namespace paas::lxc_template
