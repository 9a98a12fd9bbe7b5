#include "libpaas/adapters/host/packet_filter.hpp"

#include <catch2/catch.hpp>

namespace host_packet_filter_test {

using namespace paas;

struct Nft final : Process {
  std::vector<Command> seen;
  Finished next;
  Result<Finished> run(const Command& command, std::stop_token) override {
    seen.push_back(command);
    return next;
  }
};

TEST_CASE("packet filter: rules go in as one text, and errors are told apart") {
  Nft nft;
  const auto filter = host::make_packet_filter(nft);
  CHECK(filter->load("table inet paas", {}));
  CHECK(nft.seen.back().words == std::vector<std::string>{"nft", "-f", "-"});
  CHECK(nft.seen.back().input == "table inet paas");
  nft.next = {1, "", "/dev/stdin:1:2: Error: syntax error"};
  CHECK(filter->load("x", {}).error().code == Errc::invalid);
  CHECK_THAT(filter->load("x", {}).error().message, Catch::Contains("syntax error"));
  nft.next = {1, "", "netlink: Error: cache initialization failed: Operation not permitted"};
  CHECK(filter->load("x", {}).error().code == Errc::denied);
  CHECK(filter->listing({}).error().code == Errc::denied);
}

TEST_CASE("packet filter: both tables are listed, and none is no error") {
  Nft nft;
  const auto filter = host::make_packet_filter(nft);
  nft.next = {0, "table x\n", ""};
  CHECK(filter->listing({}).value() == "table x\ntable x\n");
  nft.next = {1, "", "Error: No such file or directory\nlist table inet paas"};
  CHECK(filter->listing({}).value().empty());
}

}  // namespace host_packet_filter_test
