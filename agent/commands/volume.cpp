#include "agent/commands/volume.hpp"

#include <algorithm>

#include "agent/commands/complaint.hpp"
#include "agent/commands/node_engine.hpp"
#include "agent/interrupts.hpp"
#include "libpaas/base/json.hpp"
#include "libpaas/base/table.hpp"
#include "libpaas/base/text.hpp"
#include "libpaas/reconcile/diff.hpp"

namespace paas::agent::commands {
namespace {

const Usage& volume_ls_usage() {
  static const Usage usage = {
      "volume ls [flags]",
      "Lists the node's own volumes.",
      "0 done, 1 the engine or the data folder cannot be read, 2 the command line is wrong",
      {{"--json", "", "one JSON object with the list volumes"},
       data_dir_flag,
       runtime_flag,
       help_flag}};
  return usage;
}

const Usage& volume_rm_usage() {
  static const Usage usage = {
      "volume rm [flags] NAME...",
      "Removes volumes of the node's own with all that is in them. One that a container uses, be "
      "it "
      "stopped,\nis refused.",
      "0 removed, 1 refused, or the engine cannot be reached, 2 the command line is wrong",
      {{"--yes", "", "ask nobody; needed where standard input is no terminal"},
       {"--force", "", "one that a declared app may name, too"},
       data_dir_flag,
       runtime_flag,
       help_flag}};
  return usage;
}

// "shop.web.0.data" or "shop.uploads": labels hold no '.', so that no two are one.
bool is_declared(const std::vector<std::string_view>& parts, const node::Status& status) {
  const auto names = [&](const std::string& project, const std::string& name) {
    return project == parts[0] && (parts.size() != 4 || name == parts[1]);
  };
  return std::any_of(status.apps.begin(), status.apps.end(),
                     [&](const node::AppStatus& app) {
                       return app.state != "leaving" && names(app.project, app.app);
                     }) ||
         std::any_of(status.jobs.begin(), status.jobs.end(),
                     [&](const node::JobStatus& job) { return names(job.project, job.job); });
}

// What stands in the way of a removal; empty if nothing.
std::string hindrance(const OwnVolume& volume, const RemovalWish& wish) {
  if (!volume.used_by.empty()) return "is used by " + join(volume.used_by, ", ");
  if (volume.declared && !wish.force) {
    return "belongs to " + (volume.app.empty() ? std::string("nobody knows whom") : volume.app) +
           ", which is declared; --force removes it all the same";
  }
  return {};
}

bool agrees(const Invocation& invocation, const std::vector<std::string>& names) {
  invocation.err << "Remove " << join(names, ", ") << " with all that is in "
                 << (names.size() == 1 ? "it" : "them") << "? [y/N] " << std::flush;
  std::string answer;
  std::getline(invocation.in, answer);
  const std::string said = lower(trim(answer));
  return said == "y" || said == "yes";
}

}  // namespace

Result<std::vector<OwnVolume>> own_volumes(ContainerRuntime& runtime, std::string_view owner,
                                           const Result<node::Status>& status,
                                           std::stop_token stop) {
  std::vector<OwnVolume> out;
  for (model::VolumeInfo& info : TRY(runtime.volumes().list(stop))) {
    if (!reconcile::is_ours(info.labels, owner)) continue;
    OwnVolume volume{std::move(info)};
    const auto parts = split(volume.info.name, '.');
    if (parts.size() == 4) {
      volume.app = std::string(parts[0]) + "/" + std::string(parts[1]);
    } else if (parts.size() == 2) {
      volume.app = parts[0];
    }
    if (status) volume.declared = is_declared(parts, *status);
    out.push_back(std::move(volume));
  }
  std::sort(out.begin(), out.end(),
            [](const OwnVolume& a, const OwnVolume& b) { return a.info.name < b.info.name; });
  if (out.empty()) return out;
  for (const model::ContainerSummary& summary : TRY(runtime.containers().list(stop))) {
    const auto container = runtime.containers().inspect(summary.id, stop);
    if (!container && container.error().code == Errc::not_found) continue;  // gone meanwhile
    if (!container) return tl::unexpected<Error>(container.error());
    for (const model::Mount& mount : container->mounts) {
      for (OwnVolume& volume : out) {
        if (mount.kind != model::MountKind::volume || mount.source != volume.info.name) continue;
        volume.used_by.push_back(container->name);
      }
    }
  }
  return out;
}

int remove_volumes(const Invocation& invocation, ContainerRuntime& runtime,
                   const std::vector<OwnVolume>& all, const RemovalWish& wish,
                   std::stop_token stop) {
  bool refused = false;
  for (const std::string& name : wish.names) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const OwnVolume& one) { return one.info.name == name; });
    const std::string why =
        found == all.end() ? "is no volume of this node's own" : hindrance(*found, wish);
    if (why.empty()) continue;
    refused = true;
    invocation.err << "paas-agent: " << excerpt(name, 200) << " " << why << "\n";
  }
  if (refused) return failed;
  if (!wish.yes && !invocation.in_is_terminal) {
    invocation.err << "paas-agent: nobody is there to be asked; --yes removes without asking\n";
    return failed;
  }
  if (!wish.yes && !agrees(invocation, wish.names)) {
    invocation.err << "paas-agent: nothing was removed\n";
    return failed;
  }
  for (const std::string& name : wish.names) {
    if (const auto removed = runtime.volumes().remove(name, stop); !removed) {
      complain(invocation.err, "remove the volume \"" + name + "\"", removed.error());
      return failed;
    }
    invocation.out << name << "\n";
  }
  return done;
}

namespace {

struct Opened {
  NodeEngine node;
  std::vector<OwnVolume> volumes;
};

// The node's engine and volumes. What goes wrong is said: `failed`.
Or<Opened> opened(const Invocation& invocation, const Arguments& arguments, std::stop_token stop) {
  auto node = node_engine(invocation, arguments, stop);
  if (!node) return tl::unexpected<int>(node.error());
  auto all =
      own_volumes(*node->runtime, node->owner, NodeFolder(arguments).status(), std::move(stop));
  if (!all) {
    complain(invocation.err, "list the volumes", all.error());
    return tl::unexpected<int>(failed);
  }
  return Opened{*std::move(node), *std::move(all)};
}

}  // namespace

int volume_ls(const Invocation& invocation) {
  const auto arguments = understood(invocation, volume_ls_usage(), {0, 0});
  if (!arguments) return arguments.error();
  const Interrupts interrupts;
  const auto found = opened(invocation, *arguments, interrupts.token());
  if (!found) return found.error();
  if (arguments->has("--json")) {
    Json::Array list;
    for (const OwnVolume& one : found->volumes) {
      list.push_back(Json::Object{{"name", one.info.name},
                                  {"app", one.app},
                                  {"declared", one.declared},
                                  {"used_by", Json::Array(one.used_by.begin(), one.used_by.end())},
                                  {"mountpoint", one.info.mountpoint}});
    }
    invocation.out << pretty_json(Json::Object{{"volumes", std::move(list)}});
    return done;
  }
  std::vector<Row> rows;
  for (const OwnVolume& one : found->volumes) {
    rows.push_back({one.info.name, one.app, one.declared ? "yes" : "no", join(one.used_by, ","),
                    one.info.mountpoint});
  }
  invocation.out << table({"NAME", "APP", "DECLARED", "USED BY", "FOLDER"}, rows);
  return done;
}

int volume_rm(const Invocation& invocation) {
  const auto arguments = understood(invocation, volume_rm_usage(), {1, 1000});
  if (!arguments) return arguments.error();
  const Interrupts interrupts;
  const auto found = opened(invocation, *arguments, interrupts.token());
  if (!found) return found.error();
  return remove_volumes(invocation, *found->node.runtime, found->volumes,
                        {arguments->words(), arguments->has("--force"), arguments->has("--yes")},
                        interrupts.token());
}

}  // namespace paas::agent::commands
