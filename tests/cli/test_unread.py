"""Lines of logs that nobody understood are counted, and shown by the doctor and by the state of the feeds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sekimori.assignments.loader import Loader
from sekimori.assignments.models import Feed
from sekimori.assignments.sources.registry import SOURCES
from sekimori.assignments.store.factory import open_store
from sekimori.cli.check_unread import last_day, unread
from sekimori.ledger.service import write
from sekimori.settings import current
from sekimori.submissions.loading import load
from sekimori.values.actors import Actor
from sekimori.values.clock import micros
from sekimori.values.loads import Tally

pytestmark = pytest.mark.django_db
BY = Actor("command", "test")
NOW = datetime(2026, 10, 2, tzinfo=UTC)
GOOD = "2026-10-01T03:00:00Z nfw nat: A VRF 0 INT 10.0.0.1 EXT 198.51.100.1:1024-1535\n"
OTHER = "2026-10-01T03:00:00Z nfw sshd[1]: Accepted publickey\n"
STRANGE = "2026-10-01T03:00:00Z nfw nat: I VRF 0 INT 10.0.0.1 EXT 198.51.100.1:1024-1535\n"


def put(tmp_path: Path, text: str, at: datetime = NOW):
    path = tmp_path / f"log{len(list(tmp_path.iterdir()))}"
    path.write_text(text)
    loader = Loader(open_store(), SOURCES["cgnat-nfware"], {}, tmp_path / "refused", lambda: micros(at))
    loader.load(path)
    done = loader.total
    write(BY, "assignments.loaded", "feed:cgnat-nfware",
          {"read": done.read, "stored": done.stored, "refused": done.refused, "ignored": done.ignored, "reasons": dict(done.reasons)}, at)


def doctor(at: datetime = NOW):
    [found] = unread(current(), at)
    return found.level, found.text


def test_a_feed_that_is_understood_is_well(tmp_path):
    put(tmp_path, GOOD + OTHER * 30)
    assert doctor()[0] == "ok"
    assert (last_day("feed:cgnat-nfware", NOW).read, last_day("feed:cgnat-nfware", NOW).ignored) == (31, 30)


def test_refused_lines_are_shown_with_their_reason_for_a_day(tmp_path):
    put(tmp_path, GOOD * 3 + STRANGE)
    assert doctor() == ("warn", "logs that are not understood: cgnat-nfware (of 4 lines 1 refused, 0 passed by: bad_line) (DATA/refused)")
    assert doctor(NOW + timedelta(hours=25))[0] == "ok"


def test_a_log_of_something_else_is_not_silence(tmp_path):
    put(tmp_path, OTHER * 20)
    assert doctor() == ("warn", "logs that are not understood: cgnat-nfware (of 20 lines 0 refused, 20 passed by)")
    assert Feed.objects.get().last_record is None


def test_mail_logs_are_counted_too(tmp_path):
    path = tmp_path / "mail.log"
    path.write_text("2026-10-01T03:00:00Z m dovecot: imap-login: Login: user=<u>, rip=gateway\n")
    load("dovecot-log", [path], lambda _: False, UTC, NOW, BY, Tally())
    assert doctor() == ("warn", "logs that are not understood: dovecot-log (of 1 lines 1 refused, 0 passed by: no_address) (DATA/refused)")


def test_a_mail_log_of_which_nothing_is_understood(tmp_path):
    path = tmp_path / "mail.log"
    path.write_text("imap login of u from 203.0.113.5\n" * 20)
    load("dovecot-log", [path], lambda _: False, UTC, NOW, BY, Tally())
    assert doctor() == ("warn", "logs that are not understood: dovecot-log (of 20 lines 0 refused, 20 passed by)")
