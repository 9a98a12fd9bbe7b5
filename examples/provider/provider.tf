terraform {
  required_providers {
    paas = {
      source = "libpaas/paas"
    }
  }
}

# The endpoint and the API token come from PROXMOX_VE_ENDPOINT and PROXMOX_VE_API_TOKEN.
provider "paas" {
  policy {
    nodes      = ["pve1", "pve2", "pve3"]
    max_memory = "16G"
  }
}
