data "paas_pve_guests" "production" {
  tag  = "production"
  kind = "lxc"
}

output "where_they_are" {
  value = { for guest in data.paas_pve_guests.production.guests : guest.name => guest.node }
}
