// Parameter table: access, cluster, HA, pools and SDN. The language is described in table.hpp.
#include "tests/fake-pve/table.hpp"

namespace paas::fake_pve {

// clang-format off
const char* const access_and_cluster_table = R"table(
format cluster-bwlimit
  clone? number 0..
  default? number 0..
  migration? number 0..
  move? number 0..
  restore? number 0..

format cluster-crs
  ha? {basic static dynamic}
  ha-auto-rebalance? boolean
  ha-auto-rebalance-hold-duration? number 0.. needs ha-auto-rebalance
  ha-auto-rebalance-margin? number 0..100 needs ha-auto-rebalance
  ha-auto-rebalance-method? {bruteforce topsis} needs ha-auto-rebalance
  ha-auto-rebalance-threshold? number 0..100 needs ha-auto-rebalance
  ha-rebalance-on-start? boolean

format cluster-ha
  shutdown_policy {freeze failover conditional migrate}

format cluster-migration
  network? string CIDR
  type {secure insecure} *

format cluster-next-id
  lower? integer
  upper? integer

format cluster-notify
  fencing? {always never}
  package-updates? {auto always never}
  replication? {always never}
  target-fencing? string
  target-package-updates? string
  target-replication? string

format cluster-tag-style
  case-sensitive? boolean
  color-map? string /(?:(?:[a-zA-Z0-9_][a-zA-Z0-9_\-\+\.]*):[0-9a-fA-F]{6}(?::[0-9a-fA-F]{6})?)(?:;(?:(?:[a-zA-Z0-9_][a-zA-Z0-9_\-\+\.]*):[0-9a-fA-F]{6}(?::[0-9a-fA-F]{6})?))*/
  ordering? {config alphabetical}
  shape? {full circle dense none}

format cluster-u2f
  appid? string
  origin? string

format cluster-user-tag-access
  user-allow? {none list existing free}
  user-allow-list? string /(?:[a-zA-Z0-9_][a-zA-Z0-9_\-\+\.]*)(?:;(?:[a-zA-Z0-9_][a-zA-Z0-9_\-\+\.]*))*/

format cluster-webauthn
  allow-subdomains? boolean
  id? string
  origin? string
  rp? string

GET /version
  may user

POST /access/ticket no-token
  may world
  new-format? boolean
  otp? string
  password string
  path? string len ..64 needs privs
  privs? string pve-priv-list len ..64 needs path
  realm? string pve-realm len ..32
  tfa-challenge? string
  username string len ..64

GET /access/permissions
  may user
  path? string
  userid? string /(?:[^\s:/]+)\@(?:[A-Za-z][A-Za-z0-9\.\-_]+)(?:!(?:[A-Za-z][A-Za-z0-9\.\-_]+))?/

GET /cluster/resources
  may user
  type? {vm storage node sdn}

GET /cluster/nextid
  may user
  vmid? integer pve-vmid 100..999999999

GET /cluster/status
  may all / Sys.Audit

GET /cluster/options
  may all / Sys.Audit

PUT /cluster/options
  may all / Sys.Modify
  bwlimit? string <cluster-bwlimit>
  consent-text? string len ..65536
  console? {applet vv html5 xtermjs}
  crs? string <cluster-crs>
  delete? string pve-configid-list
  description? string len ..65536
  email_from? string email-opt
  fencing? {watchdog hardware both}
  ha? string <cluster-ha>
  http_proxy? string /http://.*/
  keyboard? {de de-ch da en-gb en-us es fi fr fr-be fr-ca fr-ch hu is it ja lt mk nl no pl pt pt-br sv sl tr}
  language? {ar ca da de en es eu fa fr hr he it ja ka kr nb nl nn pl pt_BR ru sl sv tr ukr zh_CN zh_TW}
  location? string pve-node-location
  mac_prefix? string mac-prefix
  max_workers? integer 1..
  migration? string <cluster-migration>
  migration_unsecure? boolean
  next-id? string <cluster-next-id>
  notify? string <cluster-notify>
  registered-tags? string /(?:(?:[a-zA-Z0-9_][a-zA-Z0-9_\-\+\.]*);)*(?:[a-zA-Z0-9_][a-zA-Z0-9_\-\+\.]*)/
  replication? string <cluster-migration>
  tag-style? string <cluster-tag-style>
  u2f? string <cluster-u2f>
  user-tag-access? string <cluster-user-tag-access>
  webauthn? string <cluster-webauthn>

GET /cluster/tasks
  may user

GET /cluster/ha/resources
  may all / Sys.Audit
  type? {ct vm}

POST /cluster/ha/resources
  may all / Sys.Console
  comment? string len ..4096
  failback? boolean
  group? string pve-configid
  max_relocate? integer 0..
  max_restart? integer 0..
  sid string pve-ha-resource-or-vm-id
  state? {started stopped enabled disabled ignored}
  type? {ct vm}

GET /cluster/ha/resources/{sid}
  may all / Sys.Audit

PUT /cluster/ha/resources/{sid}
  may all / Sys.Console
  comment? string len ..4096
  delete? string pve-configid-list len ..4096
  digest? string len ..64
  failback? boolean
  group? string pve-configid
  max_relocate? integer 0..
  max_restart? integer 0..
  state? {started stopped enabled disabled ignored}

DELETE /cluster/ha/resources/{sid}
  may all / Sys.Console
  purge? boolean

GET /cluster/ha/status/current
  may all / Sys.Audit

GET /cluster/sdn/zones
  may user
  pending? boolean
  running? boolean
  type? {evpn faucet qinq simple vlan vxlan}

POST /cluster/sdn/zones
  may all /sdn/zones SDN.Allocate
  advertise-subnets? boolean
  bridge? string
  bridge-disable-mac-learning? boolean
  controller? string
  dhcp? {dnsmasq}
  disable-arp-nd-suppression? boolean
  dns? string
  dnszone? string dns-name
  dp-id? integer
  exitnodes? string pve-node-list
  exitnodes-local-routing? boolean
  exitnodes-primary? string pve-node
  fabric? string pve-sdn-fabric-id
  ipam? string
  lock-token? string
  mac? string mac-addr
  mtu? integer
  nodes? string pve-node-list
  peers? string ip-list
  reversedns? string
  rt-import? string pve-sdn-bgp-rt-list
  tag? integer 0..
  type {evpn faucet qinq simple vlan vxlan} pve-configid
  vlan-protocol? {802.1q 802.1ad}
  vrf-vxlan? integer 1..16777215
  vxlan-port? integer 1..65536
  zone string len 2..8 /[a-zA-Z][a-zA-Z0-9]*[a-zA-Z0-9]/

GET /cluster/sdn/vnets
  may user
  pending? boolean
  running? boolean

POST /cluster/sdn/vnets
  may all /sdn/zones/{zone} SDN.Allocate
  alias? string len ..256 /(?:[\(\)-_.\w\d\s]{0,256})/
  isolate-ports? boolean
  lock-token? string
  tag? integer 1..16777215
  type? {vnet}
  vlanaware? boolean
  vnet string len 2..8 /[a-zA-Z][a-zA-Z0-9]*[a-zA-Z0-9]/
  zone string

POST /cluster/firewall/groups
  may all / Sys.Modify
  comment? string
  digest? string len ..64
  group string len 2..18 /[A-Za-z][A-Za-z0-9\-\_]+/
  rename? string len 2..18 /[A-Za-z][A-Za-z0-9\-\_]+/

GET /pools
  may user
  poolid? string pve-poolid
  type? {qemu lxc storage} needs poolid

POST /pools
  may all /pool/{poolid} Pool.Allocate
  comment? string
  poolid string pve-poolid

PUT /pools
  may all /pool/{poolid} Pool.Allocate
  allow-move? boolean
  comment? string
  delete? boolean
  poolid string pve-poolid
  storage? string pve-storage-id-list
  vms? string pve-vmid-list

DELETE /pools
  may all /pool/{poolid} Pool.Allocate
  poolid string pve-poolid

GET /pools/{poolid}
  may all /pool/{poolid} Pool.Audit
  type? {qemu lxc storage}

PUT /pools/{poolid}
  may all /pool/{poolid} Pool.Allocate
  allow-move? boolean
  comment? string
  delete? boolean
  storage? string pve-storage-id-list
  vms? string pve-vmid-list

DELETE /pools/{poolid}
  may all /pool/{poolid} Pool.Allocate
)table";
// clang-format on

}  // namespace paas::fake_pve
