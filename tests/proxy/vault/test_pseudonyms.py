from hypothesis import given
from hypothesis import strategies as st

from proxy.vault.pseudonyms import Pseudonyms, is_pseudonym
from validators.pii.placeholders import mentions

NAMES = Pseudonyms(b"a key for the tests alone")


def test_equal_ids_have_equal_pseudonyms_within_a_tenant() -> None:
    assert NAMES.customer("t", "ann") == Pseudonyms(b"a key for the tests alone").customer(
        "t", "ann"
    )
    others = {
        NAMES.customer("u", "ann"),
        NAMES.customer("t", "bo"),
        NAMES.conversation("t", "ann"),
        Pseudonyms(b"another key").customer("t", "ann"),
    }
    assert NAMES.customer("t", "ann") not in others
    assert len(others) == 4


@given(st.text(), st.text())
def test_a_pseudonym_has_its_form_and_is_no_placeholder(tenant: str, given_id: str) -> None:
    name = NAMES.conversation(tenant, given_id)
    assert is_pseudonym(name)
    assert is_pseudonym(NAMES.customer(tenant, given_id))
    assert not list(mentions(name))
    assert not is_pseudonym(name + "0")
    assert not is_pseudonym(f"user-{name}")
