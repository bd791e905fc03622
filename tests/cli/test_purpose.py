"""No reading without a case or report that exists and a basis of the closed list."""

from dataclasses import replace

import click
import pytest

import notices_rows as rows
from sekimori.cli.purpose import actor, purpose
from sekimori.reports.models import Report
from sekimori.settings import current, use
from sekimori.values.basis import Basis, Purpose
from support import NOW

pytestmark = pytest.mark.django_db


def ask(case=None, report=None, synthetic=False, basis=None):
    return purpose(case=case, report=report, synthetic=synthetic, basis=basis)


def test_a_case_or_report_that_exists_with_a_basis():
    case = rows.case(NOW)
    report = Report.objects.first()
    assert ask(case=case.ref, basis="WARRANT") == Purpose(f"case:{case.ref}", Basis.WARRANT)
    assert ask(report=str(report.pk), basis="LEGIT_BUSINESS") == Purpose(f"report:{report.pk}", Basis.LEGIT_BUSINESS)


@pytest.mark.parametrize("wrong", [
    {"case": "K-XXXX", "basis": "WARRANT"}, {"report": "999999", "basis": "WARRANT"}, {"report": "1 OR 1=1", "basis": "WARRANT"}, {"report": "9" * 30, "basis": "WARRANT"},
    {"case": "REF"}, {"case": "REF", "basis": "warrant"}, {"case": "REF", "basis": "SYNTHETIC"}, {"basis": "WARRANT"}, {"synthetic": True}])
def test_everything_else_is_refused_in_one_line(wrong):
    case = rows.case(NOW)
    asked = {k: case.ref if v == "REF" else v for k, v in wrong.items()}
    with pytest.raises(click.ClickException) as refused:
        ask(**asked)
    assert "\n" not in refused.value.format_message()


def test_synthetic_only_in_a_synthetic_folder():
    before = current()
    use(replace(before, synthetic=True))
    try:
        assert ask(synthetic=True) == ask(synthetic=True, basis="SYNTHETIC") == Purpose("synthetic", Basis.SYNTHETIC)
        with pytest.raises(click.ClickException):
            ask(synthetic=True, basis="WARRANT")
    finally:
        use(before)


def test_the_actor_is_a_number_not_a_name():
    assert str(actor()).startswith("command:uid")
