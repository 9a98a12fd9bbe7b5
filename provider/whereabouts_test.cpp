#include "provider/whereabouts.hpp"

#include <catch2/catch.hpp>

namespace whereabouts_test {

using namespace paas;
using Words = std::vector<std::string>;

proxmox::Storage storage(std::string name, std::string node, Words content) {
  proxmox::Storage out;
  out.name = std::move(name);
  out.node = std::move(node);
  out.content = std::move(content);
  return out;
}

tf::Diagnostics held_against(const std::string& asked,
                             const std::vector<proxmox::Storage>& storages) {
  proxmox::Resources list;
  list.storages = storages;
  tf::Diagnostics out;
  provider::check_holds_templates(tf::Path("storage"), asked, "pve1", list, out);
  return out;
}

TEST_CASE("a storage that holds no templates is an error that names those which do",
          "[whereabouts]") {
  const std::vector<proxmox::Storage> all{
      storage("local", "pve1", {"iso", "vztmpl"}), storage("thin", "pve1", {"rootdir", "images"}),
      storage("nfs", "pve1", {"vztmpl"}), storage("far", "pve2", {"vztmpl"})};
  CHECK(held_against("local", all).empty());
  CHECK(held_against("gone", all).empty());
  const auto refused = held_against("thin", all);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].severity == tf::Severity::error);
  CHECK(refused[0].path == tf::Path("storage"));
  CHECK(refused[0].detail.ends_with("Set storage to one of: local, nfs."));
  CHECK(held_against("thin", {all[1], all[3]}).at(0).detail.ends_with("content type vztmpl."));
}

TEST_CASE("a storage whose content is not told is not refused", "[whereabouts]") {
  CHECK(held_against("thin", {storage("thin", "pve1", {})}).empty());
  CHECK(held_against("thin", {storage("thin", "pve2", {"rootdir"})}).empty());
}

}  // namespace whereabouts_test
