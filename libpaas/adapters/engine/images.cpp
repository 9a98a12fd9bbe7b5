#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>

#include "libpaas/adapters/engine/parts.hpp"
#include "libpaas/base/base64.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/engine/answer.hpp"
#include "libpaas/engine/archive.hpp"
#include "libpaas/engine/stream.hpp"

namespace paas::engine {
namespace {

class ArchiveFile {
 public:
  explicit ArchiveFile(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~ArchiveFile() {
    if (fd_ >= 0) close(fd_);
  }
  ArchiveFile(const ArchiveFile&) = delete;
  ArchiveFile& operator=(const ArchiveFile&) = delete;

  bool is_regular() const {
    struct stat facts{};
    return fd_ >= 0 && fstat(fd_, &facts) == 0 && S_ISREG(facts.st_mode);
  }
  Result<std::string> read_at(std::uint64_t offset, std::size_t size) const {
    std::string bytes(size, '\0');
    std::size_t got = 0;
    while (got < size) {
      const ssize_t part =
          pread(fd_, bytes.data() + got, size - got, static_cast<off_t>(offset + got));
      if (part < 0) return fail(Errc::internal, "unable to read the archive");
      if (part == 0) break;
      got += static_cast<std::size_t>(part);
    }
    bytes.resize(got);
    return bytes;
  }

 private:
  int fd_;
};

// RFC 4648, section 5, which both engines want in this header.
std::string url_safe(std::string text) {
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

// What a stream of progress came to: an error in it, or the image that it names.
class Transfer {
 public:
  explicit Transfer(const Images::OnProgress& on_progress)
      : on_progress_(on_progress), lines_([this](const Json& line) { take(line); }) {}

  bool piece(std::string_view bytes) {
    if (auto fine = lines_.take(bytes); !fine) broken_ = std::move(fine).error();
    return !broken_;
  }
  Result<std::string> outcome() {
    if (!broken_) {
      if (auto fine = lines_.finish(); !fine) broken_ = std::move(fine).error();
    }
    if (!error_.empty()) return tl::unexpected(error_of_text(error_));
    if (broken_) return tl::unexpected(*broken_);
    return image_;
  }

 private:
  void take(const Json& json) {
    const StreamLine line = parse_stream_line(json);
    if (!line.error.empty()) error_ = line.error;
    if (!line.image.empty()) image_ = line.image;
    if (on_progress_ && !line.progress.text.empty()) on_progress_(line.progress);
  }

  const Images::OnProgress& on_progress_;
  JsonLines lines_;
  std::string error_, image_;
  std::optional<Error> broken_;
};

class EngineImages final : public Images {
 public:
  explicit EngineImages(const Link& link) : link_(link) {}

  Result<std::vector<model::ImageInfo>> list(std::stop_token stop) override {
    return parse_images(TRY(link_.ask({"GET", "/images/json"}, std::move(stop))));
  }

  Result<model::ImageInfo> find(const std::string& reference, std::stop_token stop) override {
    const std::string path = "/images/" + escaped(full_reference(reference)) + "/json";
    return parse_image(TRY(link_.ask({"GET", path}, std::move(stop))));
  }

  Result<model::ImageInfo> pull(const model::PullSpec& spec, const OnProgress& on_progress,
                                std::stop_token stop) override {
    auto image = pulled(spec, on_progress, std::move(stop));
    if (!image)
      return fail_while("pull the image " + excerpt(spec.reference, 300), std::move(image));
    return image;
  }

  Result<model::ImageInfo> load(const std::string& path, std::stop_token stop) override {
    auto image = loaded(path, std::move(stop));
    if (!image) return fail_while("load the image in " + excerpt(path, 300), std::move(image));
    return image;
  }

  // Never by force: forced, Podman removes the containers that are made from the image, running
  // ones included, and Docker takes the image from under those that are stopped. Without force,
  // an image with several names goes name by name.
  Result<void> remove(const std::string& id, std::stop_token stop) override {
    auto image = find(id, stop);
    if (!image && image.error().code == Errc::not_found) return {};
    if (!image) return tl::unexpected(std::move(image).error());
    for (const auto& container :
         TRY(parse_containers(TRY(link_.ask({"GET", "/containers/json?all=true"}, stop))))) {
      if (container.image_id == image->id) {
        return fail(Errc::conflict, "the container " + excerpt(container.name, 100) +
                                        " is made from the image " + image->id);
      }
    }
    for (const auto* references : {&image->names, &image->digests}) {
      for (const std::string& reference : *references) {
        auto answer = link_.ask({"DELETE", "/images/" + escaped(reference)}, stop);
        if (!answer && answer.error().code == Errc::cancelled) {
          return tl::unexpected(std::move(answer).error());
        }
      }
    }
    return gone_is_fine(link_.ask({"DELETE", "/images/" + escaped(image->id)}, std::move(stop)));
  }

  Result<std::uint64_t> disk_use(std::stop_token stop) override {
    return link_.dialect().parse_disk_use(TRY(link_.ask({"GET", "/system/df"}, std::move(stop))));
  }

 private:
  Result<model::ImageInfo> pulled(model::PullSpec spec, const OnProgress& on_progress,
                                  std::stop_token stop) {
    spec.reference = full_reference(spec.reference);
    Call call = link_.dialect().pull(spec);
    if (spec.credentials) {
      const Json login = Json::Object{{"username", spec.credentials->username},
                                      {"password", spec.credentials->password}};
      call.headers.emplace_back("X-Registry-Auth", url_safe(base64_encode(print_json(login))));
    }
    Transfer transfer(on_progress);
    TRY(link_.stream(call, [&](std::string_view piece) { return transfer.piece(piece); }, stop));
    TRY(transfer.outcome());
    const model::ImageInfo image = TRY(find(spec.reference, std::move(stop)));
    // Podman takes an image of another platform with no more than a warning.
    if (!spec.platform.empty() && !(image.platform + "/").starts_with(spec.platform + "/") &&
        !(spec.platform + "/").starts_with(image.platform + "/")) {
      return fail(Errc::not_found,
                  "the image is for " + image.platform + ", not for " + spec.platform);
    }
    return image;
  }

  Result<model::ImageInfo> loaded(const std::string& path, std::stop_token stop) {
    const ArchiveFile file(path);
    if (!file.is_regular()) return fail(Errc::not_found, "unable to open the file");
    const std::string platform = TRY(platform_of_host(stop));
    const ArchivedImage archived = TRY(inspect_archive(
        [&](std::uint64_t offset, std::size_t size) { return file.read_at(offset, size); },
        platform));
    auto here = find(archived.id, stop);
    if (here || here.error().code != Errc::not_found) return here;
    HttpRequest::File body{path};
    if (archived.docker && !link_.dialect().loads_oci) {
      body.first_bytes = archived.docker->first_bytes;
      body.tail = archived.docker->tail;
    }
    const Call call{"POST", "/images/load?quiet=1", {}, {{"Content-Type", "application/x-tar"}}};
    const OnProgress nobody;
    Transfer transfer(nobody);
    TRY(link_.stream(
        call, [&](std::string_view piece) { return transfer.piece(piece); }, stop, body));
    TRY(transfer.outcome());
    return find(archived.id, std::move(stop));
  }

  // Asked for once: Podman takes a third of a second to tell of itself.
  Result<std::string> platform_of_host(std::stop_token stop) {
    const std::lock_guard lock(platform_mutex_);
    if (platform_.empty()) {
      const Json answer = TRY(link_.ask({"GET", "/info"}, std::move(stop)));
      platform_ = link_.dialect().info(answer).platform;
    }
    return platform_;
  }

  const Link& link_;
  std::mutex platform_mutex_;
  std::string platform_;
};

}  // namespace

std::unique_ptr<Images> make_images(const Link& link) {
  return std::make_unique<EngineImages>(link);
}

}  // namespace paas::engine
