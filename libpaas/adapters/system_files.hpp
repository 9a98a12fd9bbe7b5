#pragma once
// The file system of the machine.

#include <memory>

#include "libpaas/ports/files.hpp"

namespace paas {

std::unique_ptr<Files> make_system_files();

}  // namespace paas
