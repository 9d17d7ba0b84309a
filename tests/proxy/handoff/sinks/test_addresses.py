import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proxy.handoff.sinks.addresses import is_address, refusal

PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
PRIVATE = [
    "10.0.0.1",
    "172.16.3.4",
    "192.168.1.1",
    "127.0.0.1",
    "100.64.0.1",
    "::1",
    "fd00::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "::10.0.0.1",
]
NEVER = [
    "169.254.169.254",
    "fe80::1",
    "fe80::1%eth0",
    "0.0.0.0",  # noqa: S104 - refused
    "::",
    "224.0.0.1",
    "ff02::1",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_used(address: str) -> None:
    assert refusal(address, private=False) is None
    assert refusal(address, private=True) is None


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_only_where_that_is_meant(address: str) -> None:
    assert refusal(address, private=False) == "is a private address"
    assert refusal(address, private=True) is None


@pytest.mark.parametrize("address", NEVER)
def test_where_machines_keep_their_credentials_nobody_may_look(address: str) -> None:
    assert refusal(address, private=False) is not None
    assert refusal(address, private=True) is not None


@pytest.mark.parametrize("name", ["", "localhost", "127.1", "0x7f000001", "example.com"])
def test_what_is_no_address_is_refused_and_no_address(name: str) -> None:
    assert refusal(name, private=True) == "is no IP address"
    assert not is_address(name)


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_never_makes_it_more_acceptable(v4: ipaddress.IPv4Address) -> None:
    plain = refusal(str(v4), private=False)
    assert (refusal(f"::ffff:{v4}", private=False) is None) == (plain is None)
    assert (refusal(f"64:ff9b::{v4}", private=False) is None) == (plain is None)


@given(st.ip_addresses())
def test_private_only_ever_allows_more(address: ipaddress.IPv4Address) -> None:
    assert is_address(str(address))
    if refusal(str(address), private=False) is None:
        assert refusal(str(address), private=True) is None
