data "paas_pve_nodes" "online" {
  online = true
}

# For the policy of a provider, or to count what is there.
output "nodes" {
  value = [for node in data.paas_pve_nodes.online.nodes : node.name]
}

# For a placement. Guests with the tag are its workloads; what all others may use is reserved.
data "paas_pve_nodes" "all" {
  placed_tag = "placed"
  headroom   = { cpu = 1, memory = "4G" }
  overcommit = { cpu = 2 }
}

resource "paas_placement" "apps" {
  cluster = data.paas_pve_nodes.all.placement_nodes
  workloads = {
    web = { replicas = 2, requests = { cpu = 1, memory = "1G" } }
  }
}

# What Proxmox does not know of its nodes is merged in: here, which are to be emptied, their labels,
# taints, and the physical machine below them.
variable "drained" {
  type    = set(string)
  default = []
}

locals {
  hosts = { pve1 = "rack1", pve2 = "rack1", pve3 = "rack2" }
}

resource "paas_placement" "drained" {
  cluster = {
    for name, node in data.paas_pve_nodes.all.placement_nodes : name => merge(node, {
      drained = contains(var.drained, name)
      host    = lookup(local.hosts, name, null)
      labels  = { zone = "a" }
      taints  = name == "pve3" ? [{ key = "batch", hard = false }] : []
    })
  }
  workloads = {
    web = { replicas = 2, requests = { cpu = 1, memory = "1G" }, max_unavailable = 1 }
  }
}
