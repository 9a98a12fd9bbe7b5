#include "libpaas/adapters/host/git_source.hpp"

#include <poll.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "libpaas/adapters/host/files.hpp"
#include "libpaas/adapters/host/source_files.hpp"
#include "libpaas/base/base64.hpp"
#include "libpaas/base/text.hpp"

namespace paas::host {
namespace {

constexpr const char* fetched = "refs/paas/fetched";

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.find(word) != text.npos; });
}

bool is_object_name(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

struct Entry {
  std::string object;
  std::string name;
};

class GitSource final : public Source {
 public:
  GitSource(GitOptions options, Process& process)
      : options_(std::move(options)), process_(process) {}

  Result<SourceContent> read(std::stop_token stop) override {
    auto content = read_now(stop);
    if (!content) {
      return fail_while("read the repository " + without_url_secrets(options_.location.url),
                        std::move(content));
    }
    return content;
  }

  void wait(std::stop_token stop) override {
    const StopSignal stopped(stop);
    pollfd watched{stopped.get(), POLLIN, 0};
    const auto patience = std::chrono::milliseconds(options_.poll).count();
    ::poll(&watched, 1, static_cast<int>(patience));
  }

 private:
  Result<SourceContent> read_now(const std::stop_token& stop) {
    TRY(fetch(stop));
    const Finished parsed = TRY(
        must(git({"rev-parse", "--verify", "--quiet", std::string(fetched) + "^{commit}"}, stop)));
    const std::string commit(trim(parsed.output));
    if (!is_object_name(commit)) return fail(Errc::internal, "git names no commit");
    if (options_.require_signed) TRY(verify(commit, stop));
    if (commit == content_commit_) return content_;
    SourceContent out;
    out.version = "git:" + commit;
    out.files = TRY(files_of(commit, stop));
    content_ = std::move(out);
    content_commit_ = commit;
    // What was fetched before is of no use any more; if it stays, that costs a little room.
    const auto pruned = git({"prune", "--expire=now"}, stop);
    if (!pruned && pruned.error().code == Errc::cancelled) return tl::unexpected(pruned.error());
    return content_;
  }

  Command command_of(std::vector<std::string> words) const {
    Command out;
    out.words = {
        "git", "--git-dir=" + options_.cache, "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0",
        "-c",  "maintenance.auto=false"};
    if (!options_.allowed_signers.empty()) {
      out.words.insert(out.words.end(),
                       {"-c", "gpg.ssh.allowedSignersFile=" + options_.allowed_signers});
    }
    out.words.insert(out.words.end(), words.begin(), words.end());
    out.environment = {{"GIT_TERMINAL_PROMPT", "0"},
                       {"GIT_ASKPASS", "true"},
                       {"SSH_ASKPASS", "true"},
                       {"GIT_ALLOW_PROTOCOL", "http:https:ssh:git:file"},
                       {"GIT_SSH_COMMAND", "ssh -oBatchMode=yes -oConnectTimeout=30"},
                       {"LC_ALL", "C"}};
    out.timeout = std::chrono::seconds{120};
    out.most_output = most_source_bytes + (std::size_t{1} << 20);
    return out;
  }

  Result<Finished> git(std::vector<std::string> words, const std::stop_token& stop,
                       std::string input = {}) const {
    Command command = command_of(std::move(words));
    command.input = std::move(input);
    return process_.run(command, stop);
  }

  tl::unexpected<Error> failed(Errc code, const Finished& finished) const {
    std::string said = printable(to_utf8(shortened(trim(finished.errors), 600)));
    return fail(code, "git ended with " + std::to_string(finished.exit_code) +
                          (said.empty() ? "" : ": " + without_url_secrets(said)));
  }

  Result<Finished> must(Result<Finished> finished) const {
    if (finished && finished->exit_code != 0) return failed(Errc::internal, *finished);
    return finished;
  }

  // The address and its credentials go by the environment: command lines are for all to see.
  Result<Finished> fetch_once(const std::stop_token& stop) const {
    const GitLocation& where = options_.location;
    std::error_code problem;
    if (!std::filesystem::exists(options_.cache + "/HEAD", problem)) {
      std::filesystem::create_directories(options_.cache, problem);
      ::chmod(options_.cache.c_str(), 0700);
      TRY(must(git({"init", "--quiet", "--bare", "--template="}, stop)));
    }
    const std::string wanted = where.branch.empty() ? "HEAD" : "refs/heads/" + where.branch;
    Command command = command_of({"fetch", "--quiet", "--depth=1", "--no-tags", "--force",
                                  "--no-recurse-submodules", "paas", "+" + wanted + ":" + fetched});
    std::vector<std::pair<std::string, std::string>> settings = {{"remote.paas.url", where.url}};
    if (!where.credentials.empty()) {
      const std::size_t slash = where.url.find('/', where.url.find("://") + 3);
      settings.emplace_back("http." + where.url.substr(0, slash) + "/.extraHeader",
                            "Authorization: Basic " + base64_encode(where.credentials));
    }
    command.environment["GIT_CONFIG_COUNT"] = std::to_string(settings.size());
    for (std::size_t i = 0; i < settings.size(); ++i) {
      command.environment["GIT_CONFIG_KEY_" + std::to_string(i)] = settings[i].first;
      command.environment["GIT_CONFIG_VALUE_" + std::to_string(i)] = settings[i].second;
    }
    return process_.run(command, stop);
  }

  Result<void> fetch(const std::stop_token& stop) {
    Finished finished = TRY(fetch_once(stop));
    // Whoever was killed on the way leaves locks, or worse.
    if (finished.exit_code != 0 &&
        has_any(finished.errors, {".lock", "corrupt", "not a git repository", "bad ", "missing",
                                  "unable to write"})) {
      std::error_code problem;
      std::filesystem::remove_all(options_.cache, problem);
      finished = TRY(fetch_once(stop));
    }
    if (finished.exit_code == 0) return {};
    const std::string& said = finished.errors;
    if (has_any(said, {"couldn't find remote ref", "Remote branch"})) {
      return failed(Errc::not_found, finished);
    }
    const bool denied =
        has_any(said, {"could not read Username", "could not read Password",
                       "Authentication failed", "Permission denied", "terminal prompts disabled"});
    return failed(denied ? Errc::denied : Errc::unavailable, finished);
  }

  Result<void> verify(const std::string& commit, const std::stop_token& stop) const {
    const Finished finished = TRY(git({"verify-commit", commit}, stop));
    if (finished.exit_code == 0) return {};
    return fail(Errc::denied, "the commit " + commit + " has no signature of somebody trusted: " +
                                  failed(Errc::denied, finished).value().message);
  }

  Result<std::vector<SourceFile>> files_of(const std::string& commit, const std::stop_token& stop) {
    const std::string& path = options_.location.path;
    const std::string root = commit + ":" + path;
    const Finished kind = TRY(git({"cat-file", "-t", root}, stop));
    if (kind.exit_code != 0) {
      return fail(Errc::not_found,
                  "there is no " + excerpt(path, 100) + " in the commit " + commit);
    }
    std::vector<Entry> entries;
    if (trim(kind.output) == "blob") {
      entries.push_back({root, path});
    } else {
      entries = entries_of(TRY(must(git({"ls-tree", "-z", root}, stop))).output);
    }
    if (entries.empty()) {
      return fail(Errc::not_found, "there is no .yaml, .yml or .json file in " +
                                       (path.empty() ? "its root" : excerpt(path, 100)));
    }
    if (entries.size() > most_source_files) {
      return fail(Errc::invalid, "more than " + std::to_string(most_source_files) + " files");
    }
    std::string input;
    for (const Entry& entry : entries) input += entry.object + "\n";
    const Finished texts = TRY(must(git({"cat-file", "--batch"}, stop, input)));
    return texts_of(entries, texts.output);
  }

  // "100644 blob OBJECT\tNAME\0…": regular files alone, no links, no modules.
  std::vector<Entry> entries_of(std::string_view listing) const {
    const std::string& path = options_.location.path;
    std::vector<Entry> out;
    for (const std::string_view line : split(listing, '\0')) {
      const std::size_t tab = line.find('\t');
      if (tab == std::string_view::npos || !line.starts_with("100")) continue;
      const auto parts = words(line.substr(0, tab));
      const std::string name(line.substr(tab + 1));
      if (parts.size() != 3 || parts[1] != "blob" || !is_source_name(name)) continue;
      out.push_back({std::string(parts[2]), path.empty() ? name : path + "/" + name});
    }
    std::sort(out.begin(), out.end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return out;
  }

  // "OBJECT blob SIZE\nTEXT\n", one after the other.
  static Result<std::vector<SourceFile>> texts_of(const std::vector<Entry>& entries,
                                                  std::string_view output) {
    std::vector<SourceFile> out;
    std::size_t total = 0;
    for (const Entry& entry : entries) {
      const std::size_t end = output.find('\n');
      const auto parts = words(output.substr(0, end));
      const auto size =
          parts.size() == 3 ? parse_integer<std::size_t>(parts[2]) : std::optional<std::size_t>();
      if (end == std::string_view::npos || !size || *size + 1 > output.size() - end - 1) {
        return fail(Errc::internal, "git did not tell all of " + excerpt(entry.name, 100));
      }
      if ((total += *size) > most_source_bytes) return fail(Errc::invalid, "more than 16 MiB");
      out.push_back({entry.name, std::string(output.substr(end + 1, *size))});
      output.remove_prefix(end + 1 + *size + 1);
    }
    return out;
  }

  GitOptions options_;
  Process& process_;
  std::string content_commit_;
  SourceContent content_;
};

}  // namespace

std::unique_ptr<Source> make_git_source(GitOptions options, Process& process) {
  return std::make_unique<GitSource>(std::move(options), process);
}

}  // namespace paas::host
