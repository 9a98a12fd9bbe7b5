#include "libpaas/ports/pve.hpp"

namespace paas {

Result<void> run_task(Pve& pve, const proxmox::Call& call, std::stop_token stop) {
  const Json data = TRY(pve.call(call, stop));
  const std::string* upid = data.string();
  if (!upid) return fail(Errc::internal, "the server named no task");
  return pve.wait(TRY(proxmox::parse_upid(*upid)), stop);
}

}  // namespace paas
