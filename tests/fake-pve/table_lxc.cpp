// Parameter table: containers. The language is described in table.hpp.
#include "tests/fake-pve/table.hpp"

namespace paas::fake_pve {

// clang-format off
const char* const lxc_table = R"table(
format lxc-dev
  deny-write? boolean
  gid? integer 0..
  mode? string /0[0-7]{3}/
  path? string pve-lxc-dev-string *
  uid? integer 0..

format lxc-features
  force_rw_sys? boolean
  fuse? boolean
  keyctl? boolean
  mknod? boolean
  mount? string /[a-zA-Z0-9_; ]+/
  nesting? boolean

format lxc-mp
  acl? boolean
  backup? boolean
  idmap? string /(?:passthrough|[ug]:[0-9]+:[0-9]+:[1-9][0-9]*(?:;[ug]:[0-9]+:[0-9]+:[1-9][0-9]*)*)/
  keepattrs? boolean
  mountoptions? string /(?:(discard|lazytime|noatime|nodev|noexec|nosuid))(;(?:(discard|lazytime|noatime|nodev|noexec|nosuid)))*/
  mp string pve-lxc-mp-string
  quota? boolean
  replicate? boolean
  ro? boolean
  shared? boolean
  size? string disk-size
  volume string pve-lxc-mp-string *

format lxc-net
  bridge? string /[-_.\w\d]+/
  firewall? boolean
  gw? string ipv4
  gw6? string ipv6
  host-managed? boolean
  hwaddr? string mac-addr
  ip? string pve-ipv4-config
  ip6? string pve-ipv6-config
  link_down? boolean
  mtu? integer 64..65535
  name string /[-_.\w\d]+/
  rate? number
  tag? integer 1..4094
  trunks? string /\d+(?:;\d+)*/
  type? {veth}

format lxc-rootfs
  acl? boolean
  idmap? string /(?:passthrough|[ug]:[0-9]+:[0-9]+:[1-9][0-9]*(?:;[ug]:[0-9]+:[0-9]+:[1-9][0-9]*)*)/
  mountoptions? string /(?:(discard|lazytime|noatime|nodev|noexec|nosuid))(;(?:(discard|lazytime|noatime|nodev|noexec|nosuid)))*/
  quota? boolean
  replicate? boolean
  ro? boolean
  shared? boolean
  size? string disk-size
  volume string pve-lxc-mp-string *

format lxc-unused
  volume string pve-volume-id *

group lxc-options
  arch? {amd64 i386 arm64 armhf riscv32 riscv64}
  cmode? {shell console tty}
  console? boolean
  cores? integer 1..8192
  cpulimit? number 0..8192
  cpuunits? integer 0..500000
  debug? boolean
  description? string len ..8192
  dev[255]? string <lxc-dev>
  entrypoint? string ~printable
  env? string ~env-list
  features? string <lxc-features>
  hookscript? string pve-volume-id
  hostname? string dns-name len ..255
  lock? {backup create destroyed disk fstrim migrate mounted rollback snapshot snapshot-delete}
  memory? integer 16..
  mp[255]? string <lxc-mp>
  nameserver? string lxc-ip-with-ll-iface-list
  net[31]? string <lxc-net>
  onboot? boolean
  ostype? {debian devuan ubuntu centos fedora opensuse archlinux alpine gentoo nixos unmanaged}
  protection? boolean
  rootfs? string <lxc-rootfs>
  searchdomain? string dns-name-list
  startup? string pve-startup-order
  swap? integer 0..
  tags? string pve-tag-list
  template? boolean
  timezone? string pve-ct-timezone
  tty? integer 0..6
  unprivileged? boolean
  unused[255]? string <lxc-unused>

GET /nodes/{node}/lxc
  may user

POST /nodes/{node}/lxc
  may user
  + lxc-options
  bwlimit? number 0..
  force? boolean
  ha-managed? boolean
  ignore-unpack-errors? boolean
  ostemplate string len ..255
  password? string len 5..
  pool? string pve-poolid
  restore? boolean
  ssh-public-keys? string
  start? boolean
  storage? string pve-storage-id
  unique? boolean needs restore
  vmid integer pve-vmid 100..999999999

DELETE /nodes/{node}/lxc/{vmid}
  may all /vms/{vmid} VM.Allocate
  destroy-unreferenced-disks? boolean
  force? boolean
  purge? boolean

GET /nodes/{node}/lxc/{vmid}/config
  may all /vms/{vmid} VM.Audit
  current? boolean
  snapshot? string pve-configid len ..40

PUT /nodes/{node}/lxc/{vmid}/config
  may any /vms/{vmid} VM.Config.Disk VM.Config.CPU VM.Config.Memory VM.Config.Network VM.Config.Options
  + lxc-options
  delete? string pve-configid-list
  digest? string len ..40
  revert? string pve-configid-list

GET /nodes/{node}/lxc/{vmid}/pending
  may all /vms/{vmid} VM.Audit

GET /nodes/{node}/lxc/{vmid}/status/current
  may all /vms/{vmid} VM.Audit

POST /nodes/{node}/lxc/{vmid}/status/start
  may all /vms/{vmid} VM.PowerMgmt
  debug? boolean
  skiplock? boolean

POST /nodes/{node}/lxc/{vmid}/status/stop
  may all /vms/{vmid} VM.PowerMgmt
  overrule-shutdown? boolean
  skiplock? boolean

POST /nodes/{node}/lxc/{vmid}/status/shutdown
  may all /vms/{vmid} VM.PowerMgmt
  forceStop? boolean
  timeout? integer 0..

POST /nodes/{node}/lxc/{vmid}/status/reboot
  may all /vms/{vmid} VM.PowerMgmt
  timeout? integer 0..

POST /nodes/{node}/lxc/{vmid}/status/suspend
  may all /vms/{vmid} VM.PowerMgmt

POST /nodes/{node}/lxc/{vmid}/status/resume
  may all /vms/{vmid} VM.PowerMgmt

PUT /nodes/{node}/lxc/{vmid}/resize
  may any /vms/{vmid} VM.Config.Disk
  digest? string len ..40
  disk {rootfs mp[0..255]}
  size string /\+?\d+(\.\d+)?[KMGT]?/

POST /nodes/{node}/lxc/{vmid}/move_volume
  may all /vms/{vmid} VM.Config.Disk
  bwlimit? number 0..
  delete? boolean
  digest? string len ..40
  storage? string pve-storage-id
  target-digest? string len ..40
  target-vmid? integer pve-vmid 100..999999999
  target-volume? {rootfs mp[0..255] unused[0..255]}
  volume {rootfs mp[0..255] unused[0..255]}

POST /nodes/{node}/lxc/{vmid}/clone
  may all /vms/{vmid} VM.Clone
  may all /vms/{newid} VM.Allocate | all /pool/{pool} VM.Allocate
  bwlimit? number 0..
  description? string
  full? boolean
  hostname? string dns-name
  newid integer pve-vmid 100..999999999
  pool? string pve-poolid
  snapname? string pve-configid len ..40
  storage? string pve-storage-id
  target? string pve-node

POST /nodes/{node}/lxc/{vmid}/template
  may all /vms/{vmid} VM.Allocate

POST /nodes/{node}/lxc/{vmid}/migrate
  may all /vms/{vmid} VM.Migrate
  bwlimit? number 0..
  online? boolean
  restart? boolean
  target string pve-node
  target-storage? string storage-pair-list
  timeout? integer

GET /nodes/{node}/lxc/{vmid}/feature
  may all /vms/{vmid} VM.Audit
  feature {snapshot clone copy}
  snapname? string pve-configid len ..40

GET /nodes/{node}/lxc/{vmid}/interfaces
  may all /vms/{vmid} VM.Audit

GET /nodes/{node}/lxc/{vmid}/snapshot
  may all /vms/{vmid} VM.Audit

POST /nodes/{node}/lxc/{vmid}/snapshot
  may all /vms/{vmid} VM.Snapshot
  description? string
  snapname string pve-configid len ..40

DELETE /nodes/{node}/lxc/{vmid}/snapshot/{snapname}
  may all /vms/{vmid} VM.Snapshot
  force? boolean

POST /nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback
  may any /vms/{vmid} VM.Snapshot VM.Snapshot.Rollback
  start? boolean

GET /nodes/{node}/lxc/{vmid}/firewall/options
  may all /vms/{vmid} VM.Audit

PUT /nodes/{node}/lxc/{vmid}/firewall/options
  may all /vms/{vmid} VM.Config.Network
  delete? string pve-configid-list
  dhcp? boolean
  digest? string len ..64
  enable? boolean
  ipfilter? boolean
  log_level_in? {emerg alert crit err warning notice info debug nolog}
  log_level_out? {emerg alert crit err warning notice info debug nolog}
  macfilter? boolean
  ndp? boolean
  policy_in? {ACCEPT REJECT DROP}
  policy_out? {ACCEPT REJECT DROP}
  radv? boolean

GET /nodes/{node}/lxc/{vmid}/firewall/rules
  may all /vms/{vmid} VM.Audit

POST /nodes/{node}/lxc/{vmid}/firewall/rules
  may all /vms/{vmid} VM.Config.Network
  action string len 2..20 /[A-Za-z][A-Za-z0-9\-\_]+/
  comment? string
  dest? string pve-fw-addr-spec len ..512
  digest? string len ..64
  dport? string pve-fw-dport-spec
  enable? integer 0..
  icmp-type? string pve-fw-icmp-type-spec
  iface? string pve-iface len 2..20
  log? {emerg alert crit err warning notice info debug nolog}
  macro? string len ..128
  pos? integer 0..
  proto? string pve-fw-protocol-spec
  source? string pve-fw-addr-spec len ..512
  sport? string pve-fw-sport-spec
  type {in out forward group}

DELETE /nodes/{node}/lxc/{vmid}/firewall/rules/{pos}
  may all /vms/{vmid} VM.Config.Network
  digest? string len ..64
)table";
// clang-format on

}  // namespace paas::fake_pve
