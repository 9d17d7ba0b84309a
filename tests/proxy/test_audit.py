from hypothesis import given
from hypothesis import strategies as st

from proxy.audit import MAX_DETAIL, MAX_NAME, Entry, cleaned


@given(st.text(), st.text(), st.text(), st.dictionaries(st.text(), st.text(), max_size=3))
def test_an_entry_is_one_short_printable_line(
    actor: str, action: str, target: str, detail: dict[str, str]
) -> None:
    entry = cleaned(Entry(actor, action, target, detail))
    texts = [entry.actor, entry.action, entry.target, *entry.detail, *entry.detail.values()]
    assert all(ord(c) >= 0x20 and c != "\x7f" for text in texts for c in text)
    assert max(map(len, [entry.actor, entry.action, entry.target])) <= MAX_NAME
    assert all(len(value) <= MAX_DETAIL for value in entry.detail.values())


def test_numbers_stay_numbers_and_nobody_is_unknown() -> None:
    entry = cleaned(Entry(" ", "a", "t", {"n": 3, "yes": True, "none": None, "x": "a\r\nb"}))
    assert entry == Entry("unknown", "a", "t", {"n": 3, "yes": True, "none": None, "x": "a b"})
