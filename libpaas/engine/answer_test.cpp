#include "libpaas/engine/answer.hpp"
#include "libpaas/base/moment.hpp"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

namespace answer_test {

using namespace paas;
using namespace paas::engine;
using model::ContainerStatus;
using model::EventKind;

Json json(const std::string& text) {
  return parse_json(text).value();
}

const std::string id(64, 'a');

// Of a running container, shortened; Podman's words where the two differ are in the second.
const std::string dockers = R"({
  "Id": ")" + id + R"(", "Created": "2026-11-21T18:52:33.354345643Z", "Name": "/web.1",
  "State": {"Status": "running", "Running": true, "OOMKilled": false, "Pid": 526, "ExitCode": 0,
            "Error": "", "StartedAt": "2026-11-21T18:52:34.032514865Z",
            "FinishedAt": "0001-01-01T00:00:00Z"},
  "Image": "sha256:4aea",
  "HostConfig": {"Memory": 33554432, "NanoCpus": 500000000, "CpuPeriod": 0, "CpuQuota": 0,
                 "PidsLimit": 100, "Ulimits": [{"Name": "nofile", "Hard": 1000, "Soft": 1000}]},
  "Mounts": [{"Type": "volume", "Name": "v1", "Source": "/var/lib/docker/volumes/v1/_data",
              "Destination": "/data", "RW": true},
             {"Type": "bind", "Source": "/srv/a", "Destination": "/a", "RW": false}],
  "Config": {"Tty": false, "Labels": {"l": "1", "odd": 3}},
  "NetworkSettings": {"Networks": {"net": {"IPAddress": "10.201.7.9",
                                           "MacAddress": "02:42:0A:c9:07:09"}}}})";
const std::string podmans = R"({
  "Id": ")" + id + R"(", "Created": "2026-11-21T19:52:33.354345643+01:00", "Name": "web.1",
  "State": {"Status": "exited", "Running": false, "OOMKilled": false, "Pid": 0, "ExitCode": 3,
            "StartedAt": "2026-11-21T18:52:54.898932634Z",
            "FinishedAt": "2026-11-21T18:52:55.824046831Z"},
  "Image": "4aea",
  "HostConfig": {"Memory": 0, "NanoCpus": 0, "PidsLimit": 2048,
                 "Ulimits": [{"Name": "RLIMIT_NPROC", "Soft": 4096, "Hard": 4096},
                             {"Name": "RLIMIT_NOFILE", "Soft": 20000, "Hard": 20000}]},
  "Mounts": [], "Config": {"Labels": null},
  "NetworkSettings": {"Networks": {"net": {"IPAddress": "", "MacAddress": ""}}}})";

TEST_CASE("a running container, as Docker tells of it") {
  const auto info = parse_container(json(dockers)).value();
  CHECK(info.name == "web.1");
  CHECK(info.image_id == "sha256:4aea");
  CHECK(info.status == ContainerStatus::running);
  CHECK(info.pid == 526);
  CHECK(!info.exit_code);
  CHECK(info.finished == model::Moment{});
  CHECK(info.started - info.created == std::chrono::nanoseconds(678'169'222));
  CHECK(info.labels == model::TextMap{{"l", "1"}});
  CHECK(info.address == "10.201.7.9");
  CHECK(info.mac == "02:42:0a:c9:07:09");
  CHECK(info.limits.memory_mib == 32u);
  CHECK(info.limits.cpu_milli == 500u);
  CHECK(info.limits.pids == 100u);
  CHECK(info.limits.open_files == 1000u);
  REQUIRE(info.mounts.size() == 2);
  CHECK(info.mounts[0].source == "/srv/a");
  CHECK(info.mounts[0].read_only);
  CHECK(info.mounts[1].source == "v1");
}

TEST_CASE("one that has ended, as Podman tells of it") {
  const auto info = parse_container(json(podmans)).value();
  CHECK(info.name == "web.1");
  CHECK(info.image_id == "sha256:4aea");
  CHECK(info.exit_code == 3);
  CHECK(info.network == "net");
  CHECK(info.address.empty());
  CHECK(info.created == parse_container(json(dockers)).value().created);
  CHECK(!info.limits.memory_mib);
  CHECK(!info.limits.cpu_milli);
  CHECK(info.limits.open_files == 20000u);
}

TEST_CASE("what is missing is a default, but for the id") {
  CHECK(parse_container(json(R"({"Id": ")" + id + R"("})")));
  CHECK(parse_container(json(R"({"Id": "short"})")).error().code == Errc::internal);
  CHECK(parse_container(json("{}")).error().code == Errc::internal);
  CHECK(parse_containers(Json{}).value().empty());
  CHECK(parse_containers(json("{}")).error().code == Errc::internal);
  CHECK(parse_volumes(json(R"({"Volumes": null})")).value().empty());
  CHECK(parse_images(json("[{}]")).error().code == Errc::internal);
}

TEST_CASE("an image stands once in a list, by whatever names") {
  const auto images = parse_images(json(R"([
    {"Id": "4aea", "RepoTags": ["a:1", "b:1"], "RepoDigests": null, "Size": 7},
    {"Id": "4aea", "RepoTags": ["a:1", "b:1"]},
    {"Id": "sha256:1111", "RepoTags": ["<none>:<none>"], "RepoDigests": ["<none>@<none>"]}])"));
  REQUIRE(images);
  REQUIRE(images->size() == 2);
  CHECK((*images)[0].id == "sha256:1111");
  CHECK((*images)[0].names.empty());
  CHECK((*images)[0].digests.empty());
  CHECK((*images)[1].names == model::Texts{"a:1", "b:1"});
}

TEST_CASE("errors mean what their words say where the status says nothing") {
  struct Case {
    int status;
    std::string body;
    Errc code;
  };
  const auto one = GENERATE(values<Case>({
      // Podman
      {500, R"({"cause": "that name is already in use", "message": "creating container storage"})",
       Errc::internal},
      {500, R"({"message": "the container name \"c1\" is already in use by c3a5"})",
       Errc::conflict},
      {500,
       R"({"message": "subnet 10.200.7.0/24 is already used on the host or by another config"})",
       Errc::conflict},
      {500,
       R"({"message": "IPAM error: requested ip address 10.200.7.9 is already allocated to x"})",
       Errc::conflict},
      {500,
       R"({"message": "can only kill running containers. x is in state exited: container state improper"})",
       Errc::conflict},
      {500, R"({"message": "00: image not known"})", Errc::not_found},
      {404, R"({"message": "no container with name or ID \"c1\" found"})", Errc::not_found},
      // Docker
      {403, R"({"message": "Pool overlaps with other one on this address space"})", Errc::conflict},
      {403, R"({"message": "Address already in use"})", Errc::conflict},
      {403, R"({"message": "error while removing network: network a has active endpoints"})",
       Errc::conflict},
      {403, R"({"message": "no"})", Errc::denied},
      {500, R"({"message": "Head \"http://127.0.0.1:5001/v2/\": no basic auth credentials"})",
       Errc::denied},
      {500,
       R"({"message": "Get \"http://127.0.0.1:5009/v2/\": dial tcp: connect: connection refused"})",
       Errc::unavailable},
      {404,
       R"({"message": "pull access denied for a, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"})",
       Errc::denied},
      {400, R"({"message": "bad"})", Errc::invalid},
      {409, "", Errc::conflict},
      {500, "not JSON at all", Errc::internal},
  }));
  INFO(one.body);
  const Error error = error_of(one.status, one.body);
  CHECK(error.code == one.code);
  CHECK(!error.message.empty());
}

TEST_CASE("an error's text is short, printable and free of a URL's secrets") {
  const Error error = error_of_text(
      "Get \"https://bob:hunter2@host/x?token=hunter3\": \x1b[31m\xff" + std::string(100'000, 'x'));
  CHECK(error.message.size() < 1'100);
  CHECK(error.message.find("hunter") == std::string::npos);
  CHECK(error.message.find('\x1b') == std::string::npos);
}

TEST_CASE("events of both engines") {
  const auto line = [](const std::string& action, const std::string& more) {
    return json(R"({"Type": "container", "Action": ")" + action + R"(", "Actor": {"ID": ")" + id +
                R"(", "Attributes": {)" + more + R"(}}, "timeNano": 1795287288543508894})");
  };
  CHECK(parse_event(line("start", ""))->kind == EventKind::started);
  const auto died = parse_event(line("died", R"("containerExitCode": "3")"));
  CHECK(died->kind == EventKind::died);
  CHECK(died->exit_code == 3);
  CHECK(parse_event(line("die", R"("exitCode": "137")"))->exit_code == 137);
  CHECK(parse_event(line("destroy", ""))->kind == EventKind::removed);
  CHECK(parse_event(line("remove", ""))->kind == EventKind::removed);
  CHECK(parse_event(line("exec_create: /bin/sh -c secret", ""))->kind == EventKind::other);
  CHECK(unix_text(parse_event(line("oom", ""))->at) == "1795287288.543508894");
  CHECK(!parse_event(json(R"({"Type": "network", "Action": "create"})")));
  CHECK(!parse_event(json("[]")));
}

TEST_CASE("lines of a pull and of a load") {
  const auto progress = [](const std::string& text) {
    return parse_stream_line(json(text)).progress;
  };
  CHECK(progress(R"({"status": "Downloading", "progressDetail": {"current": 3, "total": 9},
                     "id": "a2d727322094"})") ==
        model::PullProgress{"a2d727322094", "Downloading", 3, 9});
  CHECK(progress(R"({"stream": "Copying blob sha256:a2d7273220949a1eaf882dee\n"})") ==
        model::PullProgress{"a2d727322094", "Copying", 0, 0});
  CHECK(parse_stream_line(json(R"({"images": ["4aea"], "id": "4aea"})")).image == "sha256:4aea");
  CHECK(parse_stream_line(json(R"({"stream": "Loaded image ID: sha256:4aea\n"})")).image ==
        "sha256:4aea");
  CHECK(parse_stream_line(json(R"({"Names": ["localhost/a:1"]})")).image == "localhost/a:1");
  CHECK(parse_stream_line(json(R"({"errorDetail": {"message": "no"}})")).error == "no");
}

TEST_CASE("moments") {
  CHECK(unix_text(parse_moment("1970-01-01T00:00:01.5Z").value()) == "1.500000000");
  CHECK(parse_moment("2026-02-28T23:00:00-01:30") == parse_moment("2026-03-01T00:30:00Z"));
  for (const char* wrong : {"", "0001-01-01T00:00:00Z", "2026-02-30T00:00:00Z",
                            "2026-02-28T24:00:00Z", "2026-02-28T23:00:00", "2026-02-28 23:00:00Z",
                            "2026-02-28T23:00:00+1:00", "2026-02-28T23:00:00.5"}) {
    CHECK(!parse_moment(wrong));
  }
  CHECK(rc::check(
      "text of a moment has nine digits behind the point", [](std::uint32_t s, std::uint32_t n) {
        const std::chrono::nanoseconds fraction(n % 1'000'000'000);
        const std::string text = unix_text(model::Moment(std::chrono::seconds(s) + fraction));
        RC_ASSERT(text.size() - text.find('.') == 10u);
        RC_ASSERT(std::stoll(text.substr(text.find('.') + 1)) == fraction.count());
      }));
}

}  // namespace answer_test
