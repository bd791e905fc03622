"""The reader of scenarios: what is wrong is told with file, line and field; nothing unknown is passed over; nothing raises anything else."""

import copy
import json
import os
import random
import re
from pathlib import Path

import pytest

import story
from sekimori.demo.play import scenario
from sekimori.demo.play.fields import instant
from sekimori.demo.play.player import play
from sekimori.demo.play.scenario import Line, ScenarioError
from sekimori.settings import use

SCENARIOS = sorted((Path(__file__).parents[1] / "flow/scenarios").glob("*.jsonl"))
AT = "2026-11-02T09:00:00+09:00"
SOAK = os.environ.get("SEKIMORI_TEST_PROFILE") == "soak"


def told(tmp_path, *lines):
    """The error of a scenario of these lines (objects, or octets as they are)."""
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines))
    with pytest.raises(ScenarioError) as found:
        list(scenario.read(path))
    return str(found.value).removeprefix(str(path))


@pytest.mark.parametrize(("line", "why"), [
    ({"at": AT, "event": "dance"}, ":1: unknown event 'dance'"),
    ({"at": AT, "event": ["halt"], "officer": "a"}, ":1: unknown event ['halt']"),
    ({"at": AT, "event": "halt", "officer": "a", "because": "x"}, ":1: halt has no field 'because'"),
    ({"at": AT, "event": "halt"}, ":1: halt needs 'officer'"),
    ({"at": AT, "event": "halt", "officer": ["a"]}, ":1: halt.officer must be a text"),
    ({"at": AT, "event": "approve", "officer": "a", "contract": "C1", "step": "ban"}, ":1: approve.step must be one of warn "),
    ({"at": AT, "event": "answer_appeal", "officer": "a", "contract": "C1", "outcome": "maybe"}, ":1: answer_appeal.outcome must be one of upheld reversed"),
    ({"at": AT, "event": "request", "officer": "a", "kind": "gossip"}, ":1: request.kind must be one of warrant "),
    ({"at": AT, "event": "request", "officer": "a", "kind": "warrant", "window": {"from": AT}}, ":1: request.window must be an object of from, to, "),
    ({"at": AT, "event": "delivered", "contract": "C1", "channel": "pigeon"}, ":1: delivered.channel must be one of mail "),
    ({"at": AT, "event": "submission", "queue_id": "Q", "login": "u", "recipients": -1}, ":1: submission.recipients must be a count"),
    ({"at": AT, "event": "submission", "queue_id": "Q", "login": "u", "time": "2026-11-02T09:00:00"}, ":1: submission.time must be ISO 8601 with offset"),
    ({"at": AT, "event": "assignment", "prefix": "198.18.0.1/32", "from": "yesterday"}, ":1: assignment.from must be ISO 8601 with offset"),
    ({"at": AT, "event": "clock", "jump": 1e300}, ":1: clock.jump must be seconds"),
    ({"at": AT, "event": "report"}, ":1: a report needs one of file, raw, make"),
    ({"at": AT, "event": "report", "raw": "x", "file": "y"}, ":1: a report needs one of file, raw, make"),
    ({"at": AT, "event": "report", "make": {"colour": 1}}, ":1: report.make has no field 'colour'"),
    ({"at": AT, "event": "report", "make": {"source_port": 65536}}, ":1: report.make.source_port must be a port"),
    ({"at": AT, "event": "report", "make": {"reporter": "a@b.example\r\nBcc: c@d.example"}}, ":1: report.make.reporter must be a text of one line"),
    ({"at": AT, "event": "expect", "measures": "2"}, ":1: expect.measures must be a count"),
    ({"at": AT, "event": "expect", "in_force": []}, ":1: expect without a contract has no 'in_force'"),
    ({"at": AT, "event": "expect", "contract": "C1", "review": 1}, ":1: expect with a contract has no 'review'"),
    ({"at": AT, "event": "expect", "contract": "C1", "ever": ["warned"]}, ":1: expect.ever must be a list of warn "),
    ({"at": AT, "event": "expect", "contract": "C1", "why_not": {"step": "warn", "unmet": "mood"}}, ":1: expect.why_not.unmet must be one or a list of grade "),
    ({"at": AT, "event": "expect", "contract": "C1", "why_not": {"step": "warn", "unmet": []}}, ":1: expect.why_not.unmet must be one or a list of grade "),
    ({"at": "2026-11-02 09:00", "event": "clock"}, ":1: `at` must be ISO 8601 with offset"),
    ({"at": "9999-12-31T23:59:59+09:00", "event": "clock"}, ":1: `at` must be ISO 8601 with offset"),
    (b"[]", ":1: a line is an object"),
    (b"{", ":1: no JSON"),
    (b'{"at":1,"at":2}', ":1: no JSON: 'at' stands twice"),
    (b'{"jump":NaN}', ":1: no JSON: NaN is no number"),
    (b'{"officer":"\\ud800"}', ":1: no JSON: 'officer' holds NUL or half a surrogate pair"),
    (b'{"officer":"\xff"}', ":1: not UTF-8 at octet 13"),
    (b"[" * 100_000, ":1: no JSON"),
])
def test_errors_name_line_and_field(tmp_path, line, why):
    assert told(tmp_path, line).startswith(why)


def test_order_and_line_number(tmp_path):
    late = {"at": AT, "event": "clock"}
    early = {"at": "2026-11-01T09:00:00+09:00", "event": "clock"}
    assert told(tmp_path, late, b"", early) == ":3: lines must be in order of `at`"


def test_a_byte_order_mark_and_cr_lf_are_read(tmp_path):
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps({"at": AT, "event": "clock"}).encode() + b"\r\n\r\n")
    assert [line.event for line in scenario.read(path)] == ["clock"]


ODD = [None, True, -1, 0, 7, 1.5, 10**30, "", " ", "x", "C1", "\x00", "\n", "ﾃｽﾄ", "2026-11-02T09:00:00", AT, "198.18.0.1", "::/0", "[]", [], ["x"], [None], {}, {"step": "warn"},
       {"from": AT, "to": AT, "login": "u1@isp.example"}, "messaging/spam", "warn", "a" * 5000, "\udfff"]


def mutated(draw, line):
    """A line with one or two things changed, in its own fields or inside `make`."""
    found = copy.deepcopy(line)
    for _ in range(draw.randint(1, 2)):
        place = found["make"] if isinstance(found.get("make"), dict) and draw.random() < 0.6 else found
        if not place:
            continue
        name = draw.choice(sorted(place))
        what = draw.random()
        if what < 0.7:
            place[name] = draw.choice(ODD)
        elif what < 0.85:
            del place[name]
        else:
            place[draw.choice(["extra", "at", "event", "time", "officer", "step", "contract", "raw"])] = draw.choice(ODD)
    return found


def readable(draw, line):
    """A mutated line that the reader lets pass (it is for the acts and tables behind it to refuse), or the line itself."""
    for _ in range(30):
        found = {**mutated(draw, line), "at": line["at"]}
        try:
            scenario.parse(json.dumps(found), 1, Path("s.jsonl"))
        except ScenarioError:
            continue
        return found
    return line


def every_line():
    return [json.loads(raw) for path in SCENARIOS for raw in path.read_text("utf-8").splitlines()]


def test_fuzz_the_reader():
    """Mutated lines and octets: a Line, or an error with file and line."""
    draw = random.Random(11)
    lines = every_line()
    refused = 0
    for number in range(100_000 if SOAK else 8_000):
        raw = json.dumps(mutated(draw, draw.choice(lines)))
        if draw.random() < 0.2:
            at = draw.randrange(len(raw))
            raw = raw[:at] + chr(draw.randrange(0x250)) + raw[at + draw.randint(0, 3):]
        try:
            assert isinstance(scenario.parse(raw, number, Path("s.jsonl")), Line)
        except ScenarioError as e:
            refused += 1
            assert re.match(r"s\.jsonl:\d+: .", str(e)) and "\n" not in str(e)
    assert refused > 1000


@pytest.mark.django_db
def test_fuzz_the_player(tmp_path):
    """Mutated scenarios are played, or stop at an error with file and line; nothing else is raised."""
    draw = random.Random(12)
    before = story.enter(tmp_path)
    lines = [{"at": story.at(1, "08:00"), **line} for line in story.PROVIDER]
    acts = [line for line in every_line() if line["at"].startswith(("2026-11-02", "2026-11-03"))]
    stopped = 0
    try:
        for number in range(400 if SOAK else 24):
            told = lines + sorted((draw.choice(acts) for _ in range(12)), key=lambda line: instant(line["at"]))
            if number % 2:
                whole = draw.choice(SCENARIOS)
                told = [json.loads(raw) for raw in whole.read_text("utf-8").splitlines() if "strict-ladder" not in raw]
            for _ in range(2):
                at = draw.randrange(len(told))
                told = [*told[:at], readable(draw, told[at]), *told[at + 1:]]
            path = tmp_path / f"{number}.jsonl"
            path.write_text("".join(json.dumps(line) + "\n" for line in told), encoding="utf-8")
            try:
                play(path, lambda _: None)
            except ScenarioError as e:
                stopped += 1
                assert str(e).startswith(f"{path}:")
    finally:
        use(before)
    assert 0 < stopped < number
