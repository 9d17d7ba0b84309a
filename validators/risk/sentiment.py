"""How a message sounds, from its words and punctuation: a weak signal.

Sarcasm reads as praise here, so nothing should rest on this number alone.
"""

# ruff: noqa: SIM905 - a list of words reads better as text

import re

from validators.intent.words import without_placeholders

_STRONG_BAD = frozenset(
    """
    abysmal appalled appalling atrocious awful crap despicable diabolical disgrace
    disgraceful disgusted disgusting dreadful enraged furious fuming garbage hate hated
    hateful horrendous horrible horrific idiot idiots incompetent inexcusable infuriating
    insane insult insulting joke liar liars livid loathe lousy morons nightmare outrage
    outrageous outraged pathetic ridiculous rubbish scam scammers scandal scandalous
    shambles shambolic shameful shocking sickening stupid terrible thieves trash
    unacceptable unforgivable useless worst wtf
    """.split()
)
_BAD = frozenset(
    """
    angry annoyed annoying bad bother bothered broken careless complain complaint confused
    confusing damaged delay delayed difficult disappointed disappointing disappointment
    dissatisfied error excuse excuses fail failed fails failing failure faulty fed
    frustrated frustrating frustration ignored ignoring inconvenience inconvenient lied lie
    mad mess mistake negligent never nonsense overcharged poor poorly problem problems
    refuse refused regret rude sad scared shame sick slow stuck tired trouble unfair unhappy
    unhelpful unprofessional unreliable upset waste wasted wasting worried worse wrong
    """.split()
)
_GOOD = frozenset(
    """
    appreciate appreciated cheers clear easy fair fine friendly glad good happy helped
    helpful kind like lovely nice perfectly pleased pleasant polite quick quickly resolved
    respectful satisfied smooth smoothly solved sorted thank thanks thankful thx ty welcome
    well
    """.split()
)
_STRONG_GOOD = frozenset(
    """
    amazing awesome beautiful best brilliant delighted excellent excited fabulous fantastic
    flawless grateful great impressed incredible love loved marvellous outstanding perfect
    superb terrific thrilled wonderful
    """.split()
)
_WEIGHTS = {
    **dict.fromkeys(_STRONG_BAD, -2.0),
    **dict.fromkeys(_BAD, -1.0),
    **dict.fromkeys(_GOOD, 0.8),
    **dict.fromkeys(_STRONG_GOOD, 1.6),
}
_NEGATIONS = frozenset(
    """
    not no never without hardly barely neither nor cannot cant
    """.split()
)
_BOOSTS = frozenset(
    """
    absolutely bloody completely deeply extremely incredibly really seriously so super such
    totally truly utterly very
    """.split()
)
_REACH = 3
"""How many words back a negation works."""
_BOOST = 1.4
_TURNED = -0.6
"""`not good` is bad, but less than `bad`; `not bad` the other way round."""
_SCALE = 2.5

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
_SAD = re.compile(
    r"[:;=]['-]?[(\[/\\|]|[\U0001f612\U0001f614\U0001f620-\U0001f622\U0001f62d\U0001f92c]"
)
_HAPPY = re.compile(
    r"[:;=]-?[)\]D](?!\w)|[\U0001f600-\U0001f60a\U0001f60d\U0001f64f\U0001f44d\u2764]"
)
_LOUD_WORDS = 3
_LOUD_SHARE = 0.6
_MIN_SHOUT = 2
"""Letters: a lone `I` or `A` is no shouting."""
_MANY_MARKS = re.compile(r"[!?]{2,}")


def sentiment(text: str) -> float:
    """Return how a customer's text sounds: -1 (furious) to 1 (delighted), 0 neutral."""
    text = without_placeholders(text)
    words = [word.casefold().replace("\u2019", "'") for word in _WORD.findall(text)]
    total = sum(_weight(words, i) for i in range(len(words)))
    total += 0.8 * (len(_HAPPY.findall(text)) - len(_SAD.findall(text)))
    heat = 0.5 * bool(_MANY_MARKS.search(text)) + 0.25 * ("!" in text)
    if shouting(text):
        # Loud praise is rare; loud neutral text is a complaint.
        heat += 0.5
        total -= 0.8 if total <= 0 else 0.0
    total += heat if total > 0 else -heat if total < 0 else 0.0
    return max(-1.0, min(1.0, total / _SCALE))


def shouting(text: str) -> bool:
    """Tell whether several words, and most of them, are in capitals."""
    words = [word for word in _WORD.findall(without_placeholders(text)) if len(word) >= _MIN_SHOUT]
    loud = len([word for word in words if word.isupper()])
    return loud >= _LOUD_WORDS and loud / len(words) >= _LOUD_SHARE


def _weight(words: list[str], i: int) -> float:
    weight = _WEIGHTS.get(words[i], 0.0)
    if not weight:
        return 0.0
    before = words[max(0, i - _REACH) : i]
    if any(word in _BOOSTS for word in before[-1:]):
        weight *= _BOOST
    if any(word in _NEGATIONS or word.endswith("n't") for word in before):
        weight *= _TURNED
    return weight
