"""Street addresses as they are written in several countries; a city alone is none.

A street is recognised by its kind of word (Street, -gatan, rue, ul.) beside a house
number; then flats before it and flats, postcodes and places after it are taken in.
"""

import re
from collections.abc import Iterator

from validators.base import PiiSpan

_NUMBER = r"\d{1,6}(?:[A-Za-z](?![A-Za-z])|[-/]\d{1,4}[A-Za-z]?)?"
_WORD = r"[^\W\d_][\w.'\u2019-]{0,40}"
_STREET_WORD = (
    r"(?!(?:for|in|before|after|to|from|is|are|was|were|and|or|my|your|on|at|per"
    r"|within|during|until|by"
    r"|with|than|not|only|about|people|persons|days?|hours?|minutes?|weeks?|months?"
    r"|years?|times?|items?"
    r"|orders?|euros?|dollars?|percent|opened|it|this|that)\b)" + _WORD
)
_ENGLISH = (
    r"(?:streets?|roads?|rd|avenues?|ave|av|lanes?|ln|drives?|dr|boulevard|blvd|court"
    r"|ct|crescent|cres"
    r"|close|terrace|ter|parade|pde|highway|hwy|parkway|pkwy|circle|cir|trail|trl|square|sq|mews"
    r"|grove|gardens?|alley|plaza|loop|esplanade|freeway|turnpike|st)"
)
_WEAK = (
    r"(?:way|place|pl|hill|park|row|walk|gate|view|ridge|run|path|pike|cove|point|crossing"
    r"|green|rise|quay|bypass|isle|fort|gateway|union|extensions?)"
)
_COMPOUND = (
    r"(?:str(?:a(?:ß|ss)e|aat|\.)|gatan?|gaten|gata|gade|vägen|väg|vej(?:en)?|vei"
    r"(?:en)?|veg(?:en|ur)?"
    r"|gränd(?:en)?|torget|torg|ntie|allé(?:en|n)?|gasse|gracht|katu|kuja|polku|tanv[aä]l|stræti|utca)"
)
# Endings that everyday words have, too: only of a capitalised word.
_WEAK_COMPOUND = (
    r"(?:allee|weg|platz|ufer|damm|laan|plein|kade|dijk|singel|tie|braut|vænget|vangen|parken"
    r"|bakken|haugen|vollen|backen|stigen|stien|plads|toften)"
)
_ROMANCE = (
    r"(?:rue|avenue|av\.|boulevard|bd\.?|blvd|chemin|all[eé]e|impasse|quai|route|via|viale|corso"
    r"|piazza|piazzale|largo|vicolo|strada|calle|c/|avda\.?|avenida|plaza|pza\.?|paseo|camino"
    r"|carrer|r[uú]a|travessa|pra[cç]a|estrada|ul\.|ulica|al\.|aleja|os\.|pl\.|plac|ulice|n[aá]m\."
    r")"
)
_GERMAN = r"(?-i:Am|An der|Auf der|Im|In der|Unter den|Zum|Zur)"
_UNIT = (
    r"(?:(?:flat|apt|apartment|suite|ste|unit|floor|fl|lgh|lejlighed|m|lok|room|rm"
    r"|wohnung|whg|etage|étage"
    r"|appartement|piso|int|box|bus)\b\.?|\#)\s?\w{1,6}"
)
_POSTCODE = (
    r"(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]{1,2}-\d{4,6}|\d{2}-\d{3}|\d{3}\s\d{2}"
    r"|\d{4}\s?[A-Z]{2}"
    r"|\d{5}-\d{3,4}|\d{4}-\d{3}|\d{4,6}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)"
)
_CITY = (
    r"[^\W\d_][^\W\d_.'\u2019-]*(?:['\u2019.-][^\W\d_]+)*\.?"
    r"(?:[ -][^\W\d_a-zà-ÿ(][^\W\d_]*(?!\w)){0,3}"
)

_MONTH = (
    r"(?!(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|mars|avril|juin|janv|févr"
    r"|enero|marzo|abril|maj)[a-zé]{0,7}\b)"
)
_UK_TAIL = r",?\s(?:[a-z]{2,20}\s){0,2}[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}(?!\w)"
_S = r"[ \t]{1,2}"
_CAPITAL = r"[^\W\d_a-zà-ÿ](?:[\w'\u2019-]{0,40}\.?)"
_STREETS = (
    # 5 avenue Foch; 18 bis boulevard Voltaire
    (
        rf"(?<![\w.]){_NUMBER}(?:{_S}(?:bis|ter|quater))?,?{_S}{_ROMANCE}{_S}(?:d(?:e|u|es"
        rf"|el|i)\s(?:l[ae]s?\s)?)?{_WORD}(?:{_S}(?-i:[^\W\d_a-zà-ÿ])[\w'\u2019.-]*){{0,3}}"
    ),
    # 17 High St; 12 Timms Drive; 90 Whitchurch Road
    rf"(?<![\w.]){_NUMBER},?{_S}(?:{_STREET_WORD}{_S}){{0,3}}?{_STREET_WORD}{_S}{_ENGLISH}\b\.?",
    rf"(?<![\w.]){_NUMBER}{_S}(?:(?-i:[^\W\d_a-zà-ÿ]){_WORD}{_S}){{1,3}}{_WEAK}\b\.?",
    # Storgatan 5; Harjukuja 54; Am Markt 3
    rf"(?<!\w)(?:(?-i:{_CAPITAL}){_S})?[^\W\d_][\w'\u2019-]{{0,40}}{_COMPOUND}\.?{_S}{_NUMBER}",
    rf"(?<!\w)(?:(?-i:{_CAPITAL}){_S})?(?-i:{_CAPITAL}){_WEAK_COMPOUND}{_S}{_NUMBER}",
    rf"(?<!\w)(?:(?-i:{_CAPITAL}){_S}){{1,2}}(?:{_COMPOUND}|{_WEAK_COMPOUND}|(?-i:gate)){_S}{_NUMBER}",
    # Corso Francia 22; ul. Długa 3; Via dei Fiorentini, 17
    rf"(?<!\w){_ROMANCE}\s(?:{_WORD}{_S}){{0,3}}?{_WORD},?{_S}(?:n[º°]?\.?\s?)?{_NUMBER}",
    # Bem rakpart 79.; Király u. 23.
    (
        rf"(?<!\w)(?:(?-i:{_CAPITAL}){_S}){{1,3}}(?:utca|u\.|út(?:ja)?|tér|rakpart|körút|krt\.?)"
        rf"{_S}{_NUMBER}\.?"
    ),
    # Am Markt 3
    rf"(?<!\w){_GERMAN}{_S}(?-i:{_CAPITAL}){_S}{_NUMBER}",
    # 077 Příční 1429: a number on both sides of capitalised words
    rf"(?<![\w.])(?-i:\d{{1,6}}){_S}{_MONTH}(?-i:(?:{_CAPITAL}{_S}){{1,4}}\d{{1,5}}[a-z]?(?![\w.]))",
    # Długa 3 m. 4, 31-147 Kraków: a number, then a postcode
    rf"(?<!\w){_MONTH}(?-i:{_CAPITAL}){_S}{_NUMBER}(?=(?:{_S}(?:m|lok)\.?\s?\d{{1,4}})?,\s{_POSTCODE}\s)",
    # Anderson Street, without a number
    rf"(?-i:{_CAPITAL}{_S}(?:Street|Road|Avenue|Lane|Drive|Boulevard|Gade|Gata)\b)",
    rf"(?-i:{_CAPITAL}){_S}{_WEAK}{_S}(?:street|st)\b\.?",
    # PO Box 149; Unit 7349 Box 6067 DPO AE 99081
    r"(?<!\w)p\.?\s?o\.?\s?box\s\d{1,6}",
    r"(?<!\w)(?:postfach|postboks|postbus|bo[iî]te postale)\s\d{1,6}",
    r"(?<!\w)(?:psc|unit|cmr)\s\d{1,5},?\sbox\s\d{1,6}",
    r"(?<!\w)(?:uss|uscgc|usns|usnv)\s\w{1,20}(?=\s{1,2}[adf]po\s)",
)
_STREET = re.compile("|".join(f"(?:{s})" for s in _STREETS), re.IGNORECASE)
_BEFORE = re.compile(rf"(?:{_UNIT},?\s|\b\d{{1,6}}\s)$", re.IGNORECASE)
_MILITARY = re.compile(r"\s{1,2}[ADF]PO\s[A-Z]{2}\s\d{5}", re.IGNORECASE)
_UNITS_AFTER = re.compile(
    rf"(?:\s?,?\s{{0,2}}{_UNIT}\b|,?\s\d{{1,2}}\s?[ºª°]\.?(?:\s?[A-Za-z]{{1,4}}\b)?|{_UK_TAIL}"
    r"|\s(?-i:[A-H])(?=,|\s*$))+",
    re.IGNORECASE,
)
_PLACE_AFTER = re.compile(
    rf"\s?,?\s{{1,2}}{_POSTCODE}(?:\s{_CITY})?(?!\w)|\s?,\s{{0,2}}{_CITY}(?:,?\s{{1,2}}"
    rf"{_POSTCODE}(?!\w))?"
    rf"|\n\s?{_CITY}(?:[\s,]{{1,3}}{_POSTCODE}(?!\w))?"
    rf"|\s{_CITY}\s{_POSTCODE}(?!\w)"
    # The town ends the sentence: 17 High St Leeds.
    r"|(?:\s[^\W\d_a-zß-öø-ÿ][\w'\u2019-]{1,30}){1,4}(?=[.?!]?\s*\Z|[.?!]\s)"
)
_MOST_PARTS = 4
_SAID = re.compile(
    r"\b(?:address(?:\sis|:|\sto)|lives?\s(?:at|on|in)|living\s(?:at|on)"
    r"|office\sis\sat|located\sat|meet\sme\sat"
    r"|restaurant\sis\sat|moved\sto|taxi\sto|deliver(?:ed)?\s(?:it\s)?(?:to|at)|shipp?"
    r"(?:ed)?\sto|sent\s(?:it\s)?to"
    r"|arrived\sat|drops\syou\soff\sat|corner\sof|come\sto|reside\sat|enter\son|send\sit\sto)"
    rf"[ \t\n]{{1,2}}(?P<value>(?:{_NUMBER}[ \t])?{_STREET_WORD}(?:,?[ \t]"
    rf"{_STREET_WORD}){{0,4}},?[ \t]{_NUMBER}(?![\w.]))",
    re.IGNORECASE,
)


def find_addresses(text: str) -> Iterator[PiiSpan]:
    """Yield street addresses and post boxes, as far as they reach."""
    for match in _STREET.finditer(text):
        before = _BEFORE.search(text, max(0, match.start() - 20), match.start())
        start = before.start() if before else match.start()
        yield PiiSpan(start, _end(text, match.end()), "ADDRESS", 0.8)
    for match in _SAID.finditer(text):
        yield PiiSpan(match.start("value"), _end(text, match.end()), "ADDRESS", 0.75)


def _end(text: str, end: int) -> int:
    for pattern in (_MILITARY, _UNITS_AFTER):
        if more := pattern.match(text, end):
            end = more.end()
    for _ in range(_MOST_PARTS):
        more = _PLACE_AFTER.match(text, end) or _UNITS_AFTER.match(text, end)
        if more is None:
            break
        end = more.end()
    return end - 1 if text[end - 1] in ".," else end
