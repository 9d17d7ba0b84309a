from validators.knowledge.lint.report import Place, Remark, RemarkKind, Report


def test_counts_by_kind() -> None:
    place = Place("p", "T")
    remarks = [Remark(RemarkKind.SCOPE, 0.5, "m", (place,))] * 2
    report = Report((*remarks, Remark(RemarkKind.DUPLICATE, 0.9, "m", (place, place))))
    assert report.count(RemarkKind.SCOPE) == 2
    assert report.count(RemarkKind.CONTRADICTION) == 0
