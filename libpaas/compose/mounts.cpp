// `volumes`, `tmpfs`, `devices` and `secrets`.

#include <algorithm>

#include "libpaas/base/text.hpp"
#include "libpaas/compose/service.hpp"

namespace paas::compose {
namespace {

constexpr const char* needs_absolute =
    "is left out: a path beside the compose file says nothing on another host; name an absolute "
    "path of the host as bind";

bool is_host_path(std::string_view source) {
  return source.starts_with('.') || source.starts_with('~') || source.find('/') != source.npos;
}

// "/data/": mounts are named without a slash at the end.
std::string trimmed_path(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

void add_volume(Draft& draft, const At& at, const std::string& name, model::Mount mount) {
  const auto known = draft.shared.volumes.find(name);
  if (known == draft.shared.volumes.end()) {
    draft.reading.wrong(at, "the volume \"" + name + "\" is not declared below volumes");
    return;
  }
  mount.kind = model::MountKind::volume;
  mount.source = known->second;
  mount.shared = true;  // one for all replicas and services, as compose has it
  draft.container().mounts.push_back(std::move(mount));
}

// Of a volume without a name: each replica has its own, and it stays.
void add_nameless(Draft& draft, const At& at, model::Mount mount) {
  mount.kind = model::MountKind::volume;
  mount.source = mended_label(mount.target);
  draft.reading.left_out(at, "a volume without a name is called " + mount.source +
                                 " here, one for each replica, and outlives its container");
  draft.container().mounts.push_back(std::move(mount));
}

void add_bind(Draft& draft, const At& at, const std::string& source, model::Mount mount) {
  if (!source.starts_with('/')) return draft.reading.left_out(at, needs_absolute);
  mount.kind = model::MountKind::bind;
  mount.source = trimmed_path(source);
  draft.container().mounts.push_back(std::move(mount));
}

// "/var/lib:ro", or nothing, behind the target.
void read_options(Draft& draft, const At& at, std::string_view options, model::Mount& mount) {
  for (const std::string_view option : split(options, ',')) {
    if (option == "ro") {
      mount.read_only = true;
    } else if (option != "rw" && !option.empty()) {
      draft.reading.left_out(at, "the option " + std::string(option) + " has no counterpart");
    }
  }
}

void read_short_volume(Draft& draft, const At& at, const std::string& text) {
  const auto parts = split(text, ':');
  if (parts.size() > 3 || parts[0].empty()) {
    return draft.reading.wrong(at, "must be like data:/data, /srv/data:/data:ro or /data");
  }
  model::Mount mount;
  if (parts.size() == 1) {
    mount.target = trimmed_path(text);
    return add_nameless(draft, at, std::move(mount));
  }
  mount.target = trimmed_path(std::string(parts[1]));
  if (parts.size() == 3) read_options(draft, at, parts[2], mount);
  const std::string source(parts[0]);
  if (is_host_path(source)) return add_bind(draft, at, source, std::move(mount));
  add_volume(draft, at, source, std::move(mount));
}

struct LongVolume {
  std::string type, source;
  model::Mount mount{};
};

void read_tmpfs_options(Draft& draft, const At& at, model::Mount& mount) {
  for (const At& field : draft.reading.members(at)) {
    if (field.key() == "size") {
      mount.size_mib = draft.reading.mib(field);
    } else {
      draft.reading.left_out(field, "has no counterpart");
    }
  }
}

void read_volume_field(Draft& draft, const At& field, LongVolume& out) {
  const auto key = field.key();
  if (key == "type") {
    out.type = draft.reading.text(field).value_or("");
  } else if (key == "source") {
    out.source = draft.reading.text(field).value_or("");
  } else if (key == "target") {
    out.mount.target = trimmed_path(draft.reading.text(field).value_or(""));
  } else if (key == "read_only") {
    out.mount.read_only = draft.reading.flag(field).value_or(false);
  } else if (key == "tmpfs") {
    read_tmpfs_options(draft, field, out.mount);
  } else if (key == "volume" || key == "bind" || key == "image") {
    for (const At& option : draft.reading.members(field)) {
      draft.reading.left_out(option, "has no counterpart");
    }
  } else if (key == "consistency") {
    draft.reading.left_out(field, "has no counterpart");
  } else if (!key.starts_with("x-")) {
    draft.reading.wrong(field, "is no field of a volume");
  }
}

void read_long_volume(Draft& draft, const At& at) {
  LongVolume out;
  for (const At& field : draft.reading.members(at)) read_volume_field(draft, field, out);
  if (out.mount.target.empty()) {
    return draft.reading.wrong(at, "needs a target, the path in the container");
  }
  if (out.type == "tmpfs") {
    out.mount.kind = model::MountKind::tmpfs;
    draft.container().mounts.push_back(std::move(out.mount));
  } else if (out.type == "bind") {
    add_bind(draft, at, out.source, std::move(out.mount));
  } else if (out.type == "volume" && out.source.empty()) {
    add_nameless(draft, at, std::move(out.mount));
  } else if (out.type == "volume") {
    add_volume(draft, at, out.source, std::move(out.mount));
  } else if (out.type == "npipe" || out.type == "cluster" || out.type == "image") {
    draft.reading.left_out(at, "is left out: a mount is a volume, a bind or a tmpfs");
  } else {
    draft.reading.wrong(at, "needs a type: volume, bind or tmpfs");
  }
}

}  // namespace

void read_volumes(Draft& draft, const At& at) {
  for (const At& item : draft.reading.items(at)) {
    if (item.value.map() != nullptr) {
      read_long_volume(draft, item);
    } else if (const auto text = draft.reading.text(item)) {
      read_short_volume(draft, item, *text);
    }
  }
  for (const model::Mount& mount : draft.container().mounts) {
    const bool stays = mount.kind != model::MountKind::tmpfs && !mount.read_only;
    draft.service.one_by_one = draft.service.one_by_one || stays;
  }
}

void read_tmpfs(Draft& draft, const At& at) {
  for (const auto& [text, item] : draft.reading.texts(at)) {
    const auto colon = text.find(':');
    model::Mount mount;
    mount.kind = model::MountKind::tmpfs;
    mount.target = trimmed_path(text.substr(0, colon));
    const std::string options = colon == text.npos ? "" : text.substr(colon + 1);
    for (const std::string_view option : split(options, ',')) {
      if (option.starts_with("size=")) {
        mount.size_mib = draft.reading.mib(item, option.substr(5));
      } else if (!option.empty() && option != "rw") {
        draft.reading.left_out(item, "the option " + std::string(option) + " has no counterpart");
      }
    }
    draft.container().mounts.push_back(std::move(mount));
  }
}

void read_devices(Draft& draft, const At& at) {
  for (const At& item : draft.reading.items(at)) {
    model::Device device;
    if (item.value.map() != nullptr) {
      for (const At& field : draft.reading.members(item)) {
        const std::string text = draft.reading.text(field).value_or("");
        if (field.key() == "source") {
          device.host = text;
        } else if (field.key() == "target") {
          device.container = text;
        } else if (field.key() == "permissions") {
          device.access = text;
        } else if (!field.key().starts_with("x-")) {
          draft.reading.wrong(field, "is no field of a device");
        }
      }
    } else if (const auto text = draft.reading.text(item)) {
      const auto parts = split(*text, ':');
      device.host = parts[0];
      if (parts.size() > 1) device.container = parts[1];
      if (parts.size() > 2) device.access = parts[2];
    }
    if (!device.host.starts_with("/dev/")) {
      draft.reading.left_out(item, "is left out: a device is a path below /dev of the host");
      continue;
    }
    if (device.container.empty()) device.container = device.host;
    draft.container().devices.push_back(std::move(device));
  }
}

void read_secrets(Draft& draft, const At& at) {
  for (const At& item : draft.reading.items(at)) {
    std::string source, target;
    if (item.value.map() != nullptr) {
      for (const At& field : draft.reading.members(item)) {
        if (field.key() == "source") {
          source = draft.reading.text(field).value_or("");
        } else if (field.key() == "target") {
          target = draft.reading.text(field).value_or("");
        } else if (!field.key().starts_with("x-")) {
          draft.reading.left_out(field, "has no counterpart: all secrets have one owner and mode");
        }
      }
    } else {
      source = draft.reading.text(item).value_or("");
    }
    const auto known = draft.shared.secrets.find(source);
    if (known == draft.shared.secrets.end()) {
      draft.reading.wrong(item, "the secret is not declared below secrets");
      continue;
    }
    if (target.empty()) target = source;
    if (!target.starts_with('/')) target = "/run/secrets/" + target;
    draft.container().secrets.push_back({known->second, std::move(target)});
  }
}

}  // namespace paas::compose
