#include "tests/bench/placement/row.hpp"

#include <catch2/catch.hpp>
#include <sstream>

namespace paas::bench::row_test {

TEST_CASE("row: one JSON object a line, as placement.py reads it") {
  std::ostringstream rows, texts;
  Report report(rows, texts);
  report.about("compiler", "x");
  report.add({"fill", 99.5, "%", 98.5, false, 90, "first fit", "a note"});
  report.add({"moves", 0, "moves"});
  CHECK(rows.str() ==
        "{\"about\":\"compiler\",\"value\":\"x\"}\n"
        "{\"goal\":98.5,\"lower\":false,\"measure\":\"fill\",\"note\":\"a note\",\"ours\":99.5,"
        "\"peer\":90,\"peer_name\":\"first fit\",\"unit\":\"%\"}\n"
        "{\"goal\":null,\"lower\":true,\"measure\":\"moves\",\"note\":\"\",\"ours\":0,"
        "\"peer\":null,\"peer_name\":null,\"unit\":\"moves\"}\n");
  CHECK(texts.str().empty());
}

TEST_CASE("row: what is skipped is said and fails nothing, what failed does") {
  std::ostringstream rows, texts;
  Report report(rows, texts);
  report.skipped("all of it", "no file");
  CHECK(!report.any_failed());
  report.failed("a row", "a reason");
  CHECK(report.any_failed());
  CHECK(texts.str() == "SKIPPED: all of it: no file\nFAILED: a row: a reason\n");
  CHECK(rows.str().empty());
}

}  // namespace paas::bench::row_test
