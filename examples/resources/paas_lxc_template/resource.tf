# Downloaded by the node and verified there.
resource "paas_lxc_template" "debian" {
  node     = "pve1"
  url      = "http://download.proxmox.com/images/system/debian-12-standard_12.7-1_amd64.tar.zst"
  checksum = "sha512:39f6d06e082d6a418438483da4f76092ebd0370a91bad30b82ab6d0f442234d63fe27a15569895e34d6d1e5ca50319f62637f7fb96b98dbde4f6103cf05bff6d"
}

# Uploaded from here; a changed file is uploaded anew.
resource "paas_lxc_template" "app" {
  node        = "pve1"
  storage     = "nfs"
  source_file = "build/app.tar"
  file_name   = "app-1.0.tar"
}

resource "paas_lxc" "web" {
  hostname  = "web"
  node      = "pve1"
  template  = paas_lxc_template.debian.volume
  root_disk = { storage = "local", size = "4G" }
}
