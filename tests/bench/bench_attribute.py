"""Findings to attributions through the stage (look-up, ledger, proof, rows), and lines of mail logs per CPU second.

The peer of the first figure is the same number of answer rows written by bulk_create alone in the same run: what no stage
could beat. Usage: bench_attribute.py [--findings 5000] [--members 2000]. SQLite, or PostgreSQL
where SEKIMORI_DATABASE names an empty database.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import tempfile
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
START = datetime(2026, 10, 1, tzinfo=UTC)


def plant(members: int) -> None:
    from sekimori.assignments.keys import key_v4
    from sekimori.assignments.store.factory import open_store
    from sekimori.assignments.types import NewRow, Origin
    from sekimori.contracts.store import load_contracts, load_keys
    from sekimori.network.store import load as load_network
    from sekimori.values.actors import Actor
    from sekimori.values.clock import micros
    from sekimori.values.loads import Tally

    by = Actor("command", "bench")

    def rows(*values: dict[str, str]) -> list[tuple[int, dict[str, str]]]:
        return list(enumerate(values, 1))

    load_network(rows({"prefix": "198.18.0.0/15", "kind": "radius"}), Tally(), NOW, by)
    load_contracts(rows(*({"contract": f"C{m}"} for m in range(members))), Tally(), NOW, by)
    load_keys("login", rows(*({"key": f"u{m}", "contract": f"C{m}"} for m in range(members))), Tally(), NOW, by)
    origin, new = Origin("bng", "radius-detail", "bng1"), []
    for m in range(members):
        for day in range(50):
            start = micros(START + timedelta(days=day))
            new.append(NewRow("", key_v4(ip_address("198.18.0.0") + m), start, start + 86_000_000_000, f"login:u{(m + day) % members}", origin))
    open_store().append(sorted(new, key=lambda r: r.key), micros(NOW))


def findings(count: int, members: int) -> None:
    from sekimori.intake.models import Message
    from sekimori.reports.models import Finding, Report
    from sekimori.values.addresses import packed

    rnd = random.Random(5)
    message = Message.objects.create(sha256="0" * 64, envelope="0" * 64, door="lmtp", received_at=NOW, size=1, route="report", due_at=0)
    reports = [Report.objects.create(message=message, index=i, kind="report", format="arf", version="1", received_at=NOW) for i in range(100)]
    made = []
    for i in range(count):
        address = ip_address("198.18.0.0") + rnd.randrange(members)
        made.append(Finding(report=reports[i % 100], index=i, category="messaging", type="spam", family=4, address=packed(address), source_ip=str(address),
                            time=START + timedelta(seconds=rnd.randrange(50 * 86_400)), zone="stated", time_error_s=2, event_key="x", due_at=0))
    Finding.objects.bulk_create(made)


def stage(count: int) -> None:
    from django.db import transaction

    from sekimori.attribution.models import Attribution
    from sekimori.attribution.stages import FindStage
    from sekimori.ledger.service import write
    from sekimori.values.clock import SetClock
    from sekimori.work.batch import run

    wall, cpu, done = time.monotonic(), time.process_time(), 0
    while done < count:
        done += run(FindStage(), SetClock(NOW), write, 500).done
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    named = Attribution.objects.filter(certainty__in=("exact", "exact_open")).count()
    rows = list(Attribution.objects.all())
    for row in rows:
        row.pk, row.revision = None, 2
    bare = time.monotonic()
    for i in range(0, count, 500):
        with transaction.atomic():
            Attribution.objects.bulk_create(rows[i:i + 500])
    bare = time.monotonic() - bare
    print(f"findings → attributions: {count / wall:,.0f}/s ({count / cpu:,.0f} per CPU s), {named}/{count} named; "
          f"bare insert of the same rows {count / bare:,.0f}/s; share {bare / wall:.0%}")


def logs() -> None:
    from sekimori.submissions import dovecot, postfix
    from sekimori.submissions.records import Counts
    from sekimori.submissions.syslog import Reader

    lines = []
    for n in range(25_000):
        stamp, qid = f"2026-10-01T{n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02}.{n:06}+00:00", f"4{n:09d}zKxYz"
        lines += [f"{stamp} smtp1 postfix/submission/smtpd[{n % 50}]: {qid}: client=home[198.18.0.7], sasl_method=PLAIN, sasl_username=u{n}@isp.example",
                  f"{stamp} smtp1 postfix/cleanup[77]: {qid}: message-id=<{n}@isp.example>",
                  f"{stamp} smtp1 postfix/qmgr[9]: {qid}: from=<u{n}@isp.example>, size=2345, nrcpt=1 (queue active)",
                  f"{stamp} smtp1 postfix/smtp[88]: {qid}: to=<x@example.com>, relay=mx.example.com[203.0.113.250]:25, delay=1, dsn=2.0.0, status=sent (250 ok)",
                  f"{stamp} smtp1 postfix/qmgr[9]: {qid}: removed"]
    signed = [f"Oct  1 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} imap1 dovecot: imap-login: Login: user=<u{n}@isp.example>, method=PLAIN, rip=198.18.0.7,"
              f" lip=198.51.100.1, mpid={n}, TLS, session=<s{n}>" for n in range(100_000)]
    for name, given, reader in (("Postfix", lines, postfix.Assembler(Reader(NOW, UTC), lambda a: False, Counts())),
                                ("Dovecot", signed, dovecot.Assembler(Reader(NOW, UTC), Counts()))):
        cpu = time.process_time()
        for line in given:
            reader.feed(line)
        found = reader.take()
        cpu = time.process_time() - cpu
        print(f"{name} log: {len(given) / cpu:,.0f} lines per CPU s ({len(found[0] if isinstance(found, tuple) else found)} records)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--findings", type=int, default=5000)
    parser.add_argument("--members", type=int, default=2000)
    args = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="sekimori-bench-")
    os.environ["SEKIMORI_DATA"] = folder
    try:
        from sekimori.cli.django import setup

        setup()
        logs()
        plant(args.members)
        findings(args.findings, args.members)
        stage(args.findings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
