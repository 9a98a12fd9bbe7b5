#include "provider/resources/lxc_template/lxc_template.hpp"

#include <catch2/catch.hpp>
#include <map>

#include "libpaas/base/log.hpp"
#include "provider/resources/lxc_template/model.hpp"
#include "tests/fakes/fake_pve.hpp"
#include "tests/fakes/script_clock.hpp"

namespace lxc_template_test {

using namespace paas;
using tf::at;
using tf::Map;
using tf::Null;
using tf::Path;
using tf::Unknown;
using tf::Value;

const std::string sum_a = "sha256:" + std::string(64, 'a');
const std::string sum_b = "sha256:" + std::string(64, 'b');

class LocalFiles final : public Files {
 public:
  Result<FileDigest> digest(const std::string& path) override {
    ++read;
    const auto found = files.find(path);
    if (found == files.end()) return fail(Errc::not_found, "no file \"" + path + "\"");
    return found->second;
  }
  std::map<std::string, FileDigest> files{{"app.tar", {std::string(64, 'a'), 878536}}};
  int read = 0;
};

// The resource before a cluster in memory.
struct OneTemplate {
  explicit OneTemplate(policy::Rules rules = {})
      : current(std::make_shared<provider::CurrentServices>(std::make_shared<provider::Services>(
            provider::Machine{clock, random, files, silent_log()}, policy::Policy(std::move(rules)),
            pve, "root@pam"))),
        resource(lxc_template::make_lxc_template(current)) {}

  Value config(Map set) const {
    Map out;
    for (const tf::Attribute& attribute : resource->schema().attributes)
      out.emplace(attribute.name, Null{});
    out["node"] = "pve1";
    for (auto& [name, value] : set) out[name] = std::move(value);
    return out;
  }
  tf::PlanResult plan(const Value& prior, const Value& wanted) {
    return resource->plan({prior, wanted, "", true}, {});
  }
  tf::ApplyResult apply(const Value& prior, const Value& wanted, std::stop_token stop = {}) {
    const auto planned = plan(prior, wanted);
    tf::Call call;
    call.stop = std::move(stop);
    return resource->apply({prior, planned.plan.state, wanted, ""}, call);
  }
  Value made(const Value& wanted) {
    auto applied = apply(Null{}, wanted);
    REQUIRE(applied.diagnostics.empty());
    return applied.state;
  }
  Value imported(const std::string& id) {
    const auto found = resource->import({id, Null{}}, {});
    REQUIRE(found.diagnostics.empty());
    return found.state;
  }

  fakes::ScriptClock clock;
  fakes::CountingRandom random;
  LocalFiles files;
  std::shared_ptr<fakes::FakePve> pve = std::make_shared<fakes::FakePve>();
  std::shared_ptr<provider::CurrentServices> current;
  std::unique_ptr<tf::Resource> resource;
};

const char* const url = "https://a.example/pool/x.tar.zst";

TEST_CASE("a plan shows where the file will be", "[lxc_template]") {
  OneTemplate it;
  const auto planned = it.plan(Null{}, it.config({{"url", url}}));
  CHECK(planned.diagnostics.empty());
  CHECK(at(planned.plan.state, "file_name") == Value("x.tar.zst"));
  CHECK(at(planned.plan.state, "volume") == Value("local:vztmpl/x.tar.zst"));
  CHECK(at(planned.plan.state, "id") == Value("pve1/local:vztmpl/x.tar.zst"));
  CHECK(at(planned.plan.state, "checksum").is_null());
  CHECK(at(planned.plan.state, "size_bytes").is_unknown());
  CHECK(it.pve->calls() == it.pve->count({"GET /cluster/resources"}));

  const auto later = it.plan(Null{}, it.config({{"url", Unknown{}}}));
  for (const char* name : {"file_name", "volume", "id", "url"})
    CHECK(at(later.plan.state, name).is_unknown());
  CHECK(later.diagnostics.empty());
}

TEST_CASE("a new template needs a source", "[lxc_template]") {
  OneTemplate it;
  const auto planned = it.plan(Null{}, it.config({}));
  REQUIRE(planned.diagnostics.size() == 1);
  CHECK(planned.diagnostics[0].path == Path("url"));
}

TEST_CASE("the policy is held against node, storage and volume", "[lxc_template]") {
  policy::Rules rules;
  rules.nodes = std::vector<std::string>{"pve2"};
  rules.storages = std::vector<std::string>{"nfs"};
  rules.templates = std::vector<std::string>{"debian-*"};
  OneTemplate it(rules);
  const auto planned = it.plan(Null{}, it.config({{"url", url}}));
  REQUIRE(planned.diagnostics.size() == 3);
  CHECK(planned.diagnostics[0].path == Path("node"));
  CHECK(planned.diagnostics[1].path == Path("storage"));
  CHECK(planned.diagnostics[2].path == Path("file_name"));
}

TEST_CASE("a node that is not there is an error at plan time, with those that are",
          "[lxc_template]") {
  OneTemplate it;
  const auto planned = it.plan(Null{}, it.config({{"url", url}, {"node", "pve9"}}));
  REQUIRE(planned.diagnostics.size() == 1);
  CHECK(planned.diagnostics[0].path == Path("node"));
  CHECK(planned.diagnostics[0].detail.find("pve1, pve2, pve3.") != std::string::npos);
  // One that is there already stays as it is.
  const Value state = it.made(it.config({{"url", url}}));
  it.pve->offline.insert("pve1");
  CHECK(it.plan(state, it.config({{"url", url}})).diagnostics.empty());
}

TEST_CASE("a template is replaced where the file would be another one", "[lxc_template]") {
  OneTemplate it;
  const Value pinned = it.made(it.config({{"url", url}, {"checksum", sum_a}}));
  const auto replaces = [&](const Value& prior, Map set) {
    const auto planned = it.plan(prior, it.config(std::move(set)));
    CHECK(planned.diagnostics.empty());
    return planned.plan.requires_replace;
  };
  using Paths = std::vector<Path>;
  const char* const mirror = "https://b.example/x.tar.zst";
  CHECK(replaces(pinned, {{"url", url}, {"checksum", sum_a}}).empty());
  CHECK(replaces(pinned, {{"url", mirror}, {"checksum", sum_a}}).empty());
  CHECK(
      replaces(pinned, {{"url", mirror}, {"checksum", "SHA256:" + std::string(64, 'A')}}).empty());
  CHECK(replaces(pinned, {{"url", url}}).empty());
  CHECK(replaces(pinned, {{"url", mirror}}) == Paths{Path("url")});
  CHECK(replaces(pinned, {{"url", url}, {"checksum", sum_b}}) == Paths{Path("checksum")});
  CHECK(replaces(pinned, {{"url", "https://b.example/y.tar.zst"}, {"checksum", sum_a}}) ==
        Paths{Path("file_name")});
  CHECK(replaces(pinned, {{"url", Unknown{}}, {"checksum", sum_a}}) == Paths{Path("url")});
  CHECK(replaces(pinned, {{"url", Unknown{}}, {"checksum", sum_a}, {"file_name", "x.tar.zst"}})
            .empty());
  CHECK(replaces(pinned, {{"source_file", "app.tar"}, {"file_name", "x.tar.zst"}}).empty());

  const Value free = it.made(it.config({{"url", mirror}, {"file_name", "free.tar"}}));
  CHECK(replaces(free, {{"url", mirror}, {"file_name", "free.tar"}, {"checksum", sum_a}}) ==
        Paths{Path("checksum")});
  CHECK(replaces(free, {{"file_name", "free.tar"}}).empty());
}

TEST_CASE("a local file is uploaded again when its content changes", "[lxc_template]") {
  OneTemplate it;
  const Value config = it.config({{"source_file", "app.tar"}, {"file_name", "mine.tar"}});
  CHECK(at(it.plan(Null{}, config).plan.state, "checksum").is_unknown());
  const Value state = it.made(config);
  CHECK(at(state, "checksum") == Value(sum_a));
  CHECK(it.pve->count({"UPLOAD app.tar", "checksum=" + std::string(64, 'a')}) == 1);
  CHECK(it.plan(state, config).plan.state == state);

  it.files.files["app.tar"].sha256 = std::string(64, 'b');
  CHECK(it.plan(state, config).plan.requires_replace == std::vector<Path>{Path("checksum")});

  it.files.files.clear();
  const auto without = it.plan(state, config);
  CHECK(without.plan.state == state);
  REQUIRE(without.diagnostics.size() == 1);
  CHECK(without.diagnostics[0].severity == tf::Severity::warning);
  CHECK(without.diagnostics[0].path == Path("source_file"));
}

TEST_CASE("a file that somebody else put in its place is seen by its size", "[lxc_template]") {
  OneTemplate it;
  const Value config = it.config({{"source_file", "app.tar"}, {"file_name", "mine.tar"}});
  Value state = it.made(config);
  state.as<Map>()->insert_or_assign("size_bytes", tf::Number(std::int64_t{4}));
  CHECK(it.plan(state, config).plan.requires_replace == std::vector<Path>{Path("checksum")});
}

TEST_CASE("a file that is not there yet is a warning, and an error when it is needed",
          "[lxc_template]") {
  OneTemplate it;
  const Value config = it.config({{"source_file", "later.tar"}});
  const auto planned = it.plan(Null{}, config);
  REQUIRE(planned.diagnostics.size() == 1);
  CHECK(planned.diagnostics[0].severity == tf::Severity::warning);
  const auto applied = it.apply(Null{}, config);
  REQUIRE(applied.diagnostics.size() == 1);
  CHECK(applied.diagnostics[0].path == Path("source_file"));
  CHECK(applied.state.is_null());
  CHECK(it.pve->count({"UPLOAD"}) == 0);
}

TEST_CASE("what was imported takes its source over", "[lxc_template]") {
  OneTemplate it;
  const Value state = it.imported("pve1/local:vztmpl/debian-12.tar.zst");
  CHECK(at(state, "size_bytes") == Value(878536));
  const Value same = it.resource->generate_config(state);
  CHECK(it.plan(state, same).plan.state == state);

  const Value named =
      it.config({{"url", "https://a.example/debian-12.tar.zst"}, {"checksum", sum_a}});
  CHECK(it.plan(state, named).plan.requires_replace.empty());
  const auto taken = it.apply(state, named);
  CHECK(taken.diagnostics.empty());
  CHECK(at(taken.state, "checksum") == Value(sum_a));
  CHECK(it.plan(taken.state, named).plan.state == taken.state);

  const Value file = it.config({{"source_file", "app.tar"}, {"file_name", "debian-12.tar.zst"}});
  const auto uploaded = it.apply(state, file);
  CHECK(at(uploaded.state, "checksum") == Value(sum_a));
  it.files.files["app.tar"].bytes = 1;
  CHECK(it.plan(state, file).plan.requires_replace == std::vector<Path>{Path("checksum")});
  CHECK(it.pve->count({"POST"}) + it.pve->count({"DELETE"}) + it.pve->count({"UPLOAD"}) == 0);
}

TEST_CASE("import by id and by identity", "[lxc_template]") {
  OneTemplate it;
  const Value identity = Map{{"node", "pve2"}, {"volume", "local:vztmpl/app.tar"}};
  const auto found = it.resource->import({"", identity}, {});
  CHECK(at(found.state, "id") == Value("pve2/local:vztmpl/app.tar"));
  CHECK(at(found.state, "storage") == Value("local"));
  CHECK(found.identity == identity);
  for (const char* id : {"", "pve1", "local:vztmpl/app.tar", "pve1/local:iso/app.iso",
                         "pve1/local:vztmpl/", "pve1/:vztmpl/app.tar", "pve1/local:vztmpl/a/b.tar"})
    CHECK(tf::has_errors(it.resource->import({id, Null{}}, {}).diagnostics));
  const auto absent = it.resource->import({"pve1/local:vztmpl/none.tar", Null{}}, {});
  REQUIRE(absent.diagnostics.size() == 1);
  CHECK(absent.diagnostics[0].detail.find("has no template") != std::string::npos);
  const auto elsewhere = it.resource->import({"pve9/local:vztmpl/app.tar", Null{}}, {});
  REQUIRE(elsewhere.diagnostics.size() == 1);
  CHECK(elsewhere.diagnostics[0].detail.find("has no node \"pve9\"") != std::string::npos);
  CHECK(elsewhere.diagnostics[0].detail.find("pve1, pve2, pve3") != std::string::npos);
}

TEST_CASE("only a create that may still come to something stays in the state", "[lxc_template]") {
  OneTemplate it;
  const Value config = it.config({{"url", url}});
  it.plan(Null{}, config);  // the list of the cluster has been asked for
  const auto failing = [&](Errc code, fakes::FakePve::Effect effect) {
    it.pve->fail_at(3, Error{code, "as the test wants", {}, {}}, effect);
    const auto applied = it.apply(Null{}, config);
    CHECK(tf::has_errors(applied.diagnostics));
    return applied.state;
  };
  for (const Errc code : {Errc::unknown_outcome, Errc::timeout, Errc::cancelled}) {
    const Value state = failing(code, fakes::FakePve::Effect::none);
    CHECK(at(state, "id") == Value("pve1/local:vztmpl/x.tar.zst"));
    CHECK(at(state, "size_bytes").is_null());
  }
  CHECK(failing(Errc::denied, fakes::FakePve::Effect::none).is_null());
  it.pve->fail_task("download", "checksum mismatch: got 'a' != expect 'b'");
  const auto mismatch = it.apply(Null{}, config);
  CHECK(mismatch.state.is_null());
  CHECK(mismatch.diagnostics.at(0).path == Path("checksum"));
  it.pve->add_template("local:vztmpl/x.tar.zst");
  const auto taken = it.apply(Null{}, config);
  CHECK(taken.state.is_null());
  CHECK(taken.diagnostics.at(0).path == Path("file_name"));
}

TEST_CASE("what has vanished is gone, what cannot be read is not", "[lxc_template]") {
  OneTemplate it;
  const Value state = it.made(it.config({{"url", url}}));
  CHECK(it.resource->read({state, Null{}, ""}, {}).state == state);
  OneTemplate after;
  CHECK(after.resource->read({state, Null{}, ""}, {}).state.is_null());
  OneTemplate dark;
  dark.pve->offline.insert("pve1");
  const auto read = dark.resource->read({state, Null{}, ""}, {});
  CHECK(tf::has_errors(read.diagnostics));
  CHECK(read.state == state);
}

}  // namespace lxc_template_test
