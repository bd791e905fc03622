"""Notices per CPU second, beside flufl.bounce (addresses only) and the standard library's parser in the same run.

Usage: bench_bounces.py [FOLDER…]; without one the shared samples, else the notices written for the tests.
"""

from __future__ import annotations

import email
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bounces.notices_made import MADE
from corpus_path import CORPUS
from sekimori.bounces import parse
from sekimori.bounces.explain.verdicts import answers
from sekimori.bounces.provenance.rules import judge
from sekimori.mime import read

ROUNDS = 3


def samples() -> list[bytes]:
    folders = [Path(a) for a in sys.argv[1:]] or [CORPUS / "bounces"]
    files = [p for f in folders if f.exists() for p in sorted(f.glob("*/files/*")) if p.is_file()]
    return [p.read_bytes() for p in files] or list(MADE.values()) * 40


def explained(raw: bytes) -> None:
    mail = read(raw)
    found = parse(mail)
    answers(found, judge(mail, found))


def flufl() -> Callable[[bytes], object] | None:
    try:
        from flufl.bounce import scan_message
    except ImportError:
        return None

    def run(raw: bytes) -> object:
        try:
            return scan_message(email.message_from_bytes(raw))
        except Exception:
            return None      # it raises IndexError on some samples

    return run


def main() -> None:
    mails = samples()
    print(f"{len(mails)} notices, {sum(map(len, mails)) / 1e6:.1f} MB, best of {ROUNDS} rounds, one process, CPU time")
    peers: dict[str, Callable[[bytes], object] | None] = {
        "sekimori parse": parse, "sekimori parse + judge + explain": explained, "flufl.bounce (addresses only)": flufl(), "email.message_from_bytes (no bounce logic)": email.message_from_bytes,
    }
    for name, run in peers.items():
        if run is None:
            print(f"{name:44s} not installed")
            continue
        best = 9e9
        for _ in range(ROUNDS):
            start = time.process_time()
            for raw in mails:
                run(raw)
            best = min(best, time.process_time() - start)
        print(f"{name:44s} {len(mails) / best:8.0f} /CPU s")


if __name__ == "__main__":
    main()
