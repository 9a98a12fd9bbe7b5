#include "libpaas/direct/templates.hpp"

#include <algorithm>
#include <array>

#include "libpaas/base/text.hpp"

namespace paas::direct {
namespace {

constexpr std::array<std::string_view, 5> template_endings{".tar", ".tar.gz", ".tar.xz", ".tar.zst",
                                                           ".tar.bz2"};
constexpr std::array<std::string_view, 6> checksum_algorithms{"md5",    "sha1",   "sha224",
                                                              "sha256", "sha384", "sha512"};

bool is_file_name(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '+';
  });
  return plain && name.size() <= 255 && !name.starts_with(".") &&
         std::any_of(template_endings.begin(), template_endings.end(), [&](std::string_view end) {
           return name.size() > end.size() && name.ends_with(end);
         });
}

std::string storage_of(const std::string& volume) {
  return volume.substr(0, volume.find(':'));
}

bool may_still_happen(const Error& error) {
  return error.code == Errc::unknown_outcome || error.code == Errc::timeout;
}

}  // namespace

std::string volume_of(const TemplateSpec& spec) {
  return spec.storage + ":vztmpl/" + spec.file_name;
}

std::vector<Refusal> refusals(const TemplateSpec& spec) {
  std::vector<Refusal> out;
  const int sources = !spec.url.empty() + !spec.local_path.empty() + !spec.oci_reference.empty();
  if (sources != 1)
    out.push_back({"url", std::to_string(sources) + " sources are named",
                   "name exactly one: a url, a local file or an OCI reference"});
  if (!is_file_name(spec.file_name))
    out.push_back({"file_name",
                   "\"" + shortened(spec.file_name, 80) + "\" is no name of a template",
                   "use letters, digits and -_.+ and end with .tar, .tar.gz, .tar.xz, .tar.zst or "
                   ".tar.bz2"});
  if (!spec.url.empty() && !spec.url.starts_with("http://") && !spec.url.starts_with("https://"))
    out.push_back({"url", "is neither http nor https", "use a URL that the node can reach"});
  const auto& checksum = spec.checksum;
  if (checksum.algorithm.empty() != checksum.digest.empty())
    out.push_back({"checksum", "needs both an algorithm and a digest", "give both or none"});
  if (!checksum.algorithm.empty() &&
      std::find(checksum_algorithms.begin(), checksum_algorithms.end(), checksum.algorithm) ==
          checksum_algorithms.end())
    out.push_back({"checksum.algorithm", "is not known to the server",
                   "use sha256, sha512, sha384, sha224, sha1 or md5"});
  if (!checksum.digest.empty() && !spec.oci_reference.empty())
    out.push_back({"checksum", "cannot be checked for an image from a registry", "leave it out"});
  return out;
}

Result<proxmox::Template> Templates::create(const TemplateSpec& spec, std::stop_token stop) {
  TRY(refuse(refusals(spec)));
  const std::string volume = volume_of(spec);
  const std::string what = "unable to create template " + volume + " on node " + spec.node;
  auto there = observe(spec.node, volume, stop);
  if (!there) return fail_while(what, std::move(there));
  if (*there && !spec.overwrite)
    return tl::unexpected<Error>(Error{Errc::conflict,
                                       "a file of that name exists already",
                                       {what},
                                       "import it, choose another file name, or allow to overwrite "
                                       "it"});
  if (*there) {
    auto removed = remove(spec.node, volume, stop);
    if (!removed) return fail_while(what, std::move(removed));
  }
  auto fetched = fetch(spec, stop);
  if (!fetched && !may_still_happen(fetched.error())) return fail_while(what, std::move(fetched));
  auto made = observe(spec.node, volume, stop);
  if (made && *made) return std::move(**made);
  if (!fetched) return fail_while(what, std::move(fetched));
  if (!made) return fail_while(what, std::move(made));
  return tl::unexpected<Error>(
      Error{Errc::internal, "the task has ended, but the file is not there", {what}, {}});
}

Result<void> Templates::fetch(const TemplateSpec& spec, std::stop_token stop) {
  log_.info("template is fetched", {{"volume", volume_of(spec)}, {"node", spec.node}});
  if (!spec.url.empty())
    return run_task(pve_,
                    proxmox::download_template(
                        spec.node, spec.storage,
                        {spec.url, spec.file_name, spec.checksum, spec.verify_certificates}),
                    stop);
  if (!spec.oci_reference.empty())
    return run_task(
        pve_, proxmox::pull_oci_image(spec.node, spec.storage, spec.oci_reference, spec.file_name),
        stop);
  const auto task =
      TRY(pve_.upload({proxmox::upload_template(spec.node, spec.storage, spec.checksum),
                       spec.local_path, spec.file_name},
                      stop));
  return pve_.wait(task, stop);
}

Result<std::optional<proxmox::Template>> Templates::observe(const std::string& node,
                                                            const std::string& volume,
                                                            std::stop_token stop) {
  const std::string storage = storage_of(volume);
  const Json data = TRY(pve_.call(proxmox::list_templates(node, storage), stop));
  for (auto& one : TRY(proxmox::parse_templates(data, node, storage)))
    if (one.volume == volume) return std::optional(std::move(one));
  return std::optional<proxmox::Template>{};
}

Result<void> Templates::remove(const std::string& node, const std::string& volume,
                               std::stop_token stop) {
  const std::string what = "unable to remove template " + volume + " on node " + node;
  auto there = observe(node, volume, stop);
  if (!there) return fail_while(what, std::move(there));
  if (!*there) return {};
  auto removed = run_task(pve_, proxmox::delete_volume(node, storage_of(volume), volume), stop);
  if (removed) return {};
  there = observe(node, volume, stop);
  if (there && !*there) return {};
  return fail_while(what, std::move(removed));
}

}  // namespace paas::direct
