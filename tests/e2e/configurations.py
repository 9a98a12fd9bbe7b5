"""The configurations that the acceptance tests apply."""

TEMPLATE = "local:vztmpl/debian-12-standard_12.7-1_amd64.tar.zst"
OTHER_TEMPLATE = "local:vztmpl/alpine-3.20-default_20240908_amd64.tar.xz"

HEAD = """
terraform {
  required_providers {
    paas = { source = "libpaas/paas" }
  }
}
"""

POLICY = """
provider "paas" {
  policy {
    nodes = ["pve1", "pve2", "pve3"]
  }
}
"""


def container(name: str = "web", *, node: str = '"pve1"', template: str = TEMPLATE,
              memory: str = '"512"', disk: str = '"4"', extra: str = "",
              address: str = '"dhcp"') -> str:
    """A container; `node` "" leaves the choice to the provider."""
    return f"""
resource "paas_lxc" "{name}" {{
  hostname = "{name}"
  {f"node     = {node}" if node else ""}
  template = "{template}"
  memory   = {memory}
  root_disk = {{
    storage = "local"
    size    = {disk}
  }}
  networks = {{
    net0 = {{ bridge = "vmbr0", ipv4 = {address} }}
  }}
  {extra}
}}
"""


def one(**options) -> str:
    return HEAD + POLICY + container(**options)


def many(count: int, extra: str = "") -> str:
    return HEAD + POLICY + f"""
resource "paas_lxc" "many" {{
  count    = {count}
  hostname = "many-${{count.index}}"
  template = "{TEMPLATE}"
  memory   = "128"
  root_disk = {{
    storage = "local"
    size    = "1"
  }}
  networks = {{
    net0 = {{ bridge = "vmbr0", ipv4 = "dhcp" }}
  }}
  {extra}
}}
"""
