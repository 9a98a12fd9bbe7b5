#include "libpaas/direct/templates.hpp"

#include <catch2/catch.hpp>

#include "tests/fakes/fake_pve.hpp"

namespace templates_test {

using namespace paas;
using namespace paas::direct;

const std::string digest_512(128, 'a');

struct Store {
  TemplateSpec download() const {
    TemplateSpec spec;
    spec.node = "pve1";
    spec.storage = "local";
    spec.file_name = "new.tar.zst";
    spec.url = "https://me:hush@example.org/new.tar.zst";
    spec.checksum = {"sha512", digest_512};
    return spec;
  }
  std::vector<std::string> attributes(const TemplateSpec& spec) const {
    std::vector<std::string> names;
    for (const Refusal& refusal : refusals(spec)) names.push_back(refusal.attribute);
    return names;
  }

  fakes::FakePve pve;
  Templates templates{pve, silent_log()};
  std::string volume = "local:vztmpl/new.tar.zst";
};

TEST_CASE("a template is known by where it comes from", "[direct]") {
  const auto name = [](const TemplateSpec& spec) { return file_name_of(spec); };
  const auto url = [&](const char* text) { return name({"", "", "", text}); };
  CHECK(url("http://a.example/x/debian%2B.tar.zst?k=/v#/y") == "debian+.tar.zst");
  CHECK(url("http://a.example").empty());
  CHECK(url("http://a.example/x/").empty());
  CHECK(url("http://a.example/%zz").empty());
  CHECK(name({"", "", "", "", "out/app.tar"}) == "app.tar");
  CHECK(name({"", "", "", "", "app.tar"}) == "app.tar");
  CHECK(name({"", "", "", "", "", "docker.io/library/alpine:3.20"}) == "alpine_3.20.tar");
  CHECK(name({}).empty());
  CHECK(volume_of(Store().download()) == "local:vztmpl/new.tar.zst");
}

TEST_CASE("checksums are an algorithm and its digest", "[direct]") {
  const auto parsed = parse_checksum("SHA512:" + std::string(128, 'A'));
  REQUIRE(parsed);
  CHECK(print_checksum(*parsed) == "sha512:" + digest_512);
  CHECK(parse_checksum("md5:" + std::string(32, '0')));
  const std::vector<std::string> refused{"sha512",
                                         "sha512:",
                                         "sha512:" + std::string(127, 'a'),
                                         "sha256:" + std::string(64, 'g'),
                                         "crc32:00000000",
                                         ""};
  for (const std::string& text : refused) CHECK_FALSE(parse_checksum(text));
}

TEST_CASE("all that is wrong with a template is said at once, and no password", "[direct]") {
  Store it;
  CHECK(refusals(it.download()).empty());
  TemplateSpec spec = it.download();
  spec.file_name = "../new.zip";
  spec.oci_reference = "alpine:3";
  spec.checksum.digest = "12";
  spec.url = "ftp://me:hush@example.org/";
  CHECK(it.attributes(spec) ==
        std::vector<std::string>{"url", "file_name", "url", "checksum", "checksum"});
  for (const Refusal& refusal : refusals(spec)) {
    CHECK(refusal.message.find("hush") == std::string::npos);
    CHECK(!refusal.remedy.empty());
  }
  TemplateSpec image{"pve1", "local", "alpine.tar.zst"};
  image.oci_reference = "alpine:3";
  CHECK(it.attributes(image) == std::vector<std::string>{"file_name"});
}

TEST_CASE("a download is asked for with all that the node must know", "[direct]") {
  Store it;
  int begun = 0;
  const auto made = it.templates.create(it.download(), {}, [&] {
    ++begun;
    CHECK(it.pve.count({"POST"}) == 0);
  });
  REQUIRE(made);
  CHECK(made->volume == it.volume);
  CHECK(begun == 1);
  CHECK(it.pve.count({"POST /nodes/pve1/storage/local/download-url", "filename=new.tar.zst",
                      "checksum-algorithm=sha512", "checksum=" + digest_512}) == 1);
}

TEST_CASE("a local file is uploaded, an image pulled", "[direct]") {
  Store it;
  TemplateSpec file = it.download();
  file.url.clear();
  file.local_path = "/tmp/app.tar";
  REQUIRE(it.templates.create(file, {}));
  CHECK(it.pve.count({"UPLOAD /tmp/app.tar as new.tar.zst", "checksum=" + digest_512}) == 1);
  TemplateSpec image{"pve1", "local", "alpine_3.tar"};
  image.oci_reference = "docker.io/library/alpine:3";
  REQUIRE(it.templates.create(image, {}));
  CHECK(it.pve.count({"oci-registry-pull", "reference=docker.io/library/alpine:3",
                      "filename=alpine_3"}) == 1);
  CHECK(it.pve.templates.contains("local:vztmpl/alpine_3.tar"));
}

TEST_CASE("what is there already is left alone unless it may be overwritten", "[direct]") {
  Store it;
  it.pve.add_template(it.volume);
  bool begun = false;
  const auto refused = it.templates.create(it.download(), {}, [&] { begun = true; });
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::conflict);
  CHECK(!refused.error().remedy.empty());
  CHECK(!begun);
  CHECK(it.pve.count({"POST"}) + it.pve.count({"DELETE"}) == 0);
  TemplateSpec spec = it.download();
  spec.overwrite = true;
  REQUIRE(it.templates.create(spec, {}));
  CHECK(it.pve.count({"DELETE"}) == 1);
}

TEST_CASE("what a killed creation has downloaded, or is downloading, is taken over", "[direct]") {
  Store it;
  it.pve.downloads_last_calls = GENERATE(0, 8);
  const TemplateSpec spec = it.download();
  REQUIRE(it.pve.call(proxmox::download_template(spec.node, spec.storage,
                                                 {spec.url, spec.file_name, spec.checksum, true}),
                      {}));
  bool begun = false, taken_over = false;
  const auto create = [&](const TemplateSpec& wanted) {
    return Templates(it.pve, silent_log())
        .create(
            wanted, {}, [&] { begun = true; },
            [&](LeftFile what) { taken_over = what == LeftFile::taken_over; });
  };
  SECTION("the same") {
    const auto made = create(spec);
    REQUIRE(made);
    CHECK(made->volume == it.volume);
    CHECK(taken_over);
    CHECK(!begun);
    CHECK(it.pve.count({"download-url"}) == 1);
  }
  SECTION("another URL: the remedy is written out") {
    TemplateSpec other = spec;
    other.url = "https://example.org/other/new.tar.zst";
    const auto refused = create(other);
    REQUIRE(!refused);
    CHECK(refused.error().code == Errc::conflict);
    CHECK(refused.error().remedy.find("terraform import paas_lxc_template.NAME pve1/" +
                                      it.volume) != std::string::npos);
  }
  SECTION("it may be overwritten: fetched anew") {
    TemplateSpec anew = spec;
    anew.overwrite = true;
    REQUIRE(create(anew));
    CHECK(!taken_over);
    CHECK(it.pve.count({"download-url"}) == 2);
  }
  SECTION("it has gone again: fetched anew") {
    REQUIRE(create(spec));
    taken_over = false;
    REQUIRE(it.templates.remove("pve1", it.volume, {}));
    REQUIRE(create(spec));
    CHECK(!taken_over);
    CHECK(begun);
  }
}

TEST_CASE("what a killed creation has uploaded or pulled is fetched anew", "[direct]") {
  Store it;
  it.pve.downloads_last_calls = GENERATE(0, 8);
  TemplateSpec spec{"pve1", "local", "own.tar"};
  const bool upload = GENERATE(true, false);
  if (upload) {
    spec.local_path = "/tmp/own.tar";
    spec.local_bytes = [] { return Result<std::uint64_t>(878536); };
    const std::string node = GENERATE("pve1", "pve2");  // the one that took the request
    REQUIRE(it.pve.upload(
        {proxmox::upload_template(node, "local", {}), spec.local_path, spec.file_name}, {}));
  } else {
    spec.oci_reference = "docker.io/library/app:1";
    REQUIRE(it.pve.call(proxmox::pull_oci_image("pve1", "local", spec.oci_reference, "own"), {}));
  }
  std::optional<LeftFile> left;
  const auto create = [&] {
    return Templates(it.pve, silent_log()).create(spec, {}, {}, [&](LeftFile what) {
      left = what;
    });
  };
  const auto refused = [&] {
    const auto made = create();
    REQUIRE(!made);
    CHECK(made.error().code == Errc::conflict);
    CHECK(!left);
    CHECK(it.pve.count({"DELETE"}) == 0);
  };
  const auto comes_to_its_end = [&] {
    for (int i = 0; i < 10; ++i) REQUIRE(it.pve.call(proxmox::list_cluster_tasks(), {}));
  };
  SECTION("the same") {
    REQUIRE(create());
    CHECK(left == LeftFile::replaced);
    CHECK(it.pve.count({"DELETE"}) == 1);
    CHECK(it.pve.count({upload ? "UPLOAD" : "oci-registry-pull"}) == 2);
  }
  SECTION("somebody has changed it since") {
    comes_to_its_end();
    it.pve.changed["local:vztmpl/own.tar"] = it.pve.task_time + 1;
    refused();
  }
  SECTION("the task failed, and the file is somebody else's") {
    comes_to_its_end();
    it.pve.changed.erase("local:vztmpl/own.tar");
    refused();
  }
  SECTION("another size") {
    if (!upload) return;
    spec.local_bytes = [] { return Result<std::uint64_t>(878537); };
    refused();
  }
  SECTION("it has gone again") {
    comes_to_its_end();
    it.pve.templates.erase("local:vztmpl/own.tar");
    REQUIRE(create());
    CHECK(!left);
  }
}

TEST_CASE("what was begun on a node that is off now keeps nobody from creating", "[direct]") {
  Store it;
  it.pve.downloads_last_calls = 1000;
  TemplateSpec spec{"pve1", "local", "own.tar"};
  spec.local_path = "/tmp/own.tar";
  REQUIRE(it.pve.upload(
      {proxmox::upload_template("pve2", "local", {}), spec.local_path, spec.file_name}, {}));
  it.pve.offline.insert("pve2");
  CHECK(it.templates.create(spec, {}));
  CHECK(it.pve.count({"WAIT imgcopy"}) == 1);
}

TEST_CASE("of files that one program sends at once, none waits for another's task", "[direct]") {
  Store it;
  it.pve.downloads_last_calls = 1000;
  TemplateSpec spec{"pve1", "local", "one.tar"};
  spec.local_path = "/tmp/one.tar";
  REQUIRE(it.templates.create(spec, {}));
  spec.file_name = "two.tar";
  REQUIRE(it.templates.create(spec, {}));
  CHECK(it.pve.count({"WAIT imgcopy"}) == 2);
}

TEST_CASE("a download that was not verified is not taken over where it shall be", "[direct]") {
  Store it;
  TemplateSpec spec = it.download();
  spec.checksum = {};
  REQUIRE(it.templates.create(spec, {}));
  const auto refused = Templates(it.pve, silent_log()).create(it.download(), {});
  REQUIRE(!refused);
  CHECK(refused.error().code == Errc::conflict);
}

TEST_CASE("a task that fails leaves nothing", "[direct]") {
  Store it;
  it.pve.fail_task("download", "checksum mismatch: got 'a' != expect 'b'");
  const auto failed = it.templates.create(it.download(), {});
  REQUIRE(!failed);
  CHECK(describe(failed.error()).find("checksum mismatch") != std::string::npos);
  CHECK(describe(failed.error()).find(it.volume) != std::string::npos);
  CHECK(!it.templates.observe("pve1", it.volume, {}).value());
}

TEST_CASE("a lost answer is followed by a look, not by a repetition", "[direct]") {
  Store it;
  const Error lost{Errc::unknown_outcome, "the answer was lost", {}, {}};
  SECTION("the file has come into being") {
    it.pve.fail_at(3, lost, fakes::FakePve::Effect::full);
    CHECK(it.templates.create(it.download(), {}));
  }
  SECTION("it has not") {
    it.pve.fail_at(3, lost, fakes::FakePve::Effect::none);
    CHECK(it.templates.create(it.download(), {}).error().code == Errc::unknown_outcome);
  }
  CHECK(it.pve.count({"POST"}) == 1);
}

TEST_CASE("a storage is listed once for all who ask, until something changes", "[direct]") {
  Store it;
  const std::string there = "local:vztmpl/debian-12.tar.zst";
  CHECK(it.templates.observe("pve1", there, {}).value());
  CHECK(it.templates.observe("pve1", "local:vztmpl/app.tar", {}).value());
  CHECK(!it.templates.observe("pve1", it.volume, {}).value());
  CHECK(it.pve.calls() == 1);
  CHECK(it.templates.observe("pve2", there, {}).value());
  CHECK(it.pve.calls() == 2);
  REQUIRE(it.templates.create(it.download(), {}));
  CHECK(it.templates.observe("pve1", it.volume, {}).value());
  REQUIRE(it.templates.remove("pve1", it.volume, {}));
  CHECK(!it.templates.observe("pve1", it.volume, {}).value());
}

TEST_CASE("removing what is gone is success, and a lost answer is looked into", "[direct]") {
  Store it;
  REQUIRE(it.templates.remove("pve1", it.volume, {}));
  CHECK(it.pve.count({"DELETE"}) == 0);
  it.pve.add_template(it.volume);
  it.pve.fail_at(2, {Errc::unknown_outcome, "lost", {}, {}}, fakes::FakePve::Effect::full);
  CHECK(it.templates.remove("pve1", it.volume, {}));
  it.pve.add_template(it.volume);
  it.pve.fail_at(2, {Errc::denied, "no", {}, {}}, fakes::FakePve::Effect::none);
  CHECK(it.templates.remove("pve1", it.volume, {}).error().code == Errc::denied);
  CHECK(it.templates.observe("pve2", "nope:vztmpl/x.tar", {}).error().code == Errc::not_found);
}

TEST_CASE("a download is stopped on the node when its caller stops", "[direct]") {
  Store store;
  std::stop_source stopping;
  store.pve.downloads_last_calls = 100;
  store.pve.after = [&](const proxmox::Call& call) -> std::optional<Error> {
    if (call.path.ends_with("/download-url")) stopping.request_stop();
    return {};
  };
  SECTION("in time") {
    const auto made = store.templates.create(store.download(), stopping.get_token());
    REQUIRE(!made);
    CHECK(made.error().code == Errc::cancelled);
    CHECK(describe(made.error()).find("the node has stopped its task") != std::string::npos);
    CHECK(!store.pve.templates.contains(store.volume));
    CHECK(store.pve.count({"DELETE /nodes/pve1/tasks/UPID"}) == 1);
  }
  SECTION("unless that fails") {
    store.pve.before = [](const proxmox::Call& call) -> std::optional<Error> {
      if (call.path.find("/tasks/") == std::string::npos) return {};
      return Error{Errc::denied, "Permission check failed", {}, {}};
    };
    const auto made = store.templates.create(store.download(), stopping.get_token());
    REQUIRE(!made);
    CHECK(made.error().code == Errc::cancelled);
    CHECK(describe(made.error()).find("the node goes on") != std::string::npos);
  }
}

}  // namespace templates_test
