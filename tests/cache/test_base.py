from dataclasses import fields, replace

import pytest

from cache.base import CacheKey

KEY = CacheKey("acme", "p@1", "k1", "en", "{}", "returns", "bot", "s1", "how long?")


def test_equal_keys_share_a_digest() -> None:
    assert KEY.digest() == replace(KEY).digest()
    assert len(KEY.digest()) == 64


@pytest.mark.parametrize("name", [field.name for field in fields(CacheKey)])
def test_every_part_is_a_hard_part(name: str) -> None:
    assert replace(KEY, **{name: "other"}).digest() != KEY.digest()


def test_text_never_moves_from_one_part_into_the_next() -> None:
    shifted = replace(KEY, tenant="ac", policy="mep@1")
    assert shifted.digest() != KEY.digest()
