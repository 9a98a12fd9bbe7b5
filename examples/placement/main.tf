# A placement without any cluster: the nodes are values. `terraform apply` decides, and the outputs
# say what and why. Change a number and look at the plan: only what must moves.

terraform {
  required_providers {
    paas = {
      source = "libpaas/paas"
    }
  }
}

provider "paas" {}

variable "drained" {
  description = "Nodes to be emptied."
  type        = set(string)
  default     = []
}

locals {
  # Four virtual nodes on two physical machines.
  cluster = {
    pve1 = { host = "rack1", labels = { zone = "a" }, capacity = { cpu = 8, memory = "32G", "disk/local" = "200G" } }
    pve2 = { host = "rack1", labels = { zone = "a" }, capacity = { cpu = 8, memory = "32G", "disk/local" = "200G" } }
    pve3 = { host = "rack2", labels = { zone = "b" }, capacity = { cpu = 16, memory = "64G", "disk/local" = "400G" } }
    pve4 = { host = "rack2", labels = { zone = "b" }, capacity = { cpu = 16, memory = "64G", "disk/local" = "400G" } }
  }
}

resource "paas_placement" "apps" {
  cluster = {
    for name, node in local.cluster :
    name => merge(node, { drained = contains(var.drained, name), reserved = { memory = "2G" } })
  }

  workloads = {
    web = {
      project   = "shop"
      replicas  = 3
      requests  = { cpu = 0.5, memory = "512M", "disk/local" = "8G" }
      ports     = [443]
      spreads   = [{ level = "host", max_skew = 1 }]
      preferred = [{ label = "zone", values = ["a"], weight = 70 }]
    }
    db = {
      project   = "shop"
      replicas  = 2
      requests  = { cpu = 4, memory = "16G", "disk/local" = "100G" }
      relations = [{ app = "db", level = "host" }]
      priority  = 10
    }
    queue = {
      project  = "shop"
      replicas = 2
      requests = { cpu = 1, memory = "2G" }
      spreads  = [{ level = "host", max_skew = 1 }]
    }
  }

  # The most that all workloads of a project get together.
  rules = {
    quotas = { shop = { cpu = 16 } }
  }
}

# Through a local value, so that questions are answered in the plan, for what is planned.
locals {
  placement = paas_placement.apps
}

# The nodes are known in the plan, and so is what would happen if.
data "paas_what_if" "now" {
  placement = local.placement
}

check "every_app_survives_the_loss_of_any_one_host" {
  assert {
    condition     = data.paas_what_if.now.survives
    error_message = "The loss of one host hits ${join(", ", data.paas_what_if.now.apps_at_risk)}."
  }
}

output "assignments" {
  value = paas_placement.apps.assignments
}

output "reasons" {
  value = { for name, decision in paas_placement.apps.decisions : name => decision.because }
}
