// The commands of day 2 on a node's folder and an engine in memory: status, logs, exec, rollback,
// volume.

#include <stdlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "agent/commands/exec.hpp"
#include "agent/commands/logs.hpp"
#include "agent/commands/rollback.hpp"
#include "agent/commands/status.hpp"
#include "agent/commands/volume.hpp"
#include "agent/node_folder.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/reconcile/diff.hpp"
#include "tests/fakes/fake_runtime.hpp"

namespace day2_test {

using namespace paas;
using namespace paas::agent;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
using fakes::FakeRuntime;

const std::string owner = "node-1";
const std::string image = "sha256:" + std::string(64, 'a');

struct Console {
  std::istringstream in{};
  std::ostringstream out{}, err{};
  Invocation invocation(std::vector<std::string> arguments = {}) {
    return {std::move(arguments), {}, out, err, in};
  }
};

// A data folder that goes when we do.
struct Folder {
  std::string path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "paas-node-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
    put("node-id", owner + "\n");
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void put(const std::string& name, const std::string& text) const {
    std::ofstream(path + "/" + name, std::ios::binary) << text;
  }
  std::string get(const std::string& name) const {
    std::ifstream in(path + "/" + name, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
};

node::Status some_status() {
  node::Status status;
  status.node = owner;
  status.version = "0.1.0";
  status.phase = "idle";
  status.written = std::chrono::system_clock::now();
  status.settled = true;
  status.source = {"/etc/paas/apps.yaml", "sha256:0123456789abcdef", status.written, ""};
  status.engine = "podman 4.3.1";
  node::AppStatus web;
  web.project = "shop";
  web.app = "web";
  web.state = "running";
  web.replicas = web.ready = 2;
  web.release = "aaaa1111";
  web.releases = {"aaaa1111", "bbbb2222", "bbcc3333"};
  status.apps = {web};
  node::JobStatus job;
  job.project = "shop";
  job.job = "nightly";
  status.jobs = {job};
  return status;
}

// An engine with containers of the node's own and a foreign one.
struct World {
  FakeRuntime runtime;
  bool good = true;
  World() {
    runtime.image_store[image].info.id = image;
    add("shop-web-0-aaaa1111", "shop/web/0");
    add("shop-web-1-aaaa1111", "shop/web/1");
    add("shop-nightly-20261120t0300z-1", "shop/nightly/1", {"true"});
    add("shop-nightly-20261121t0300z-1", "shop/nightly/1", {"true"});
    add("foreign", "shop/web/9", {"cat"}, "other-node");
    REQUIRE(good);
  }
  void add(const std::string& name, const std::string& allocation,
           const model::Texts& command = {"cat"}, const std::string& whose = owner,
           const std::string& volume = "") {
    model::ContainerSpec spec;
    spec.name = name;
    spec.image_id = image;
    spec.container.image = "a";
    spec.container.command = command;
    spec.labels = {{std::string(reconcile::owner_label), whose},
                   {std::string(reconcile::allocation_label), allocation}};
    if (!volume.empty()) {
      spec.container.mounts.push_back(
          {.kind = model::MountKind::volume, .source = volume, .target = "/data"});
    }
    good = good && runtime.containers().create(spec, {}) && runtime.containers().start(name, {});
  }
  std::ptrdiff_t seen(const std::string& call) const {
    const auto record = runtime.record();
    return std::count_if(record.begin(), record.end(),
                         [&](const std::string& line) { return line.starts_with(call); });
  }
  // Also in a thread beside the test's own, where nothing may be asserted.
  void until(const std::string& call, std::ptrdiff_t count, const std::stop_token& over) const {
    while (seen(call) < count && !over.stop_requested()) std::this_thread::yield();
  }
};

// --- Which containers ----------------------------------------------------------------------------

TEST_CASE("targets: app, project and replica") {
  CHECK(parse_target("web") == Target{"", "web", {}});
  CHECK(parse_target("web/0") == Target{"", "web", 0});
  CHECK(parse_target("shop/web") == Target{"shop", "web", {}});
  CHECK(parse_target("shop/web/12") == Target{"shop", "web", 12});
  for (const char* wrong : {"", "/", "web/", "/web", "a/b/c", "a/b/c/0", "Web", "web/-1", "0/"}) {
    INFO(wrong);
    CHECK(!parse_target(wrong));
  }
}

TEST_CASE("targets: what is not there is told with what is, and foreign ones are nobody's") {
  World world;
  const auto all = own_containers(world.runtime, owner, {});
  REQUIRE(all);
  CHECK(all->size() == 4);
  CHECK(meant(*all, {"", "web", {}})->size() == 2);
  CHECK(meant(*all, {"", "web", 1})->at(0).summary.name == "shop-web-1-aaaa1111");
  CHECK(meant(*all, {"", "web", 9}).error().message == "shop/web has no replica 9 here");
  CHECK(meant(*all, {"", "db", {}}).error().message ==
        "no container of \"db\" is here; there is shop/nightly, shop/web");
  world.add("blog-web-0", "blog/web/0");
  const auto more = own_containers(world.runtime, owner, {});
  CHECK(meant(*more, {"", "web", {}}).error().code == Errc::conflict);
  CHECK(meant(*more, {"blog", "web", {}})->size() == 1);
}

// --- logs ----------------------------------------------------------------------------------------

TEST_CASE("logs: one replica as it is, several line by line behind their names") {
  World world;
  world.runtime.say("shop-web-0-aaaa1111", model::Stream::out, "one\ntw");
  world.runtime.say("shop-web-0-aaaa1111", model::Stream::out, "o\nrest");
  world.runtime.say("shop-web-1-aaaa1111", model::Stream::err, "oops\n");
  world.runtime.say("foreign", model::Stream::out, "hidden\n");
  const Result<node::Status> status = some_status();
  Console one;
  CHECK(commands::show_logs(one.invocation(), world.runtime, owner, status, {{"", "web", 0}}, {}) ==
        done);
  CHECK(one.out.str() == "one\ntwo\nrest");
  Console both;
  CHECK(commands::show_logs(both.invocation(), world.runtime, owner, status, {{"", "web", {}}},
                            {}) == done);
  CHECK(both.out.str() == "web/0 | one\nweb/0 | two\nweb/0 | rest\n");
  CHECK(both.err.str() == "web/1 | oops\n");
}

TEST_CASE("logs: of a job, the last run alone; as JSON, an object a line") {
  World world;
  world.runtime.say("shop-nightly-20261120t0300z-1", model::Stream::out, "old\n");
  world.runtime.say("shop-nightly-20261121t0300z-1", model::Stream::out, "new\n");
  Console console;
  const commands::LogsWish wish{{"", "nightly", {}}, {}, true};
  CHECK(commands::show_logs(console.invocation(), world.runtime, owner, some_status(), wish, {}) ==
        done);
  CHECK(console.out.str() ==
        R"({"app":"shop/nightly","container":"shop-nightly-20261121t0300z-1","line":"new",)"
        R"("replica":1,"stream":"out"})"
        "\n");
}

TEST_CASE("logs: following ends when nothing is there any more, and takes newcomers along") {
  World world;
  world.runtime.say("shop-web-0-aaaa1111", model::Stream::out, "first\n");
  Console console;
  commands::LogsWish wish{{"", "web", {}}};
  wish.options.follow = true;
  std::jthread updater([&](const std::stop_token& over) {
    world.until("sessions.logs", 2, over);
    world.add("shop-web-0-bbbb2222", "shop/web/0");
    world.runtime.say("shop-web-0-bbbb2222", model::Stream::out, "second\n");
    world.until("sessions.logs", 3, over);
    const auto all = {"shop-web-0-aaaa1111", "shop-web-1-aaaa1111", "shop-web-0-bbbb2222"};
    for (const char* name : all) world.runtime.end(name, 0);
    world.until("containers.list", world.seen("containers.list") + 2, over);  // all was read
    for (const char* name : all) (void)world.runtime.containers().remove(name, {});
  });
  CHECK(commands::show_logs(console.invocation(), world.runtime, owner, some_status(), wish, {}) ==
        done);
  CHECK(console.out.str() == "web/0 | first\nweb/0 | second\n");
  CHECK(world.good);
}

TEST_CASE("logs: one that is started again is followed again") {
  World world;
  Console console;
  commands::LogsWish wish{{"", "web", 0}};
  wish.options.follow = true;
  std::jthread engine([&](const std::stop_token& over) {
    const std::string name = "shop-web-0-aaaa1111";
    world.until("sessions.logs", 1, over);
    world.runtime.end(name, 1);
    world.until("containers.list", world.seen("containers.list") + 2, over);  // that was seen
    (void)world.runtime.containers().start(name, {});
    world.until("sessions.logs", 2, over);
    (void)world.runtime.containers().remove(name, {});
  });
  CHECK(commands::show_logs(console.invocation(), world.runtime, owner, some_status(), wish, {}) ==
        done);
  CHECK(world.seen("sessions.logs") == 2);
}

TEST_CASE("logs: an engine that goes away ends it") {
  World world;
  Console console;
  commands::LogsWish wish{{"", "web", 0}};
  wish.options.follow = true;
  int lists = 0;
  world.runtime.before = [&](const std::string& line) -> std::optional<Error> {
    if (line != "containers.list" || ++lists == 1) return std::nullopt;
    return Error{Errc::unavailable, "gone", {}, {}};
  };
  CHECK(commands::show_logs(console.invocation(), world.runtime, owner, some_status(), wish, {}) ==
        failed);
  CHECK(console.err.str().find("gone") != std::string::npos);
}

TEST_CASE("logs: who is asked to stop stops") {
  World world;
  Console console;
  commands::LogsWish wish{{"", "web", 0}};
  wish.options.follow = true;
  std::stop_source stop;
  std::jthread person([&] { stop.request_stop(); });
  CHECK(commands::show_logs(console.invocation(), world.runtime, owner, some_status(), wish,
                            stop.get_token()) != misused);
  CHECK(console.out.str().empty());
}

TEST_CASE("logs: nothing of that name") {
  World world;
  Console console;
  CHECK(commands::show_logs(console.invocation(), world.runtime, owner, some_status(),
                            {{"", "db", {}}}, {}) == failed);
  CHECK(console.err.str().find("there is shop/nightly, shop/web") != std::string::npos);
}

// --- exec ----------------------------------------------------------------------------------------

TEST_CASE("exec: output, exit code, and who is asked") {
  World world;
  std::string asked;
  world.runtime.on_exec = [&](const FakeRuntime::Container& container, const model::ExecSpec& spec,
                              const Sessions::OnOutput& say) {
    asked = container.info.name + " " + spec.user;
    say(model::Stream::out, "here\n");
    say(model::Stream::err, "there\n");
    return 7;
  };
  Console console;
  const model::ExecSpec spec{.command = {"sh"}, .user = "bin"};
  CHECK(commands::run_in_container(console.invocation(), world.runtime, owner, {"", "web", {}},
                                   spec, {}, {}) == 7);
  CHECK(console.out.str() == "here\n");
  CHECK(console.err.str() == "there\n");
  CHECK(asked == "shop-web-0-aaaa1111 bin");
  world.runtime.end("shop-web-0-aaaa1111", 1);
  commands::run_in_container(console.invocation(), world.runtime, owner, {"", "web", {}}, spec, {},
                             {});
  CHECK(asked == "shop-web-1-aaaa1111 bin");
  CHECK(commands::run_in_container(console.invocation(), world.runtime, owner, {"", "web", 0}, spec,
                                   {}, {}) == commands::exec_failed);
  CHECK(console.err.str().find("no container of it runs") != std::string::npos);
}

TEST_CASE("exec: the terminal is given over, and given back before anything is said") {
  struct Screen final : Terminal {
    Screen(std::string& seen_, bool& taken_) : seen(seen_), taken(taken_) { taken = true; }
    ~Screen() override { taken = false; }
    std::string read(std::stop_token) override { return {}; }
    void write(std::string_view bytes) override { seen += bytes; }
    model::TerminalSize size() override { return {}; }
    std::string& seen;
    bool& taken;
  };
  World world;
  std::string seen;
  bool taken = false;
  const auto take = [&]() -> Result<std::unique_ptr<Terminal>> {
    return std::make_unique<Screen>(seen, taken);
  };
  Console console;
  CHECK(commands::run_in_container(console.invocation(), world.runtime, owner, {"", "web", 0},
                                   {.command = {"echo", "hello"}}, take, {}) == 0);
  CHECK(seen == "hello\n");
  CHECK(!taken);
  world.runtime.before = [&](const std::string& line) -> std::optional<Error> {
    if (!line.starts_with("sessions.exec")) return std::nullopt;
    CHECK(taken);
    return Error{Errc::unavailable, "gone", {}, {}};
  };
  CHECK(commands::run_in_container(console.invocation(), world.runtime, owner, {"", "web", 0},
                                   {.command = {"sh"}}, take, {}) == commands::exec_failed);
  CHECK(!taken);
}

TEST_CASE("exec: what follows the app is the command's") {
  Console console;
  CHECK(commands::exec(console.invocation({"web"})) == misused);
  CHECK(console.err.str().find("a COMMAND is needed") != std::string::npos);
  CHECK(commands::exec(console.invocation({"--user", "bin"})) == misused);
  CHECK(commands::exec(console.invocation({"--colour", "web", "ls"})) == misused);
  Console help;
  CHECK(commands::exec(help.invocation({"--help"})) == done);
  CHECK(help.out.str().find("usage: paas-agent exec") == 0);
  Console flags;  // -l is no flag of ours: it fails only for want of a node
  CHECK(commands::exec(flags.invocation({"--data-dir", "/nonexistent", "web", "ls", "-l"})) ==
        commands::exec_failed);
}

// --- volume --------------------------------------------------------------------------------------

const model::TextMap ours{{std::string(reconcile::owner_label), owner}};

TEST_CASE("volumes: own ones by label, who uses them, whose they are") {
  World world;
  for (const char* name : {"shop.web.0.data", "shop.uploads", "old.db.0.data"}) {
    REQUIRE(world.runtime.volumes().create(name, ours, {}));
  }
  REQUIRE(world.runtime.volumes().create("shop.web.1.data", {}, {}));  // somebody else's
  world.add("shop-web-2", "shop/web/2", {"cat"}, owner, "shop.web.0.data");
  world.runtime.end("shop-web-2", 0);
  const auto all = commands::own_volumes(world.runtime, owner, some_status(), {});
  REQUIRE(all);
  REQUIRE(all->size() == 3);
  CHECK(all->at(0).app == "old/db");
  CHECK(!all->at(0).declared);
  CHECK(all->at(1).app == "shop");
  CHECK(all->at(1).declared);
  CHECK(all->at(2).used_by == std::vector<std::string>{"shop-web-2"});
  const Result<node::Status> none = fail(Errc::not_found, "none");
  CHECK(commands::own_volumes(world.runtime, owner, none, {})->at(0).declared);
}

int remove(World& world, Console& console, const commands::RemovalWish& wish,
           bool terminal = false) {
  const auto all = commands::own_volumes(world.runtime, owner, some_status(), {});
  REQUIRE(all);
  Invocation invocation = console.invocation();
  invocation.in_is_terminal = terminal;
  return commands::remove_volumes(invocation, world.runtime, *all, wish, {});
}

TEST_CASE("volumes: what is used, declared or foreign stays, and then all stays") {
  World world;
  for (const char* name : {"shop.web.0.data", "shop.uploads", "old.db.0.data"}) {
    REQUIRE(world.runtime.volumes().create(name, ours, {}));
  }
  REQUIRE(world.runtime.volumes().create("foreign", {}, {}));
  world.add("shop-web-2", "shop/web/2", {"cat"}, owner, "shop.web.0.data");
  Console console;
  const commands::RemovalWish all{
      {"old.db.0.data", "shop.web.0.data", "shop.uploads", "foreign"}, false, true};
  CHECK(remove(world, console, all) == failed);
  CHECK(console.err.str() ==
        "paas-agent: \"shop.web.0.data\" is used by shop-web-2\n"
        "paas-agent: \"shop.uploads\" belongs to shop, which is declared; --force removes it all "
        "the same\n"
        "paas-agent: \"foreign\" is no volume of this node's own\n");
  CHECK(world.runtime.volume_store.size() == 4);
  CHECK(remove(world, console, {{"shop.web.0.data"}, true, true}) == failed);
  CHECK(remove(world, console, {{"shop.uploads", "old.db.0.data"}, true, true}) == done);
  CHECK(world.runtime.volume_store.size() == 2);
}

TEST_CASE("volumes: a person is asked, a script must say --yes") {
  World world;
  REQUIRE(world.runtime.volumes().create("old.db.0.data", ours, {}));
  Console script;
  CHECK(remove(world, script, {{"old.db.0.data"}}) == failed);
  CHECK(script.err.str().find("--yes") != std::string::npos);
  for (const char* answer : {"", "n\n", "yesterday\n"}) {
    Console person;
    person.in.str(answer);
    CHECK(remove(world, person, {{"old.db.0.data"}}, true) == failed);
    CHECK(world.runtime.volume_store.size() == 1);
  }
  Console person;
  person.in.str("Yes\n");
  CHECK(remove(world, person, {{"old.db.0.data"}}, true) == done);
  CHECK(person.out.str() == "old.db.0.data\n");
  CHECK(world.runtime.volume_store.empty());
}

// --- rollback ------------------------------------------------------------------------------------

const auto at_once = [] { return false; };

TEST_CASE("rollback: the agent is asked by a file") {
  const Folder folder;
  folder.put("status.json", node::print_status(some_status()));
  const NodeFolder node(folder.path);
  Console console;
  CHECK(commands::ask_to_roll_back(console.invocation(), node, {"web"}, at_once) == done);
  CHECK(folder.get("holds/shop.web") == "\n");
  CHECK(commands::ask_to_roll_back(console.invocation(), node, {"shop/web", "bbcc"}, at_once) ==
        done);
  CHECK(folder.get("holds/shop.web") == "bbcc3333\n");
  CHECK(console.err.str().empty());
}

TEST_CASE("rollback: what cannot be is refused, and nothing is asked") {
  const Folder folder;
  const NodeFolder node(folder.path);
  const auto refused = [&](const commands::RollbackWish& wish) {
    Console console;
    CHECK(commands::ask_to_roll_back(console.invocation(), node, wish, at_once) == failed);
    CHECK(!fs::exists(folder.path + "/holds/shop.web"));
    return console.err.str();
  };
  CHECK(refused({"web"}).find("status.json") != std::string::npos);
  node::Status status = some_status();
  folder.put("status.json", node::print_status(status));
  CHECK(refused({"db"}).find("there is no app") != std::string::npos);
  CHECK(refused({"web/0"}).find("replicas go back together") != std::string::npos);
  CHECK(refused({"web", "aaaa"}).find("runs release aaaa1111 already") != std::string::npos);
  CHECK(refused({"web", "ffff"}).find("kept are bbbb2222, bbcc3333") != std::string::npos);
  status.apps[0].releases = {"aaaa1111"};
  folder.put("status.json", node::print_status(status));
  CHECK(refused({"web"}).find("keeps no other release") != std::string::npos);
}

TEST_CASE("rollback: waiting ends with the rollout") {
  const Folder folder;
  const NodeFolder node(folder.path);
  node::Status status = some_status();
  folder.put("status.json", node::print_status(status));
  const auto end_as = [&](const std::string& state) {
    int looks = 0;
    Console console;
    const int code =
        commands::ask_to_roll_back(console.invocation(), node, {"web", "bbbb", true}, [&] {
          fs::remove(folder.path + "/holds/shop.web");
          node::Status now = some_status();
          now.apps[0].release = "bbbb2222";
          now.apps[0].state = looks++ == 0 ? "updating" : state;
          now.apps[0].trouble = "not ready in time";
          folder.put("status.json", node::print_status(now));
          return looks < 10;
        });
    folder.put("status.json", node::print_status(some_status()));
    return std::pair(code, console.err.str());
  };
  CHECK(end_as("running").first == done);
  CHECK(end_as("failed").first == failed);
  CHECK(end_as("failed").second.find("not ready in time") != std::string::npos);
  CHECK(end_as("rolled_back").first == failed);
  CHECK(end_as("updating").second.find("does not run the release yet") != std::string::npos);
  Console console;
  CHECK(commands::ask_to_roll_back(console.invocation(), node, {"web", "bbbb", true}, at_once) ==
        failed);
  CHECK(console.err.str().find("has not answered yet") != std::string::npos);
}

// --- status --------------------------------------------------------------------------------------

TEST_CASE("status: nothing was ever written") {
  const Folder folder;
  Console console;
  CHECK(commands::status(console.invocation({"--data-dir", folder.path})) == failed);
  CHECK(console.err.str().find("--data-dir names another") != std::string::npos);
}

TEST_CASE("status: all is well") {
  const Folder folder;
  folder.put("status.json", node::print_status(some_status()));
  Console console;
  CHECK(commands::status(console.invocation({"--data-dir", folder.path})) == done);
  CHECK(console.out.str().find("APP       STATE    READY  RELEASE   HELD\n"
                               "shop/web  running  2/2    aaaa1111  -\n") != std::string::npos);
  CHECK(console.out.str().find("TROUBLE") == std::string::npos);
  CHECK(console.out.str().find('\x1b') == std::string::npos);
  Console json;
  CHECK(commands::status(json.invocation({"--data-dir", folder.path, "--json"})) == done);
  CHECK(parse_json(json.out.str())->object() != nullptr);
}

TEST_CASE("status: troubles are told, with the last words of a container") {
  node::Status status = some_status();
  status.source.trouble = "kept the last good state: it is empty";
  status.engine_trouble = "cannot be reached";
  auto& container = status.containers.emplace_back();
  container.name = "shop-web-0";
  container.trouble = "exited with 1; tried again in 8 s";
  container.exit_code = 137;
  container.out_of_memory = true;
  container.log = {"panic: \x1b[2Jno config"};
  Console console;
  Invocation invocation = console.invocation();
  invocation.out_is_terminal = true;
  const std::string text = commands::status_text(invocation, status, {}, status.written);
  CHECK(text.find("\x1b[31mengine: cannot be reached\x1b[0m") != std::string::npos);
  CHECK(text.find("shop-web-0: exited with 1; tried again in 8 s") != std::string::npos);
  CHECK(text.find("137 (out of memory)") != std::string::npos);
  CHECK(text.find("panic: ?[2Jno config") != std::string::npos);
  CHECK(commands::troubles_of(status, status.written).size() == 3);
}

TEST_CASE("status: replicas that are not ready, and runs that failed, are troubles") {
  node::Status status = some_status();
  const auto only = [&] {
    const auto troubles = commands::troubles_of(status, status.written);
    return troubles.size() == 1 ? troubles[0] : std::to_string(troubles.size());
  };
  CHECK(only() == "0");
  status.apps[0].ready = 1;
  CHECK(only() == "app shop/web: 1 of 2 replicas are ready");
  status.apps[0].state = "updating";
  CHECK(only() == "0");
  auto& run = status.jobs[0].runs.emplace_back();
  run.outcome = "failed";
  run.exit_code = 3;
  CHECK(only() == "job shop/nightly: its last run failed with 3");
  run.outcome = "interrupted";
  CHECK(only() == "job shop/nightly: its last run was interrupted");
  run.outcome = "succeeded";
  CHECK(only() == "0");
}

TEST_CASE("status: an agent that is silent for long seems dead") {
  const node::Status status = some_status();
  CHECK(!commands::seems_dead(status, status.written + 140s));
  CHECK(commands::seems_dead(status, status.written + 151s));
  CHECK(commands::troubles_of(status, status.written + 2h).at(0).find("2h 0m ago") !=
        std::string::npos);
  CHECK(commands::troubles_of(status, status.written - 2h).at(0).find("clock") !=
        std::string::npos);
}

}  // namespace day2_test
