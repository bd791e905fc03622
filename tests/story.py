"""Stories for tests: a provider with one contract, told line by line through the player's own machinery."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from sekimori.contracts.models import Contract
from sekimori.demo.play.player import play
from sekimori.settings import current, use
from sekimori.settings.folder import ensure

PROVIDER = [
    {"event": "network", "prefix": "198.18.0.0/15", "kind": "radius"},
    {"event": "network", "prefix": "192.0.2.10/32", "kind": "relay"},
    {"event": "contract", "contract": "C1", "holder": "山田 花子", "kind": "person", "language": "ja", "email": "c1@member.example",
     "alt_email": "c1@other.example", "postal": "東京都千代田区1-1", "access": "pppoe"},
    {"event": "login", "key": "u1@isp.example", "contract": "C1"},
    {"event": "assignment", "prefix": "198.18.0.1/32", "from": "2026-10-01T00:00:00+09:00", "to": None, "login": "u1@isp.example",
     "source": "radius", "closed": False},
    {"event": "reporter", "domain": "feed.example", "confirmed": 50, "refuted": 0},
]


def at(day: int, clock: str = "10:00") -> str:
    """An instant of November 2026 in Japan."""
    return f"2026-11-{day:02d}T{clock}:00+09:00"


def submission(day, clock, queue_id, recipients=1, **more):
    return {"at": at(day, clock), "event": "submission", "queue_id": queue_id, "host": "relay1.isp.example", "login": "u1@isp.example",
            "client": "198.18.0.1", "time": at(day, clock), "recipients": recipients, "unknown_users": 0, "country": "JP"} | more


def own(day, clock, queue_id):
    """A submission, and an authenticated report about it half an hour later: evidence of grade A."""
    hour, minute = clock.split(":")
    return [submission(day, clock, queue_id), {"at": at(day, f"{int(hour) + 1:02d}:{minute}"), "event": "report", "make": {
        "format": "arf", "reporter": "desk@feed.example", "authenticated": True, "category": "messaging/spam", "queue_id": queue_id,
        "time": at(day, clock), "headers": True}}]


def act(day, clock, event, **fields):
    return {"at": at(day, clock), "event": event, "contract": "C1", **fields}


WARNED = [*own(2, "09:00", "Q1"), act(2, "12:00", "delivered", notice="last", channel="mail"), *own(5, "18:00", "Q2"), *own(6, "09:00", "Q3")]
RESTRICTED = [*WARNED, act(6, "13:00", "approve", officer="sato", step="restrict_mail")]


def tell(folder: Path, lines: list[dict], *, start: int = 1) -> list[dict]:
    """Play lines after the provider's own; returns what was printed."""
    path = folder / "story.jsonl"
    whole = [{"at": at(start, "08:00"), **line} for line in PROVIDER] + lines
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in whole), encoding="utf-8")
    printed: list[str] = []
    play(path, printed.append)
    return [json.loads(line) for line in printed]


def enter(folder: Path):
    """Make a synthetic folder the one in force; returns the settings before."""
    before = current()
    use(replace(before, data=folder, synthetic=True))
    ensure(current())
    return before


def contract() -> Contract:
    return Contract.objects.get(key="C1")
