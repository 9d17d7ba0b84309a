from validators.pii.detect import PresidioDetector
from validators.pii.live import LiveDetector

TEXT = "is the Tessa Lund in stock"


class Pages:
    """Names of products, as a knowledge base tells them, and how often it was asked."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.revision = "1"
        self.asked = 0

    def vocabulary(self) -> set[str]:
        self.asked += 1
        return self.names


def test_names_of_changed_pages_are_allowed_at_once_and_others_no_more() -> None:
    pages = Pages()
    detector = PresidioDetector(allowed=["Nordlys"], entities=["PERSON"], ner=False)
    live = LiveDetector(detector, pages.vocabulary, lambda: pages.revision)
    assert [TEXT[s.start : s.end] for s in live.detect(TEXT)] == ["Tessa Lund"]
    pages.names, pages.revision = {"Tessa Lund"}, "2"
    assert not live.detect(TEXT)
    assert not live.detect("Nordlys")
    pages.names, pages.revision = {"Anna Plank"}, "3"
    assert live.detect(TEXT)


def test_the_vocabulary_is_read_once_per_revision() -> None:
    pages = Pages()
    detector = PresidioDetector(entities=["PERSON"], ner=False)
    live = LiveDetector(detector, pages.vocabulary, lambda: pages.revision)
    for _ in range(3):
        live.detect(TEXT)
    assert pages.asked == 1
