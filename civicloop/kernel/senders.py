"""Whose line a network address is, for counting how often somebody asks."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network, ip_address


def line_of(address: str) -> str:
    """The address; of an IPv6 one its network of 64 bits, since whoever has one address there has all of them (RFC 6177).

    An IPv4 address written as IPv6 is that address. What is no address stays as it is.
    """
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if not isinstance(read, IPv6Address):
        return str(read)
    return str(read.ipv4_mapped or IPv6Network((int(read) >> 64 << 64, 64)))
