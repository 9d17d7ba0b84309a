from typing import Any

import pytest

from policies.errors import RequestError
from policies.text import Raw
from policies.turn import Caller
from proxy.stages.authenticate import Authenticate, KeyEntry, key_hash

NOW = 1_000.0
KEYS = [
    KeyEntry("key_1", key_hash("one"), "web", "acme"),
    KeyEntry("key_2", key_hash("two"), "app", allow_shadow=True),
    KeyEntry("key_3", key_hash("old"), "app", expires_at=NOW),
]


def stage(*keys: KeyEntry) -> Authenticate:
    return Authenticate(lambda: keys, now=lambda: NOW)


def test_a_key_is_kept_as_its_hash() -> None:
    assert key_hash("one") == key_hash("one") != key_hash("two")
    assert "one" not in key_hash("one")


def test_without_keys_everyone_is_one_bot() -> None:
    assert stage().caller(None) == stage().caller("anything") == Caller()


def test_a_key_names_its_bot() -> None:
    assert stage(*KEYS).caller("one") == Caller("web", "acme", "key_1")
    assert stage(*KEYS).caller("two").allow_shadow


@pytest.mark.parametrize("given", [None, "", "three", "old", key_hash("one"), "ön\ud800e"[:2]])
def test_strangers_and_expired_keys_are_refused(given: str | None) -> None:
    with pytest.raises(RequestError) as caught:
        stage(*KEYS).caller(given)
    assert (caught.value.status, caught.value.code) == (401, "invalid_api_key")


async def test_shadow_mode_needs_a_key_that_allows_it(make_turn: Any) -> None:
    wanted = make_turn(shadow=True)
    without = await stage(*KEYS)(wanted.but(authorization=Raw("one")))
    allowed = await stage(*KEYS)(wanted.but(authorization=Raw("two")))
    nobody = await stage()(wanted)
    assert (without.shadow, allowed.shadow, nobody.shadow) == (False, True, False)
    assert not (await stage(*KEYS)(make_turn(authorization=Raw("two")))).shadow
