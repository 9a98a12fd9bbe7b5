#pragma once
// The data folder of the node on this host, as its commands see it.

#include <optional>
#include <string>

#include "agent/arguments.hpp"
#include "libpaas/base/result.hpp"
#include "libpaas/node/status.hpp"

namespace paas::agent {

class NodeFolder {
 public:
  explicit NodeFolder(std::string path) : path_(std::move(path)) {}
  // The one that `--data-dir` names, else the usual one.
  explicit NodeFolder(const Arguments& arguments);

  const std::string& path() const { return path_; }
  // The node's id, which the labels of its own containers and volumes bear. Errors: `not_found` (no
  // agent ever ran here), `denied`, `invalid`.
  Result<std::string> owner() const;
  // What the agent wrote last. Errors: as owner().
  Result<node::Status> status() const;
  // Asks the agent to go back: an empty release stands for the last good one.
  Result<void> ask_to_hold(const std::string& project, const std::string& app,
                           const std::string& release) const;
  // Whether it has not answered that yet.
  bool is_asked(const std::string& project, const std::string& app) const;

 private:
  std::string hold_file(const std::string& project, const std::string& app) const;
  std::string path_;
};

}  // namespace paas::agent
