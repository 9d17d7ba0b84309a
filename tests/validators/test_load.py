from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from policies.errors import ConfigError, Problem
from policies.findings import Finding
from policies.knowledge import NO_SCOPE, Passage
from policies.text import Redacted
from policies.turn import Turn
from validators.base import Scope, Services, ValidatorConfig
from validators.load import load_checks
from validators.offload import Offload


class NoPages:
    revision = "r1"

    def search(
        self, query: str, *, scope: Mapping[str, str] = NO_SCOPE, limit: int = 8
    ) -> Sequence[Passage]:
        del query, scope, limit
        return []

    def pages(self, source_ids: Sequence[str]) -> Sequence[Passage]:
        del source_ids
        return []


SERVICES = Services(NoPages(), Offload())


class Plain:
    """What a stranger writes: no `build`, options as keywords."""

    name = "plain"
    scope = Scope.SENTENCE
    sends_text_out = False

    def __init__(self, *, word: str = "x") -> None:
        self.word = word

    async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:
        del text, turn
        return []


class Built(Plain):
    services: ClassVar[list[Services]] = []

    @classmethod
    def build(cls, services: Services, options: Mapping[str, Any]) -> "Built":
        cls.services.append(services)
        return cls(**options)


class Raises(Plain):
    def __init__(self) -> None:
        raise RuntimeError("no model file")


class RaisesConfig(Plain):
    def __init__(self) -> None:
        raise ConfigError(Problem("model.json", 3, "weights", "is missing"))


class NoScope:
    async def check(self, text: Redacted, turn: Turn) -> Sequence[Finding]:
        del text, turn
        return []


class WrongScope(Plain):
    scope = "sentence"  # type: ignore[assignment]  # a stranger's check is not typed


class NoCheck:
    name = "a"
    scope = Scope.SENTENCE
    sends_text_out = False


@dataclass(frozen=True)
class Frozen(Plain):
    name: str = "frozen"


def use(name: str) -> str:
    return f"{__name__}:{name}"


def block(use_: str, name: str = "mine", **changes: Any) -> ValidatorConfig:
    return ValidatorConfig(name, use_, **changes)


def problems(*blocks: ValidatorConfig) -> list[Problem]:
    with pytest.raises(ConfigError) as raised:
        load_checks(blocks, SERVICES, file="shop.toml")
    return list(raised.value.problems)


def test_a_class_is_loaded_by_module_and_name() -> None:
    (check,) = load_checks([block(use("Plain"), timeout_ms=7, options={"word": "y"})], SERVICES)
    made: Any = check.validator
    assert (made.word, made.name) == ("y", "mine")
    assert (check.timeout_ms, check.shadow) == (7, False)


def test_a_class_may_ask_for_services() -> None:
    Built.services.clear()
    (check,) = load_checks([block(use("Built"), options={"word": "z"})], SERVICES)
    made: Any = check.validator
    assert (made.word, Built.services) == ("z", [SERVICES])


def test_a_built_in_comes_in_by_its_entry_point() -> None:
    (check,) = load_checks([block("grounding")], SERVICES)
    assert type(check.validator).__name__ == "Grounding"
    assert check.validator.name == "mine"


@pytest.mark.parametrize(
    ("mode", "shadow"), [("enforce", [False]), ("shadow", [True]), ("off", [])]
)
def test_a_check_is_enforced_watched_or_off(mode: str, shadow: list[bool]) -> None:
    checks = load_checks([block(use("Plain"), mode=mode)], SERVICES)
    assert [check.shadow for check in checks] == shadow


def test_what_is_off_is_not_even_imported() -> None:
    assert load_checks([block("nowhere.at.all:Thing", mode="off")], SERVICES) == ()


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("grouding", "no built-in of that name; known: grounding"),
        ("", "no built-in of that name"),
        ("nowhere.at.all:Thing", "ModuleNotFoundError: No module named 'nowhere'"),
        (use("Missing"), "AttributeError"),
        (":Thing", "ValueError"),
        (use("Raises"), "RuntimeError: no model file"),
        (use("NoScope"), "it has no scope or no check method"),
        (use("WrongScope"), "it has no scope or no check method"),
        (use("NoCheck"), "it has no scope or no check method"),
        (use("SERVICES"), "TypeError"),
        (use("Frozen"), "cannot assign to field 'name'"),
    ],
)
def test_a_check_that_can_not_be_loaded_stops_the_start(wanted: str, message: str) -> None:
    (problem,) = problems(block(wanted))
    assert (problem.file, problem.key) == ("shop.toml", "validators[0]")
    assert problem.message.startswith(f"{wanted!r} can't be loaded (")
    assert message in problem.message


def test_unknown_options_are_named() -> None:
    for wanted in ("Plain", "Built"):
        (problem,) = problems(block(use(wanted), options={"wrod": "x"}))
        assert "unexpected keyword argument 'wrod'" in problem.message
    (problem,) = problems(block("grounding", options={"treshold": 0.5}))
    assert "unknown option 'treshold'; known: " in problem.message
    assert ", threshold" in problem.message
    (problem,) = problems(block("grounding", options={"threshold": "high"}))
    assert "threshold must be a number from 0 to 1" in problem.message


def test_all_problems_are_told_at_once() -> None:
    found = problems(
        block("one"),
        block(use("Plain"), "fine"),
        block("off", mode="off"),
        block(use("RaisesConfig")),
        block(use("Raises")),
    )
    assert [problem.key for problem in found] == ["validators[0]", "weights", "validators[4]"]


def install(folder: Path, package: str, name: str, value: str) -> None:
    """Lay down what an installer would: a distribution that offers a validator."""
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[handrail.validators]\n{name} = {value}\n")


def test_a_strangers_package_offers_a_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "stranger", "polite", use("Plain"))
    monkeypatch.syspath_prepend(tmp_path)
    (check,) = load_checks([block("polite", options={"word": "please"})], SERVICES)
    made: Any = check.validator
    assert made.word == "please"


def test_nobody_takes_the_place_of_a_built_in_unseen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "stranger", "grounding", use("Plain"))
    monkeypatch.syspath_prepend(tmp_path)
    (problem,) = problems(block("grounding"))
    assert "several packages offer that name" in problem.message
    assert "validators.grounding.validator:Grounding" in problem.message
