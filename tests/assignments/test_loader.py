"""Loads: idempotent, restartable, honest about what they could not use."""

import gzip
import json
import sys
import time
from pathlib import Path

import pytest

from sekimori.assignments.loader import Loader, Unreadable
from sekimori.assignments.models import ClockJump, DeviceClock, Feed, FeedGap, Interval, LoadMark
from sekimori.assignments.sources.registry import SOURCES
from sekimori.assignments.store.factory import open_store

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent / "sources"))
from assignment_rows import T0
from source_samples import SAMPLES

T = T0 // 1_000_000
T0_DAY = 1_790_035_200_000_000  # 2026-09-22
pytestmark = pytest.mark.django_db


def packet(kind, at, session="s1", user="u1", ip="198.18.0.7", nas="192.0.2.1", skew=0, length=0, **extra):
    clock = time.strftime("%b %e %Y %H:%M:%S UTC", time.gmtime(T + at + skew))
    more = "".join(f"\t{k.replace('_', '-')} = {v}\n" for k, v in extra.items())
    return (f"header\n\tAcct-Status-Type = {kind}\n\tAcct-Session-Id = \"{session}\"\n\tUser-Name = \"{user}\"\n\tNAS-IP-Address = {nas}\n"
            f"\tFramed-IP-Address = {ip}\n\tAcct-Session-Time = {length}\n\tEvent-Timestamp = \"{clock}\"\n{more}\tTimestamp = {T + at}\n\n")


def load(path, source="radius-detail", **options):
    loader = Loader(open_store(), SOURCES[source], {k.replace("_", "-"): v for k, v in options.items()}, path.parent / "refused", lambda: T0 + 10**13)
    loader.load(path)
    return loader.total


def rows():
    return sorted(Interval.objects.values_list("holder", "start", "ending", "flags"))


def seconds():
    return [(h, s // 10**6 - T, None if e == 2**63 - 1 else e // 10**6 - T, f) for h, s, e, f in rows()]


@pytest.fixture
def detail(tmp_path):
    path = tmp_path / "detail"
    path.write_text("".join(packet("Start", n * 100, f"s{n}", f"u{n}", f"198.18.0.{n}") for n in range(50))
                    + "".join(packet("Stop", 9000 + n * 100, f"s{n}", f"u{n}", f"198.18.0.{n}") for n in range(50)))
    return path


def test_a_load_and_again(detail):
    first = load(detail)
    assert (first.read, first.stored, first.refused) == (100, 50, 0)
    before = rows()
    again = load(detail)
    assert (again.read, again.stored) == (0, 0) and rows() == before


def test_a_file_that_grew_is_read_on(detail):
    whole = detail.read_bytes()
    half = whole.index(b"header", len(whole) // 2)
    detail.write_bytes(whole[:half])
    load(detail)
    detail.write_bytes(whole)
    assert load(detail).read == 100 - whole[:half].count(b"header\n")
    assert {f for _, _, _, f in rows()} == {1} and len(rows()) == 50


def test_rotation_copies_and_parts_double_nothing(detail, tmp_path):
    load(detail)
    before = rows()
    detail.rename(tmp_path / "detail-20261124")
    assert load(tmp_path / "detail-20261124").read == 0
    part = tmp_path / "part"
    part.write_bytes((tmp_path / "detail-20261124").read_bytes().split(b"header", 3)[3].join([b"header", b""]))
    assert load(part).stored == 0
    assert rows() == before


def test_a_rewritten_file_is_read_anew(tmp_path):
    path = tmp_path / "kea.csv"
    head = SAMPLES["kea-leases4"].split(b"\n")[0]
    row = b"192.0.2.%d,02:00:00:00:00:%02x,,7200,%d,1,0,0,,0,,0\n"
    path.write_bytes(head + b"\n" + b"".join(row % (n, n, T + 7200 + n) for n in range(1, 60)))
    load(path, "kea-leases4")
    assert Interval.objects.count() == 59
    path.write_bytes(head + b"\n" + b"".join(row % (n, n, T + 7200 + n) for n in range(30, 60)) + row % (61, 61, T + 9000))
    done = load(path, "kea-leases4")
    assert (done.read, done.stored, Interval.objects.count()) == (31, 1, 60)


def test_an_unfinished_record_waits_for_its_end(detail):
    whole = detail.read_bytes()
    detail.write_bytes(whole[:-40])
    done = load(detail)
    assert (done.read, done.refused) == (99, 0) and done.pending_bytes > 100
    detail.write_bytes(whole)
    assert load(detail).read == 1 and len({f for *_, f in rows()}) == 1


def test_final_reads_the_last_record_as_it_is(detail):
    detail.write_bytes(detail.read_bytes().rstrip())
    assert load(detail).read == 99
    assert load(detail, final="yes").read == 1


def test_gzip_is_read_as_what_is_in_it(detail, tmp_path):
    packed = tmp_path / "detail.gz"
    packed.write_bytes(gzip.compress(detail.read_bytes()))
    assert load(packed).read == 100
    assert load(detail).read == 0
    packed.write_bytes(packed.read_bytes()[:-30])
    with pytest.raises(Unreadable, match="damaged"):
        load(packed)


def test_refused_rows_of_a_file_read_on_are_all_kept(tmp_path):
    path = tmp_path / "static.csv"
    path.write_text("prefix,ports,valid_from,valid_to,contract,realm\nnonsense,,,,C2,\n")
    load(path, "static-csv")
    with path.open("a") as more:
        more.write("192.0.2.1,,,,C1,\nrubbish,,,,C2,\n")
    done = load(path, "static-csv")
    assert [json.loads(line)["line"] for line in Path(done.refused_file).read_text().splitlines()] == ["nonsense,,,,C2,", "rubbish,,,,C2,"]


def test_refused_rows_are_kept_in_a_file(tmp_path):
    path = tmp_path / "static.csv"
    path.write_text("prefix,ports,valid_from,valid_to,contract,realm\n192.0.2.1,,,,C1,\nnonsense,,,,C2,\n192.0.2.3,,,,,\n")
    done = load(path, "static-csv")
    assert (done.read, done.stored, done.refused, dict(done.reasons)) == (3, 1, 2, {"bad_prefix": 1, "no_contract": 1})
    kept = [json.loads(line) for line in Path(done.refused_file).read_text().splitlines()]
    assert [(k["reason"], k["line"]) for k in kept] == [("bad_prefix", "nonsense,,,,C2,"), ("no_contract", "192.0.2.3,,,,,")]
    assert Path(done.refused_file).stat().st_mode & 0o777 == 0o600


def test_a_missing_zone_stops_the_load_and_passes_nothing_by(tmp_path):
    path = tmp_path / "nat.log"
    path.write_bytes(SAMPLES["cgnat-6wind"])
    with pytest.raises(Unreadable, match="--set zone="):
        load(path, "cgnat-6wind")
    assert not LoadMark.objects.exists() and not Feed.objects.exists()
    assert load(path, "cgnat-6wind", zone="UTC").stored == 10  # ports 1–512 are ten aligned blocks


def test_times_are_moved_to_our_clock(tmp_path):
    path = tmp_path / "detail"
    path.write_text("".join(packet("Start", n * 100, f"s{n}", f"u{n}", f"198.18.0.{n}", skew=-7) for n in range(20)))
    load(path)
    assert [(s, e) for _, s, e, _ in sorted(seconds(), key=lambda r: r[1])] == [(n * 100, None) for n in range(20)]
    assert DeviceClock.objects.get().offset == 7_000_000
    errors = list(Interval.objects.order_by("start").values_list("start_error", flat=True))
    assert errors[0] == 6_000_000 and errors[-1] == 1_000_000


def test_a_clock_jump_is_reported_and_its_records_are_uncertain(tmp_path):
    path = tmp_path / "detail"
    path.write_text("".join(packet("Start", n * 100, f"s{n}", f"u{n}", f"198.18.0.{n}", skew=0 if n < 20 else -60) for n in range(40)))
    load(path)
    jump = ClockJump.objects.get()
    assert (jump.device, jump.at // 10**6 - T, jump.before, jump.after) == ("192.0.2.1", 2000, 0, 60_000_000)
    assert [s for _, s, _, _ in sorted(seconds(), key=lambda r: r[1])] == [n * 100 for n in range(40)]
    assert max(Interval.objects.filter(start__gte=T0 + 2000_000_000, start__lt=T0 + 2400_000_000).values_list("start_error", flat=True)) >= 60_000_000


def test_a_gap_is_recorded_and_a_late_file_closes_it(tmp_path):
    parts = []
    for n, (lo, hi) in enumerate([(0, 100), (100, 200), (200, 300)]):
        part = tmp_path / f"detail{n}"
        part.write_text("".join(packet("Start", k * 60, f"s{k}", f"u{k}", f"198.18.{k // 200}.{k % 200}") for k in range(lo, hi)))
        parts.append(part)
    load(parts[0])
    load(parts[2])
    assert [(g.lo // 10**6 - T, g.hi // 10**6 - T) for g in FeedGap.objects.all()] == [(99 * 60, 200 * 60)]
    load(parts[1])
    assert not FeedGap.objects.exists()


def test_a_session_without_further_signs_of_life_is_bounded(tmp_path):
    path = tmp_path / "detail"
    steady = "".join(packet("Interim-Update", n * 600, "a", "ua", "198.18.0.1") for n in range(30))
    path.write_text(packet("Start", 0, "b", "ub", "198.18.0.2") + packet("Interim-Update", 600, "b", "ub", "198.18.0.2") + steady)
    load(path)
    found = {h: (e, f) for h, _, e, f in seconds()}
    assert found == {"login:ua": (None, 0), "login:ub": (600 + 3 * 600, 2)}
    with path.open("a") as more:
        more.write(packet("Interim-Update", 18_100, "b", "ub", "198.18.0.2", length=18_100))
    load(path)
    assert {h: f for h, _, _, f in seconds()} == {"login:ua": 0, "login:ub": 0}


@pytest.mark.parametrize("name", sorted(set(SOURCES) - {"pba-juniper-structured"}))
def test_every_source_loads_its_sample_twice_to_the_same_rows(name, tmp_path):
    path = tmp_path / "sample"
    path.write_bytes(SAMPLES[name])
    first = load(path, name, zone="+09:00")
    assert first.stored > 0 and first.refused == 0
    before = rows()
    LoadMark.objects.all().delete()
    again = load(path, name, zone="+09:00")
    assert again.read == first.read and rows() == before


def test_a_record_from_the_future_does_not_make_the_feed_silent(tmp_path):
    path = tmp_path / "nat.log"
    line = "{} nfw nat: A VRF 0 INT 10.0.0.1 EXT 198.51.100.1:1024-1535\n"
    path.write_text(line.format("2026-09-22T03:00:00Z") + line.format("2098-09-22T03:00:00Z") + line.format("2026-09-22T03:01:00Z"))
    done = load(path, "cgnat-nfware")
    assert (done.read, done.refused, dict(done.reasons)) == (3, 1, {"in_the_future": 1})
    assert Feed.objects.get().last_record == T0_DAY + 3 * 3600 * 10**6 + 60 * 10**6 and not FeedGap.objects.exists()


def test_feeds_keep_their_rows_apart(detail):
    load(detail, feed="one")
    load(detail, feed="two")
    assert Interval.objects.count() == 100 and set(Feed.objects.values_list("name", flat=True)) == {"one", "two"}
