"""What the words around a number say about it."""

import re

_REACH = 40
_OTHER_NUMBER = re.compile(
    r"\b(?:orders?|invoices?|tracking|track|reference|ref|tickets?|cases?|errors?|version|v|sku"
    r"|articles?|items?|parcels?|shipments?|packages?|models?|serial|part|product|transactions?"
    r"|booking|reservation|policy|claims?|code|voucher|coupon|imei|isbn|ean|barcode|locker|room"
    r"|flight|table|page|line|build|release|paid|charged|amount|total|price|cost|balance"
    r"|bestell\w*|auftrag\w*|rechnung\w*|sendung\w*|artikel\w*|kundennummer|commandes?|factures?"
    r"|colis|pedidos?|facturas?|env[ií]o|ordin[ei]|fattur[ae]|spedizion[ei]|factuur|klantnummer"
    r"|beställning\w*|ordernummer|ordren(?:umme)?r|ordre|faktur\w*|tilau\w*|lasku\w*|zam[oó]wieni[ea]"
    r"|przesyłk[ai]|encomendas?|faturas?|sipariş\w*|kargo\w*|dhl|fedex|ups|gls|dpd|evri|hermes|postnord"
    r"|customer)\b"
    r"(?:\s+(?:id|ids|no|nr|num|number|nummer|numer|código|code|is|was|of|for))*[\s.:#=-]*"
    r"(?:\w{1,4}-)?(?:[\d.-]{3,20}(?:,|\s(?:and|or|und|et|y|och|en|i))\s)?$",
    re.IGNORECASE,
)
_MONEY_BEFORE = re.compile(
    r"(?:[$€£¥]|\b(?:eur|usd|gbp|sek|nok|dkk|chf|pln|kr))\s?$", re.IGNORECASE
)
_MONEY_AFTER = re.compile(
    r"\s?(?:[$€£¥%]|(?:eur|euros?|usd|dollars?|gbp|pounds?|sek|nok|dkk|chf|pln|kr)\b)",
    re.IGNORECASE,
)


def words_before(text: str, start: int, reach: int = _REACH) -> str:
    """Return the characters right before `start`, at most `reach` of them."""
    return text[max(0, start - reach) : start]


def contradicted(text: str, start: int, end: int) -> bool:
    """Whether the number at `start:end` is said to be something else: an order, a price."""
    before = words_before(text, start)
    return bool(
        _OTHER_NUMBER.search(before)
        or _MONEY_BEFORE.search(before)
        or _MONEY_AFTER.match(text, end)
    )
