#pragma once
// Readers of what an engine streams: output in frames, and JSON by lines. Both take pieces as they
// come, cut anywhere.

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"
#include "libpaas/model/engine.hpp"

namespace paas::engine {

// How output comes: with a terminal as it is, without one in frames that tell the two streams
// apart: a byte for the stream (1 out, 2 err), three zeros, the length in 32 bits, big endian.
enum class Framing { raw, frames };

class OutputReader {
 public:
  using OnOutput = std::function<void(model::Stream stream, std::string_view bytes)>;

  OutputReader(Framing framing, OnOutput on_output)
      : framing_(framing), on_output_(std::move(on_output)) {}

  // Errors: `internal` for what are no frames; nothing may be taken after that.
  Result<void> take(std::string_view piece);

 private:
  Framing framing_;
  OnOutput on_output_;
  std::array<std::uint8_t, 8> head_{};
  std::size_t head_bytes_ = 0;
  std::uint64_t body_left_ = 0;
};

class JsonLines {
 public:
  using OnLine = std::function<void(const Json& line)>;
  static constexpr std::size_t max_line_bytes = std::size_t{4} << 20;

  explicit JsonLines(OnLine on_line) : on_line_(std::move(on_line)) {}

  // Errors: `internal` for a line that is no JSON or too long.
  Result<void> take(std::string_view piece);
  // The last line, if it had no newline.
  Result<void> finish();

 private:
  Result<void> one(std::string_view line);

  OnLine on_line_;
  std::string pending_;
};

}  // namespace paas::engine
