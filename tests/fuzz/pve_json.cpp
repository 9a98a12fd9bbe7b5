// Answers of the Proxmox VE API. The first line is the status and the reason, the rest the body;
// every reader is tried on the data.
#include <algorithm>

#include "libpaas/proxmox/call.hpp"
#include "libpaas/proxmox/container.hpp"
#include "libpaas/proxmox/inventory.hpp"
#include "libpaas/proxmox/task.hpp"
#include "tests/fuzz/claims.hpp"

namespace paas::fuzz {
namespace {

using namespace proxmox;

void claim_json_stable(std::string_view text) {
  const auto json = parse_json(text);
  if (!accepted(json)) return;
  const auto parse = [](std::string_view one) { return parse_json(one); };
  claim_stable(*json, parse, print_json);
  claim_stable(*json, parse, pretty_json);
}

bool asks_for_volumes(const ContainerConfig& config) {
  return (config.root && config.root->needs_volume()) ||
         std::any_of(config.mounts.begin(), config.mounts.end(),
                     [](const auto& mount) { return mount.second.needs_volume(); });
}

// What is there needs no change, and neither does what was made like it.
void claim_settled(const ContainerConfig& config) {
  claim(change_params(config, config).empty(), "a configuration needs no change to be itself");
  const auto unfit = unwritable(config);
  for (const auto& one : unfit)
    claim(!one.attribute.empty() && !one.message.empty(), "an unwritable value is named");
  if (!unfit.empty() || asks_for_volumes(config)) return;
  Json::Object settings;
  for (const auto& [key, value] : create_params(config)) settings.emplace(key, value);
  const auto made = parse_container(Json{std::move(settings)});
  claim(made.has_value(), "what is sent can be read back");
  claim(change_params(*made, config).empty(), "a container is made as it is wanted");
}

void claim_containers(const Json& data) {
  const auto config = parse_container(data);
  if (accepted(config)) claim_settled(*config);
  const auto pending = parse_pending(data);
  if (!accepted(pending)) return;
  claim_settled(pending->config);
  claim(std::is_sorted(pending->pending.begin(), pending->pending.end()), "keys are sorted");
}

void claim_inventory(const Json& data) {
  const auto resources = parse_resources(data);
  if (accepted(resources))
    for (const Guest& guest : resources->guests)
      claim(guest.vmid > 0 && !guest.node.empty(), "a guest has an id and a node");
  const auto statuses = parse_statuses(data);
  if (accepted(statuses))
    for (const auto& [vmid, status] : *statuses) claim(vmid > 0, "a container has an id");
  const auto templates = parse_templates(data, "pve1", "local");
  if (accepted(templates))
    for (const Template& one : *templates) claim(!one.volume.empty(), "a template has a volume");
}

void claim_tasks(const Json& data) {
  const auto tasks = parse_task_list(data);
  if (accepted(tasks))
    for (const Upid& task : *tasks)
      claim(parse_upid(task.text) == task, "a task is named by its text");
  const auto status = parse_task_status(data);
  const auto log = parse_task_log(data["log"]);
  const Upid upid{"", "pve1", "vzcreate", "104", "root@pam"};
  if (accepted(status) && accepted(log)) accepted(judge_task(upid, *status, *log));
}

void one_answer(Reply reply) {
  claim_json_stable(reply.body);
  claim(reply.status == 400 || refused_parameters(reply).empty(),
        "only a bad request refuses parameters");
  const auto data = judge(reply);
  claim(!data || (reply.status >= 200 && reply.status < 300), "data comes with a success");
  if (!accepted(data)) return;
  claim_containers(*data);
  claim_inventory(*data);
  claim_tasks(*data);
}

}  // namespace
}  // namespace paas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace paas;
  std::string_view text = fuzz::text_of(data, size);
  const std::string_view line = fuzz::take_line(text);
  const std::size_t blank = std::min(line.find(' '), line.size());
  fuzz::one_answer({parse_integer<int>(line.substr(0, blank)).value_or(200),
                    std::string(line.substr(blank)), std::string(text)});
  return 0;
}
