// Parameter table: property strings of virtual machines. The language is described in table.hpp.
#include "tests/fake-pve/table.hpp"

namespace paas::fake_pve {

// clang-format off
const char* const qemu_drive_table = R"table(
group qemu-drive
  aio? {native threads io_uring}
  backup? boolean
  bps? integer
  bps_max_length? integer 1..
  bps_rd? integer
  bps_rd_length -> bps_rd_max_length
  bps_rd_max_length? integer 1..
  bps_wr? integer
  bps_wr_length -> bps_wr_max_length
  bps_wr_max_length? integer 1..
  cache? {none writethrough writeback unsafe directsync}
  detect_zeroes? boolean
  discard? {ignore on}
  file string pve-volume-id-or-qm-path *
  format? {raw qcow qed qcow2 vmdk cloop}
  import-from? string pve-volume-id-or-absolute-path
  iops? integer
  iops_max? integer
  iops_max_length? integer 1..
  iops_rd? integer
  iops_rd_length -> iops_rd_max_length
  iops_rd_max? integer
  iops_rd_max_length? integer 1..
  iops_wr? integer
  iops_wr_length -> iops_wr_max_length
  iops_wr_max? integer
  iops_wr_max_length? integer 1..
  mbps? number
  mbps_max? number
  mbps_rd? number
  mbps_rd_max? number
  mbps_wr? number
  mbps_wr_max? number
  media? {cdrom disk}
  replicate? boolean
  rerror? {ignore report stop}
  serial? string urlencoded len ..60
  shared? boolean
  size? string disk-size
  snapshot? boolean
  volume -> file
  werror? {enospc ignore report stop}

format qemu-agent
  enabled boolean *
  freeze-fs? boolean
  freeze-fs-on-backup -> freeze-fs
  fstrim_cloned_disks? boolean
  guest-fsfreeze -> freeze-fs
  type? {virtio isa}

format qemu-audio
  device {ich9-intel-hda intel-hda AC97}
  driver? {spice none}

format qemu-efidisk
  efitype? {2m 4m}
  file string pve-volume-id-or-qm-path *
  format? {raw qcow qed qcow2 vmdk cloop}
  import-from? string pve-volume-id-or-absolute-path
  ms-cert? {2011 2023 2023w 2023k}
  pre-enrolled-keys? boolean
  size? string disk-size
  volume -> file

format qemu-ide
  + qemu-drive
  model? string urlencoded len ..120
  ssd? boolean
  wwn? string /(0x)[0-9a-fA-F]{16}/

format qemu-ivshmem
  name? string /[a-zA-Z0-9\-]+/
  size integer 1..

format qemu-machine
  aw-bits? number 32..64
  enable-s3? boolean
  enable-s4? boolean
  type? string len ..40 * /(pc|pc(-i440fx)?-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?|q35|pc-q35-\d+(\.\d+)+(\+pve\d+)?(\.pxe)?|virt(?:-\d+(\.\d+)+)?(\+pve\d+)?)/
  viommu? {intel virtio}

format qemu-memory
  current integer 16.. *

format qemu-net
  bridge? string pve-bridge-id
  e1000 -> macaddr as model
  e1000-82540em -> macaddr as model
  e1000-82544gc -> macaddr as model
  e1000-82545em -> macaddr as model
  e1000e -> macaddr as model
  firewall? boolean
  host-tunnel? boolean
  i82551 -> macaddr as model
  i82557b -> macaddr as model
  i82559er -> macaddr as model
  link_down? boolean
  macaddr? string mac-addr
  model {e1000 e1000-82540em e1000-82544gc e1000-82545em e1000e i82551 i82557b i82559er ne2k_isa ne2k_pci pcnet rtl8139 virtio vmxnet3} *
  mtu? integer 1..65520
  ne2k_isa -> macaddr as model
  ne2k_pci -> macaddr as model
  pcnet -> macaddr as model
  queues? integer 0..64
  rate? number 0..
  rtl8139 -> macaddr as model
  tag? integer 1..4094
  trunks? string /\d+(?:-\d+)?(?:;\d+(?:-\d+)?)*/
  virtio -> macaddr as model
  vmxnet3 -> macaddr as model

format qemu-numa
  cpus string /\d+(?:-\d+)?(?:;\d+(?:-\d+)?)*/
  hostnodes? string /\d+(?:-\d+)?(?:;\d+(?:-\d+)?)*/
  memory? number
  policy? {preferred bind interleave}

format qemu-sata
  + qemu-drive
  ssd? boolean
  wwn? string /(0x)[0-9a-fA-F]{16}/

format qemu-scsi
  + qemu-drive
  iothread? boolean
  product? string /[A-Za-z0-9\-_\s]{0,16}/
  queues? integer 2..
  ro? boolean
  scsiblock? boolean
  ssd? boolean
  vendor? string /[A-Za-z0-9\-_\s]{0,8}/
  wwn? string /(0x)[0-9a-fA-F]{16}/

format qemu-spice-enhancements
  foldersharing? boolean
  videostreaming? {off all filter}

format qemu-tpmstate
  file string pve-volume-id-or-qm-path *
  format? {raw qcow2 vmdk}
  import-from? string pve-volume-id-or-absolute-path
  size? string disk-size
  version? {v1.2 v2.0}
  volume -> file

format qemu-unused
  file string pve-volume-id *
  volume -> file

format qemu-usb
  host? string * /(?:(?:(?:(0x)?([0-9A-Fa-f]{4}):(0x)?([0-9A-Fa-f]{4})))|(?:(?:(\d+)\-(\d+(\.\d+)*)))|[Ss][Pp][Ii][Cc][Ee])/
  mapping? string pve-configid
  usb3? boolean

format qemu-vga
  clipboard? {vnc}
  memory? integer 4..512
  type? {cirrus qxl qxl[2..4] none serial[0..3] std virtio virtio-gl vmware} *

format qemu-virtio
  + qemu-drive
  iothread? boolean
  ro? boolean

format qemu-virtiofs
  cache? {auto always metadata never}
  direct-io? boolean
  dirid string pve-configid *
  expose-acl? boolean
  expose-xattr? boolean
)table";
// clang-format on

}  // namespace paas::fake_pve
