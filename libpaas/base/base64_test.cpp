#include "libpaas/base/base64.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

namespace paas::base64_test {

TEST_CASE("base64 of the examples of RFC 4648, section 10") {
  CHECK(base64_encode("").empty());
  CHECK(base64_encode("f") == "Zg==");
  CHECK(base64_encode("fo") == "Zm8=");
  CHECK(base64_encode("foo") == "Zm9v");
  CHECK(base64_encode("foobar") == "Zm9vYmFy");
  CHECK(base64_encode("f", Padding::without) == "Zg");
}

TEST_CASE("what is encoded decodes to itself, with and without padding") {
  CHECK(rc::check([](const std::string& bytes) {
    RC_ASSERT(base64_decode(base64_encode(bytes)) == bytes);
    RC_ASSERT(base64_decode(base64_encode(bytes, Padding::without)) == bytes);
  }));
}

TEST_CASE("what is not base64 is refused") {
  for (const char* text : {"Z", "Zg=", "Zg===", "=", "Zh==", "Zm9v\n", "Zm 9v", "Z=g=", "Zm9vZ"})
    CHECK(base64_decode(text).error().code == Errc::invalid);
}

}  // namespace paas::base64_test
