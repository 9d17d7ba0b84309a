"""Does a value of a claim state a rule, or does it describe the case at hand?

"A £160 pair is checked for free" applies a page's "£150 or more": no page has to hold 160.
"It costs £160" is a fact that one must hold.
"""

import re

from validators.grounding.kinds import Bound, Kind, Value

_BACK, _AHEAD = 60, 32
_RULE_NOUN = (
    r"(?:\w+\s){0,2}?(?:fees?|charges?|costs?|prices?|limits?|caps?|discounts?|deposits?|penalt\w+"
    r"|surcharges?|supplements?|minimum|maximum|refunds?|credits?|bonus\w*|vouchers?|allowances?"
    r"|notice|periods?|windows?|trials?|guarantees?|warrant\w+|excess|rates?|reductions?|cashback"
    r"|interest|commission|terms?|contracts?|coupons?|rewards?|delays?|grace|cooling|wait\w*"
    r"|compensation|payments?|premiums?|cover\w*|deadlines?|thresholds?|target)\b"
)
_ATTRIBUTE = re.compile(
    r"\b(?:an?|your|that|this|my|his|her|their|another|every)\s(?:[$€£]\s?)?$", re.IGNORECASE
)
_NOUN_NEXT = re.compile(
    rf"^[\s-](?!{_RULE_NOUN})(?!(?:and|or|to|of|in|on|at|if|when|is|are|per)\b)[a-z]", re.IGNORECASE
)
_AGE_AFTER = re.compile(r"^[\s-]years?[\s-]olds?\b", re.IGNORECASE)
_AGE_BEFORE = re.compile(r"\baged?\s$", re.IGNORECASE)
_STATE = re.compile(
    r"^\s(?:late|early|ago|in\b(?=[,.\s]*(?:$|you|and|so|,))|into\b|overdue|to go|left|old\b|gone"
    r"|ahead|away|later\b)",
    re.IGNORECASE,
)
_PERFECT = re.compile(
    r"(?:\b(?:has|have|had|it)|'ve|'s|'d)\s(?:\w+\s){0,3}?(?:been|had|played|waited|used|owned"
    r"|lasted|passed|lived|held|worked|spent|bought|left)\s(?:it\s|the \w+\s)?"
    r"(?:for\s|about\s|only\s|just\s)*$",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    rf"\b(?:an?|your|the|that|this|my)\s(?!{_RULE_NOUN})(?:[\w-]+\s){{1,4}}"
    r"(?:of|costing|worth|priced at|(?:sold|bought|booked) for|totalling|weighing|lasting)\s"
    r"(?:about\s|just\s|only\s)?(?:[$€£]\s?)?$",
    re.IGNORECASE,
)
_CASE = re.compile(
    r"(?:^|[,;.]\s)\W*(?:(?:and|but|so|yes|no|then)\W+)*"
    r"(?:if|when|with|having|being|since|suppose|say|because|though|although|even if)\b[^,;.]*$",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^\W*(?:(?:yes|no|so|then|and|but)\W+)*(?:ill|off|out|absent|away|aged|(?!during|including)\w{2,}ing|\w{3,}ed)\b"
    r"[^,;.]*$",
    re.IGNORECASE,
)
_CLOSED = re.compile(r"^[^,;.]{0,60},\s(?!and\b|or\b|\d)")


def scenario(text: str, value: Value) -> bool:
    """Tell whether `value`, found in `text`, describes a case rather than states a rule."""
    if value.bound in (Bound.LEAST, Bound.MOST) or value.kind is Kind.ADDRESS:
        return False
    text = text.replace("\u2019", "'")
    before, after = (
        text[max(0, value.start - _BACK) : value.start],
        text[value.end : value.end + _AHEAD],
    )
    if _AGE_AFTER.search(after) or _AGE_BEFORE.search(before):
        return True
    if _ATTRIBUTE.search(before) and _NOUN_NEXT.search(after):
        return True
    if _OPENING.search(text[: value.start]) and _CLOSED.match(text[value.end :]):
        return True
    patterns = (_PERFECT, _MEASURED, _CASE)
    return bool(_STATE.search(after)) or any(p.search(before) for p in patterns)
