#include "libpaas/compose/service.hpp"

#include <algorithm>
#include <array>

#include "libpaas/base/text.hpp"
#include "libpaas/blueprint/blueprint.hpp"

namespace paas::compose {
namespace {

namespace told {

constexpr std::string_view nothing = "has no counterpart";
constexpr std::string_view merge = "run `docker compose config` first, and convert what it prints";
constexpr std::string_view of_node = "is the node's own: the names service answers in containers";
constexpr std::string_view cpu = "has no counterpart: resources.cpu limits cores";
constexpr std::string_view memory = "has no counterpart: there is no swap beyond resources.memory";
constexpr std::string_view apart = "has no counterpart: each container has its own namespaces";

// Fields of a service that have no counterpart, and what to do instead.
const std::pair<std::string_view, std::string_view> uncarried[] = {
    {"annotations", nothing},
    {"attach", "says nothing here: `paas-agent logs -f` shows what is said"},
    {"blkio_config", nothing},
    {"build", "nothing is built here: build and push the image, then name it as image"},
    {"cgroup", apart},
    {"cgroup_parent", apart},
    {"configs", "write the file on the host and mount it as bind"},
    {"container_name", "containers are named by the node; other apps reach it by its name"},
    {"cpu_count", cpu},
    {"cpu_percent", cpu},
    {"cpu_period", cpu},
    {"cpu_quota", cpu},
    {"cpu_rt_period", cpu},
    {"cpu_rt_runtime", cpu},
    {"cpu_shares", cpu},
    {"cpuset", cpu},
    {"credential_spec", nothing},
    {"depends_on",
     "apps start side by side and are started again until they succeed; readiness keeps names "
     "from "
     "leading to one too early"},
    {"develop", "says nothing here"},
    {"device_cgroup_rules", "name the devices below devices"},
    {"dns", of_node},
    {"dns_opt", of_node},
    {"dns_search", of_node},
    {"domainname", of_node},
    {"env_file",
     "is a file of another host: write its variables below env, secret ones below "
     "env_from"},
    {"extends", merge},
    {"external_links", "apps of one project reach each other by name, others do not"},
    {"extra_hosts", "names are the names service's; mount a file at /etc/hosts if you must"},
    {"gpus", "name the devices below devices"},
    {"group_add", "write user as USER:GROUP"},
    {"ipc", apart},
    {"isolation", nothing},
    {"label_file", "write the labels below labels"},
    {"links", "apps of one project reach each other by name without it"},
    {"logging", "is the node's own: `paas-agent logs`; resources.log says how much is kept"},
    {"mac_address", "is the node's to choose"},
    {"mem_reservation", "has no counterpart on one node: nothing is reserved"},
    {"mem_swappiness", memory},
    {"memswap_limit", memory},
    {"models", nothing},
    {"network_mode", "every container has its own address in the project's network"},
    {"networks",
     "all apps of a project reach each other, and other projects do not; what shall be "
     "apart is another project"},
    {"oom_kill_disable", nothing},
    {"oom_score_adj", nothing},
    {"pid", apart},
    {"post_start", nothing},
    {"pre_stop", "has no counterpart: stop_signal and stop_grace are what there is"},
    {"provider", nothing},
    {"pull_refresh_after", "an image is looked up once for each release"},
    {"runtime", nothing},
    {"shm_size", "mount a tmpfs at /dev/shm with a size"},
    {"stdin_open", "says nothing here: `paas-agent exec` gives a terminal"},
    {"storage_opt", nothing},
    {"tty", "says nothing here: `paas-agent exec` gives a terminal"},
    {"use_api_socket", "mount the engine's socket as bind, if the host file allows it"},
    {"userns_mode", apart},
    {"uts", apart},
    {"volumes_from", "name the same volumes in both services"},
};

}  // namespace told

const std::map<std::string_view, std::string_view>& uncarried() {
  static const std::map<std::string_view, std::string_view> all{std::begin(told::uncarried),
                                                                std::end(told::uncarried)};
  return all;
}

void read_image(Draft& draft, const At& at) {
  draft.container().image = draft.reading.text(at).value_or("");
}
void read_command(Draft& draft, const At& at) {
  draft.container().command = draft.reading.words(at);
}
void read_entrypoint(Draft& draft, const At& at) {
  draft.container().entrypoint = draft.reading.words(at);
}

void read_environment(Draft& draft, const At& at) {
  for (Reading::Pair& pair : draft.reading.pairs(at)) {
    if (!pair.value) {
      const auto known = draft.shared.environment.find(pair.name);
      if (known == draft.shared.environment.end()) {
        draft.reading.left_out(pair.at,
                               "is left out: it has no value, and " + pair.name + " is not set");
        continue;
      }
      pair.value = known->second;
    }
    draft.container().environment.insert_or_assign(pair.name, *std::move(pair.value));
  }
}

void read_labels(Draft& draft, const At& at) {
  for (Reading::Pair& pair : draft.reading.pairs(at)) {
    draft.container().labels.insert_or_assign(pair.name, pair.value.value_or(""));
  }
}

void read_sysctls(Draft& draft, const At& at) {
  for (Reading::Pair& pair : draft.reading.pairs(at)) {
    draft.container().sysctls.insert_or_assign(pair.name, pair.value.value_or(""));
  }
}

std::string capability_name(const std::string& text) {
  const std::string name = upper(text);
  return name.starts_with("CAP_") ? name.substr(4) : name;
}

void read_cap_add(Draft& draft, const At& at) {
  for (const auto& [text, item] : draft.reading.texts(at)) {
    const std::string name = capability_name(text);
    if (name == "ALL") {
      draft.reading.left_out(item, "name the capabilities it needs, or say privileged");
    } else {
      draft.container().capabilities.push_back(name);
    }
  }
}

void read_cap_drop(Draft& draft, const At& at) {
  for (const auto& [text, item] : draft.reading.texts(at)) {
    draft.drops_all = draft.drops_all || capability_name(text) == "ALL";
  }
}

void read_security(Draft& draft, const At& at) {
  for (const auto& [text, item] : draft.reading.texts(at)) {
    if (text == "no-new-privileges:false") {
      draft.container().new_privileges = true;
    } else if (!text.starts_with("no-new-privileges")) {
      draft.reading.left_out(item, "has no counterpart");
    }
  }
}

void read_ulimits(Draft& draft, const At& at) {
  for (const At& field : draft.reading.members(at)) {
    if (field.key() != "nofile") {
      draft.reading.left_out(
          field, field.key() == "nproc" ? "resources.pids limits processes" : "has no counterpart");
      continue;
    }
    std::optional<std::int64_t> files;
    if (field.value.map() == nullptr) {
      files = draft.reading.whole(field, 1, 1'048'576);
    } else {
      for (const At& one : draft.reading.members(field)) {
        const auto read = draft.reading.whole(one, 1, 1'048'576);
        if (one.key() == "soft" || !files) files = read;
      }
    }
    if (files) draft.container().limits.open_files = static_cast<std::uint64_t>(*files);
  }
}

void read_pids(Draft& draft, const At& at) {
  const auto pids = draft.reading.whole(at, -1, 4'194'304);
  if (pids.value_or(0) <= 0) {
    draft.reading.left_out(at,
                           "there is always a limit; 2048 unless resources.pids says otherwise");
  } else {
    draft.container().limits.pids = static_cast<std::uint64_t>(*pids);
  }
}

void read_stop_signal(Draft& draft, const At& at) {
  std::string name = upper(draft.reading.text(at).value_or(""));
  if (!name.starts_with("SIG")) name = "SIG" + name;
  draft.container().stop_signal = std::move(name);
}

void read_stop_grace(Draft& draft, const At& at) {
  const auto grace = draft.reading.duration(at).value_or(draft.container().stop_grace);
  draft.container().stop_grace = std::min(grace, model::Seconds{3600});
  if (grace > model::Seconds{3600}) draft.reading.left_out(at, "is 1h here, which is the most");
}

void read_pull_policy(Draft& draft, const At& at) {
  const std::string text = draft.reading.text(at).value_or("");
  model::PullPolicy& pull = draft.container().pull;
  if (text == "always" || text == "never") {
    pull = text == "always" ? model::PullPolicy::always : model::PullPolicy::never;
  } else if (text != "missing" && text != "if_not_present") {
    draft.reading.left_out(at, "is missing here; there is missing, always and never");
  }
}

void read_hostname(Draft& draft, const At& at) {
  const std::string name = draft.reading.text(at).value_or("");
  draft.container().hostname = mended_label(name);
  if (draft.container().hostname != name) {
    draft.reading.left_out(at, "is " + draft.container().hostname + " here: a DNS label");
  }
}

void read_profiles(Draft& draft, const At& at) {
  if (draft.reading.texts(at).empty()) return;
  draft.service.idle = true;
}

void read_scale(Draft& draft, const At& at) {
  draft.service.app.replicas = static_cast<int>(draft.reading.whole(at, 0, 1000).value_or(1));
}

using ReadField = void (*)(Draft&, const At&);

const std::map<std::string_view, ReadField>& carried() {
  static const std::map<std::string_view, ReadField> all{
      {"cap_add", read_cap_add},
      {"cap_drop", read_cap_drop},
      {"command", read_command},
      {"cpus",
       [](Draft& draft, const At& at) {
         draft.container().limits.cpu_milli = draft.reading.milli_cores(at);
       }},
      {"deploy", read_deploy},
      {"devices", read_devices},
      {"entrypoint", read_entrypoint},
      {"environment", read_environment},
      {"expose", read_expose},
      {"healthcheck", read_healthcheck},
      {"hostname", read_hostname},
      {"image", read_image},
      {"init",
       [](Draft& draft, const At& at) {
         draft.container().init = draft.reading.flag(at).value_or(true);
       }},
      {"labels", read_labels},
      {"mem_limit",
       [](Draft& draft, const At& at) {
         draft.container().limits.memory_mib = draft.reading.mib(at);
       }},
      {"pids_limit", read_pids},
      {"platform",
       [](Draft& draft, const At& at) {
         draft.container().platform = draft.reading.text(at).value_or("");
       }},
      {"ports", read_ports},
      {"privileged",
       [](Draft& draft, const At& at) {
         draft.container().privileged = draft.reading.flag(at).value_or(false);
       }},
      {"profiles", read_profiles},
      {"pull_policy", read_pull_policy},
      {"read_only",
       [](Draft& draft, const At& at) {
         draft.container().read_only_root = draft.reading.flag(at).value_or(false);
       }},
      {"restart", read_restart},
      {"scale", read_scale},
      {"secrets", read_secrets},
      {"security_opt", read_security},
      {"stop_grace_period", read_stop_grace},
      {"stop_signal", read_stop_signal},
      {"sysctls", read_sysctls},
      {"tmpfs", read_tmpfs},
      {"ulimits", read_ulimits},
      {"user", [](Draft& draft,
                  const At& at) { draft.container().user = draft.reading.text(at).value_or(""); }},
      {"volumes", read_volumes},
      {"working_dir",
       [](Draft& draft, const At& at) {
         draft.container().working_dir = draft.reading.text(at).value_or("");
       }},
  };
  return all;
}

void unknown_field(Draft& draft, const At& at) {
  std::vector<std::string_view> known;
  for (const auto& [name, read] : carried()) known.push_back(name);
  for (const auto& [name, why] : uncarried()) known.push_back(name);
  const std::string_view meant = nearest(at.key(), known);
  draft.reading.wrong(at, "is no field of a service" +
                              (meant.empty() ? "" : "; did you mean " + excerpt(meant, 64) + "?"));
}

// What follows from several fields at once.
void finish(Draft& draft, const At& at, bool builds) {
  Service& service = draft.service;
  model::Container& container = service.app.container;
  if (container.image.empty() && builds) {
    container.image = draft.shared.project + "-" + service.app.name + ":latest";
    draft.reading.left_out(at, "has no image: " + container.image + " stands for what is built");
  } else if (container.image.empty()) {
    draft.reading.wrong(at, "needs an image");
  }
  if (!draft.drops_all && !container.privileged) {
    draft.reading.left_out(
        at,
        "all capabilities are dropped that cap_add does not name; programs that begin as root "
        "mostly need CHOWN, DAC_OVERRIDE, FOWNER, SETGID and SETUID below capabilities");
  }
  if (service.is_job && container.readiness) {
    container.readiness.reset();
    draft.reading.left_out(at, "a job has no healthcheck: it ends");
  }
  if (service.is_job && service.app.replicas != 1) {
    draft.reading.left_out(
        at, "a job runs in one container, not in " + std::to_string(service.app.replicas));
  }
  if (!draft.order_given && service.one_by_one) {
    service.app.update.order = model::UpdateOrder::stop_first;
  }
  for (model::Port& port : container.ports) {
    if (service.app.replicas <= 1 || !port.host) continue;
    draft.reading.left_out(at, "port " + std::to_string(*port.host) +
                                   " of the host can lead to one replica only and is left out");
    port.host.reset();
    port.host_address.clear();
  }
  if (service.idle) {
    service.app.replicas = 0;
    draft.reading.left_out(at, service.is_job
                                   ? "is left out: it belongs to a profile, and runs on demand"
                                   : "belongs to a profile: replicas is 0 until you raise it");
  }
}

}  // namespace

Service read_service(const At& at, const Shared& shared, Reading& reading) {
  Draft draft{shared, reading};
  draft.service.app.name = mended_label(at.key());
  draft.service.app.project = shared.project;
  bool builds = false;
  for (const At& field : reading.members(at)) {
    const auto key = field.key();
    builds = builds || key == "build";
    if (const auto read = carried().find(key); read != carried().end()) {
      read->second(draft, field);
    } else if (const auto why = uncarried().find(key); why != uncarried().end()) {
      reading.left_out(field, std::string(why->second));
    } else if (!key.starts_with("x-")) {
      unknown_field(draft, field);
    }
  }
  finish(draft, at, builds);
  return std::move(draft.service);
}

}  // namespace paas::compose
