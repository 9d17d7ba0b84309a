"""Sentences in which the bot commits the company or claims to have acted."""

import re
from enum import StrEnum

_ACTS = (
    r"refund\w*|credit\w*|waiv\w+|cancel\w*|approv\w+|process\w*|issu\w+|sen[dt]\w*|ship\w*|replac\w+"
    r"|escalat\w+|open\w*|fil\w+|log\w*|rais\w+|arrang\w+|book\w*|schedul\w+|extend\w*|add\w*|appl\w+"
    r"|remov\w+|revers\w+|adjust\w*|updat\w+|chang\w+|contact\w*|call\w*|email\w*|e-mail\w*|forward\w*"
    r"|pass\w*|flag\w*|request\w*|submit\w*|put|plac\w+|set|tak\w+|ta?ook|t(?:a|oo)ken?|start\w*"
    r"|reserv\w+|activat\w+|block\w*|froz\w+|freez\w+|unlock\w*|reset\w*|mov\w+|transfer\w*|mark\w*"
    r"|resolv\w+|fix\w*|sort\w*|ensur\w+|mak\w+|made|guarante\w+|promis\w+|notif\w+|compensat\w+"
    r"|reimburs\w+|cover\w*|pa(?:y|id)|giv\w+|gave|deliver\w*|confirm\w*|note[ds]?|reinstat\w+|honou?r\w*"
    r"|prioriti[sz]\w+|rush\w*|expedit\w+|upgrad\w+|keep|kept|hold|held|look\w*|check\w*|find|found|get|got|let"
)
_HAVE = (
    r"\b(?:i've|we've|i have|we have)\s(?:(?:just|now|already|also|personally)\s|gone ahead and )*"
)
_PERFECT = re.compile(
    rf"{_HAVE}(?:(?:{_ACTS})\b|\w{{2,}}(?:ed|wn|en)\b)"
    r"|\b(?:the company|our team|the team|the bank|support) has (?:now |just |already )?"
    rf"(?:{_ACTS})\b"
    r"|\bi(?:'m| am)\s(?:now\s)?(?!happy|glad|sorry|hoping|afraid)\w+ing\b"
    r"|\byour [\w ]{1,40} (?:has|have) (?:now |just |already )?been \w+"
    r"|\b(?:has|have) been (?:refunded|credited|waived|cancelled|approved|processed|extended"
    r"|escalated)\b",
    re.IGNORECASE,
)
_LOOKED = re.compile(
    rf"\W*(?:{_HAVE}|i\s|we\s|just\s)"
    r"(?:(?:had a |taken a |having a )?(?:quick |good |closer )?look(?:ed|ing)?"
    r"|check(?:ed|ing)?|read|reviewed|gone (?:through|over)|found|pulled up|verified)\b"
    r"(?!.{0,60}\b(?:approv|refund|eligib|credit|cancel|waiv))[^.;:]{0,80}\W*$",
    re.IGNORECASE,
)
"""To say that one has looked commits nobody: what was found is said in the next sentence."""
_WILL = re.compile(
    r"\b(?:i'll|i will|i can|let me|i'm going to)\s(?:\w+\s){0,2}?"
    rf"(?:{_ACTS})\b",
    re.IGNORECASE,
)
_WE_WILL = re.compile(
    r"\b(?:we'll|we will|we're going to|we are going to|our team will)\s(?:\w+\s){0,2}?"
    rf"(?:{_ACTS})\b",
    re.IGNORECASE,
)
_OUTCOME = re.compile(
    r"\b(?:you(?:'ll| will| are|'re)|it(?:'ll| will)|your [\w ]{1,40} (?:will|is))\s(?:\w+\s){0,2}?"
    r"(?:be (?:approved|accepted|refunded|credited|fine|covered|eligible|compensated|reimbursed"
    r"|back|there|with you|restored|resolved)|definitely|guaranteed|certainly|arrive"
    r"|get (?:it|your|the|a)|receive|have (?:it|your)|approved)\b"
    r"|\byour [\w ]{1,40}(?:is|are) (?:already |now )?on (?:its|the|their) way\b"
    r"|\b(?:guaranteed?|definitely|rest assured|for sure|certain to|i promise|we promise)\b",
    re.IGNORECASE,
)
_ASSURANCE = re.compile(
    r"\bwe(?: can| will|'ll| do| would|'re here to| are (?:here|happy|able|committed) to| always)"
    r"\s(?:\w+\s){0,2}?(?:work with|work together|make sure|ensure|help|assist|support|guide"
    r"|take care|look after|find a|do our best|do everything|get you|have a process|provide you)\b"
    r"|\bour (?:team|staff|experts?|agents?) (?:is|are|will|can)\s(?:\w+\s){0,3}?"
    r"(?:help|assist|guide|support|work|ensure|make sure)\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"\u201c][^\"\u201c\u201d]{1,60}[\"\u201d]")
_REFERRAL = re.compile(
    r"\b(?:i can|i'll|i will|let me|we can)\s(?:\w+\s){0,2}?"
    r"(?:pass|connect|transfer|hand|put|forward)\b[^.]{0,60}\b(?:human|person|colleague|agent|team|adviser|advisor|specialist|someone)\b",
    re.IGNORECASE,
)


class Promise(StrEnum):
    """What kind of commitment a sentence makes."""

    NONE = ""
    DONE = "done"
    """The bot says that it has acted."""
    PERSONAL = "personal"
    """The bot says that it will act: `I will ...`."""
    COMPANY = "company"
    """The bot commits the company: `we will ...`."""
    ASSURANCE = "assurance"
    """The bot commits the company to an effort: `we can work with you`."""
    OUTCOME = "outcome"
    """The bot predicts the customer's outcome: `you will be approved`."""


_KINDS = (
    (Promise.DONE, _PERFECT),
    (Promise.PERSONAL, _WILL),
    (Promise.COMPANY, _WE_WILL),
    (Promise.ASSURANCE, _ASSURANCE),
    (Promise.OUTCOME, _OUTCOME),
)


def promise(sentence: str) -> Promise:
    """Classify a sentence by the commitment it makes."""
    # What stands in quotation marks is a label or a message, not what the bot says.
    sentence = _QUOTED.sub('""', sentence.replace("\u2019", "'"))
    if _REFERRAL.search(sentence) or _LOOKED.match(sentence):
        return Promise.NONE  # offering a person is what the bot is meant to do
    return next((kind for kind, pattern in _KINDS if pattern.search(sentence)), Promise.NONE)
