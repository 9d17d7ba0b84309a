import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from policies.contradictions import contradictions
from policies.errors import ConfigError
from policies.load import load_policy
from policies.written import WrittenPolicy

TEXT = 'escalation_text = "A person comes."\n'
HUMAN = 'automation = "human"\n'
INTENT = '[intents.refund]\nexamples = ["money back"]\n'


def told(tmp_path: Path, text: str) -> str:
    path = tmp_path / "shop.toml"
    path.write_text(f"version = 1\n{text}")
    with pytest.raises(ConfigError) as raised:
        load_policy(path)
    return str(raised.value).replace(f"{path}:", "")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[[rules]]\nname = "x"\nautomation = "human"\n', 2, "no condition"),
        ('[[rules]]\nname = "x"\nrisks = ["angry"]\n', 2, "no consequence"),
        (
            '[[rules]]\nname = "x"\nhours = "closed"\nautomation = "human"\n',
            4,
            r"needs a table \[hours\]",
        ),
        (
            '[[rules]]\nname = "x"\nintents = ["refnd"]\nautomation = "human"\n' + INTENT,
            4,
            "no intent 'refnd'; known: refund",
        ),
        (
            '[[rules]]\nname = "x"\nrisks = ["angry"]\nautomation = "human"\n' * 2,
            7,
            "'x' is used twice",
        ),
        ('[repeat]\nignore = ["hello"]\n', 3, "no intent 'hello'; known: none is defined"),
        ('[owners.a]\nbackup = "b"\n[owners.b]\nbackup = "a"\n', 3, "circle: a -> b -> a"),
        ('[owners.a]\nbackup = "a"\n', 3, "circle: a -> a"),
        ('[owners.a]\nbackup = "x"\n', 3, "no owner 'x'; known: a"),
        (
            '[intents.refund]\nowner = "biling"\n[owners.billing]\n',
            3,
            r"'biling' is not in \[owners\]; known: billing",
        ),
        (
            '[defaults]\nlanguages = ["en", "de"]\nescalation_text = "A person."\n',
            3,
            "add escalation_text.de",
        ),
        ('[risks.self_harm]\nautomation = "immediate"\n', 2, "needs an escalation_text"),
        ('[intents.x]\nautomation = "immediate"\ncache = false\n', 2, "needs an escalation_text"),
        (
            f'[[rules]]\nname = "x"\nrisks = ["angry"]\n{HUMAN}escalation_text = "{{name}}"\n',
            6,
            "field that is unknown",
        ),
        ("[defaults]\nmin_confidense = 0.7\n", 3, "did you mean 'min_confidence'"),
        ("[intents.x]\nmin_confidence = 1.5\n", 3, "less than or equal to 1, got 1.5"),
        ("[intents.x]\nmin_confidence = nan\n", 3, "finite"),
        (
            '[[rules]]\nname = "x"\nsentiment_below = -1\nautomation = "human"\n',
            4,
            "greater than -1",
        ),
        ('[[rules]]\nname = "x"\ncontacts_from = 1\nautomation = "human"\n', 4, "or equal to 2"),
        ('[[rules]]\nname = "x"\nrisks = ["cross"]\nautomation = "human"\n', 4, "'angry'"),
        ('[[rules]]\nname = "x"\nrisks = ["angry"]\nautomation = "auto"\n', 5, "'immediate'"),
        ("[repeat]\ncontacts = 1\n", 3, "greater than or equal to 2"),
        ('[hours]\ntimezone = "Berlin"\n', 3, "no time zone"),
        ('[hours]\ntimezone = "UTC"\nmon = "9-5"\n', 4, "no span of hours"),
        ('[defaults]\nescalation_text = ""\n', 3, "pattern"),
        ("[defaults]\nescalation_text = {}\n", 3, "at least 1"),
        ("[defaults]\nlanguages = []\n", 3, "at least 1"),
    ],
)
def test_each_mistake_names_line_and_cure(tmp_path: Path, text: str, line: int, words: str) -> None:
    said = told(tmp_path, text)
    assert re.search(words, said), said
    assert any(part.startswith(f"{line}:") for part in said.splitlines()), said


def test_a_longer_circle_is_told_once(tmp_path: Path) -> None:
    owners = {"c": "a", "a": "b", "b": "c", "d": "a"}
    text = "".join(f'[owners.{name}]\nbackup = "{backup}"\n' for name, backup in owners.items())
    said = told(tmp_path, text)
    assert said.count("circle") == 1
    assert "a -> b -> c -> a" in said


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = '[[rules]]\nname = "x"\n[owners.a]\nbackup = "a"\n[repeat]\nignore = ["z"]\n'
    assert len(told(tmp_path, text).splitlines()) == 4


def test_a_text_of_the_defaults_serves_what_is_immediate(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_text(
        f'version = 1\n[defaults]\n{TEXT}[intents.x]\nautomation = "immediate"\ncache = false\n'
    )
    assert load_policy(path).rule("x").escalation_text.pick("en") == "A person comes."


owners = st.dictionaries(st.sampled_from("abcde"), st.none() | st.sampled_from("abcde"), max_size=5)


@given(owners)
def test_a_circle_is_found_exactly_where_there_is_one(backups: dict[str, str | None]) -> None:
    written = {name: {"backup": backup} for name, backup in backups.items()}
    policy = WrittenPolicy.model_validate({"version": 1, "owners": written})
    said = [message for _, message in contradictions(policy) if "circle" in message]
    assert bool(said) == any(_comes_back(name, backups) for name in backups)


def _comes_back(name: str, backups: dict[str, str | None]) -> bool:
    place: str | None = name
    for _ in backups:
        place = backups.get(place or "")
        if place == name:
            return True
    return False


@given(
    st.dictionaries(st.sampled_from(["rules", "repeat", "owners", "hours"]), st.none() | st.text())
)
def test_nonsense_is_refused_or_harmless(table: dict[str, object]) -> None:
    try:
        policy = WrittenPolicy.model_validate({"version": 1, **table})
    except ValidationError:
        return
    assert list(contradictions(policy)) == []
