// What every ContainerRuntime promises: real Podman, real Docker, and the engine in memory.

#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tests/engine/subject.hpp"

namespace engine_contract_cases {

using namespace paas;
using namespace paas::engine_contract;
using model::ContainerStatus;
using model::EventKind;
using model::Texts;

template <class T>
Errc code_of(const Result<T>& result) {
  if (!result) return result.error().code;
  throw std::logic_error("this should have failed");
}

TEST_CASE("engine: an archive becomes an image, whatever its layout") {
  Subject subject = make_subject();
  Images& images = subject.runtime->images();
  const Setup& setup = subject.setup;
  const auto again = images.load(setup.same_archive, {});
  REQUIRE(again);
  CHECK(again->id == setup.image_id);
  CHECK(again->platform == "linux/amd64");
  CHECK(again->entrypoint == Texts{"/bin/echo", "entry"});
  CHECK(again->command == Texts{"one", "two"});
  const auto list = images.list({});
  REQUIRE(list);
  CHECK(std::count_if(list->begin(), list->end(),
                      [&](const auto& image) { return image.id == setup.image_id; }) == 1);
  CHECK(images.find(setup.image_id, {})->id == setup.image_id);
  CHECK(images.disk_use({}).value() > 1'000'000);
}

TEST_CASE("engine: what is no image archive, or is not there") {
  Subject subject = make_subject();
  CHECK(code_of(subject.runtime->images().load("/nowhere/image.tar", {})) == Errc::not_found);
  CHECK(code_of(subject.runtime->images().find("nowhere.test/nothing:1", {})) == Errc::not_found);
  const std::string unknown = "sha256:" + std::string(64, '0');
  CHECK(code_of(subject.runtime->images().find(unknown, {})) == Errc::not_found);
}

TEST_CASE("engine: an image stays while a container is made from it") {
  Subject subject = make_subject();
  Playground playground(subject);
  Images& images = subject.runtime->images();
  Containers& containers = subject.runtime->containers();
  REQUIRE(images.load(subject.setup.other_archive, {}));
  auto spec = endless(subject.setup, "holder");
  spec.image_id = subject.setup.other_id;
  const bool running = GENERATE(false, true);
  const std::string id = running ? playground.run(spec) : playground.make(spec);
  CHECK(code_of(images.remove(subject.setup.other_id, {})) == Errc::conflict);
  CHECK(containers.inspect(id, {}));
  CHECK(images.find(subject.setup.other_id, {}));
  REQUIRE(containers.remove(id, {}));
  CHECK(images.remove(subject.setup.other_id, {}));
  CHECK(code_of(images.find(subject.setup.other_id, {})) == Errc::not_found);
  CHECK(images.remove(subject.setup.other_id, {}));
  CHECK(images.find(subject.setup.image_id, {}));
}

TEST_CASE("engine: a network is as it was asked for") {
  Subject subject = make_subject();
  Networks& networks = subject.runtime->networks();
  const model::NetworkSpec spec{.name = "paas-shop",
                                .bridge = "paas7",
                                .subnet = "10.212.7.0/24",
                                .gateway = "10.212.7.1",
                                .mtu = 1400,
                                .labels = {{"paas.project", "shop"}}};
  const auto made = networks.create(spec, {});
  REQUIRE(made);
  CHECK(made->spec == spec);
  CHECK(code_of(networks.create(spec, {})) == Errc::conflict);
  model::NetworkSpec twin = spec;
  twin.name = "paas-other";
  twin.bridge = "paas8";
  CHECK(code_of(networks.create(twin, {})) == Errc::conflict);
  const auto list = networks.list({});
  REQUIRE(list);
  CHECK(std::count(list->begin(), list->end(), *made) == 1);

  auto guest = endless(subject.setup, "guest");
  guest.network = spec.name;
  guest.address = "10.212.7.2";
  const auto id = subject.runtime->containers().create(guest, {});
  REQUIRE(id);
  REQUIRE(subject.runtime->containers().start(*id, {}));
  CHECK(code_of(networks.remove(spec.name, {})) == Errc::conflict);
  REQUIRE(subject.runtime->containers().remove(*id, {}));
  CHECK(networks.list({}).value() == *list);  // it outlives its last container
  CHECK(networks.remove(spec.name, {}));
  CHECK(networks.remove(spec.name, {}));
  const auto left = networks.list({}).value();
  CHECK(std::none_of(left.begin(), left.end(),
                     [&](const auto& network) { return network.spec.name == spec.name; }));
}

TEST_CASE("engine: a volume outlives its containers, and not its removal") {
  Subject subject = make_subject();
  Playground playground(subject);
  Volumes& volumes = subject.runtime->volumes();
  const auto made = volumes.create("contract-data", {{"paas.app", "db"}}, {});
  REQUIRE(made);
  CHECK(made->labels == model::TextMap{{"paas.app", "db"}});
  CHECK(!made->mountpoint.empty());
  CHECK(code_of(volumes.create("contract-data", {}, {})) == Errc::conflict);
  auto spec = endless(subject.setup, "writer");
  spec.container.mounts = {
      {.kind = model::MountKind::volume, .source = "contract-data", .target = "/data/v"}};
  const std::string id = playground.run(spec);
  CHECK(code_of(volumes.remove("contract-data", {})) == Errc::conflict);
  REQUIRE(subject.runtime->containers().remove(id, {}));
  const auto list = volumes.list({}).value();
  CHECK(std::count(list.begin(), list.end(), *made) == 1);
  CHECK(volumes.remove("contract-data", {}));
  CHECK(volumes.remove("contract-data", {}));
}

TEST_CASE("engine: a container from its making to its end") {
  Subject subject = make_subject();
  Playground playground(subject);
  Containers& containers = subject.runtime->containers();
  auto spec = playground.at("web.1", 9);
  spec.labels = {{"paas.app", "web"}, {"of-the-image", "no"}};
  spec.container.labels = {{"team", "a"}, {"paas.app", "from a person"}};
  spec.container.limits = {.memory_mib = 64, .cpu_milli = 500, .pids = 100, .open_files = 1000};
  const std::string id = playground.make(spec);

  auto info = containers.inspect(id, {}).value();
  CHECK(info.id == id);
  CHECK(info.name == "web.1");
  CHECK(info.image_id == subject.setup.image_id);
  CHECK(info.status == ContainerStatus::created);
  CHECK(info.pid == 0);
  CHECK(!info.exit_code);
  CHECK(info.started == model::Moment{});
  CHECK(info.labels.at("paas.app") == "web");
  CHECK(info.labels.at("of-the-image") == "no");
  CHECK(info.labels.at("team") == "a");
  CHECK(info.limits.memory_mib == 64u);
  CHECK(info.limits.cpu_milli == 500u);
  CHECK(info.limits.pids == 100u);
  CHECK(info.limits.open_files == 1000u);

  REQUIRE(containers.start(id, {}));
  REQUIRE(containers.start("web.1", {}));
  info = containers.inspect("web.1", {}).value();
  CHECK(info.status == ContainerStatus::running);
  CHECK(info.pid > 0);
  CHECK(info.network == playground.network());
  CHECK(info.address == playground.address(9));
  CHECK(info.mac == "02:42:0a:d3:07:09");
  CHECK(info.started >= info.created);
  CHECK(!info.out_of_memory);
  const auto list = containers.list({}).value();
  CHECK(std::count(list.begin(), list.end(),
                   model::ContainerSummary{id, "web.1", info.image_id, info.labels,
                                           ContainerStatus::running}) == 1);

  REQUIRE(containers.stop(id, model::Seconds{5}, {}));
  REQUIRE(containers.stop(id, model::Seconds{5}, {}));
  info = containers.inspect(id, {}).value();
  CHECK(info.status == ContainerStatus::exited);
  CHECK(info.exit_code == 128 + 15);
  CHECK(info.pid == 0);
  CHECK(info.address.empty());
  CHECK(info.finished >= info.started);
  REQUIRE(containers.start(id, {}));
  CHECK(containers.inspect(id, {}).value().address == playground.address(9));
  REQUIRE(containers.remove(id, {}));
  CHECK(code_of(containers.inspect(id, {})) == Errc::not_found);
  CHECK(code_of(containers.start(id, {})) == Errc::not_found);
  CHECK(containers.remove(id, {}));
  CHECK(containers.stop(id, model::Seconds{1}, {}));
}

TEST_CASE("engine: what was never started can be stopped") {
  Subject subject = make_subject();
  Playground playground(subject);
  const std::string id = playground.make(endless(subject.setup, "idle"));
  CHECK(subject.runtime->containers().stop(id, model::Seconds{1}, {}));
  CHECK(code_of(subject.runtime->containers().kill(id, "SIGTERM", {})) == Errc::conflict);
  CHECK(code_of(subject.runtime->containers().use(id, {})) == Errc::conflict);
}

TEST_CASE("engine: names, addresses, images and networks that are taken or missing") {
  Subject subject = make_subject();
  Playground playground(subject);
  Containers& containers = subject.runtime->containers();
  const auto spec = playground.at("first", 20);
  playground.run(spec);
  CHECK(code_of(containers.create(spec, {})) == Errc::conflict);
  const std::string second = playground.make(playground.at("second", 20));
  CHECK(code_of(containers.start(second, {})) == Errc::conflict);

  auto missing = endless(subject.setup, "third");
  missing.image_id = "sha256:" + std::string(64, '0');
  CHECK(code_of(containers.create(missing, {})) == Errc::not_found);
  missing = playground.at("third", 21);
  missing.network = "contract-nowhere";
  auto made = containers.create(missing, {});  // Docker says it at the start alone
  if (made) {
    CHECK(code_of(containers.start(*made, {})) == Errc::not_found);
    CHECK(containers.remove(*made, {}));
  } else {
    CHECK(made.error().code == Errc::not_found);
  }
  auto wrong = endless(subject.setup, "third");
  wrong.container.stop_signal = "SIGNOTHING";
  CHECK(code_of(containers.create(wrong, {})) == Errc::invalid);
  wrong = endless(subject.setup, "-third");
  CHECK(code_of(containers.create(wrong, {})) == Errc::invalid);
}

TEST_CASE("engine: entrypoint and command mean the same to all") {
  Subject subject = make_subject();
  Playground playground(subject);
  struct Case {
    std::optional<Texts> entrypoint, command;
    std::string says;
  };
  const auto one =
      GENERATE(values<Case>({{{}, {}, "entry one two\n"},
                             {{}, Texts{"three"}, "entry three\n"},
                             {{}, Texts{}, "entry\n"},
                             {Texts{"/bin/echo", "own"}, {}, "own\n"},
                             {Texts{"/bin/echo", "own"}, Texts{"three"}, "own three\n"},
                             {Texts{}, Texts{"/bin/echo", "bare"}, "bare\n"}}));
  auto spec = endless(subject.setup, "speaker");
  spec.container.entrypoint = one.entrypoint;
  spec.container.command = one.command;
  const std::string id = playground.run(spec);
  CHECK(when_ended(subject, id).exit_code == 0);
  CHECK(log_of(subject, id) == one.says);
}

TEST_CASE("engine: logs by stream, from the tail, and as they come") {
  Subject subject = make_subject();
  Playground playground(subject);
  auto spec = endless(subject.setup, "talker");
  spec.container.entrypoint = Texts{"/bin/sh", "-c", "echo first; echo second; echo third >&2"};
  spec.container.command = Texts{};
  const std::string id = playground.run(spec);
  std::string out, err;
  const auto read =
      subject.runtime->sessions().logs(id, {.follow = true},
                                       [&](model::Stream stream, std::string_view bytes) {
                                         (stream == model::Stream::out ? out : err).append(bytes);
                                       },
                                       {});
  CHECK(read);
  CHECK(out == "first\nsecond\n");
  CHECK(err == "third\n");
  when_ended(subject, id);
  const std::string tail = log_of(subject, id, {.tail = 1});
  CHECK(std::count(tail.begin(), tail.end(), '\n') == 1);
  CHECK(code_of(subject.runtime->sessions().logs("nobody", {}, [](auto, auto) {}, {})) ==
        Errc::not_found);
}

TEST_CASE("engine: following a log ends when asked to stop") {
  Subject subject = make_subject();
  Playground playground(subject);
  const std::string id = playground.run(endless(subject.setup, "silent"));
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    stop.request_stop();
  });
  CHECK(code_of(subject.runtime->sessions().logs(
            id, {.follow = true}, [](auto, auto) {}, stop.get_token())) == Errc::cancelled);
}

TEST_CASE("engine: a command in a container, its words and its end") {
  Subject subject = make_subject();
  Playground playground(subject);
  const std::string id = playground.run(endless(subject.setup, "shell"));
  const Said said = said_in(subject, id, "echo out; echo err >&2; exit 7");
  CHECK(said.out == "out\n");
  CHECK(said.err == "err\n");
  CHECK(said.code == 7);
  CHECK(said_in(subject, id, model::ExecSpec{.command = {"/bin/true"}}).code == 0);
  const int none = said_in(subject, id, model::ExecSpec{.command = {"/bin/nothing"}}).code;
  CHECK((none == 126 || none == 127));  // Docker's, and Podman's
  Sessions& sessions = subject.runtime->sessions();
  const model::ExecSpec any{.command = {"/bin/true"}};
  const auto nobody = [](model::Stream, std::string_view) {};
  CHECK(code_of(sessions.exec(id, {}, nobody, {})) == Errc::invalid);
  CHECK(code_of(sessions.exec("nobody", any, nobody, {})) == Errc::not_found);
  REQUIRE(subject.runtime->containers().stop(id, model::Seconds{5}, {}));
  CHECK(code_of(sessions.exec(id, any, nobody, {})) == Errc::conflict);
}

TEST_CASE("engine: a command that takes too long is ended") {
  Subject subject = make_subject();
  Playground playground(subject);
  const std::string id = playground.run(endless(subject.setup, "slow"));
  std::stop_source stop;
  std::jthread later([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
    stop.request_stop();
  });
  const auto code = subject.runtime->sessions().exec(
      id, {.command = {"/bin/sleep", "1234"}}, [](auto, auto) {}, stop.get_token());
  CHECK(code_of(code) == Errc::cancelled);
  if (subject.setup.real) {
    const Said left =
        said_in(subject, id, "sleep 1; ps | grep -v grep | grep 'sleep 1234' || echo none");
    CHECK(left.out == "none\n");
  }
}

TEST_CASE("engine: events tell what happened since") {
  Subject subject = make_subject();
  Playground playground(subject);
  const auto marker = playground.run(endless(subject.setup, "earlier"));
  const auto since = when(subject, marker, [](const auto& i) { return i.pid > 0; }).started;
  auto spec = endless(subject.setup, "eventful");
  spec.container.entrypoint = Texts{"/bin/sh", "-c", "exit 3"};
  spec.container.command = Texts{};
  const std::string id = playground.run(spec);
  when_ended(subject, id);

  std::mutex mutex;
  std::condition_variable seen;
  std::vector<model::EngineEvent> events;
  std::stop_source stop;
  Result<void> ended;
  std::jthread listener([&] {
    ended = subject.runtime->events(
        since,
        [&](const model::EngineEvent& event) {
          const std::lock_guard lock(mutex);
          if (event.container_id == id) events.push_back(event);
          seen.notify_all();
        },
        stop.get_token());
  });
  const auto has = [&](EventKind kind) {
    return std::any_of(events.begin(), events.end(), [&](const auto& e) { return e.kind == kind; });
  };
  std::unique_lock lock(mutex);
  const bool died =
      seen.wait_for(lock, std::chrono::seconds{60}, [&] { return has(EventKind::died); });
  lock.unlock();
  REQUIRE(died);
  REQUIRE(subject.runtime->containers().remove(id, {}));
  lock.lock();
  const bool gone =
      seen.wait_for(lock, std::chrono::seconds{60}, [&] { return has(EventKind::removed); });
  lock.unlock();
  stop.request_stop();
  listener.join();
  CHECK(gone);
  CHECK(has(EventKind::created));
  CHECK(has(EventKind::started));
  CHECK(code_of(ended) == Errc::cancelled);
  const auto end = std::find_if(events.begin(), events.end(),
                                [](const auto& e) { return e.kind == EventKind::died; });
  CHECK(end->exit_code == 3);
  CHECK(end->at >= since);
}

TEST_CASE("engine: signals, and what a container uses") {
  Subject subject = make_subject();
  Playground playground(subject);
  Containers& containers = subject.runtime->containers();
  const std::string id = playground.run(endless(subject.setup, "target"));
  const auto use = containers.use(id, {});
  REQUIRE(use);
  CHECK(use->cpu_ns > 0);
  CHECK(use->memory_bytes > 0);
  CHECK(use->pids > 0);
  CHECK(use->oom_kills == 0);
  CHECK(code_of(containers.kill(id, "SIGNOTHING", {})) == Errc::invalid);
  CHECK(code_of(containers.kill("nobody", "SIGTERM", {})) == Errc::not_found);
  REQUIRE(containers.kill(id, "SIGINT", {}));
  CHECK(when_ended(subject, id).exit_code == 128 + 2);
}

TEST_CASE("engine: a pull by digest, with progress and with a login") {
  Subject subject = make_subject();
  Images& images = subject.runtime->images();
  const Setup& setup = subject.setup;
  const std::string open = setup.registry + "/test/busy";
  const std::string locked = setup.locked_registry + "/test/busy";
  int told = 0;
  const auto count = [&](const model::PullProgress& progress) {
    told += progress.text.empty() ? 0 : 1;
  };
  const auto by_digest =
      images.pull({.reference = open + "@" + setup.image_digest, .insecure = true}, count, {});
  REQUIRE(by_digest);
  // Another manifest than that of the archive, and the same image.
  CHECK(by_digest->id == setup.image_id);
  CHECK(told > 0);
  CHECK(images.find(open + "@" + setup.image_digest, {})->id == setup.image_id);

  model::PullSpec login{.reference = locked + ":1", .insecure = true};
  CHECK(code_of(images.pull(login, {}, {})) == Errc::denied);
  login.credentials = model::Credentials{"bob", "wrong-one"};
  const auto refused = images.pull(login, {}, {});
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::denied);
  CHECK(describe(refused.error()).find("wrong-one") == std::string::npos);
  login.credentials = model::Credentials{"bob", "s3cret"};
  CHECK(images.pull(login, {}, {})->id == setup.image_id);
  CHECK(images.find(locked + ":1", {})->id == setup.image_id);
}

TEST_CASE("engine: pulls that fail say why") {
  Subject subject = make_subject();
  Images& images = subject.runtime->images();
  const Setup& setup = subject.setup;
  const std::string open = setup.registry + "/test/busy";
  CHECK(code_of(images.pull({.reference = open + ":none", .insecure = true}, {}, {})) ==
        Errc::not_found);
  CHECK(code_of(images.pull(
            {.reference = open + ":1", .platform = "linux/riscv64", .insecure = true}, {}, {})) ==
        Errc::not_found);
  if (setup.real) {
    CHECK(code_of(images.pull({.reference = setup.closed_registry + "/a:1", .insecure = true}, {},
                              {})) == Errc::unavailable);
  }
}

TEST_CASE("engine: who was asked to stop before does nothing") {
  Subject subject = make_subject();
  std::stop_source stop;
  stop.request_stop();
  const auto made =
      subject.runtime->containers().create(endless(subject.setup, "never"), stop.get_token());
  CHECK(code_of(made) == Errc::cancelled);
  CHECK(code_of(subject.runtime->containers().inspect("never", {})) == Errc::not_found);
}

}  // namespace engine_contract_cases
