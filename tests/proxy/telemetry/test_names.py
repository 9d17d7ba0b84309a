import re

from proxy.telemetry import names

CONSTANTS = {
    name: value for name, value in vars(names).items() if name.isupper() and type(value) is str
}


def test_no_name_stands_twice() -> None:
    values = list(CONSTANTS.values())
    assert len(set(values)) == len(values)


def test_every_metric_has_a_unit_and_a_meaning() -> None:
    for name, metric in names.METRICS.items():
        assert name in CONSTANTS.values()
        assert metric.unit
        assert metric.description
        assert list(metric.buckets) == sorted(set(metric.buckets))


def test_durations_are_histograms_in_seconds() -> None:
    for name, metric in names.METRICS.items():
        if re.search(r"duration|time_to", name):
            assert metric.unit == "s"
            assert metric.buckets
