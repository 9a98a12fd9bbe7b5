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
