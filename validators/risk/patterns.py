"""Risks by phrase: precise, explainable, blind to what nobody wrote down."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from policies.policy import Risk
from validators.intent.words import ends, plain

FRAUD_IN_PROGRESS = "fraud_in_progress"
"""A fraud claim whose damage is still growing: minutes count."""

_MAX_CHARS = 20_000
"""What of one message is searched: head and tail."""
_MACRO = re.compile(r"<(\w+)>")
_FILLERS = (
    "want|wish|plan|planning|intend|going|trying|looking|threatening|here|about|asking|ask|like|"
    "talking|saying|say|said|claimed|meant|to|of|on|be|been|a|an|any|the|you|i|we|will|would|that|am|need|really|"
    "just|yet|currently|actually|for|have|my|your|with|me|us|it|please|should|feel|being|were"
)
_NEGATION = re.compile(
    r"\b(?:not|never|without|no (?:intention|plans?|desire|wish|need|interest|reason)|"
    rf"rather than|instead of|no longer|nobody|neither|nor)(?: (?:{_FILLERS})){{0,6}} $"
)
_LOOK_BACK = 60


@dataclass(frozen=True, slots=True)
class _Phrases:
    """The phrases of one label."""

    match: re.Pattern[str]
    ignore: re.Pattern[str] | None
    negatable: bool

    def found(self, words: str) -> bool:
        """Tell whether the text holds one that is meant."""
        if self.ignore is not None:
            words = self.ignore.sub("~", words)
        for hit in self.match.finditer(words):
            before = words[max(0, hit.start() - _LOOK_BACK) : hit.start()]
            if not (self.negatable and _NEGATION.search(before)):
                return True
        return False


class RiskPatterns:
    """The phrases of every risk label and of fraud in progress, in English."""

    def __init__(self) -> None:
        """Read and compile the phrases that come with this package."""
        text = files("validators.risk").joinpath("phrases.toml").read_text(encoding="utf-8")
        tables = tomllib.loads(text)
        macros = _expanded_macros(tables.pop("macros"))
        self._labels = {label: _compile(table, macros) for label, table in tables.items()}

    def find(self, text: str) -> frozenset[str]:
        """Return the labels whose phrases the text holds.

        Labels are the names of `Risk`, and `FRAUD_IN_PROGRESS`, which never comes without
        `fraud_claim`. Takes a customer's text with placeholders; under a millisecond.
        """
        words = plain(ends(text, _MAX_CHARS))
        found = {label for label, phrases in self._labels.items() if phrases.found(words)}
        if FRAUD_IN_PROGRESS in found:
            found.add(Risk.FRAUD_CLAIM.value)
        return frozenset(found)


def _expanded_macros(written: Mapping[str, str]) -> dict[str, str]:
    """Macros may use those above them."""
    macros: dict[str, str] = {}
    for name, pattern in written.items():
        macros[name] = _expand(pattern, macros)
    return macros


def _expand(pattern: str, macros: Mapping[str, str]) -> str:
    return _MACRO.sub(lambda hit: macros[hit[1]], pattern)


def _compile(table: Mapping[str, object], macros: Mapping[str, str]) -> _Phrases:
    match, ignore = table["match"], table.get("ignore", [])
    if not isinstance(match, list) or not isinstance(ignore, list):
        msg = "`match` and `ignore` are lists of regular expressions"
        raise TypeError(msg)
    return _Phrases(
        match=_any_of(match, macros),
        ignore=_any_of(ignore, macros) if ignore else None,
        negatable=bool(table["negatable"]),
    )


def _any_of(patterns: list[str], macros: Mapping[str, str]) -> re.Pattern[str]:
    joined = "|".join(_expand(pattern, macros) for pattern in patterns)
    return re.compile(rf"(?<!\w)(?:{joined})(?!\w)")
