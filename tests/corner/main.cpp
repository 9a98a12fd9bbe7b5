#include "provider/plugin/serve.hpp"
#include "tests/corner/provider.hpp"

int main(int argc, char** argv) {
  return paas::plugin::serve(argc, argv, {"corner", "libpaas/corner", PAAS_VERSION},
                             [](paas::Log&) { return paas::corner::make_provider(); });
}
