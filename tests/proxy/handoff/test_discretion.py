"""What agents write is kept with placeholders, and reaches the customer as they wrote it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies.errors import RedactionError, StoreError
from policies.turn import Vault
from proxy.handoff.case import CaseError
from proxy.handoff.discretion import Discretion
from proxy.vault.memory import MemoryVault
from proxy.vault.pseudonyms import Pseudonyms
from validators.offload import Offload
from validators.pii.restore import restore, unknown_placeholders
from validators.testing import FakeRedactor

PEOPLE = {"Anna Berg": "PERSON", "Kim Holm": "PERSON", "DE89 3704": "IBAN_CODE"}
NAMES = Pseudonyms(b"key")
PLACE = NAMES.conversation("acme", "c1")


@pytest.fixture(scope="module")
def offload() -> Iterator[Offload]:
    made = Offload(1)
    yield made
    made.close()


def discretion(offload: Offload, vault: Any = None, **more: Any) -> Discretion:
    redactor = more.pop("redactor", None) or FakeRedactor(PEOPLE)
    kept = MemoryVault() if vault is None else vault
    return Discretion(redactor, kept, NAMES, offload, restore, unknown_placeholders, **more)


async def known(offload: Offload, vault: MemoryVault) -> str:
    """Let the customer name herself; return her placeholder."""
    return await discretion(offload, vault).hide("acme", "c1", "Anna Berg")


async def test_a_value_becomes_a_placeholder_that_the_customer_is_shown(offload: Offload) -> None:
    hidden = discretion(offload)
    text = await hidden.hide("acme", "c1", "Dear Anna Berg, DE89 3704 it is.")
    assert not [name for name in PEOPLE if name in text]
    assert await hidden.show("acme", "c1", [text]) == ["Dear Anna Berg, DE89 3704 it is."]


async def test_a_placeholder_of_the_packet_stays_what_it_is(offload: Offload) -> None:
    vault = MemoryVault()
    token = await known(offload, vault)
    hidden = discretion(offload, vault)
    text = await hidden.hide("acme", "c1", f"Dear {token}, Kim Holm here. {token}!")
    assert text.count(token) == 2
    assert "Kim" not in text
    assert await hidden.show("acme", "c1", [text]) == ["Dear Anna Berg, Kim Holm here. Anna Berg!"]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*PEOPLE, "TOKEN", " ", "Dear ", "a", "[", "]"]), max_size=12))
async def test_nothing_personal_is_kept_and_nothing_is_lost(
    offload: Offload, pieces: list[str]
) -> None:
    vault = MemoryVault()
    token = await known(offload, vault)
    hidden = discretion(offload, vault)
    text = "".join(pieces).replace("TOKEN", token)
    clean = await hidden.hide("acme", "c1", text)
    assert not [name for name in PEOPLE if name in clean]
    [shown] = await hidden.show("acme", "c1", [clean])
    assert shown == text.replace(token, "Anna Berg")


async def test_a_pseudonym_leads_to_the_same_values(offload: Offload) -> None:
    vault = MemoryVault()
    token = await known(offload, vault)
    assert await discretion(offload, vault).values("acme", PLACE, [token, "[PERSON_zz22]"]) == {
        token: "Anna Berg"
    }


async def test_a_placeholder_of_nobody_is_refused(offload: Offload) -> None:
    with pytest.raises(CaseError) as refused:
        await discretion(offload).hide("acme", "c1", "Dear [PERSON_zz22]")
    assert refused.value.code == "unknown_placeholder"


async def test_without_a_conversation_nothing_is_kept(offload: Offload) -> None:
    vault = MemoryVault()
    hidden = discretion(offload, vault)
    text = await hidden.hide("acme", "unknown", "Dear Anna Berg")
    assert "Anna" not in text
    assert await hidden.show("acme", "unknown", [text]) == [text]
    assert not vault._kept


async def test_other_people_stay_hidden_where_the_operator_says_so(offload: Offload) -> None:
    vault = MemoryVault()
    vault.remember("acme", PLACE, {"[PERSON_k7q2]": "Bo Ek"})
    hidden = discretion(offload, vault, own_only=True)
    shown = await hidden.show("acme", "c1", ["[PERSON_k7q2]"])
    assert shown == ["[PERSON_k7q2]"]
    assert await discretion(offload, vault).show("acme", "c1", ["[PERSON_k7q2]"]) == ["Bo Ek"]


class Quicker(MemoryVault):
    """Another replica takes the placeholder first, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def remember(
        self, tenant: str, conversation_id: str, values: Mapping[str, str], **more: Any
    ) -> Vault:
        if self.times:
            self.times -= 1
            super().remember(tenant, conversation_id, dict.fromkeys(values, f"Bo {self.times}"))
        return super().remember(tenant, conversation_id, values, **more)


async def test_who_comes_second_takes_another_placeholder(offload: Offload) -> None:
    hidden = discretion(offload, Quicker(1))
    text = await hidden.hide("acme", "c1", "Dear Anna Berg")
    assert await hidden.show("acme", "c1", [text]) == ["Dear Anna Berg"]


async def test_who_is_always_second_stores_nothing(offload: Offload) -> None:
    with pytest.raises(StoreError, match="try again"):
        await discretion(offload, Quicker(9)).hide("acme", "c1", "Dear Anna Berg")


async def test_what_can_t_be_redacted_is_an_error(offload: Offload) -> None:
    broken = FakeRedactor(PEOPLE, fails=True)
    with pytest.raises(RedactionError):
        await discretion(offload, redactor=broken).hide("acme", "c1", "Dear Anna Berg")
