#include "libpaas/node/shell.hpp"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <map>
#include <mutex>
#include <thread>

#include "tests/fakes/fake_runtime.hpp"

namespace paas::node::shell_test {

using namespace std::chrono_literals;

// Files in memory. Thread-safe.
class Disk final : public Folder {
 public:
  Result<std::optional<std::string>> read(std::string_view name) override {
    return get(std::string(name));
  }
  Result<void> write(std::string_view name, std::string_view bytes) override {
    const std::lock_guard lock(mutex_);
    files_.insert_or_assign(std::string(name), std::string(bytes));
    return {};
  }
  Result<std::vector<std::string>> list(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    const std::string folder = std::string(name) + "/";
    for (const auto& [file, text] : files_) {
      if (file.starts_with(folder)) out.push_back(file.substr(folder.size()));
    }
    return out;
  }
  Result<void> remove(std::string_view name) override {
    const std::lock_guard lock(mutex_);
    files_.erase(std::string(name));
    return {};
  }
  std::string path_of(std::string_view name) const override { return "/" + std::string(name); }
  std::optional<std::string> get(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = files_.find(name);
    return found == files_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string> files_;
};

struct MemoryStore final : Store {
  Disk disk;
  Result<std::optional<Store::Kept>> read(std::string_view name) override {
    const auto found = disk.get(std::string(name));
    return found ? std::optional<Store::Kept>({*found, {}}) : std::optional<Store::Kept>();
  }
  Result<void> write(std::string_view name, std::string_view bytes) override {
    return disk.write(name, bytes);
  }
  Result<void> remove(std::string_view name) override { return disk.remove(name); }
};

struct TextSource final : Source {
  std::mutex mutex;
  std::string text = "apps: []\n";
  void set(const std::string& now) {
    const std::lock_guard lock(mutex);
    text = now;
  }
  Result<SourceContent> read(std::stop_token) override {
    const std::lock_guard lock(mutex);
    return SourceContent{"text:" + std::to_string(std::hash<std::string>()(text)),
                         {{"apps.yaml", text}}};
  }
  void wait(std::stop_token stop) override {
    for (int i = 0; i < 600 && !stop.stop_requested(); ++i) std::this_thread::sleep_for(10ms);
  }
};

struct WillingProber final : Prober {
  health::Answer ask(const std::string&, const model::Probe&, std::stop_token) override {
    return {true, "HTTP 200"};
  }
};

struct WillingFilter final : PacketFilter {
  std::mutex mutex;
  std::string loaded;
  Result<void> load(const std::string& rules, std::stop_token) override {
    const std::lock_guard lock(mutex);
    loaded = rules;
    return {};
  }
  Result<std::string> listing(std::stop_token) override {
    const std::lock_guard lock(mutex);
    return loaded;
  }
};

struct NoZones final : TimeZones {
  Result<blueprint::TimeZone> find(const std::string& name) override {
    return fail(Errc::not_found, name);
  }
};

struct HostClock final : Clock {
  std::chrono::system_clock::time_point now() const override {
    return std::chrono::system_clock::now();
  }
  std::chrono::steady_clock::time_point steady() const override {
    return std::chrono::steady_clock::now();
  }
  bool sleep(std::chrono::milliseconds, std::stop_token) override { return true; }
};

struct Host {
  fakes::FakeRuntime engine;
  MemoryStore store;
  Disk folder, secrets, handed;
  TextSource source;
  WillingProber prober;
  WillingFilter filter;
  NoZones zones;
  HostClock clock;
  std::atomic<int> effects = 0;

  Host() {
    fakes::FakeRuntime::Remote remote;
    remote.image.info.id = "sha256:aa";
    engine.registry.emplace("example.org/web:1", remote);
  }
  Ports ports() {
    return {engine, store,   folder, source, prober,      filter,
            zones,  secrets, handed, clock,  silent_log()};
  }
  ShellOptions options(bool once) {
    ShellOptions out;
    out.settings.node.owner = "n1";
    out.settings.names_settle = Seconds{0};
    out.once = once;
    out.on_effect = [this](std::string_view, std::uint64_t, bool) { ++effects; };
    return out;
  }
  Outcome once() {
    auto shell = make_shell(ports(), options(true));
    REQUIRE(shell);
    return (*shell)->run({});
  }
  std::size_t running() {
    const auto all = engine.containers().list({});
    REQUIRE(all);
    return static_cast<std::size_t>(std::count_if(all->begin(), all->end(), [](const auto& one) {
      return one.status == model::ContainerStatus::running;
    }));
  }
};

const std::string two_replicas =
    "dns: {ttl: 1s}\n"
    "apps: [{name: web, project: shop, image: \"example.org/web:1\", replicas: 2, "
    " command: [sleep, \"1000\"], stop_grace: 1s,"
    " readiness: {http: {port: 80}}}]\n";

template <class Question>
bool comes_true(const Question& question) {
  for (int i = 0; i < 3000; ++i) {
    if (question()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

TEST_CASE("shell: once brings a host to what is declared, and a second time changes nothing") {
  Host host;
  host.source.set(two_replicas);
  const auto planned = preview(host.ports(), host.options(true), {});
  REQUIRE(planned);
  CHECK(planned->settles);
  CHECK(planned->changes.size() == 4);  // image, network, two containers
  CHECK(host.engine.changes().empty());
  CHECK(host.effects == 0);

  CHECK(host.once() == Outcome::settled);
  CHECK(host.running() == 2);
  CHECK(host.effects > 0);
  CHECK(host.effects % 2 == 0);  // before and after each
  const auto changes = host.engine.changes();
  CHECK(host.once() == Outcome::settled);
  CHECK(host.engine.changes() == changes);
  CHECK(preview(host.ports(), host.options(true), {})->changes.empty());
  CHECK(host.folder.get("status.json"));
}

TEST_CASE("shell: once fails where a source is wrong, and where an image is nowhere") {
  Host host;
  host.source.set("apps: [{name: web}]\n");
  CHECK(host.once() == Outcome::failed);
  host.source.set("apps: [{name: web, image: \"example.org/none:1\"}]\n");
  CHECK(host.once() == Outcome::failed);
  CHECK(host.running() == 0);
}

TEST_CASE("shell: it mends what dies, follows its source, and leaves containers when it ends") {
  Host host;
  host.source.set(two_replicas);
  auto shell = make_shell(host.ports(), host.options(false));
  REQUIRE(shell);
  std::stop_source stop;
  std::jthread loop([&] { (*shell)->run(stop.get_token()); });
  REQUIRE(comes_true([&] { return host.running() == 2; }));
  const auto names = host.engine.containers().list({}).value();
  host.engine.end(names.front().name, 1);
  CHECK(comes_true([&] { return host.running() == 2; }));

  host.source.set("dns: {ttl: 1s}\napps: []\n");
  (*shell)->read_source();
  CHECK(comes_true([&] { return host.engine.containers().list({}).value().empty(); }));
  host.source.set(two_replicas);
  (*shell)->read_source();
  CHECK(comes_true([&] { return host.running() == 2; }));
  stop.request_stop();
  loop.join();
  CHECK(host.running() == 2);
}

}  // namespace paas::node::shell_test
