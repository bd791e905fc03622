"""What the desk sends is known again when it comes back; the same letter with other words is not."""

from dataclasses import replace

import pytest

import notices_rows as rows
from sekimori.intake import rules
from sekimori.intake.ours import Ours
from sekimori.mime import read
from sekimori.notices.senders.mail import octets
from sekimori.settings import current
from support import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/replies").write_bytes(b"k" * 50)
    return replace(current(), data=tmp_path)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_notice_come_back_is_put_aside_and_a_changed_one_is_read(settings, language):
    case = rows.case(NOW, holder=rows.contract(language=language))
    raw = octets(rows.notice_for(case, NOW), settings)
    ours, to = Ours.of(settings), (settings.abuse_address,)
    for returned in (raw, raw.replace(b"\r\n", b"\n"), b"Received: from gateway.example by mx.isp.example\r\n" + raw):
        got = rules.route(read(returned), "somebody@example.com", to, ours)
        assert (got.route, got.auto) == ("loop", "own")
    head, _, _ = raw.partition(b"\r\n\r\n")
    phish = head.replace(b"base64", b"7bit") + b"\r\n\r\nPay here: http://phish.example/\r\n"
    got = rules.route(read(phish), "somebody@example.com", to, ours)
    assert (got.route, got.auto) == ("report", "own")
