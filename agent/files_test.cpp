// Commands that only read files: validate and completion; and YAML as it is printed.

#include <stdlib.h>

#include <rapidcheck.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "agent/commands/completion.hpp"
#include "agent/commands/validate.hpp"
#include "agent/yaml.hpp"
#include "libpaas/base/document.hpp"
#include "libpaas/base/json.hpp"

namespace files_test {

using namespace paas;
using namespace paas::agent;
namespace fs = std::filesystem;

struct Folder {
  std::string path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "paas-files-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name + "/";
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string put(const std::string& name, const std::string& text) const {
    std::ofstream(path + name, std::ios::binary) << text;
    return path + name;
  }
};

struct Ran {
  int code;
  std::string out, err;
};

Ran validate(std::vector<std::string> arguments, const std::string& input = {}) {
  std::istringstream in(input);
  std::ostringstream out, err;
  const int code = commands::validate({std::move(arguments), {}, out, err, in});
  return {code, out.str(), err.str()};
}

TEST_CASE("validate: several files are one, and all mistakes are told with their places") {
  const Folder folder;
  const std::string apps = folder.put("apps.yaml", "apps:\n  - {name: web, image: a}\n");
  const std::string jobs = folder.put("jobs.yaml", "jobs:\n  - {name: nightly, image: a}\n");
  const Ran good = validate({apps, jobs});
  CHECK(good.code == done);
  CHECK(good.out == "1 app and 1 job, nothing is wrong\n");
  const std::string bad = folder.put(
      "bad.yaml",
      "apps:\n  - name: Web\n    image: a\n    replicas: two\n  - {name: db, imag: a}\n");
  const Ran ran = validate({bad, jobs});
  CHECK(ran.code == failed);
  CHECK(ran.err.find("bad.yaml:2:11: apps[0].name: ") != std::string::npos);
  CHECK(ran.err.find("bad.yaml:4:15: apps[0].replicas: ") != std::string::npos);
  CHECK(ran.err.find("bad.yaml:5:16: apps[1].imag: ") != std::string::npos);
  CHECK(validate({jobs}).code == failed);  // nothing of `apps`
  CHECK(validate({folder.path + "none.yaml"}).code == failed);
  CHECK(validate({}).code == misused);
  CHECK(validate({"-"}, "apps: []").out == "0 apps and 0 jobs, nothing is wrong\n");
}

TEST_CASE("validate: what the host does not allow stands where it is asked for") {
  const Folder folder;
  const std::string first = folder.put("a.yaml", "apps:\n  - {name: web, image: a}\n");
  const std::string second =
      folder.put("b.yaml",
                 "apps:\n  - {name: x, image: a}\n  - name: db\n    image: a\n"
                 "    privileged: true\n");
  const std::string host = folder.put("host.yaml", "{}\n");
  CHECK(validate({first, second}).code == done);
  const Ran ran = validate({first, second, "--host-file", host});
  CHECK(ran.code == failed);
  CHECK(ran.err.find("b.yaml:5:17: apps[1].privileged: ") != std::string::npos);
  const Ran json = validate({first, second, "--host-file", host, "--json"});
  CHECK(json.code == failed);
  const auto answer = parse_json(json.out);
  REQUIRE(answer);
  CHECK((*answer)["valid"] == Json(false));
  CHECK((*answer)["flaws"].array()->at(0)["line"] == Json(5));
  CHECK((*answer)["apps"] == Json(3));
}

// --- YAML ----------------------------------------------------------------------------------------

std::string any_text() {
  return *rc::gen::oneOf(
      rc::gen::container<std::string>(rc::gen::inRange('\x01', '\x7f')),
      rc::gen::element<std::string>("yes", "1", "1.5", "null", "~", "- x", "a: b", "", " ", "#",
                                    "a b", "&a", "*a", "!x", "true", "0x10", "a,b", "[", "/x"));
}

Json any_value(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 5 : 3);
  if (kind == 0) return any_text();
  if (kind == 1) return *rc::gen::arbitrary<bool>();
  if (kind == 2) return *rc::gen::inRange(-1000, 1000);
  Json::Array list;
  Json::Object object;
  for (int left = *rc::gen::inRange(1, 4); left > 0; --left) {
    if (kind == 3) list.push_back(any_value(depth - 1));
    const bool known = *rc::gen::arbitrary<bool>();
    object.insert_or_assign(
        known ? *rc::gen::element<std::string>("name", "image", "a") : any_text(),
        any_value(depth - 1));
  }
  return kind == 3 ? Json(list) : Json(object);
}

// Whether YAML's own rules make of the document what the value is.
bool same(const Document& read, const Json& value) {
  if (const auto* list = value.array()) {
    return read.list() != nullptr &&
           std::equal(read.list()->begin(), read.list()->end(), list->begin(), list->end(), same);
  }
  if (const auto* object = value.object()) {
    return read.map() != nullptr && read.map()->size() == object->size() &&
           std::all_of(read.map()->begin(), read.map()->end(), [&](const Document::Member& member) {
             return object->contains(member.key) && same(member.value, value[member.key]);
           });
  }
  const auto* scalar = read.scalar();
  if (scalar == nullptr) return false;
  if (value.string() == nullptr) return !scalar->quoted && scalar->text == print_json(value);
  return scalar->text == *value.string() && (scalar->quoted || !parse_json(scalar->text));
}

TEST_CASE("yaml: what is printed is read as the same") {
  REQUIRE(rc::check([] {
    const Json value = Json::Object{{"apps", Json::Array{any_value(3)}}, {"b", any_value(3)}};
    const std::string text = yaml_text(value);
    const auto read = parse_document(text, "f");
    if (!read) RC_FAIL(describe(read.error().front()) + "\n" + text);
    if (!same(*read, value)) RC_FAIL(text);
  }));
}

TEST_CASE("yaml: it reads well") {
  const Json value = Json::Object{
      {"apps", Json::Array{Json::Object{{"image", "nginx:1"},
                                        {"name", "web"},
                                        {"command", Json::Array{"a", "1"}},
                                        {"ports", Json::Array{Json::Object{{"port", 80}}}},
                                        {"env", Json::Object{{"A", "yes"}}}}}}};
  CHECK(yaml_text(value) ==
        "apps:\n"
        "  - name: web\n"
        "    image: \"nginx:1\"\n"
        "    command: [a, \"1\"]\n"
        "    env: {A: \"yes\"}\n"
        "    ports:\n"
        "      - {port: 80}\n");
  CHECK(yaml_text(Json::Object{{"apps", Json::Array{}}}) == "apps: []\n");
}

// --- completion ----------------------------------------------------------------------------------

std::string answer_of(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::string out;
  for (int c; (c = std::fgetc(pipe)) != EOF;) out += static_cast<char>(c);
  CHECK(pclose(pipe) == 0);
  return out;
}

TEST_CASE("completion: every command, with the flags that its help tells") {
  const auto all = commands::completed_commands();
  REQUIRE(all.size() == command_lines().size());
  bool found = false;
  for (const auto& one : all) {
    for (const auto& flag : one.flags) found = found || flag.name == "--tail";
  }
  CHECK(found);
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const std::string script = commands::completion_script(shell, all);
    for (const char* word : {"logs", "volume", "rm", "tail", "host-file"}) {
      INFO(shell << " " << word);
      CHECK(script.find(word) != std::string::npos);
    }
  }
  CHECK(commands::completion_script("csh", all).empty());
}

TEST_CASE("completion: bash completes commands, their second words and flags") {
  const Folder folder;
  const std::string script =
      folder.put("c.bash", commands::completion_script("bash", commands::completed_commands()));
  const auto complete = [&](const std::string& words, int at) {
    return answer_of("bash -c 'set -e; . " + script + "; COMP_WORDS=(" + words + "); COMP_CWORD=" +
                     std::to_string(at) + "; _paas_agent; echo ${COMPREPLY[*]}'");
  };
  CHECK(complete("paas-agent vol", 1) == "volume\n");
  CHECK(complete("paas-agent volume \"\"", 2) == "ls rm\n");
  CHECK(complete("paas-agent volume rm --f", 3) == "--force\n");
  CHECK(complete("paas-agent logs --ta", 2) == "--tail\n");
  CHECK(complete("paas-agent logs -f --ti", 3) == "--timestamps\n");
}

}  // namespace files_test
