#include "libpaas/compose/convert.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "libpaas/base/text.hpp"
#include "libpaas/blueprint/blueprint.hpp"
#include "libpaas/compose/interpolate.hpp"
#include "libpaas/compose/service.hpp"

namespace paas::compose {
namespace {

constexpr DocumentLimits compose_limits{
    .max_bytes = std::size_t{4} << 20, .max_depth = 32, .max_nodes = 200'000};

class Conversion {
 public:
  Conversion(std::string_view file, const Options& options)
      : options_(options), reading_(std::string(file)) {}

  Checked<Converted> run(const Document& written) {
    const Document document = interpolated(written, options_.environment, reading_);
    const At whole{document, "", document.place()};
    if (document.map() == nullptr) {
      reading_.wrong(whole, "is no compose file: services is missing");
      return tl::unexpected<Flaws>(std::move(reading_.mistakes));
    }
    shared_.environment = options_.environment;
    read_project(document);
    const std::vector<At> fields = reading_.members(whole);
    for (const At& field : fields) read_declared(field);
    for (const At& field : fields) {
      if (field.key() == "services") read_services(field);
    }
    if (document.find("services") == nullptr) {
      reading_.wrong(whole, "is no compose file: services is missing");
    }
    judge();
    return outcome();
  }

 private:
  void read_project(const Document& document) {
    shared_.project = options_.project;
    const auto* name = document.find("name");
    if (name == nullptr || name->value.scalar() == nullptr) {
      if (shared_.project.empty()) shared_.project = "default";
      return;
    }
    if (!shared_.project.empty()) return;
    const std::string& written = name->value.scalar()->text;
    shared_.project = mended_label(written);
    if (shared_.project != written) {
      reading_.left_out({name->value, "name", name->place},
                        "the project is called " + shared_.project + " here: a DNS label");
    }
  }

  // All but the services.
  void read_declared(const At& field) {
    const auto key = field.key();
    if (key == "volumes") {
      read_named(field, shared_.volumes, &Conversion::read_volume);
    } else if (key == "secrets") {
      read_named(field, shared_.secrets, &Conversion::read_secret);
    } else if (key == "include") {
      reading_.left_out(field, "run `docker compose config` first, and convert what it prints");
    } else if (key == "networks") {
      reading_.left_out(field, "all apps of a project reach each other, and other projects do not");
    } else if (key == "configs") {
      reading_.left_out(field, "write the files on the host and mount them as bind");
    } else if (key == "models") {
      reading_.left_out(field, "has no counterpart");
    } else if (key != "services" && key != "version" && key != "name" && !key.starts_with("x-")) {
      reading_.wrong(field, "is no field of a compose file");
    }
  }

  using ReadNamed = void (Conversion::*)(const At& at, const std::string& name);

  // Also those that say nothing of themselves ("data:").
  void read_named(const At& at, std::map<std::string, std::string>& names, ReadNamed read) {
    std::set<std::string> taken;
    if (at.value.map() == nullptr) return reading_.wrong(at, "must be a map");
    for (const Document::Member& member : *at.value.map()) {
      const At one{member.value, member_path(at.path, member.key), member.place};
      std::string name = mended_label(member.key);
      for (int number = 2; !taken.insert(name).second; ++number) {
        name = mended_label(member.key).substr(0, 58) + "-" + std::to_string(number);
      }
      names.emplace(member.key, name);
      if (name != member.key) reading_.left_out(one, "is called " + name + " here");
      (this->*read)(one, name);
    }
  }

  void read_volume(const At& at, const std::string& name) {
    for (const At& field : reading_.members(at)) {
      const auto key = field.key();
      const std::string spelt =
          field.value.scalar() == nullptr ? std::string() : field.value.scalar()->text;
      if (key == "external" && spelt == "false") continue;
      if (key == "driver" && spelt == "local") continue;
      if (key == "labels" || key == "driver" || key == "driver_opts") {
        reading_.left_out(field,
                          "has no counterpart: volumes are plain folders of the engine; for "
                          "another place mount a bind");
      } else if (key == "name" || key == "external") {
        reading_.left_out(field, "the volume is " + shared_.project + "." + name +
                                     " on the node and begins empty: copy what is in the old one");
      } else if (!key.starts_with("x-")) {
        reading_.wrong(field, "is no field of a volume");
      }
    }
  }

  void read_secret(const At& at, const std::string& name) {
    for (const At& field : reading_.members(at)) {
      const auto key = field.key();
      if (key == "file" || key == "environment" || key == "external") {
        reading_.left_out(field, "put it into the host's secrets folder as " + name);
      } else if (key != "name" && key != "labels" && key != "driver" && key != "driver_opts" &&
                 key != "template_driver" && !key.starts_with("x-")) {
        reading_.wrong(field, "is no field of a secret");
      }
    }
  }

  void read_services(const At& at) {
    std::set<std::string> taken;
    if (at.value.map() == nullptr) return reading_.wrong(at, "must be a map");
    for (const Document::Member& member : *at.value.map()) {
      const At one{member.value, member_path(at.path, member.key), member.place, member.key};
      if (member.value.map() == nullptr) {
        reading_.wrong(one, "must be a map");
        continue;
      }
      Service service = read_service(one, shared_, reading_);
      const std::string wanted = service.app.name;
      for (int number = 2; !taken.insert(service.app.name).second; ++number) {
        service.app.name = wanted.substr(0, 58) + "-" + std::to_string(number);
      }
      if (service.app.name != member.key) {
        reading_.left_out(one, "is called " + service.app.name +
                                   " here, a DNS label: change what others call it");
      }
      add(std::move(service), one);
    }
  }

  void add(Service service, const At& at) {
    if (!service.is_job) {
      out_.blueprint.apps.push_back(std::move(service.app));
      app_places_.push_back({at.path, at.place});
      return;
    }
    if (service.idle) return;
    model::Job job;
    job.name = std::move(service.app.name);
    job.project = std::move(service.app.project);
    job.container = std::move(service.app.container);
    job.retry = service.retry;
    out_.blueprint.jobs.push_back(std::move(job));
    job_places_.push_back({at.path, at.place});
  }

  // What no state file may say is said of the service it comes from.
  void judge() {
    if (!reading_.mistakes.empty()) return;
    for (const blueprint::Mistake& mistake : blueprint::mistakes(out_.blueprint)) {
      const auto open = mistake.path.find('['), close = mistake.path.find(']');
      const auto& places = mistake.path.starts_with("jobs") ? job_places_ : app_places_;
      const auto index =
          open == mistake.path.npos || close == mistake.path.npos
              ? std::optional<std::size_t>()
              : parse_integer<std::size_t>(
                    std::string_view(mistake.path).substr(open + 1, close - open - 1));
      const Document nothing;
      if (!index || *index >= places.size()) {
        reading_.wrong({nothing, mistake.path, {}}, mistake.message);
        continue;
      }
      const std::string field = mistake.path.substr(std::min(close + 2, mistake.path.size()));
      reading_.wrong({nothing, places[*index].path, places[*index].place},
                     field + ": " + mistake.message);
    }
  }

  Checked<Converted> outcome() {
    const auto sort = [](Flaws& flaws) {
      std::stable_sort(flaws.begin(), flaws.end(),
                       [](const Flaw& a, const Flaw& b) { return a.place < b.place; });
    };
    sort(reading_.mistakes);
    sort(reading_.not_carried);
    if (!reading_.mistakes.empty()) return tl::unexpected<Flaws>(std::move(reading_.mistakes));
    out_.left_out = std::move(reading_.not_carried);
    return std::move(out_);
  }

  struct PlaceOf {
    std::string path;
    Place place;
  };
  const Options& options_;
  Reading reading_;
  Shared shared_{};
  Converted out_{};
  std::vector<PlaceOf> app_places_, job_places_;
};

}  // namespace

Checked<Converted> convert(std::string_view text, std::string_view file, const Options& options) {
  const auto document = parse_document(text, file, compose_limits);
  if (!document) return tl::unexpected<Flaws>(document.error());
  return Conversion(file, options).run(*document);
}

}  // namespace paas::compose
