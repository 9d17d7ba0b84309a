import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.errors import RedactionError
from validators.base import PiiSpan, Redaction
from validators.offload import Offload
from validators.pii.actions import PersonalDataBlocked
from validators.pii.redactor import PresidioRedactor
from validators.pii.restore import restore
from validators.testing import FakeRedactor

KEY = b"0123456789abcdef"


class Words:
    """Calls every capitalised word a person, and counts the texts it was asked about."""

    def __init__(self) -> None:
        self.seen = []

    def detect(self, text: str, stop: Callable[[], bool]) -> Sequence[PiiSpan]:
        assert not stop()
        self.seen.append(text)
        spans, start = [], 0
        for word in text.split(" "):
            if word[:1].isupper():
                spans.append(PiiSpan(start, start + len(word), "PERSON", 0.8))
            start += len(word) + 1
        return spans


class Fails:
    def detect(self, text: str, stop: Callable[[], bool]) -> Sequence[PiiSpan]:
        assert not stop()
        raise ValueError(text)


class Waits:
    def __init__(self) -> None:
        self.stopped = threading.Event()

    def detect(self, text: str, stop: Callable[[], bool]) -> Sequence[PiiSpan]:
        while text and not stop():
            threading.Event().wait(0.005)
        self.stopped.set()
        return ()


class Held:
    """Finds nothing; holds long texts until it is told."""

    def __init__(self) -> None:
        self.free = threading.Event()

    def detect(self, text: str, stop: Callable[[], bool]) -> Sequence[PiiSpan]:
        while len(text) > 100 and not (stop() or self.free.wait(0.005)):
            pass
        return ()


@pytest.fixture
def offload() -> Iterator[Offload]:
    pool = Offload()
    yield pool
    pool.close()


async def redact(
    redactor: PresidioRedactor, *texts: str, tenant: str = "shop", conversation: str | None = "c"
) -> Redaction:
    return await redactor.redact(texts, tenant=tenant, conversation_id=conversation)


async def test_texts_share_placeholders_and_can_be_restored(offload: Offload) -> None:
    texts = ("hello Ada", "Ada and Bo", "")
    result = await redact(PresidioRedactor(Words(), KEY, offload), *texts)
    assert result.spans[0][0].placeholder == result.spans[1][0].placeholder
    assert "Ada" not in "".join(result.texts)
    assert tuple(restore(t, result.vault) for t in result.texts) == texts
    assert result.entities == {"PERSON": 3}


async def test_an_unchanged_text_is_analysed_once(offload: Offload) -> None:
    words = Words()
    redactor = PresidioRedactor(words, KEY, offload)
    first = await redact(redactor, "hello Ada")
    second = await redact(redactor, "hello Ada", "bye Bo")
    assert words.seen == ["hello Ada", "bye Bo"]
    assert second.texts[0] == first.texts[0]


async def test_the_memory_is_bounded(offload: Offload) -> None:
    words = Words()
    redactor = PresidioRedactor(words, KEY, offload, memory=2)
    await redact(redactor, "a", "b", "c")
    await redact(redactor, "c", "a")
    assert words.seen == ["a", "b", "c", "a"]


async def test_typed_placeholders_are_never_restored_as_a_value(offload: Offload) -> None:
    redactor = PresidioRedactor(Words(), KEY, offload)
    token = (await redact(redactor, "Ada")).spans[0][0].placeholder
    for typed in (token, token.lower(), token[1:-1], f"<{token[1:-1]}>"):
        text = f"Ada says {typed}"
        result = await redact(redactor, text)
        assert result.texts[0].count(token) == 1
        assert restore(result.texts[0], result.vault) == text


async def test_an_error_names_no_text(offload: Offload) -> None:
    with pytest.raises(RedactionError) as caught:
        await redact(PresidioRedactor(Fails(), KEY, offload), "secret words")
    assert str(caught.value) == "redaction failed: ValueError"
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


async def test_a_slow_detector_is_given_up_and_told_to_stop(offload: Offload) -> None:
    slow = Waits()
    with pytest.raises(RedactionError, match="did not finish"):
        await redact(PresidioRedactor(slow, KEY, offload, timeout_s=0.02), "text")
    assert await asyncio.to_thread(slow.stopped.wait, 5)


async def test_a_short_key_is_refused(offload: Offload) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        PresidioRedactor(Words(), b"short", offload)


@settings(max_examples=60)
@given(
    st.lists(st.text(alphabet=st.characters() | st.sampled_from("AB [_]"), max_size=30), max_size=4)
)
def test_any_texts_come_back_as_they_were(texts: list[str]) -> None:
    async def check() -> None:
        fake = FakeRedactor({"A": "PERSON", "B": "CREDIT_CARD"})
        result = await fake.redact(texts, tenant="t", conversation_id=None)
        assert [restore(t, result.vault) for t in result.texts] == texts

    asyncio.run(check())


async def test_the_fake_replaces_exactly_its_values_and_can_fail() -> None:
    result = await FakeRedactor({"Ada": "PERSON"}).redact(
        ["Ada met Bo"], tenant="t", conversation_id=None
    )
    assert result.texts[0].endswith(" met Bo")
    assert list(result.vault.values()) == ["Ada"]
    with pytest.raises(RedactionError):
        await FakeRedactor({}, fails=True).redact(["x"], tenant="t", conversation_id=None)


async def test_types_may_be_let_through_counted_or_blocked(offload: Offload) -> None:
    for action, kept, counts in (
        ("allow", True, {}),
        ("only-log", True, {"PERSON": 1}),
        ("redact", False, {"PERSON": 1}),
    ):
        redactor = PresidioRedactor(Words(), KEY, offload, actions={"PERSON": action})
        result = await redact(redactor, "hello Ada")
        assert ("Ada" in result.texts[0]) is kept
        assert result.entities == counts
        assert ("Ada" in result.vault.values()) is not kept
    redactor = PresidioRedactor(Words(), KEY, offload, actions={"PERSON": "block"})
    with pytest.raises(PersonalDataBlocked, match="PERSON") as caught:
        await redact(redactor, "hello Ada")
    assert "Ada" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert (await redact(redactor, "hello")).texts == ("hello",)


async def test_typed_placeholders_are_escaped_whatever_is_let_through(offload: Offload) -> None:
    redactor = PresidioRedactor(Words(), KEY, offload, actions={"*": "allow"})
    result = await redact(redactor, "say [PERSON_k7q2]")
    assert "[PERSON_k7q2]" not in result.texts[0]
    assert restore(result.texts[0], result.vault) == "say [PERSON_k7q2]"


async def test_ten_thousand_values_have_ten_thousand_placeholders(offload: Offload) -> None:
    text = " ".join(f"N{n}" for n in range(10_000))
    result = await redact(PresidioRedactor(Words(), KEY, offload), text)
    assert len(result.vault) == 10_000
    assert restore(result.texts[0], result.vault) == text


async def test_a_value_keeps_the_placeholder_of_an_earlier_turn(offload: Offload) -> None:
    redactor = PresidioRedactor(Words(), KEY, offload)
    first = await redact(redactor, "hello Ada")
    [name] = first.vault
    known = {name: "Someone Else"}
    second = await redactor.redact(["hello Ada"], tenant="shop", conversation_id="c", known=known)
    assert name not in second.texts[0]
    third = await redactor.redact(
        ["hello Ada"], tenant="shop", conversation_id="c", known=second.vault
    )
    assert third.texts == second.texts


class Said:
    """Finds the words behind `I am `, as a detector that needs context does."""

    def detect(self, text: str, stop: Callable[[], bool]) -> Sequence[PiiSpan]:
        assert not stop()
        start = text.find("I am ") + 5
        return [PiiSpan(start, len(text), "PERSON", 0.8)] if start > 4 else []


async def test_what_was_found_once_is_found_in_every_text_and_turn(offload: Offload) -> None:
    redactor = PresidioRedactor(Said(), KEY, offload)
    first = await redact(redactor, "I am ada byron", "hello Ada Byron!")
    [name] = first.vault
    assert first.texts == (f"I am {name}", f"hello {name}!")
    later = await redactor.redact(
        ["bye Ada Byron"], tenant="shop", conversation_id="c", known=first.vault
    )
    assert later.texts == (f"bye {name}",)
    assert dict(later.vault) == {name: "ada byron"}


async def test_texts_that_are_read_together_hide_what_is_split(offload: Offload) -> None:
    redactor = PresidioRedactor(Said(), KEY, offload)
    done = await redactor.redact(
        ["I a", "m Ada Byron", "x"], tenant="t", conversation_id=None, together=[[0, 1]]
    )
    [name] = done.vault
    assert done.texts == ("I a", f"m {name}", "x")


async def test_a_tenant_may_treat_types_in_its_own_way(offload: Offload) -> None:
    redactor = PresidioRedactor(
        Words(), KEY, offload, actions={"*": "only-log"}, tenants={"strict": {"PERSON": "redact"}}
    )
    assert (await redact(redactor, "Ada", tenant="shop")).texts == ("Ada",)
    assert (await redact(redactor, "Ada", tenant="strict")).texts != ("Ada",)
    with pytest.raises(ValueError, match="PERSONS"):
        PresidioRedactor(Words(), KEY, offload, tenants={"x": {"PERSONS": "allow"}})


async def test_short_messages_do_not_wait_behind_long_ones(offload: Offload) -> None:
    long_texts = Offload(1)
    held = Held()
    redactor = PresidioRedactor(held, KEY, offload, long_texts=long_texts)
    waiting = [asyncio.create_task(redact(redactor, "x" * 20_001 + str(n))) for n in range(4)]
    try:
        await asyncio.wait_for(redact(redactor, "hello"), 20)
        assert not any(task.done() for task in waiting)
    finally:
        held.free.set()
        await asyncio.gather(*waiting)
        long_texts.close()


async def test_a_long_text_that_was_seen_before_needs_no_lane_of_its_own(offload: Offload) -> None:
    long_texts = Offload(1)
    redactor = PresidioRedactor(Words(), KEY, offload, long_texts=long_texts)
    long = "x" * 20_001
    first = await redact(redactor, long)
    long_texts.close()
    assert (await redact(redactor, long)).texts == first.texts
    with pytest.raises(RedactionError):
        await redact(redactor, long + "y")


async def test_what_was_found_under_another_allow_list_does_not_count(offload: Offload) -> None:
    words, revision = Words(), ["1"]
    redactor = PresidioRedactor(words, KEY, offload, revision=lambda: revision[0])
    await redact(redactor, "a")
    await redact(redactor, "a")
    revision[0] = "2"
    await redact(redactor, "a")
    assert words.seen == ["a", "a"]
