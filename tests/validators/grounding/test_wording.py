from policies.knowledge import Passage
from validators.grounding.align import Pool, Subject, align
from validators.grounding.passages import split
from validators.grounding.reading import Reading
from validators.grounding.wording import wording_features


def features(claim: str, page: str, question: str = "") -> dict[str, float]:
    read, asked = Reading(claim), Reading(question)
    pool = Pool(split(Passage("1", "1", "Rules", page)))
    subject = Subject(read, read, asked, Reading(""), asked)
    return wording_features(subject, pool, align(subject, pool))


def test_negation_is_a_difference_in_polarity() -> None:
    page = "Sale items can be returned."
    assert features("Sale items can be returned.", page)["polarity_best"] == 0
    assert features("Sale items cannot be returned.", page)["polarity_best"] > 0.5


def test_opposite_words_are_antonyms() -> None:
    page = "Damaged items are replaced free of charge."
    assert features("Damaged items are replaced for a fee.", page)["antonym"] > 0
    assert features("Damaged items are replaced at no charge.", page)["antonym"] == 0


def test_widening_and_certainty_are_seen() -> None:
    page = "You usually get 5 points at selected stores."
    found = features("You always get 5 points at every store.", page)
    assert found["widened"] == 1
    assert found["add_universal"] == found["drop_hedge"] == 1


def test_conditions_lost_and_added_are_seen() -> None:
    page = "Shipping is free if you are a gold member."
    assert features("Shipping is free.", page)["condition_dropped"] > 0
    assert features("Shipping is free if you are a gold member.", page)["condition_dropped"] == 0
    assert features("Shipping is free if you pay by invoice.", page)["condition_added"] > 0


def test_a_name_that_the_best_sentence_lacks_is_missing() -> None:
    page = "The Gold plan costs $9. The Silver plan is for students and teachers."
    claim = "The Gold plan is for students and teachers."
    assert features(claim, page)["name_missing"] > 0


def test_no_evidence_at_all_is_fine() -> None:
    assert features("Elephants swim.", "")["polarity_best"] == 0
