#pragma once
// From what Terraform stores to what libpaas wants, and back. Pure.
//
//   Lxc ── config_of, spec_of ─▶ direct::ContainerSpec
//   Lxc ◀── model_of ── direct::ContainerState

#include "libpaas/direct/container.hpp"
#include "provider/resources/lxc/model.hpp"

namespace paas::lxc {

// The configuration a model asks for. What is unknown counts as not given; a volume that is not
// known, or not on the storage that is asked for, is named by its storage alone.
proxmox::ContainerConfig config_of(const Lxc& model);

// All that a container needs. `prior` is empty for a new one, `config` has the write-only values,
// `vmids` is where an id comes from if none is given.
direct::ContainerSpec spec_of(const Lxc& prior, const Lxc& planned, const Lxc& config,
                              direct::VmidRange vmids);

// What is there, in the words of `known` wherever these mean the same: "2G" stays "2G", an absent
// attribute stays absent while the server has its default, `false` stays `false` when the server
// says nothing. Whatever Proxmox does not know (write-only versions, timeouts) is as in `known`.
Lxc model_of(const Lxc& known, const direct::ContainerState& state);

}  // namespace paas::lxc
