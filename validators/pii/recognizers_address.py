"""Street addresses as they are written in several countries; a city alone is none.

A street is recognised by its kind of word (Street, -gatan, rue, ul.) beside a house
number; then flats before it and flats, postcodes and places after it are taken in.
"""

import re
from collections.abc import Iterator

from validators.base import PiiSpan
from validators.pii.address_tail import is_no_place, tail_end
from validators.pii.lexicon import Lexicon

_NUMBER = (
    r"\d{1,6}(?:(?:[A-Za-z]|hs|bis|ter)(?![A-Za-z]))?"
    r"(?:[-/](?:\d{1,4}[A-Za-z]?|[A-Za-z]|[IVX]{1,3}|hs)(?!\w)){0,3}"
    r"(?:[ \t][A-Ha-h](?=[ \t]?(?:,|\n|\Z)))?"
)
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
    r"|nagar|marg|colony|vihar|enclave|salai|chowk|green|rise|quay|bypass|isle|fort|gateway|union|extensions?)"
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
    r"(?:rue|(?:place|cours|square|passage)(?=\sd(?:e|u|es)\s)|chaussée|faubourg|rambla|ronda|praceta|avenue|av\.|boulevard|bd\.?|blvd|chemin|all[eé]e|impasse|quai|route|via|viale|corso"
    r"|piazza|piazzale|largo|vicolo|strada|calle|c/|avda\.?|avenida|plaza|pza\.?|paseo|camino"
    r"|carrer|r[uú]a|travessa|pra[cç]a|estrada|ul\.|ulica|al\.|aleja|os\.|pl\.|plac|ulice|n[aá]m\."
    r")"
)
_FRENCH = (
    r"(?:rue|avenue|av\.|boulevard|bd\.?|blvd|chemin|all[eé]e|impasse|quai|chaussée|faubourg"
    r"|(?:route|place|cours|square|passage)(?=\sd(?:e|u|es)\s))"
)
_GERMAN = r"(?-i:Am|An der|Auf der|Im|In der|Unter den|Zum|Zur)"
_UNIT = r"(?:(?:flat|apt|apartment|suite|ste|unit|room|lgh|wohnung|whg|top)\b\.?|\#)\s?\w{1,6}"
_POSTCODE = (
    r"(?:[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]{1,2}-\d{4,6}|\d{2}-\d{3}|\d{3}\s\d{2}"
    r"|\d{4}\s?[A-Z]{2}"
    r"|\d{5}-\d{3,4}|\d{4}-\d{3}|\d{4,6}|[A-Z]\d[A-Z]\s?\d[A-Z]\d)"
)
_CODED = re.compile(
    rf"(?<![\w@.])(?P<words>(?:{_WORD}[ \t]){{0,2}}{_WORD}),?[ \t]{_NUMBER}"
    rf"(?=(?:[ ,]{{1,2}}(?:{_UNIT}|[A-H](?:[ ]\d{{1,3}})?))?"
    rf"(?:,[ \t]?\n?|[ \t]?\n|[ \t]in)[ \t]?{_POSTCODE}[ \t][^\W\d_])",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_][\w'\u2019-]*\.?")
_STREET_BEGINS_TEXT = (
    "am an der im in auf zum zur unter den na nad pod u v za przy gate gata vei vej plass plads"
    " platz weg plein laan tie park place row walk way road street hill"
)
_STREET_BEGINS = frozenset(_STREET_BEGINS_TEXT.split())

_MONTH_NAME = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|mars|avril|juin|janv|févr"
    r"|enero|marzo|abril|maj)[a-zé]{0,7}\b"
)
_MONTH = rf"(?!{_MONTH_NAME})"
_ENDS_IN_MONTH = re.compile(rf"\b{_MONTH_NAME}\s*\Z", re.IGNORECASE)
_S = r"[ \t]{1,2}"
_CAPITAL = r"[^\W\d_a-zà-ÿ](?:[\w'\u2019-]{0,40}\.?)"
_STREETS = (
    # 5 avenue Foch; 18 bis boulevard Voltaire
    (
        rf"(?<![\w.]){_NUMBER}(?:{_S}(?:bis|ter|quater))?,?{_S}{_FRENCH}{_S}(?:d(?:e|u|es"
        rf"|el|i)\s(?:l[ae]s?\s)?)?{_WORD}(?:{_S}(?-i:[^\W\d_a-zà-ÿ])[\w'\u2019.-]*){{0,3}}(?:{_S}\d{{1,4}}(?=,|\.?\s*\Z))?"
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
        rf"(?<!\w)(?:(?-i:{_CAPITAL}){_S}){{1,3}}u\.{_S}{_NUMBER}\.?"
        rf"|(?<!\w)(?:{_STREET_WORD}{_S}){{1,3}}?(?:utca|útja|út|tér|rakpart|körút|krt\.?)"
        rf"{_S}{_NUMBER}\.?"
    ),
    # Am Markt 3
    rf"(?<!\w){_GERMAN}{_S}(?-i:{_CAPITAL}){_S}{_NUMBER}",
    # Straße des 17. Juni 135; Atatürk Cad. No: 45/3
    rf"(?<!\w)stra(?:ß|ss)e{_S}(?:des|der|am|vom){_S}(?:\d{{1,2}}\.{_S})?{_WORD}{_S}{_NUMBER}",
    (
        rf"(?<!\w)(?:{_STREET_WORD}{_S}){{1,3}}(?:cad|cd|sok|sk|mah|bulv|blv)(?:desi|ak|a\u011f\u0131|allesi|ar\u0131)?\.?"
        rf",?{_S}(?:no\s?:?\s?)?{_NUMBER}"
    ),
    # 350 W 42nd St
    (
        rf"(?<![\w.]){_NUMBER},?{_S}(?:(?:[nsew]{{1,2}}|north|south|east|west)\.?{_S})?"
        rf"\d{{1,3}}(?:st|nd|rd|th){_S}{_ENGLISH}\b\.?"
    ),
    # straße 5 after a word: Mariahilfer straße 103
    rf"(?<!\w)[^\W\d_][\w'\u2019-]{{1,40}}{_S}(?:stra(?:ß|ss)e|str\.|gatan|vägen|gaten|katu|utca){_S}{_NUMBER}",
    # Anderson Street, without a number
    (
        rf"(?-i:(?!The|This|That|My|Your|In|On|At)(?:{_CAPITAL}{_S}){{1,3}}"
        r"(?:Street|Road|Avenue|Lane|Drive|Boulevard|Gade|Gata)\b)"
    ),
    rf"(?-i:{_CAPITAL}){_S}{_WEAK}{_S}(?:street|st)\b\.?",
    # PO Box 149; Unit 7349 Box 6067 DPO AE 99081
    r"(?<!\w)p\.?\s?o\.?\s?box\s\d{1,6}",
    r"(?<!\w)(?:postfach|postboks|postbus|bo[iî]te postale)\s\d{1,6}",
    r"(?<!\w)(?:psc|unit|cmr)\s\d{1,5},?\sbox\s\d{1,6}",
    r"(?<!\w)(?:uss|uscgc|usns|usnv)\s\w{1,20}(?=\s{1,2}[adf]po\s)",
)
# 077 Příční 1429: a number on both sides of capitalised words.
_ENCLOSED = re.compile(
    rf"(?<![\w.])\d{{1,6}}{_S}(?i:{_MONTH})"
    rf"(?P<words>(?:[^\W\d_a-zà-ÿ][\w'\u2019-]{{0,40}}{_S}){{1,4}})\d{{1,5}}[a-z]?(?![\w.])"
)
_STREET = re.compile("|".join(f"(?:{s})" for s in _STREETS), re.IGNORECASE)
_HOUSE = (
    r"(?-i:(?:[^\W\d_a-zà-ÿ][\w'\u2019-]{1,20}[ ]){1,3}(?:Cottage|House|Lodge|Farm|Hall|Building"
    r"|Tower|Towers|Court|Manor|Villa|Mansions|Park|Estate|Barn|Mill|Centre|Vicarage|Rectory|Stables"
    r"|Bungalow|Apartments|Residency|Residences|Arcade))"
)
_BEFORE = re.compile(
    rf"(?:\d/\d,?\s|(?:résidence|bâtiment|immeuble|edificio)\s[\w' ]{{1,30}},?\s"
    rf"|(?:{_UNIT},?\s)?{_HOUSE},?\s|{_UNIT},?\s|\b\d{{1,6}}\s)\Z",
    re.IGNORECASE,
)
_LONGEST_BEFORE = 70
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


def find_addresses(text: str, lexicon: Lexicon) -> Iterator[PiiSpan]:
    """Yield street addresses and post boxes, as far as they reach."""
    for match in _STREET.finditer(text):
        yield PiiSpan(_start(text, match), tail_end(text, match.end(), lexicon), "ADDRESS", 0.8)
    for match in _ENCLOSED.finditer(text):
        words = match.group("words").split()
        if any(map(lexicon.may_be_name, words)) and not is_no_place(words):
            yield PiiSpan(match.start(), tail_end(text, match.end(), lexicon), "ADDRESS", 0.8)
    for start, end in _before_postcodes(text, lexicon):
        yield PiiSpan(start, tail_end(text, end, lexicon), "ADDRESS", 0.75)
    for match in _SAID.finditer(text):
        end = tail_end(text, match.end(), lexicon)
        yield PiiSpan(match.start("value"), end, "ADDRESS", 0.75)


def _before_postcodes(text: str, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """Yield words and a house number that a postcode and a town follow, whatever the words."""
    for match in _CODED.finditer(text):
        start = end = match.end("words")
        if _ENDS_IN_MONTH.search(text, match.start(), end):
            continue  # "February 28, 2026" is followed by a year, not by a postcode
        for word in reversed(list(_WORDS.finditer(text, match.start(), end))):
            written = word.group()
            if lexicon.is_common(written) and written.casefold() not in _STREET_BEGINS:
                break
            start = word.start()
        if start < end:
            yield start, match.end()


def _start(text: str, street: re.Match[str]) -> int:
    before = _BEFORE.search(text, max(0, street.start() - _LONGEST_BEFORE), street.start())
    return before.start() if before else street.start()
