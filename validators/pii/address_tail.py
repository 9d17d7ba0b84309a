"""How far an address reaches behind its street: flats, postcodes, towns, states.

Read part by part, over several lines too. A word belongs to a place if it is written like
one and is no everyday word, so that "Stockholm. Order 4711" ends at Stockholm.
"""

import re
from collections.abc import Sequence

from validators.pii.lexicon import Lexicon

_MOST_PARTS = 7
_MOST_WORDS = 4
_SEPARATOR = re.compile(
    r"(?P<comma>[ \t]{0,2},[ \t]{0,2}(?:\n[ \t]{0,2}(?:,[ \t]{0,2})?)?)"
    r"|(?P<line>[ \t]{0,2}\n[ \t]{0,2}(?:,[ \t]{0,2})?)"
    r"|(?P<space>[ \t]{1,2}(?:in[ \t])?)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:(?:flat|apt|apartment|appt?|suite|ste|unit|floor|fl|lgh|lejl|lejlighed|m|lok|room|rm"
    r"|wohnung|whg|top|etage|étage|appartement|piso|int|interno|scala|box|bus|bte|byt|kat|daire"
    r"|d|no|stiege|puerta|pta)\b\.?|\#)\s?(?:\d{1,5}[a-z]?|[a-z])(?!\w)"
    r"|(?:\d{1,2}|st|kl)\.?\s?(?:sal|tv|th|mf|og|stock|étage|etage|floor|piso|andar)\b\.?"
    r"|\d{1,2}\.?\s?(?:[ºª°]|[oa](?=\.?\s))\.?(?:\s?(?:esq|dto|dcha|izda|izq|[a-z])\b\.?)?"
    r"|[a-h](?:\s\d{1,4})?(?!\w)"
    r"|(?:st|kl|tv|th|mf)\.(?=,|\s(?:st|tv|th|mf)\.|\s*$)"
    r"|(?:n|s|e|w|ne|nw|se|sw|north|south|east|west|upper|lower)\b(?!')\.?",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    r"(?:[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}|[a-z]\d[\dw]\s?[a-z\d]{4}|\d{4}\s?[a-z]{2}"
    r"|[a-z]\d[a-z]\s?\d[a-z]\d|[a-z]{1,2}-\d{4,6}|\d{2}-\d{3}|\d{5}-\d{3,4}|\d{4}-\d{3}"
    r"|(?P<state>[a-z]{2,3})[ \t]{1,2}(?:\d{4,5}(?:-\d{4})?|[a-z]\d[a-z]\s?\d[a-z]\d))(?![\w-])",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"(?:\d{3}\s\d{2}|\d{3,6})(?![\w-])", re.ASCII)
_SHORT, _LONG = 4, 5
_COUNTED_TEXT = """
    items item pieces pcs pairs times orders units days euro euros eur usd
"""
_COUNTED = frozenset(_COUNTED_TEXT.split())
_MILITARY = re.compile(r"\s{1,2}[ADF]PO\s[A-Z]{2}\s\d{5}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_][^\W\d_.'\u2019-]*(?:['\u2019-][^\W\d_]+)*(?!\w)")
_ABBREVIATED = re.compile(r"\.(?=[ \t][^\W\d_])")
_BETWEEN = re.compile(r"[ \t]{1,2}|-|/")
_DISTRICT = re.compile(r"[ \t]\d{1,2}(?![\w.,]\w|\w)")
_SENTENCE_ENDS = re.compile(r"[ \t]{0,2}(?:[.!?,;)]|\n|\Z)")
_PARTICLES_TEXT = """
    de del della di da do dos das du des la le les los el am an der im in ob bei upon on of by
    under sur sous en nad pod u e och og y d l
"""
_PARTICLES = frozenset(_PARTICLES_TEXT.split())
_PLACE_WORDS_TEXT = """
    new old north south east west upper lower great little port fort lake mount saint st city town
    village park hill hills heights beach springs falls bay valley river island wood woods forest
    bridge water green field fields long grand point garden grove centre center spring bath
    reading mill mills cross gate main bad stadt sankt ste los las la le el san santa são den
"""
_PLACE_WORDS = frozenset(_PLACE_WORDS_TEXT.split())
_NEVER_TEXT = """
    order orders ordernr invoice tracking track parcel package delivery phone tel telefon mobile
    mobil mob cell handy email e-mail mail fax name customer account pin code ref reference iban
    vat bestellung bestellnummer rechnung sendung kunde kundennummer paket konto commande colis
    facture client téléphone pedido factura cliente teléfono correo ordine fattura spedizione
    telefono bestelling factuur klant pakket telefoon beställning ordre faktura ordrenr paketet
    portkod kod kunder tilaus lasku puhelin zamówienie zamowienie faktury przesyłka paczka
    encomenda fatura telefone sipariş siparis kargo objednávka please pls thanks thank thx regards
    best cheers hi hello dear sincerely bitte danke merci gracias grazie tack dank bedankt takk
    tak kiitos dziękuję proszę obrigado obrigada teşekkürler i we it my if the but and or not can
    could will would is are was card visa mastercard born dob geboren né née ssn pesel dni nif
    passport ticket booking item items sku
"""
_NEVER = frozenset(_NEVER_TEXT.split())


def tail_end(text: str, end: int, lexicon: Lexicon) -> int:
    """Return where the address whose street ends at `end` is over; linear in what it reads."""
    if military := _MILITARY.match(text, end):
        return military.end()
    free = placed = False
    for _ in range(_MOST_PARTS):
        part = _Part(text, end, lexicon, free=free, placed=placed)
        more = part.end()
        if more is None:
            break
        # What follows a flat or a postcode needs no comma.
        end, free, placed = more, True, text[more - 1].isalpha()
    return end - 1 if text[end - 1] in ".," else end


class _Part:
    """The next part of an address."""

    def __init__(self, text: str, end: int, lexicon: Lexicon, *, free: bool, placed: bool) -> None:
        self._text = text
        self._lexicon = lexicon
        separator = _SEPARATOR.match(text, end)
        self._kind = separator.lastgroup if separator else None
        self._start = separator.end() if separator else end
        self._placed = placed
        self._free = free or self._kind != "space"

    def end(self) -> int | None:
        """Return where it ends; None if there is none."""
        if self._kind is None:
            return None
        start = self._start
        if unit := _UNIT.match(self._text, start):
            return unit.end()
        if code := self._lettered(start):
            return code.end()
        if code := _DIGITS.match(self._text, start):
            if self._counts(code.end()):
                return None
            spaced = self._text[code.end() : code.end() + 1] == " "
            place = self._place(code.end() + 1, sure=True) if spaced else None
            return place or (code.end() if self._alone(code) else None)
        place = self._place(start)
        return place if place is not None and self._plausible(start, place) else None

    def _lettered(self, start: int) -> re.Match[str] | None:
        code = _LETTERED.match(self._text, start)
        if code and (code["state"] or "").casefold() in _NEVER:
            return None
        return code

    def _counts(self, end: int) -> bool:
        """Whether what follows says that the digits are something else: "12345 items"."""
        word = _WORD.match(self._text, end + 1)
        return word is not None and word.group().casefold() in _COUNTED

    def _alone(self, code: re.Match[str]) -> bool:
        """Whether digits without a place behind them may be a postcode."""
        least = _SHORT if self._placed and self._kind == "space" else _LONG
        return self._free and len(code.group()) >= least

    def _plausible(self, start: int, end: int) -> bool:
        words = _WORD.findall(self._text[start:end])
        if self._coded(end):
            return True
        known = [w for w in words if self._lexicon.is_common(w)]
        if self._kind == "line" and not self._on_own_line(words, known, end):
            return False
        if len(known) == len(words) and not all(w.casefold() in _PLACE_WORDS for w in words):
            return False
        return self._free or (
            words[0][0].isupper() and (not known or bool(_SENTENCE_ENDS.match(self._text, end)))
        )

    def _on_own_line(self, words: Sequence[str], known: Sequence[str], end: int) -> bool:
        """Whether the words of a line are a place rather than a name or a new sentence."""
        if len(words) > 1 and self._lexicon.is_listed(words[0]):
            return False
        if _SENTENCE_ENDS.match(self._text, end):
            return True
        return not known and all(w[0].isupper() for w in words)

    def _coded(self, end: int) -> bool:
        """Whether a postcode follows a place."""
        separator = _SEPARATOR.match(self._text, end)
        if separator is None:
            return False
        code = _DIGITS.match(self._text, separator.end())
        return bool(self._lettered(separator.end())) or (
            code is not None and len(code.group()) >= _LONG
        )

    def _place(self, start: int, *, sure: bool = False) -> int | None:
        """Return where the words of a place that begin at `start` end.

        After a postcode they are `sure` to be one, however they are written.
        """
        end, position, count = None, start, 0
        while count < _MOST_WORDS and (word := _WORD.match(self._text, position)):
            if word.group().casefold() in _PARTICLES and count:
                fits = False
            elif not self._fits(word.group(), sure=sure and not count):
                break
            else:
                fits = True
            position = word.end()
            if fits:
                count, end = count + 1, position
            short = len(word.group()) <= 3 and _ABBREVIATED.match(self._text, position)  # noqa: PLR2004 - "St. Ives"
            between = _BETWEEN.match(self._text, position + bool(short))
            if between is None:
                break
            position = between.end()
        if end is not None and (district := _DISTRICT.match(self._text, end)):
            return district.end()
        return end

    def _fits(self, word: str, *, sure: bool) -> bool:
        folded = word.casefold()
        if folded in _NEVER:
            return False
        if word[0].isupper():
            return True
        if folded in _PLACE_WORDS:
            return True
        common = self._lexicon.is_common(word)
        return not common and (sure or not self._lexicon.is_mistyped(word))


def is_no_place(words: Sequence[str]) -> bool:
    """Whether one of the words says what else a number is: an order, a telephone, a name."""
    return any(word.casefold().strip(".,") in _NEVER for word in words)
