"""The shared fixtures keep their own promises."""

from typing import Any

import pytest


def test_what_is_missing_skips_on_a_laptop(lacking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no node here"):
        lacking("no node here")


def test_what_is_missing_fails_on_ci(lacking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no node here"):
        lacking("no node here")
