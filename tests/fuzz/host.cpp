// The host file, and paths that want out of the folders it allows.
#include "libpaas/blueprint/host.hpp"

#include "libpaas/blueprint/paths.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

void one_file(std::string_view text) {
  const auto parsed = blueprint::parse_host_rules(text, "f");
  if (parsed) {
    for (const std::string& root : parsed->bind_roots) {
      claim(blueprint::resolved(root) == root, "a folder is written as it is");
    }
    return;
  }
  claim(!parsed.error().empty(), "a refusal has a reason");
  for (const Flaw& flaw : parsed.error()) {
    claim(is_utf8(describe(flaw)), "a flaw is UTF-8");
    claim(!flaw.message.empty(), "a flaw has a message");
  }
}

void one_path(std::string_view path, std::string_view pattern) {
  blueprint::fits(path, pattern);
  const auto real = blueprint::resolved(path);
  if (!real) return;
  claim(blueprint::resolved(*real) == real, "what is resolved stays as it is");
  claim(real->starts_with('/') && real->find("/../") == real->npos && !real->ends_with("/.."),
        "what is resolved leads nowhere else");
  model::Blueprint asks;
  asks.apps.emplace_back().container.image = "x";
  asks.apps[0].container.mounts = {
      {.kind = model::MountKind::bind, .source = std::string(path), .target = "/t"}};
  const bool allowed = blueprint::breaches(asks, {.bind_roots = {"/srv"}}).empty();
  claim(allowed == (*real == "/srv" || real->starts_with("/srv/")),
        "only what is below is allowed");
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  auto text = paas::fuzz::text_of(data, size);
  paas::fuzz::one_file(text);
  const auto path = paas::fuzz::take_line(text);
  paas::fuzz::one_path(path, text);
  return 0;
}
