// What only a real engine can show: what a process in a container sees and may do.

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <mutex>
#include <thread>

#include "libpaas/base/text.hpp"
#include "tests/engine/subject.hpp"

namespace real_engine {

using namespace paas;
using namespace paas::engine_contract;
using model::ContainerStatus;
using model::Texts;

model::ContainerSpec script(model::ContainerSpec spec, const std::string& text) {
  spec.container.entrypoint = Texts{"/bin/sh", "-c", text};
  spec.container.command = Texts{};
  return spec;
}

std::string written(const Setup& setup, const std::string& name, const std::string& content) {
  const std::string path = setup.scratch + "/" + name;
  std::ofstream(path) << content;
  chmod(path.c_str(), 0644);
  return path;
}

bool has_line(const std::string& text, const std::string& line) {
  const auto lines = split(text, '\n');
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

TEST_CASE("real: the subject is real") {
  const Subject subject = make_subject();
  REQUIRE(subject.setup.real);
  const auto info = subject.runtime->info({});
  REQUIRE(info);
  CHECK(info->name == subject.setup.engine);
  CHECK(info->platform == "linux/amd64");
  CHECK(info->storage_dir.starts_with("/"));
  CHECK(!info->version.empty());
}

TEST_CASE("real: address, neighbours, name servers and host names within") {
  Subject subject = make_subject();
  Playground playground(subject);
  auto spec = playground.at("netted", 9);
  spec.container.hostname = "shop-1";
  spec.dns_servers = {playground.address(1), "192.0.2.53"};
  const std::string id = playground.run(spec);
  const std::string link = said_in(subject, id, "ip addr show eth0").out;
  CHECK(link.find("mtu 1380") != link.npos);
  CHECK(link.find("link/ether 02:42:0a:d3:07:09") != link.npos);
  CHECK(link.find("inet 10.211.7.9/24") != link.npos);
  CHECK(said_in(subject, id, "ip route").out.find("default via 10.211.7.1") != std::string::npos);
  // No name server of the engine's between, and nobody's search list.
  const auto words_of = [](const std::string& text) {
    const auto list = words(text);
    return Texts{list.begin(), list.end()};
  };
  Texts resolv = words_of(said_in(subject, id, "cat /etc/resolv.conf").out);
  CHECK(resolv == Texts{"nameserver", "10.211.7.1", "nameserver", "192.0.2.53"});
  CHECK(said_in(subject, id, "hostname").out == "shop-1\n");
  CHECK(said_in(subject, id, "cat /etc/hosts").out.find("shop-1") != std::string::npos);
  const auto networks = subject.runtime->networks().list({});
  REQUIRE(networks);
  for (const auto& network : *networks) {
    if (network.spec.name == playground.network()) {
      CHECK(network.has_own_dns == (subject.setup.engine == "docker"));
    }
  }
}

TEST_CASE("real: a container without a network has its loopback alone") {
  Subject subject = make_subject();
  Playground playground(subject);
  const std::string id = playground.run(endless(subject.setup, "lonely"));
  const std::string links = said_in(subject, id, "ip link").out;
  CHECK(links.find("eth0") == links.npos);
  CHECK(links.find("lo:") != links.npos);
  const auto info = subject.runtime->containers().inspect(id, {}).value();
  CHECK(info.network.empty());
  CHECK(info.address.empty());
}

TEST_CASE("real: rights are those asked for and no others") {
  Subject subject = make_subject();
  Playground playground(subject);
  auto spec = endless(subject.setup, "rights");
  const std::string status = "grep -E 'CapBnd|CapEff|NoNewPrivs' /proc/self/status";
  SECTION("none") {
    const std::string id = playground.run(spec);
    const std::string said = said_in(subject, id, status).out;
    CHECK(has_line(said, "CapBnd:\t0000000000000000"));
    CHECK(has_line(said, "CapEff:\t0000000000000000"));
    CHECK(has_line(said, "NoNewPrivs:\t1"));
  }
  SECTION("some") {
    spec.container.capabilities = {"NET_ADMIN", "cap_chown"};
    const std::string id = playground.run(spec);
    const std::string said = said_in(subject, id, status).out;
    CHECK(has_line(said, "CapBnd:\t0000000000001001"));
    CHECK(has_line(said, "CapEff:\t0000000000001001"));
  }
  SECTION("new privileges") {
    spec.container.new_privileges = true;
    CHECK(has_line(said_in(subject, playground.run(spec), status).out, "NoNewPrivs:\t0"));
  }
}

TEST_CASE("real: user, folder, environment and limits within") {
  Subject subject = make_subject();
  Playground playground(subject);
  auto spec = playground.at("limited", 10);
  spec.container.user = "1000:1000";
  spec.container.working_dir = "/made/for/it";
  spec.container.environment = {{"PLAIN", "a b"}, {"LINES", "1\n2"}, {"TOKEN", "plain one"}};
  spec.secret_environment = {{"TOKEN", "hunter2-secret"}};
  spec.container.limits = {.memory_mib = 48, .cpu_milli = 250, .pids = 77, .open_files = 512};
  const std::string id = playground.run(spec);
  CHECK(said_in(subject, id, "id -u; id -g; pwd").out == "1000\n1000\n/made/for/it\n");
  CHECK(said_in(subject, id, "echo \"$PLAIN/$LINES/$TOKEN/$MARKER\"").out ==
        "a b/1\n2/hunter2-secret/first\n");
  CHECK(said_in(subject, id, "ulimit -n; ulimit -Hn").out == "512\n512\n");
  CHECK(said_in(subject, id, "ps | grep -c sleep").code == 0);
  const auto info = subject.runtime->containers().inspect(id, {}).value();
  CHECK(info.limits.memory_mib == 48u);
  CHECK(info.limits.cpu_milli == 250u);
  CHECK(info.limits.pids == 77u);
  // Nobody's command line holds the secret, and neither does what is said about a failure.
  for (const auto& process : std::filesystem::directory_iterator("/proc")) {
    std::ifstream file(process.path() / "cmdline");
    const std::string line{std::istreambuf_iterator<char>(file), {}};
    CHECK(line.find("hunter2") == line.npos);
  }
  const auto again = subject.runtime->containers().create(spec, {});
  REQUIRE(!again);
  CHECK(describe(again.error()).find("hunter2") == std::string::npos);
}

// The static busybox's own wget needs a C library that it does not have.
std::string fetch(const std::string& address, int port, const std::string& path) {
  return "printf 'GET " + path + " HTTP/1.0\\r\\n\\r\\n' | busybox nc -w 2 " + address + " " +
         std::to_string(port) + " | busybox tail -n 1";
}

// What the server in one container says to another, once it listens.
std::string fetched(Subject& subject, const std::string& client, const std::string& command) {
  Said said;
  for (int i = 0; i < 200 && said.out.empty(); ++i) {
    said = said_in(subject, client, command);
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  return said.out;
}

TEST_CASE("real: an unprivileged process serves port 80, published where it is told") {
  Subject subject = make_subject();
  Playground playground(subject);
  auto spec = script(playground.at("server", 11), "exec busybox httpd -f -p 80 -h /tmp");
  spec.container.user = "1000:1000";
  spec.container.ports = {{.container = 80, .host = std::uint16_t{18080}}};
  playground.run(spec);
  const std::string client = playground.run(playground.at("client", 12));
  CHECK(fetched(subject, client, fetch("10.211.7.11", 80, "/of-the-image")) == "here\n");
  const std::string published = fetch("127.0.0.1", 18080, "/of-the-image") + " | grep -q here";
  CHECK(std::system(published.c_str()) == 0);
  // On the loopback address alone: none of the host's others answers.
  const std::string elsewhere = fetch("10.211.7.1", 18080, "/of-the-image") + " | grep -q here";
  CHECK(std::system(elsewhere.c_str()) != 0);
}

TEST_CASE("real: bridges do not reach each other") {
  Subject subject = make_subject();
  Playground one(subject, 7), two(subject, 8);
  one.run(script(one.at("inside", 11), "exec busybox httpd -f -p 8000 -h /tmp"));
  const std::string near = one.run(one.at("near", 12));
  const std::string far = two.run(two.at("far", 12));
  const std::string get = fetch("10.211.7.11", 8000, "/of-the-image");
  CHECK(fetched(subject, near, get) == "here\n");
  CHECK(said_in(subject, far, get).out.empty());
}

TEST_CASE("real: a read-only root, tmpfs, binds, volumes and secrets") {
  Subject subject = make_subject();
  Playground playground(subject);
  const std::string secret = written(subject.setup, "secret", "s3cret-file");
  const std::string shared = written(subject.setup, "shared", "shared");
  auto spec = endless(subject.setup, "mounted");
  spec.container.read_only_root = true;
  spec.container.user = "1000:1000";
  spec.container.mounts = {
      {.kind = model::MountKind::tmpfs, .target = "/tmp", .size_mib = 1},
      {.kind = model::MountKind::bind,
       .source = shared,
       .target = "/etc/shared",
       .read_only = true},
      {.kind = model::MountKind::volume, .source = "contract-vol", .target = "/data"},
      {.kind = model::MountKind::volume,
       .source = "contract-ro",
       .target = "/ro",
       .read_only = true}};
  spec.secret_files = {{"/run/secrets/db", secret}};
  const std::string id = playground.run(spec);
  CHECK(said_in(subject, id, "touch /here").code != 0);
  CHECK(said_in(subject, id, "cat /run/secrets/db").out == "s3cret-file");
  CHECK(said_in(subject, id, "echo x > /run/secrets/db").code != 0);
  CHECK(said_in(subject, id, "cat /etc/shared; echo x > /etc/shared").out == "shared");
  // Empty, although the image has files there, of its size, for everybody, and programs may run.
  CHECK(said_in(subject, id, "ls /tmp").out.empty());
  CHECK(said_in(subject, id, "dd if=/dev/zero of=/tmp/f bs=1M count=3").code != 0);
  CHECK(said_in(subject, id, "rm /tmp/f 2>/dev/null || busybox rm /tmp/f").code == 0);
  CHECK(said_in(subject, id, "echo 'echo ran' > /tmp/p; busybox chmod +x /tmp/p; /tmp/p").out ==
        "ran\n");
  CHECK(said_in(subject, id, "touch /ro/x").code != 0);
  const auto mounts = subject.runtime->containers().inspect(id, {}).value().mounts;
  REQUIRE(mounts.size() == 4);
  CHECK(mounts[0] == spec.container.mounts[2]);
  CHECK(mounts[1] == spec.container.mounts[1]);
  CHECK(mounts[2] == spec.container.mounts[3]);
  CHECK(mounts[3].target == "/run/secrets/db");
  CHECK(mounts[3].read_only);
  REQUIRE(subject.runtime->containers().remove(id, {}));
  CHECK(subject.runtime->volumes().remove("contract-vol", {}));
  CHECK(subject.runtime->volumes().remove("contract-ro", {}));
}

TEST_CASE("real: a device is there, and a volume keeps what was written") {
  Subject subject = make_subject();
  Playground playground(subject);
  auto spec = endless(subject.setup, "devices");
  spec.container.devices = {{.host = "/dev/zero", .container = "/dev/own-zero", .access = "r"}};
  spec.container.mounts = {
      {.kind = model::MountKind::volume, .source = "contract-kept", .target = "/data"}};
  std::string id = playground.run(spec);
  CHECK(said_in(subject, id, "head -c 3 /dev/own-zero | busybox wc -c").out == "3\n");
  CHECK(said_in(subject, id, "echo kept > /data/f").code == 0);
  REQUIRE(subject.runtime->containers().remove(id, {}));
  id = playground.run(spec);
  CHECK(said_in(subject, id, "cat /data/f").out == "kept\n");
  REQUIRE(subject.runtime->containers().remove(id, {}));
  CHECK(subject.runtime->volumes().remove("contract-kept", {}));
}

TEST_CASE("real: a process is killed for lack of memory, and it is told") {
  Subject subject = make_subject();
  Playground playground(subject);
  const std::string eat = "dd if=/dev/zero of=/dev/null bs=200M count=1";
  auto spec = endless(subject.setup, "hungry");
  spec.container.limits.memory_mib = 32;
  SECTION("the first one") {
    spec.container.init = GENERATE(true, false);
    spec.container.entrypoint = Texts{"/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=200M"};
    spec.container.command = Texts{};
    const std::string id = playground.run(spec);
    const auto info = when_ended(subject, id);
    CHECK(info.exit_code == 137);
    CHECK(info.out_of_memory);
  }
  SECTION("a child, and the container goes on") {
    spec = script(spec, eat + "; echo lost a child; exec sleep 3600");
    const std::string id = playground.run(spec);
    const auto info = when(subject, id, [](const auto& now) { return now.out_of_memory; });
    CHECK(info.status == ContainerStatus::running);
    CHECK(subject.runtime->containers().use(id, {}).value().oom_kills == 1);
  }
  SECTION("in a former run, and now only killed") {
    spec.container.init = false;
    spec.container.entrypoint = Texts{"/bin/sh", "-c",
                                      "[ -e /tmp/again ] && exec sleep 3600; touch /tmp/again; "
                                      "exec dd if=/dev/zero of=/dev/null bs=200M"};
    spec.container.command = Texts{};
    const std::string id = playground.run(spec);
    CHECK(when_ended(subject, id).out_of_memory);
    // As far apart as the kernel's clock may have drifted from the one that engines read.
    double uptime_s = 0;
    std::ifstream("/proc/uptime") >> uptime_s;
    std::this_thread::sleep_for(std::chrono::duration<double>(2 + uptime_s / 10'000));
    REQUIRE(subject.runtime->containers().start(id, {}));
    REQUIRE(subject.runtime->containers().kill(id, "SIGKILL", {}));
    CHECK(!when_ended(subject, id).out_of_memory);
  }
  SECTION("none was, only killed") {
    const std::string id = playground.run(spec);
    REQUIRE(subject.runtime->containers().kill(id, "SIGKILL", {}));
    const auto info = when_ended(subject, id);
    CHECK(info.exit_code == 137);
    CHECK(!info.out_of_memory);
  }
}

TEST_CASE("real: the stop signal comes first, and SIGKILL when the grace is over") {
  Subject subject = make_subject();
  Playground playground(subject);
  SECTION("its own signal") {
    auto spec = script(endless(subject.setup, "polite"),
                       "trap 'echo bye; exit 9' USR1; echo up; while :; do sleep 0.05; done");
    spec.container.stop_signal = "SIGUSR1";
    const std::string id = playground.run(spec);
    while (log_of(subject, id).empty()) std::this_thread::sleep_for(std::chrono::milliseconds{20});
    REQUIRE(subject.runtime->containers().stop(id, model::Seconds{30}, {}));
    CHECK(when_ended(subject, id).exit_code == 9);
    CHECK(log_of(subject, id) == "up\nbye\n");
  }
  SECTION("none at all when it is removed") {
    auto spec = script(endless(subject.setup, "stubborn"),
                       "trap '' TERM; echo up; while :; do sleep 0.05; done");
    spec.container.stop_grace = model::Seconds{7'200};
    const std::string id = playground.run(spec);
    while (log_of(subject, id).empty()) std::this_thread::sleep_for(std::chrono::milliseconds{20});
    CHECK(subject.runtime->containers().remove(id, {}));
    CHECK(!subject.runtime->containers().inspect(id, {}));
  }
  SECTION("one that does not listen") {
    const std::string id = playground.run(script(
        endless(subject.setup, "deaf"), "trap '' TERM; echo up; while :; do sleep 0.05; done"));
    while (log_of(subject, id).empty()) std::this_thread::sleep_for(std::chrono::milliseconds{20});
    REQUIRE(subject.runtime->containers().stop(id, model::Seconds{1}, {}));
    CHECK(when_ended(subject, id).exit_code == 137);
  }
}

TEST_CASE("real: a log keeps to its size") {
  Subject subject = make_subject();
  Playground playground(subject);
  auto spec =
      script(endless(subject.setup, "chatty"),
             "yes 0123456789012345678901234567890123456789 | head -n 200000; echo last words");
  spec.container.limits.log_mib = 1;
  const std::string id = playground.run(spec);
  when_ended(subject, id);
  const std::string log = log_of(subject, id);
  CHECK(log.size() < std::size_t{2} << 20);
  CHECK(log.ends_with("last words\n"));
}

class ScriptedTerminal final : public Terminal {
 public:
  std::string read(std::stop_token stop) override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return !typed_.empty(); });
    return std::exchange(typed_, {});
  }
  void write(std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    shown_.append(bytes);
    if (on_shown) on_shown(*this);
  }
  model::TerminalSize size() override {
    const std::lock_guard lock(mutex_);
    return size_;
  }
  // For on_shown, which is called with the lock held.
  void type(const std::string& text) {
    typed_ += text;
    changed_.notify_all();
  }
  bool shows(const std::string& text) const { return shown_.find(text) != shown_.npos; }
  void become(model::TerminalSize size) { size_ = size; }

  std::function<void(ScriptedTerminal&)> on_shown;

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string typed_, shown_;
  model::TerminalSize size_{33, 77};
};

TEST_CASE("real: a shell on a terminal, whose size changes") {
  Subject subject = make_subject();
  Playground playground(subject);
  const std::string id = playground.run(endless(subject.setup, "terminal"));
  ScriptedTerminal terminal;
  int step = 0;
  terminal.on_shown = [&](ScriptedTerminal& now) {
    if (step == 0) {
      ++step;
      now.type("tty; until stty size | grep '^33 77'; do sleep 0.1; done; echo first-$((1+1))\n");
    } else if (step == 1 && now.shows("first-2")) {
      ++step;
      now.become({40, 100});
      now.type("until stty size | grep '^40 100'; do sleep 0.1; done; exit 5\n");
    }
  };
  const auto code = subject.runtime->sessions().exec_on_terminal(
      id, {.command = {"/bin/sh"}, .environment = {{"TERM", "xterm"}}}, terminal, {});
  REQUIRE(code);
  CHECK(*code == 5);
  CHECK(terminal.shows("33 77"));
  CHECK(terminal.shows("40 100"));
  CHECK(terminal.shows("/dev/pts/"));
}

TEST_CASE("real: a terminal session ends when asked to stop, and its command with it") {
  Subject subject = make_subject();
  Playground playground(subject);
  const std::string id = playground.run(endless(subject.setup, "hung"));
  ScriptedTerminal terminal;
  std::stop_source stop;
  terminal.on_shown = [&](ScriptedTerminal&) { stop.request_stop(); };
  const auto code = subject.runtime->sessions().exec_on_terminal(
      id, {.command = {"/bin/sh", "-c", "echo here; exec sleep 4321"}}, terminal, stop.get_token());
  REQUIRE(!code);
  CHECK(code.error().code == Errc::cancelled);
  const Said left =
      said_in(subject, id, "sleep 1; ps | grep -v grep | grep 'sleep 4321' || echo none");
  CHECK(left.out == "none\n");
}

// Started by engine_test.py, which restarts the engine in between and says so by files.
TEST_CASE("restart: the runtime and the containers go on", "[.restart]") {
  Subject subject = make_subject();
  Playground playground(subject);
  const auto spec = playground.at("lasting", 9);
  const std::string id = playground.run(spec);
  const auto before = subject.runtime->containers().inspect(id, {}).value();
  Result<void> listened;
  std::jthread listener([&](std::stop_token stop) {
    listened = subject.runtime->events({}, [](const model::EngineEvent&) {}, stop);
  });
  std::ofstream(subject.setup.scratch + "/ready") << "ready";
  const std::string told = subject.setup.scratch + "/restarted";
  for (int i = 0; i < 1'200 && !std::filesystem::exists(told); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  REQUIRE(std::filesystem::exists(told));
  listener.join();
  REQUIRE(!listened);
  CHECK(listened.error().code == Errc::unavailable);
  const auto after = subject.runtime->containers().inspect(id, {});
  REQUIRE(after);
  CHECK(after->pid == before.pid);
  CHECK(after->address == before.address);
  CHECK(said_in(subject, id, "echo here").out == "here\n");
}

}  // namespace real_engine
