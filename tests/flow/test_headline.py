"""Notices to a wrong contract: none, of many planted reports (headline.py says how they are planted)."""

import importlib.util
from pathlib import Path

import pytest

import story
from sekimori.contracts.models import Contract
from sekimori.notices.models import Notice
from sekimori.settings import use

pytestmark = pytest.mark.django_db
spec = importlib.util.spec_from_file_location("headline", Path(__file__).with_name("headline.py"))
headline = importlib.util.module_from_spec(spec)
spec.loader.exec_module(headline)


@pytest.mark.slow
def test_no_notice_to_a_wrong_contract(tmp_path):
    before = story.enter(tmp_path)
    try:
        month = headline.Month(300, 300, 11)
        figures = headline.run(month)
        assert figures["planted"] == 300
        assert figures["wrong"] == figures["unfounded"] == figures["filed_wrong"] == 0, figures["examples"]
        assert figures["notices"] > 100
        # The comparison would see a wrong one: a notice moved to a member who did nothing.
        innocent = Contract.objects.exclude(key__in={who for _, who in month.truth}).first()
        notice = Notice.objects.filter(audience="member", sent_at__isnull=False).first()
        notice.case.contract = innocent
        notice.case.save()
        assert headline.audit(month)["wrong"] >= 1
    finally:
        use(before)
