#pragma once
// Making a container from a template: the checks before the answer and the work of the task.

#include "tests/fake-pve/call.hpp"

namespace paas::fake_pve {

// POST /nodes/{node}/lxc. The id is taken (`lock: create`) before the answer is given.
Result<Reply> create_container(Call& call);

}  // namespace paas::fake_pve
