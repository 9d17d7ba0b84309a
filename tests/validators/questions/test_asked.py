from dataclasses import replace

from validators.questions.asked import Asked

ASKED = Asked("how", frozenset({"change", "pin"}))


def test_equal_kinds_and_concepts_share_a_signature() -> None:
    assert ASKED.signature == replace(ASKED, past=True, things=("pin",)).signature
    assert len(ASKED.signature) == 64


def test_another_kind_or_concept_has_another() -> None:
    others = [replace(ASKED, kind="can"), replace(ASKED, concepts=frozenset({"change pin"}))]
    assert len({asked.signature for asked in [ASKED, *others]}) == 3


def test_what_was_not_understood_has_none() -> None:
    assert Asked("how", frozenset()).signature == ""
