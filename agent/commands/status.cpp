#include "agent/commands/status.hpp"

#include <algorithm>
#include <chrono>

#include "agent/colour.hpp"
#include "agent/commands/complaint.hpp"
#include "agent/node_folder.hpp"
#include "agent/table.hpp"
#include "agent/usage.hpp"
#include "libpaas/base/moment.hpp"
#include "libpaas/base/table.hpp"
#include "libpaas/base/text.hpp"

namespace paas::agent::commands {
namespace {

constexpr std::chrono::seconds patience_with_agent{150};
constexpr std::chrono::seconds skew_of_clocks{60};

const Usage& status_usage() {
  static const Usage usage = {
      "status [flags]",
      "Shows what the node on this host runs, what it waits for, and what is wrong.",
      "0 all is well, 1 something is wrong, the agent seems dead, or nothing can be read, 2 the "
      "command\nline is wrong",
      {{"--foreign", "", "also what on this host is not the node's own"},
       {"--json", "", "what the agent wrote, docs/formats/status.schema.json"},
       data_dir_flag,
       help_flag}};
  return usage;
}

std::string ago(model::Moment then, model::Moment now) {
  if (then == model::Moment{}) return "never";
  const auto passed = std::chrono::duration_cast<std::chrono::seconds>(now - then).count();
  if (passed < 0) return "in " + uptime_cell(static_cast<std::uint64_t>(-passed));
  return uptime_cell(static_cast<std::uint64_t>(passed)) + " ago";
}

std::string short_version(const std::string& version) {
  const auto colon = version.find(':');
  return colon == version.npos ? version : version.substr(0, colon + 13);
}

std::string head_text(const node::Status& status, model::Moment now) {
  const node::SourceStatus& source = status.source;
  const std::string node = "node " + status.node + ", paas-agent " + status.version + ", " +
                           (status.engine.empty() ? "no engine" : status.engine);
  const std::string doing = "written " + ago(status.written, now) + ", generation " +
                            std::to_string(status.generation) + ", " + status.phase +
                            (status.change.empty() ? "" : ": " + status.change) +
                            (status.settled ? ", settled" : "");
  const std::string from = "source " + source.location + ", " +
                           (source.version.empty() ? "never read"
                                                   : short_version(source.version) + " taken " +
                                                         ago(source.accepted, now));
  return printable(node) + "\n" + printable(doing) + "\n" + printable(from) + "\n";
}

std::string app_table(const node::Status& status) {
  std::vector<Row> rows;
  for (const node::AppStatus& one : status.apps) {
    rows.push_back({one.project + "/" + one.app, one.state,
                    std::to_string(one.ready) + "/" + std::to_string(one.replicas),
                    one.release.substr(0, 8), one.held.substr(0, 8)});
  }
  return table({"APP", "STATE", "READY", "RELEASE", "HELD"}, rows);
}

std::string ending(const node::ContainerStatus& one) {
  if (!one.exit_code) return {};
  return std::to_string(*one.exit_code) + (one.out_of_memory ? " (out of memory)" : "");
}

std::string container_table(const node::Status& status, model::Moment now) {
  std::vector<Row> rows;
  for (const node::ContainerStatus& one : status.containers) {
    rows.push_back({one.name, one.stage, one.state, one.ready ? "yes" : "no",
                    one.named ? "yes" : "no", one.address,
                    one.started == model::Moment{} ? "" : ago(one.started, now),
                    std::to_string(one.restarts), ending(one), one.health});
  }
  return table({"CONTAINER", "STAGE", "STATE", "READY", "NAMED", "ADDRESS", "STARTED", "RESTARTS",
                "LAST EXIT", "HEALTH"},
               rows);
}

std::string job_table(const node::Status& status, model::Moment now) {
  std::vector<Row> rows;
  for (const node::JobStatus& one : status.jobs) {
    Row row{one.project + "/" + one.job,
            one.schedule,
            one.next == model::Moment{} ? "" : ago(one.next, now),
            "",
            "",
            "",
            std::to_string(one.missed)};
    if (!one.runs.empty()) {
      const node::RunStatus& last = one.runs.front();
      row[3] = last.stage;
      row[4] = last.outcome == "none" ? "" : last.outcome;
      row[5] = last.started == model::Moment{} ? "" : ago(last.started, now);
    }
    rows.push_back(std::move(row));
  }
  return table({"JOB", "SCHEDULE", "NEXT", "LAST RUN", "OUTCOME", "STARTED", "MISSED"}, rows);
}

std::string foreign_table(const node::Status& status) {
  std::vector<Row> rows;
  for (const node::ForeignService& one : status.foreign) {
    rows.push_back({one.kind, one.name, one.state, one.detail});
  }
  return table({"KIND", "NAME", "STATE", "FROM"}, rows);
}

// Of its last run that ended; one that goes on may mend it.
std::string trouble_of(const node::JobStatus& job) {
  if (job.runs.empty()) return {};
  const node::RunStatus& last = job.runs.front();
  if (!last.trouble.empty()) return last.trouble;
  const bool bad =
      last.outcome == "failed" || last.outcome == "timed_out" || last.outcome == "interrupted";
  if (!bad) return {};
  const std::string code = last.exit_code ? " with " + std::to_string(*last.exit_code) : "";
  return "its last run " + (last.outcome == "timed_out" ? "took too long"
                            : last.outcome == "failed"  ? "failed" + code
                                                        : "was interrupted");
}

// The heading of a table stands out.
std::string headed(const Colour& colour, const std::string& text) {
  const auto end = text.find('\n');
  return "\n" + colour.bold(text.substr(0, end)) + text.substr(end);
}

}  // namespace

bool seems_dead(const node::Status& status, model::Moment now) {
  return now - status.written > patience_with_agent || status.written - now > skew_of_clocks;
}

std::vector<std::string> troubles_of(const node::Status& status, model::Moment now) {
  std::vector<std::string> out;
  const auto add = [&](const std::string& what, const std::string& trouble) {
    if (!trouble.empty()) out.push_back(printable(what + ": " + trouble));
  };
  if (status.written - now > skew_of_clocks) {
    add("agent", "what it wrote is of the future; is the clock right?");
  } else if (seems_dead(status, now)) {
    add("agent", "it wrote last " + ago(status.written, now) +
                     " and seems dead; try `systemctl status paas-agent`");
  }
  add("source", status.source.trouble);
  add("engine", status.engine_trouble);
  add("disk", status.disk_trouble);
  for (const node::AppStatus& one : status.apps) {
    std::string trouble = one.trouble;
    if (trouble.empty() && one.state == "failed") trouble = "its rollout failed";
    if (trouble.empty() && one.state == "running" && one.ready < one.replicas) {
      trouble =
          std::to_string(one.ready) + " of " + std::to_string(one.replicas) + " replicas are ready";
    }
    add("app " + one.project + "/" + one.app, trouble);
  }
  for (const node::ContainerStatus& one : status.containers) add(one.name, one.trouble);
  for (const node::JobStatus& job : status.jobs)
    add("job " + job.project + "/" + job.job, trouble_of(job));
  return out;
}

std::string status_text(const Invocation& invocation, const node::Status& status,
                        const StatusWish& wish, model::Moment now) {
  const Colour colour(invocation);
  std::string out = head_text(status, now);
  if (!status.apps.empty()) out += headed(colour, app_table(status));
  if (!status.containers.empty()) out += headed(colour, container_table(status, now));
  if (!status.jobs.empty()) out += headed(colour, job_table(status, now));
  if (wish.foreign) out += headed(colour, foreign_table(status));
  if (!status.pending.empty()) {
    out += "\n" + colour.bold("WAITING") + "\n";
    for (const std::string& one : status.pending) out += "  " + printable(one) + "\n";
  }
  const auto troubles = troubles_of(status, now);
  if (!troubles.empty()) out += "\n" + colour.bold("TROUBLE") + "\n";
  for (const std::string& one : troubles) out += "  " + colour.red(one) + "\n";
  for (const node::ContainerStatus& one : status.containers) {
    if (one.trouble.empty() || one.log.empty()) continue;
    out += "\n" + colour.bold("last lines of " + printable(one.name)) + "\n";
    for (const std::string& line : one.log) out += "  " + printable(line) + "\n";
  }
  return out;
}

int status(const Invocation& invocation) {
  const auto arguments = understood(invocation, status_usage(), {0, 0});
  if (!arguments) return arguments.error();
  const auto read = NodeFolder(*arguments).status();
  if (!read) {
    complain(invocation.err, "read the status", read.error());
    return failed;
  }
  const model::Moment now = std::chrono::system_clock::now();
  if (arguments->has("--json")) {
    invocation.out << node::print_status(*read);
  } else {
    invocation.out << status_text(invocation, *read, {arguments->has("--foreign")}, now);
  }
  return troubles_of(*read, now).empty() ? done : failed;
}

}  // namespace paas::agent::commands
