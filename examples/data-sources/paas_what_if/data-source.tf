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
    web = {
      replicas  = 2
      requests  = { cpu = 2, memory = "4G" }
      relations = [{ app = "web", level = "host", weight = 100 }]
    }
  }
}

# Through a local value, so that questions are answered in the plan, for what is planned.
locals {
  placement = paas_placement.apps
}

# Without a change: about the placement as it is.
data "paas_what_if" "now" {
  placement = local.placement
}

check "every_app_survives_the_loss_of_any_one_host" {
  assert {
    condition     = data.paas_what_if.now.survives
    error_message = "The loss of one host hits ${join(", ", data.paas_what_if.now.apps_at_risk)}."
  }
}

# Is there room for twice as many, with a node in repair?
data "paas_what_if" "doubled" {
  placement   = local.placement
  drain_nodes = ["pve1"]
  replicas    = { web = 4 }
  survival    = false
}

check "room_for_twice_as_many" {
  assert {
    condition     = data.paas_what_if.doubled.fits
    error_message = "No room for ${join(", ", data.paas_what_if.doubled.unplaced)}."
  }
}
