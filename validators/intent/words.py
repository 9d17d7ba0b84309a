"""What of a redacted message is language: placeholders removed, spelling evened out."""

import re
import unicodedata

_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_[a-z2-7]{4,}\]")
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_APOSTROPHES = re.compile("[\u2018\u2019\u02bc\u00b4`]")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SENTENCE_END = re.compile(r"[.!?\u2026;:\n]+")
_OTHER = re.compile(r"[^\w\s.%€$£&+]+|_+")

_SUFFIXES = (
    (re.compile(r"\bcan'?t\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon'?t\b"), "will not"),
    (
        re.compile(r"\b(do|does|did|is|are|was|were|has|have|had|would|could|should)n'?t\b"),
        r"\1 not",
    ),
    (re.compile(r"\bain'?t\b"), "is not"),
    (re.compile(r"'ll\b"), " will"),
    (re.compile(r"'re\b"), " are"),
    (re.compile(r"'ve\b"), " have"),
    (re.compile(r"'d\b"), " would"),
    (re.compile(r"\bi'?m\b"), "i am"),
    (re.compile(r"\bive\b"), "i have"),
    (re.compile(r"\byoure\b"), "you are"),
    (re.compile(r"\btheyre\b"), "they are"),
    (re.compile(r"\bgonna\b"), "going to"),
    (re.compile(r"\bwanna\b"), "want to"),
    (re.compile(r"\bgotta\b"), "got to"),
    (re.compile(r"\by?all\b(?= (?:are|will|have|keep))"), "you"),
    (re.compile(r"\b(?:u|ya)\b"), "you"),
    (re.compile(r"\bur\b"), "your"),
    (re.compile(r"\bany more\b"), "anymore"),
    (re.compile(r"\b(some|any)body\b"), r"\1one"),
)


_DEVICES = (
    "phone|mobile|battery|laptop|computer|tablet|tv|screen|router|car|app|printer|console|watch|"
    "toaster|kettle|fridge|machine|vacuum|blender|speaker|headphones|plant|plants"
)
_SUFFERING = "pain|debts?|loneliness|grief|guilt|anxiety|depression|thoughts|illness|cancer|life"
_IDIOMS = tuple(
    (re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE), replacement)
    for pattern, replacement in (
        (rf"(?:(?!{_SUFFERING})\w+) (?:is|are) (?:\w+ )?killing (?:me|us)", "this is annoying"),
        (r"(?:could|would) (?:murder|kill for) an?", "would love a"),
        (r"dying (?:to|for)", "eager to"),
        (r"to die for", "lovely"),
        (r"(?:will|would|gonna|going to|ll) kill me", "will be upset"),
        (r"(?:bored|scared|frightened|tickled|worried|annoyed) to death", "very bothered"),
        (
            r"(?:nearly|almost) died (?:of|from|with)? ?(?:laughing|laughter|embarrassment)",
            "laughed",
        ),
        (rf"({_DEVICES}) (?:just |has |suddenly |have )*died", r"\1 stopped working"),
        (r"(?:lawyer|attorney|solicitor|barrister) (friend|neighbou?r|colleague|mate)", r"\1"),
        (r"drop dead gorgeous", "lovely"),
        (r"sick deal|killer deal", "good deal"),
    )
)


def ends(text: str, limit: int) -> str:
    """Return head and tail of a text longer than `limit` characters, else the text."""
    half = limit // 2
    return text if len(text) <= limit else f"{text[:half]} {text[-half:]}"


def without_placeholders(text: str) -> str:
    """Drop placeholders such as `[PERSON_k7q2]` and even out white space."""
    return _SPACES.sub(" ", _PLACEHOLDER.sub(" ", text)).strip()


def literal(text: str) -> str:
    """Drop placeholders and say drastic idioms plainly: `is killing me`, `dying to`.

    For sentence vectors, which take words at their word. Phrase patterns see the original.
    """
    text = without_placeholders(text)
    for pattern, replacement in _IDIOMS:
        text = pattern.sub(replacement, text)
    return text


def plain(text: str) -> str:
    """Return the words that phrase patterns are written for.

    Lower case; contractions and common chat spellings written out (`won't` is `will not`,
    `u` is `you`); other apostrophes dropped; a placeholder is `someone`; sentences are
    separated by ` . `, all else by single spaces.
    """
    text = _PLACEHOLDER.sub(" someone ", text)
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    text = _STRETCHED.sub(r"\1", _APOSTROPHES.sub("'", text))
    for pattern, replacement in _SUFFIXES:
        text = pattern.sub(replacement, text)
    text = _SENTENCE_END.sub(" . ", text.replace("'", ""))
    return _SPACES.sub(" ", _OTHER.sub(" ", text)).strip(" .")
