#pragma once
// Store as files of one folder: NAME with a line of its own that has the length and the SHA-256 of
// what follows, and NAME.previous, the version before. 0600, the folder 0700.

#include <memory>
#include <string>

#include "libpaas/ports/store.hpp"

namespace paas::host {

// Names are of letters, digits, '-' and '_'. The folder is made when something is written.
std::unique_ptr<Store> make_store(std::string folder);

}  // namespace paas::host
