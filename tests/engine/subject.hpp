#pragma once
// What the contract is held against: a real engine that the harness (engine_test.py) has started
// and described in the file that $PAAS_ENGINE_SETUP names, or, without one, the engine in memory.

#include <functional>
#include <memory>
#include <string>

#include "libpaas/ports/container_runtime.hpp"

namespace paas::engine_contract {

struct Setup {
  bool real = false;
  std::string engine = "fake";  // "podman", "docker"
  std::string socket{};
  std::string archive = "/a/oci.tar";     // an image with busybox, in OCI layout
  std::string same_archive = "/a/d.tar";  // the same image as `docker save` writes it
  std::string other_archive = "/a/o.tar";
  std::string image_id{};  // of the image in both
  std::string other_id{};
  std::string image_digest{};  // of its manifest, in both registries
  std::string registry = "registry.test:5000";
  std::string locked_registry = "locked.test:5000";  // for "bob" with the password "s3cret"
  std::string closed_registry{};                     // nobody listens
  std::string scratch{};                             // a folder for files
};

struct Subject {
  Setup setup{};
  std::unique_ptr<ContainerRuntime> runtime{};
};

// A fresh engine in memory, or a connection to the real one; the image of `archive` is loaded.
Subject make_subject();

// A container that goes on until it is stopped.
model::ContainerSpec endless(const Setup& setup, const std::string& name);

// A network of the contract's own, made; gone with its containers when this goes.
class Playground {
 public:
  explicit Playground(Subject& subject, int number = 7);
  ~Playground();
  Playground(const Playground&) = delete;
  Playground& operator=(const Playground&) = delete;

  // Made and, if told to, started. Throws when it cannot be.
  std::string make(const model::ContainerSpec& spec);
  std::string run(const model::ContainerSpec& spec);
  // In the network, with an address that ends in `last`.
  model::ContainerSpec at(const std::string& name, int last) const;
  const std::string& network() const { return network_; }
  std::string address(int last) const;

 private:
  Subject& subject_;
  int number_;
  std::string network_;
};

// What a command in a container printed, and how it ended.
struct Said {
  std::string out, err;
  int code = -1;
};
Said said_in(Subject& subject, const std::string& id, const model::ExecSpec& spec);
Said said_in(Subject& subject, const std::string& id, const std::string& script);

// The container as it is once this holds. Throws after a minute.
model::ContainerInfo when(Subject& subject, const std::string& id,
                          const std::function<bool(const model::ContainerInfo&)>& holds);
model::ContainerInfo when_ended(Subject& subject, const std::string& id);
std::string log_of(Subject& subject, const std::string& id, const model::LogOptions& options = {});

}  // namespace paas::engine_contract
