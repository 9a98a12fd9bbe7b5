data "paas_pve_nodes" "online" {
  online = true
}

# For the policy of a provider, or to count what is there.
output "nodes" {
  value = [for node in data.paas_pve_nodes.online.nodes : node.name]
}
