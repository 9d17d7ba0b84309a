import pytest
from pydantic import ValidationError

from policies.policy import Automation
from policies.written import WrittenPolicy


def test_an_empty_file_has_every_default() -> None:
    written = WrittenPolicy.model_validate({"version": 1})
    assert written.defaults.automation is Automation.AUTO
    assert written.defaults.languages == ["en"]
    assert written.defaults.escalation_text["en"]
    assert (written.rules, written.repeat, written.hours, written.owners) == ([], None, None, {})


def test_one_text_is_english() -> None:
    written = WrittenPolicy.model_validate({"version": 1, "defaults": {"refusal_text": "No."}})
    assert written.defaults.refusal_text == {"en": "No."}


@pytest.mark.parametrize("languages", [["EN"], ["english"], ["e"], [""], ["de-AT"]])
def test_languages_are_codes(languages: list[str]) -> None:
    with pytest.raises(ValidationError):
        WrittenPolicy.model_validate({"version": 1, "defaults": {"languages": languages}})


def test_any_language_has_a_sign() -> None:
    written = WrittenPolicy.model_validate({"version": 1, "defaults": {"languages": ["*"]}})
    assert written.defaults.languages == ["*"]
