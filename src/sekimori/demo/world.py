"""What the demo provider is made of: names, addresses, sizes. Every address is reserved for documentation or tests."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_network

DOMAIN = "reiji-net.example"
NAME_JA, NAME_EN = "れいじネット", "Reiji Net"
MX, SMTP1 = "mx.reiji-net.example", "smtp1.reiji-net.example"
MX_IP, SMTP1_IP = "198.51.100.10", "198.51.100.25"
DYNAMIC = ip_network("198.18.0.0/20")
STATIC = ip_network("198.19.0.0/24")
MAPE = ip_network("203.0.113.0/24")
MAPE6 = IPv6Network("2001:db8::/40")
DAYS = 30

FAMILY = [("佐藤", "Sato"), ("鈴木", "Suzuki"), ("高橋", "Takahashi"), ("田中", "Tanaka"), ("伊藤", "Ito"), ("渡辺", "Watanabe"),
          ("山本", "Yamamoto"), ("中村", "Nakamura"), ("小林", "Kobayashi"), ("加藤", "Kato"), ("吉田", "Yoshida"), ("山田", "Yamada"),
          ("佐々木", "Sasaki"), ("松本", "Matsumoto"), ("井上", "Inoue"), ("木村", "Kimura"), ("清水", "Shimizu"), ("斎藤", "Saito")]
GIVEN = [("花子", "Hanako"), ("太郎", "Taro"), ("健一", "Kenichi"), ("美咲", "Misaki"), ("直樹", "Naoki"), ("陽子", "Yoko"),
         ("翔太", "Shota"), ("由美", "Yumi"), ("大輔", "Daisuke"), ("恵子", "Keiko"), ("誠", "Makoto"), ("彩", "Aya")]
ENGLISH = ["Mary Jones", "Robert Smith", "Aisha Khan", "Peter Novak", "Linh Tran", "Carlos Garcia", "Emma Brown", "Wei Chen"]


@dataclass(frozen=True, slots=True)
class Member:
    """A made-up contract: `access` is pppoe (dynamic address), static, mape (shared address) or mail only."""

    number: int
    key: str
    name: str
    language: str
    access: str
    login: str
    protected: str = ""
    consents: str = ""


@dataclass(slots=True)
class World:
    """Everything that is true in the demo: who they are, who held what, who sent what."""

    now: datetime
    rnd: random.Random
    members: list[Member] = field(default_factory=list)
    sessions: list[tuple[str, datetime, datetime | None, Member]] = field(default_factory=list)
    mails: list[tuple[datetime, str, str, str, Member]] = field(default_factory=list)
    """(time, queue id, message id, client address, member)."""

    @property
    def start(self) -> datetime:
        """When the logs begin."""
        return self.now - timedelta(days=DAYS)

    def of(self, access: str) -> list[Member]:
        """Return the members of one kind of access."""
        return [m for m in self.members if m.access == access]


def make_members(world: World, count: int) -> None:
    """Make `count` members: half PPPoE, a quarter MAP-E, the rest static and mail only; one in twelve reads English."""
    rnd = world.rnd
    for n in range(count):
        share = n / count
        access = "pppoe" if share < 0.5 else "mape" if share < 0.75 else "static" if share < 0.85 else "mail"
        english = rnd.random() < 1 / 12
        family, given = rnd.choice(FAMILY), rnd.choice(GIVEN)
        name = rnd.choice(ENGLISH) if english else f"{family[0]} {given[0]}"
        protected = "hospital" if n % 701 == 5 else ""
        world.members.append(Member(n, f"R{100000 + n}", name, "en" if english else "ja", access, f"u{n:05d}@{DOMAIN}",
                                    protected, "vulnerability" if rnd.random() < 0.6 else ""))


def static_address(world: World, member: Member) -> IPv4Address:
    """Return the fixed address of a static member."""
    return IPv4Address(int(STATIC.network_address) + 1 + world.of("static").index(member) % 250)


def mape_share(world: World, member: Member) -> tuple[IPv4Address, int, IPv6Network]:
    """Return (shared address, PSID, delegated /56) of a MAP-E member: RFC 7597 with /24, EA 16, PSID offset 6."""
    ea = world.of("mape").index(member)
    prefix = IPv6Network((int(MAPE6.network_address) | (ea << (128 - 56)), 56))
    return IPv4Address(int(MAPE.network_address) + (ea >> 8)), ea & 255, prefix


def mape_port(rnd: random.Random, psid: int) -> int:
    """Return a port that belongs to a PSID (offset 6, 8 PSID bits: 63 ranges of 4)."""
    return rnd.randint(1, 63) << 10 | psid << 2 | rnd.randint(0, 3)
