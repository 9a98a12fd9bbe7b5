#include "provider/plugin/handshake.hpp"

#include <catch2/catch.hpp>

#include "libpaas/base/json.hpp"

namespace paas::plugin::handshake_test {

const std::string pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

Environment of_terraform() {
  return {{"TF_PLUGIN_MAGIC_COOKIE",
           "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"},
          {"PLUGIN_PROTOCOL_VERSIONS", "5,6"},
          {"PLUGIN_MIN_PORT", "10000"},
          {"PLUGIN_CLIENT_CERT", pem}};
}

Result<Handshake> with(const std::string& name, const std::string& value) {
  Environment environment = of_terraform();
  environment[name] = value;
  return read_handshake(environment);
}

TEST_CASE("the handshake is read from the environment") {
  const auto handshake = read_handshake(of_terraform());
  REQUIRE(handshake);
  CHECK(handshake->client_certificate == pem);
  CHECK(handshake->socket_folder == "/tmp");
  CHECK_FALSE(handshake->tells_multiplexing);
  CHECK(with("PLUGIN_MULTIPLEX_GRPC", "true")->tells_multiplexing);
}

TEST_CASE("without the cookie we were started by hand") {
  CHECK(read_handshake({}).error().code == Errc::not_found);
  CHECK(with("TF_PLUGIN_MAGIC_COOKIE", "d602").error().code == Errc::not_found);
}

TEST_CASE("only version 6 is spoken") {
  CHECK(with("PLUGIN_PROTOCOL_VERSIONS", "6"));
  CHECK(with("PLUGIN_PROTOCOL_VERSIONS", "6,5"));
  CHECK(with("PLUGIN_PROTOCOL_VERSIONS", ""));
  for (const char* versions : {"5", "4,5", "16", "66", "6x", "5,,7"}) {
    const auto refused = with("PLUGIN_PROTOCOL_VERSIONS", versions);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::invalid);
    CHECK_FALSE(refused.error().remedy.empty());
  }
}

TEST_CASE("a certificate looks like one and is bounded") {
  CHECK(with("PLUGIN_CLIENT_CERT", "")->client_certificate.empty());
  CHECK(with("PLUGIN_CLIENT_CERT", "MIIB").error().code == Errc::invalid);
  CHECK(with("PLUGIN_CLIENT_CERT", pem + std::string(70'000, 'x')).error().code == Errc::invalid);
}

TEST_CASE("the socket goes where the host says, else where temporary files go") {
  CHECK(with("PLUGIN_UNIX_SOCKET_DIR", "/run/sockets/")->socket_folder == "/run/sockets");
  CHECK(with("TMPDIR", "/var/tmp//")->socket_folder == "/var/tmp");
  CHECK(with("PLUGIN_UNIX_SOCKET_DIR", "/")->socket_folder == "/");
  for (const std::string& folder : {std::string("relative"), std::string("/a|b"),
                                    std::string("/a\nb"), "/" + std::string(90, 'x')}) {
    CHECK(with("PLUGIN_UNIX_SOCKET_DIR", folder).error().code == Errc::invalid);
    CHECK(with("TMPDIR", folder)->socket_folder == "/tmp");
  }
  CHECK(debug_socket_folder({{"TMPDIR", "/\xFF"}}) == "/tmp");  // cannot stand in JSON
}

TEST_CASE("the answer is one line of the fields that the host knows") {
  Handshake handshake;
  CHECK(handshake_line(handshake, "/tmp/plugin1", "MIIB") == "1|6|unix|/tmp/plugin1|grpc|MIIB\n");
  CHECK(handshake_line(handshake, "/tmp/plugin1", "") == "1|6|unix|/tmp/plugin1|grpc|\n");
  handshake.tells_multiplexing = true;
  CHECK(handshake_line(handshake, "/p", "MIIB") == "1|6|unix|/p|grpc|MIIB|false\n");
}

TEST_CASE("only variables of the plugin protocol are taken from the environment") {
  const char* entries[] = {"PLUGIN_CLIENT_CERT=a=b",
                           "TF_LOG_PROVIDER=info",
                           "TMPDIR=/t",
                           "PROXMOX_VE_PASSWORD=secret",
                           "nonsense",
                           nullptr};
  CHECK(environment_of(entries) ==
        Environment{{"PLUGIN_CLIENT_CERT", "a=b"}, {"TF_LOG_PROVIDER", "info"}, {"TMPDIR", "/t"}});
}

TEST_CASE("reattaching names each source") {
  const auto json = parse_json(reattach_json({"a/b/c", "d/b/c"}, 42, "/tmp/plugin1"));
  REQUIRE(json);
  CHECK((*json)["a/b/c"] == (*json)["d/b/c"]);
  CHECK(print_json((*json)["a/b/c"]) ==
        R"({"Addr":{"Network":"unix","String":"/tmp/plugin1"},"Pid":42,"Protocol":"grpc",)"
        R"("ProtocolVersion":6,"Test":true})");
}

}  // namespace paas::plugin::handshake_test
