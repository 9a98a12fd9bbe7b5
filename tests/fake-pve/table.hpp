#pragma once
// The parameter table: every endpoint the fake cluster serves, who may call it, and the rules for
// each of its parameters. Kept as text in table_*.cpp, one row a line:
//
//   PUT /nodes/{node}/lxc/{vmid}/resize          an endpoint; `no-token` after it: tickets only
//     may any /vms/{vmid} VM.Config.Disk         who; several lines must all hold, ` | ` is "or"
//     may user | world | root                    any user, anybody, root@pam alone
//     disk    {rootfs mp[0..255]}                a choice; x[0..3] stands for x0 x1 x2 x3
//     size    string /\+?\d+/                    a pattern, anchored; `~name` for a built-in one
//     digest? string len ..40                    `?` is optional; lengths, 1..8 a range
//     net[31]? string <lxc-net>                  net0 to net31, each a property string
//     unique? boolean needs restore
//     vmid    integer pve-vmid                   a named format (formats.hpp)
//     + lxc-options                              the rows of that group
//   format lxc-net                               a property string; `*` marks its default key,
//     virtio -> macaddr as model                 `->` an alias
//   group lxc-options                            rows to share
//
// Parameters in the path get the rules of their name: node, vmid, storage and so on.

#include <map>
#include <string>
#include <vector>

#include "libpaas/base/json.hpp"
#include "tests/fake-pve/schema.hpp"

namespace paas::fake_pve {

struct Table {
  std::vector<Endpoint> endpoints;
  std::map<std::string, RuleSet, std::less<>> formats;
};

// The whole table. A mistake in its text ends the program: it is part of the program.
const Table& table();
const RuleSet& property_format(std::string_view name);

// The table as JSON, for the test that compares it with the published API schema.
Json table_json();

// The texts, one for each file.
extern const char* const access_and_cluster_table;
extern const char* const node_and_storage_table;
extern const char* const lxc_table;
extern const char* const qemu_table;
extern const char* const qemu_drive_table;

}  // namespace paas::fake_pve
