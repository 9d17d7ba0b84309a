from policies.knowledge import Passage
from proxy.cli.lint import lint_pages

FACT = "You can return an unused product within 30 days of delivery."


def page(name: str, *texts: str, **scope: str) -> list[Passage]:
    return [Passage(f"{name}#{n}", name, name, t, scope=scope) for n, t in enumerate(texts)]


def kinds(*pages: list[Passage]) -> list[tuple[str, str]]:
    named = {p[0].source_id: p for p in pages}
    return [(r.page, r.kind) for r in lint_pages(named)]


def test_pages_that_state_nothing() -> None:
    assert kinds(page("a", FACT), page("b", "See below.")) == [("b", "no_facts")]
    assert [r.kind for r in lint_pages({"c": []})] == ["no_text"]
    assert kinds(page("d", "…")) == [("d", "no_text")]


def test_the_same_words_on_two_pages() -> None:
    shouted = FACT.upper().replace(".", "!")
    assert kinds(page("a", FACT), page("b", shouted)) == [("b", "duplicate")]


def test_what_is_no_duplicate() -> None:
    assert kinds(page("a", FACT, FACT)) == []
    assert kinds(page("a", FACT, market="DE"), page("b", FACT, market="SE")) == []
    assert kinds(page("a", FACT), page("b", FACT.replace("30", "60"))) == []
