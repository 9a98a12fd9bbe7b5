#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "libpaas/adapters/host/files.hpp"
#include "libpaas/adapters/host/source_files.hpp"
#include "libpaas/base/hash.hpp"

namespace paas::host {
namespace {

constexpr int attempts = 5;

// What tells one state of a file from another.
struct Sight {
  std::string name;
  std::uint64_t device = 0, inode = 0, bytes = 0;
  std::int64_t changed_ns = 0;
  bool operator==(const Sight&) const = default;
};

std::string real_path(const std::string& path) {
  char* const found = ::realpath(path.c_str(), nullptr);
  std::string out = found == nullptr ? path : found;
  std::free(found);
  return out;
}

std::string parent_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  return parent.empty() ? "." : parent;
}

class PathSource final : public Source {
 public:
  PathSource(std::string path, std::chrono::seconds look_again)
      : path_(std::move(path)),
        look_again_(look_again),
        events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

  Result<SourceContent> read(std::stop_token stop) override {
    // Before it is read: what changes from now on is seen by wait().
    forget_events();
    watch();
    // Several files are read as one: not half of them before a change and half of them after it.
    for (int i = 0; i < attempts && !stop.stop_requested(); ++i) {
      const std::vector<Sight> before = TRY(look());
      auto content = read_all(before);
      const auto after = look();
      const bool unchanged = after && *after == before;
      if (unchanged) return content;
    }
    return fail(Errc::unavailable, "\"" + path_ + "\" changes all the time");
  }

  void wait(std::stop_token stop) override {
    const StopSignal stopped(stop);
    std::array<pollfd, 2> watched{{{events_.get(), POLLIN, 0}, {stopped.get(), POLLIN, 0}}};
    ::poll(watched.data(), watched.size(), static_cast<int>(look_again_.count()));
  }

 private:
  void forget_events() {
    alignas(inotify_event) std::array<char, 4096> events;
    while (::read(events_.get(), events.data(), events.size()) > 0) {
    }
  }

  // Adding one twice is harmless, and one that came back has to be added again.
  void watch() {
    constexpr std::uint32_t kinds = IN_CLOSE_WRITE | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM |
                                    IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;
    const std::string real = real_path(path_);
    for (const std::string& one : {parent_of(path_), parent_of(real), real}) {
      ::inotify_add_watch(events_.get(), one.c_str(), kinds);
    }
    if (!is_folder()) return;
    // Files may be links into a folder that is exchanged as a whole ("..data").
    std::error_code problem;
    std::filesystem::directory_iterator entries(path_, problem);
    for (std::size_t i = 0;
         !problem && entries != std::filesystem::directory_iterator() && i < most_source_files;
         entries.increment(problem), ++i) {
      if (!entries->is_symlink(problem)) continue;
      ::inotify_add_watch(events_.get(), parent_of(real_path(entries->path())).c_str(), kinds);
    }
  }

  bool is_folder() const {
    struct stat about{};
    return ::stat(path_.c_str(), &about) == 0 && S_ISDIR(about.st_mode);
  }

  Result<std::vector<Sight>> look() const {
    std::vector<std::string> names;
    if (is_folder()) {
      names = TRY(list());
    } else {
      names.push_back(path_);
    }
    std::vector<Sight> out;
    for (const std::string& name : names) {
      struct stat about{};
      if (::stat(name.c_str(), &about) != 0) return failure("look at", name, errno);
      out.push_back({name, about.st_dev, about.st_ino, static_cast<std::uint64_t>(about.st_size),
                     std::int64_t{about.st_mtim.tv_sec} * 1'000'000'000 + about.st_mtim.tv_nsec});
    }
    return out;
  }

  Result<std::vector<std::string>> list() const {
    std::error_code problem;
    std::vector<std::string> out;
    std::filesystem::directory_iterator entries(path_, problem);
    for (; !problem && entries != std::filesystem::directory_iterator();
         entries.increment(problem)) {
      if (is_source_name(entries->path().filename().string())) out.push_back(entries->path());
      if (out.size() > most_source_files) {
        return fail(Errc::invalid, "\"" + path_ + "\" has more than " +
                                       std::to_string(most_source_files) + " files");
      }
    }
    if (problem) return failure("list", path_, problem.value());
    if (out.empty()) {
      return fail(Errc::not_found, "there is no .yaml, .yml or .json file in \"" + path_ + "\"");
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  Result<SourceContent> read_all(const std::vector<Sight>& files) const {
    SourceContent out;
    std::size_t room = most_source_bytes;
    for (const Sight& file : files) {
      std::string text = TRY(read_regular(file.name, room));
      room -= text.size();
      out.files.push_back({file.name, std::move(text)});
    }
    out.version = version_of(out.files);
    return out;
  }

  std::string path_;
  std::chrono::milliseconds look_again_;
  Descriptor events_;
};

}  // namespace

bool is_source_name(std::string_view name) {
  return !name.starts_with('.') &&
         (name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json"));
}

std::string version_of(const std::vector<SourceFile>& files) {
  Sha256 hash;
  for (const SourceFile& file : files) {
    for (const std::string* text : {&file.name, &file.text}) {
      hash.update(std::to_string(text->size()) + "\n");
      hash.update(*text);
    }
  }
  return "sha256:" + hex(hash.finish());
}

std::unique_ptr<Source> make_path_source(std::string path, std::chrono::seconds look_again) {
  return std::make_unique<PathSource>(std::move(path), look_again);
}

}  // namespace paas::host
