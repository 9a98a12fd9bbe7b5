#include "libpaas/adapters/system_files.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace paas::system_files_test {

struct Folder {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("paas-files-" + std::to_string(::getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
};

TEST_CASE("a file is digested whole, and what is no file is refused") {
  const Folder folder;
  const std::string file = folder.path / "abc";
  std::ofstream(file) << "abc";
  const auto files = make_system_files();
  const auto digest = files->digest(file);
  REQUIRE(digest);
  CHECK(digest->bytes == 3);
  CHECK(digest->sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(files->digest(folder.path / "absent").error().code == Errc::not_found);
  CHECK(files->digest(folder.path).error().code == Errc::invalid);
}

}  // namespace paas::system_files_test
