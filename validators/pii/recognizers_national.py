"""National identity numbers, by form, check digit and the words before them."""

import re
from collections.abc import Collection, Iterator

from validators.base import PiiSpan
from validators.pii.checksums import CHECKS
from validators.pii.context import contradicted, words_before
from validators.pii.national_forms import FORMS, SURE, Form

_BARE = re.compile(r"[\W_]+")


def find_national_ids(text: str, markets: Collection[str]) -> Iterator[PiiSpan]:
    """Yield the numbers of the given markets (ISO 3166, lower case)."""
    for form in FORMS:
        if form.market in markets:
            yield from _find(form, text)


def _find(form: Form, text: str) -> Iterator[PiiSpan]:
    for match in form.pattern.finditer(text):
        if not _valid(form, match.group()):
            continue
        before = words_before(text, match.start())
        if form.context.search(before):
            score = SURE
        elif contradicted(text, match.start(), match.end()) or _named_otherwise(form, before):
            continue
        else:
            score = form.alone
        if score:
            yield PiiSpan(match.start(), match.end(), form.type, score)


def _valid(form: Form, written: str) -> bool:
    # The sign in the middle tells the century.
    code = written if form.type.startswith(("FI_", "SE_")) else _BARE.sub("", written)
    check = CHECKS.get(form.type)
    return check is None or check(code.upper())


def _named_otherwise(form: Form, before: str) -> bool:
    """Whether the words before call it a number of another kind."""
    return any(other is not form and other.own.search(before) for other in FORMS)
