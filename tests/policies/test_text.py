import copy
import dataclasses
import json
import logging
import pickle  # noqa: TID251 - the test is that it refuses
import traceback
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text import Raw
from policies.turn import Vault

SECRET = "jane.doe@example.com"
RAW = Raw({"messages": [{"role": "user", "content": SECRET}]})
VAULT = Vault({"[EMAIL_ADDRESS_k7q2]": SECRET})


@pytest.mark.parametrize("value", [RAW, VAULT, [RAW, VAULT], {"k": RAW, "v": VAULT}])
def test_showing_it_shows_nothing(value: Any) -> None:
    shown = [repr(value), str(value), f"{value}", "%s %r" % (value, value), "{!r}".format(value)]  # noqa: UP031, UP032 - every way to format
    assert not [text for text in shown if SECRET in text]


@pytest.mark.parametrize("value", [RAW, VAULT])
@pytest.mark.parametrize("write", [json.dumps, orjson.dumps])
def test_it_is_no_json(value: Any, write: Any) -> None:
    with pytest.raises(TypeError) as raised:
        write(value)
    assert SECRET not in str(raised.value)


def test_raw_is_not_text() -> None:
    raw: Any = Raw(SECRET)
    values = [raw, raw]
    assert not isinstance(raw, str)
    with pytest.raises(TypeError):
        "-".join(values)
    with pytest.raises(TypeError):
        raw + ""
    with pytest.raises(TypeError):
        f"{raw:>40}"


@pytest.mark.parametrize("copied", [pickle.dumps, copy.copy, copy.deepcopy])
def test_raw_is_not_copied_out(copied: Any) -> None:
    with pytest.raises(TypeError, match="pickled") as raised:
        copied(RAW)
    assert SECRET not in "".join(traceback.format_exception(raised.value))


def test_a_turn_shows_neither(make: Any) -> None:
    turn = make.turn(received=RAW, authorization=Raw("hk_secret"), vault=VAULT)
    for shown in (repr(turn), str(turn), f"{turn}"):
        assert SECRET not in shown
        assert "hk_secret" not in shown
    with pytest.raises(TypeError):
        dataclasses.asdict(turn)


def test_a_log_line_shows_neither(make: Any, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("%s %r", make.turn(received=RAW, vault=VAULT), [RAW, VAULT])
    assert caplog.text
    assert SECRET not in caplog.text


@given(st.none() | st.text() | st.integers() | st.lists(st.text()))
def test_what_was_put_in_comes_out(value: Any) -> None:
    raw = Raw(value)
    assert raw.reveal() is value
    assert repr(raw) == f"Raw(<{type(value).__name__}>)"
