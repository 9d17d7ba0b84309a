"""Typed comparison of a claim with the sentences that speak about it.

Word overlap rewards the copy with one flipped word, so the claim is aligned first and
then compared by type: values, polarity, quantifiers, modality, conditions, names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from validators.grounding.align import Match, Pool, Subject, align
from validators.grounding.backing import backing_features
from validators.grounding.cells import cell_features
from validators.grounding.match_values import ValueMatch, match_values, value_features
from validators.grounding.stance import stance_features
from validators.grounding.wording import wording_features

_FEW = 0.35
_FLIP = 3.0
_RIVAL = 0.3


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything measured about one claim."""

    subject: Subject
    matches: tuple[Match, ...]
    values: tuple[ValueMatch, ...]
    features: Mapping[str, float]

    @property
    def disputed(self) -> bool:
        """A typed value speaks against the claim: it is missing, or stands in another's place."""
        f = self.features
        return bool(
            f["value_missing"]
            or f["date_missing"]
            or f["value_crossed"]
            or f["value_plain"] >= _RIVAL
        )


def compare(subject: Subject, pool: Pool) -> Comparison:
    """Measure a claim against the pool."""
    matches = align(subject, pool)
    found = tuple(match_values(subject, pool, matches))
    features = {
        **_coverage(subject, pool, matches),
        **backing_features(subject, pool, matches),
        **value_features(found),
        **wording_features(subject, pool, matches),
        **stance_features(subject, pool, matches),
        **cell_features(subject, pool, matches),
    }
    features["off_topic_value"] = features["off_topic"] * features["value_all_found"]
    features["quoted"] *= _faithful(features)
    return Comparison(subject, tuple(matches), found, features)


def _faithful(features: Mapping[str, float]) -> float:
    """Return 1 for a quotation without a change, less the more of it was changed: 0..1.

    The copy with one flipped word is the most dangerous of all, so it gets no credit.
    """
    changed = (
        *("antonym", "add_negation", "drop_negation", "name_unknown", "value_missing"),
        *("count_missing", "date_missing", "value_crossed", "bound_opposed", "sibling"),
    )
    if any(features[name] for name in changed):
        return 0.0
    kept = 1 - 2 * (1 - features["backed_added"]) - _FLIP * features["polarity_best"]
    return max(0.0, kept)


def _coverage(subject: Subject, pool: Pool, matches: Sequence[Match]) -> dict[str, float]:
    own = subject.claim.concepts
    # A bare yes was given the question's words: they do not cover themselves.
    given = frozenset[str]() if subject.elliptic else subject.question.concepts
    best = matches[0] if matches else None
    window: frozenset[str] = frozenset()
    if best:
        low, high = max(0, best.index - 1), best.index + 2
        window = frozenset().union(*pool.held[low:high])
    top = frozenset().union(*(pool.held[m.index] for m in matches[:3])) if matches else window
    missing = own - pool.everything - given
    return {
        "fit": best.score if best else 0.0,
        "coverage": best.coverage if best else 0.0,
        "coverage_own": pool.share(own, best.unit.reading.concepts) if best else 0.0,
        "coverage_window": pool.share(own, window),
        "coverage_top": pool.share(own, top | given),
        "coverage_pool": pool.share(own, pool.everything | given),
        "off_topic": max(0.0, 1 - pool.share(own, top | given) / _FEW),
        "unmatched": float(best is None),
        "novel": min(len(missing), 4) / 4,
        "novel_share": len(missing) / max(1, len(own)),
        "length": min(len(own), 20) / 20,
        "margin": best.score - matches[1].score if best and len(matches) > 1 else 0.0,
    }
