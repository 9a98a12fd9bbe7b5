#include "libpaas/base/units.hpp"

#include <catch2/catch.hpp>

namespace paas::units_test {

std::uint64_t mib(std::string_view text, Plain plain = Plain::mib) {
  const auto parsed = parse_size_mib(text, plain);
  INFO(text);
  REQUIRE(parsed);
  return *parsed;
}

TEST_CASE("sizes are read in every usual spelling") {
  CHECK(mib("512") == 512);
  CHECK(mib("8", Plain::gib) == 8192);
  CHECK(mib("2G") == 2048);
  CHECK(mib("2g") == 2048);
  CHECK(mib("2GiB") == 2048);
  CHECK(mib("2GB") == 2048);
  CHECK(mib("1T") == 1024 * 1024);
  CHECK(mib("2048K") == 2);
  CHECK(mib("4.5G") == 4608);
  CHECK(mib("0.5", Plain::gib) == 512);
  CHECK(mib("0") == 0);
}

TEST_CASE("what is no size is refused") {
  for (const char* text : {"", "G", "2 G", "-1", "+1", "2X", "2GG", "2.G", ".5G", "1e3", "2Gi",
                           "1K", "0.0001G", "9999999999999999", "9999999999T", "2G "})
    CHECK_FALSE(parse_size_mib(text, Plain::mib));
}

TEST_CASE("a size is printed in the largest unit that needs no fraction, and reads back") {
  CHECK(size_text(2048, Plain::mib) == "2G");
  CHECK(size_text(512, Plain::mib) == "512");
  CHECK(size_text(512, Plain::gib) == "512M");
  CHECK(size_text(1536, Plain::gib) == "1536M");
  CHECK(size_text(0, Plain::mib) == "0");
  CHECK(size_text(3u << 20, Plain::gib) == "3T");
  for (const std::uint64_t amount : {0u, 1u, 1023u, 1024u, 1025u, 4096u, 1u << 20, 1u << 30})
    for (const Plain plain : {Plain::mib, Plain::gib})
      CHECK(mib(size_text(amount, plain), plain) == amount);
}

TEST_CASE("two spellings of one size are the same") {
  CHECK(same_size("2G", "2048", Plain::mib));
  CHECK(same_size("2", "2G", Plain::gib));
  CHECK_FALSE(same_size("2", "2G", Plain::mib));
  CHECK_FALSE(same_size("x", "x", Plain::mib));
}

TEST_CASE("durations add up their parts") {
  using namespace std::chrono_literals;
  CHECK(*parse_duration("90s") == 90s);
  CHECK(*parse_duration("1h30m") == 90min);
  CHECK(*parse_duration("1500ms") == 1500ms);
  CHECK(*parse_duration("2d") == 48h);
  for (const char* text :
       {"", "5", "m", "-5m", "5 m", "5y", "1.5h", "400d", "99999999999999999999s"})
    CHECK_FALSE(parse_duration(text));
}

}  // namespace paas::units_test
