"""Small words that change what a sentence commits to: quantifiers, modals, conditions."""

import re
from collections.abc import Mapping
from enum import StrEnum


class Mark(StrEnum):
    """One way in which a sentence widens, narrows or weakens a statement."""

    UNIVERSAL = "universal"
    EACH = "each"
    PARTIAL = "partial"
    HEDGE = "hedge"
    CERTAIN = "certain"
    MUST = "must"
    MAY = "may"
    FUTURE = "future"
    ONLY = "only"
    CONDITION = "condition"
    EXCEPTION = "exception"
    AUTOMATIC = "automatic"
    FREE = "free"
    BEFORE = "before"
    AFTER = "after"
    NEGATION = "negation"
    BONUS = "bonus"
    TOGETHER = "together"
    EITHER = "either"
    SWAP = "sequence"
    PROMPT = "prompt"


_PATTERNS: Mapping[Mark, str] = {
    Mark.UNIVERSAL: (
        r"all|every|everyone|everybody|everything|everywhere|anyone|anybody|anything|anywhere"
        r"|always|entire(?:ly)?|completely|in full|full|however (?:much|many|often|long)"
        r"|whichever|whatever|whenever|wherever|no matter|regardless|unlimited"
        r"|any ?time|at any|across the board|as (?:many|often|much) as you (?:like"
        r"|want)|with any|to any"
    ),
    Mark.EACH: r"each|any|both|entire|whole|per",
    Mark.PARTIAL: (
        r"some|selected|certain|most|many|several|participating|a few|specific"
        r"|eligible|qualifying|part of|partial(?:ly)?|portion|half|limited|particular"
    ),
    Mark.HEDGE: (
        r"usually|typically|generally|normally|often|sometimes|(?<!\d )may(?! \d)|might|could"
        r"|can vary|about|around|approximately|roughly|subject to|depend(?:s|ing)"
        r"|case by case|not guarantee\w*|up to|at (?:our|its|their) discretion|likely"
        r"|possibl[ey]|aim|try|expected|estimated?|in most cases|where possible"
        r"|consider(?:ed)?|review(?:ed)?|targeted|intended"
    ),
    Mark.CERTAIN: (
        r"definitely|guaranteed?|always|certainly|absolutely|for sure|never fails?"
        r"|promise|without (?:fail|exception)|in (?:all|every) cases?"
        r"|no (?:questions asked|problem)|straight away|rest assured|will be approved"
        r"|assured|instantly|immediately|exactly"
    ),
    Mark.MUST: (
        r"must|have to|has to|need(?:s|ed)? to|require[sd]?|required|necessary"
        r"|mandatory|obliged|needs?|got to|essential|compulsory|conditional"
    ),
    Mark.MAY: (
        r"can|(?<!\d )may(?! \d)|able to|optional(?:ly)?|allowed|permitted|possible|free to"
        r"|welcome to|could"
    ),
    Mark.FUTURE: r"will|going to|shall|we'll|you'll|it'll|they'll",
    Mark.ONLY: (
        r"only|just|solely|exclusively|no other|nothing but|sole|alone|all (?:you"
        r"|it) (?:need|takes?)"
    ),
    Mark.CONDITION: (
        r"if|when|as long as|provided|providing|on condition|once|for (?:members"
        r"|customers)|in case|where|assuming|so long as|for accounts|who"
        r"|with a balance|requires?|subject to|while|must|eligible|qualifying"
        r"|after you|based on|depending"
    ),
    Mark.EXCEPTION: (
        r"unless|except(?:ion|ions|ing)?|excluding|excludes?|other than|apart from"
        r"|but not|however|does not apply|not apply|until|without|besides|although"
        r"|though|outside"
    ),
    Mark.AUTOMATIC: (
        r"automatic(?:ally)?|by default|by itself|without (?:you )?(?:asking|doing"
        r"|having)"
    ),
    Mark.FREE: (
        r"free|no (?:extra |additional )?(?:cost|charge|fee)s?|waive[ds]?"
        r"|complimentary|included|at no|without (?:charge|cost|a fee)|nothing to pay"
        r"|costs? nothing|on us|for nothing|gratis|\$0(?:\.00)?|doesn't cost"
        r"|don't (?:charge|pay)"
    ),
    Mark.BEFORE: r"before|prior to|ahead of|by|until|in advance|earlier|beforehand|first|up to",
    Mark.AFTER: (
        r"after|following|once|later|since|afterwards?|then|from|from then on"
        r"|subsequently"
    ),
    Mark.NEGATION: (
        r"not|no|never|none|nor|neither|nothing|nobody|without|cannot|can't|\w+n't"
        r"|\w+n\u2019t|unable|isn't|non"
    ),
    Mark.BONUS: (
        r"bonus|free|gift|welcome|complimentary|reward|discount|voucher|credit|upgrade"
        r"|extra|refund|compensat\w+|priority|waive[ds]?|cashback|goodwill"
        r"|on the house|perk"
    ),
    Mark.TOGETHER: (
        r"both|together|combined?|as well as|at the same time|on top|plus|and also"
        r"|stack\w*"
    ),
    Mark.EITHER: r"either|or|instead|rather than|alternatively|one of|whichever",
    Mark.SWAP: r"first|then|before|after|next|followed by|afterwards|finally|once",
    Mark.PROMPT: (
        r"today|tonight|tomorrow|this (?:week|weekend|morning|afternoon|evening)|right away"
        r"|straight away|at once|same day|soon|shortly|immediate(?:ly)?|instant(?:ly)?|now"
        r"|within minutes|any minute"
    ),
}
_COMPILED = tuple(
    (mark, re.compile(rf"(?<![\w'])(?:{pattern})(?![\w])", re.IGNORECASE))
    for mark, pattern in _PATTERNS.items()
)


def marks(text: str) -> frozenset[Mark]:
    """Return the marks that `text` holds."""
    return frozenset(mark for mark, pattern in _COMPILED if pattern.search(text))
