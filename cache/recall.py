"""The verdict that an answer was stored with, so that a hit need not be judged twice. Pure.

Recalled only for an entry with this installation's own seal: whoever can write the store must
gain no unchecked answer. Without a seal the checks run again.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from cache.base import CacheEntry
from policies.findings import Claim, ClaimVerdict, Finding, Severity
from policies.knowledge import Evidence, Origin
from policies.text import Redacted

_UNSEALED = ("seal", "approved")
"""Approval is given later, by a person."""


def judges(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Name the one check whose claims are all there is to recall; () if there is no such."""
    names = {finding.check for finding in findings if finding.claim is not None}
    others = [f for f in findings if f.check in names and f.claim is None]
    return tuple(names) if len(names) == 1 and not others else ()


def sealed(entry: CacheEntry, key: bytes) -> CacheEntry:
    """Return the entry with its seal."""
    return replace(entry, seal=_seal(entry, key))


def recalled(entry: CacheEntry, key: bytes) -> tuple[Finding, ...]:
    """Return the findings of an entry; none unless its seal fits and every claim held."""
    if not key or len(entry.checks) != 1 or not hmac.compare_digest(entry.seal, _seal(entry, key)):
        return ()
    try:
        found = tuple(_finding(claim, entry.checks[0]) for claim in entry.claims)
    except (KeyError, TypeError, ValueError):
        return ()
    held = all(f.claim and f.claim.verdict is ClaimVerdict.SUPPORTED for f in found)
    return found if held else ()


def _seal(entry: CacheEntry, key: bytes) -> str:
    fields = {name: value for name, value in asdict(entry).items() if name not in _UNSEALED}
    text = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def _finding(claim: Mapping[str, Any], check: str) -> Finding:
    start, end = claim["span"]
    judged = Claim(
        text=Redacted(claim["text"]),
        span=(int(start), int(end)),
        verdict=ClaimVerdict(claim["verdict"]),
        score=float(claim["score"]),
        evidence=tuple(_evidence(e) for e in claim["evidence"]),
        shared=bool(claim["shared"]),
    )
    return Finding(
        check=check,
        kind=None,
        severity=Severity.INFO,
        reason=str(claim["reason"]),
        score=judged.score,
        span=judged.span,
        evidence=judged.evidence,
        claim=judged,
    )


def _evidence(written: Mapping[str, Any]) -> Evidence:
    return Evidence(
        source_id=written["source_id"],
        title=written.get("title", ""),
        quote=written["quote"],
        uri=written.get("uri"),
        revision=written.get("revision", ""),
        score=float(written["score"]),
        origin=Origin(written["origin"]),
    )
