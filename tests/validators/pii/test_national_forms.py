import re

import pytest

from validators.pii.checksums import CHECKS
from validators.pii.national_forms import ALL_MARKETS, FORMS

WITHOUT_CHECK_DIGIT = {"UK_NINO"}


def test_every_form_has_a_check_and_a_market() -> None:
    assert {form.type for form in FORMS} - set(CHECKS) == WITHOUT_CHECK_DIGIT
    assert {form.market.upper() for form in FORMS} <= set(ALL_MARKETS)


def test_markets_are_iso_codes_once_each() -> None:
    assert all(re.fullmatch("[A-Z]{2}", market) for market in ALL_MARKETS)
    assert len(ALL_MARKETS) == len(set(ALL_MARKETS))


@pytest.mark.parametrize("market", ["SE", "FI", "NO", "DK", "NL", "BE", "DE", "AT", "FR", "ES"])
def test_the_markets_that_were_promised_first_are_there(market: str) -> None:
    assert any(form.market.upper() == market for form in FORMS)
