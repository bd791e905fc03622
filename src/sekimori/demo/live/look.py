"""Ask the servers what they let a member do, as the member would find out: send, read, go on line."""

from __future__ import annotations

import imaplib
import smtplib
from dataclasses import dataclass

from sekimori.demo.live.equipment import PASSWORD, VICTIM, Equipment
from sekimori.settings import current

TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Seen:
    """What one login can do: `send` and `read` are true where the server let it; `line` is `on`, `filtered` or `off`."""

    send: bool
    read: bool
    line: str


def look(equipment: Equipment, login: str) -> Seen:
    """Try all three."""
    return Seen(may_send(equipment, login), may_read(equipment, login), line_of(equipment, login))


def may_send(equipment: Equipment, login: str) -> bool:
    """Sign in for submission and name a recipient; no mail is handed over."""
    with smtplib.SMTP("127.0.0.1", equipment.submission, timeout=TIMEOUT_S) as client:
        try:
            client.login(login, PASSWORD)
        except smtplib.SMTPAuthenticationError:
            return False
        client.mail(login)
        return client.rcpt(f"someone@{VICTIM}")[0] == 250


def may_read(equipment: Equipment, login: str) -> bool:
    """Sign in to the mailbox and open it."""
    client = imaplib.IMAP4("127.0.0.1", equipment.dovecot.port, TIMEOUT_S)
    try:
        client.login(login, PASSWORD)
        return client.select("INBOX")[0] == "OK"
    except imaplib.IMAP4.error:
        return False
    finally:
        client.shutdown()


def line_of(equipment: Equipment, login: str) -> str:
    """Sign on to the line."""
    answer = equipment.radius.ask(login, PASSWORD)
    if not answer.startswith("Access-Accept"):
        return "off"
    return "filtered" if f'Filter-Id = "{current().actuators.radius_filter}"' in answer else "on"
