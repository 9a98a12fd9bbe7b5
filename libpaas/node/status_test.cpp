// The status of a node: what is printed is read back, and docs/formats says the same.

#include "libpaas/node/status.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "libpaas/base/json.hpp"
#include "libpaas/base/moment.hpp"

namespace status_test {

using namespace paas;
using namespace paas::node;

std::string some_text() {
  return *rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7f'));
}

model::Moment some_moment() {
  const std::int64_t last = std::int64_t{7'258'000'000} * 1'000'000'000;
  return model::Moment(std::chrono::nanoseconds(*rc::gen::inRange<std::int64_t>(0, last)));
}

std::optional<int> some_code() {
  return *rc::gen::maybe(rc::gen::inRange(0, 256)) ? std::optional<int>(*rc::gen::inRange(0, 256))
                                                   : std::nullopt;
}

template <class T>
std::vector<T> some(T (*one)()) {
  std::vector<T> out;
  for (int left = *rc::gen::inRange(0, 4); left > 0; --left) out.push_back(one());
  return out;
}

ContainerStatus some_container() {
  ContainerStatus one;
  one.name = some_text();
  one.project = some_text();
  one.app = some_text();
  one.replica = *rc::gen::arbitrary<int>();
  one.release = some_text();
  one.stage = some_text();
  one.state = some_text();
  one.ready = *rc::gen::arbitrary<bool>();
  one.named = *rc::gen::arbitrary<bool>();
  one.address = some_text();
  one.image = some_text();
  one.started = some_moment();
  one.restarts = *rc::gen::arbitrary<std::uint64_t>();
  one.exit_code = some_code();
  one.out_of_memory = *rc::gen::arbitrary<bool>();
  one.health = some_text();
  one.trouble = some_text();
  one.log = some(some_text);
  return one;
}

AppStatus some_app() {
  return {some_text(),
          some_text(),
          some_text(),
          *rc::gen::arbitrary<int>(),
          *rc::gen::arbitrary<int>(),
          some_text(),
          some_text(),
          some_text(),
          some(some_text)};
}

RunStatus some_run() {
  RunStatus one;
  one.project = some_text();
  one.job = some_text();
  one.slot = some_moment();
  one.attempt = *rc::gen::arbitrary<int>();
  one.stage = some_text();
  one.outcome = some_text();
  one.started = some_moment();
  one.ended = some_moment();
  one.exit_code = some_code();
  one.trouble = some_text();
  one.log = some(some_text);
  return one;
}

JobStatus some_job() {
  return {
      some_text(),   some_text(), some_text(), some_moment(), *rc::gen::arbitrary<std::uint64_t>(),
      some(some_run)};
}

ForeignService some_foreign() {
  return {some_text(), some_text(), some_text(), some_text()};
}

Status some_status() {
  Status one;
  one.node = some_text();
  one.version = some_text();
  one.phase = some_text();
  one.change = some_text();
  one.written = some_moment();
  one.generation = *rc::gen::arbitrary<std::uint64_t>();
  one.settled = *rc::gen::arbitrary<bool>();
  one.source = {some_text(), some_text(), some_moment(), some_text()};
  one.engine = some_text();
  one.engine_trouble = some_text();
  one.disk_trouble = some_text();
  one.apps = some(some_app);
  one.containers = some(some_container);
  one.jobs = some(some_job);
  one.pending = some(some_text);
  one.foreign = some(some_foreign);
  return one;
}

TEST_CASE("status: what is printed is read back") {
  REQUIRE(rc::check([] {
    const Status status = some_status();
    const auto again = parse_status(print_status(status));
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == status);
  }));
}

TEST_CASE("status: members of newer versions are ignored, those of older ones left at default") {
  const auto read = parse_status(
      R"({"format": 1, "node": "n1", "weather": [1], "apps": [{"app": "web", "colour": "red"}]})");
  REQUIRE(read);
  CHECK(read->node == "n1");
  CHECK(read->written == model::Moment{});
  CHECK(read->apps.at(0).app == "web");
}

TEST_CASE("status: what is of another kind is named by its path") {
  const auto message = [](const std::string& text) { return parse_status(text).error().message; };
  CHECK(message(R"({"format": 2})").find("format") != std::string::npos);
  CHECK(message("[]").find("format") != std::string::npos);
  CHECK(message(R"({"format": 1, "apps": [{"replicas": 1.5}]})") ==
        "apps[0].replicas must be a whole number");
  CHECK(message(R"({"format": 1, "apps": [7]})") == "apps[0] must be an object");
  CHECK(message(R"({"format": 1, "written": "today"})") ==
        "written must be a moment like 2026-11-21T18:52:54Z");
  CHECK(message(R"({"format": 1, "jobs": [{"runs": {}}]})") == "jobs[0].runs must be a list");
  CHECK(message(R"({"format": 1, "containers": [{"log": [1]}]})") ==
        "containers[0].log[0] must be a text");
}

TEST_CASE("status: bytes of a log that are no text do no harm") {
  Status status;
  status.containers.emplace_back().log = {"\xff\xfe"};
  const auto again = parse_status(print_status(status));
  REQUIRE(again);
  CHECK(again->containers[0].log[0] == "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST_CASE("moments as text") {
  using namespace std::chrono_literals;
  CHECK(moment_text(WallMoment{}) == "1970-01-01T00:00:00Z");
  CHECK(moment_text(WallMoment{1'800'000'000s + 50ms}) == "2027-01-15T08:00:00.05Z");
  REQUIRE(rc::check([] {
    const model::Moment moment = some_moment();
    RC_ASSERT(parse_moment(moment_text(moment)) == moment);
  }));
}

// --- The schema of docs/formats ------------------------------------------------------------------

// Members, by the name of the definition that they are of.
void gather(const Json& schema, const Json& value, const Json& definitions, std::size_t& judged) {
  const Json& ref = schema["$ref"];
  const Json& own =
      ref.is_null() ? schema : definitions[ref.string()->substr(std::string("#/$defs/").size())];
  if (const auto* list = value.array()) {
    REQUIRE(!list->empty());
    for (const Json& item : *list) gather(own["items"], item, definitions, judged);
  }
  if (value.object() == nullptr) return;
  std::vector<std::string> there, told;
  for (const auto& [name, member] : *value.object()) there.push_back(name);
  for (const auto& [name, property] : *own["properties"].object()) {
    told.push_back(name);
    INFO(name);
    const Json& described = property["$ref"].is_null() ? property["description"] : property["$ref"];
    CHECK(described.string() != nullptr);
  }
  CHECK(there == told);
  CHECK(own["additionalProperties"].is_null());  // newer versions may say more
  ++judged;
  for (const auto& [name, member] : *value.object()) {
    gather(own["properties"][name], member, definitions, judged);
  }
}

TEST_CASE("status: the schema has every member, and no other") {
  std::ifstream in(PAAS_SOURCE_DIR "/docs/formats/status.schema.json");
  std::ostringstream text;
  text << in.rdbuf();
  const auto schema = parse_json(text.str());
  REQUIRE(schema);
  Status status;
  status.apps.emplace_back().releases = {"0123abcd"};
  status.containers.emplace_back().log = {"line"};
  status.jobs.emplace_back().runs.emplace_back().log = {"line"};
  status.pending = {"change"};
  status.foreign.emplace_back();
  std::size_t judged = 0;
  gather(*schema, *parse_json(print_status(status)), (*schema)["$defs"], judged);
  CHECK(judged == 7);
}

}  // namespace status_test
