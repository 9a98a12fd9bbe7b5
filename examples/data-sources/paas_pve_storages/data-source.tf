data "paas_pve_storages" "for_containers" {
  node    = "pve1"
  content = "rootdir"
}

output "free_gib" {
  value = {
    for storage in data.paas_pve_storages.for_containers.storages :
    storage.name => floor((storage.total_bytes - storage.used_bytes) / pow(1024, 3))
  }
}
