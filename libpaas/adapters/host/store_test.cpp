#include "libpaas/adapters/host/store.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

namespace host_store_test {

using namespace paas;
namespace fs = std::filesystem;

struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "paas-store-XXXXXX").string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

std::string text(const Result<std::optional<Store::Kept>>& kept) {
  if (!kept) return "error: " + kept.error().message;
  return *kept ? (*kept)->bytes : "none";
}

TEST_CASE("store: what was written last is read, byte for byte") {
  Folder folder;
  const auto store = host::make_store(folder.path / "new" / "kept");
  CHECK(text(store->read("ledger")) == "none");
  const std::string odd("a\n\0\xff", 4);
  REQUIRE(store->write("ledger", odd));
  CHECK(text(store->read("ledger")) == odd);
  REQUIRE(store->write("ledger", ""));
  CHECK(text(store->read("ledger")).empty());
  REQUIRE(store->remove("ledger"));
  REQUIRE(store->remove("ledger"));
  CHECK(text(store->read("ledger")) == "none");
  CHECK(fs::is_empty(folder.path / "new" / "kept"));
  CHECK(host::make_store("/nowhere/at/all")->remove("ledger"));
}

TEST_CASE("store: only its owner reads it") {
  Folder folder;
  REQUIRE(host::make_store(folder.path / "kept")->write("ledger", "x"));
  struct stat about{};
  REQUIRE(::stat((folder.path / "kept" / "ledger").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  REQUIRE(::stat((folder.path / "kept").c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0700);
}

TEST_CASE("store: of a torn file the version before is used, at every length and flipped bit") {
  Folder folder;
  const auto store = host::make_store(folder.path);
  REQUIRE(store->write("ledger", "first"));
  REQUIRE(store->write("ledger", "second"));
  std::ifstream in(folder.path / "ledger", std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  const auto check = [&](const std::string& bytes) {
    std::ofstream(folder.path / "ledger", std::ios::binary) << bytes;
    const auto kept = store->read("ledger");
    CHECK(text(kept) == "first");
    if (kept && *kept) CHECK_THAT((*kept)->warning, Catch::Contains("is torn"));
  };
  for (std::size_t length = 0; length < whole.size(); ++length) check(whole.substr(0, length));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    check(flipped);
  }
  check(whole + "x");
  // What is torn does not take the place of what is whole.
  REQUIRE(store->write("ledger", "third"));
  std::ofstream(folder.path / "ledger") << "torn";
  CHECK(text(store->read("ledger")) == "first");
  std::ofstream(folder.path / "ledger.previous") << "torn";
  CHECK(store->read("ledger").error().code == Errc::invalid);
  fs::remove(folder.path / "ledger");
  CHECK(store->read("ledger").error().code == Errc::invalid);
}

TEST_CASE("store: one that is gone is found by the version before") {
  Folder folder;
  const auto store = host::make_store(folder.path);
  REQUIRE(store->write("ledger", "first"));
  REQUIRE(store->write("ledger", "second"));
  fs::remove(folder.path / "ledger");
  const auto kept = store->read("ledger");
  CHECK(text(kept) == "first");
  CHECK_THAT((*kept)->warning, Catch::Contains("is gone"));
}

TEST_CASE("store: a disk that is full leaves what was there") {
  Folder folder;
  const auto store = host::make_store(folder.path);
  REQUIRE(store->write("ledger", "first"));
  // A limit on the size of files stands for the disk.
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = ::signal(SIGXFSZ, SIG_IGN);
  rlimit little = before;
  little.rlim_cur = 1000;
  ::setrlimit(RLIMIT_FSIZE, &little);
  const auto written = store->write("ledger", std::string(5000, 'x'));
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Errc::unavailable);
  CHECK(text(store->read("ledger")) == "first");
  CHECK_FALSE(fs::exists(folder.path / "ledger.part"));
}

TEST_CASE("store: what a killed writer left is in nobody's way") {
  Folder folder;
  const auto store = host::make_store(folder.path);
  REQUIRE(store->write("ledger", "first"));
  std::ofstream(folder.path / "ledger.part") << "half";
  fs::create_hard_link(folder.path / "ledger", folder.path / "ledger.previous");
  fs::create_hard_link(folder.path / "ledger", folder.path / "ledger.link");
  REQUIRE(store->write("ledger", "second"));
  REQUIRE(store->write("ledger", "third"));
  CHECK(text(store->read("ledger")) == "third");
  fs::remove(folder.path / "ledger");
  CHECK(text(store->read("ledger")) == "second");
}

TEST_CASE("store: names cannot leave the folder") {
  Folder folder;
  const auto store = host::make_store(folder.path);
  for (const char* name : {"", "..", "a/b", "ledger.previous", "a b"}) {
    CHECK(store->write(name, "x").error().code == Errc::internal);
    CHECK(store->read(name).error().code == Errc::internal);
  }
}

}  // namespace host_store_test
