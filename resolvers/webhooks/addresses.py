"""Where requests must not go: addresses that are not public, by the registries of special-purpose addresses.

The networks are listed here because Python's `is_global` differs between versions and is looser. What embeds an IPv4
address is as good as that address; 6to4 and Teredo, which lead to one by a relay, are out of use and refused whole.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

FORBIDDEN = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers' NAT; some clouds' metadata
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's platform, reachable from its machines alone
        "169.254.0.0/16",  # link-local; most clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments; some clouds' metadata
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)
# Everything else of IPv6 is loopback, link-local, private, multicast or not assigned.
UNICAST = ip_network("2000::/3")
NAT64 = ip_network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address):
        inner = _embedded(ip)
        if inner is None and ip not in UNICAST:
            return False
        ip = inner or ip
    return not any(ip in network for network in FORBIDDEN)


def _embedded(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that is meant: mapped, or translated by a gateway on the way (NAT64)."""
    return IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else ip.ipv4_mapped
