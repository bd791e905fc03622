"""How fast reports are read, beside Python's csv, email and jsonschema in the same run. CPU seconds of one core; no threshold is asserted.

Prints one line per measurement: ours, the peer's, and the peak memory of a 120 MB feed (in a process of its own).
"""

from __future__ import annotations

import csv
import email
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from reports.formats.mails import ORIGINAL, arf, attached, dumps, xarf3, xarf4
from reports.letters import letters
from sekimori.reports import reading
from sekimori.reports.contract import Context, Item

HEADER = ('"timestamp","severity","ip","protocol","port","hostname","tag","version","asn","geo","region","city","naics","hostname_source","sector","clk_wander","clock","error","frequency",'
          '"jitter","leap","mintc","noise","offset","peer","phase","poll","precision","processor","refid","reftime","rootdelay","rootdispersion","stability","state","stratum","system","tai","tc"\n')
ROW = ('"2026-11-23 00:%02d:%02d","medium","198.51.%d.%d","udp",123,"p%d.isp.example","ntp",4,64500,"JP","TOKYO","CHIYODA",517311,"ptr","Communications, Service Provider, and Hosting Service",,'
       '"0xE9A1B2C3.4D5E6F70",,,,0,,,"0.000","0","0.000",6,-23,"unknown","203.0.113.1","0xE9A1B2C3.4D5E6F70","0.000","1.024",,4,3,"UNIX",,\n')


def rate(work: Callable[[], int], seconds: float = 2.0) -> float:
    """Return items per CPU second."""
    work()
    start, n = time.process_time(), 0
    while (used := time.process_time() - start) < seconds:
        n += work()
    return n / used


def read_all(items: list[bytes]) -> Callable[[], int]:
    def work() -> int:
        for raw in items:
            reading.answer(Item(raw), Context())
        return len(items)
    return work


def line(name: str, ours: float, unit: str, peer: str = "", theirs: float = 0.0) -> None:
    beside = f"   {peer}: {theirs:,.0f}" if peer else ""
    print(f"{name:<44}{ours:>12,.0f} {unit}/CPU s{beside}")


def mails() -> None:
    full = "Feedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\nSource-IP: 198.51.100.7\r\nArrival-Date: Tue, 24 Nov 2026 03:04:05 +0000\r\n"
    body = ORIGINAL + "Buy now, cheap watches.\r\n" * 100
    for name, items in (("ARF, everything stated", [arf(full, body)]), ("ARF, sparse (traced)", [arf("Feedback-Type: abuse\r\n", body)]),
                        ("XARF v4 mail", [attached("xarf.json", dumps(xarf4()), "application/json")])):
        def peer(items: list[bytes] = items) -> int:
            for raw in items:
                email.message_from_bytes(raw)
            return len(items)
        line(f"{name} ({sum(map(len, items)) // len(items) / 1000:.1f} kB)", rate(read_all(items)), "mails", "email, parse only", rate(peer, 1.0))
    line("Free text (own letters)", rate(read_all([x.raw for x in letters()])), "mails")


def xarf() -> None:
    import jsonschema
    from referencing import Registry, Resource

    from sekimori.reports.formats.xarf4.validate import _resources

    registry = Registry().with_resources([(uri, Resource.from_contents(s)) for uri, s in _resources().items()])
    validator = jsonschema.Draft202012Validator(_resources()["https://xarf.org/schemas/v4/types/connection-login-attack.json"], registry=registry,
                                                format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    raw = dumps(xarf4())

    def peer() -> int:
        validator.is_valid(json.loads(raw))
        return 1
    line("XARF v4 file (parsed, validated, read)", rate(read_all([raw])), "reports", "jsonschema, validate only", rate(peer, 1.0))
    line("XARF v3 file", rate(read_all([dumps(xarf3())])), "reports")


def rows() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "2026-11-23-scan_ntp-isp-geo.csv"
        with path.open("w") as f:
            f.write(HEADER)
            n = 0
            while f.tell() < 120_000_000:
                f.writelines(ROW % (k // 60 % 60, k % 60, k // 250 % 250, k % 250 + 1, k) for k in range(n, n + 10_000))
                n += 10_000
        code = ("import sys,time,resource\nfrom pathlib import Path\nfrom sekimori.reports import reading\nfrom sekimori.reports.contract import Context\n"
                "item,_=reading.load(Path(sys.argv[1]))\ns=time.process_time()\no=reading.answer(item,Context())\n"
                "print(o.findings_total,time.process_time()-s,resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)")
        found = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout.split()
        total, used, memory = int(found[0]), float(found[1]), int(found[2])
        start = time.process_time()
        with path.open(newline="") as f:
            plain = sum(1 for _ in csv.reader(f))
        theirs = plain / (time.process_time() - start)
        line(f"Shadowserver rows ({path.stat().st_size / 1e6:.0f} MB, {total:,} rows)", total / used, "rows", "csv.reader, split only", theirs)
        print(f"{'  peak memory of that process':<44}{memory / 1024:>12,.0f} MB")


def main() -> None:
    mails()
    xarf()
    rows()
    print(f"{'  peak memory of this process':<44}{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>12,.0f} MB")


if __name__ == "__main__":
    main()
