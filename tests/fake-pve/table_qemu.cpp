// Parameter table: virtual machines. The language is described in table.hpp.
#include "tests/fake-pve/table.hpp"

namespace paas::fake_pve {

// clang-format off
const char* const qemu_table = R"table(
group qemu-options
  acpi? boolean
  affinity? string pve-cpuset
  agent? string <qemu-agent>
  allow-ksm? boolean
  amd-sev? string pve-qemu-sev-fmt
  arch? {x86_64 aarch64}
  args? string
  audio0? string <qemu-audio>
  autostart? boolean
  balloon? integer 0..
  bios? {seabios ovmf}
  boot? string pve-qm-boot
  bootdisk? string pve-qm-bootdisk /(ide|sata|scsi|virtio)\d+/
  cdrom? string pve-qm-ide
  cicustom? string pve-qm-cicustom
  cipassword? string
  citype? {configdrive2 nocloud opennebula}
  ciupgrade? boolean
  ciuser? string
  cores? integer 1..
  cpu? string pve-vm-cpu-conf
  cpulimit? number 0..128
  cpuunits? integer 1..262144
  description? string len ..8192
  efidisk0? string <qemu-efidisk>
  freeze? boolean
  hookscript? string pve-volume-id
  hostpci[15]? string pve-qm-hostpci
  hotplug? string pve-hotplug-features
  hugepages? {any 2 1024}
  ide[3]? string <qemu-ide>
  intel-tdx? string pve-qemu-tdx-fmt
  ipconfig[31]? string pve-qm-ipconfig
  ivshmem? string <qemu-ivshmem>
  keephugepages? boolean
  keyboard? {de de-ch da en-gb en-us es fi fr fr-be fr-ca fr-ch hu is it ja lt mk nl no pl pt pt-br sv sl tr}
  kvm? boolean
  localtime? boolean
  lock? {backup clone create migrate rollback snapshot snapshot-delete suspending suspended}
  machine? string <qemu-machine>
  memory? string <qemu-memory>
  migrate_downtime? number 0..
  migrate_speed? integer 0..
  name? string dns-name
  nameserver? string address-list
  net[31]? string <qemu-net>
  numa? boolean
  numa[7]? string <qemu-numa>
  onboot? boolean
  ostype? {other wxp w2k w2k3 w2k8 wvista win7 win8 win10 win11 l24 l26 solaris}
  parallel[2]? string //dev/parport\d+|/dev/usb/lp\d+/
  protection? boolean
  reboot? boolean
  rng0? string pve-qm-rng
  sata[5]? string <qemu-sata>
  scsi[30]? string <qemu-scsi>
  scsihw? {lsi lsi53c810 virtio-scsi-pci virtio-scsi-single megasas pvscsi}
  searchdomain? string
  serial[3]? string /(/dev/[^,]+|socket)/
  shares? integer 0..50000
  smbios1? string pve-qm-smbios1 len ..512
  smp? integer 1..
  sockets? integer 1..
  spice_enhancements? string <qemu-spice-enhancements>
  sshkeys? string urlencoded
  startdate? string /(now|\d{4}-\d{1,2}-\d{1,2}(T\d{1,2}:\d{1,2}:\d{1,2})?)/
  startup? string pve-startup-order
  tablet? boolean
  tags? string pve-tag-list
  tdf? boolean
  template? boolean
  tpmstate0? string <qemu-tpmstate>
  unused[255]? string <qemu-unused>
  usb[13]? string <qemu-usb>
  vcpus? integer 1..
  vga? string <qemu-vga>
  virtio[15]? string <qemu-virtio>
  virtiofs[9]? string <qemu-virtiofs>
  vmgenid? string /[a-fA-F0-9]{8}(?:-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}|[01]/
  vmstatestorage? string pve-storage-id
  watchdog? string pve-qm-watchdog

GET /nodes/{node}/qemu
  may user
  full? boolean

POST /nodes/{node}/qemu
  may user
  + qemu-options
  archive? string len ..255
  bwlimit? integer 0..
  force? boolean needs archive
  ha-managed? boolean
  import-working-storage? string pve-storage-id
  live-restore? boolean
  pool? string pve-poolid
  start? boolean
  storage? string pve-storage-id
  unique? boolean needs archive
  vmid integer pve-vmid 100..999999999

DELETE /nodes/{node}/qemu/{vmid}
  may all /vms/{vmid} VM.Allocate
  destroy-unreferenced-disks? boolean
  purge? boolean
  skiplock? boolean

GET /nodes/{node}/qemu/{vmid}/config
  may all /vms/{vmid} VM.Audit
  current? boolean
  snapshot? string pve-configid len ..40

PUT /nodes/{node}/qemu/{vmid}/config
  may any /vms/{vmid} VM.Config.Disk VM.Config.CDROM VM.Config.CPU VM.Config.Memory VM.Config.Network VM.Config.HWType VM.Config.Options VM.Config.Cloudinit
  + qemu-options
  delete? string pve-configid-list
  digest? string len ..40
  force? boolean needs delete
  revert? string pve-configid-list
  skiplock? boolean

POST /nodes/{node}/qemu/{vmid}/config
  may any /vms/{vmid} VM.Config.Disk VM.Config.CDROM VM.Config.CPU VM.Config.Memory VM.Config.Network VM.Config.HWType VM.Config.Options VM.Config.Cloudinit
  + qemu-options
  background_delay? integer 1..30
  delete? string pve-configid-list
  digest? string len ..40
  force? boolean needs delete
  import-working-storage? string pve-storage-id
  revert? string pve-configid-list
  skiplock? boolean

GET /nodes/{node}/qemu/{vmid}/pending
  may all /vms/{vmid} VM.Audit

GET /nodes/{node}/qemu/{vmid}/status/current
  may all /vms/{vmid} VM.Audit

POST /nodes/{node}/qemu/{vmid}/status/start
  may all /vms/{vmid} VM.PowerMgmt
  force-cpu? string
  machine? string <qemu-machine>
  migratedfrom? string pve-node
  migration_network? string CIDR
  migration_type? {secure insecure}
  nets-host-mtu? string /net\d+=\d+(,net\d+=\d+)*/
  skiplock? boolean
  stateuri? string len ..128
  targetstorage? string storage-pair-list
  timeout? integer 0..
  with-conntrack-state? boolean

POST /nodes/{node}/qemu/{vmid}/status/stop
  may all /vms/{vmid} VM.PowerMgmt
  keepActive? boolean
  migratedfrom? string pve-node
  overrule-shutdown? boolean
  skiplock? boolean
  timeout? integer 0..

POST /nodes/{node}/qemu/{vmid}/status/shutdown
  may all /vms/{vmid} VM.PowerMgmt
  forceStop? boolean
  keepActive? boolean
  skiplock? boolean
  timeout? integer 0..

POST /nodes/{node}/qemu/{vmid}/status/reboot
  may all /vms/{vmid} VM.PowerMgmt
  timeout? integer 0..

PUT /nodes/{node}/qemu/{vmid}/resize
  may all /vms/{vmid} VM.Config.Disk
  digest? string len ..40
  disk {ide[0..3] scsi[0..30] virtio[0..15] sata[0..5] efidisk0 tpmstate0}
  size string /\+?\d+(\.\d+)?[KMGT]?/
  skiplock? boolean

POST /nodes/{node}/qemu/{vmid}/clone
  may all /vms/{vmid} VM.Clone
  may all /vms/{newid} VM.Allocate | all /pool/{pool} VM.Allocate
  bwlimit? integer 0..
  description? string
  format? {raw qcow2 vmdk}
  full? boolean
  name? string dns-name
  newid integer pve-vmid 100..999999999
  pool? string pve-poolid
  snapname? string pve-configid len ..40
  storage? string pve-storage-id
  target? string pve-node

POST /nodes/{node}/qemu/{vmid}/template
  may all /vms/{vmid} VM.Allocate
  disk? {ide[0..3] scsi[0..30] virtio[0..15] sata[0..5] efidisk0 tpmstate0}

GET /nodes/{node}/qemu/{vmid}/agent/network-get-interfaces
  may any /vms/{vmid} VM.GuestAgent.Audit VM.GuestAgent.Unrestricted

POST /nodes/{node}/qemu/{vmid}/agent/ping
  may any /vms/{vmid} VM.GuestAgent.Audit VM.GuestAgent.Unrestricted

GET /nodes/{node}/qemu/{vmid}/cloudinit/dump
  may all /vms/{vmid} VM.Audit
  type {user network meta}
)table";
// clang-format on

}  // namespace paas::fake_pve
