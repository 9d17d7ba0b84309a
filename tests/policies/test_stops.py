import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.stops import STOPS, ends_sentence


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It takes 5 days.", "Then"),
        ("Really?", "Yes"),
        ("Great!", "We"),
        ('He said "no."', "Then"),
        ("(See the page.)", "Returns"),
        ("It is **free.**", "You"),
        ("It is free.[2]", "You"),
        ("Done 👍.", "Next"),
        ("Done.👍", "Next"),
        ("Wait…", "Now"),
        ("We wait...", "Now"),
        ("Take plan B.", "The"),
        ("We ship to the U.S.", "The"),
        ("Call us before 5 p.m.", "We"),
        ("Shoes, shirts etc.", "All"),
        ("No.", "We"),
        ("wir liefern morgen.", "danach"),
        ("Es kostet 5.", "Danach"),
        ("क्या यह मुफ़्त है।", "हाँ"),
    ],
)
def test_a_sentence_ends(before: str, after: str) -> None:
    assert ends_sentence(before, after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "Then"),
        ("no stop", "Then"),
        ("Dear Mr.", "Smith"),
        ("e.g.", "Shoes"),
        ("z.B.", "Schuhe"),
        ("(cf.", "Returns"),
        ("order no.", "123"),
        ("order no.", "#123"),
        ("see p.", "12"),
        ("at 5 p.m.", "today"),
        ("at 5 p.m.", "5"),
        ("Shoes, shirts etc.", "are"),
        ("J. K.", "Rowling"),
        ("am 3.", "Mai"),
        ("approx.", "30"),
        ("the abbr.", "of"),
        ("Wait…", "now"),
        ("Well...", "maybe"),
        ('"No!"', "he"),
        ("It is 5.", ", or"),
        ("It ends.", ")"),
    ],
)
def test_a_stop_inside_a_sentence(before: str, after: str) -> None:
    assert not ends_sentence(before, after)


@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_is_judged_and_only_a_stop_ends(before: str, after: str) -> None:
    if not any(stop in before for stop in STOPS):
        assert ends_sentence(before, after) is False
    assert ends_sentence(before, after) in (True, False)


@given(st.text(alphabet="\"'*)]👍", max_size=8), st.sampled_from(".!?"))
def test_closing_marks_stay_with_their_sentence(closers: str, stop: str) -> None:
    assert ends_sentence(f"It is free{stop}{closers}", "Then")
