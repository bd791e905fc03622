"""A month of a provider in one scenario: sessions that change hands every three days, reports good and forged.

    python tests/flow/month.py [MEMBERS [REPORTS]] > month.jsonl && sekimori play month.jsonl --jsonl --quiet
"""

import json
import random
import sys
from datetime import datetime, timedelta, timezone

JST = timezone(timedelta(hours=9))
START = datetime(2026, 11, 1, tzinfo=JST)
FORGED = 0.2


def month(members=2000, reports=400, seed=7):
    """Yield the lines: whoever an authenticated report names is warned once, nobody else hears anything."""
    draw = random.Random(seed)

    def line(at, event, **fields):
        return {"at": at.isoformat(), "event": event, **fields}

    yield line(START, "network", prefix="198.18.0.0/15", kind="radius")
    for n in range(members):
        yield line(START, "contract", contract=f"C{n}", holder=f"会員{n}", email=f"c{n}@member.example", alt_email=f"c{n}@other.example", access="pppoe")
    for n in range(members):
        yield line(START, "login", key=f"u{n}@isp.example", contract=f"C{n}")
    sessions = []
    for slot in range(10):
        holders = draw.sample(range(members), members)
        begin = START + timedelta(days=3 * slot)
        end = begin + timedelta(days=3) - timedelta(minutes=10)
        for place, holder in enumerate(holders):
            sessions.append((address(place), begin, end, holder))
            yield line(START, "assignment", prefix=f"{address(place)}/32", **{"from": begin.isoformat()}, to=end.isoformat(), login=f"u{holder}@isp.example",
                       source="radius", closed=True)
    for name in "abc":
        yield line(START, "reporter", domain=f"{name}.example", confirmed=50, refuted=1)
    told = {}
    for at, time, where, holder in sorted(_reports(draw, sessions, reports)):
        real = draw.random() >= FORGED
        sender = f"desk@{draw.choice('abc')}.example" if real else f"x{draw.randrange(100)}@forged.example"
        yield line(at, "report", make={"format": "arf", "reporter": sender, "authenticated": real, "category": "messaging/spam", "source_ip": where,
                                       "time": time.isoformat(), "headers": True})
        if real:
            told.setdefault(holder, at)
    end = START + timedelta(days=31)
    yield line(end, "expect", measures=len(told), notices=len(told))
    for n in range(members):
        yield line(end, "expect", contract=f"C{n}", notices=int(n in told), ever=["warn"] if n in told else [])


def address(place):
    return f"198.18.{place >> 8}.{place & 255}"


def _reports(draw, sessions, count):
    for _ in range(count):
        where, begin, end, holder = draw.choice(sessions)
        time = (begin + (end - begin) * draw.uniform(0.05, 0.95)).replace(microsecond=0)
        yield time + timedelta(minutes=draw.randint(5, 300)), time, where, holder


if __name__ == "__main__":
    for told in month(*map(int, sys.argv[1:3])):
        print(json.dumps(told, ensure_ascii=False))
