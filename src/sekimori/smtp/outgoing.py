"""Hand a finished message to our relay, or to the outbox folder where there is none."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sekimori.settings import Settings
from sekimori.smtp import guard
from sekimori.values.outcomes import Outage

TIMEOUT_S = 30.0
_QUEUED = re.compile(r"queued as ([0-9A-Za-z]{5,20})")


class Rejected(Outage):
    """The relay refused this message or recipient for good (5xx): sending the same again cannot help.

    `code` is the reply code, `status` the enhanced status code (RFC 3463) or "".
    """

    def __init__(self, message: str, *, code: int, status: str) -> None:
        super().__init__(message, permanent=True)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Sent:
    """What the relay answered. `queue_id` is Postfix's, for delivery follow-up, or ""; `outbox` the file, or None."""

    reply: str
    queue_id: str
    outbox: Path | None = None


def send(raw: bytes, *, mail_from: str, rcpt_to: Sequence[str], settings: Settings, timeout_s: float = TIMEOUT_S, envid: str = "") -> Sent:
    """Send one message to the relay of the settings; without one, write it to DATA/outbox/.

    `raw` is a whole message; `mail_from` "" is the null sender. `envid` (printable ASCII) asks for delivery reports of
    success and failure under that id, where the relay offers it (RFC 3461). All of them pass `smtp.guard` first: Refused means a
    bug or an attack, never something to repeat. Raises Outage(permanent=False) where the relay is away or answers 4xx,
    Rejected (permanent) for 5xx. With several recipients, one refused recipient fails the whole message before DATA.
    """
    data = guard.octets(raw)
    sender = guard.reverse_path(mail_from)
    recipients = [guard.address(r) for r in rcpt_to]
    if not recipients:
        raise ValueError("a message needs a recipient")
    if not settings.mail.relay_host:
        return _outbox(settings.data / "outbox", data)
    try:
        return _relay(data, sender, recipients, settings, timeout_s, envid)
    except smtplib.SMTPResponseException as e:
        raise _failure(e.smtp_code, e.smtp_error) from e
    except smtplib.SMTPRecipientsRefused as e:
        raise _failure(*next(iter(e.recipients.values()))) from e
    except (OSError, smtplib.SMTPException) as e:
        raise Outage(f"relay {settings.mail.relay_host}: {type(e).__name__}") from e


def _relay(data: bytes, sender: str, recipients: list[str], settings: Settings, timeout_s: float, envid: str) -> Sent:
    mail = settings.mail
    name = settings.provider.domains[0]
    with contextlib.ExitStack() as stack:
        client = smtplib.SMTP(mail.relay_host, mail.relay_port, local_hostname=name, timeout=timeout_s)
        stack.callback(client.close)
        client.ehlo_or_helo_if_needed()
        if client.has_extn("starttls"):
            # With a password the relay must prove who it is; without one any encryption beats none (RFC 7435).
            client.starttls(context=ssl.create_default_context() if mail.relay_user else _opportunistic())
            client.ehlo()
        elif mail.relay_user:
            raise Outage("the relay offers no TLS, and the password is not sent in the clear", permanent=True)
        if mail.relay_user:
            client.login(mail.relay_user, mail.relay_password)
        options = [f"SIZE={len(data)}"] if client.has_extn("size") else []
        if not all(a.isascii() for a in (sender, *recipients)):
            if not client.has_extn("smtputf8"):
                raise Rejected("the relay does not take addresses outside ASCII", code=550, status="5.6.7")
            options += ["SMTPUTF8", "BODY=8BITMIME"]
            client.command_encoding = "utf-8"
        elif client.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        reports: list[str] = []
        if envid and client.has_extn("dsn"):
            options += ["RET=HDRS", f"ENVID={_xtext(envid)}"]
            reports = ["NOTIFY=SUCCESS,FAILURE"]
        _expect(client.mail(sender, options))
        for recipient in recipients:
            # ORCPT: a forwarding on the way then still reports about the address that we wrote to (RFC 3461 §4.2).
            original = [f"ORCPT=rfc822;{_xtext(recipient, 254)}"] if reports and recipient.isascii() else []
            _expect(client.rcpt(recipient, [*original, *reports]))
        code, text = client.data(data)
        _expect((code, text))
        with contextlib.suppress(smtplib.SMTPException, OSError):
            client.quit()  # the message is theirs already, whatever becomes of the connection
    reply = guard.log_text(text.decode("utf-8", "replace"))
    queued = _QUEUED.search(reply)
    return Sent(reply, queued.group(1) if queued else "")


def _xtext(text: str, limit: int = 100) -> str:
    """Return text as xtext (RFC 3461 §4): printable ASCII but `+` and `=` as it is, everything else as `+HH`."""
    return "".join(chr(b) if 33 <= b <= 126 and b not in b"+=" else f"+{b:02X}" for b in text.encode("utf-8")[:limit])


def _opportunistic() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _expect(answer: tuple[int, bytes]) -> None:
    if answer[0] not in (250, 251):
        raise _failure(*answer)


def _failure(code: int, text: bytes | str) -> Outage:
    shown = guard.log_text(text.decode("utf-8", "replace") if isinstance(text, bytes) else text)
    if not 500 <= code < 600:
        return Outage(f"the relay answered {code} {shown}")
    status = re.match(r"(5\.\d{1,3}\.\d{1,3})\b", shown)
    return Rejected(f"the relay answered {code} {shown}", code=code, status=status.group(1) if status else "")


def _outbox(folder: Path, data: bytes) -> Sent:
    """Write a message under its own hash; the same message again is the same file."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{hashlib.sha256(data).hexdigest()[:32]}.eml"
    temporary = path.with_suffix(f".tmp{os.getpid()}")
    try:
        with temporary.open("wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        temporary.replace(path)
    except OSError as e:
        raise Outage(f"the outbox cannot be written: {e.strerror}") from e
    return Sent("250 outbox", "", path)
