#include "libpaas/adapters/pve/options.hpp"

#include <catch2/catch.hpp>

namespace pve_options_test {

using namespace paas;
using namespace paas::pve;

const std::string token_text = "root@pam!ci=6f1c0a52-0000-4000-8000-000000000001";
const std::string pin(64, 'a');

Environment reachable(Environment more = {}) {
  more.emplace("PROXMOX_VE_ENDPOINT", "https://pve1.example");
  return more;
}

std::vector<Problem> problems(const Settings& settings, const Environment& environment) {
  const auto resolved = resolve(settings, environment);
  return resolved ? std::vector<Problem>{} : resolved.error();
}

TEST_CASE("addresses as people paste them") {
  const auto [text, expected] = GENERATE(table<std::string, std::string>({
      {"https://pve1.example:8006", "https://pve1.example:8006"},
      {"https://pve1.example", "https://pve1.example:8006"},
      {"https://pve1.example/", "https://pve1.example:8006"},
      {"https://PVE1.example:443/api2/json", "https://pve1.example:443"},
      {"https://pve1.example:8006/api2/json/", "https://pve1.example:8006"},
      {"https://10.0.0.2:8006/#v1:0:18:4:::::::", "https://10.0.0.2:8006"},
      {"https://[fd00::1]", "https://[fd00::1]:8006"},
      {"https://[fd00::1]:18006/", "https://[fd00::1]:18006"},
  }));
  const auto parsed = parse_endpoint(text);
  REQUIRE(parsed);
  CHECK(*parsed == expected);
}

TEST_CASE("addresses that cannot be meant") {
  const std::string text =
      GENERATE("", "pve1", "pve1:8006", "http://pve1:8006", "https://", "https:///",
               "https://root:secret@pve1", "https://pve1:0", "https://pve1:65536", "https://pve1:x",
               "https://pve1/pve", "https://pve1?x=y", "https://pve 1", "https://[fd00::1",
               "https://[nonsense]", "https://pve1\r\nX: y", "https://-pve1");
  const auto parsed = parse_endpoint(text);
  REQUIRE(!parsed);
  CHECK(parsed.error().code == Errc::invalid);
  CHECK(!parsed.error().remedy.empty());
  CHECK(parsed.error().message.find("secret") == std::string::npos);
}

TEST_CASE("tokens") {
  const auto good = parse_token(token_text);
  REQUIRE(good);
  CHECK(good->id == "root@pam!ci");
  CHECK(good->secret == "6f1c0a52-0000-4000-8000-000000000001");

  const std::string text =
      GENERATE("", "root@pam", "root@pam!ci", "root@pam!ci=", "root!ci=hush", "@pam!ci=hush",
               "root@pam!=hush", "PVEAPIToken=root@pam!ci=hush", "root@pam!ci=hush\r\nX: y",
               "root@pam!ci=hush hush");
  const auto bad = parse_token(text);
  REQUIRE(!bad);
  CHECK(bad.error().code == Errc::invalid);
  CHECK(!bad.error().remedy.empty());
  CHECK(describe(bad.error()).find("hush") == std::string::npos);
}

TEST_CASE("everything from the environment") {
  const auto options = resolve({}, reachable({{"PROXMOX_VE_API_TOKEN", token_text},
                                              {"PROXMOX_VE_FINGERPRINT", pin},
                                              {"PROXMOX_VE_TIMEOUT", "90"},
                                              {"PROXMOX_VE_PARALLELISM", "4"}}));
  REQUIRE(options);
  CHECK(options->endpoint == "https://pve1.example:8006");
  CHECK(std::get<Token>(options->credentials).id == "root@pam!ci");
  CHECK(std::get<Fingerprint>(options->trust) == *parse_fingerprint(pin));
  CHECK(options->timeout == std::chrono::seconds(90));
  CHECK(options->parallelism == 4);
}

TEST_CASE("explicit settings win over variables, one by one") {
  Settings settings;
  settings.endpoint = "https://pve2.example";
  settings.username = "deploy@pve";
  settings.timeout = std::chrono::seconds(5);
  settings.insecure = false;
  const auto options = resolve(settings, reachable({{"PROXMOX_VE_USERNAME", "root@pam"},
                                                    {"PROXMOX_VE_PASSWORD", "hush-hush"},
                                                    {"PROXMOX_VE_OTP", "123456"},
                                                    {"PROXMOX_VE_TIMEOUT", "90s"},
                                                    {"PROXMOX_VE_INSECURE", "true"}}));
  REQUIRE(options);
  CHECK(options->endpoint == "https://pve2.example:8006");
  CHECK(std::get<Password>(options->credentials) == Password{"deploy@pve", "hush-hush", "123456"});
  CHECK(options->timeout == std::chrono::seconds(5));
  CHECK(std::holds_alternative<SystemTrust>(options->trust));
}

TEST_CASE("explicit credentials put those of the environment aside") {
  Settings settings;
  SECTION("a token") {
    settings.api_token = token_text;
    const auto options = resolve(settings, reachable({{"PROXMOX_VE_USERNAME", "root@pam"},
                                                      {"PROXMOX_VE_PASSWORD", "hush-hush"}}));
    REQUIRE(options);
    CHECK(std::holds_alternative<Token>(options->credentials));
  }
  SECTION("a password") {
    settings.username = "root@pam";
    settings.password = "hush-hush";
    const auto options = resolve(settings, reachable({{"PROXMOX_VE_API_TOKEN", token_text}}));
    REQUIRE(options);
    CHECK(std::holds_alternative<Password>(options->credentials));
  }
}

TEST_CASE("explicit trust puts that of the environment aside") {
  Settings settings;
  settings.api_token = token_text;
  settings.ca_file = "/etc/pve/pve-root-ca.pem";
  const auto options =
      resolve(settings, reachable({{"PROXMOX_VE_INSECURE", "1"}, {"PROXMOX_VE_FINGERPRINT", pin}}));
  REQUIRE(options);
  CHECK(std::get<CaFile>(options->trust).path == "/etc/pve/pve-root-ca.pem");
}

TEST_CASE("what excludes each other is named as it was given", "[options]") {
  const auto said = [](const Settings& settings, Environment given) {
    given.emplace("PROXMOX_VE_API_TOKEN", token_text);
    const auto options = resolve(settings, reachable(std::move(given)));
    REQUIRE_FALSE(options);
    REQUIRE(options.error().size() == 1);
    return options.error()[0].message;
  };
  CHECK(said({}, {{"PROXMOX_VE_CA_FILE", "ca.pem"}, {"PROXMOX_VE_FINGERPRINT", pin}}) ==
        "both PROXMOX_VE_CA_FILE and PROXMOX_VE_FINGERPRINT are set");
  CHECK(said({}, {{"PROXMOX_VE_INSECURE", "1"}, {"PROXMOX_VE_FINGERPRINT", pin}}) ==
        "PROXMOX_VE_INSECURE is set together with PROXMOX_VE_FINGERPRINT");
  Settings settings;
  settings.ca_file = "ca.pem";
  settings.fingerprint = pin;
  CHECK(said(settings, {}) == "both `ca_file` and `fingerprint` are set");
}

TEST_CASE("what excludes each other in one place is a conflict") {
  Settings settings;
  Environment environment = reachable();
  std::string setting;
  std::string variable;
  SECTION("token and password, explicitly") {
    settings.api_token = token_text;
    settings.password = "hush-hush";
    setting = "api_token";
  }
  SECTION("token and user name, in the environment") {
    environment.emplace("PROXMOX_VE_API_TOKEN", token_text);
    environment.emplace("PROXMOX_VE_USERNAME", "root@pam");
    setting = "api_token";
    variable = "PROXMOX_VE_API_TOKEN";
  }
  SECTION("authority and fingerprint") {
    settings.api_token = token_text;
    settings.ca_file = "ca.pem";
    settings.fingerprint = pin;
    setting = "fingerprint";
  }
  SECTION("insecure and fingerprint") {
    settings.api_token = token_text;
    environment.emplace("PROXMOX_VE_INSECURE", "true");
    environment.emplace("PROXMOX_VE_FINGERPRINT", pin);
    setting = "insecure";
    variable = "PROXMOX_VE_INSECURE";
  }
  const auto found = problems(settings, environment);
  REQUIRE(found.size() == 1);
  CHECK(found[0].setting == setting);
  CHECK(found[0].variable == variable);
  CHECK(!found[0].remedy.empty());
}

TEST_CASE("all problems come at once, in order, and without a secret in them") {
  Settings settings;
  settings.password = "hush-hush";
  settings.parallelism = 0;
  const auto found = problems(settings, {{"PROXMOX_VE_ENDPOINT", "http://u:hush-hush@pve1"},
                                         {"PROXMOX_VE_OTP", "hush hush"},
                                         {"PROXMOX_VE_FINGERPRINT", "hush"},
                                         {"PROXMOX_VE_TIMEOUT", "soon"}});
  std::vector<std::string> settings_found;
  for (const Problem& problem : found) {
    settings_found.push_back(problem.setting);
    CHECK(problem.message.find("hush") == std::string::npos);
    CHECK(problem.remedy.find("hush") == std::string::npos);
  }
  CHECK(settings_found == std::vector<std::string>{"endpoint", "username", "otp", "fingerprint",
                                                   "timeout", "parallelism"});
  CHECK(found[0].variable == "PROXMOX_VE_ENDPOINT");
  CHECK(found[1].variable.empty());
}

TEST_CASE("nothing set: what to set, by attribute and variable") {
  const auto found = problems({}, {{"PROXMOX_VE_API_TOKEN", ""}});
  REQUIRE(found.size() == 2);
  CHECK(found[0].setting == "endpoint");
  CHECK(found[0].remedy.find("PROXMOX_VE_ENDPOINT") != std::string::npos);
  CHECK(found[1].setting == "api_token");
  CHECK(found[1].remedy.find("PROXMOX_VE_API_TOKEN") != std::string::npos);
}

TEST_CASE("half of a password sign-in") {
  Settings settings;
  SECTION("no password") {
    settings.username = "root@pam";
    CHECK(problems(settings, reachable()).at(0).setting == "password");
  }
  SECTION("no realm") {
    settings.username = "root";
    settings.password = "hush-hush";
    CHECK(problems(settings, reachable()).at(0).setting == "username");
  }
}

TEST_CASE("every setting has its variable") {
  for (const std::string_view setting :
       {"endpoint", "api_token", "username", "password", "otp", "ca_file", "fingerprint",
        "insecure", "timeout", "parallelism"}) {
    CHECK(variable_of(setting).starts_with("PROXMOX_VE_"));
  }
  CHECK(variable_of("colour").empty());
}

}  // namespace pve_options_test
