// Files on their way to a storage: upload, download by URL, images from a registry; and vzdump.
#include <fstream>

#include "tests/fake-pve/call.hpp"
#include "tests/fake-pve/crypto.hpp"
#include "tests/fake-pve/fetch.hpp"
#include "tests/fake-pve/guests.hpp"
#include "tests/fake-pve/volumes.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

// Where a file is going.
struct Arrival {
  std::string node;
  std::string storage;
  std::string content;  // "vztmpl", "iso", "import"
  std::string name;
  std::string algorithm;
  std::string checksum;

  std::string volid() const { return storage + ':' + content + '/' + name; }
};

std::string format_of(const std::string& content, const std::string& name) {
  if (content == "iso") return "iso";
  static const std::vector<std::pair<std::string, std::string>> endings = {
      {".tar.gz", "tgz"},   {".tar.xz", "txz"}, {".tar.zst", "tzst"},
      {".tar.bz2", "tbz2"}, {".tar", "tar"},    {".qcow2", "qcow2"},
      {".raw", "raw"},      {".vmdk", "vmdk"},  {".ova", "ova"}};
  for (const auto& [ending, format] : endings)
    if (name.ends_with(ending)) return format;
  return "";
}

// The server's own idea of a file name: white space becomes `_`, folders are cut off.
std::string normal_name(const std::string& name) {
  std::string out = name.substr(name.find_last_of("/\\") + 1);
  for (char& c : out)
    if (c == ' ' || c == '\t') c = '_';
  return out;
}

Result<Arrival> read_arrival(Call& call) {
  Arrival arrival;
  arrival.node = call.node();
  arrival.storage = call.params.text("storage");
  arrival.content = call.params.text("content");
  arrival.name = normal_name(call.params.text("filename"));
  arrival.algorithm = call.params.text("checksum-algorithm");
  arrival.checksum = lower(call.params.text("checksum"));
  const Storage& storage = *TRY(find_storage(call.state, arrival.storage));
  if (!storage.holds_files()) return refuse("can't upload to storage type '" + storage.type + "'");
  if (!storage.content.contains(arrival.content))
    return refuse_parameter("storage", "storage '" + storage.id +
                                           "' is not configured for content-type '" +
                                           arrival.content + "'");
  if (format_of(arrival.content, arrival.name).empty())
    return refuse_parameter("filename", "wrong file extension");
  return arrival;
}

Result<void> check_sum(const Arrival& arrival, const std::filesystem::path& file, TaskLog& log) {
  if (arrival.algorithm.empty()) return {};
  auto sum = Checksum::make(arrival.algorithm);
  if (!sum) return refuse("unsupported checksum algorithm '" + arrival.algorithm + "'");
  std::ifstream in(file, std::ios::binary);
  std::string piece(64 * 1024, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0)
    sum->feed(std::string_view(piece).substr(0, static_cast<std::size_t>(in.gcount())));
  const std::string got = sum->hex();
  if (got != arrival.checksum)
    return refuse("checksum mismatch: got '" + got + "' != expect '" + arrival.checksum + "'");
  log.push_back("calculating checksum...OK, checksum verified");
  return {};
}

// The same of a file that is known by its digests alone.
Result<void> check_known_sum(const Arrival& arrival,
                             const std::map<std::string, std::string>& known, TaskLog& log) {
  if (arrival.algorithm.empty()) return {};
  const auto digest = known.find(arrival.algorithm);
  if (digest == known.end())
    return refuse("the " + arrival.algorithm + " of this file is not known to the stand-in");
  if (digest->second != arrival.checksum)
    return refuse("checksum mismatch: got '" + digest->second + "' != expect '" + arrival.checksum +
                  "'");
  log.push_back("calculating checksum...OK, checksum verified");
  return {};
}

// The file becomes a volume. It is kept under a name of its own in the state folder; "" for one
// without bytes.
Result<void> take_in(World& world, const Arrival& arrival, const std::filesystem::path& file,
                     std::int64_t size) {
  Storage& storage = *TRY(find_storage(world.state, arrival.storage));
  if (size > storage.total - used_bytes(storage, arrival.node))
    return refuse("cp: error writing '" + file_path(storage, arrival.volid()) +
                  "': No space left on device");
  Volume volume;
  volume.content = arrival.content;
  volume.format = format_of(arrival.content, arrival.name);
  volume.size = size;
  volume.created = world.now();
  if (!file.empty()) {
    volume.file = "volume-" + random_hex(8);
    std::filesystem::rename(file, world.file(volume.file));
  }
  auto& home = volumes_on(storage, arrival.node)[arrival.volid()];
  std::error_code ignored;
  if (!home.file.empty()) std::filesystem::remove(world.file(home.file), ignored);
  home = std::move(volume);
  return {};
}

Result<Reply> upload_file(Call& call) {
  if (call.uploaded.empty()) return refuse("missing temporary file");
  const Arrival arrival = TRY(read_arrival(call));
  const auto kept = call.world.file("arriving-" + random_hex(8));
  std::filesystem::rename(call.uploaded, kept);
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "imgcopy";
  plan.work = [arrival, kept](World& world, TaskLog& log) -> Result<void> {
    const Storage& storage = *TRY(find_storage(world.state, arrival.storage));
    log.push_back("starting file import from: /var/tmp/pveupload-" + random_hex(16));
    log.push_back("target node: " + arrival.node);
    log.push_back("target file: " + file_path(storage, arrival.volid()));
    log.push_back("file size is: " + std::to_string(std::filesystem::file_size(kept)));
    const auto size = static_cast<std::int64_t>(std::filesystem::file_size(kept));
    Result<void> done = check_sum(arrival, kept, log);
    if (done) done = take_in(world, arrival, kept, size);
    std::error_code ignored;
    std::filesystem::remove(kept, ignored);
    if (done) log.emplace_back("finished file import successfully");
    return done;
  };
  return Json(call.start_task(std::move(plan)));
}

Result<Reply> download_url(Call& call) {
  const Arrival arrival = TRY(read_arrival(call));
  const std::string url = call.params.text("url");
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "download";
  plan.id = arrival.name;
  plan.work = [arrival, url](World& world, TaskLog& log) -> Result<void> {
    const Storage& storage = *TRY(find_storage(world.state, arrival.storage));
    log.push_back("downloading " + url + " to " + file_path(storage, arrival.volid()));
    if (find_volume(world.state, arrival.node, arrival.volid()))
      return refuse("refusing to override existing file '" + file_path(storage, arrival.volid()) +
                    "'");
    const auto file = world.file("download-" + random_hex(8));
    const auto fetched = fetch(url, file);
    Result<void> done;
    if (!fetched) {
      done = refuse("download failed: " + fetched.error().message);
    } else if (!fetched->digests.empty()) {
      done = check_known_sum(arrival, fetched->digests, log);
      if (done) done = take_in(world, arrival, {}, fetched->size);
    } else {
      done = check_sum(arrival, file, log);
      if (done) done = take_in(world, arrival, file, fetched->size);
    }
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    if (done)
      log.push_back("download of '" + url + "' to '" + file_path(storage, arrival.volid()) +
                    "' finished");
    return done;
  };
  return Json(call.start_task(std::move(plan)));
}

Result<Reply> url_metadata(Call& call) {
  const std::string url = call.params.text("url");
  const auto found = fetch(url, "");
  if (!found) return refuse("HEAD " + url + ": " + found.error().message);
  Json::Object data{{"size", found->size}, {"mimetype", found->mime_type}};
  const std::string path = url.substr(0, url.find('?'));
  data["filename"] = path.substr(path.rfind('/') + 1);
  return Json(std::move(data));
}

// There is no registry to pull from: the task fails as on a host without a network.
Result<Reply> pull_image(Call& call) {
  const std::string reference = call.params.text("reference");
  std::string name = reference.substr(reference.rfind('/') + 1);
  for (char& c : name)
    if (c == ':') c = '_';
  if (call.params.has("filename")) name = call.params.text("filename");
  name += ".tar";  // also where it ends so
  const std::string storage = call.params.text("storage");
  TRY(find_storage(call.state, storage));
  if (find_volume(call.state, call.node(), storage + ":vztmpl/" + name))
    return refuse("refusing to override existing file '" + name + "'");
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "ociregistrypull";
  plan.id = name;
  plan.work = [reference](World&, TaskLog&) -> Result<void> {
    return refuse("command 'skopeo copy docker://" + reference + "' failed: exit code 1");
  };
  return Json(call.start_task(std::move(plan)));
}

Result<Reply> repository_tags(Call& call) {
  return refuse("command 'skopeo list-tags docker://" + call.params.text("reference") +
                "' failed: exit code 1");
}

Result<Reply> appliance_list(Call&) {
  return Json(Json::Array{});
}

Result<Reply> dump_guest(Call& call) {
  const std::string storage = call.params.text("storage", "local");
  TRY(check_all(call.state, call.login, "/storage/" + storage, {"Datastore.AllocateSpace"}));
  for (const std::string& vmid : split_list(call.params.text("vmid")))
    TRY(check_all(call.state, call.login, "/vms/" + vmid, {"VM.Backup"}));
  TaskPlan plan;
  plan.node = call.node();
  plan.type = "vzdump";
  plan.id = call.params.text("vmid");
  plan.work = [](World&, TaskLog&) -> Result<void> { return refuse("job errors"); };
  return Json(call.start_task(std::move(plan)));
}

}  // namespace

Routes transfer_routes() {
  return {{"POST", "/nodes/{node}/storage/{storage}/upload", upload_file},
          {"POST", "/nodes/{node}/storage/{storage}/download-url", download_url},
          {"POST", "/nodes/{node}/storage/{storage}/oci-registry-pull", pull_image},
          {"GET", "/nodes/{node}/query-url-metadata", url_metadata},
          {"GET", "/nodes/{node}/query-oci-repo-tags", repository_tags},
          {"GET", "/nodes/{node}/aplinfo", appliance_list},
          {"POST", "/nodes/{node}/vzdump", dump_guest}};
}

}  // namespace paas::fake_pve
