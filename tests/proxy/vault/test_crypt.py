import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import StoreError
from proxy.vault.crypt import MasterKey

MASTER = MasterKey(b"a master key for the tests alone")


def test_equal_texts_have_unequal_boxes() -> None:
    sealer = MASTER.unwrap(MASTER.wrapped_key("t"), "t")
    assert sealer.seal(b"x", "a") != sealer.seal(b"x", "a")


def test_a_data_key_is_of_its_tenant_and_master() -> None:
    wrapped = MASTER.wrapped_key("t")
    for master, tenant in ((MASTER, "u"), (MasterKey(b"another master key."), "t")):
        with pytest.raises(StoreError):
            master.unwrap(wrapped, tenant)


def test_the_index_keeps_names_apart() -> None:
    assert MASTER.index("a", "bc") != MASTER.index("ab", "c")
    assert MASTER.index("a") != MasterKey(b"another master key.").index("a")


@settings(max_examples=50)
@given(st.binary(max_size=40), st.integers(0, 200))
def test_any_changed_byte_is_noticed(data: bytes, place: int) -> None:
    sealer = MASTER.unwrap(MASTER.wrapped_key("t"), "t")
    box = bytearray(sealer.seal(data, "a"))
    assert sealer.open(bytes(box), "a") == data
    box[place % len(box)] ^= 1
    with pytest.raises(StoreError):
        sealer.open(bytes(box), "a")
