#include "libpaas/engine/archive.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "libpaas/base/json.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/engine/answer.hpp"

namespace paas::engine {
namespace {

constexpr std::size_t block = 512;
constexpr std::size_t max_entries = 100'000;
constexpr std::uint64_t max_json_bytes = std::uint64_t{8} << 20;

struct TarEntry {
  std::uint64_t at = 0;  // of its content
  std::uint64_t bytes = 0;
};
struct TarIndex {
  std::map<std::string, TarEntry, std::less<>> files{};
  std::uint64_t end = 0;  // where the closing zeros begin
};

std::string_view c_string(std::string_view field) {
  return field.substr(0, field.find('\0'));
}

// POSIX ustar: octal digits; GNU tar beyond 8 GiB: the top bit set, then a binary number.
std::optional<std::uint64_t> tar_number(std::string_view field) {
  std::uint64_t value = 0;
  if ((static_cast<unsigned char>(field[0]) & 0x80U) != 0) {
    for (const char c : field.substr(field.size() - 8)) {
      value = value << 8 | static_cast<unsigned char>(c);
    }
    return value >> 62 == 0 ? std::optional(value) : std::nullopt;
  }
  for (const char c : trim(c_string(field))) {
    if (c < '0' || c > '7') return {};
    value = value * 8 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

Result<TarIndex> tar_index(const ReadAt& read_at) {
  const auto broken = [] { return fail(Errc::invalid, "this is no tar archive"); };
  TarIndex index;
  for (std::size_t entries = 0;; ++entries) {
    if (entries > max_entries) return fail(Errc::invalid, "the archive has too many files");
    const std::string head = TRY(read_at(index.end, block));
    if (head.size() < block) {
      if (entries > 0) return fail(Errc::invalid, "the archive is cut short");
      return broken();
    }
    const bool at_end = head.find_first_not_of('\0') == head.npos;
    if (at_end && entries > 0) return index;
    const std::string_view view = head;
    if (at_end || view.substr(257, 5) != "ustar") return broken();
    const auto bytes = tar_number(view.substr(124, 12));
    if (!bytes) return broken();
    const std::string_view prefix = view.substr(257, 6) == std::string_view("ustar\0", 6)
                                        ? c_string(view.substr(345, 155))
                                        : "";
    std::string name(c_string(view.substr(0, 100)));
    if (!prefix.empty()) name = std::string(prefix) + "/" + name;
    if (name.starts_with("./")) name.erase(0, 2);
    const char kind = view[156];
    if (kind == '0' || kind == '\0') index.files[name] = {index.end + block, *bytes};
    index.end += block + (*bytes + block - 1) / block * block;
  }
}

Result<Json> json_in(const ReadAt& read_at, const TarIndex& index, const std::string& name) {
  const auto found = index.files.find(name);
  if (found == index.files.end()) {
    return fail(Errc::invalid, "the archive has no file " + excerpt(name, 100));
  }
  if (found->second.bytes > max_json_bytes) {
    return fail(Errc::invalid, "the archive's file " + excerpt(name, 100) + " is too large");
  }
  const auto text = TRY(read_at(found->second.at, static_cast<std::size_t>(found->second.bytes)));
  auto json = parse_json(text);
  if (!json) return fail(Errc::invalid, "the archive's file " + excerpt(name, 100) + " is no JSON");
  return json;
}

bool is_sha256(std::string_view digest) {
  return digest.starts_with("sha256:") && digest.size() == 71 &&
         digest.find_first_not_of("0123456789abcdef", 7) == digest.npos;
}

Result<std::string> blob_name(const Json& descriptor) {
  const std::string digest = text_of(descriptor["digest"]);
  if (!is_sha256(digest)) return fail(Errc::invalid, "the archive names a blob by no sha256");
  return "blobs/sha256/" + digest.substr(7);
}

// "name:tag", which Docker would take as a tag; else nothing.
Json tags_of(const Json& descriptor) {
  const std::string name = text_of(descriptor["annotations"]["org.opencontainers.image.ref.name"]);
  const auto colon = name.rfind(':');
  const bool plain = name.find_first_not_of(
                         "abcdefghijklmnopqrstuvwxyz0123456789._-/:"
                         "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == name.npos;
  if (!plain || colon == name.npos || name.find('/', colon) != name.npos || colon == 0 ||
      colon + 1 == name.size()) {
    return Json::Array{};
  }
  return Json::Array{name};
}

// The descriptor of the image's manifest, through indexes of indexes.
Result<Json> chosen_manifest(const ReadAt& read_at, const TarIndex& tar,
                             std::string_view platform) {
  Json index = TRY(json_in(read_at, tar, "index.json"));
  Json outer;
  for (int depth = 0; depth < 4; ++depth) {
    const Json::Array* manifests = index["manifests"].array();
    if (manifests == nullptr || manifests->empty()) {
      return fail(Errc::invalid, "the archive's index names no image");
    }
    Json chosen;
    if (manifests->size() == 1) {
      chosen = manifests->front();
    } else {
      for (const Json& one : *manifests) {
        const Json& of = one["platform"];
        const bool fits = text_of(of["os"]) + "/" + text_of(of["architecture"]) == platform;
        if (fits && chosen.is_null()) chosen = one;
        if (of.is_null()) return fail(Errc::invalid, "the archive holds more than one image");
      }
      if (chosen.is_null()) {
        return fail(Errc::not_found, "the archive has no image for " + std::string(platform));
      }
    }
    if (depth == 0) outer = chosen;
    const std::string type = text_of(chosen["mediaType"]);
    if (type.find("index") == type.npos && type.find("manifest.list") == type.npos) {
      // The name stands in the outermost index.
      if (Json::Object* fields = chosen.object()) {
        fields->insert_or_assign("annotations", outer["annotations"]);
      }
      return chosen;
    }
    index = TRY(json_in(read_at, tar, TRY(blob_name(chosen))));
  }
  return fail(Errc::invalid, "the archive's indexes are nested too deep");
}

std::string tar_file(const std::string& name, const std::string& content) {
  std::string head(block, '\0');
  const auto put = [&](std::size_t at, std::string_view text) {
    head.replace(at, text.size(), text);
  };
  std::array<char, 16> octal{};
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  const auto end = std::to_chars(octal.data(), octal.data() + octal.size(), content.size(), 8).ptr;
  const std::string size(octal.data(), end);
  put(124, std::string(11 - size.size(), '0') + size);
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, std::string_view("ustar\0"
                            "00",
                            8));
  unsigned sum = 0;
  for (const char c : head) sum += static_cast<unsigned char>(c);
  const auto sum_end = std::to_chars(octal.data(), octal.data() + octal.size(), sum, 8).ptr;
  const std::string digits(octal.data(), sum_end);
  put(148, std::string(6 - digits.size(), '0') + digits + std::string("\0 ", 2));
  std::string file = head + content;
  file.resize((file.size() + block - 1) / block * block, '\0');
  return file;
}

Result<ArchivedImage> in_docker_form(const Json& list) {
  const Json::Array* images = list.array();
  if (images == nullptr || images->size() != 1) {
    return fail(Errc::invalid, "the archive does not hold exactly one image");
  }
  // "blobs/sha256/4aea…" or, in older ones, "4aea….json"
  const std::string config = text_of(images->front()["Config"]);
  std::string id = config.substr(config.rfind('/') + 1);
  if (id.ends_with(".json")) id.resize(id.size() - 5);
  id.insert(0, "sha256:");
  if (!is_sha256(id))
    return fail(Errc::invalid, "the archive names no configuration by its sha256");
  return ArchivedImage{id, {}};
}

}  // namespace

Result<ArchivedImage> inspect_archive(const ReadAt& read_at, std::string_view platform) {
  const TarIndex tar = TRY(tar_index(read_at));
  if (tar.files.contains("manifest.json")) {
    return in_docker_form(TRY(json_in(read_at, tar, "manifest.json")));
  }
  if (!tar.files.contains("index.json")) {
    return fail(Errc::invalid, "the archive holds no image, in OCI layout or in Docker's");
  }
  const Json descriptor = TRY(chosen_manifest(read_at, tar, platform));
  const Json manifest = TRY(json_in(read_at, tar, TRY(blob_name(descriptor))));
  const std::string config = TRY(blob_name(manifest["config"]));
  Json::Array layers;
  if (const Json::Array* list = manifest["layers"].array()) {
    for (const Json& layer : *list) layers.emplace_back(TRY(blob_name(layer)));
  }
  if (layers.empty()) return fail(Errc::invalid, "the archive's image has no layers");
  const Json docker = Json::Array{Json::Object{
      {"Config", config}, {"RepoTags", tags_of(descriptor)}, {"Layers", std::move(layers)}}};
  ArchivedImage image;
  image.id = text_of(manifest["config"]["digest"]);
  image.docker = ArchivedImage::DockerForm{
      tar.end, tar_file("manifest.json", print_json(docker)) + std::string(2 * block, '\0')};
  return image;
}

}  // namespace paas::engine
