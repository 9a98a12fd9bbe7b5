#include "libpaas/direct/templates.hpp"

#include <algorithm>
#include <array>

#include "libpaas/base/text.hpp"

namespace paas::direct {
namespace {

constexpr std::array<std::string_view, 5> template_endings{".tar", ".tar.gz", ".tar.xz", ".tar.zst",
                                                           ".tar.bz2"};

struct ChecksumForm {
  std::string_view algorithm;
  std::size_t digits;
};
constexpr std::array<ChecksumForm, 6> checksum_forms{
    {{"sha512", 128}, {"sha256", 64}, {"sha384", 96}, {"sha224", 56}, {"sha1", 40}, {"md5", 32}}};

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

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

constexpr int most_tasks = 50;  // that are looked through
constexpr int most_log_lines = 500;

bool shows_download(const std::vector<std::string>& log, const TemplateSpec& spec) {
  const auto any = [&](const auto& holds) { return std::any_of(log.begin(), log.end(), holds); };
  return any([&](const std::string& line) {
           return line.starts_with("downloading " + spec.url + " to ") &&
                  line.ends_with("/" + spec.file_name);
         }) &&
         (spec.checksum.digest.empty() || any([](const std::string& line) {
            return line.find("checksum verified") != std::string::npos;
          }));
}

// An image from a registry has its task under the name of the file; an upload tells it in its log
// alone, once it has checked the file.
std::string_view target_of(std::string_view line) {
  constexpr std::string_view begin = "target file: ";
  return line.starts_with(begin) ? line.substr(begin.size()) : std::string_view{};
}

bool may_bring(const std::vector<std::string>& log, const TemplateSpec& spec) {
  for (const std::string& line : log)
    if (const auto target = target_of(line); !target.empty())
      return target.ends_with("/" + spec.file_name);
  return true;
}

bool shows_upload(const std::vector<std::string>& log, const TemplateSpec& spec,
                  std::uint64_t bytes) {
  const auto any = [&](const auto& holds) { return std::any_of(log.begin(), log.end(), holds); };
  return any([&](const std::string& line) {
           return target_of(line).ends_with("/" + spec.file_name);
         }) &&
         any([&](const std::string& line) {
           return line == "file size is: " + std::to_string(bytes);
         });
}

std::string_view task_type(const TemplateSpec& spec) {
  if (!spec.local_path.empty()) return "imgcopy";
  return spec.url.empty() ? "ociregistrypull" : "download";
}

bool may_still_happen(const Error& error) {
  return error.code == Errc::unknown_outcome || error.code == Errc::timeout;
}

}  // namespace

std::string volume_of(const TemplateSpec& spec) {
  return spec.storage + ":vztmpl/" + spec.file_name;
}

std::string file_name_of(const TemplateSpec& spec) {
  if (!spec.url.empty()) {
    const std::string_view url = std::string_view(spec.url).substr(0, spec.url.find_first_of("?#"));
    const auto authority = url.find("//");
    const auto slash = url.rfind('/');
    if (authority == std::string_view::npos || slash <= authority + 1) return {};
    return percent_decode(url.substr(slash + 1)).value_or("");
  }
  if (!spec.local_path.empty()) return spec.local_path.substr(spec.local_path.rfind('/') + 1);
  if (spec.oci_reference.empty()) return {};
  std::string name = spec.oci_reference.substr(spec.oci_reference.rfind('/') + 1);
  std::replace(name.begin(), name.end(), ':', '_');
  return name + ".tar";
}

Result<proxmox::Checksum> parse_checksum(std::string_view text) {
  const auto colon = text.find(':');
  proxmox::Checksum checksum{lower(text.substr(0, colon)), {}};
  const auto form =
      std::find_if(checksum_forms.begin(), checksum_forms.end(),
                   [&](const auto& one) { return one.algorithm == checksum.algorithm; });
  if (colon == std::string_view::npos || form == checksum_forms.end())
    return fail(Errc::invalid,
                "must be an algorithm and a digest, \"sha512:39f6…\"; the algorithm one of sha512, "
                "sha256, sha384, sha224, sha1 and md5");
  checksum.digest = lower(text.substr(colon + 1));
  if (checksum.digest.size() != form->digits || !is_hexadecimal(checksum.digest))
    return fail(Errc::invalid, "must have a digest of " + std::to_string(form->digits) +
                                   " hexadecimal digits after " + checksum.algorithm + ":");
  return checksum;
}

std::string print_checksum(const proxmox::Checksum& checksum) {
  return checksum.algorithm + ":" + checksum.digest;
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
  if (!spec.oci_reference.empty() && is_file_name(spec.file_name) &&
      !spec.file_name.ends_with(".tar"))
    out.push_back({"file_name",
                   "an image from a registry becomes an archive that is not compressed",
                   "end the name with .tar"});
  if (!spec.url.empty() && !spec.url.starts_with("http://") && !spec.url.starts_with("https://"))
    out.push_back({"url", "is neither http nor https", "use a URL that the node can reach"});
  const auto& checksum = spec.checksum;
  const bool any_checksum = !checksum.algorithm.empty() || !checksum.digest.empty();
  if (any_checksum)
    if (const auto parsed = parse_checksum(print_checksum(checksum)); !parsed)
      out.push_back({"checksum", parsed.error().message, "give both as the publisher names them"});
  if (any_checksum && !spec.oci_reference.empty())
    out.push_back({"checksum", "cannot be checked for an image from a registry", "leave it out"});
  return out;
}

Result<proxmox::Template> Templates::create(const TemplateSpec& spec, std::stop_token stop,
                                            const std::function<void()>& begins,
                                            const std::function<void(LeftFile)>& left) {
  TRY(refuse(refusals(spec)));
  const std::string volume = volume_of(spec);
  const std::string what = "unable to create template " + volume + " on node " + spec.node;
  auto ours = downloaded_before(spec, stop);
  if (!ours) return fail_while(what, std::move(ours));
  if (*ours && !spec.overwrite) {
    auto there = observe_anew(spec.node, volume, stop);
    if (there && *there) {
      log_.warn("a template that an interrupted creation has fetched is taken over",
                {{"volume", volume}, {"node", spec.node}});
      if (left) left(LeftFile::taken_over);
      return std::move(**there);
    }
  }
  auto cleared = clear_place(spec, stop);
  if (!cleared) return fail_while(what, std::move(cleared));
  if (*cleared && left) left(LeftFile::replaced);
  if (begins) begins();
  auto fetched = fetch(spec, stop);
  listing(spec.node, spec.storage).forget();
  if (!fetched && !may_still_happen(fetched.error())) return fail_while(what, std::move(fetched));
  auto made = observe_anew(spec.node, volume, stop);
  if (made && *made) return std::move(**made);
  if (!fetched) return fail_while(what, std::move(fetched));
  if (!made) return fail_while(what, std::move(made));
  return tl::unexpected<Error>(
      Error{Errc::internal, "the task has ended, but the file is not there", {what}, {}});
}

// Whether the last download of such a file was ours and of the same URL. One that is still under
// way is waited for: it belongs to a program that was killed, and a second would be in its way.
Result<bool> Templates::downloaded_before(const TemplateSpec& spec, std::stop_token stop) {
  if (spec.url.empty()) return false;
  const Json list =
      TRY(pve_.call(proxmox::list_tasks_of(spec.node, task_type(spec), most_tasks), stop));
  for (const proxmox::Upid& task : TRY(proxmox::parse_task_list(list))) {
    if (task.user != pve_.user() || task.id != spec.file_name) continue;
    const auto ended = pve_.wait(task, stop);
    if (!ended && ended.error().code == Errc::cancelled)
      return tl::unexpected<Error>(ended.error());
    if (!ended) return false;
    return shows_download(TRY(log_of(task, stop)), spec);
  }
  return false;
}

// The latest tasks that fetch what this one does. An upload is a task of the node that is talked
// to, whichever node it is for.
Result<std::vector<proxmox::TaskEntry>> Templates::tasks_of(const TemplateSpec& spec,
                                                            std::stop_token stop) {
  std::vector<proxmox::Call> calls{proxmox::list_tasks_of(spec.node, task_type(spec), most_tasks)};
  if (!spec.local_path.empty()) calls.push_back(proxmox::list_cluster_tasks());
  std::vector<proxmox::TaskEntry> tasks;
  for (const proxmox::Call& call : calls)
    for (auto& one : TRY(proxmox::parse_task_entries(TRY(pve_.call(call, stop)))))
      if (one.task.type == task_type(spec) &&
          (one.task.id.empty() || one.task.id == spec.file_name))
        tasks.push_back(std::move(one));
  return tasks;
}

Result<std::vector<std::string>> Templates::log_of(const proxmox::Upid& task,
                                                   std::stop_token stop) {
  return proxmox::parse_task_log(TRY(pve_.call(proxmox::task_log(task, 0, most_log_lines), stop)));
}

// Two that write the same file would be in each other's way: what a killed program has begun comes
// to its end first. What this program has begun is for other files.
Result<void> Templates::await_lost_tasks(const TemplateSpec& spec, std::stop_token stop) {
  for (const proxmox::TaskEntry& one : TRY(tasks_of(spec, stop))) {
    if (one.ended || one.task.user != pve_.user()) continue;
    if (const std::lock_guard lock(mutex_); begun_.contains(one.task.text)) continue;
    const auto log = log_of(one.task, stop);  // its node may be off
    if (!log || !may_bring(*log, spec)) continue;
    const auto ended = pve_.wait(one.task, stop);
    if (!ended && ended.error().code == Errc::cancelled)
      return tl::unexpected<Error>(ended.error());
  }
  return {};
}

// Whether a task of our user has made the file that is there, as such a creation would: whoever has
// changed it since, or put it there by other means, has done so at another time.
Result<bool> Templates::made_by_us(const TemplateSpec& spec, const proxmox::Template& there,
                                   std::stop_token stop) {
  const bool upload = !spec.local_path.empty();
  if (!spec.url.empty()) return false;
  if (upload && (!spec.local_bytes || TRY(spec.local_bytes()) != there.size_bytes)) return false;
  bool ours = false;
  for (const proxmox::TaskEntry& one : TRY(tasks_of(spec, stop))) {
    if (!one.well || there.changed < one.began || there.changed > *one.ended) continue;
    if (upload) {
      const auto log = log_of(one.task, stop);
      if (!log || !shows_upload(*log, spec, there.size_bytes)) continue;
    }
    if (one.task.user != pve_.user()) return false;
    ours = true;
  }
  return ours;
}

// True where the file of a killed creation was in the way.
Result<bool> Templates::clear_place(const TemplateSpec& spec, std::stop_token stop) {
  const std::string volume = volume_of(spec);
  if (spec.url.empty()) TRY(await_lost_tasks(spec, stop));
  const auto there = TRY(observe_anew(spec.node, volume, stop));
  if (!there) return false;
  const bool left = !spec.overwrite && TRY(made_by_us(spec, *there, stop));
  if (!spec.overwrite && !left)
    return tl::unexpected<Error>(Error{
        Errc::conflict,
        "a file of that name exists already",
        {},
        "take it over with `terraform import "
        "paas_lxc_template.NAME " +
            spec.node + "/" + volume + "`, choose another file name, or allow to overwrite it"});
  log_.info("template is removed to be overwritten", {{"volume", volume}, {"node", spec.node}});
  TRY(remove(spec.node, volume, stop));
  return left;
}

Result<void> Templates::fetch(const TemplateSpec& spec, std::stop_token stop) {
  log_.info("template is fetched", {{"volume", volume_of(spec)}, {"node", spec.node}});
  const auto task = TRY(begin_fetching(spec, stop));
  {
    const std::lock_guard lock(mutex_);
    begun_.insert(task.text);
  }
  auto ended = pve_.wait(task, stop);
  if (ended || ended.error().code != Errc::cancelled) return ended;
  // Nobody waits for it any more: it would go on for as long as the file is large.
  if (const auto stopped = pve_.call(proxmox::stop_task(task), {}); !stopped)
    return fail(Errc::cancelled,
                "asked to stop; the node goes on, because stopping its task failed: " +
                    describe(stopped.error()));
  if (pve_.wait(task, {})) return {};  // it had come to its end before
  return fail(Errc::cancelled, "asked to stop, and the node has stopped its task");
}

Result<proxmox::Upid> Templates::begin_fetching(const TemplateSpec& spec, std::stop_token stop) {
  if (!spec.local_path.empty())
    return pve_.upload({proxmox::upload_template(spec.node, spec.storage, spec.checksum),
                        spec.local_path, spec.file_name},
                       stop);
  // The server adds the ending to the name of an image by itself.
  const std::string_view stem =
      std::string_view(spec.file_name).substr(0, spec.file_name.rfind(".tar"));
  const proxmox::Call call =
      spec.url.empty() ? proxmox::pull_oci_image(spec.node, spec.storage, spec.oci_reference, stem)
                       : proxmox::download_template(
                             spec.node, spec.storage,
                             {spec.url, spec.file_name, spec.checksum, spec.verify_certificates});
  const Json data = TRY(pve_.call(call, stop));
  const std::string* upid = data.string();
  if (!upid) return fail(Errc::internal, "the server named no task");
  return proxmox::parse_upid(*upid);
}

Templates::Listing& Templates::listing(const std::string& node, const std::string& storage) {
  const std::lock_guard lock(mutex_);
  auto& listing = listings_[{node, storage}];
  if (!listing) listing = std::make_unique<Listing>();
  return *listing;
}

Result<std::optional<proxmox::Template>> Templates::observe(const std::string& node,
                                                            const std::string& volume,
                                                            std::stop_token stop) {
  const std::string storage = storage_of(volume);
  const auto ask = [&]() -> Result<std::vector<proxmox::Template>> {
    const Json data = TRY(pve_.call(proxmox::list_templates(node, storage), stop));
    return proxmox::parse_templates(data, node, storage);
  };
  const auto all = TRY(listing(node, storage).get(ask, stop));
  for (const auto& one : *all)
    if (one.volume == volume) return std::optional(one);
  return std::optional<proxmox::Template>{};
}

Result<std::optional<proxmox::Template>> Templates::observe_anew(const std::string& node,
                                                                 const std::string& volume,
                                                                 std::stop_token stop) {
  listing(node, storage_of(volume)).forget();
  return observe(node, volume, stop);
}

Result<void> Templates::remove(const std::string& node, const std::string& volume,
                               std::stop_token stop) {
  const std::string what = "unable to remove template " + volume + " on node " + node;
  auto there = observe_anew(node, volume, stop);
  if (!there) return fail_while(what, std::move(there));
  if (!*there) return {};
  auto removed = run_task(pve_, proxmox::delete_volume(node, storage_of(volume), volume), stop);
  listing(node, storage_of(volume)).forget();
  if (removed) return {};
  there = observe_anew(node, volume, stop);
  if (there && !*there) return {};
  return fail_while(what, std::move(removed));
}

}  // namespace paas::direct
