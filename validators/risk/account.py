"""Amounts of money in the facts about a customer's account."""

# ruff: noqa: SIM905 - a list of words reads better as text

import re
from collections.abc import Iterable, Iterator

from policies.knowledge import Origin, Passage
from policies.policy import Money
from validators.risk.amounts import UNKNOWN_CURRENCY, amounts

_AT_STAKE = frozenset(
    """
    amount amounts total sum price paid payment payments refund refunds refundable value due cost
    costs charge charged charges gross subtotal instalment instalments installment
    """.split()
)
"""What a fact's name says if its number is money that a refund or a dispute is about."""
_NOT_AT_STAKE = frozenset(
    """
    limit limits available balance lifetime spent credit max maximum min minimum threshold budget
    quota fee fees count number points date day days
    """.split()
)
_FACT = re.compile(r"(?P<name>[^:\n]{1,200}): (?P<value>[^\n]{1,200})")
_NUMBER = re.compile(r"-?\d{1,12}(?:\.\d{1,6})?")
_CODE = re.compile(r"[A-Z]{3}")
_CURRENCY = "currency"
_MAX_CHARS = 50_000


def account_amounts(evidence: Iterable[Passage]) -> tuple[Money, ...]:
    """Return the sums that the account's facts name: of orders, payments, invoices.

    Limits, balances and counts are left out. A number takes the currency in its value or
    name, else the one that its facts name, else none (`XXX`), which counts as above every limit.
    """
    texts = [p.text[:_MAX_CHARS] for p in evidence if p.origin is Origin.ACCOUNT]
    return tuple(money for text in texts for money in _amounts(text))


def _amounts(text: str) -> Iterator[Money]:
    facts = [(found["name"].split(), found["value"].strip()) for found in _FACT.finditer(text)]
    currencies = [value for name, value in facts if name[-1].casefold() == _CURRENCY]
    known = {value for value in currencies if _CODE.fullmatch(value)}
    for name, value in facts:
        words = {word.casefold() for word in name}
        if words & _NOT_AT_STAKE or not words & _AT_STAKE:
            continue
        if written := amounts(value):
            yield from written
        elif _NUMBER.fullmatch(value):
            yield Money(abs(float(value)), _currency(name, known))


def _currency(name: list[str], known: set[str]) -> str:
    """Return the currency of a bare number: `total eur: 20`, or the only one around."""
    own = [word.upper() for word in name if amounts(f"1 {word.upper()}")]
    if own:
        return own[-1]
    return next(iter(known)) if len(known) == 1 else UNKNOWN_CURRENCY
