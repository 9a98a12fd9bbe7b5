data "paas_pve_templates" "on_pve1" {
  node    = "pve1"
  storage = "local"
}

locals {
  debian = [
    for template in data.paas_pve_templates.on_pve1.templates :
    template.volume if startswith(template.file_name, "debian-12-")
  ]
}

output "newest_debian" {
  value = reverse(sort(local.debian))[0]
}
