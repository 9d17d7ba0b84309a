import pytest

from policies.errors import RedactionError
from validators.testing import FakeRedactor

PEOPLE = {"Anna Berg": "PERSON", "anna@shop.example": "EMAIL_ADDRESS"}


async def test_exactly_the_given_values_are_replaced() -> None:
    done = await FakeRedactor(PEOPLE).redact(
        ["Anna Berg here", "write anna@shop.example", "Anna alone"],
        tenant="acme",
        conversation_id=None,
    )
    assert done.entities == {"PERSON": 1, "EMAIL_ADDRESS": 1}
    assert set(done.vault.values()) == set(PEOPLE)
    assert done.texts[2] == "Anna alone"
    assert "Anna Berg" not in "".join(done.texts)


async def test_it_fails_as_the_real_one_would() -> None:
    with pytest.raises(RedactionError):
        await FakeRedactor({}, fails=True).redact(["x"], tenant="acme", conversation_id=None)
