from dataclasses import fields, replace

import pytest

from cache.base import CacheKey

KEY = CacheKey("acme", "p@1", "strong", "en", "{}", "customer", "returns", "bot", "s1", "how long?")


def test_equal_keys_share_a_digest() -> None:
    assert KEY.digest() == replace(KEY).digest()
    assert len(KEY.digest()) == 64


@pytest.mark.parametrize("name", [field.name for field in fields(CacheKey)])
def test_every_part_is_a_hard_part(name: str) -> None:
    assert replace(KEY, **{name: "other"}).digest() != KEY.digest()


def test_text_never_moves_from_one_part_into_the_next() -> None:
    shifted = replace(KEY, tenant="ac", policy="mep@1")
    assert shifted.digest() != KEY.digest()


def test_questions_of_one_form_share_a_digest_within_one_bucket_only() -> None:
    reworded = replace(KEY, question="for how long?", intent="delivery")
    assert reworded.form_digest("f") == KEY.form_digest("f")
    assert KEY.form_digest("f") != KEY.form_digest("g")
    hard = [f.name for f in fields(CacheKey) if f.name not in ("intent", "question")]
    others = {replace(KEY, **{name: "other"}).form_digest("f") for name in hard}
    assert len(others - {KEY.form_digest("f")}) == len(hard)


def test_a_form_is_never_taken_for_a_question() -> None:
    assert KEY.form_digest(KEY.question) != KEY.digest()
