#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/fakes/container_world.hpp"

namespace refusals_test {

using namespace paas;
using namespace paas::direct;
using fakes::container_spec;
using fakes::volume_on;
using proxmox::ContainerConfig;

std::vector<std::string> attributes(const std::vector<Refusal>& refusals) {
  std::vector<std::string> out;
  for (const Refusal& one : refusals) {
    CHECK(!one.message.empty());
    CHECK(!one.remedy.empty());
    out.push_back(one.attribute);
  }
  return out;
}

using Names = std::vector<std::string>;

ContainerConfig stored() {
  ContainerConfig config = container_spec().config;
  config.root->volume = "local:104/vm-104-disk-0.raw";
  config.mounts.emplace("mp0", volume_on("local:104/vm-104-disk-1.raw", "/srv", 2048));
  config.os_type = "debian";
  config.arch = "amd64";
  return config;
}

TEST_CASE("changes that would lose data, each with what to do instead", "[direct]") {
  const ContainerConfig have = stored();
  ContainerConfig want = have;
  SECTION("the same, and larger, is fine") {
    want.root->size_mib = 9000;
    want.mounts.at("mp0").volume = "local";
    CHECK(attributes(refusals(have, want)).empty());
  }
  SECTION("smaller") {
    want.root->size_mib = 1024;
    want.mounts.at("mp0").size_mib = 1024;
    CHECK(attributes(refusals(have, want)) == Names{"root.size", "mounts.mp0.size"});
    CHECK(refusals(have, want)[0].message.find("cannot shrink") != std::string::npos);
  }
  SECTION("another storage") {
    want.root->volume = "tank";
    want.mounts.at("mp0").volume = "tank";
    CHECK(attributes(refusals(have, want)) == Names{"root.storage", "mounts.mp0.storage"});
    CHECK(refusals(have, want)[0].remedy.find("pct move-volume") != std::string::npos);
  }
  SECTION("another volume") {
    want.mounts.at("mp0").volume = "local:104/vm-104-disk-7.raw";
    CHECK(attributes(refusals(have, want)) == Names{"mounts.mp0.volume"});
  }
  SECTION("a bind mount where a volume was") {
    want.mounts.at("mp0").volume = "/srv";
    CHECK(attributes(refusals(have, want)) == Names{"mounts.mp0.volume"});
  }
  SECTION("a new volume without a size") {
    want.mounts.emplace("mp1", volume_on("local", "/new", 0)).first->second.size_mib.reset();
    CHECK(attributes(refusals(have, want)) == Names{"mounts.mp1.size"});
  }
  SECTION("what a container is for ever") {
    want.unprivileged = false;
    want.os_type = "alpine";
    want.arch = "arm64";
    CHECK(attributes(refusals(have, want)) == Names{"unprivileged", "os_type", "arch"});
  }
  SECTION("a template stays one") {
    ContainerConfig before = have;
    before.is_template = true;
    want.is_template = false;
    CHECK(attributes(refusals(before, want)) == Names{"is_template"});
  }
}

TEST_CASE("what a new container needs", "[direct]") {
  CHECK(attributes(birth_refusals(container_spec())).empty());
  ContainerSpec spec = container_spec();
  spec.node.clear();
  spec.template_volume.clear();
  spec.config.root->volume.clear();
  CHECK(attributes(birth_refusals(spec)) == Names{"node", "template_volume", "root.volume"});
  spec = container_spec();
  spec.clone = CloneSource{};
  CHECK(attributes(birth_refusals(spec)) == Names{"template_volume"});
  spec = container_spec();
  spec.vmid = 99;
  CHECK(attributes(birth_refusals(spec)) == Names{"vmid"});
  spec.vmid_range = {5, 4};
  CHECK(attributes(birth_refusals(spec)) == Names{"vmid_range"});
}

TEST_CASE("contradictions, all at once", "[direct]") {
  ContainerSpec spec = container_spec();
  spec.config.is_template = true;
  spec.ha = HaState{.state = "sometimes", .group = "", .comment = ""};
  CHECK(attributes(refusals(spec)) == Names{"started", "ha.state"});
  const auto refused = refuse(refusals(spec));
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::invalid);
  CHECK(refused.error().message.find("started: ") != std::string::npos);
  CHECK(refused.error().message.find("ha.state: ") != std::string::npos);
  CHECK(refuse({}));

  const auto clashes = [](const char* state, bool started) {
    ContainerSpec one = container_spec();
    one.started = started;
    one.ha = HaState{.state = state, .group = "", .comment = ""};
    return !refusals(one).empty();
  };
  CHECK(clashes("started", false));
  CHECK(clashes("stopped", true));
  CHECK(clashes("disabled", true));
  CHECK(!clashes("started", true));
  CHECK(!clashes("stopped", false));
  CHECK(!clashes("ignored", true));
  CHECK(!clashes("ignored", false));
}

TEST_CASE("what only root@pam itself may change", "[direct]") {
  const ContainerConfig have = stored();
  ContainerConfig want = have;
  SECTION("nesting of an unprivileged container is for everybody") {
    want.features = proxmox::Features{.nesting = true};
    CHECK(attributes(root_only_settings(have, want)).empty());
    want.unprivileged = false;
    CHECK(attributes(root_only_settings(have, want)) == Names{"features"});
  }
  SECTION("the rest is not") {
    want.features = proxmox::Features{.nesting = {}, .keyctl = true};
    want.mounts.emplace("mp1", volume_on("/srv", "/srv", 0));
    want.devices["dev0"].path = "/dev/net/tun";
    want.hook_script = "local:snippets/hook.pl";
    CHECK(attributes(root_only_settings(have, want)) ==
          Names{"features", "mounts.mp1", "devices", "hook_script"});
    CHECK(attributes(root_only_settings(want, want)).empty());  // what is there may stay
  }
}

}  // namespace refusals_test
