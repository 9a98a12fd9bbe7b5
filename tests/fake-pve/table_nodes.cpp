// Parameter table: nodes, tasks and storages. The language is described in table.hpp.
#include "tests/fake-pve/table.hpp"

namespace paas::fake_pve {

// clang-format off
const char* const node_and_storage_table = R"table(
GET /nodes
  may user

GET /nodes/{node}/status
  may all /nodes/{node} Sys.Audit

GET /nodes/{node}/network
  may user
  type? {bridge bond eth alias vlan fabric OVSBridge OVSBond OVSPort OVSIntPort vnet any_bridge any_local_bridge include_sdn}

GET /nodes/{node}/dns
  may all /nodes/{node} Sys.Audit

GET /nodes/{node}/time
  may all /nodes/{node} Sys.Audit

GET /nodes/{node}/version
  may user

GET /nodes/{node}/tasks
  may user
  errors? boolean
  limit? integer 0..
  since? integer
  source? {archive active all}
  start? integer 0..
  statusfilter? string pve-task-status-type-list
  typefilter? string
  until? integer
  userfilter? string
  vmid? integer pve-vmid 100..999999999

GET /nodes/{node}/tasks/{upid}/status
  may user

GET /nodes/{node}/tasks/{upid}/log
  may user
  download? boolean
  limit? integer 0..
  start? integer 0..

DELETE /nodes/{node}/tasks/{upid}
  may user

GET /storage
  may user
  type? {btrfs cephfs cifs dir esxi iscsi iscsidirect lvm lvmthin nfs pbs rbd zfs zfspool}

GET /storage/{storage}
  may all /storage/{storage} Datastore.Allocate

GET /nodes/{node}/storage
  may user
  content? string pve-storage-content-list
  enabled? boolean
  format? boolean
  storage? string pve-storage-id
  target? string pve-node

GET /nodes/{node}/storage/{storage}/status
  may any /storage/{storage} Datastore.Audit Datastore.AllocateSpace

GET /nodes/{node}/storage/{storage}/content
  may any /storage/{storage} Datastore.Audit Datastore.AllocateSpace
  content? string pve-storage-content
  vmid? integer pve-vmid 100..999999999

POST /nodes/{node}/storage/{storage}/content
  may all /storage/{storage} Datastore.AllocateSpace
  filename string
  format? {raw qcow2 subvol vmdk} needs size
  size string /\d+[MG]?/
  vmid integer pve-vmid 100..999999999

GET /nodes/{node}/storage/{storage}/content/{volume}
  may user

DELETE /nodes/{node}/storage/{storage}/content/{volume}
  may user
  delay? integer 1..30

POST /nodes/{node}/storage/{storage}/upload
  may all /storage/{storage} Datastore.AllocateTemplate
  checksum? string needs checksum-algorithm
  checksum-algorithm? {md5 sha1 sha224 sha256 sha384 sha512} needs checksum
  content {iso vztmpl import} pve-storage-content
  filename string len ..255
  tmpfilename? string //var/tmp/pveupload-[0-9a-f]+/

POST /nodes/{node}/storage/{storage}/download-url
  may all /storage/{storage} Datastore.AllocateTemplate
  may all / Sys.Audit Sys.Modify | all /nodes/{node} Sys.AccessNetwork
  checksum? string needs checksum-algorithm
  checksum-algorithm? {md5 sha1 sha224 sha256 sha384 sha512} needs checksum
  compression? string
  content {iso vztmpl import} pve-storage-content
  filename string len ..255
  url string /https?://.*/
  verify-certificates? boolean

POST /nodes/{node}/storage/{storage}/oci-registry-pull
  may all /storage/{storage} Datastore.AllocateTemplate
  may all /nodes/{node} Sys.AccessNetwork
  filename? string len 1..255
  reference string ~oci-reference

GET /nodes/{node}/query-url-metadata
  may all / Sys.Audit Sys.Modify | all /nodes/{node} Sys.AccessNetwork
  url string /https?://.*/
  verify-certificates? boolean

GET /nodes/{node}/query-oci-repo-tags
  may all /nodes/{node} Sys.AccessNetwork
  reference string ~oci-repository

GET /nodes/{node}/aplinfo
  may user

POST /nodes/{node}/vzdump
  may user
  all? boolean
  bwlimit? integer 0..
  compress? {0 1 gzip lzo zstd}
  dumpdir? string
  exclude? string pve-vmid-list
  exclude-path? array
  fleecing? string backup-fleecing
  ionice? integer 0..8
  job-id? string len ..50 /\S+/
  lockwait? integer 0..
  mailnotification? {always failure}
  mailto? string email-or-username-list
  mode? {snapshot suspend stop}
  notes-template? string len ..1024 needs storage
  notification-mode? {auto legacy-sendmail notification-system}
  pbs-change-detection-mode? {legacy data metadata}
  performance? string backup-performance
  pigz? integer
  pool? string
  protected? boolean needs storage
  prune-backups? string prune-backups
  quiet? boolean
  remove? boolean
  script? string
  stdexcludes? boolean
  stdout? boolean
  stop? boolean
  stopwait? integer 0..
  storage? string pve-storage-id
  tmpdir? string
  vmid? string pve-vmid-list
  zstd? integer
)table";
// clang-format on

}  // namespace paas::fake_pve
