#include "libpaas/engine/stream.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include <vector>

namespace stream_test {

using namespace paas;
using namespace paas::engine;

std::string frame(int stream, const std::string& text) {
  std::string bytes{static_cast<char>(stream), '\0', '\0', '\0'};
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(text.size() >> static_cast<unsigned>(shift) & 0xffU);
  }
  return bytes + text;
}

TEST_CASE("frames are told apart wherever they are cut") {
  CHECK(rc::check(
      "any pieces give the same output", [](const std::vector<std::string>& texts, int cut) {
        std::string wire, out, err;
        for (std::size_t i = 0; i < texts.size(); ++i) {
          wire += frame(i % 2 == 0 ? 1 : 2, texts[i]);
          (i % 2 == 0 ? out : err) += texts[i];
        }
        std::string got_out, got_err;
        OutputReader reader(Framing::frames, [&](model::Stream stream, std::string_view bytes) {
          (stream == model::Stream::out ? got_out : got_err).append(bytes);
        });
        const std::size_t step = static_cast<std::size_t>(cut % 7 < 0 ? -(cut % 7) : cut % 7) + 1;
        for (std::size_t at = 0; at < wire.size(); at += step) {
          RC_ASSERT(reader.take(std::string_view(wire).substr(at, step)).has_value());
        }
        RC_ASSERT(got_out == out);
        RC_ASSERT(got_err == err);
      }));
}

TEST_CASE("what is raw is passed on, and what are no frames is refused") {
  std::string got;
  const auto gather = [&](model::Stream, std::string_view bytes) { got.append(bytes); };
  OutputReader raw(Framing::raw, gather);
  CHECK(raw.take("\x01\x02 text"));
  CHECK(got == "\x01\x02 text");
  OutputReader framed(Framing::frames, gather);
  CHECK(framed.take("HTTP/1.1").error().code == Errc::internal);
}

TEST_CASE("JSON comes by lines, blank ones between them") {
  std::vector<std::int64_t> numbers;
  JsonLines lines([&](const Json& line) { numbers.push_back(line["n"].integer().value()); });
  for (const char* piece : {"{\"n\"", ": 1}\r\n\n{\"n\":2}\n{", "\"n\":3}"})
    CHECK(lines.take(piece));
  CHECK(numbers == std::vector<std::int64_t>{1, 2});
  CHECK(lines.finish());
  CHECK(numbers == std::vector<std::int64_t>{1, 2, 3});
  CHECK(lines.take("no JSON\n").error().code == Errc::internal);
}

TEST_CASE("a line without end is refused before memory is") {
  JsonLines lines([](const Json&) {});
  const std::string piece(std::size_t{1} << 20, ' ');
  Result<void> taken;
  for (int i = 0; i < 5 && taken; ++i) taken = lines.take(piece);
  REQUIRE(!taken);
  CHECK(taken.error().code == Errc::internal);
}

}  // namespace stream_test
