#pragma once
// Answers of both engines, which are much alike: errors, containers, images, volumes, events.
//
// Nothing in an answer is trusted to be there or to be of its kind: what is missing is left at its
// default, and only what cannot be done without is an error, `invalid`.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpaas/base/json.hpp"
#include "libpaas/base/result.hpp"
#include "libpaas/model/engine.hpp"

namespace paas::engine {

// The error that an answer with this status (4xx, 5xx) and body is. Both engines give 500 to much
// that has a better name (a name taken, an image missing, a registry's refusal), so their words
// are looked at too.
Error error_of(int status, std::string_view body);
// The same of a text alone, as it stands in a stream of progress.
Error error_of_text(std::string_view text);

// The body of a success; empty is null. Errors: `internal` if it is no JSON.
Result<Json> data_of(std::string_view body);

Result<std::vector<model::ContainerSummary>> parse_containers(const Json& answer);
Result<model::ContainerInfo> parse_container(const Json& answer);
Result<std::vector<model::ImageInfo>> parse_images(const Json& answer);
Result<model::ImageInfo> parse_image(const Json& answer);
Result<std::vector<model::VolumeInfo>> parse_volumes(const Json& answer);
Result<model::VolumeInfo> parse_volume(const Json& answer);
// The id of what was made, a container or an exec.
Result<std::string> parse_id(const Json& answer);

struct ExecState {
  bool running = false;
  int exit_code = 0;
  int pid = 0;  // as the host counts; 0: not told
};
Result<ExecState> parse_exec(const Json& answer);

// Nothing for a line that is no event of a container.
std::optional<model::EngineEvent> parse_event(const Json& line);

// One line of a pull or load.
struct StreamLine {
  model::PullProgress progress{};
  std::string error{};  // not empty: it failed
  std::string image{};  // of a line that names the image: its id or name
};
StreamLine parse_stream_line(const Json& line);

// "sha256:…" of an id with or without that.
std::string image_id(std::string_view id);

// Seconds since 1970 with nine digits behind the point.
std::string unix_text(model::Moment moment);

// The members of an object that are texts.
model::TextMap text_map(const Json& object);
model::Texts texts(const Json& array);
std::string text_of(const Json& value);       // "" if it is none
std::int64_t number_of(const Json& value);    // 0 if it is none
std::uint64_t natural_of(const Json& value);  // 0 if it is none or below

}  // namespace paas::engine
