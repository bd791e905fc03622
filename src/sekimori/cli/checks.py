"""What `sekimori doctor` looks at: each check is a function that returns findings; a package adds its own to CHECKS."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator
from datetime import datetime

from sekimori.cli.check_countries import countries
from sekimori.cli.check_tags import tags
from sekimori.cli.check_texts import texts
from sekimori.cli.check_unread import unread
from sekimori.cli.finding import Finding, Level
from sekimori.settings import Settings

PYTHON_MIN = (3, 11, 9)
"""Below: known holes in the standard library's mail and zip code (CVE-2023-27043, CVE-2024-0450). Ours do not lean on it."""
FREE_WARN = 1_000_000_000
OLDEST_WARN_S = 3600
BACKUP_WARN_DAYS = 2
EVIDENCE_SAMPLE = 200


def python(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The interpreter's patch level."""
    have = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < PYTHON_MIN:
        yield Finding("python.old", "warn", f"Python {have}: update to {'.'.join(map(str, PYTHON_MIN))} or later (holes in its mail and zip code)")
    else:
        yield Finding("python.version", "ok", f"Python {have}")


def folder(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Who may read the data folder and the keys; free space; the disk's own pace."""
    from sekimori.evidence.durable import free_bytes, sync_rate

    mode = stat.S_IMODE(settings.data.stat().st_mode)
    yield Finding("folder.mode", "fail" if mode & 0o077 else "ok", f"{settings.data} has mode {mode:04o}")
    loose = [p.name for p in (settings.data / "keys").iterdir() if p.stat().st_mode & 0o077]
    yield Finding("keys.mode", "fail" if loose else "ok", f"keys readable by others: {', '.join(loose)}" if loose else "keys are private")
    free = free_bytes(settings.data)
    level: Level = "fail" if free < settings.mail.min_free_bytes else "warn" if free < FREE_WARN else "ok"
    yield Finding("disk.free", level, f"{free / 1e9:.1f} GB free (intake stops below {settings.mail.min_free_bytes / 1e6:.0f} MB)")
    yield Finding("disk.sync", "ok", f"{sync_rate(settings.data):.0f} fdatasync a second")
    files = os.statvfs(settings.data)
    if files.f_files and files.f_favail < 10_000:
        yield Finding("disk.inodes", "warn", f"only {files.f_favail} files may still be made on this disk")


def database(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Schema, durability, triggers."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from sekimori.evidence import durable
    from sekimori.ledger.triggers import present

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    yield Finding("database.schema", "fail" if plan else "ok", f"{len(plan)} migrations are outstanding" if plan else f"schema is up to date ({connection.vendor})")
    for setting in durable.settings():
        yield Finding(f"database.{setting.name}", "ok" if setting.right else "fail",
                      f"{setting.name} = {setting.value}" + ("" if setting.right else ": a power cut could lose acknowledged mail"))
    yield Finding("ledger.triggers", "ok" if present() else "fail", "append-only triggers are in place" if present() else "append-only triggers are missing")


def ledger(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The chain, and when a backup was last made."""
    from sekimori.ledger.chain import Break
    from sekimori.ledger.models import Entry
    from sekimori.ledger.service import verify

    found = verify()
    if isinstance(found, Break):
        yield Finding("ledger.chain", "fail", f"entry {found.seq}: {found.why}")
    else:
        yield Finding("ledger.chain", "ok", f"{found[0]} entries hold")
    last = Entry.objects.filter(act="backup.made").order_by("-seq").values_list("at", flat=True).first()
    if last is None:
        yield Finding("backup.age", "ok" if settings.synthetic else "warn", "no backup was ever made")
    else:
        days = (now - datetime.fromisoformat(last)).total_seconds() / 86400
        yield Finding("backup.age", "warn" if days > BACKUP_WARN_DAYS else "ok", f"last backup {days:.1f} days ago")


def evidence(settings: Settings, now: datetime) -> Iterator[Finding]:
    """A sample of the evidence, re-hashed."""
    from sekimori.evidence.verify import verify

    verdict = verify(sample=EVIDENCE_SAMPLE)
    wrong = len(verdict.missing) + len(verdict.changed)
    yield Finding("evidence.sample", "fail" if wrong else "ok",
                  f"{wrong} of {verdict.checked} bodies are missing or changed; run `sekimori evidence verify`" if wrong
                  else f"{verdict.checked} bodies re-hashed")


def clock(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The clock beside its high-water mark and the database's clock."""
    from sekimori.values.clock import micros
    from sekimori.work.clock import shared
    from sekimori.work.clockmark import judge
    from sekimori.work.models import ClockMark

    row = ClockMark.objects.filter(id=1).values_list("high", "doubt").first()
    doubt = (row[1] or judge(micros(now), row[0])) if row else ""
    if doubt:
        yield Finding("clock.doubt", "fail", f"the clock is in doubt ({doubt}): stages that act on persons wait until an officer confirms")
    else:
        yield Finding("clock.doubt", "ok", "the clock is believed")
    apart = abs((shared().now() - now).total_seconds())
    if apart > 5:
        yield Finding("clock.database", "warn", f"this machine and the database differ by {apart:.0f} s")


def work(settings: Settings, now: datetime) -> Iterator[Finding]:
    """What waits, and what is dead."""
    from sekimori.flow.stages import stages
    from sekimori.work.status import status

    rows = status(stages(), now)
    dead, due = sum(r.dead for r in rows), sum(r.due for r in rows)
    oldest = max((r.oldest_s for r in rows), default=0.0)
    yield Finding("work.dead", "warn" if dead else "ok", f"{dead} dead rows wait in the review list" if dead else "no dead rows")
    yield Finding("work.oldest", "warn" if oldest > OLDEST_WARN_S else "ok", f"{due} rows are due, the oldest since {oldest:.0f} s")


def feeds(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Feeds of assignments: silent ones, and clock jumps that nobody has confirmed (they make attributions wait)."""
    from sekimori.assignments.health import feeds as all_feeds
    from sekimori.values.clock import micros

    rows = all_feeds()
    late = [f["feed"] for f in rows if f["late_after"] is not None and f["last_record"] is not None and micros(now) - f["last_record"] > f["late_after"]]
    jumps = sum(j["confirmed"] is None for f in rows for j in f["jumps"])
    # A made-up folder is fed once: silence says nothing there.
    yield Finding("feeds.late", "warn" if late and not settings.synthetic else "ok",
                  f"{len(late)} of {len(rows)} feeds are silent: {', '.join(late[:5])}" if late else f"{len(rows)} feeds, none silent")
    if jumps:
        yield Finding("feeds.jumps", "warn", f"{jumps} clock jumps of devices wait to be confirmed (`sekimori assignments status`)")


def mail(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Whether letters leave at all, and tools that backups need."""
    if not settings.mail.relay_host and not settings.synthetic:
        yield Finding("mail.relay", "warn", "no relay is set: letters are written to DATA/outbox instead of being sent")
    if settings.database and not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        yield Finding("backup.tools", "warn", "pg_dump and pg_restore are missing (Debian: postgresql-client): no backups")


def fetched(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Feeds that are fetched: silent, faulty or changed ones; and sources whose letters wait."""
    from sekimori.enforcement.switches import FLOOD, flooded
    from sekimori.reports.feeds.service import configured, status

    rows = status(configured(settings), now)
    bad = [f"{r['name']} ({', '.join(r['alarms'])})" for r in rows if r["alarms"]]
    if rows:
        yield Finding("feeds.fetched", "warn" if bad else "ok", f"feeds with an alarm: {'; '.join(bad[:5])}" if bad else f"{len(rows)} feeds are fetched, none with an alarm")
    for switch in flooded():
        yield Finding("notices.flood", "warn", f"letters because of {switch.name.removeprefix(FLOOD)} wait for an officer: unusually many")


def selftest(settings: Settings, now: datetime) -> Iterator[Finding]:
    """When the monthly self-test last passed."""
    from sekimori.cli.selftest import WARN_DAYS
    from sekimori.ledger.models import Entry

    last = Entry.objects.filter(act="selftest.passed").order_by("-seq").values_list("at", flat=True).first()
    days = None if last is None else (now - datetime.fromisoformat(last)).total_seconds() / 86400
    old = days is None or days > WARN_DAYS
    yield Finding("mail.selftest", "warn" if old and not settings.synthetic else "ok",
                  "the self-test never passed: `sekimori doctor --self-test`, once a month" if days is None else f"the self-test passed {days:.0f} days ago")


CHECKS = (python, folder, database, ledger, evidence, clock, work, feeds, unread, fetched, mail, tags, countries, selftest, texts)
"""In the order of their lines. A check that raises is itself a finding."""


def run(settings: Settings, now: datetime) -> list[Finding]:
    """Run all checks; one that fails by itself is reported and does not stop the others."""
    found: list[Finding] = []
    for check in CHECKS:
        try:
            found += check(settings, now)
        except Exception as e:  # noqa: BLE001 - the doctor says what is wrong, whatever it is
            found.append(Finding(f"{check.__name__}.error", "fail", f"{type(e).__name__}: {e}"))
    return found
