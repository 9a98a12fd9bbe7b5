#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "libpaas/adapters/host/git_source.hpp"
#include "libpaas/adapters/host/process.hpp"
#include "libpaas/adapters/host/source_files.hpp"

namespace host_source_test {

using namespace paas;
using namespace paas::host;
namespace fs = std::filesystem;

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "paas-source-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name, std::ios::binary) << text;
  }
  fs::path path;
};

std::string told(const Result<SourceContent>& content) {
  if (!content) return std::string(name_of(content.error().code));
  std::string out;
  for (const SourceFile& file : content->files) {
    out += fs::path(file.name).filename().string() + "=" + file.text + " ";
  }
  return out;
}

// Looks again by itself only long after every test has been given up: a wait that an event does not
// end hangs.
std::unique_ptr<Source> watched(const fs::path& path) {
  return make_path_source(path, std::chrono::hours(24));
}

template <class Act>
void check_wakes(Source& source, const Act& act) {
  CHECK(source.read({}));
  act();
  source.wait({});
}

TEST_CASE("source: a file, as it is and as it changes") {
  Folder folder;
  const auto source = watched(folder.path / "apps.yaml");
  CHECK(told(source->read({})) == "not_found");
  folder.write("apps.yaml", "apps: []");
  const auto first = source->read({});
  CHECK(told(first) == "apps.yaml=apps: [] ");
  CHECK(first->version.starts_with("sha256:"));
  CHECK(source->read({}).value() == first.value());
  check_wakes(*source, [&] { folder.write("apps.yaml", "apps: [1]"); });
  CHECK(source->read({})->version != first->version);
  check_wakes(*source, [&] {
    folder.write("new", "x");
    fs::rename(folder.path / "new", folder.path / "apps.yaml");
  });
  CHECK(told(source->read({})) == "apps.yaml=x ");
}

TEST_CASE("source: waiting ends at once when asked to stop") {
  Folder folder;
  const auto source = watched(folder.path);
  std::stop_source stop;
  stop.request_stop();
  source->wait(stop.get_token());
  CHECK(told(source->read({})) == "not_found");
}

TEST_CASE("source: the files of a folder, by name, and no others") {
  Folder folder;
  const auto source = watched(folder.path / "apps");
  CHECK(told(source->read({})) == "not_found");
  fs::create_directory(folder.path / "apps");
  CHECK(told(source->read({})) == "not_found");
  folder.write("apps/b.yaml", "2");
  folder.write("apps/a.json", "1");
  folder.write("apps/c.yml", "3");
  folder.write("apps/.hidden.yaml", "no");
  folder.write("apps/notes.txt", "no");
  CHECK(told(source->read({})) == "a.json=1 b.yaml=2 c.yml=3 ");
  check_wakes(*source, [&] { fs::remove(folder.path / "apps/b.yaml"); });
  CHECK(told(source->read({})) == "a.json=1 c.yml=3 ");
  check_wakes(*source, [&] { folder.write("apps/d.yaml", "4"); });
  folder.write("apps/e.yaml/inside", "a folder");
  CHECK(told(source->read({})) == "invalid");
}

TEST_CASE("source: a folder that is exchanged behind a link is seen") {
  Folder folder;
  folder.write("apps/..1/a.yaml", "old");
  folder.write("apps/..2/a.yaml", "new");
  fs::create_symlink("..1", folder.path / "apps/..data");
  fs::create_symlink("..data/a.yaml", folder.path / "apps/a.yaml");
  const auto swap = [&](const char* to) {
    fs::create_symlink(to, folder.path / "apps/..tmp");
    fs::rename(folder.path / "apps/..tmp", folder.path / "apps/..data");
  };
  const auto as_folder = watched(folder.path / "apps");
  CHECK(told(as_folder->read({})) == "a.yaml=old ");
  check_wakes(*as_folder, [&] { swap("..2"); });
  CHECK(told(as_folder->read({})) == "a.yaml=new ");
  const auto as_file = watched(folder.path / "apps/a.yaml");
  check_wakes(*as_file, [&] { swap("..1"); });
  CHECK(told(as_file->read({})) == "a.yaml=old ");
  fs::create_symlink("apps", folder.path / "link");
  fs::create_directory(folder.path / "other");
  folder.write("other/a.yaml", "third");
  const auto linked = watched(folder.path / "link");
  check_wakes(*linked, [&] {
    fs::create_symlink("other", folder.path / "link2");
    fs::rename(folder.path / "link2", folder.path / "link");
  });
  CHECK(told(linked->read({})) == "a.yaml=third ");
}

TEST_CASE("source: what is no file or too large is refused") {
  Folder folder;
  folder.write("big.yaml", std::string(most_source_bytes + 1, 'x'));
  CHECK(told(watched(folder.path / "big.yaml")->read({})) == "invalid");
  CHECK(told(watched("/dev/zero")->read({})) == "invalid");
}

TEST_CASE("source: git URLs") {
  struct Case {
    const char* text;
    GitLocation want;
  };
  const Case cases[] = {
      {"https://git.example/a/b.git", {"https://git.example/a/b.git"}},
      {"git+https://git.example/b.git#main", {"https://git.example/b.git", "", "main"}},
      {"ssh://git@git.example/b.git//apps/web.yaml#a/b",
       {"ssh://git@git.example/b.git", "apps/web.yaml", "a/b"}},
      {"git@git.example:a/b.git//apps#main", {"git@git.example:a/b.git", "apps", "main"}},
      {"file:///srv/b.git//apps", {"file:///srv/b.git", "apps"}},
      {"https://me:a%40b@git.example/b.git", {"https://git.example/b.git", "", "", "me:a@b"}},
  };
  for (const Case& one : cases) {
    INFO(one.text);
    const auto location = parse_git_location(one.text);
    REQUIRE(location);
    REQUIRE(*location);
    CHECK(**location == one.want);
  }
  for (const char* path : {"/etc/paas/apps.yaml", "apps", "./a:b@c", "a@b", ""}) {
    INFO(path);
    const auto location = parse_git_location(path);
    REQUIRE(location);
    CHECK_FALSE(*location);
  }
  for (const char* bad :
       {"git+apps", "ftp://git.example/b.git", "ext::sh -c x", "git+ext://x/y", "https://",
        "https://h/b.git#", "https://h/b.git#--upload-pack=x", "https://h/b.git#a..b",
        "https://h/b.git//../x", "https://h/b.git//", "https://h/b.git//-/./x", "https://h/ b"}) {
    INFO(bad);
    const auto location = parse_git_location(bad);
    CHECK((!location || !*location));
  }
}

// A repository with a work tree, on the branch "main".
struct Repository {
  Folder folder;
  std::unique_ptr<Process> process = make_process();
  std::map<std::string, std::string, std::less<>> environment{
      {"HOME", folder.path.string()}, {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_AUTHOR_NAME", "a"},       {"GIT_AUTHOR_EMAIL", "a@example.org"},
      {"GIT_COMMITTER_NAME", "a"},    {"GIT_COMMITTER_EMAIL", "a@example.org"}};

  Repository() { git({"init", "-q", "-b", "main"}); }
  std::string run(std::vector<std::string> words) {
    Command command;
    command.words = std::move(words);
    command.environment = environment;
    const auto done = process->run(command, {});
    REQUIRE(done);
    INFO(done->errors);
    REQUIRE(done->exit_code == 0);
    return done->output;
  }
  std::string git(std::vector<std::string> words) {
    words.insert(words.begin(), {"git", "-C", (folder.path / "repo").string()});
    fs::create_directories(folder.path / "repo");
    return run(std::move(words));
  }
  std::string commit(std::vector<std::string> more = {}) {
    git({"add", "-A"});
    std::vector<std::string> words{"commit", "-q", "--allow-empty", "-m", "x"};
    words.insert(words.end(), more.begin(), more.end());
    git(std::move(words));
    return git({"rev-parse", "HEAD"}).substr(0, 40);
  }
  GitOptions options(const std::string& path = "", const std::string& branch = "") const {
    GitOptions out;
    out.location = {"file://" + (folder.path / "repo").string(), path, branch};
    out.cache = (folder.path / "cache").string();
    return out;
  }
};

TEST_CASE("source: a branch of a repository, with its exact commit") {
  Repository repo;
  repo.folder.write("repo/a.yaml", "1");
  repo.folder.write("repo/apps/web.yaml", "2");
  repo.folder.write("repo/apps/deep/x.yaml", "no");
  fs::create_symlink("/etc/hostname", repo.folder.path / "repo/apps/link.yaml");
  const std::string first = repo.commit();
  const auto root = make_git_source(repo.options(), *repo.process);
  auto content = root->read({});
  CHECK(told(content) == "a.yaml=1 ");
  CHECK(content->version == "git:" + first);
  CHECK(told(make_git_source(repo.options("apps"), *repo.process)->read({})) == "web.yaml=2 ");
  CHECK(told(make_git_source(repo.options("apps/web.yaml"), *repo.process)->read({})) ==
        "web.yaml=2 ");
  CHECK(told(make_git_source(repo.options("none"), *repo.process)->read({})) == "not_found");
  repo.folder.write("repo/a.yaml", std::string("new\nwith\0zero", 13));
  const std::string second = repo.commit();
  content = root->read({});
  REQUIRE(content);
  CHECK(content->version == "git:" + second);
  CHECK(content->files[0].text == std::string("new\nwith\0zero", 13));
  // Another branch; a history that was rewritten.
  repo.git({"checkout", "-q", "-b", "stage/one", first});
  CHECK(make_git_source(repo.options("", "stage/one"), *repo.process)->read({})->version ==
        "git:" + first);
  CHECK(told(make_git_source(repo.options("", "gone"), *repo.process)->read({})) == "not_found");
  repo.git({"checkout", "-q", "main"});
  repo.git({"reset", "-q", "--hard", first});
  const auto main = make_git_source(repo.options("", "main"), *repo.process);
  CHECK(main->read({})->version == "git:" + first);
  // It is gone, and comes back.
  fs::rename(repo.folder.path / "repo", repo.folder.path / "away");
  CHECK(told(main->read({})) == "unavailable");
  fs::rename(repo.folder.path / "away", repo.folder.path / "repo");
  CHECK(told(main->read({})) == "a.yaml=1 ");
}

TEST_CASE("source: a cache that somebody who was killed has left is no trouble") {
  Repository repo;
  repo.folder.write("repo/a.yaml", "1");
  repo.commit();
  const auto source = make_git_source(repo.options(), *repo.process);
  REQUIRE(source->read({}));
  repo.folder.write("repo/a.yaml", "2");
  repo.commit();
  SECTION("locks") {
    repo.folder.write("cache/shallow.lock", "");
    repo.folder.write("cache/refs/paas/fetched.lock", "");
  }
  SECTION("a torn file") {
    repo.folder.write("cache/config", "[core");
  }
  SECTION("half of it gone") {
    fs::remove_all(repo.folder.path / "cache/objects");
  }
  CHECK(told(source->read({})) == "a.yaml=2 ");
}

TEST_CASE("source: hooks of the host's git are not run, whoever set them") {
  Repository repo;
  repo.folder.write("repo/a.yaml", "1");
  repo.commit();
  repo.folder.write("hooks/reference-transaction",
                    "#!/bin/sh\ntouch " + (repo.folder.path / "ran").string() + "\n");
  fs::permissions(repo.folder.path / "hooks/reference-transaction", fs::perms::owner_all);
  const auto source = make_git_source(repo.options(), *repo.process);
  REQUIRE(source->read({}));
  fs::create_directories(repo.folder.path / "cache/hooks");
  fs::copy(repo.folder.path / "hooks", repo.folder.path / "cache/hooks");
  repo.commit();
  REQUIRE(source->read({}));
  CHECK_FALSE(fs::exists(repo.folder.path / "ran"));
}

TEST_CASE("source: signed commits where they are required") {
  Repository repo;
  const std::string key = (repo.folder.path / "key").string();
  const std::string other = (repo.folder.path / "other").string();
  for (const std::string& one : {key, other}) {
    repo.run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", one});
  }
  std::ifstream in(key + ".pub");
  const std::string public_key{std::istreambuf_iterator<char>(in), {}};
  repo.folder.write("signers", "a@example.org " + public_key);
  GitOptions options = repo.options();
  options.require_signed = true;
  options.allowed_signers = (repo.folder.path / "signers").string();
  const auto source = make_git_source(options, *repo.process);
  const auto sign = [&](const std::string& by) {
    repo.git({"config", "gpg.format", "ssh"});
    repo.git({"config", "user.signingkey", by + ".pub"});
    return repo.commit({"-S"});
  };
  repo.folder.write("repo/a.yaml", "1");
  repo.commit();
  CHECK(told(source->read({})) == "denied");
  const std::string good = sign(key);
  const auto content = source->read({});
  CHECK(told(content) == "a.yaml=1 ");
  CHECK(content->version == "git:" + good);
  sign(other);
  const auto denied = source->read({});
  CHECK(told(denied) == "denied");
  if (!denied) CHECK_THAT(denied.error().message, Catch::Contains("no signature"));
}

TEST_CASE("source: credentials go to git by its environment, and into no message") {
  struct Recorder final : Process {
    std::vector<Command> seen;
    Result<Finished> run(const Command& command, std::stop_token) override {
      seen.push_back(command);
      Finished out;
      out.exit_code = seen.size() > 1 ? 128 : 0;
      out.errors = "fatal: unable to access 'https://me:s3cret@git.example/b.git/'";
      return out;
    }
  };
  Folder folder;
  Recorder recorder;
  GitOptions options;
  options.location = **parse_git_location("https://me:s3cret@git.example/b.git");
  options.cache = folder.path / "cache";
  const auto content = make_git_source(options, recorder)->read({});
  REQUIRE_FALSE(content);
  CHECK(content.error().code == Errc::unavailable);
  CHECK_THAT(describe(content.error()), !Catch::Contains("s3cret"));
  for (const Command& command : recorder.seen) {
    for (const std::string& word : command.words) CHECK_THAT(word, !Catch::Contains("s3cret"));
    CHECK(command.environment.at("GIT_TERMINAL_PROMPT") == "0");
  }
  const auto& environment = recorder.seen.back().environment;
  CHECK(environment.at("GIT_CONFIG_VALUE_0") == "https://git.example/b.git");
  CHECK(environment.at("GIT_CONFIG_KEY_1") == "http.https://git.example/.extraHeader");
  CHECK(environment.at("GIT_CONFIG_VALUE_1") == "Authorization: Basic bWU6czNjcmV0");
}

}  // namespace host_source_test
