"""Real notices: of mail that a member did send (in the log), and of mail that somebody sent in his name (not in it)."""

import random
from dataclasses import dataclass, field

from . import people


@dataclass
class Made:
    """A made notice with what is true about it."""

    label: str
    raw: bytes
    owner: str
    style: str
    logged: bool = False
    detail: dict[str, str] = field(default_factory=dict)


@dataclass
class Sent:
    """A line of the send log."""

    message_id: str
    login: str
    queue_id: str


def _date(rng: random.Random) -> str:
    return f"Tue, {rng.randint(10, 24)} Nov 2026 {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d} +0900"


def _returned(rng: random.Random, owner: str, rcpt: str, *, ours: bool) -> tuple[str, str, str]:
    """Return (header block of the mail that comes back, its Message-ID, queue id at our relay or "")."""
    date = _date(rng)
    if ours:
        queue = people.queue_id(rng)
        relay = rng.choice(people.RELAYS)
        message_id = rng.choice((f"{people.word(rng, 12)}@{people.ISP}", f"{people.word(rng, 20)}@mail.{people.ISP}", f"CA{people.word(rng, 16)}@pc-{people.word(rng, 4)}.local"))
        lines = [
            f"Received: from pc-{people.word(rng, 4)} (p{rng.randint(1, 999)}.user.{people.ISP} [198.18.{rng.randint(0, 255)}.{rng.randint(1, 254)}])",
            f"\tby {relay} (Postfix) with ESMTPSA id {queue}",
            f"\tfor <{rcpt}>; {date}",
        ]
        subject = rng.choice(people.SUBJECTS)
        if rng.random() < 0.7:
            lines.append(f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={people.ISP}; s=k1; h=from:to:subject; bh=AAAA; b=BBBB")
    else:
        queue = ""
        message_id = rng.choice((f"{people.word(rng, 10)}${people.word(rng, 8)}@{people.word(rng, 7)}", f"{people.word(rng, 16)}@{people.word(rng, 6)}.{rng.choice(('ru', 'cn', 'br', 'top'))}", f"{people.word(rng, 14)}@{people.ISP}"))
        host = f"{people.word(rng, 6)}.{rng.choice(('broadband.example.net', 'dyn.example.org', 'vps.example.com'))}"
        lines = [
            f"Received: from {host} (unknown [203.0.113.{rng.randint(1, 254)}])",
            f"\tby {rng.choice(('mx-in.' + rcpt.rpartition('@')[2], 'relay.' + people.word(rng, 5) + '.example'))} with ESMTP id {people.word(rng, 10)}",
            f"\tfor <{rcpt}>; {date}",
        ]
        subject = rng.choice(people.SPAM_SUBJECTS)
    lines += [f"Message-ID: <{message_id}>", f"Date: {date}", f"From: {rng.choice(('', 'Shop ', 'Support '))}<{owner}>", f"To: <{rcpt}>", f"Subject: {subject}", "MIME-Version: 1.0", 'Content-Type: text/plain; charset="utf-8"']
    return "\n".join(lines), message_id, queue


def _top(rng: random.Random, sender: str, owner: str, subject: str, host: str, extra: list[str]) -> list[str]:
    return [
        "Return-Path: <>",
        f"Received: from {host} ({host} [203.0.113.{rng.randint(1, 254)}])",
        f"\tby {people.BORDER} (Postfix) with ESMTP id {people.queue_id(rng)}",
        f"\tfor <{owner}>; {_date(rng)}",
        f"Date: {_date(rng)}", f"From: {sender}", f"To: {owner}", f"Subject: {subject}", "Auto-Submitted: auto-replied", "MIME-Version: 1.0", f"Message-ID: <{people.word(rng, 14)}@{host}>", *extra,
    ]


def _postfix(rng: random.Random, owner: str, rcpt: str, remote: str, returned: str, reporter: str) -> str:
    status, said, step = rng.choice(people.REFUSALS)
    said = said.format(rcpt=rcpt)
    words = f"host {remote}[203.0.113.9] said: {said} (in reply to {step} command)" if said else f"connect to {remote}[203.0.113.9]:25: Connection timed out"
    boundary = f"{people.queue_id(rng)}.1764/{reporter}"
    body = [
        f"--{boundary}", "Content-Description: Notification", "Content-Type: text/plain; charset=utf-8", "", f"This is the mail system at host {reporter}.", "",
        "I'm sorry to have to inform you that your message could not", "be delivered to one or more recipients. It's attached below.", "", "                   The mail system", "",
        f"<{rcpt}>: {words}", "", f"--{boundary}", "Content-Type: message/delivery-status", "", f"Reporting-MTA: dns; {reporter}", "", f"Final-Recipient: rfc822; {rcpt}", "Action: failed", f"Status: {status}",
        *([f"Remote-MTA: dns; {remote}", f"Diagnostic-Code: smtp; {said}"] if said else [f"Diagnostic-Code: X-Postfix; {words}"]), "", f"--{boundary}",
        rng.choice(("Content-Type: message/rfc822", "Content-Type: text/rfc822-headers")), "", returned, "", f"--{boundary}--", "",
    ]
    top = _top(rng, f"MAILER-DAEMON@{reporter} (Mail Delivery System)", owner, "Undelivered Mail Returned to Sender", reporter, [f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"'])
    return "\n".join([*top, "", *body])


def _exim(rng: random.Random, owner: str, rcpt: str, remote: str, returned: str, reporter: str) -> str:
    _, said, step = rng.choice(people.REFUSALS[:7])
    body = [
        "This message was created automatically by mail delivery software.", "", "A message that you sent could not be delivered to one or more of its", "recipients. This is a permanent error. The following address(es) failed:", "",
        f"  {rcpt}", f"    host {remote} [203.0.113.9]", f"    SMTP error from remote mail server after {step}:", f"    {said.format(rcpt=rcpt)}", "", "------ This is a copy of the message, including all the headers. ------", "", returned, "", "本文です。", "",
    ]
    return "\n".join([*_top(rng, f"Mail Delivery System <Mailer-Daemon@{reporter}>", owner, "Mail delivery failed: returning message to sender", reporter, [f"X-Failed-Recipients: {rcpt}"]), "", *body])


def _qmail(rng: random.Random, owner: str, rcpt: str, remote: str, returned: str, reporter: str) -> str:
    _, said, _ = rng.choice(people.REFUSALS[:3])
    body = [
        f"Hi. This is the qmail-send program at {reporter}.", "I'm afraid I wasn't able to deliver your message to the following addresses.", "This is a permanent error; I've given up. Sorry it didn't work out.", "",
        f"<{rcpt}>:", "203.0.113.9 does not like recipient.", f"Remote host said: {said.format(rcpt=rcpt)}", "Giving up on 203.0.113.9.", "", "--- Below this line is a copy of the message.", "", returned, "", "hello", "",
    ]
    return "\n".join([*_top(rng, f"MAILER-DAEMON@{reporter}", owner, "failure notice", reporter, []), "", *body])


def _japanese(rng: random.Random, owner: str, rcpt: str, remote: str, returned: str, reporter: str) -> str:
    _, said, _ = rng.choice(people.REFUSALS[:3])
    boundary = f"jp{people.word(rng, 12)}"
    body = [
        f"--{boundary}", "Content-Type: text/plain; charset=utf-8", "", "以下の宛先へのメールは配送できませんでした。", "宛先のメールアドレスをご確認ください。", f"詳しくは https://support.{people.ISP}/errormail/ をご覧ください。", "",
        f"<{rcpt}>:", f"    {said.format(rcpt=rcpt)}", "", f"--{boundary}", "Content-Type: message/rfc822", "", returned, "", "本文です。", f"--{boundary}--", "",
    ]
    return "\n".join([*_top(rng, f"メール配送システム <MAILER-DAEMON@{reporter}>", owner, "【配送エラー】メールを配送できませんでした", reporter, [f'Content-Type: multipart/mixed; boundary="{boundary}"']), "", *body])


STYLES = (_postfix, _exim, _qmail, _japanese)


def real(rng: random.Random, *, ours: bool) -> tuple[Made, Sent | None]:
    """Make a notice about a mail that our member sent (`ours`) or that somebody else sent with his address."""
    owner = f"{rng.choice(people.MEMBERS)}@{people.ISP}"
    domain, remote = rng.choice(people.ELSEWHERE)
    rcpt = f"{people.word(rng, 7)}@{domain}"
    returned, message_id, queue = _returned(rng, owner, rcpt, ours=ours)
    style = rng.choice(STYLES)
    reporter = rng.choice(people.RELAYS) if ours and rng.random() < 0.8 else rng.choice(("gw.example.net", "mail.hosting.example.com", f"mx.{domain}"))
    raw = style(rng, owner, rcpt, remote, returned, reporter).encode()
    if ours and reporter in people.RELAYS:
        raw = raw.replace(b"[203.0.113.", b"[192.0.2.", 1)
    made = Made("genuine" if ours else "backscatter", raw, owner, style.__name__, ours, {"message_id": message_id})
    return made, Sent(message_id, owner, queue) if ours else None
