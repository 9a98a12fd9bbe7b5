#pragma once
// The parts of a runtime over a link. Internal to this folder.

#include <memory>
#include <string>

#include "libpaas/adapters/engine/link.hpp"
#include "libpaas/ports/container_runtime.hpp"

namespace paas::engine {

// The link, and whatever else is handed over by reference, outlives what is made.
std::unique_ptr<Images> make_images(const Link& link);
std::unique_ptr<Networks> make_networks(const Link& link);
std::unique_ptr<Volumes> make_volumes(const Link& link);
// `scratch_dir`: a folder of ours that outlives containers, for files mounted into them.
std::unique_ptr<Containers> make_containers(const Link& link, Images& images,
                                            const std::string& scratch_dir);
std::unique_ptr<Sessions> make_sessions(const Link& link, Containers& containers);

}  // namespace paas::engine
