#include "libpaas/engine/archive.hpp"

#include <catch2/catch.hpp>

#include <map>

#include "libpaas/base/hash.hpp"
#include "libpaas/base/json.hpp"

namespace archive_test {

using namespace paas;
using namespace paas::engine;

using Files = std::vector<std::pair<std::string, std::string>>;

// A tar archive as GNU tar would write it, with the least that a reader needs.
std::string tar(const Files& files) {
  std::string bytes;
  for (const auto& [name, content] : files) {
    std::string head(512, '\0');
    head.replace(0, name.size(), name);
    std::string size = "00000000000";
    for (std::size_t at = size.size(), left = content.size(); left > 0; left /= 8) {
      size[--at] = static_cast<char>('0' + left % 8);
    }
    head.replace(124, size.size(), size);
    head[156] = '0';
    head.replace(257, 5, "ustar");
    bytes += head + content;
    bytes.resize((bytes.size() + 511) / 512 * 512, '\0');
  }
  return bytes + std::string(1024, '\0');
}

Result<ArchivedImage> inspect(const std::string& bytes,
                              const std::string& platform = "linux/amd64") {
  return inspect_archive(
      [&](std::uint64_t offset, std::size_t size) -> Result<std::string> {
        return offset >= bytes.size() ? std::string()
                                      : bytes.substr(static_cast<std::size_t>(offset), size);
      },
      platform);
}

std::string digest(const std::string& content) {
  return "sha256:" + hex(sha256(content));
}
std::string blob(const std::string& content) {
  return "blobs/sha256/" + hex(sha256(content));
}

const std::string config = R"({"os":"linux"})", layer = "layer";
const std::string manifest = R"({"config":{"digest":")" + digest(config) +
                             R"("},"layers":[{"digest":")" + digest(layer) + R"("}]})";
std::string descriptor(const std::string& of, const std::string& more) {
  return R"({"digest":")" + digest(of) + "\"" + more + "}";
}
std::string index(const std::string& descriptors) {
  return R"({"manifests":[)" + descriptors + "]}";
}
Files with_index(const std::string& text) {
  return {{"index.json", text},
          {blob(manifest), manifest},
          {blob(config), config},
          {blob(layer), layer}};
}
const std::string named = R"(,"annotations":{"org.opencontainers.image.ref.name":"test/busy:1"})";

TEST_CASE("an OCI layout and what makes Docker take it") {
  const std::string bytes = tar(with_index(index(descriptor(manifest, named))));
  const auto image = inspect(bytes);
  REQUIRE(image);
  CHECK(image->id == digest(config));
  REQUIRE(image->docker);
  const std::string whole =
      bytes.substr(0, static_cast<std::size_t>(image->docker->first_bytes)) + image->docker->tail;
  CHECK(whole.size() % 512 == 0);
  CHECK(whole.find(R"("RepoTags":["test/busy:1"])") != whole.npos);
  const auto again = inspect(whole);  // now in Docker's form
  REQUIRE(again);
  CHECK(again->id == image->id);
  CHECK(!again->docker);
}

TEST_CASE("a name that is no name with a tag is left out") {
  const std::string odd = R"(,"annotations":{"org.opencontainers.image.ref.name":"1.0 \"x"})";
  const auto image = inspect(tar(with_index(index(descriptor(manifest, odd)))));
  REQUIRE(image);
  CHECK(image->docker->tail.find(R"("RepoTags":[])") != std::string::npos);
}

TEST_CASE("of several platforms that of the host is taken") {
  const auto of = [](const std::string& architecture) {
    return R"(,"platform":{"os":"linux","architecture":")" + architecture + "\"}";
  };
  const std::string other = "{}";
  const Files files =
      with_index(index(descriptor(other, of("arm64")) + "," + descriptor(manifest, of("amd64"))));
  CHECK(inspect(tar(files))->id == digest(config));
  CHECK(inspect(tar(files), "linux/riscv64").error().code == Errc::not_found);
}

TEST_CASE("an index within an index") {
  const std::string inner = index(descriptor(manifest, ""));
  Files files = with_index(index(
      descriptor(inner, R"(,"mediaType":"application/vnd.oci.image.index.v1+json")" + named)));
  files.emplace_back(blob(inner), inner);
  const auto image = inspect(tar(files));
  REQUIRE(image);
  CHECK(image->docker->tail.find("test/busy:1") != std::string::npos);
}

TEST_CASE("what is no archive of one image") {
  CHECK(inspect("").error().code == Errc::invalid);
  CHECK(inspect(std::string(2048, '\0')).error().code == Errc::invalid);
  CHECK(inspect(std::string(2048, 'x')).error().code == Errc::invalid);
  CHECK(inspect(tar({{"a.txt", "text"}})).error().code == Errc::invalid);
  CHECK(inspect(tar({{"index.json", "{"}})).error().code == Errc::invalid);
  CHECK(inspect(tar({{"index.json", index("")}})).error().code == Errc::invalid);
  CHECK(inspect(tar({{"manifest.json", "[]"}})).error().code == Errc::invalid);
  CHECK(inspect(tar({{"manifest.json", R"([{"Config":"../../etc/passwd"}])"}})).error().code ==
        Errc::invalid);
  CHECK(inspect(tar(with_index(index(descriptor(manifest, "") + "," + descriptor(manifest, "")))))
            .error()
            .code == Errc::invalid);
  CHECK(inspect(tar({{"index.json", index(R"({"digest":"sha256:../../x"})")}})).error().code ==
        Errc::invalid);
}

TEST_CASE("an archive cut short is no image") {
  const std::string bytes = tar(with_index(index(descriptor(manifest, named))));
  for (std::size_t size = 0; size < bytes.size() - 2048; size += 256) {
    CHECK(!inspect(bytes.substr(0, size)));
  }
}

}  // namespace archive_test
