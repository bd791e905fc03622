"""Calibration: wrong among exact at most 1e-4 on damaged records; every guard is needed for it."""

from dataclasses import fields, replace

import pytest
from planted import World, score

from sekimori.attribution.rules import ALL

pytestmark = pytest.mark.django_db
LIMIT = 1e-4
NEEDED_FOR = {
    "window": lambda kind: kind == "radius",
    "closed": lambda kind: kind == "radius",
    "zones": lambda kind: kind == "radius, no zone",
    "ports": lambda kind: "without port" in kind,
    "validity": lambda kind: kind == "relay",
    "clock": lambda kind: kind == "cgnat",
    "overlap": lambda kind: kind == "cgnat",
}
"""Which questions a guard stands over."""


@pytest.fixture
def world(tmp_path, db):
    return World(seed=11, members=240, days=12).plant(tmp_path)


def show(out):
    for kind in sorted(out.table):
        print(f"{kind:28} {dict(out.table[kind])}")
    print(f"wrong among exact {out.wrong}/{out.named} = {out.rate:.1e}")


def test_nobody_wrong_is_named_and_each_guard_is_needed(world):
    asked = list(world.questions(12_000))
    out = score(world, asked)
    show(out)
    assert out.rate <= LIMIT, out.examples[:3]
    for kind, least in (("radius", 0.5), ("cgnat", 0.3), ("mape", 0.99), ("relay", 0.9)):
        certain = out.table[kind]["exact"] + out.table[kind]["exact_open"]
        assert certain >= least * sum(n for c, n in out.table[kind].items() if c != "WRONG"), kind
    for kind in ("cgnat without port", "mape without port"):
        assert set(out.table[kind]) == {"several"}
    assert set(out.table["relay alone"]) == {"none"}
    assert {g.name for g in fields(ALL)} == set(NEEDED_FOR)
    for guard in fields(ALL):
        few = [q for q in asked if NEEDED_FOR[guard.name](q[0])]
        broken = score(world, few, replace(ALL, **{guard.name: False}))
        assert broken.rate > 10 * LIMIT, f"without the guard {guard.name} the calibration still passes"
        print(f"without {guard.name:9} {broken.wrong}/{broken.named} = {broken.rate:.1e}")


@pytest.mark.slow
def test_a_hundred_thousand_questions(tmp_path):
    world = World(seed=23, members=1000, days=20).plant(tmp_path)
    out = score(world, list(world.questions(100_000)))
    show(out)
    assert out.named > 30_000
    assert out.rate <= LIMIT, out.examples[:3]
