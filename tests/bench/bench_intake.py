"""LMTP durable end to end, beside a bare door, with the disk's own fdatasync rate, in one run.

The bare door is what one would write first: aiosmtpd and SQLite with synchronous=FULL, one INSERT and one COMMIT for each
message, 250 after COMMIT. Ours hashes, compresses, routes and stores evidence and row, and is killed and asked like any
other server. Both run as processes of their own and are fed by the same clients, one message a connection or many.

Usage: bench_intake.py [--connections 10] [--seconds 8] [--size 5800] [--postgres]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from wire import Wire, free_port

BARE = '''
import asyncio, sqlite3, sys, logging
from aiosmtpd.lmtp import LMTP
logging.disable(logging.CRITICAL)
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode=WAL"); db.execute("PRAGMA synchronous=FULL")
db.execute("CREATE TABLE m (id INTEGER PRIMARY KEY, sender TEXT, rcpt TEXT, raw BLOB)")
class Handler:
    async def handle_DATA(self, server, session, envelope):
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO m (sender, rcpt, raw) VALUES (?,?,?)", (envelope.mail_from, ",".join(envelope.rcpt_tos), envelope.content))
        db.execute("COMMIT")
        return "250 OK"
async def main():
    loop = asyncio.get_running_loop()
    await (await loop.create_server(lambda: LMTP(Handler(), hostname="bare", loop=loop), "127.0.0.1", int(sys.argv[2]))).serve_forever()
asyncio.run(main())
'''


def sync_rate(folder: str, seconds: float = 1.0) -> float:
    """4 KiB appends with fdatasync in a second."""
    path = os.path.join(folder, "sync")
    fd = os.open(path, os.O_WRONLY | os.O_CREAT)
    count, start = 0, time.monotonic()
    while time.monotonic() - start < seconds:
        os.write(fd, b"\0" * 4096)
        os.fdatasync(fd)
        count += 1
    os.close(fd)
    os.unlink(path)
    return count / (time.monotonic() - start)


def load(port: int, connections: int, seconds: float, size: int) -> tuple[float, list[float]]:
    """Feed a server: (messages a second, seconds from final dot to 250 of each)."""
    stop, lock, times = threading.Event(), threading.Lock(), []
    body = b"".join(b"Received: from h%d.example (h%d.example [192.0.2.%d]) by mx.example; Tue, 24 Nov 2026 12:00:00 +0900\r\n" % (i, i, i) for i in range(5))
    filler = b"0123456789 abcdefghij ABCDEFGHIJ 0123456789 abcdefghij ABCDEFGHIJ\r\n"

    def run(k: int) -> None:
        mine, number = [], 0
        with contextlib.suppress(OSError), Wire(port, timeout=30) as client:
            client.say(b"LHLO bench")
            while not stop.is_set():
                raw = b"From: r%d@feed%d.example\r\nTo: abuse@isp.example\r\nSubject: %d\r\nMessage-ID: <%d.%d@x>\r\n%s\r\n" % (k, k, number, k, number, body)
                raw += (filler * (size // len(filler) + 1))[:size - len(raw)] + b"\r\n"
                client.say(b"MAIL FROM:<r@feed.example>")
                client.say(b"RCPT TO:<abuse@isp.example>")
                client.say(b"DATA")
                client.send(raw + b".\r\n")
                start = time.monotonic()
                if not client.reply().startswith(b"250"):
                    raise SystemExit("refused")
                mine.append(time.monotonic() - start)
                number += 1
        with lock:
            times.extend(mine)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(connections)]
    start = time.monotonic()
    for t in threads:
        t.start()
    time.sleep(seconds)
    stop.set()
    for t in threads:
        t.join()
    return len(times) / (time.monotonic() - start), times


def measure(name: str, command: list[str], env: dict[str, str], port: int, arguments: argparse.Namespace) -> float:
    """Start a server, feed it, print its line, and return its rate."""
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    try:
        for _ in range(400):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        load(port, arguments.connections, 1.0, arguments.size)
        before = _cpu(process.pid)
        rate, times = load(port, arguments.connections, arguments.seconds, arguments.size)
        cpu = (_cpu(process.pid) - before) / max(len(times), 1)
    finally:
        process.terminate()
        process.wait(30)
    times.sort()
    print(f"{name:34} {rate:7.0f} msg/s   p50 {1000 * statistics.median(times):6.1f} ms   p99 {1000 * times[int(len(times) * 0.99) - 1]:6.1f} ms"
          f"   server {1000 * cpu:.2f} CPU ms/msg", flush=True)
    return rate


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def ours(name: str, env: dict[str, str], arguments: argparse.Namespace) -> float:
    """Measure `sekimori intake serve --lmtp`."""
    subprocess.run([sys.executable, "-m", "sekimori", "init", "--synthetic"], env=env, check=True, stdout=subprocess.DEVNULL)
    port = free_port()
    return measure(name, [sys.executable, "-m", "sekimori", "intake", "serve", "--lmtp", f"127.0.0.1:{port}"], env, port, arguments)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--size", type=int, default=5800)
    parser.add_argument("--no-postgres", action="store_true")
    arguments = parser.parse_args()
    env = {k: v for k, v in os.environ.items() if not k.startswith("SEKIMORI_") and k != "DJANGO_SETTINGS_MODULE"}
    with tempfile.TemporaryDirectory(prefix="skm-bench-") as folder:
        print(f"{arguments.connections} connections, {arguments.size} octets, {arguments.seconds:.0f} s; fdatasync {sync_rate(folder):.0f}/s; "
              f"load {os.getloadavg()[0]:.1f}", flush=True)
        port = free_port()
        bare = measure("bare aiosmtpd + SQLite FULL", [sys.executable, "-c", BARE, folder + "/bare.sqlite3", str(port)], env, port, arguments)
        mine = ours("sekimori LMTP, SQLite FULL", env | {"SEKIMORI_DATA": folder + "/data"}, arguments)
        print(f"ours / bare = {100 * mine / bare:.0f} %   fdatasync {sync_rate(folder):.0f}/s")
        if not arguments.no_postgres:
            from postgres import Cluster, binaries

            if binaries() is None:
                print("PostgreSQL is not installed (make servers)")
                return
            cluster = Cluster()
            cluster.start()
            try:
                ours("sekimori LMTP, PostgreSQL", env | {"SEKIMORI_DATA": folder + "/pg", "SEKIMORI_DATABASE": cluster.create("bench")}, arguments)
            finally:
                cluster.close()


if __name__ == "__main__":
    main()
