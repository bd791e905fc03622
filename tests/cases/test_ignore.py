"""What an ignore rule would have matched: counted before it is added."""

from datetime import timedelta

import pytest

from notices_rows import case, finding, report
from sekimori.cases import ignore
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Refused

pytestmark = pytest.mark.django_db
BY = Actor("officer", "sato")


def test_a_preview_counts_what_the_rule_would_keep_out(now):
    rep = report(now, domain="feed.example")
    for address in ("198.18.0.7", "198.18.0.8", "198.18.1.1"):
        finding(now, rep, source_ip=address)
    finding(now, rep, source_ip="198.18.0.9", category="connection", type_="ddos")
    finding(now, report(now, domain="other.example"), source_ip="198.18.0.10")
    finding(now, report(now - timedelta(days=31), domain="feed.example"), source_ip="198.18.0.11")
    finding(now, rep, source_ip="")
    since = now - timedelta(days=30)
    would = ignore.would_match(ignore.stated("198.18.0.0/24", "feed.example", "messaging"), since)
    assert (would.findings, dict(would.categories), would.cases, would.whole) == (2, {"messaging/spam": 2}, 0, True)
    assert ignore.would_match(ignore.stated("198.18.0.0/24", "", ""), since).findings == 4
    assert ignore.would_match(ignore.stated("", "feed.example", ""), since).findings == 5
    assert ignore.would_match(ignore.stated("", "feed.example", "connection/ddos"), since).findings == 1
    assert ignore.would_match(ignore.stated("2001:db8::/32", "", ""), since).findings == 0


def test_a_preview_says_in_how_many_cases_they_stand_and_where_it_stopped(now, monkeypatch):
    case(now, findings=3)
    monkeypatch.setattr(ignore, "MOST_LOOKED_AT", 2)
    would = ignore.would_match(ignore.stated("198.18.0.0/24", "", ""), now - timedelta(days=30))
    assert (would.looked_at, would.findings, would.whole, would.cases) == (2, 2, False, 1)


@pytest.mark.parametrize(("prefix", "reporter", "code"), [("", "", "empty"), ("198.18.0.1/24", "", "prefix"), ("no", "", "prefix"), ("", "", "empty")])
def test_a_rule_that_says_nothing_is_refused(prefix, reporter, code):
    with pytest.raises(Refused, match=code):
        ignore.stated(prefix, reporter, "messaging")
