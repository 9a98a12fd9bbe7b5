#pragma once
// What the kernel of this host tells of processes and their control groups. Internal to this
// folder.

#include <cstdint>
#include <string>
#include <string_view>

#include "libpaas/base/result.hpp"
#include "libpaas/engine/dialect.hpp"
#include "libpaas/model/engine.hpp"

namespace paas::engine {

// What a container may be given at most: the hard limits of this process.
HostFacts host_facts();

// Of the control groups of a process, and of its network. Errors: `conflict` if there is no such
// process any more.
Result<model::ContainerUse> use_of(int pid);
// Counted in the control group of a process that lives; 0 if it cannot be told.
std::uint64_t oom_kills_of(int pid);
// Whether the kernel's log has a line of an OOM kill in this container after it was started. It
// reaches back as far as the kernel keeps it; false where it may not be read.
bool kernel_tells_of_oom_kill(std::string_view container_id, model::Moment started);

// Kills a process if it is one of this container.
void kill_within(int pid, std::string_view container_id);

// The path of a file with this content in the folder, made if it is not there. Readable by all.
Result<std::string> kept_file(const std::string& folder, std::string_view stem,
                              std::string_view content);

}  // namespace paas::engine
