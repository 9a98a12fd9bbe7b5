# Two containers from one template: one with an address from DHCP, one with its own.
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

variable "template" {
  description = "Template on a storage of that node."
  type        = string
  default     = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
}

resource "paas_lxc" "web" {
  hostname = "web"
  node     = var.node
  template = var.template
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
  template = var.template
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
