#include "provider/tf/diagnostics.hpp"

#include <catch2/catch.hpp>

namespace diagnostics_test {
namespace {

using namespace paas;
using namespace paas::tf;

TEST_CASE("a path reads as a user writes it", "[tf]") {
  CHECK(to_text(Path()) == "");
  CHECK(to_text(Path("dns").attribute("servers").index(1)) == "dns.servers[1]");
  CHECK(to_text(Path("network").key("net\"0").attribute("mac")) == R"(network["net\"0"].mac)");
}

TEST_CASE("an error becomes a diagnostic with its causes and its remedy", "[tf]") {
  const Error error = Error{Errc::unavailable, "connection refused", {}, ""}
                          .while_doing("GET /version")
                          .advising("Check the endpoint.");
  CHECK(diagnostic_of(error, "unable to connect", Path("endpoint")) ==
        Diagnostic{Severity::error, "unable to connect",
                   "GET /version: connection refused\n\nCheck the endpoint.", Path("endpoint")});
  CHECK(diagnostic_of(Error{Errc::internal, "odd", {}, ""}, "unable").detail == "odd");
}

TEST_CASE("warnings are no errors", "[tf]") {
  Diagnostics diagnostics{warning_at({}, "old", "It is old.")};
  CHECK_FALSE(has_errors(diagnostics));
  diagnostics.push_back(error_at({}, "bad", "It is bad."));
  CHECK(has_errors(diagnostics));
}

}  // namespace
}  // namespace diagnostics_test
