"""The demo provider's own records, as its servers would have written them: CSVs, a RADIUS detail file, a Postfix log."""

from __future__ import annotations

import csv
import heapq
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from sekimori.demo.world import (
    DOMAIN,
    DYNAMIC,
    MAPE,
    MAPE6,
    MX_IP,
    SMTP1_IP,
    STATIC,
    Member,
    World,
    mape_share,
    static_address,
)
from sekimori.values.clock import iso

NAS = ("192.0.2.1", "192.0.2.2", "192.0.2.3")
ALPHABET = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"


def write_all(world: World, folder: Path) -> dict[str, Path]:
    """Write every file of the demo provider into `folder`; returns them by the name of their load."""
    folder.mkdir(parents=True, exist_ok=True)
    out = {name: folder / f"{name}.csv" for name in ("network", "contracts", "logins", "static", "mape")}
    _table(out["network"], ("prefix", "kind", "pd_length", "realm", "valid_from", "valid_to", "contact"), [
        (DYNAMIC, "radius", "", "", "", "", ""), (STATIC, "static", "", "", "", "", ""), (MAPE, "mape", "", "", "", "", ""),
        (MAPE6, "pd", "56", "", "", "", ""), (f"{SMTP1_IP}/32", "relay", "", "", "", "", ""), (f"{MX_IP}/32", "infrastructure", "", "", "", "", ""),
        ("198.18.240.0/24", "delegated", "", "", "", "", "abuse@downstream.example")])
    _table(out["contracts"], ("contract", "holder", "kind", "language", "email", "alt_email", "phone", "postal", "access", "product", "protected",
                              "consents", "valid_from", "valid_to"), (_contract(m) for m in world.members))
    _table(out["logins"], ("key", "contract", "valid_from", "valid_to", "user"), ((m.login, m.key, "", "", "") for m in world.members))
    since = iso(world.start)
    _table(out["static"], ("prefix", "ports", "valid_from", "valid_to", "contract", "realm"), [
        *((f"{static_address(world, m)}/32", "", since, "", m.key, "") for m in world.of("static")),
        *((mape_share(world, m)[2], "", since, "", m.key, "") for m in world.of("mape"))])
    _table(out["mape"], ("rule_ipv6", "rule_ipv4", "ea_length", "psid_offset", "valid_from", "valid_to"), [(MAPE6, MAPE, 16, 6, since, "")])
    out["detail"], out["maillog"] = folder / "detail", folder / "mail.log"
    out["detail"].write_text("".join(text for _, text in sorted(_radius(world))), encoding="utf-8")
    out["maillog"].write_text("".join(_postfix(world)), encoding="utf-8")
    return out


def _table(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(header)
        writer.writerows(rows)


def _contract(m: Member) -> tuple[object, ...]:
    return (m.key, m.name, "person", m.language, m.login, f"{m.key.lower()}@elsewhere.example", f"0{m.number:09d}",
            "東京都千代田区千代田1-1", {"mape": "ipoe", "mail": "mail"}.get(m.access, "pppoe"), "mail" if m.access == "mail" else "ftth",
            m.protected, m.consents, "", "")


def _radius(world: World) -> Iterable[tuple[datetime, str]]:
    """Hand the pool's addresses from member to member: nobody holds two at once; fills `world.sessions`."""
    rnd = world.rnd
    members = world.of("pppoe")
    pool = [str(IPv4Address(int(DYNAMIC.network_address) + i)) for i in range(1, max(2, int(len(members) * 0.97)))]
    free = [(world.start + timedelta(seconds=rnd.uniform(0, 3600)), ip) for ip in pool]
    idle = [(world.start, i) for i in range(len(members))]
    heapq.heapify(free)
    heapq.heapify(idle)
    n = 0
    while free:
        t, ip = heapq.heappop(free)
        ready, i = heapq.heappop(idle)
        t = max(t, ready)
        if t >= world.now:
            break
        stop = t + timedelta(seconds=max(1800, rnd.expovariate(1 / 400_000)))
        member, nas, session = members[i], rnd.choice(NAS), f"{n:08X}"
        n += 1
        yield t, _record("Start", t, nas, session, member, ip, 0)
        k = t + timedelta(hours=12)
        while k < min(stop, world.now):
            yield k, _record("Interim-Update", k, nas, session, member, ip, int((k - t).total_seconds()))
            k += timedelta(hours=24)
        ended = stop < world.now - timedelta(minutes=1)
        if ended:
            yield stop, _record("Stop", stop, nas, session, member, ip, int((stop - t).total_seconds()))
        elif k - timedelta(hours=24) < world.now - timedelta(minutes=5):
            last = world.now - timedelta(minutes=rnd.uniform(1, 4))
            yield last, _record("Interim-Update", last, nas, session, member, ip, int((last - t).total_seconds()))
        world.sessions.append((ip, t, stop if ended else None, member))
        heapq.heappush(idle, (stop + timedelta(seconds=rnd.uniform(30, 7200)), i))
        heapq.heappush(free, (stop + timedelta(seconds=rnd.uniform(60, 900)), ip))


def _record(kind: str, when: datetime, nas: str, session: str, m: Member, ip: str, seconds: int) -> str:
    when = when.replace(microsecond=0)
    return (f"{when:%a %b %e %H:%M:%S %Y}\n\tAcct-Status-Type = {kind}\n\tAcct-Session-Id = \"{session}\"\n"
            f"\tAcct-Unique-Session-Id = \"{nas}-{session}\"\n\tUser-Name = \"{m.login}\"\n\tNAS-IP-Address = {nas}\n\tNAS-Port = {m.number}\n"
            f"\tFramed-IP-Address = {ip}\n\tAcct-Session-Time = {seconds}\n\tEvent-Timestamp = \"{when:%b %e %Y %H:%M:%S} UTC\"\n"
            f"\tTimestamp = {int(when.timestamp())}\n\n")


def _postfix(world: World) -> Iterable[str]:
    """Ordinary mail of ordinary members, and what misused logins sent; fills `world.mails`."""
    rnd = world.rnd
    at = sorted(world.start + (world.now - world.start) * rnd.random() for _ in range(len(world.members)))
    ordinary = [(t, rnd.choice(world.members), f"198.18.{rnd.randint(0, 3)}.{rnd.randint(1, 250)}", 1) for t in at]
    for t, member, client, recipients in sorted([*ordinary, *_misuse(world)], key=lambda r: r[0]):
        queue_id = "4" + "".join(rnd.choice(ALPHABET) for _ in range(14))
        message_id = f"{int(t.timestamp())}.{rnd.getrandbits(40):x}@{DOMAIN}"
        world.mails.append((t, queue_id, message_id, client, member))
        stamp = t.astimezone(UTC).isoformat(timespec="microseconds")
        yield (f"{stamp} smtp1 postfix/submission/smtpd[{1000 + member.number % 50}]: {queue_id}: client=unknown[{client}], sasl_method=PLAIN, sasl_username={member.login}\n"
               f"{stamp} smtp1 postfix/cleanup[77]: {queue_id}: message-id=<{message_id}>\n"
               f"{stamp} smtp1 postfix/qmgr[9]: {queue_id}: from=<{member.login}>, size=2345, nrcpt={recipients} (queue active)\n"
               f"{stamp} smtp1 postfix/smtp[88]: {queue_id}: to=<someone@victim.example>, relay=mx.victim.example[192.0.2.250]:25, delay=1, delays=0/0/0.5/0.5, dsn=2.0.0, status=sent (250 ok)\n"
               f"{stamp} smtp1 postfix/qmgr[9]: {queue_id}: removed\n")


def _misuse(world: World) -> Iterable[tuple[datetime, Member, str, int]]:
    """Thirty logins with stolen passwords: bursts from abroad in the last ten days."""
    rnd = world.rnd
    for member in thieves(world):
        first = world.now - timedelta(days=rnd.uniform(1, 10))
        for _ in range(rnd.randint(4, 9)):
            t = first + timedelta(minutes=rnd.uniform(0, 1200))
            if t < world.now - timedelta(minutes=10):
                yield t, member, f"192.0.2.{rnd.randint(100, 240)}", rnd.randint(1, 30)


def thieves(world: World) -> list[Member]:
    """Return the members whose password is misused."""
    return [m for m in world.members if m.number % 67 == 13]
