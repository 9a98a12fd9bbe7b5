// `healthcheck`, `deploy` and `restart`: how a service is kept running.

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/compose/service.hpp"

namespace paas::compose {
namespace {

constexpr int most_replicas = 1000;

// The command of `test`; none where there is no check.
std::optional<model::Texts> test_command(Draft& draft, const At& at) {
  if (at.value.scalar() != nullptr) {
    return model::Texts{"/bin/sh", "-c", at.value.scalar()->text};
  }
  model::Texts words;
  for (auto& [word, item] : draft.reading.texts(at)) words.push_back(std::move(word));
  if (words.empty() || words[0] == "NONE") return {};
  if (words[0] == "CMD" && words.size() > 1) return model::Texts(words.begin() + 1, words.end());
  if (words[0] == "CMD-SHELL" && words.size() == 2) return model::Texts{"/bin/sh", "-c", words[1]};
  draft.reading.wrong(at, "must begin with CMD, CMD-SHELL or NONE");
  return {};
}

void read_probe_field(Draft& draft, const At& field, model::Probe& probe) {
  const auto key = field.key();
  const auto at_least_one = [](std::optional<model::Seconds> read, model::Seconds usual) {
    return std::max(read.value_or(usual), model::Seconds{1});
  };
  if (key == "interval") {
    probe.interval = at_least_one(draft.reading.duration(field), probe.interval);
  } else if (key == "timeout") {
    probe.timeout = at_least_one(draft.reading.duration(field), probe.timeout);
  } else if (key == "start_period") {
    probe.start_period = draft.reading.duration(field).value_or(probe.start_period);
  } else if (key == "retries") {
    const auto retries = draft.reading.whole(field, 0, 1'000'000);
    probe.failures = static_cast<int>(std::clamp<std::int64_t>(retries.value_or(3), 1, 100));
    if (retries && probe.failures != *retries) {
      draft.reading.left_out(field, "is " + std::to_string(probe.failures) + " here");
    }
  } else if (key == "start_interval") {
    draft.reading.left_out(field, "has no counterpart: a container is asked often while it starts");
  } else if (key != "test" && key != "disable" && !key.starts_with("x-")) {
    draft.reading.wrong(field, "is no field of a healthcheck");
  }
}

void read_limit_fields(Draft& draft, const At& at) {
  model::Limits& limits = draft.container().limits;
  for (const At& field : draft.reading.members(at)) {
    if (field.key() == "cpus") {
      limits.cpu_milli = draft.reading.milli_cores(field);
    } else if (field.key() == "memory") {
      limits.memory_mib = draft.reading.mib(field);
    } else if (field.key() == "pids") {
      if (const auto pids = draft.reading.whole(field, 1, 4'194'304)) {
        limits.pids = static_cast<std::uint64_t>(*pids);
      }
    } else if (!field.key().starts_with("x-")) {
      draft.reading.wrong(field, "is no limit");
    }
  }
}

void read_update_field(Draft& draft, const At& field) {
  model::Update& update = draft.service.app.update;
  const auto key = field.key();
  const std::string text = draft.reading.text(field).value_or("");
  if (key == "parallelism") {
    const auto at_once = draft.reading.whole(field, 0, most_replicas).value_or(1);
    update.at_once = at_once == 0 ? most_replicas : static_cast<int>(at_once);
  } else if (key == "order") {
    draft.order_given = text == "start-first" || text == "stop-first";
    if (!draft.order_given) draft.reading.wrong(field, "must be start-first or stop-first");
    update.order =
        text == "start-first" ? model::UpdateOrder::start_first : model::UpdateOrder::stop_first;
  } else if (key == "failure_action") {
    update.on_failure = text == "pause" ? model::OnFailure::pause : model::OnFailure::roll_back;
    if (text == "continue") {
      draft.reading.left_out(field, "an update that fails never goes on: it is rolled back");
    } else if (text != "pause" && text != "rollback") {
      draft.reading.wrong(field, "must be continue, pause or rollback");
    }
  } else if (key == "delay" || key == "monitor" || key == "max_failure_ratio") {
    draft.reading.left_out(field,
                           "has no counterpart: the next step follows when readiness is good; see "
                           "update.healthy_within and update.drain");
  } else if (!key.starts_with("x-")) {
    draft.reading.wrong(field, "is no field of an update");
  }
}

void read_resources(Draft& draft, const At& at) {
  for (const At& field : draft.reading.members(at)) {
    if (field.key() == "limits") {
      read_limit_fields(draft, field);
    } else if (field.key() == "reservations") {
      draft.reading.left_out(field, "has no counterpart on one node: nothing is reserved");
    } else if (!field.key().starts_with("x-")) {
      draft.reading.wrong(field, "must be limits or reservations");
    }
  }
}

void read_restart_policy(Draft& draft, const At& at) {
  int retry = 0;
  for (const At& field : draft.reading.members(at)) {
    const auto key = field.key();
    if (key == "condition") {
      const std::string text = draft.reading.text(field).value_or("");
      draft.service.is_job = text == "none";
      if (text == "on-failure") {
        draft.reading.left_out(field, "an app is started again however it ends");
      } else if (text != "none" && text != "any") {
        draft.reading.wrong(field, "must be none, on-failure or any");
      }
    } else if (key == "max_attempts") {
      retry = static_cast<int>(draft.reading.whole(field, 0, 100).value_or(0));
      draft.reading.left_out(field, "an app is started again for ever, ever more slowly");
    } else if (key == "delay" || key == "window") {
      draft.reading.left_out(field, "is the node's to choose: it waits longer each time");
    } else if (!key.starts_with("x-")) {
      draft.reading.wrong(field, "is no field of a restart policy");
    }
  }
  if (draft.service.is_job) draft.service.retry = retry;
}

void read_mode(Draft& draft, const At& field) {
  const std::string mode = draft.reading.text(field).value_or("replicated");
  if (mode.ends_with("-job")) draft.service.is_job = true;
  if (mode.starts_with("global")) {
    draft.reading.left_out(field, "there is one node: one replica stands for one on each");
  } else if (mode != "replicated" && mode != "replicated-job") {
    draft.reading.wrong(field, "must be replicated, global, replicated-job or global-job");
  }
}

}  // namespace

void read_healthcheck(Draft& draft, const At& at) {
  model::Probe probe;
  probe.kind = model::ProbeKind::command;
  probe.interval = probe.timeout = model::Seconds{30};  // as compose has it
  bool disabled = false;
  std::optional<At> test;
  for (const At& field : draft.reading.members(at)) {
    if (field.key() == "test") test.emplace(field);
    if (field.key() == "disable") disabled = draft.reading.flag(field).value_or(false);
    read_probe_field(draft, field, probe);
  }
  if (disabled) return;
  if (!test) {
    draft.reading.left_out(at, "the check of the image is not known here: write it as readiness");
    return;
  }
  const auto command = test_command(draft, *test);
  if (!command) return;
  probe.command = *command;
  draft.container().readiness = std::move(probe);
}

void read_deploy(Draft& draft, const At& at) {
  for (const At& field : draft.reading.members(at)) {
    const auto key = field.key();
    if (key == "replicas") {
      const auto replicas = draft.reading.whole(field, 0, most_replicas);
      draft.service.app.replicas = static_cast<int>(replicas.value_or(1));
    } else if (key == "resources") {
      read_resources(draft, field);
    } else if (key == "update_config") {
      for (const At& one : draft.reading.members(field)) read_update_field(draft, one);
    } else if (key == "restart_policy") {
      read_restart_policy(draft, field);
    } else if (key == "mode") {
      read_mode(draft, field);
    } else if (key == "rollback_config") {
      draft.reading.left_out(field, "has no counterpart: going back is an update like any other");
    } else if (key == "placement") {
      draft.reading.left_out(field, "has no counterpart on one node");
    } else if (key == "endpoint_mode") {
      draft.reading.left_out(field, "has no counterpart: names lead to every ready replica");
    } else if (key == "labels") {
      draft.reading.left_out(field, "labels are put on containers: write them below labels");
    } else if (!key.starts_with("x-")) {
      draft.reading.wrong(field, "is no field of deploy");
    }
  }
}

void read_restart(Draft& draft, const At& at) {
  const std::string text = draft.reading.text(at).value_or("");
  const auto colon = text.find(':');
  const std::string condition = text.substr(0, colon);
  if (condition == "no" || condition == "false") {
    draft.service.is_job = true;
    draft.reading.left_out(at, "becomes a job: it runs once for each release");
  } else if (condition == "on-failure") {
    draft.reading.left_out(at, "an app is started again however it ends; what shall end is a job");
  } else if (condition != "always" && condition != "unless-stopped") {
    draft.reading.wrong(at, "must be \"no\", always, on-failure or unless-stopped");
  }
}

}  // namespace paas::compose
