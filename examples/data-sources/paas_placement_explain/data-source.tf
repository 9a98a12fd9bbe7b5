variable "cluster" {
  type = map(object({ capacity = map(string) }))
  default = {
    pve1 = { capacity = { cpu = 8, memory = "32G" } }
    pve2 = { capacity = { cpu = 16, memory = "64G" } }
  }
}

resource "paas_placement" "apps" {
  cluster = var.cluster
  workloads = {
    web = { replicas = 2, requests = { cpu = 2, memory = "4G" } }
  }
}

# Through a local value, so that questions are answered in the plan, for what is planned.
locals {
  placement = paas_placement.apps
}

# Where could one more replica go, and what stands against the other nodes?
data "paas_placement_explain" "web" {
  placement = local.placement
  workload  = "web"
}

output "who_would_take_it" {
  value = data.paas_placement_explain.web.takers
}

output "who_would_not" {
  value = {
    for verdict in data.paas_placement_explain.web.verdicts :
    verdict.node => verdict.refusals[*].text if !verdict.takes
  }
}
