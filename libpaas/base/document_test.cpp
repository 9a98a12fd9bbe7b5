#include "libpaas/base/document.hpp"

#include <catch2/catch.hpp>

#include "libpaas/base/field_reader.hpp"

namespace document_test {

using namespace paas;

Document parsed(std::string_view text) {
  auto document = parse_document(text, "f.yaml");
  if (!document) FAIL(describe(document.error()[0]));
  return *std::move(document);
}

std::string refused(std::string_view text, const DocumentLimits& limits = {}) {
  const auto document = parse_document(text, "f.yaml", limits);
  if (document) return "accepted";
  REQUIRE(document.error().size() == 1);
  return describe(document.error()[0]);
}

// One line: keys with their places, scalars with theirs.
std::string shown(const Document& value) {
  const auto at = [](Place place) {
    return "@" + std::to_string(place.line) + ":" + std::to_string(place.column);
  };
  std::string out;
  if (const auto* scalar = value.scalar()) {
    return (scalar->quoted ? "'" + scalar->text + "'" : scalar->text) + at(value.place());
  }
  if (const auto* list = value.list()) {
    for (const Document& item : *list) out += (out.empty() ? "" : ", ") + shown(item);
    return "[" + out + "]" + at(value.place());
  }
  if (const auto* map = value.map()) {
    for (const auto& member : *map) {
      out += (out.empty() ? "" : ", ") + member.key + at(member.place) + ": " + shown(member.value);
    }
    return "{" + out + "}" + at(value.place());
  }
  return "null" + at(value.place());
}

TEST_CASE("document: values know where they stand, and scalars keep their spelling") {
  CHECK(shown(parsed("a: 1.10\nb:\n  - no\n  - \"7\"\n  - ~\nc:\n")) ==
        "{a@1:1: 1.10@1:4, b@2:1: [no@3:5, '7'@4:5, null@5:5]@3:3, c@6:1: null@6:1}@1:1");
  CHECK(shown(parsed("")) == "null@1:1");
  CHECK(shown(parsed("# nothing\n")).starts_with("null"));
}

TEST_CASE("document: JSON is read the same way") {
  CHECK(shown(parsed("{\n\t\"a\":1,\"b\":{\"c\":\"x\\u00e9\\/\\n\"},\t\"d\":[null,true]\r\n}\n")) ==
        "{a@2:2: 1@2:6, b@2:8: {c@2:13: 'x\xc3\xa9/\n'@2:17}@2:12, d@2:33: "
        "[null@2:38, true@2:43]@2:37}@1:1");
}

TEST_CASE("document: blocks of text are text, whatever they hold") {
  const Document document = parsed("a: |\n  1\nb: 2\n");
  CHECK(document.find("a")->value.scalar()->text == "1\n");
  CHECK(document.find("a")->value.scalar()->quoted);
}

TEST_CASE("document: aliases are copies") {
  CHECK(shown(parsed("a: &x [1]\nb: *x\n")) == "{a@1:1: [1@1:8]@1:4, b@2:1: [1@1:8]@1:4}@1:1");
  CHECK(refused("a: &x [*x]") == "f.yaml:1:8: an alias stands inside of what it stands for");
  CHECK(refused("a: *x").starts_with("f.yaml:1:4: "));
}

TEST_CASE("document: what is left out of YAML is refused with its place") {
  CHECK(refused("a: 1\nb: 2\n\"a\": 3") ==
        "f.yaml:3:1: the key \"a\" stands here a second time, after line 1");
  CHECK(refused("x: {a: 1, a: 1}").starts_with("f.yaml:1:11: "));
  CHECK(refused("a: !!str 1") == "f.yaml:1:4: tags are not supported");
  CHECK(refused("a: !secret x") == "f.yaml:1:4: tags are not supported");
  CHECK(refused("a:\n  <<: {b: 1}") == "f.yaml:2:3: merge keys are not supported");
  CHECK(refused("[a]: 1") == "f.yaml:1:1: a key must be text");
  CHECK(refused("~: 1") == "f.yaml:1:1: a key must be text");
  CHECK(refused("a: 1\n---\nb: 1").starts_with("f.yaml:2:1: does not belong"));
  CHECK(refused("{\"a\":1}{}").starts_with("f.yaml:1:8: does not belong"));
  CHECK(refused("a: 1\n b: 2").starts_with("f.yaml:2:"));
  CHECK(refused("a: {b").starts_with("f.yaml:1:"));
  CHECK(refused("a: 1\nb: \x01") == "f.yaml:2:4: a control character");
  CHECK(refused(std::string_view("a\0\0\0", 4)) == "f.yaml:1:2: a control character");
  CHECK(refused("a: \xff").ends_with("is not UTF-8"));
  CHECK(refused("\xef\xbb\xbf"
                "a: 1") == "accepted");
}

TEST_CASE("document: size, depth and the number of values are bounded") {
  CHECK(refused("abcd", {.max_bytes = 3}).ends_with("is larger than 3 bytes"));
  CHECK(refused("abc", {.max_bytes = 3}) == "accepted");
  CHECK(refused("[[1]]", {.max_depth = 2}) == "accepted");
  CHECK(refused("[[[1]]]", {.max_depth = 2}) == "f.yaml:1:3: nested too deep");
  CHECK(refused("[1, 2]", {.max_nodes = 3}) == "accepted");
  CHECK(refused("[1, 2, 3]", {.max_nodes = 3}) == "f.yaml:1:8: too many values");
  CHECK(refused(std::string(100'000, '[')) != "accepted");
  CHECK(refused(std::string(100'000, '{')) != "accepted");
}

TEST_CASE("document: a billion laughs end early") {
  std::string text = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before + ", " + before +
            ", " + before + "]\n";
  }
  CHECK(refused(text).ends_with(": too many values"));
  const std::string large(1000, 'x');
  CHECK(refused("a: &a \"" + large + "\"\nb: [*a, *a, *a]", {.max_bytes = 3000})
            .ends_with(": aliases copy too much"));
  CHECK(refused("a: &a [&b [1]]\nc: [[*a]]", {.max_depth = 4}).ends_with("nested too deep"));
}

TEST_CASE("document: paths lead to places, or near them") {
  const Document document = parsed("a:\n  - b: 1\n    \"d/e\\\"f\":\n      g: 2\n  - {}\n");
  CHECK(member_path("", "a") == "a");
  CHECK(item_path(member_path("x", "a"), 3) == "x.a[3]");
  CHECK(member_path("x", "disk/local") == "x[\"disk/local\"]");
  CHECK(place_of(document, "a[0].b") == Place{2, 8});
  CHECK(place_of(document, member_path("a[0]", "d/e\"f") + ".g") == Place{4, 10});
  CHECK(place_of(document, "a[1].b") == Place{5, 5});
  CHECK(place_of(document, "a[7]") == Place{2, 3});
  CHECK(place_of(document, "z") == Place{1, 1});
  CHECK(place_of(document, "") == Place{1, 1});
  for (const char* broken : {"[", "a[", "a[x]", "a[0", "[\"", "..", "a.."}) {
    CHECK(place_of(document, broken) <= Place{2, 3});
  }
}

TEST_CASE("document: the name that was probably meant") {
  const std::vector<std::string_view> known = {"name", "memory", "ports", "arch"};
  CHECK(nearest("memroy", known) == "memory");
  CHECK(nearest("port", known) == "ports");
  CHECK(nearest("nmae", known) == "name");
  CHECK(nearest("colour", known).empty());
  CHECK(nearest("", known).empty());
  CHECK(nearest(std::string(10'000, 'a'), known).empty());
}

// --- FieldReader -------------------------------------------------------------------------------

enum class Colour { red, green };

struct Disk {
  std::string name;
  int size = 10;
  bool operator==(const Disk&) const = default;
};

struct Server {
  std::string name = "unnamed";
  std::optional<std::string> comment{};
  int port = 80;
  std::optional<std::int64_t> offset{};
  unsigned char small = 1;
  std::uint64_t large = 0;
  bool drained = false;
  Colour colour = Colour::red;
  std::vector<std::string> aliases{};
  std::vector<int> ports{};
  std::map<std::string, std::string, std::less<>> labels{};
  std::vector<Disk> disks{};
  std::map<std::string, Disk> named{};
  Disk root{};
  std::string doubled{};
};

Flaws read(std::string_view text, Server& server) {
  const auto disk_fields = [](FieldReader& in, Disk& disk) {
    in.require({"name"});
    in.text("name", disk.name);
    in.integer("size", disk.size, {1, 100});
  };
  return read_fields(parsed(text), "f.yaml", [&](FieldReader& in) {
    in.require({"name"});
    in.text("name", server.name);
    in.text("comment", server.comment);
    in.integer("port", server.port, {1, 65535});
    in.integer("offset", server.offset);
    in.integer("small", server.small);
    in.integer("large", server.large);
    in.flag("drained", server.drained);
    in.word("colour", server.colour, {{"red", Colour::red}, {"green", Colour::green}});
    in.texts("aliases", server.aliases);
    in.integers("ports", server.ports, {1, 65535});
    in.text_map("labels", server.labels);
    in.each("disks", [&](FieldReader& disk) { disk_fields(disk, server.disks.emplace_back()); });
    in.each_named("named", [&](const std::string& key, FieldReader& disk) {
      disk_fields(disk, server.named[key]);
    });
    in.one("root", [&](FieldReader& disk) { disk_fields(disk, server.root); });
    in.parsed("doubled", [&](std::string_view value) -> Result<void> {
      if (value.size() > 3) return fail(Errc::invalid, "is too long");
      server.doubled = std::string(value) + std::string(value);
      return {};
    });
    if (in.has("comment") && server.drained) in.flaw("comment", "says nothing of what is drained");
  });
}

std::vector<std::string> flaws_of(std::string_view text) {
  Server server;
  std::vector<std::string> out;
  for (const Flaw& flaw : read(text, server)) out.push_back(describe(flaw));
  return out;
}

TEST_CASE("field reader: what is there is set, what is not keeps its default") {
  Server server;
  REQUIRE(read(R"(
name: 101
port: 443
offset: -3
large: 9223372036854775807
drained: true
colour: green
aliases: [a, 1.10]
ports: [80, 443]
labels: {zone: no, "a/b": 1}
disks: [{name: x}, {name: y, size: 20}]
named: {z: {name: q}}
root: {name: r, size: 1}
comment:
doubled: ab
)",
               server)
              .empty());
  CHECK(server.name == "101");
  CHECK(!server.comment);
  CHECK(server.port == 443);
  CHECK(server.offset == -3);
  CHECK(server.small == 1);
  CHECK(server.large == 9223372036854775807U);
  CHECK(server.drained);
  CHECK(server.colour == Colour::green);
  CHECK(server.aliases == std::vector<std::string>{"a", "1.10"});
  CHECK(server.ports == std::vector<int>{80, 443});
  CHECK(server.labels.at("zone") == "no");
  CHECK(server.labels.at("a/b") == "1");
  CHECK(server.disks == std::vector<Disk>{{"x", 10}, {"y", 20}});
  CHECK(server.named.at("z") == Disk{"q", 10});
  CHECK(server.root == Disk{"r", 1});
  CHECK(server.doubled == "abab");
}

TEST_CASE("field reader: all flaws at once, in the order of the text") {
  CHECK(flaws_of(R"(port: 70000
offset: "3"
small: 300
large: -1
drained: yes
colour: blue
aliases: [a, [b]]
ports: [1, x, 0]
labels: {zone: [1]}
disks: [{size: 1}, 7]
named: {z: 1}
root: []
dobled: x
zzzzzzzz: 1
doubled: long
)") == std::vector<std::string>{
           "f.yaml:1:1: name: is required", "f.yaml:1:7: port: must be from 1 to 65535",
           "f.yaml:2:9: offset: must be a whole number", "f.yaml:3:8: small: must be from 0 to 255",
           "f.yaml:4:8: large: must be at least 0", "f.yaml:5:10: drained: must be true or false",
           "f.yaml:6:9: colour: must be one of green, red",
           "f.yaml:7:14: aliases[1]: must be text, not a list",
           "f.yaml:8:12: ports[1]: must be a whole number",
           "f.yaml:8:15: ports[2]: must be from 1 to 65535",
           "f.yaml:9:16: labels.zone: must be text or a number, not a list",
           "f.yaml:10:9: disks[0].name: is required",
           "f.yaml:10:20: disks[1]: must be a map, not a text",
           "f.yaml:11:12: named.z: must be a map, not a text",
           "f.yaml:12:7: root: must be a map, not a list",
           "f.yaml:13:1: dobled: unknown field; did you mean \"doubled\"?",
           "f.yaml:14:1: zzzzzzzz: unknown field; known are aliases, colour, comment, "
           "disks, doubled, drained, labels, large, name, named, offset, port, ports, "
           "root, small",
           "f.yaml:15:10: doubled: is too long"});
}

TEST_CASE("field reader: a document that is no map; fields that do not go together") {
  CHECK(flaws_of("- 1") == std::vector<std::string>{"f.yaml:1:1: must be a map, not a list"});
  CHECK(flaws_of("") == std::vector<std::string>{"f.yaml:1:1: must be a map, not nothing"});
  CHECK(flaws_of("name: a\ncomment: b\ndrained: true") ==
        std::vector<std::string>{"f.yaml:2:10: comment: says nothing of what is drained"});
}

TEST_CASE("field reader: flaws become one error, and do not grow without end") {
  Server server;
  std::string text = "name: a\n";
  for (int i = 0; i < 2000; ++i) text += "unknown" + std::to_string(i) + ": 1\n";
  const Flaws many = read(text, server);
  CHECK(many.size() == 1000);
  const Error error = error_of({many[0], many[1]});
  CHECK(error.code == Errc::invalid);
  CHECK(std::count(error.message.begin(), error.message.end(), '\n') == 1);
}

TEST_CASE("fields: what programs write is read with what a newer version added") {
  std::string name;
  std::optional<int> port;
  bool on = false;
  std::vector<std::string> more;
  const auto read = [&](std::string_view text) {
    return read_json_fields(*parse_json(text), "note", [&](FieldReader& in) {
      in.require({"name"});
      in.text("name", name);
      in.integer("port", port, {1, 65535});
      in.flag("on", on);
      in.texts("more", more);
      in.each_named("parts", [](const std::string&, FieldReader& part) { part.require({"size"}); });
    });
  };
  CHECK(read(R"({"name":"a","port":8080,"on":true,"more":["x","2"],"new":{"y":[1]}})"));
  CHECK(name == "a");
  CHECK(port == 8080);
  CHECK(on);
  CHECK(more == std::vector<std::string>{"x", "2"});
  const auto message = [&](std::string_view text) { return read(text).error().message; };
  CHECK(message("[]") == "note: must be a map, not a list");
  CHECK(message(R"({"name":null})") == "note: name: is required");
  CHECK(message(R"({"name":"a","port":"80"})") == "note: port: must be a whole number");
  CHECK(message(R"({"name":"a","parts":{"b/c":{}}})") == "note: parts[\"b/c\"].size: is required");
}

}  // namespace document_test
