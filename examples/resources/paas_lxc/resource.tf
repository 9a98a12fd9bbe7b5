resource "paas_lxc" "web" {
  hostname = "web"
  node     = "pve1"
  template = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
  memory   = "1G"

  root_disk = {
    storage = "local"
    size    = "8G"
  }

  networks = {
    net0 = {
      bridge       = "vmbr0"
      ipv4         = "192.0.2.10/24"
      ipv4_gateway = "192.0.2.1"
    }
  }
}
