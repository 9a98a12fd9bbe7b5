#include "tests/fake-pve/upload.hpp"

#include <atomic>
#include <fstream>

#include "tests/fake-pve/words.hpp"

namespace paas::fake_pve {
namespace {

constexpr std::size_t piece_size = 64 * 1024;
constexpr std::size_t max_field = 64 * 1024;

// Reads a file piece by piece and hands out what lies before a mark.
class PartReader {
 public:
  explicit PartReader(const std::filesystem::path& file) : in_(file, std::ios::binary) {}

  // Gives everything before the next `mark` to `sink` and skips the mark; false at the end.
  template <class Sink>
  bool until(const std::string& mark, Sink sink) {
    for (;;) {
      const auto at = held_.find(mark);
      if (at != std::string::npos) {
        sink(std::string_view(held_).substr(0, at));
        held_.erase(0, at + mark.size());
        return true;
      }
      // The end of what is held may be the beginning of the mark.
      const std::size_t safe = held_.size() < mark.size() ? 0 : held_.size() - mark.size() + 1;
      sink(std::string_view(held_).substr(0, safe));
      held_.erase(0, safe);
      if (!more()) return false;
    }
  }
  std::optional<std::string> text_until(const std::string& mark) {
    std::string text;
    const bool found = until(mark, [&](std::string_view piece) {
      if (text.size() < max_field) text += piece;
    });
    if (!found) return {};
    return text;
  }

 private:
  bool more() {
    std::string piece(piece_size, '\0');
    in_.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(in_.gcount()));
    held_ += piece;
    return !piece.empty();
  }

  std::ifstream in_;
  std::string held_;
};

// `name="value"` out of a header line; "" if it is not there.
std::string header_word(const std::string& head, const std::string& name) {
  const auto at = head.find(' ' + name + "=\"");
  if (at == std::string::npos) return "";
  const auto begin = at + name.size() + 3;
  return head.substr(begin, head.find('"', begin) - begin);
}

}  // namespace

Result<Upload> read_upload(const std::filesystem::path& body, const std::string& content_type,
                           const std::filesystem::path& target) {
  static std::atomic<int> counter{0};
  const auto at = content_type.find("boundary=");
  if (at == std::string::npos) return fail(Errc::invalid, "multipart upload without boundary");
  std::string boundary = content_type.substr(at + 9);
  boundary = trim(boundary.substr(0, boundary.find(';')));
  if (boundary.size() > 2 && boundary.front() == '"')
    boundary = boundary.substr(1, boundary.size() - 2);
  PartReader reader(body);
  if (!reader.text_until("--" + boundary)) return fail(Errc::invalid, "malformed upload");
  Upload upload;
  for (;;) {
    const auto mark = reader.text_until("\r\n");
    if (!mark || mark->starts_with("--")) break;
    const auto head = reader.text_until("\r\n\r\n");
    if (!head) return fail(Errc::invalid, "malformed upload");
    const std::string name = header_word(*head, "name");
    const std::string file = header_word(*head, "filename");
    const std::string end = "\r\n--" + boundary;
    if (file.empty()) {
      const auto value = reader.text_until(end);
      if (!value) return fail(Errc::invalid, "malformed upload");
      upload.fields[name].text = *value;
      continue;
    }
    upload.file = target.string() + '-' + std::to_string(++counter);
    std::ofstream out(upload.file, std::ios::binary | std::ios::trunc);
    const bool whole = reader.until(end, [&](std::string_view piece) {
      out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    });
    if (!whole) return fail(Errc::invalid, "malformed upload");
    upload.fields["filename"].text = file;
  }
  return upload;
}

}  // namespace paas::fake_pve
