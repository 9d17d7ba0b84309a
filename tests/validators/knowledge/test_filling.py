import gc
import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import numpy as np
import pytest

from tests.validators.knowledge.conftest import WORDS_DIMENSIONS, WordsEncoder
from validators.knowledge.encoders import Model
from validators.knowledge.filling import Filling
from validators.knowledge.knowledge import LexicalKnowledge
from validators.knowledge.page import Block, Page

PATIENCE_S = 30


def snapshot(*texts: str) -> LexicalKnowledge:
    return LexicalKnowledge(
        [Page(id=f"{n}", title="", blocks=(Block((), text),)) for n, text in enumerate(texts)]
    )


class Lab:
    """A filling over a stand-in encoder."""

    def __init__(self, folder: Path | None, encoder: WordsEncoder) -> None:
        self.encoder = encoder
        self.filling = Filling(folder, self.choose)

    def choose(self, passages: int) -> Model:
        del passages
        return Model("words", WORDS_DIMENSIONS, lambda: self.encoder)

    def fill(self, pages: LexicalKnowledge) -> list[str]:
        """Fill to the end; return what was encoded for it."""
        before = len(self.encoder.encoded)
        self.filling.want(pages)
        assert self.filling.wait(PATIENCE_S)
        return self.encoder.encoded[before:]


@pytest.fixture
def lab(tmp_path: Path, words_encoder: WordsEncoder) -> Iterator[Lab]:
    made = Lab(tmp_path, words_encoder)
    yield made
    words_encoder.gate.set()
    made.filling.close()


def test_meaning_follows_the_words(lab: Lab) -> None:
    lab.encoder.gate.clear()
    pages = snapshot("A refund takes days.", "Our shop opens at nine.")
    lab.filling.want(pages)
    assert lab.filling.ready(pages) is None
    assert lab.filling.state(pages) == "lexical (dense: 0% encoded)"
    assert not lab.filling.wait(0)
    lab.encoder.gate.set()
    assert lab.filling.wait(PATIENCE_S)
    hybrid = lab.filling.ready(pages)
    assert hybrid is not None
    assert [p.source_id for p in hybrid.search("cash cash")] == ["0"]
    assert lab.filling.state(pages) == "lexical and dense (words)"


def test_only_what_changed_is_encoded_again(lab: Lab) -> None:
    assert lab.fill(snapshot("One.", "Two.")) == ["One.", "Two."]
    assert lab.fill(snapshot("One.", "Three.", "Two.")) == ["Three."]


def test_a_restart_encodes_nothing(lab: Lab, tmp_path: Path) -> None:
    pages = snapshot("A refund takes days.", "Two.")
    lab.fill(pages)
    files = list(tmp_path.iterdir())
    assert [(f.name, f.stat().st_mode & 0o777) for f in files] == [("vectors-words.npz", 0o600)]
    again = Lab(tmp_path, WordsEncoder())
    assert again.fill(pages) == []
    first, second = lab.filling.ready(pages), again.filling.ready(pages)
    assert first is not None
    assert second is not None
    assert np.array_equal(first.index.rows, second.index.rows)


def test_the_file_forgets_pages_that_are_gone(lab: Lab) -> None:
    lab.fill(snapshot("One.", "Two."))
    lab.fill(snapshot("Two."))
    assert lab.fill(snapshot("One.", "Two.")) == ["One."]


def test_a_damaged_file_is_made_anew(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "vectors-words.npz").write_bytes(b"PK\x03\x04 nothing of use")
    assert lab.fill(snapshot("One.")) == ["One."]
    assert Lab(tmp_path, WordsEncoder()).fill(snapshot("One.")) == []


def test_passages_of_many_windows_find_room(lab: Lab) -> None:
    text = " ".join(f"Fact{n} {'word ' * 16}end." for n in range(10))
    pages = snapshot(*[text] * 20)
    lab.fill(pages)
    hybrid = lab.filling.ready(pages)
    assert hybrid is not None
    assert len(hybrid.index.rows) == len(pages) * 9 == 180
    assert np.array_equal(hybrid.index.rows[:9], hybrid.index.rows[-9:])


def test_without_a_folder_nothing_is_kept(words_encoder: WordsEncoder) -> None:
    lab = Lab(None, words_encoder)
    assert lab.fill(snapshot("One.")) == ["One."]
    assert lab.fill(snapshot("One.", "Two.")) == ["One.", "Two."]


def test_equal_content_is_not_encoded_twice(words_encoder: WordsEncoder) -> None:
    lab = Lab(None, words_encoder)
    first, second = snapshot("One."), snapshot("One.")
    lab.fill(first)
    assert lab.fill(second) == []
    hybrid = lab.filling.ready(second)
    assert hybrid is not None
    assert hybrid.base is second


def test_the_latest_pages_come_first(lab: Lab) -> None:
    lab.encoder.gate.clear()
    old, new = snapshot(*(f"Old {n}." for n in range(100))), snapshot("New.")
    lab.filling.want(old)
    lab.filling.want(new)
    lab.encoder.gate.set()
    assert lab.filling.wait(PATIENCE_S)
    assert lab.filling.ready(new) is not None
    assert lab.filling.ready(old) is not None
    assert lab.encoder.encoded.index("New.") < lab.encoder.encoded.index("Old 99.")


def test_snapshots_out_of_use_are_let_go(lab: Lab) -> None:
    pages = snapshot("One.")
    lab.fill(pages)
    gone = ref(pages)
    del pages
    gc.collect()
    assert gone() is None


def test_closing_stops_the_work_and_keeps_what_is_done(tmp_path: Path) -> None:
    lab = Lab(tmp_path, WordsEncoder())
    lab.encoder.gate.clear()
    lab.filling.want(pages := snapshot(*(f"Text {n}." for n in range(1000))))
    threading.Timer(0.05, lab.encoder.gate.set).start()
    lab.filling.close()
    assert lab.filling.ready(pages) is None
    done = len(lab.encoder.encoded)
    assert done < 1000
    again = Lab(tmp_path, WordsEncoder())
    assert len(again.fill(pages)) == 1000 - done
    lab.filling.want(pages)
    assert lab.filling.wait(0)


def test_an_encoder_that_fails_leaves_the_words(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(WordsEncoder):
        def encode(self, texts: object) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
            raise ValueError(texts)

    lab = Lab(tmp_path, Broken())
    pages = snapshot("A secret page.")
    with caplog.at_level(logging.ERROR, "handrail.knowledge"):
        lab.fill(pages)
    assert lab.filling.ready(pages) is None
    assert lab.filling.state(pages) == "lexical (encoding failed: see the log)"
    assert "ValueError" in caplog.text
    assert "secret" not in caplog.text
    lab.encoder = WordsEncoder()


def test_a_folder_that_cannot_be_written_costs_only_the_keeping(
    tmp_path: Path, words_encoder: WordsEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    lab = Lab(tmp_path / "missing", words_encoder)
    pages = snapshot("One.")
    with caplog.at_level(logging.WARNING, "handrail.knowledge"):
        lab.fill(pages)
    assert lab.filling.ready(pages) is not None
    assert "can't be kept" in caplog.text


def test_an_empty_base_is_ready(lab: Lab) -> None:
    pages = snapshot()
    assert lab.fill(pages) == []
    hybrid = lab.filling.ready(pages)
    assert hybrid is not None
    assert hybrid.search("refund") == ()
