data "paas_pve_nodes" "all" {
  placed_tag = "placed"
  headroom   = { memory = "2G" }
}

resource "paas_placement" "apps" {
  cluster = data.paas_pve_nodes.all.placement_nodes

  workloads = {
    web = {
      replicas  = 2
      requests  = { cpu = 0.5, memory = "512M", "disk/local" = "8G" }
      relations = [{ app = "web" }] # never two on one node
    }
    db = {
      requests = { cpu = 4, memory = "16G", "disk/local" = "100G" }
      priority = 10
    }
  }
}

# The nodes are known in the plan.
resource "paas_lxc" "web" {
  count    = 2
  hostname = "web-${count.index}"
  node     = paas_placement.apps.nodes["web"][count.index]
  template = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
  cores    = 1
  memory   = "512M"
  tags     = ["placed"]

  root_disk = {
    storage = "local"
    size    = "8G"
  }
}
