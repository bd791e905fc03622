"""Rows and times for the tests of assignments."""

from sekimori.assignments.types import NewRow, Origin

HOUR = 3_600_000_000
DAY = 24 * HOUR
T0 = 1_790_000_000_000_000  # 2026-09-21
RADIUS = Origin("radius-detail", "radius-detail", "192.0.2.1")
NAT = Origin("cgn", "pba-juniper", "198.51.100.1")
STATIC = Origin("static-csv", "static-csv")
NOW = T0 + 100 * DAY


def new(key, start, end, holder="login:a", origin=RADIUS, **more):
    more.setdefault("closed", end is not None)
    return NewRow(more.pop("realm", ""), key, start, end, holder, origin, **more)
