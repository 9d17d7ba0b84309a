from validators.knowledge.lint.deadline import Deadline


def test_passes_after_its_seconds_and_remembers() -> None:
    now = [0.0]
    deadline = Deadline(2.0, lambda: now[0])
    assert not deadline.passed()
    now[0] = 2.5
    assert deadline.passed()
    assert deadline.hit


def test_without_seconds_it_never_passes() -> None:
    now = [0.0]
    deadline = Deadline(None, lambda: now[0])
    now[0] = 1e9
    assert not deadline.passed()
