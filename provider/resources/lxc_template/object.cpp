#include <algorithm>

#include "libpaas/base/text.hpp"
#include "provider/checks/checks.hpp"
#include "provider/resources/lxc_template/model.hpp"

namespace paas::lxc_template {
namespace {

using tf::at;
using tf::Diagnostics;
using tf::Path;
using tf::Trait;
using tf::Value;
constexpr Trait settled = Trait::computed | Trait::stable;

const char* const template_doc =
    "A container template or OCI archive on a storage: a file that the node downloads, or one that "
    "is uploaded from here.\n\n"
    "`volume`, which `paas_lxc` takes as its `template`, and `file_name` follow from the "
    "configuration, so that a plan shows them before the file is there. The file is fetched anew "
    "(the resource is replaced) where it would be another one: another `checksum`; without one, "
    "another `url` or `oci_reference`, or a changed local file. A `url` that moves while the "
    "`checksum` stays changes nothing on the node. A template that has vanished from its storage "
    "is "
    "planned anew.\n\n"
    "A file of that name that is there already is never replaced unless `overwrite` allows it. "
    "Import it instead; what was imported takes `url` and `checksum` over as they are, and a "
    "`source_file` where its size is that of the template.";

// What a node can fetch. The value is not quoted: it may hold a password.
Result<void> check_url(const Value& value) {
  const std::string* text = value.as<std::string>();
  const auto refused = [] {
    return fail(
        Errc::invalid,
        "must be an http or https URL of at most 4096 characters, with what is unusual in it "
        "percent-encoded");
  };
  if (!text || text->size() > 4096) return refused();
  const bool web = text->starts_with("http://") || text->starts_with("https://");
  const bool printable = std::all_of(text->begin(), text->end(),
                                     [](char c) { return c > ' ' && c < '\x7f' && c != '"'; });
  if (!web || !printable) return refused();
  std::string_view authority = std::string_view(*text).substr(text->find("//") + 2);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  authority = authority.substr(authority.rfind('@') + 1);  // npos + 1 is 0
  const auto colon = authority.find(':', authority.rfind(']') + 1);
  const bool has_port = colon != std::string_view::npos;
  if (authority.substr(0, colon).empty() ||
      (has_port && !parse_integer<std::uint16_t>(authority.substr(colon + 1))))
    return refused();
  return {};
}

Result<void> check_checksum(const Value& value) {
  const std::string* text = value.as<std::string>();
  return text ? direct::parse_checksum(*text).map([](const auto&) {}) : Result<void>();
}

bool settled_text(const Value& config, std::string_view name) {
  return at(config, name).is_known();
}

// A name that is left out must follow from the source; one that is given must fit it.
void file_name_rule(const Path&, const Value& config, Diagnostics& out) {
  for (const char* name : {"url", "source_file", "oci_reference", "file_name"})
    if (!settled_text(config, name)) return;
  const auto model = template_object().decode(config);
  if (!model) return;
  direct::TemplateSpec spec = spec_of(*model);
  const bool given = !spec.file_name.empty();
  const int sources = !spec.url.empty() + !spec.local_path.empty() + !spec.oci_reference.empty();
  if (sources != 1) return;
  if (!given) spec.file_name = direct::file_name_of(spec);
  for (const direct::Refusal& refusal : direct::refusals(spec)) {
    if (refusal.attribute != "file_name") continue;
    const std::string whence = given ? "" : " (which follows from its source)";
    out.push_back(tf::error_at(Path("file_name"), "invalid file_name",
                               "file_name" + whence + ": " + refusal.message + ".\n\n" +
                                   (given ? "" : "Set file_name: ") + refusal.remedy + "."));
  }
}

// clang-format off: a table, one attribute a row
std::vector<tf::Row<Template>> source_rows() {
  return {
      {"url", &Template::url, Trait::optional,
       "Where the node downloads it from, over http or https. One of `url`, `source_file` and "
       "`oci_reference` is needed to create. What stands before `@` and after `?` is kept out of "
       "logs and errors; a plan shows it unless it comes from a sensitive value.",
       {.check = check_url}},
      {"source_file", &Template::source_file, Trait::optional,
       "File on this machine that is uploaded to the node. It may be made by the same apply.",
       {.check = tf::length(1, 4096)}},
      {"oci_reference", &Template::oci_reference, Trait::optional,
       "Image that the node pulls from a registry, with its tag: `docker.io/library/alpine:3.20` "
       "(Proxmox VE 9.1 or later).",
       {.check = tf::matches("[A-Za-z0-9][A-Za-z0-9._/:-]*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}",
                             "an image with its tag: docker.io/library/alpine:3.20")}},
      {"checksum", &Template::checksum, Trait::optional | settled,
       "Algorithm and digest: `sha512:39f6…`; the algorithm is `sha512`, `sha256`, `sha384`, "
       "`sha224`, `sha1` or `md5`. The node verifies it and keeps nothing that differs. Left out, "
       "the SHA-256 of a `source_file`, known after apply; of a `url`, nothing is verified.",
       {.check = check_checksum, .same = checks::same_letters()}},
      {"verify_certificates", &Template::verify_certificates, Trait::optional,
       "Whether the node verifies the certificate of an https `url`.", {.fallback = true}},
  };
}

std::vector<tf::Row<Template>> template_rows() {
  std::vector<tf::Row<Template>> rows = {
      {"id", &Template::id, settled, "`node` and `volume`: "
       "`pve1/local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst`."},
      {"node", &Template::node, Trait::required | Trait::replaces,
       "Node that fetches it, and on which it is; of a shared storage, any that has the storage.",
       {.check = checks::name()}},
      {"storage", &Template::storage, Trait::optional | Trait::replaces,
       "Storage for it: one of files, with `vztmpl` among its content types.",
       {.fallback = "local", .check = checks::name()}},
  };
  for (tf::Row<Template>& row : source_rows()) rows.push_back(std::move(row));
  const std::vector<tf::Row<Template>> rest = {
      {"file_name", &Template::file_name, Trait::optional | settled | Trait::replaces,
       "Its name on the storage. Left out, the last part of the URL or path, or `alpine_3.20.tar` "
       "of an image `…/alpine:3.20`.",
       {.check = tf::matches("[A-Za-z0-9_+-][A-Za-z0-9._+-]{0,250}",
                             "a name of letters, digits and -_.+ that begins with no dot")}},
      {"overwrite", &Template::overwrite, Trait::optional,
       "Whether a file of that name that is there when this one is created, and that somebody else "
       "may use, is removed. Not together with `create_before_destroy` under the same name.",
       {.fallback = false}},
      {"volume", &Template::volume, settled,
       "Id of the volume, for `paas_lxc`: "
       "`local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst`."},
      {"size_bytes", &Template::size_bytes, settled, "Size of the file."},
      {"timeouts", nested(&Template::timeouts, tf::timeouts_object()), Trait::optional,
       tf::timeouts_doc},
  };
  rows.insert(rows.end(), rest.begin(), rest.end());
  return rows;
}
// clang-format on

}  // namespace

const tf::Object<Template>& template_object() {
  static const tf::Object<Template> object{
      template_doc,
      0,
      template_rows(),
      {tf::at_most_one_of({"url", "source_file", "oci_reference"}),
       tf::conflicts_with("oci_reference", {"checksum"}), file_name_rule}};
  return object;
}

}  // namespace paas::lxc_template
