"""A worker process that can be told to die at a step, or to stand still. Started by test_work_crash.py.

Arguments: DIE_AT (claim|work|write|done|never) SLEEP_S CLOCK_OFFSET_S ROWS
"""

import os
import signal
import sys
import time
from datetime import UTC, datetime, timedelta

os.environ["DJANGO_SETTINGS_MODULE"] = "sekimori.site.django_settings"
import django

django.setup()

from django.db.models import F

from sekimori.intake.models import Message
from sekimori.ledger.service import write
from sekimori.values.clock import micros
from sekimori.work import batch, claim
from sekimori.work.runner import Runner
from sekimori.work.stage import Prepared

die_at, sleep_s, offset_s, rows = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])


def die(step):
    if step == die_at:
        os.kill(os.getpid(), signal.SIGKILL)


class Clock:
    def now(self):
        return datetime.now(UTC) + timedelta(seconds=offset_s)


class Counting:
    """Counts every row it writes in `copies`, which starts at 0: exactly once means 1."""

    name, model, where, acts_on_persons = "test.counting", Message, "", False

    def work(self, ids, ctx):
        print("working", flush=True)
        time.sleep(sleep_s)
        die("work")

        def put():
            Message.objects.filter(id__in=ids).update(copies=F("copies") + 1)
            die("write")

        return Prepared(write=put, act="test.counted", subject="batch", detail={"rows": len(ids)})


if rows:
    now = datetime.now(UTC)
    Message.objects.bulk_create([
        Message(sha256=f"{i:064d}", envelope="e" * 64, door="file", received_at=now, size=1, route="report", lane=i % 5, due_at=micros(now), copies=0)
        for i in range(rows)])
taken = claim.claim
batch.claim.claim = lambda *a, **k: (taken(*a, **k), die("claim"))[0]
stage = Counting()
batch.run(stage, Clock(), write, 50)
die("done")
Runner(stages=[stage], clock=Clock(), record=write).until_idle()
print("idle", flush=True)
