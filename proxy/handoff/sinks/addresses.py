"""Which addresses a sink may be reached at: a URL must not lead into the own network. Pure."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_V4_BITS = 0xFFFF_FFFF


def refusal(address: str, *, private: bool) -> str | None:
    """Return why an IP address is refused, or None if it may be used.

    Without `private`, only addresses of the public internet may. Link-local ones never:
    cloud machines give away their credentials there. An IPv4 address within an IPv6 one
    is judged as what it is.
    """
    try:
        found = _inner(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return "is no IP address"
    if found.is_unspecified or found.is_multicast or found.is_link_local:
        return "is a link-local, multicast or unspecified address"
    if not private and not found.is_global:
        return "is a private address"
    return None


def is_address(host: str) -> bool:
    """Whether a URL's host is an IP address rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _inner(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if (inner := address.ipv4_mapped or address.sixtofour) is not None:
        return inner
    # ::1 and :: belong to the range of the old embedded form, but are addresses themselves.
    embedded = address in _NAT64 or (address in _COMPATIBLE and int(address) > 1)
    return ipaddress.IPv4Address(int(address) & _V4_BITS) if embedded else address
