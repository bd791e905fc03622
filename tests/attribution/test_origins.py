"""What an incident may freeze: as narrow as the proof tells, and never nothing."""

from sekimori.attribution.origins import BEFORE_US, parts
from sekimori.attribution.types import ALWAYS, NEVER

ROW = {"feed": "bng", "device": "bng1", "source": "radius", "start": 10**15, "start_error_us": 5}
OWNER = {"contract": 7, "lo": ALWAYS, "hi": NEVER, "key": 17}
RULE = {"kind": "mape", "rule": 12, "valid_from": 10**15, "valid_to": (1 << 63) - 1}
HAND = {"host": "relay1", "time": 10**15}


def proof(*steps, contract=7, beside=()):
    trails = [{"contract": contract, "steps": [{"kind": k, "detail": d} for k, d in steps]},
              *({"contract": 8, "steps": [{"kind": k, "detail": d}]} for k, d in beside)]
    return {"contract": contract, "readings": [{"window": None, "verdict": {"trails": trails}}]}


def named(*steps, how="radius", **more):
    return [(p.source, p.kind, p.wide) for p in parts(how, proof(*steps, **more))]


def test_a_device_of_a_feed_and_a_week_before_its_record():
    assert named(("row", ROW), ("owner", OWNER)) == [("radius:bng/bng1", "device", False)]
    part = parts("radius", proof(("row", ROW)))[0]
    assert (part.lo, part.hi) == (10**15 - 5 - BEFORE_US, NEVER), "a wrong clock goes on until somebody mends it"


def test_only_the_feed_is_known():
    assert named(("row", ROW | {"device": ""})) == [("radius:bng", "feed", True)]


def test_a_rule_within_its_validity_and_the_row_behind_it():
    found = parts("mape", proof(("rule", RULE), ("row", ROW), ("owner", OWNER)))
    assert [(p.source, p.kind) for p in found] == [("mape:rule 12", "rule"), ("radius:bng/bng1", "device")]
    assert (found[0].lo, found[0].hi) == (10**15, NEVER)


def test_a_relays_log_and_a_login_by_itself():
    assert named(("submission", HAND), ("owner", OWNER), how="submission") == [("submission:relay1", "relay", False)]
    assert named(("owner", OWNER), how="login") == [("key:17", "key", False)]


def test_trails_to_others_are_not_blamed():
    assert named(("row", ROW), beside=[("row", ROW | {"device": "bng2"})]) == [("radius:bng/bng1", "device", False)]


def test_without_a_proof_the_way_itself():
    assert [(p.source, p.wide) for p in parts("radius", {})] == [("radius", True)]


def test_long_names_stay_apart():
    one, other = (parts("radius", proof(("row", ROW | {"device": "d" * 119 + end})))[0].source for end in "ab")
    assert one != other and len(one) == len(other) == 120
