#pragma once
// Pve: a Proxmox VE cluster, as far as we need one: calls (libpaas/proxmox/calls.hpp) and tasks.
//
// The adapter signs in, keeps connections, limits how many calls run at once, and retries what is
// safe to repeat: reads, and writes that lock contention refused before anything happened. A write
// whose answer was lost is not repeated: it comes back as `unknown_outcome` for the use case, which
// knows what to read.

#include <stop_token>
#include <string>

#include "libpaas/proxmox/call.hpp"
#include "libpaas/proxmox/task.hpp"

#pragma GCC visibility push(default)
namespace paas {

class Pve {
 public:
  virtual ~Pve() = default;

  // The `data` of the answer. Errors: as proxmox::judge. Thread-safe, as are all below.
  virtual Result<Json> call(const proxmox::Call& call, std::stop_token stop) = 0;

  // Waits for a task to end and judges it. Its log lines go to the log as they come.
  // Errors: as proxmox::judge_task; `timeout` and `cancelled` while it still runs.
  virtual Result<void> wait(const proxmox::Upid& task, std::stop_token stop) = 0;

  // POST {path}: a multipart upload of a local file, streamed; returns the task that imports it.
  struct Upload {
    proxmox::Call call;     // POST /nodes/{node}/storage/{storage}/upload and its fields
    std::string file_path;  // on this machine
    std::string file_name;  // on the storage
  };
  virtual Result<proxmox::Upid> upload(const Upload& upload, std::stop_token stop) = 0;

  // Who we are: "root@pam!ci" for a token, "root@pam" for a ticket. Empty before the first sign-in.
  virtual std::string user() const = 0;
};

// call() for what answers with a UPID, then wait(). Errors: of both; `internal` if no task was
// named.
Result<void> run_task(Pve& pve, const proxmox::Call& call, std::stop_token stop);

}  // namespace paas
#pragma GCC visibility pop
