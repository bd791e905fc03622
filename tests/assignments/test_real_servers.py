"""FreeRADIUS and Kea from Debian run here, and the files that they write are loaded: no format is taken from memory."""

import json
import os
import shutil
import socket
import struct
import subprocess
import time
from contextlib import contextmanager
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from sekimori.assignments.keys import key_v4
from sekimori.assignments.loader import Loader
from sekimori.assignments.models import DeviceClock, Interval
from sekimori.assignments.sources.registry import SOURCES
from sekimori.assignments.store.factory import open_store
from sekimori.assignments.types import Probe
from support import need

pytestmark = [pytest.mark.servers, pytest.mark.django_db]
FREERADIUS = shutil.which("freeradius") or "/usr/sbin/freeradius"
KEA = shutil.which("kea-dhcp4") or "/usr/sbin/kea-dhcp4"

RADIUSD = """
prefix = /usr
libdir = /usr/lib/freeradius
logdir = {folder}
run_dir = {folder}
db_dir = {folder}
radacctdir = {folder}/radacct
pidfile = {folder}/pid
max_request_time = 5
security {{
    allow_core_dumps = no
}}
client local {{
    ipaddr = 127.0.0.1
    secret = secret-of-the-test
}}
modules {{
    expr {{ }}
    detail {{
        filename = {folder}/detail
        permissions = 0600
        header = "%t"
    }}
}}
policy {{
    $INCLUDE /etc/freeradius/3.0/policy.d/accounting
}}
server default {{
    listen {{
        type = acct
        ipaddr = 127.0.0.1
        port = {port}
    }}
    preacct {{
        acct_unique
    }}
    accounting {{
        detail
    }}
}}
"""


def free_udp_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextmanager
def running(command, ready, env=None, log=None):
    with log.open("wb") as out:
        process = subprocess.Popen(command, env={**os.environ, **(env or {})}, stdout=out, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 20
        while ready not in log.read_text(errors="replace"):
            assert process.poll() is None and time.monotonic() < until, log.read_text(errors="replace")[-3000:]
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait(10)


def load(path, source, **options):
    now = int(time.time() * 1e6)
    loader = Loader(open_store(), SOURCES[source], options, path.parent / "refused", lambda: now)
    loader.load(path)
    return loader.total


@pytest.fixture
def answer():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        s.settimeout(10)
        yield s


@pytest.fixture
def open_folder(tmp_path):
    tmp_path.chmod(0o755)
    return tmp_path


def test_freeradius_writes_its_own_detail_file(open_folder):
    need("freeradius", Path(FREERADIUS).exists() and Path("/usr/bin/radclient").exists())
    port = free_udp_port()
    (open_folder / "radiusd.conf").write_text(RADIUSD.format(folder=open_folder, port=port))
    (open_folder / "dictionary").write_text("$INCLUDE /usr/share/freeradius/dictionary\n")

    def packet(kind, session, user, ip, event, **more):
        base = {"Acct-Status-Type": kind, "Acct-Session-Id": f'"{session}"', "User-Name": f'"{user}"', "NAS-IP-Address": "192.0.2.1", "NAS-Port": "7",
                "Framed-IP-Address": ip, "Event-Timestamp": str(event)} | {k.replace("_", "-"): v for k, v in more.items()}
        return "\n".join(f"{k} = {v}" for k, v in base.items() if v is not None) + "\n\n"

    now = int(time.time())
    skew = 20  # the device's clock is slow
    packets = [
        packet("Start", "01", "u1@isp.example", "198.18.0.7", now - skew - 300, Delegated_IPv6_Prefix="2001:db8:1:200::/56", Acct_Delay_Time="300"),
        packet("Interim-Update", "01", "u1@isp.example", "198.18.0.7", now - skew - 120, Acct_Session_Time="180", Acct_Delay_Time="120"),
        packet("Start", "02", 'quoted\\"name@isp.example', "198.18.0.8", now - skew - 100, Acct_Delay_Time="100"),
        packet("Stop", "01", "u1@isp.example", "198.18.0.7", now - skew - 60, Delegated_IPv6_Prefix="2001:db8:1:200::/56", Acct_Session_Time="240",
               Acct_Delay_Time="60", Acct_Terminate_Cause="User-Request"),
        packet("Accounting-Off", "00", None, None, now - skew - 10, User_Name=None, Framed_IP_Address=None, Acct_Delay_Time="10"),
    ]
    with running([FREERADIUS, "-f", "-l", "stdout", "-d", str(open_folder)], "Ready to process requests", log=open_folder / "log"):
        for text in packets:
            done = subprocess.run(["radclient", "-t", "3", f"127.0.0.1:{port}", "acct", "secret-of-the-test"], input=text, text=True, capture_output=True)
            assert done.returncode == 0, done.stderr + done.stdout
    detail = open_folder / "detail"
    done = load(detail, "radius-detail")
    assert (done.read, done.refused, done.pending_bytes) == (5, 0, 0), (dict(done.reasons), detail.read_text())
    clock = DeviceClock.objects.get()
    assert clock.device == "192.0.2.1" and abs(clock.offset / 1e6 - skew) <= 3
    store = open_store()
    at = (now - 200) * 1_000_000
    [[row], [six], [lost]] = store.lookup([
        Probe("", key_v4(IPv4Address("198.18.0.7")), at, at, 0), Probe("", 0x20010DB800010200, at, at, 56),
        Probe("", key_v4(IPv4Address("198.18.0.8")), at + 150_000_000, at + 150_000_000, 0)])
    assert (row.holder, row.closed, abs(row.start / 1e6 - (now - 300)) < 4, abs(row.end / 1e6 - (now - 60)) < 4) == ("login:u1@isp.example", True, True, True)
    assert (six.holder, six.closed) == ("login:u1@isp.example", True)
    assert (lost.holder, lost.closed, lost.inferred_end) == ('login:quoted"name@isp.example', False, True)
    assert load(detail, "radius-detail").read == 0


def dhcp(kind, mac, *, requested=None, ciaddr="0.0.0.0", server="127.0.0.1", circuit=b"", giaddr="127.0.0.1"):
    """A DHCPv4 message as a relay sends it (RFC 2131 §2, RFC 3046)."""
    packet = struct.pack("!BBBBIHH", 1, 1, 6, 1, int.from_bytes(mac[-4:], "big"), 0, 0)
    packet += IPv4Address(ciaddr).packed + b"\0" * 8 + IPv4Address(giaddr).packed + mac + b"\0" * 202 + b"\x63\x82\x53\x63"
    options = [(53, bytes([kind])), (54, IPv4Address(server).packed)]
    if requested:
        options.append((50, IPv4Address(requested).packed))
    if circuit:
        options.append((82, bytes([1, len(circuit)]) + circuit))
    return packet + b"".join(bytes([code, len(value)]) + value for code, value in options) + b"\xff"


def test_kea_writes_its_own_lease_file(open_folder, answer):
    need("kea", Path(KEA).exists())
    port = free_udp_port()
    leases = open_folder / "leases.csv"
    config = open_folder / "kea.json"
    config.write_text(json.dumps({"Dhcp4": {
        "interfaces-config": {"interfaces": ["lo/127.0.0.1"], "dhcp-socket-type": "udp"}, "valid-lifetime": 3600, "store-extended-info": True,
        "lease-database": {"type": "memfile", "persist": True, "name": str(leases), "lfc-interval": 0},
        "subnet4": [{"id": 1, "subnet": "192.0.2.0/24", "pools": [{"pool": "192.0.2.10 - 192.0.2.99"}], "relay": {"ip-addresses": ["127.0.0.1"]}}],
        "loggers": [{"name": "kea-dhcp4", "output_options": [{"output": "stdout"}], "severity": "INFO"}]}}))
    env = {"KEA_PIDFILE_DIR": str(open_folder), "KEA_LOCKFILE_DIR": str(open_folder)}
    command = [KEA, "-c", str(config), "-p", str(port), "-P", str(answer.getsockname()[1])]
    macs = [bytes([2, 0, 0, 0, 0, n]) for n in (1, 2)]
    began = int(time.time())
    with running(command, "DHCP4_STARTED", env, open_folder / "log"):
        def say(message, replies=True):
            answer.sendto(message, ("127.0.0.1", port))
            return answer.recv(2000) if replies else None

        for n, mac in enumerate(macs):
            reply = say(dhcp(3, mac, requested=f"192.0.2.{20 + n}", circuit=b"line-%d" % n))
            assert IPv4Address(reply[16:20]) == IPv4Address(f"192.0.2.{20 + n}")
        time.sleep(1.1)
        say(dhcp(3, macs[0], ciaddr="192.0.2.20", circuit=b"line-0"))  # renewed
        say(dhcp(7, macs[1], ciaddr="192.0.2.21", circuit=b"line-1"), replies=False)  # released
        until = time.monotonic() + 10
        while leases.read_text().count("\n") < 5 and time.monotonic() < until:
            time.sleep(0.05)
    text = leases.read_text()
    done = load(leases, "kea-leases4")
    assert (done.refused, done.pending_bytes) == (0, 0) and done.read == text.count("\n") - 1, text
    rows = {h: (s // 10**6, e // 10**6, f) for h, s, e, f in Interval.objects.values_list("holder", "start", "ending", "flags")}
    assert set(rows) == {"circuit:line-0", "circuit:line-1"}, (rows, text)
    start, end, flags = rows["circuit:line-0"]
    assert began - 1 <= start <= began + 5 and start + 3600 < end <= start + 3610 and flags == 0
    assert rows["circuit:line-1"][2] == 2  # given up at a time that the file does not say
    assert load(leases, "kea-leases4").read == 0
