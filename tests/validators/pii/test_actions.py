import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from validators.base import PiiSpan
from validators.pii.actions import EntityAction, EntityActions, PersonalDataBlocked
from validators.pii.placeholders import TYPES


def test_what_is_not_named_is_redacted() -> None:
    assert EntityActions().of("PERSON") is EntityAction.REDACT
    assert EntityActions({"PERSON": "allow"}).of("EMAIL_ADDRESS") is EntityAction.REDACT


def test_the_narrower_name_wins() -> None:
    actions = EntityActions({"*": "only-log", "NATIONAL_ID": "block", "SE_PERSONNUMMER": "redact"})
    assert actions.of("SE_PERSONNUMMER") is EntityAction.REDACT
    assert actions.of("NL_BSN") is EntityAction.BLOCK
    assert actions.of("PERSON") is EntityAction.ONLY_LOG


@pytest.mark.parametrize("wrong", [{"PERSONS": "allow"}, {"PERSON": "drop"}])
def test_unknown_types_and_actions_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"PERSONS|drop"):
        EntityActions(wrong)


def test_an_error_names_types_only() -> None:
    actions = EntityActions({"CREDIT_CARD": "block"})
    with pytest.raises(PersonalDataBlocked) as caught:
        actions.apply([PiiSpan(3, 9, "CREDIT_CARD", 1.0), PiiSpan(0, 2, "PERSON", 1.0)])
    assert caught.value.types == ("CREDIT_CARD",)
    assert str(caught.value) == "the request holds personal data that is blocked: CREDIT_CARD"


@settings(max_examples=50)
@given(
    st.dictionaries(
        st.sampled_from(sorted(TYPES)), st.sampled_from(["redact", "allow", "only-log"])
    ),
    st.lists(st.sampled_from(sorted(TYPES)), max_size=8),
)
def test_every_span_goes_one_way(actions: dict[str, str], kinds: list[str]) -> None:
    chosen = EntityActions(actions)
    spans = [PiiSpan(i, i + 1, kind, 1.0) for i, kind in enumerate(kinds)]
    hidden, counted = chosen.apply(spans)
    assert {s.start for s in hidden}.isdisjoint(s.start for s in counted)
    rest = [s for s in spans if s not in hidden and s not in counted]
    assert all(chosen.of(s.type) is EntityAction.ALLOW for s in rest)
