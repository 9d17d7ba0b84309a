import pytest

from proxy.evals.kinds import GROUPS, canonical, group_of


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("date_or_deadline", "date"),
        ("invented_benefit", "invented"),
        ("merged_facts", "merged"),
        ("number", "number"),
        ("something new", "something new"),
    ],
)
def test_one_name_per_kind(written: str, name: str) -> None:
    assert canonical(written) == name


def test_every_kind_is_in_one_group() -> None:
    kinds = [kind for group in GROUPS.values() for kind in group]
    assert len(kinds) == len(set(kinds))
    assert all(group_of(kind) == name for name, group in GROUPS.items() for kind in group)
    assert group_of("merged_facts") == "conditions"
    assert group_of("modality") is None
