#include "libpaas/adapters/connect_pve.hpp"
#include "libpaas/adapters/system_clock.hpp"
#include "libpaas/adapters/system_files.hpp"
#include "libpaas/adapters/system_random.hpp"
#include "provider/plugin/serve.hpp"
#include "provider/provider.hpp"

int main(int argc, char** argv) {
  using namespace paas;
  const Environment environment = process_environment();
  const auto clock = make_system_clock();
  const auto random = make_system_random();
  const auto files = make_system_files();
  const provider::Connect connect = [](const pve::PveOptions& options, Log& log) {
    const auto connection = std::make_shared<PveConnection>(connect_pve(options, log));
    return std::shared_ptr<Pve>(connection, &connection->pve());
  };
  return plugin::serve(argc, argv, {"paas", "libpaas/paas", PAAS_VERSION}, [&](Log& log) {
    return provider::make_provider({{*clock, *random, *files, log}, environment, connect});
  });
}
