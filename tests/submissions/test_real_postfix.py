"""A real Postfix: signed-in mail through a re-injecting filter hop to the outside, its own log, back to the login.

The sink outside sees only what a stranger sees: the Received lines. Its queue id, host and time lead to the contract.
"""

import base64
import json
import re
import smtplib
import socketserver
import subprocess
import sys
import threading
import time
from datetime import UTC
from email.utils import parsedate_to_datetime

import pytest

import postfix
from support import need
from wire import free_port

pytestmark = [pytest.mark.servers, pytest.mark.slow]


class Auth(socketserver.StreamRequestHandler):
    """Dovecot's authentication protocol (1.1), as far as Postfix speaks it: every password is right."""

    def handle(self):
        self.wfile.write(b"VERSION\t1\t1\nMECH\tPLAIN\tplaintext\nSPID\t1\nCUID\t1\nCOOKIE\t00112233445566778899aabbccddeeff\nDONE\n")
        for line in self.rfile:
            words = line.decode().rstrip("\n").split("\t")
            if words[0] == "AUTH":
                answer = next(w[5:] for w in words if w.startswith("resp="))
                user = base64.b64decode(answer).split(b"\0")[1].decode()
                self.wfile.write(f"OK\t{words[1]}\tuser={user}\n".encode())


class Sink(socketserver.StreamRequestHandler):
    """A stranger's mail server: keeps what it gets, knows no `nobody@`."""

    def handle(self):
        say = lambda text: self.wfile.write(text.encode() + b"\r\n")  # noqa: E731
        say("220 mx.example.net")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"RCPT" and b"nobody@" in line:
                say("550 5.1.1 no such user")
            elif verb == b"DATA":
                say("354 go on")
                body = b""
                while (row := self.rfile.readline()) != b".\r\n":
                    body += row
                self.server.kept.append(body.decode())
                say("250 2.0.0 Ok: queued as 4FARaway0000z1")
            elif verb == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 ok")


def served(handler):
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
    server.daemon_threads, server.block_on_close, server.kept = True, False, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def run(env, *args, stdin=None):
    done = subprocess.run([sys.executable, "-m", "sekimori", *args], env=env, capture_output=True, text=True, timeout=60, input=stdin)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()] if args[0] != "init" else []


@pytest.mark.parametrize("long_ids", ["yes", "no"])
def test_from_the_strangers_received_line_back_to_the_login(data_folder, tmp_path, long_ids):
    need("postfix", postfix.usable())
    auth, sink, submission, again = served(Auth), served(Sink), free_port(), free_port()
    services = f"""
127.0.0.1:{submission} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_sasl_type=dovecot
  -o smtpd_sasl_path=inet:127.0.0.1:{auth.server_address[1]}
  -o smtpd_sasl_security_options=noanonymous
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_client_port_logging=yes
  -o content_filter=smtp:[127.0.0.1]:{again}
127.0.0.1:{again} inet n - n - - smtpd
  -o mynetworks=127.0.0.0/8
  -o smtpd_relay_restrictions=permit_mynetworks,reject
"""
    server = postfix.Postfix("smtp", more=f"enable_long_queue_ids = {long_ids}\ndefault_transport = smtp:[127.0.0.1]:{sink.server_address[1]}\n", services=services)
    try:
        for n, user in enumerate(("u1@isp.example", "u2@isp.example")):
            with smtplib.SMTP("127.0.0.1", submission, timeout=20) as client:
                client.ehlo()
                client.login(user, "secret")
                client.sendmail(user, ["a@example.net", "nobody@example.net"], f"Message-ID: <m{n}@isp.example>\r\nSubject: hi\r\n\r\nhello\r\n")
        end = time.monotonic() + 30
        while time.monotonic() < end and (len(sink.kept) < 2 or server.log().count(": removed") < 4):
            time.sleep(0.1)
        log = tmp_path / "mail.log"
        log.write_text(server.log())
    finally:
        server.close()
        for stranger in (auth, sink):
            stranger.shutdown()
            stranger.server_close()
    assert len(sink.kept) == 2, log.read_text()
    text = {"network.csv": "prefix,kind\n198.51.100.25/32,relay\n", "contracts.csv": "contract\nC1\nC2\n", "logins.csv": "key,contract\nu1@isp.example,C1\nu2@isp.example,C2\n"}
    for name, body in text.items():
        (tmp_path / name).write_text(body)
    env = data_folder
    run(env, "init", "--synthetic")
    for what in ("network", "contracts", "logins"):
        run(env, what, "load", str(tmp_path / f"{what}.csv"))
    # Postfix logs in the machine's zone (Django has changed this process's own).
    offset = subprocess.run(["date", "+%z"], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True).stdout.strip()
    zone = {"+0000": "UTC", "+0900": "Asia/Tokyo"}.get(offset) or pytest.skip(f"this machine's zone is {offset}")
    (line,) = run(env, "submissions", "load", "postfix-log", str(log), "--zone", zone, "--host", "mx.isp.example")
    assert line["stored"] >= 4 and line["refused"] == 0, (line, log.read_text())
    queries, want = [], {}
    for body in sink.kept:
        received = re.search(r"Received: .*?by (\S+) \(Postfix\) with ESMTP id (\w+);\s+(.*?)\r\n\S", body, re.DOTALL)
        user = re.search(r"Authenticated sender|m(\d)@isp", body).group(1)
        host, queue_id, stamp = received.groups()
        at = parsedate_to_datetime(stamp.split(" (")[0]).astimezone(UTC).isoformat()
        for key in ({"queue_id": queue_id, "host": host}, {"message_id": f"m{user}@isp.example"}):
            queries.append(json.dumps({"id": len(queries), "ip": "198.51.100.25", "time": at, "error_s": 5} | key))
            want[len(queries) - 1] = f"C{int(user) + 1}"
    answers = run(env, "attribute", "--jsonl", "--synthetic", "--basis", "SYNTHETIC", stdin="\n".join(queries) + "\n")
    assert [(a["certainty"], a["contract"]) for a in answers] == [("exact", want[a["id"]]) for a in answers], (answers, log.read_text())

    import sqlite3
    from pathlib import Path

    with sqlite3.connect(Path(env["SEKIMORI_DATA"]) / "sekimori.sqlite3") as db:
        rows = db.execute("SELECT login, recipients, unknown_users, client_port IS NOT NULL FROM submissions_submission ORDER BY id").fetchall()
    assert {(login, recipients) for login, recipients, _, _ in rows} == {("u1@isp.example", 2), ("u2@isp.example", 2), ("", 2)}
    assert {(login, unknown) for login, _, unknown, _ in rows if login} == {("u1@isp.example", 1), ("u2@isp.example", 1)}  # met behind the filter
    assert all(port for login, _, _, port in rows if login)
