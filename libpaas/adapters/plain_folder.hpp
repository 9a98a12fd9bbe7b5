#pragma once
// A folder of the host's file system.

#include <memory>
#include <string>

#include "libpaas/ports/folder.hpp"

#pragma GCC visibility push(default)
namespace paas {

enum class Audience {
  everybody,  // files 0644, folders 0755
  root,       // files 0400, folders 0700: secrets
};

// It need not be there.
std::unique_ptr<Folder> make_plain_folder(std::string path, Audience audience);

}  // namespace paas
#pragma GCC visibility pop
