#include <set>

#include "libpaas/base/document.hpp"
#include "provider/placement/problem.hpp"

namespace paas::placement_values {
namespace {

using placement::Problem;
using tf::Diagnostics;
using tf::Path;

constexpr const char* dropped =
    " Terraform drops attributes of map values that it does not know, without a word: look for a "
    "misspelt name.";

class LooseEnds {
 public:
  LooseEnds(const Problem& problem, const tf::Value& current, const Path& path)
      : problem_(problem), current_(current), path_(path) {
    for (const placement::Node& node : problem.cluster.nodes) nodes_.insert(node.name);
    for (const placement::Workload& one : problem.workloads) {
      workloads_.insert(one.name);
      apps_.insert(one.app.empty() ? one.name : one.app);
      if (!one.project.empty()) projects_.insert(one.project);
    }
  }

  Diagnostics all() {
    for (const placement::Node& one : problem_.cluster.nodes) node(one);
    for (const placement::Workload& one : problem_.workloads) workload(one);
    for (const auto& [project, quota] : problem_.rules.quotas)
      if (!projects_.contains(project))
        nowhere(path_.attribute("rules").attribute("quotas").key(project), "project", project,
                projects_);
    if (const auto* map = current_.as<tf::Map>())
      for (const auto& entry : *map) replica(entry.first);
    return std::move(out_);
  }

 private:
  using Names = std::set<std::string_view>;

  void nowhere(const Path& where, const char* noun, const std::string& name, const Names& known) {
    const auto meant = nearest(name, {known.begin(), known.end()});
    out_.push_back(tf::warning_at(
        where, std::string("there is no such ") + noun,
        to_text(where) + " names the " + noun + " \"" + name + "\", which is not there" +
            (meant.empty() ? "." : "; did you mean \"" + std::string(meant) + "\"?")));
  }

  void node(const placement::Node& one) {
    if (!one.capacity.empty() || !one.devices.empty()) return;
    const Path where = path_.attribute("cluster").key(one.name);
    out_.push_back(tf::warning_at(where, one.name + " offers nothing",
                                  to_text(where) + " has no capacity and no devices." + dropped));
  }

  void workload(const placement::Workload& one) {
    const Path where = path_.attribute("workloads").key(one.name);
    if (one.requests.empty() && one.devices.empty() && one.ports.empty() && one.volumes.empty())
      out_.push_back(tf::warning_at(where, one.name + " asks for nothing",
                                    to_text(where) +
                                        " has no requests, no devices, no ports and no volumes, so "
                                        "any number of it fits anywhere." +
                                        dropped));
    for (std::size_t i = 0; i < one.pin.size(); ++i)
      if (!nodes_.contains(one.pin[i]))
        nowhere(where.attribute("pin").index(static_cast<std::int64_t>(i)), "node", one.pin[i],
                nodes_);
    for (std::size_t i = 0; i < one.relations.size(); ++i)
      if (!apps_.contains(one.relations[i].app))
        nowhere(where.attribute("relations").index(static_cast<std::int64_t>(i)).attribute("app"),
                "app", one.relations[i].app, apps_);
  }

  void replica(const std::string& name) {
    const auto allocation = placement::allocation_of(name);
    if (!allocation) return;  // a mistake, told elsewhere
    const Path where = path_.attribute("current").key(name);
    for (const placement::Workload& one : problem_.workloads) {
      if (one.name != allocation->workload) continue;
      if (allocation->ordinal >= one.replicas)
        out_.push_back(tf::warning_at(where, "there is no such replica",
                                      to_text(where) + " is passed over: " + one.name +
                                          " has replicas = " + std::to_string(one.replicas) +
                                          ", and the first is " + one.name + "/0."));
      return;
    }
    nowhere(where, "workload", allocation->workload, workloads_);
  }

  const Problem& problem_;
  const tf::Value& current_;
  const Path& path_;
  Names nodes_, workloads_, apps_, projects_;
  Diagnostics out_;
};

}  // namespace

Diagnostics loose_ends(const Problem& problem, const tf::Value& current, const Path& path) {
  return LooseEnds(problem, current, path).all();
}

}  // namespace paas::placement_values
