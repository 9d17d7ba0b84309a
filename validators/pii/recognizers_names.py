"""People's names that the words around them give away, and common given names.

The list of given names is a selection of our own of very common ones in a dozen
languages; words that are also plain words of English are left out of it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from validators.base import PiiSpan
from validators.pii.lexicon import Lexicon

_PART = r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?"
_UPPER = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['\u2019-][^\W\d_]+)*"
_NAME = (
    rf"(?:{_UPPER}|[A-Za-z]\.)(?:[ \t](?:(?:van|von|de|der|den|di|da|del|la|le|al|bin|af|of"
    rf"|zu)[ \t]){{0,2}}(?:{_UPPER}|[A-Z]\.)){{0,3}}"
)
_ANY_NAME = rf"{_PART}(?:[ \t]{_PART}){{0,2}}"
_TITLE = (
    r"(?:mr|mrs|ms|miss|mx|dr|prof|herr|frau|hr|fru|señora?|mme|monsieur|madame|signora?"
    r"|sir|madam|lady|pan|pani)"
)

_TITLE_BEFORE = re.compile(rf"(?<!\w){_TITLE}\.?[ \t]\Z", re.IGNORECASE)
_DEGREE_AFTER = re.compile(r",?\s(?:Ph\.?D|M\.?D|MBA|Jr|Sr|Esq)\b\.?", re.IGNORECASE)

# The name may be in lower case.
_SAID = re.compile(
    rf"\b(?:(?:my|his|her|our|their|the|your|full|first|last|maiden|middle|customer"
    rf"|account\sholder)(?:['\u2019]s)?\s)?"
    rf"(?:full\s|first\s|last\s|maiden\s|middle\s|sur)?name(?:['\u2019]?s|\sis"
    rf"|:)[ \t]{{1,2}}(?P<a>{_ANY_NAME})"
    rf"|\bname['\u2019]s\s(?P<b>{_ANY_NAME})"
    rf"|\b(?:mein name ist|ich hei(?:ß|ss)e|je m['\u2019]appelle|mon nom est|me llamo"
    rf"|mi nombre es|mi chiamo|meu nome [eé]|me chamo|chamo-me|mijn naam is|ik heet|jag heter"
    rf"|mitt namn [aä]r|jeg heter|jeg hedder|mit navn er|mitt navn er|nimeni on"
    rf"|nazywam si[eę]|jmenuji se|benim ad[i\u0131]m|ad[i\u0131]m)[ \t](?P<f>{_ANY_NAME})"
    rf"|\bcall(?:s|ed)?\sme\s(?P<c>{_PART})"
    rf"|\bthis\sis\s(?P<d>(?-i:{_NAME}))\s(?:speaking|here|from|calling|again)"
    rf"|\b{_TITLE}(?:\.[ \t]?|[ \t])(?P<e>{_ANY_NAME})",
    re.IGNORECASE,
)
# The name is in capitals, as written.
_SHOWN = re.compile(
    rf"\b(?:[Ii](?:['\u2019 ]a?m)|[Tt]his\sis|[Ii]t['\u2019]s)\s(?:{_TITLE}\.?\s)?(?P<a>{_NAME})"
    rf"|\b(?:[Rr]egards|[Tt]hanks|[Tt]hank\syou|[Ss]incerely|[Cc]heers|[Bb]est|[Yy]ours"
    rf"|[Gg]reetings|[Mm]vh|[Gg]rüßen?|[Hh]älsningar)[,!.]?[ \t]*\n+[ \t]*(?P<b>"
    rf"{_NAME})"
    rf"|\b(?:[Rr]egards|[Ss]incerely|[Cc]heers|[Mm]vh|[Gg]rüßen?),?[ \t](?P<c>{_NAME})"
    rf"|^(?:[Dd]ear|[Hh]i|[Hh]ello|[Hh]ey)[ \t](?P<d>{_NAME})(?=[,!.\n]|$)",
    re.MULTILINE,
)
_ASKED = re.compile(rf"\bname\?\s{{1,3}}(?P<a>{_ANY_NAME})", re.IGNORECASE)
_LONGEST_FIRST = 40
_FIRST = re.compile(rf"(?<![\w'\u2019-])(?P<word>{_UPPER})[ \t](?:[A-Za-z]\.?[ \t])?\Z")
_REST = re.compile(
    r"(?:[ \t]{1,2}(?:[A-Z]\.?|[a-z]\.|v[ao]n|de[rnl]?|di|da|dos|la|le|bin|al|el|af|zu|ter)){1,3}"
    rf"[ \t]{{1,2}}(?P<word>{_UPPER})"
)
_NEXT_LINE = re.compile(rf"[ \t]?\n(?P<word>{_UPPER})")
_WORDS = re.compile(r"(?<!\w)[^\W\d_]+(?:['\u2019-][^\W\d_]+)*(?!\w)")


def find_said_names(text: str, lexicon: Lexicon) -> Iterator[PiiSpan]:
    """Yield names after phrases such as "my name is", before "speaking", in greetings."""
    for pattern, score in ((_SAID, 0.85), (_SHOWN, 0.75), (_ASKED, 0.75)):
        for match in pattern.finditer(text):
            group = match.lastgroup
            if group and (end := _name_end(match.group(group), lexicon, sure=pattern is _SAID)):
                end = _over_the_line(text, match.start(group) + end, lexicon)
                yield PiiSpan(match.start(group), end, "PERSON", score)


def with_rest(text: str, name: PiiSpan, lexicon: Lexicon) -> PiiSpan:
    """Return `name` with what stands before it and behind an initial or a particle.

    "Tünde Hoffmann" where only the family name is known; "Anna M. Lund", "Jo van Dam".
    """
    if name.type != "PERSON":
        return name
    first = _FIRST.search(text, max(0, name.start - _LONGEST_FIRST), name.start)
    if first and lexicon.may_be_name(first.group("word")):
        name = replace(name, start=first.start())
    more = _REST.match(text, name.end)
    if more and lexicon.may_be_name(more.group("word")):
        name = replace(name, end=more.end())
    return name


def _over_the_line(text: str, end: int, lexicon: Lexicon) -> int:
    """Take in a capitalised word right on the next line: a name that was broken."""
    more = _NEXT_LINE.match(text, end)
    return more.end() if more and lexicon.may_be_name(more.group("word")) else end


def with_title(text: str, name: PiiSpan) -> PiiSpan:
    """Return `name` with the title before it and the degree after it."""
    if name.type != "PERSON":
        return name
    before = _TITLE_BEFORE.search(text, max(0, name.start - 10), name.start)
    after = _DEGREE_AFTER.match(text, name.end)
    start = before.start() if before else name.start
    return replace(name, start=start, end=after.end() if after else name.end)


def _name_end(words: str, lexicon: Lexicon, *, sure: bool) -> int:
    """Return where the name ends: before the first word that is none."""
    end = 0
    for word in _WORDS.finditer(words):
        initial = len(word.group()) == 1 and words[word.end() : word.end() + 1] == "."
        if not initial and not _may_be_name(word.group(), lexicon, sure=sure):
            break
        end = word.end()
    return end


def _may_be_name(word: str, lexicon: Lexicon, *, sure: bool) -> bool:
    if len(word) == 1:
        return word.isupper()
    # After a sure phrase one capital says more than the word: "Mr. Ford".
    capital = word[0].isupper() and not word.isupper() and word.casefold() not in lexicon.allowed
    return (sure and capital) or word.casefold() in lexicon.given or lexicon.may_be_name(word)


_BETWEEN = re.compile(r"(?:,|\s?&|,?\s(?:and|und|et|och|y|e|or))\s\Z")
_FOLLOWING = re.compile(r"(?:,|\s?&|,?\s(?:and|und|et|och|y|e|or))\s")
_KIN = re.compile(
    r"\b(?:kid|son|daughter|husband|wife|partner|brother|sister|mother|father|mum|mom"
    r"|dad|friend|boss"
    r"|boyfriend|girlfriend|fiancée?|colleague|neighbou?r|landlord|uncle|aunt|cousin"
    r"|nephew|niece|roommate"
    r"|flatmate|starring|(?:directed|written|signed|ordered|paid|sent|shouted|yelled) (?:by|at)"
    r"|maiden name is|says|said|told|asked|sp(?:eak|oke) (?:to|with)"
    r"|talk(?:ed)? (?:to|with)|ask for"
    r"|on behalf of|addressed to|registered to|belongs to|beneficiary|recipient|payee"
    r"|account holder|founders:|c/o|attn\.?:?)"
    r"[ \t:]{1,4}\Z",
    re.IGNORECASE,
)
_DOES = re.compile(
    r"(?:['\u2019]s)?[ \t](?:said|says|shouted|told|lives|wrote|writes"
    r"|asked|works|is (?:a )?(?:very|my|the account)"
    r"|gave|called me|emailed|and I|and (?:his|her|my)|began (?:to )?\w+ing|ha[ds] given|was born"
    r"|grew up|passed away|died|is (?:our|his|her|their)"
    r"|as (?:an?|my|the|our) (?:\w+ )?(?:beneficiary|payee"
    r"|contact|user|recipient|signatory|owner|holder))\b"
    r"|['\u2019]s[ \t](?:wife|husband|partner|kids?|son|daughter|mother|father|birthday|wedding"
    r"|passport|signature)\b"
)


def find_names_beside(text: str, known: Sequence[PiiSpan], lexicon: Lexicon) -> Iterator[PiiSpan]:
    """Yield capitalised words that stand where names stand.

    In an enumeration with a name that is known, after a relation ("my son"), or before
    what only people do.
    """
    starts, ends = {s.start for s in known}, {s.end for s in known}
    runs = list(_capital_runs(text, lexicon))
    for start, end in runs:
        before = text[max(0, start - 24) : start]
        if _KIN.search(before) or _DOES.match(text, end):
            starts.add(start)
            ends.add(end)
            yield PiiSpan(start, end, "PERSON", 0.6)
    for ordered, forward in ((runs, True), (runs[::-1], False)):
        for start, end in ordered:
            if start in starts:
                continue
            if forward:
                link = _BETWEEN.search(text, max(0, start - 6), start)
                beside = link and link.start() in ends
            else:
                link = _FOLLOWING.match(text, end)
                beside = link and link.end() in starts
            if beside:
                starts.add(start)
                ends.add(end)
                yield PiiSpan(start, end, "PERSON", 0.55)


def find_capital_runs(text: str, lexicon: Lexicon) -> Iterator[PiiSpan]:
    """Yield two and more unknown capitalised words in a row: names, where nobody can tell."""
    for start, end in _capital_runs(text, lexicon):
        if " " in text[start:end]:
            yield PiiSpan(start, end, "PERSON", 0.55)


def _capital_runs(text: str, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Yield runs of at most four capitalised words that could be names."""
    run: list[re.Match[str]] = []
    for word in _WORDS.finditer(text):
        fits = word.group()[0].isupper() and (
            len(word.group()) == 1 or lexicon.may_be_name(word.group())
        )
        joined = run and text[run[-1].end() : word.start()] in (" ", ". ")
        if run and not (fits and joined and len(run) < 4):  # noqa: PLR2004 - names have at most four parts
            yield run[0].start(), _bare_end(run[-1])
            run = []
        if fits and (run or len(word.group()) > 1):
            run.append(word)
    if run:
        yield run[0].start(), _bare_end(run[-1])


def _bare_end(word: re.Match[str]) -> int:
    return word.end() - 2 if word.group().endswith(("'s", "\u2019s")) else word.end()
