# The public headers of libpaas: installed, documented, and exported. Each one wraps its
# declarations in `#pragma GCC visibility push(default)` and `pop`; everything else in the library
# is hidden. A public header includes public headers only.
set(PAAS_PUBLIC_HEADERS
    libpaas/adapters/connect_pve.hpp
    libpaas/adapters/curl_http.hpp
    libpaas/adapters/environment.hpp
    libpaas/adapters/pve/options.hpp
    libpaas/adapters/tls_trust.hpp
    libpaas/base/json.hpp
    libpaas/base/log.hpp
    libpaas/base/result.hpp
    libpaas/direct/births.hpp
    libpaas/direct/container.hpp
    libpaas/direct/containers.hpp
    libpaas/direct/inventory.hpp
    libpaas/direct/single_flight.hpp
    libpaas/direct/step_runner.hpp
    libpaas/direct/templates.hpp
    libpaas/direct/vmid_pool.hpp
    libpaas/ports/clock.hpp
    libpaas/ports/http.hpp
    libpaas/ports/pve.hpp
    libpaas/ports/random.hpp
    libpaas/proxmox/call.hpp
    libpaas/proxmox/calls.hpp
    libpaas/proxmox/container.hpp
    libpaas/proxmox/inventory.hpp
    libpaas/proxmox/task.hpp)
