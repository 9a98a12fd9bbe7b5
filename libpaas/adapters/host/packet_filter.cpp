#include "libpaas/adapters/host/packet_filter.hpp"

#include "libpaas/base/text.hpp"
#include "libpaas/isolation/rules.hpp"

namespace paas::host {
namespace {

tl::unexpected<Error> nft_failure(const std::string& doing, const Finished& finished) {
  const bool denied = finished.errors.find("Operation not permitted") != std::string::npos;
  const std::string said = printable(to_utf8(shortened(trim(finished.errors), 1000)));
  return fail(denied ? Errc::denied : Errc::invalid, "unable to " + doing + ": nft ended with " +
                                                         std::to_string(finished.exit_code) +
                                                         (said.empty() ? "" : ": " + said));
}

class NftFilter final : public PacketFilter {
 public:
  explicit NftFilter(Process& process) : process_(process) {}

  Result<void> load(const std::string& rules, std::stop_token stop) override {
    Command command;
    command.words = {"nft", "-f", "-"};
    command.input = rules;
    const Finished finished = TRY(process_.run(command, std::move(stop)));
    if (finished.exit_code != 0) return nft_failure("load rules", finished);
    return {};
  }

  Result<std::string> listing(std::stop_token stop) override {
    std::string out;
    for (const char* const family : {"bridge", "inet"}) {
      Command command;
      command.words = {"nft",   "--stateless", "list",
                       "table", family,        std::string(isolation::table)};
      const Finished finished = TRY(process_.run(command, stop));
      if (finished.exit_code == 0) {
        out += finished.output;
      } else if (finished.errors.find("No such file or directory") == std::string::npos) {
        return nft_failure("list rules", finished);
      }
    }
    return out;
  }

 private:
  Process& process_;
};

}  // namespace

std::unique_ptr<PacketFilter> make_packet_filter(Process& process) {
  return std::make_unique<NftFilter>(process);
}

}  // namespace paas::host
