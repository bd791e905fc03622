"""A stranger who writes our border's own words over his mail is believed at no door that faces the world."""

from dataclasses import replace

import pytest

import notices_rows as rows
from sekimori.intake.arrival import DOORS
from sekimori.intake.border import authserv_ids
from sekimori.mime import read
from sekimori.reports.sender import judge_sender
from sekimori.settings import current
from support import NOW

FORGED = read(b"Authentication-Results: mx.isp.example; dkim=pass header.d=bank.example; dmarc=pass header.from=bank.example\r\n"
              b"Received: from x by mx.isp.example\r\nFrom: abuse@bank.example\r\nSubject: x\r\n\r\nx\r\n")


def settings():
    now = current()
    return replace(now, mail=replace(now.mail, authserv_ids=("mx.isp.example",)))


@pytest.mark.django_db
@pytest.mark.parametrize(("door", "believed"), [("lmtp", True), ("imap", True), ("file", True), ("smtp", False), ("http", False), ("form", False)])
def test_results_are_believed_only_behind_the_border(door, believed):
    assert authserv_ids(door, settings()) == (("mx.isp.example",) if believed else ())
    found = judge_sender(rows.message(NOW, door=door), FORGED, settings(), NOW, None)
    assert found.result == ("pass" if believed else "none")


def test_every_door_has_been_thought_of():
    assert set(DOORS) == {"lmtp", "imap", "file", "smtp", "http", "form"}
