"""Fills a synthetic folder with members and authenticated reports, or counts what became of them. Started by test_measures_crash.py.

Arguments: fill N | burst N | count | work CLOCK_OFFSET_S [mails|measures DIE_AFTER]

`burst` has N logins send 150 mails at once: the emergency brake. DIE_AFTER kills the worker when the relay has answered
250 for the last of so many mails, or the equipment has carried out so many measures: before anything of it is committed.
"""

import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "sekimori.site.django_settings"
import django

django.setup()

from django.db.models import Count

from sekimori.demo.play import build, provider
from sekimori.demo.play.scenario import Line
from sekimori.enforcement.models import Measure
from sekimori.enforcement.switches import set_live
from sekimori.flow.run import run_until_idle
from sekimori.intake.receive import receive
from sekimori.ledger.models import Entry
from sekimori.ledger.service import verify
from sekimori.notices.models import Notice
from sekimori.settings import current
from sekimori.values.actors import Actor


class Shifted:
    """The machine's clock, `offset` ahead: leases of the dead have run out."""

    def __init__(self, offset):
        self.offset = timedelta(seconds=offset)

    def now(self):
        return datetime.now(UTC) + self.offset


def lines(event, rows):
    return [Line(n, now, event, row, Path("x")) for n, row in enumerate(rows)]


now = datetime.now(UTC)
if sys.argv[1] == "fill":
    n = int(sys.argv[2])
    old = (now - timedelta(days=30)).isoformat()
    provider.network(lines("network", [{"prefix": "198.18.0.0/15", "kind": "radius"}]), now)
    provider.contract(lines("contract", [{"contract": f"C{i}", "holder": "x", "email": f"c{i}@member.example", "alt_email": f"c{i}@other.example"} for i in range(n)]), now)
    provider.key(lines("login", [{"key": f"u{i}@isp.example", "contract": f"C{i}"} for i in range(n)]), now)
    provider.assignment(lines("assignment", [{"prefix": f"198.18.{i >> 8}.{i & 255}/32", "from": old, "to": None, "login": f"u{i}@isp.example",
                                              "source": "radius", "closed": False} for i in range(n)]), now)
    provider.reporter(Line(1, now, "reporter", {"domain": "feed.example", "confirmed": 50, "refuted": 0}, Path("x")), None, now)
    set_live(["*"], Actor("command", "test"), now)
    for i in range(n):
        for k in (2, 1):
            make = {"format": "arf", "reporter": "desk@feed.example", "category": "messaging/spam", "source_ip": f"198.18.{i >> 8}.{i & 255}",
                    "time": (now - timedelta(hours=k)).isoformat(timespec="seconds"), "headers": True}
            receive(build.message(make, now, 2 * i + k, current().abuse_address, None), mail_from="desk@feed.example", rcpt_to=[current().abuse_address],
                    door="lmtp", peer="127.0.0.1", now=now, authenticated=True)
elif sys.argv[1] == "burst":
    from sekimori.submissions.models import Submission

    Submission.objects.bulk_create([Submission(host="relay1", queue_id=f"B{i}", login=f"u{i}@isp.example", time=now, recipients=150, country="JP", source="test")
                                    for i in range(int(sys.argv[2]))])
elif sys.argv[1] == "work":
    if len(sys.argv) > 3:
        import signal

        from sekimori.enforcement.actuators import registry
        from sekimori.smtp import outgoing

        place, name = (outgoing, "send") if sys.argv[3] == "mails" else (registry, "apply")
        outside, left = getattr(place, name), [int(sys.argv[4])]

        def dying(*args, **kwargs):
            answer = outside(*args, **kwargs)
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return answer

        setattr(place, name, dying)
    if "TEST_SENSOR" in os.environ:
        from sekimori.enforcement.stages import ensure_pulse

        ensure_pulse(now)
    print(run_until_idle(Shifted(float(sys.argv[2]))))
else:
    print(json.dumps({
        "measures": list(Measure.objects.values("contract", "step").annotate(n=Count("id")).values_list("step", "n", "state")),
        "notices": list(Notice.objects.filter(audience="member").values("case").annotate(n=Count("id")).values_list("n", flat=True)),
        "mails": sorted(Notice.objects.filter(audience="member").values_list("message_id", flat=True)),
        "repeated": sum(json.loads(b)["detail"]["repeated"] for b in Entry.objects.filter(act="notice.sent").values_list("body", flat=True)),
        "states": sorted(set(Notice.objects.filter(audience="member").values_list("state", flat=True))),
        "chain": isinstance(verify(), tuple)}))
