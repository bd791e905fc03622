"""Intervals: append, single question with certainty, batch, growth, live ingest beside questions, parsing of logs.

The made-up provider: 40 % sessions of whole IPv4 addresses, 20 % IPv6 /56 delegations, 40 % NAT port blocks of 1,024 (which
lead over their inside address to a session), 1 % overlaps; as many intervals for each address whatever the size, so that a
larger table is a larger provider. Questions are uniform over all rows: the worst case for caches.

Usage: bench_attribution.py [--rows 1000000] [--queries 20000] [--postgres] [--keep FOLDER]; `make bench-attribution` takes
10,000,000 rows. SQLite, or a PostgreSQL of its own; there the CPU time of the server's process is counted too.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

HOUR = 3_600_000_000
DAY = 24 * HOUR
T0 = 1_790_000_000_000_000
SPAN = 90 * DAY
POOL4, PER4 = 198 << 24, 40
POOL6, PER6 = 0x20010DB800000000, 20
NAT, PER_NAT, BLOCKS = 203 << 24, 10, 63
INSIDE = 100 << 24 | 64 << 16
SUBSCRIBERS = 20_000
BATCH = 100_000


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=10, help="of ingest beside questions")
    parser.add_argument("--postgres", action="store_true", help="a throw-away PostgreSQL instead of SQLite")
    parser.add_argument("--keep", type=Path, help="build the database here and keep it; one that is there is used again")
    parser.add_argument("--only-lookups", action="store_true", help="stop after the questions")
    parser.add_argument("--ingest", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def server_cpu() -> float:
    """Return the CPU seconds of the PostgreSQL process behind our connection; 0 on SQLite."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    stat = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


class Cpu:
    """CPU seconds since it was made: ours, and the database server's."""

    def __init__(self) -> None:
        self.ours, self.server = time.process_time(), server_cpu()

    def stop(self) -> Cpu:
        self.ours, self.server = time.process_time() - self.ours, server_cpu() - self.server
        return self

    def each(self, count: int) -> str:
        """Return how many of these one core does in a second, and what each costs."""
        parts = f" ({self.ours / count * 1e6:.1f} µs client, {self.server / count * 1e6:.1f} µs server)" if self.server else ""
        return f"{count / (self.ours + self.server):,.0f} per CPU s{parts}"


def lengths(rnd: random.Random, per: int) -> Iterator[tuple[int, int]]:
    """Yield `per` (start, end) pairs that fill the span one after another, with gaps of 5 minutes on average."""
    at = T0 + int(rnd.random() * DAY)
    mean = SPAN / per - 300e6
    for _ in range(per):
        end = at + 60_000_000 + int(rnd.expovariate(1 / mean))
        yield at, end + (HOUR if rnd.random() < 0.01 else 0)
        at = end + int(rnd.expovariate(1 / 300e6))


def rows(count: int, realm: str) -> Iterator:
    """Yield rows in order of their keys."""
    from sekimori.assignments.types import NewRow, Origin

    rnd = random.Random(11)
    radius, nat = Origin("radius-detail", "radius-detail", "192.0.2.1"), Origin("pba-juniper", "pba-juniper", "mx1")
    made = 0

    def row(key, start, end, holder, origin, size=0):
        return NewRow(realm, key, start, end, holder, origin, True, False, 1_000_000, 1_000_000, end, size)

    for n in range(SUBSCRIBERS):  # who held the inside addresses: one long session each
        yield row((INSIDE + n) << 16, T0 - DAY, T0 + 2 * SPAN, f"login:u{n}@isp.example", radius)
    for n in range(max(1, int(count * 0.4) // PER4)):
        for start, end in lengths(rnd, PER4):
            yield row((POOL4 + n) << 16, start, end, f"login:u{rnd.randrange(SUBSCRIBERS)}@isp.example", radius)
    for n in range(max(1, int(count * 0.4) // (PER_NAT * BLOCKS))):
        for block in range(1, BLOCKS + 1):
            for start, end in lengths(rnd, PER_NAT):
                made += 1
                yield row((NAT + n) << 16 | block * 1024, start, end, f"inside:{realm}:{IPv4Address(INSIDE + rnd.randrange(SUBSCRIBERS))}", nat, 1024)
    for n in range(max(1, int(count * 0.2) // PER6)):
        for start, end in lengths(rnd, PER6):
            yield row(POOL6 + (n << 8), start, end, f"login:u{rnd.randrange(SUBSCRIBERS)}@isp.example", radius, 56)


def fill(store, count: int, realm: str = "") -> array:
    """Append rows in sorted batches; return (start, end) of a sample with its key, for questions."""
    sample, now, batch = [], int(time.time() * 1e6), []
    wall = cpu = server = 0.0
    total = 0
    rnd = random.Random(5)

    def flush():
        nonlocal wall, cpu, server, total
        w, c = time.perf_counter(), Cpu()
        store.append(batch, now)
        c.stop()
        wall, cpu, server = wall + time.perf_counter() - w, cpu + c.ours, server + c.server
        total += len(batch)
        batch.clear()

    for row in rows(count, realm):
        batch.append(row)
        if rnd.random() < 60_000 / count:
            sample.append((row.key, row.size, row.start, row.end))
        if len(batch) >= BATCH:
            flush()
    flush()
    print(f"append of sorted batches: {total:,} rows, {total / wall:,.0f} rows/s wall, {total / cpu:,.0f} rows per CPU s"
          + (f" of the client, {total / server:,.0f} of the server" if server else ""))
    return sample


def questions(sample, count: int, seed: int):
    """Return questions within the sampled rows: (address, port, time)."""
    rnd = random.Random(seed)
    out = []
    while len(out) < count:
        key, size, start, end = rnd.choice(sample)
        t = start + int(rnd.random() * (end - start))
        if key >= 1 << 48:
            out.append((IPv6Address(key << 64 | rnd.getrandbits(64)), None, t))
        elif key >> 16 < INSIDE or key >> 16 >= INSIDE + SUBSCRIBERS:
            out.append((IPv4Address(key >> 16), (key & 0xFFFF) + rnd.randrange(1024) if size else 50_000, t))
    return out


def question(address, port: int | None, t: int):
    """Return the question for an address, port and time with 2 s of error."""
    from sekimori.attribution.types import Question, Window

    return Question((Window(t - 2_000_000, t + 2_000_000),), address, port)


def timed(label: str, calls: list[Callable[[], object]]) -> float:
    """Run calls one by one; print and return the median in microseconds."""
    spent = []
    clock = time.perf_counter
    cpu = Cpu()
    for call in calls:
        began = clock()
        call()
        spent.append(clock() - began)
    cpu.stop()
    spent.sort()
    p50, p99 = statistics.median(spent) * 1e6, spent[len(spent) * 99 // 100] * 1e6
    print(f"{label}: p50 {p50:.1f} µs, p99 {p99:.1f} µs; {cpu.each(len(calls))}")
    return p50


def lookups(store, sample, count: int) -> float:
    """Raw look-ups of the store, then questions answered with certainty, one by one and in a batch."""
    from sekimori.assignments.keys import probes_for
    from sekimori.attribution.ask import ask
    from sekimori.attribution.knowledge import Stored

    gc.freeze()  # as `sekimori attribute` does
    gc.set_threshold(200_000, 20, 100)
    sizes = {4: store.sizes("", 4), 6: store.sizes("", 6)}
    drawn = questions(sample, count, 1)
    probes = [probes_for(a, p, sizes[a.version], t - 2_000_000, t + 2_000_000) for a, p, t in drawn]
    store.lookup(probes[0])
    timed(f"store, single, {sum(map(len, probes)) / len(probes):.1f} probes each", [lambda p=p: store.lookup(p) for p in probes])
    flat = [p for ps in probes for p in ps]
    cpu = Cpu()
    found = store.lookup(flat)
    print(f"store, batch of {len(flat):,} probes: {cpu.stop().each(len(flat))}, {sum(map(len, found)):,} rows")
    asked = [question(a, p, t) for a, p, t in drawn]
    known = Stored(int(time.time() * 1e6))
    ask(asked[:1], known)
    single = timed("single question with certainty", [lambda q=q: ask([q], known) for q in asked])
    many = [question(a, p, t) for a, p, t in questions(sample, 100_000, 2)]
    cpu = Cpu()
    answers = ask(many, known)
    cpu.stop()
    kinds: dict[str, int] = {}
    for answer in answers:
        kinds[str(answer.certainty)] = kinds.get(str(answer.certainty), 0) + 1
    print(f"batch of {len(many):,} with certainty: {cpu.each(len(many))}; {kinds}")
    return single


def setting(folder: Path) -> None:
    """A synthetic data folder with networks, contracts and logins."""
    os.environ["SEKIMORI_DATA"] = str(folder)
    command = [str(Path(sys.executable).parent / "sekimori")]
    if (folder / "sekimori.sqlite3").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "network.csv").write_text(
        "prefix,kind,pd_length,realm,valid_from,valid_to,contact\n198.0.0.0/8,radius,,,,,\n203.0.0.0/8,cgnat,,,,,\n2001:db8::/32,pd,56,,,,\n")
    (folder / "contracts.csv").write_text(
        "contract,holder,kind,language,email,alt_email,phone,postal,access,product,protected,consents,valid_from,valid_to\n"
        + "".join(f"C{n},,person,ja,,,,,pppoe,,,,,\n" for n in range(SUBSCRIBERS)))
    (folder / "logins.csv").write_text("key,contract,valid_from,valid_to,user\n" + "".join(f"u{n}@isp.example,C{n},,,\n" for n in range(SUBSCRIBERS)))
    for args in (["init", "--synthetic"], ["network", "load", "network.csv"], ["contracts", "load", "contracts.csv"], ["logins", "load", "logins.csv"]):
        subprocess.run(command + args, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def feeds() -> None:
    """Name the feeds that the rows say they come from, well from the first to the last row."""
    from sekimori.assignments.models import Feed

    for name in ("radius-detail", "pba-juniper"):
        Feed.objects.update_or_create(name=name, defaults={
            "source": name, "records": 1, "first_record": T0 - 2 * DAY, "last_record": T0 + 3 * SPAN, "mean_gap": 1_000_000})


def ingest(store, seconds: float, rate: int = 3000) -> None:
    """Append live rows at a rate, in small commits, as a loader does; print what was reached."""
    rnd = random.Random(time.time())
    from sekimori.assignments.types import NewRow, Origin

    origin, began, done = Origin("radius-detail", "radius-detail", "192.0.2.1"), time.perf_counter(), 0
    now = int(time.time() * 1e6)
    while (spent := time.perf_counter() - began) < seconds:
        if done > spent * rate:
            time.sleep(0.005)
            continue
        store.append([NewRow("", (POOL4 + rnd.randrange(1 << 20)) << 16, now + n, None, f"login:u{rnd.randrange(SUBSCRIBERS)}@isp.example", origin, False)
                      for n in range(300)], now)
        done += 300
    print(f"ingest: {done / (time.perf_counter() - began):,.0f} rows/s in commits of 300", flush=True)


def beside(store, sample, seconds: float) -> None:
    """100 questions a second while another process ingests 3,000 rows/s."""
    from sekimori.attribution.ask import ask
    from sekimori.attribution.knowledge import Stored

    asked = [question(a, p, t) for a, p, t in questions(sample, int(seconds * 100), 9)]
    known = Stored(int(time.time() * 1e6))
    other = subprocess.Popen([sys.executable, __file__, "--ingest", "--seconds", str(seconds)])
    time.sleep(1)
    spent, began = [], time.perf_counter()
    for n, q in enumerate(asked):
        time.sleep(max(0.0, began + n / 100 - time.perf_counter()))
        t = time.perf_counter()
        ask([q], known)
        spent.append(time.perf_counter() - t)
        if other.poll() is not None:
            break
    other.wait()
    spent.sort()
    print(f"questions beside ingest: {len(spent)}, p50 {statistics.median(spent) * 1e6:.0f} µs, p99 {spent[len(spent) * 99 // 100] * 1e6:.0f} µs")


def live(store) -> None:
    """Append as a loader does that keeps up with a log: commits of 1,000 rows, keys at random; then say how they ended."""
    from sekimori.assignments.store.interface import Change
    from sekimori.assignments.types import NewRow, Origin

    rnd, origin, now = random.Random(4), Origin("live", "radius-detail", "192.0.2.1"), int(time.time() * 1e6)
    blocks = [[NewRow("", (POOL4 + rnd.randrange(1 << 24)) << 16, now + n, None, "login:u@isp.example", origin, False) for n in range(1000)] for _ in range(20)]
    began = time.perf_counter()
    numbers = [store.append(block, now) for block in blocks]
    print(f"live append, commits of 1,000: {20_000 / (time.perf_counter() - began):,.0f} rows/s")
    began = time.perf_counter()
    for part in numbers:
        store.change([Change(n, now + HOUR, True, False, 1_000_000, now + HOUR) for n in part], now + HOUR)
    print(f"live ends, commits of 1,000: {20_000 / (time.perf_counter() - began):,.0f} rows/s")


def parsing() -> None:
    """Lines per CPU second, parser alone and the whole load."""
    from sekimori.assignments.events import Context
    from sekimori.assignments.loader import Loader
    from sekimori.assignments.sources.registry import SOURCES
    from sekimori.assignments.store.factory import open_store

    rnd = random.Random(8)
    detail, pba = [], []
    for n in range(40_000):
        t = T0 // 1_000_000 + n // 10  # ten records a second
        stamp = datetime.fromtimestamp(t, UTC)
        user = rnd.randrange(SUBSCRIBERS)
        detail.append(
            f"{stamp:%a %b %e %H:%M:%S %Y}\n\tAcct-Status-Type = {('Start', 'Interim-Update', 'Stop')[n % 3]}\n\tAcct-Session-Id = \"{n // 3:08x}\"\n"
            f"\tAcct-Unique-Session-Id = \"{n // 3:032x}\"\n\tUser-Name = \"u{user}@isp.example\"\n\tNAS-IP-Address = 192.0.2.1\n\tNAS-Port = {user}\n"
            f"\tFramed-IP-Address = 198.18.{n // 3 % 60000 // 250}.{n // 3 % 250}\n\tAcct-Session-Time = {n % 3 * 60}\n\tAcct-Input-Octets = 12345\n"
            f"\tAcct-Output-Octets = 54321\n\tEvent-Timestamp = \"{stamp:%b %e %Y %H:%M:%S} UTC\"\n\tTimestamp = {t}\n\n")
        act, verb = (("ALLOC", "allocates"), ("RELEASE", "releases"))[n % 2]
        first = 1024 + n // 2 % 500 * 128
        pba.append(f"{stamp:%b %e %H:%M:%S} mx1 RT_NAT: RT_SRC_NAT_PBA_{act}: Subscriber 100.64.{user >> 8}.{user & 255} used/maximum [1/8] blocks, {verb} port block"
                   f" [{first}-{first + 127}] from 203.0.113.{n // 1000 % 250} in source pool P lsys_id: 0 epoch 0x{t:x}\n")
    for name, text in (("radius-detail", "".join(detail)), ("pba-juniper", "".join(pba))):
        block = text.encode()
        lines = block.count(b"\n")
        began = time.process_time()
        read = SOURCES[name].parse(block, Context({}, T0 + SPAN))
        spent = time.process_time() - began
        assert not read.refused
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "log"
            path.write_bytes(block)
            loader = Loader(open_store(), SOURCES[name], {"feed": f"bench-{name}"}, Path(folder), lambda: T0 + SPAN)
            began = time.process_time()
            loader.load(path)
            whole = time.process_time() - began
        print(f"{name}: parser {lines / spent:,.0f} lines per CPU s ({read.records / spent:,.0f} records); whole load {lines / whole:,.0f} lines,"
              f" {read.records / whole:,.0f} records per CPU s")


def tenth(a: argparse.Namespace) -> float:
    """Measure a table of a tenth of the rows in a process of its own; return the median of a single question in µs."""
    done = subprocess.run([sys.executable, __file__, "--rows", str(a.rows // 10), "--queries", str(a.queries), "--only-lookups"],
                          check=True, capture_output=True, text=True)
    print("".join(f"  ({a.rows // 10:,} rows) {line}\n" for line in done.stdout.splitlines()), end="")
    return float(done.stdout.split("single question with certainty: p50 ")[1].split()[0])


def main() -> None:
    """Build, measure, print."""
    a = arguments()
    folder = a.keep or Path(tempfile.mkdtemp(prefix="sekimori-bench-"))
    smaller = tenth(a) if a.rows >= 5_000_000 and not (a.ingest or a.only_lookups or a.postgres) else None
    cluster = None
    if a.postgres:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
        from postgres import Cluster

        cluster = Cluster(buffers="1GB")
        cluster.start()
        os.environ["SEKIMORI_DATABASE"] = cluster.create("bench")
    if not a.ingest:
        setting(folder)
    import django
    import django.db

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sekimori.site.django_settings")
    django.setup()
    from sekimori.assignments.store.factory import open_store

    store = open_store()
    if a.ingest:
        ingest(store, a.seconds)
        return
    feeds()
    sample = fill(store, a.rows)
    if a.postgres:
        with django.db.connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")  # what autovacuum does after a load
    single = lookups(store, sample, a.queries)
    if smaller:
        print(f"growth of a single question, {a.rows // 10:,} → {a.rows:,} rows: {single / smaller:.2f}×")
    if not a.only_lookups:
        live(store)
        beside(store, sample, a.seconds)
        parsing()
    if cluster is not None:
        django.db.connection.close()
        cluster.close()
    if not a.keep:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
