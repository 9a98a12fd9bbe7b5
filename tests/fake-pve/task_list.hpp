#pragma once
// Tasks as lists show them.

#include "libpaas/base/json.hpp"
#include "tests/fake-pve/access.hpp"
#include "tests/fake-pve/state.hpp"

namespace paas::fake_pve {

// Its owner, and whoever may audit the node.
bool may_see_task(const State& state, const Login& login, const TaskRecord& task);

// One row of a task list; `status` is the exit status and absent while the task runs.
Json::Object task_row(const TaskRecord& task);

}  // namespace paas::fake_pve
