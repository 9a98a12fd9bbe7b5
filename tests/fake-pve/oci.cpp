#include "tests/fake-pve/oci.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <map>

#include "libpaas/base/json.hpp"
#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr std::size_t block = 512;
constexpr std::int64_t max_document = std::int64_t{4} << 20;

struct TarEntry {
  std::streamoff at = 0;
  std::int64_t size = 0;
};

// The regular files and folders of a plain tar archive by name; none if it is no such archive.
std::optional<std::map<std::string, TarEntry>> tar_entries(std::ifstream& in) {
  std::map<std::string, TarEntry> entries;
  std::array<char, block> header{};
  while (in.read(header.data(), block)) {
    const std::string name(header.data(), strnlen(header.data(), 100));
    if (name.empty()) break;
    if (std::string_view(header.data() + 257, 5) != "ustar") return {};
    const std::string prefix(header.data() + 345, strnlen(header.data() + 345, 155));
    const std::int64_t size =
        std::strtoll(std::string(header.data() + 124, 12).c_str(), nullptr, 8);
    entries[prefix.empty() ? name : prefix + '/' + name] = {in.tellg(), size};
    const auto rounded = (size + static_cast<std::int64_t>(block) - 1) /
                         static_cast<std::int64_t>(block) * static_cast<std::int64_t>(block);
    in.seekg(rounded, std::ios::cur);
  }
  return entries;
}

Json document(std::ifstream& in, const std::map<std::string, TarEntry>& entries,
              const std::string& name) {
  const auto entry = entries.find(name);
  if (entry == entries.end() || entry->second.size > max_document) return {};
  std::string text(static_cast<std::size_t>(entry->second.size), '\0');
  in.clear();
  in.seekg(entry->second.at);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  return parse_json(text).value_or(Json());
}

// "sha256:abc" -> "blobs/sha256/abc"
std::string blob_path(const Json& descriptor) {
  std::string path = descriptor["digest"].string() ? *descriptor["digest"].string() : "";
  if (const auto colon = path.find(':'); colon != std::string::npos) path[colon] = '/';
  return "blobs/" + path;
}

std::vector<std::string> texts(const Json& list) {
  std::vector<std::string> out;
  if (list.array())
    for (const Json& item : *list.array())
      if (item.string()) out.push_back(*item.string());
  return out;
}

std::string text_of(const Json& json) {
  return json.string() ? *json.string() : "";
}

}  // namespace

std::optional<OciImage> read_oci_archive(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const auto entries = tar_entries(in);
  if (!entries || !entries->contains("oci-layout") || !entries->contains("index.json")) return {};
  for (const auto& [name, entry] : *entries)
    if (name != "oci-layout" && name != "index.json" && !name.starts_with("blobs/")) return {};
  const Json index = document(in, *entries, "index.json");
  if (!index["manifests"].array() || index["manifests"].array()->empty()) return {};
  const Json manifest = document(in, *entries, blob_path(index["manifests"].array()->front()));
  const Json config = document(in, *entries, blob_path(manifest["config"]))["config"];
  OciImage image;
  image.environment = texts(config["Env"]);
  image.command = texts(config["Entrypoint"]);
  for (std::string& word : texts(config["Cmd"])) image.command.push_back(std::move(word));
  image.user = text_of(config["User"]);
  image.working_dir = text_of(config["WorkingDir"]);
  image.stop_signal = text_of(config["StopSignal"]);
  if (const auto* volumes = config["Volumes"].object())
    for (const auto& [path, nothing] : *volumes) image.volumes.push_back(path);
  return image;
}

std::string shell_line(const std::vector<std::string>& words) {
  std::vector<std::string> quoted;
  for (const std::string& word : words) {
    const bool plain = !word.empty() && word.find_first_not_of(
                                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                            "0123456789-_./:=@%+,") == std::string::npos;
    if (plain) {
      quoted.push_back(word);
      continue;
    }
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    quoted.push_back(text + '\'');
  }
  return join(quoted, " ");
}

}  // namespace paas::fake_pve
