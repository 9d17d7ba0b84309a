import pytest

from policies.errors import ConfigError
from proxy.answers import build_questions
from proxy.config.model import Config
from proxy.evals.cache import Case, looked_up, parse, run, score
from proxy.evals.rows import Row


def test_a_line_is_read() -> None:
    data = {"cached": "a", "query": "b", "same": True, "kind": "paraphrase"}
    assert parse(Row("f", 1, data)) == Case("a", "b", True, "paraphrase")
    with pytest.raises(ConfigError, match="f:5: same: is required"):
        parse(Row("f", 5, {**data, "same": "yes"}))


def test_hits_help_or_harm() -> None:
    cases = [
        *[Case("a", "A", True, "case"), Case("a", "b", True, "paraphrase")],
        *[Case("c", "C", False, "case"), Case("c", "d", False)],
    ]
    result = run(cases, lambda a, b: a.casefold() == b.casefold())
    figures = result.figures
    assert figures["hit_rate"] == 0.5
    assert figures["false_hit_rate"] == 0.5
    assert 0.5 < figures["false_hit_upper_95"] < 1
    assert figures["per_kind"]["case"] == {"n": 2, "hits": 2, "hit_rate": 1.0}
    assert result.predictions[0] == {"hit": True, "score": 1.0}
    assert len(result.predictions) == 4


def test_without_different_pairs_nothing_is_known_about_false_hits() -> None:
    figures = score([Case("a", "a", True)], [True])
    assert figures["false_hit_rate"] is None
    assert figures["false_hit_upper_95"] is None


def test_what_is_measured_is_what_happens() -> None:
    same = looked_up(build_questions(Config(version=1)))
    assert same("How do I change my PIN?", "hi, how can i change the pin pls")
    assert same("\u00bfD\u00f3nde est\u00e1?", "\u00bfd\u00f3nde  est\u00e1")
    assert not same("How do I change my PIN?", "Can I change my PIN?")
    exact = looked_up(None)
    assert exact("Where is it?", "where is it")
    assert not exact("How do I change my PIN?", "hi, how can i change the pin pls")
