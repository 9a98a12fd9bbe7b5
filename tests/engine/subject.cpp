#include "tests/engine/subject.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "libpaas/adapters/connect_engine.hpp"
#include "libpaas/base/hash.hpp"
#include "libpaas/base/json.hpp"
#include "tests/fakes/fake_runtime.hpp"

namespace paas::engine_contract {
namespace {

fakes::FakeRuntime::Image busybox(const std::string& marker) {
  fakes::FakeRuntime::Image image;
  image.info.id = "sha256:" + hex(sha256("image " + marker));
  image.info.bytes = 1'982'338;
  image.info.platform = "linux/amd64";
  image.info.entrypoint = {"/bin/echo", "entry"};
  image.info.command = {"one", "two"};
  image.labels = {{"of-the-image", "yes"}};
  return image;
}

Subject in_memory() {
  Subject subject;
  Setup& setup = subject.setup;
  auto fake = std::make_unique<fakes::FakeRuntime>();
  const auto image = busybox("first"), other = busybox("other");
  fake->archives = {
      {setup.archive, image}, {setup.same_archive, image}, {setup.other_archive, other}};
  setup.image_id = image.info.id;
  setup.other_id = other.info.id;
  setup.image_digest = "sha256:" + hex(sha256("manifest"));
  setup.closed_registry = "closed.test:5000";
  for (const std::string& host : {setup.registry, setup.locked_registry}) {
    fakes::FakeRuntime::Remote remote{image, {}};
    if (host == setup.locked_registry) remote.credentials = model::Credentials{"bob", "s3cret"};
    const std::string name = host + "/test/busy";
    remote.image.info.names = {name + ":1"};
    remote.image.info.digests = {name + "@" + setup.image_digest};
    fake->registry[name + ":1"] = remote;
    fake->registry[name + "@" + setup.image_digest] = remote;
  }
  subject.runtime = std::move(fake);
  return subject;
}

Subject described(const char* path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const Json json = parse_json(text).value();
  const auto field = [&](const char* name) { return *json[name].string(); };
  Subject subject;
  subject.setup = Setup{.real = true,
                        .engine = field("engine"),
                        .socket = field("socket"),
                        .archive = field("archive"),
                        .same_archive = field("same_archive"),
                        .other_archive = field("other_archive"),
                        .image_id = field("image_id"),
                        .other_id = field("other_id"),
                        .image_digest = field("image_digest"),
                        .registry = field("registry"),
                        .locked_registry = field("locked_registry"),
                        .closed_registry = field("closed_registry"),
                        .scratch = field("scratch")};
  auto runtime = connect_engine(
      {.socket = "unix://" + subject.setup.socket, .scratch_dir = subject.setup.scratch}, {});
  if (!runtime) throw std::runtime_error(describe(runtime.error()));
  subject.runtime = std::move(*runtime);
  return subject;
}

}  // namespace

Subject make_subject() {
  const char* path = std::getenv("PAAS_ENGINE_SETUP");
  Subject subject = path == nullptr ? in_memory() : described(path);
  if (subject.runtime->images().find(subject.setup.image_id, {})) return subject;
  const auto loaded = subject.runtime->images().load(subject.setup.archive, {});
  if (!loaded) throw std::runtime_error(describe(loaded.error()));
  return subject;
}

model::ContainerSpec endless(const Setup& setup, const std::string& name) {
  model::ContainerSpec spec;
  spec.name = name;
  spec.image_id = setup.image_id;
  spec.container.entrypoint = model::Texts{"/bin/sleep"};
  spec.container.command = model::Texts{"3600"};
  return spec;
}

Playground::Playground(Subject& subject, int number)
    : subject_(subject), number_(number), network_("contract-" + std::to_string(number)) {
  const std::string net = "10.211." + std::to_string(number_) + ".";
  const auto made = subject_.runtime->networks().create({.name = network_,
                                                         .bridge = "ctr" + std::to_string(number_),
                                                         .subnet = net + "0/24",
                                                         .gateway = net + "1",
                                                         .mtu = 1380},
                                                        {});
  if (!made) throw std::runtime_error(describe(made.error()));
}

Playground::~Playground() {
  ContainerRuntime& runtime = *subject_.runtime;
  const auto all = runtime.containers().list({});
  if (!all) return;
  for (const auto& one : *all) {
    if (one.labels.contains("contract") && one.labels.at("contract") == network_) {
      static_cast<void>(runtime.containers().remove(one.id, {}));
    }
  }
  static_cast<void>(runtime.networks().remove(network_, {}));
}

std::string Playground::address(int last) const {
  return "10.211." + std::to_string(number_) + "." + std::to_string(last);
}

model::ContainerSpec Playground::at(const std::string& name, int last) const {
  model::ContainerSpec spec = endless(subject_.setup, name);
  spec.network = network_;
  spec.address = address(last);
  spec.dns_servers = {address(1)};
  return spec;
}

std::string Playground::make(const model::ContainerSpec& spec) {
  model::ContainerSpec marked = spec;
  marked.labels["contract"] = network_;
  auto id = subject_.runtime->containers().create(marked, {});
  if (!id) throw std::runtime_error(describe(id.error()));
  return *id;
}

std::string Playground::run(const model::ContainerSpec& spec) {
  std::string id = make(spec);
  const auto started = subject_.runtime->containers().start(id, {});
  if (!started) throw std::runtime_error(describe(started.error()));
  return id;
}

Said said_in(Subject& subject, const std::string& id, const model::ExecSpec& spec) {
  Said said;
  const auto code = subject.runtime->sessions().exec(
      id, spec,
      [&](model::Stream stream, std::string_view bytes) {
        (stream == model::Stream::out ? said.out : said.err).append(bytes);
      },
      {});
  if (!code) throw std::runtime_error(describe(code.error()));
  said.code = *code;
  return said;
}

Said said_in(Subject& subject, const std::string& id, const std::string& script) {
  return said_in(subject, id, model::ExecSpec{.command = {"/bin/sh", "-c", script}});
}

model::ContainerInfo when(Subject& subject, const std::string& id,
                          const std::function<bool(const model::ContainerInfo&)>& holds) {
  for (int i = 0; i < 1'200; ++i) {
    const auto info = subject.runtime->containers().inspect(id, {});
    if (!info) throw std::runtime_error(describe(info.error()));
    if (holds(*info)) return *info;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
  throw std::runtime_error("what was waited for did not come");
}

model::ContainerInfo when_ended(Subject& subject, const std::string& id) {
  return when(subject, id, [](const auto& info) { return info.exit_code.has_value(); });
}

std::string log_of(Subject& subject, const std::string& id, const model::LogOptions& options) {
  std::string text;
  const auto read = subject.runtime->sessions().logs(
      id, options, [&](model::Stream, std::string_view bytes) { text.append(bytes); }, {});
  if (!read) throw std::runtime_error(describe(read.error()));
  return text;
}

}  // namespace paas::engine_contract
