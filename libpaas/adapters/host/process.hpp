#pragma once
// Process over posix_spawn(3). A program gets PATH, HOME and what the command says of our
// environment, no descriptor but its three, and a process group of its own, which is killed when it
// has ended or its time is over.

#include <memory>

#include "libpaas/ports/process.hpp"

namespace paas::host {

std::unique_ptr<Process> make_process();

}  // namespace paas::host
