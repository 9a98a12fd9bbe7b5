#pragma once
// The terminal that a person sits at, given over to a program in a container.

#include <memory>

#include "libpaas/ports/container_runtime.hpp"

namespace paas::agent {

// Every key goes to the program, Ctrl-C too, until what is returned is destroyed: then the terminal
// is as it was. `input` and `output` are file descriptors of a terminal. Errors: `invalid`.
Result<std::unique_ptr<Terminal>> take_terminal(int input, int output);

}  // namespace paas::agent
