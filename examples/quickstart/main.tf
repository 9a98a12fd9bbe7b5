# Two containers from one template: one with its own address, one with an address from DHCP.
# Where the cluster is and who you are come from PROXMOX_VE_ENDPOINT and PROXMOX_VE_API_TOKEN.

terraform {
  required_providers {
    paas = {
      source = "libpaas/paas"
    }
  }
}

provider "paas" {}

variable "node" {
  description = "Node of the cluster to create the containers on."
  type        = string
  default     = "pve1"
}

# The node downloads it. Under a name of its own, so that `destroy` takes no template away that
# others use.
resource "paas_lxc_template" "debian" {
  node      = var.node
  url       = "http://download.proxmox.com/images/system/debian-12-standard_12.7-1_amd64.tar.zst"
  checksum  = "sha512:39f6d06e082d6a418438483da4f76092ebd0370a91bad30b82ab6d0f442234d63fe27a15569895e34d6d1e5ca50319f62637f7fb96b98dbde4f6103cf05bff6d"
  file_name = "quickstart-debian-12.7-1_amd64.tar.zst"
}

resource "paas_lxc" "web" {
  hostname = "web"
  node     = var.node
  template = paas_lxc_template.debian.volume
  cores    = 1
  memory   = "512M"

  root_disk = {
    storage = "local"
    size    = "4G"
  }

  networks = {
    net0 = {
      bridge       = "vmbr0"
      ipv4         = "192.0.2.10/24"
      ipv4_gateway = "192.0.2.1"
    }
  }
}

resource "paas_lxc" "worker" {
  hostname = "worker"
  node     = var.node
  template = paas_lxc_template.debian.volume
  memory   = "256M"

  root_disk = {
    storage = "local"
    size    = "2G"
  }

  networks = {
    net0 = {
      bridge = "vmbr0"
      ipv4   = "dhcp"
    }
  }
}
