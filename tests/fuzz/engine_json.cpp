// Answers of a container engine: JSON, streams of it, framed output, image archives, and what the
// kernel tells of control groups. The first byte says which.
#include "libpaas/base/moment.hpp"
#include "libpaas/engine/answer.hpp"
#include "libpaas/engine/archive.hpp"
#include "libpaas/engine/cgroup.hpp"
#include "libpaas/engine/dialect.hpp"
#include "libpaas/engine/stream.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

using namespace engine;

void claim_container(const Json& data) {
  const auto info = parse_container(data);
  if (!accepted(info)) return;
  claim(info->id.size() == 64, "a container has an id");
  claim(info->pid == 0 || !info->exit_code, "what runs has not ended");
  claim(info->address.empty() || info->pid > 0, "what does not run has no address");
  claim(is_utf8(info->error), "an engine's words are UTF-8");
}

void claim_answer(std::string_view text) {
  const Error error = error_of(500, text);
  claim_told(error);
  const auto data = data_of(text);
  if (!accepted(data)) return;
  claim_container(*data);
  accepted(parse_containers(*data));
  accepted(parse_images(*data));
  accepted(parse_volumes(*data));
  accepted(parse_exec(*data));
  accepted(parse_version(*data));
  for (const Dialect* dialect : {&podman(), &docker()}) {
    accepted(dialect->parse_networks(*data));
    accepted(dialect->parse_disk_use(*data));
    static_cast<void>(dialect->info(*data));
  }
}

void claim_stream(std::string_view text) {
  JsonLines lines([](const Json& line) {
    const StreamLine read = parse_stream_line(line);
    claim(is_utf8(read.progress.text), "progress is UTF-8");
    if (const auto event = parse_event(line))
      claim(event->container_id.size() == 64, "an event has an id");
  });
  if (accepted(lines.take(text))) accepted(lines.finish());
}

// However the bytes are cut, the output is the same.
void claim_output(std::string_view text) {
  const auto read = [&](std::size_t step) {
    std::string out, err;
    OutputReader reader(Framing::frames, [&](model::Stream stream, std::string_view bytes) {
      (stream == model::Stream::out ? out : err).append(bytes);
    });
    for (std::size_t at = 0; at < text.size(); at += step) {
      if (!accepted(reader.take(text.substr(at, step)))) break;
    }
    return out + '/' + err;
  };
  const std::string whole = read(text.size() + 1);
  claim(whole.size() <= text.size() + 1, "no more comes out than went in");
  claim(read(3) == whole && read(1) == whole, "cuts do not matter");
}

void claim_archive(std::string_view text) {
  const auto image = inspect_archive(
      [&](std::uint64_t offset, std::size_t size) -> Result<std::string> {
        if (offset >= text.size()) return std::string();
        return std::string(text.substr(static_cast<std::size_t>(offset), size));
      },
      "linux/amd64");
  if (!accepted(image)) return;
  claim(image->id.size() == 71, "an image has an id");
  claim(!image->docker || image->docker->tail.size() % 512 == 0, "a tail is whole blocks");
}

void claim_kernel(std::string_view text) {
  const std::size_t half = text.find('\0');
  const auto folder = cgroup_folder(parse_cgroup_mounts(text.substr(0, half)),
                                    half == text.npos ? text : text.substr(half), "memory");
  claim(folder.path.find("..") == std::string::npos || half == text.npos ||
            text.substr(0, half).find("..") != text.npos,
        "no path leads out");
  static_cast<void>(counter(text, "oom_kill"));
  static_cast<void>(disk_bytes(text));
  static_cast<void>(network_bytes(text));
  claim(!tells_of_oom_kill(text, ""), "nobody's container was killed");
  if (const auto moment = parse_moment(text))
    claim(!unix_text(*moment).empty(), "a moment has a text");
  accepted(stable_mac(std::string(text)));
  accepted(signal_number(text));
  accepted(capability_name(text));
  static_cast<void>(full_reference(text));
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace paas::fuzz;
  std::string_view text = text_of(data, size);
  if (text.empty()) return 0;
  const char which = text.front();
  text.remove_prefix(1);
  switch (which) {
    case 's':
      claim_stream(text);
      break;
    case 'o':
      claim_output(text);
      break;
    case 'a':
      claim_archive(text);
      break;
    case 'k':
      claim_kernel(text);
      break;
    default:
      claim_answer(text);
  }
  return 0;
}
