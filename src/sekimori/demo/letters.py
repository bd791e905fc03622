"""A few hundred reports about the demo provider: Japanese and English, structured and prose, good and bad."""

from __future__ import annotations

import base64
import io
import json
import random
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sekimori.demo.envelope import Letter, mail, multipart, original, text_mail
from sekimori.demo.logs import thieves
from sekimori.demo.prose import ENGLISH, JAPANESE, NOT_ABUSE, OTHER
from sekimori.demo.world import SMTP1_IP, Member, World, mape_port, mape_share, static_address
from sekimori.values.clock import JST, iso

FEEDS = ("fbl@mailbox-feed.example", "noreply@spamtrap.example", "arf@bigmail.example")
XARF = ("xarf@sensor-net.example", "abuse@honeypot.example")
CHARSETS = ("utf-8", "iso-2022-jp", "cp932", "euc_jp")


def letters(world: World) -> list[Letter]:
    """Return all demo reports in the order in which they arrive."""
    out = [*_relay_spam(world), *_direct_spam(world), *_xarf(world), *_fail2ban(world), *_shadowserver(world), *_prose(world),
           *_shared_without_port(world), *_not_ours(world), *_downstream(world), *_other(world)]
    world.rnd.shuffle(out)
    return out


def _recent(world: World, rnd: random.Random, days: float = 9) -> datetime:
    return (world.now - timedelta(minutes=rnd.uniform(20, days * 1440))).replace(microsecond=0)


def _online(world: World, member: Member) -> tuple[str, datetime] | None:
    """Return an address of a PPPoE member and an instant well inside one of its recent sessions."""
    for ip, start, stop, who in reversed(world.sessions):
        if who == member:
            begin = max(start + timedelta(minutes=30), world.now - timedelta(days=9))
            end = (stop or world.now - timedelta(minutes=30)) - timedelta(minutes=30)
            if begin < end:
                return ip, (begin + (end - begin) * world.rnd.random()).replace(microsecond=0)
    return None


def _arf(sender: str, at: datetime, source: str, enclosed: bytes, arrival: datetime) -> Letter:
    feedback = (f"Feedback-Type: abuse\r\nUser-Agent: DemoFeed/1.0\r\nVersion: 1\r\nSource-IP: {source}\r\n"
                f"Arrival-Date: {arrival.astimezone(UTC):%a, %d %b %Y %H:%M:%S} +0000\r\nOriginal-Rcpt-To: <redacted@victim.example>\r\n")
    body, kind = multipart([("Content-Type: text/plain; charset=us-ascii", b"This is an email abuse report for an email message received from your network."),
                            ("Content-Type: message/feedback-report", feedback.encode()), ("Content-Type: message/rfc822", enclosed)], "report; report-type=feedback-report")
    return mail(kind="arf", sender=sender, subject="Abuse report", at=at, body=body, content_type=kind)


def _relay_spam(world: World) -> Iterator[Letter]:
    """Spam sent through our own relay: the address is the relay's, only the queue id leads to the login."""
    rnd, stolen = world.rnd, {m.key for m in thieves(world)}
    for t, queue_id, message_id, client, member in world.mails:
        if member.key in stolen and client.startswith("192.0.2.") and t > world.now - timedelta(days=11) and rnd.random() < 0.55:
            enclosed = original(at=t, client=client, queue_id=queue_id, message_id=message_id)
            yield _arf(rnd.choice(FEEDS), min(world.now, t + timedelta(minutes=rnd.uniform(2, 90))), SMTP1_IP, enclosed, t + timedelta(seconds=4)).about(member.key)


def _direct_spam(world: World) -> Iterator[Letter]:
    rnd = world.rnd
    for member in world.of("pppoe")[7::97]:
        for _ in range(rnd.randint(2, 5)):
            held = _online(world, member)
            if held:
                ip, t = held
                enclosed = original(at=t, client="", queue_id="", message_id=f"{rnd.getrandbits(60):x}@{ip}", helo="friend", relay=False, source=ip)
                yield _arf(rnd.choice(FEEDS), min(world.now, t + timedelta(minutes=30)), ip, enclosed, t).about(member.key)


def _xarf_mail(sender: str, at: datetime, report: dict[str, object]) -> Letter:
    payload = json.dumps(report, ensure_ascii=False, indent=2).encode()
    body, kind = multipart([("Content-Type: text/plain; charset=utf-8", b"A machine-readable report is attached (XARF v4)."),
                            ('Content-Type: application/json; name="xarf.json"\r\nContent-Transfer-Encoding: base64', base64.encodebytes(payload).replace(b"\n", b"\r\n"))], "mixed")
    return mail(kind="xarf4", sender=sender, subject=f"XARF {report['category']}/{report['type']}", at=at, body=body, content_type=kind)


def _xarf(world: World) -> Iterator[Letter]:
    """Attacks from members' lines, with port and time; MAP-E members are found by their port."""
    rnd = world.rnd
    for member in [*world.of("mape")[3::41], *world.of("pppoe")[11::83], *world.of("static")[5::47]]:
        for _ in range(rnd.randint(1, 4)):
            t = _recent(world, rnd)
            if member.access == "mape":
                shared, psid, _ = mape_share(world, member)
                ip, port = str(shared), mape_port(rnd, psid)
            elif member.access == "static":
                ip, port = str(static_address(world, member)), rnd.randint(1025, 65535)
            else:
                held = _online(world, member)
                if not held:
                    continue
                (ip, t), port = held, rnd.randint(1025, 65535)
            sender = rnd.choice(XARF)
            domain = sender.rpartition("@")[2]
            party = {"org": "Sensor Net", "contact": sender, "domain": domain}
            log = f"{t.astimezone(UTC):%b %d %H:%M:%S} trap sshd[812]: Failed password for root from {ip} port {port} ssh2\n"
            yield _xarf_mail(sender, min(world.now, t + timedelta(minutes=5)), {
                "xarf_version": "4.2.0", "report_id": str(uuid.UUID(int=rnd.getrandbits(128), version=4)), "timestamp": iso(t), "reporter": party, "sender": party,
                "source_identifier": ip, "source_port": port, "category": "connection", "type": rnd.choice(["login_attack", "login_attack", "port_scan"]),
                "protocol": "tcp", "first_seen": iso(t), "destination_port": 22, "evidence_source": "honeypot",
                "evidence": [{"content_type": "text/plain", "payload": base64.b64encode(log.encode() * 3).decode()}]}).about(member.key)


def _fail2ban(world: World) -> Iterator[Letter]:
    rnd = world.rnd
    for member in world.of("static")[2::23]:
        ip, t = str(static_address(world, member)), _recent(world, rnd)
        lines = "".join(f"{(t + timedelta(seconds=7 * i)).astimezone(UTC):%Y-%m-%dT%H:%M:%S+00:00} www sshd[{4000 + i}]: Failed password for invalid user admin from {ip} port {40000 + i} ssh2\n" for i in range(5))
        yield text_mail(kind="fail2ban", sender="fail2ban@www.shop.example", subject=f"[Fail2Ban] sshd: banned {ip} from www.shop.example", at=t + timedelta(minutes=1),
                        text=f"Hi,\n\nThe IP {ip} has just been banned by Fail2Ban after\n5 attempts against sshd.\n\nLines containing IP:{ip} in /var/log/auth.log\n\n{lines}\n\nRegards,\n\nFail2Ban\n").about(member.key)


def _shadowserver(world: World) -> Iterator[Letter]:
    """A daily file of open resolvers: about vulnerable machines, of members who agreed to hear of them and others."""
    rnd = world.rnd
    rows = ['"timestamp","severity","ip","protocol","port","hostname","tag","asn","geo","region","city","min_amplification","dns_version"']
    for member in world.of("static")[1::9]:
        t = world.now - timedelta(hours=rnd.uniform(20, 40))
        rows.append(f'"{t.astimezone(UTC):%Y-%m-%d %H:%M:%S}","medium","{static_address(world, member)}","udp",53,"","openresolver",64500,"JP","TOKYO","CHIYODA","4.6190","dnsmasq-2.80"')
    packed = io.BytesIO()
    day = (world.now - timedelta(days=1)).date()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(f"{day}-scan_dns-reiji_net-asn.csv", "\n".join(rows) + "\n")
    body, kind = multipart([("Content-Type: text/plain; charset=utf-8", b"Your report is attached."),
                            (f'Content-Type: application/zip; name="{day}-scan_dns-reiji_net-asn.csv.zip"\r\nContent-Disposition: attachment; filename="{day}-scan_dns-reiji_net-asn.csv.zip"\r\nContent-Transfer-Encoding: base64',
                             base64.encodebytes(packed.getvalue()).replace(b"\n", b"\r\n"))], "mixed")
    yield mail(kind="shadowserver", sender="autoreports@shadow-feed.example", subject=f"[scan_dns] Reiji Net DNS Open Resolvers Report: {day}", at=world.now - timedelta(hours=6), body=body, content_type=kind)


def _prose(world: World) -> Iterator[Letter]:
    """Letters by people: they never warn anybody by themselves; an officer reads them."""
    rnd = world.rnd
    for n, member in enumerate(world.of("pppoe")[19::31]):
        held = _online(world, member)
        if not held:
            continue
        ip, t = held
        local = t.astimezone(JST)
        values = {"ip": ip, "wide": ip.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789."}), "defanged": ip.replace(".", "[.]"), "port": rnd.randint(1025, 65535),
                  "jst": f"{local:%Y/%m/%d %H:%M:%S}", "wareki": f"令和{local.year - 2018}年{local.month}月{local.day}日 {'午後' if local.hour >= 12 else '午前'}{local.hour % 12}時{local.minute}分",
                  "utc": f"{t.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC", "stamp": f"{t.astimezone(UTC):%d/%b/%Y:%H:%M:%S} +0000"}
        if n % 2:
            subject, text = JAPANESE[n // 2 % len(JAPANESE)]
            yield text_mail(kind="text_ja", sender=f"user{n}@mail.example", subject=subject, at=t + timedelta(hours=2), text=text.format(**values), charset=CHARSETS[n // 2 % 4]).about(member.key)
        else:
            subject, text = ENGLISH[n // 2 % len(ENGLISH)]
            yield text_mail(kind="text_en", sender=f"admin{n}@company.example", subject=subject, at=t + timedelta(hours=2), text=text.format(**values)).about(member.key)


def _shared_without_port(world: World) -> Iterator[Letter]:
    rnd = world.rnd
    for member in world.of("mape")[9::61]:
        shared, t = mape_share(world, member)[0], _recent(world, rnd)
        yield text_mail(kind="no_port", sender="noc@game.example", subject=f"Login attack from {shared}", at=t + timedelta(minutes=9),
                        text=f"Hello,\n\nat {t.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC the address {shared} tried 400 passwords on our game server.\nPlease take care of it.\n\nNOC\n")


def _not_ours(world: World) -> Iterator[Letter]:
    rnd = world.rnd
    for n in range(14):
        t = _recent(world, rnd)
        enclosed = original(at=t, client="", queue_id="", message_id=f"{n}@elsewhere.example", helo="pc", relay=False, source=f"192.0.2.{10 + n}")
        yield _arf(FEEDS[n % 3], t + timedelta(minutes=10), f"192.0.2.{10 + n}", enclosed, t)


def _downstream(world: World) -> Iterator[Letter]:
    """About a range that a downstream operator runs: it is ours, but its contracts are theirs."""
    rnd = world.rnd
    for n in range(5):
        t, ip = _recent(world, rnd), f"198.18.240.{20 + n}"
        enclosed = original(at=t, client="", queue_id="", message_id=f"d{n}@downstream.example", helo="pc", relay=False, source=ip)
        yield _arf(FEEDS[n % 3], t + timedelta(minutes=10), ip, enclosed, t)


def _other(world: World) -> Iterator[Letter]:
    """What else reaches an abuse desk: newsletters, out-of-office answers, copyright notices, quarrels, forged senders."""
    rnd = world.rnd
    for subject, text, extra, sender in [*NOT_ABUSE, *OTHER]:
        t = _recent(world, rnd)
        yield text_mail(kind="other", sender=sender, subject=subject, at=t, text=text.format(ip=f"198.18.1.{rnd.randint(1, 200)}", utc=f"{t.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"), extra=extra)
    for n in range(24):
        held = _online(world, world.of("pppoe")[len(world.of("pppoe")) // 3])
        if held:
            ip, t = held
            yield text_mail(kind="forged", sender=f"angry{n}@free{n % 5}.example", subject="ABUSE!!", at=t, authenticated=False,
                            text=f"Terminate this customer at once. {ip} attacked me at {t.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC.\n")
