#include "libpaas/engine/stream.hpp"

#include <algorithm>

#include "libpaas/base/text.hpp"

namespace paas::engine {

Result<void> OutputReader::take(std::string_view piece) {
  if (framing_ == Framing::raw) {
    if (!piece.empty()) on_output_(model::Stream::out, piece);
    return {};
  }
  while (!piece.empty()) {
    if (body_left_ == 0) {
      const std::size_t wanted = std::min(head_.size() - head_bytes_, piece.size());
      std::copy_n(piece.begin(), wanted, head_.begin() + static_cast<std::ptrdiff_t>(head_bytes_));
      head_bytes_ += wanted;
      piece.remove_prefix(wanted);
      if (head_bytes_ < head_.size()) return {};
      if (head_[0] > 3 || head_[1] != 0 || head_[2] != 0 || head_[3] != 0) {
        return fail(Errc::internal, "the engine sent output that is not in frames");
      }
      for (std::size_t i = 4; i < head_.size(); ++i) body_left_ = body_left_ << 8 | head_[i];
      head_bytes_ = 0;
      continue;
    }
    const auto part = piece.substr(
        0, static_cast<std::size_t>(std::min<std::uint64_t>(body_left_, piece.size())));
    on_output_(head_[0] < 2 ? model::Stream::out : model::Stream::err, part);
    body_left_ -= part.size();
    piece.remove_prefix(part.size());
  }
  return {};
}

Result<void> JsonLines::one(std::string_view line) {
  line = trim(line);
  if (line.empty()) return {};
  auto json = parse_json(line);
  if (!json) return fail(Errc::internal, "the engine sent a line that is no JSON");
  on_line_(*json);
  return {};
}

Result<void> JsonLines::take(std::string_view piece) {
  while (!piece.empty()) {
    const auto end = piece.find('\n');
    if (pending_.size() + std::min(end, piece.size()) > max_line_bytes) {
      return fail(Errc::internal, "the engine sent a line without end");
    }
    if (end == piece.npos) {
      pending_.append(piece);
      return {};
    }
    if (pending_.empty()) {
      TRY(one(piece.substr(0, end)));
    } else {
      pending_.append(piece.substr(0, end));
      const std::string line = std::exchange(pending_, {});
      TRY(one(line));
    }
    piece.remove_prefix(end + 1);
  }
  return {};
}

Result<void> JsonLines::finish() {
  const std::string line = std::exchange(pending_, {});
  return one(line);
}

}  // namespace paas::engine
