"""How many groups wait for reading: linked by sender, or by address and category."""

import pytest

import story
from sekimori.enforcement import queue

pytestmark = pytest.mark.django_db


def unread(minute, sender, address, category="connection/login_attack"):
    """An authenticated report about a shared address without its port: nobody can be named."""
    return {"at": story.at(2, f"10:{minute:02d}"), "event": "report", "make": {
        "format": "xarf4", "reporter": sender, "authenticated": True, "category": category, "source_ip": address, "time": story.at(2, "09:30")}}


SHARED = {"at": story.at(1, "08:00"), "event": "network", "prefix": "203.0.113.0/24", "kind": "cgnat"}


@pytest.mark.parametrize(("reports", "groups", "items"), [
    ([unread(0, "x@a.example", "203.0.113.9"), unread(1, "x@b.example", "203.0.113.9")], 1, 1),
    ([unread(0, "x@a.example", "203.0.113.9"), unread(1, "x@a.example", "203.0.113.10")], 1, 2),
    ([unread(0, "x@a.example", "203.0.113.9"), unread(1, "x@b.example", "203.0.113.10")], 2, 2),
    ([unread(0, "x@a.example", "203.0.113.9"), unread(1, "x@b.example", "203.0.113.9", "connection/port_scan")], 2, 2),
    ([unread(0, "x@a.example", "203.0.113.9"), unread(1, "x@b.example", "203.0.113.10"), unread(2, "x@a.example", "203.0.113.10", "connection/ddos"),
      unread(3, "x@b.example", "203.0.113.10", "connection/ddos")], 1, 3),
])
def test_groups(folder, reports, groups, items):
    story.tell(folder, [SHARED, *reports])
    assert queue.review_groups() == groups
    assert len([i for i in queue.items() if i.kind == "review"]) == items
    assert queue.count() == groups
