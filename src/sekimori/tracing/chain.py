"""The Received chain from the top: who is believed, where the mail came in, what is only claimed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sekimori.mime import DEFAULT, Mail
from sekimori.values.addresses import Address, Prefix, special

from .claims import Claim, claims_of
from .dates import Stamp
from .flags import Flag
from .received import Hop, parse_received, passed_inside
from .strange import strange
from .trust import Trust, inside, line_name, organisation, provider_inside

#: seconds by which the clock of a mail server may be wrong
CLOCK_ERROR_S = 60
_NOWHERE = frozenset({"loopback", "unspecified", "link_local", "multicast"})


@dataclass(frozen=True, slots=True)
class Relay:
    """The last trusted server on the way: where the submission log goes on. Its address is never the answer."""

    host: str
    queue_id: str
    message_id: str
    login: str
    stamp: Stamp | None


@dataclass(frozen=True, slots=True)
class Trace:
    """Where a message came from, as far as trusted servers saw it.

    `injected_by` is the first address outside the trusted servers, None where none of them wrote it down; `stamp` the
    time at which that happened, by the clock of the server that wrote it, `time_error_s` how wrong it may be (seconds).
    Hops from `believed` on, and `claimed`, are words of strangers.
    """

    injected_by: Address | None
    port: int | None
    stamp: Stamp | None
    time_error_s: int | None
    hops: tuple[Hop, ...]
    believed: int
    claimed: tuple[Claim, ...]
    flags: tuple[Flag, ...]
    relay: Relay | None
    message_id: str

    @property
    def time(self) -> datetime | None:
        """The time of entry; naive where the server wrote no zone."""
        return self.stamp.at if self.stamp is not None else None


@dataclass(slots=True)
class _Walk:
    """How far down the hops are believed, and why no further."""

    hops: list[Hop]
    trust: Trust
    flags: list[Flag]
    last: int = 0
    injected: Hop | None = None
    relay: int | None = None

    def run(self) -> None:
        explicit = False
        while True:
            hop = self.hops[self.last]
            if explicit or self.trust.host(hop.by) or self.trust.address(hop.by_address):
                explicit, self.relay = True, self.last
            elif self.last == 0:
                self.flags.append(Flag("assumed_border", (writer(hop),)))
            following = self.hops[self.last + 1] if self.last + 1 < len(self.hops) else None
            if hop.local and not (not explicit and following is not None and following.by and hop.by in ("", following.by)):
                # On a host of ours a program is a member's; on the receiver's own it is a filter, a list, a forward.
                self.flags.append(Flag("local_submission", (writer(hop),)))
                return
            if hop.local:
                self.last += 1
                continue
            trusted_peer = self.trust.address(hop.address) or (hop.address is not None and self.trust.host(hop.rdns))
            if not trusted_peer and not self._goes_on(hop, following, explicit):
                return
            if following is None:
                self.flags.append(Flag("relay_unproven", (peer(hop),)))
                return
            if trusted_peer:
                explicit = True
                if not linked(hop, following, self.trust):
                    self.flags.append(Flag("missing_link", (peer(hop), writer(following))))
                    return
            self.last += 1

    def _goes_on(self, hop: Hop, following: Hop | None, explicit: bool) -> bool:
        """Whether the hop below was written on the same side. Where not, this hop's peer brought the mail in."""
        if passed_inside(hop) and not explicit:
            return following is not None
        if hop.address is None:
            if passed_inside(hop) or hop.name in ("localhost", "localhost.localdomain") or "lmtp" in hop.protocol.lower():
                return following is not None
            if not hop.name and following is not None and hop.by and not explicit:
                # Gmail and others write hops without `from` while they pass mail on inside.
                return hop.by_address is not None and inside(hop.by_address)
            self.flags.append(Flag("no_address", (writer(hop),)))
            return False
        if "several_addresses" in hop.odd:
            self.flags.append(Flag("several_addresses", (writer(hop),)))
            return False
        # Inside a network of which we know the servers, an unknown private address is a member, not a relay.
        if inside(hop.address) and (not explicit or hop.address.is_loopback) and following is not None:
            return True
        if following is not None and ("lmtp" in hop.protocol.lower() or (not explicit and provider_inside(hop.address, hop.by))):
            return True
        if not explicit and following is not None and _same_house(hop, following):
            self.flags.append(Flag("assumed_inside", (hop.rdns,)))
            return True
        if special(hop.address) in _NOWHERE:
            self.flags.append(Flag("local_submission", (writer(hop),)))
            return False
        if inside(hop.address):
            self.flags.append(Flag("private_origin", (str(hop.address),)))
        if "address_may_be_helo" in hop.odd:
            self.flags.append(Flag("address_may_be_helo", (writer(hop),)))
        self.injected = hop
        return False


def trace(mail: Mail, trusted: Sequence[Prefix | str] = (), *, now: datetime | None = None, clock_error_s: int = CLOCK_ERROR_S) -> Trace:
    """Return where a message came from.

    `trusted` are our own relays and whoever else is believed: prefixes and full host names.
    The topmost hop is always believed: it was written by whoever received the mail, and a flag says so where it is not
    among the trusted. Each further hop is believed only where the hop above saw a trusted address connect. Without
    `trusted` the walk goes on only through addresses that cannot be outside (loopback, private), and from one mail server
    to another of the receiver's own organisation, with a flag.
    With `now`, times in the future are flagged. Never raises.
    """
    fields = mail.headers.all("received")
    hops = [parse_received(text) for text in fields[:DEFAULT.received]]
    trust = Trust(trusted)
    if not hops:
        return Trace(None, None, None, None, (), 0, tuple(claims_of(mail, [])), (Flag("no_received"),), None, mail.message_id)
    walk = _Walk(hops, trust, [])
    walk.run()
    believed = walk.last + 1
    seen = hops[walk.last]
    flags = walk.flags
    relay = None
    if walk.relay is not None:
        taken = hops[walk.relay]
        relay = Relay(writer(taken), taken.id, mail.message_id, taken.login, taken.stamp)
        if walk.relay > 0 and taken.id:
            flags.append(Flag("relay", (relay.host, relay.queue_id)))
    if len(fields) > len(hops):
        flags.append(Flag("too_many_hops", (str(len(hops)),)))
    flags += strange(hops, believed, trust, now)
    return Trace(
        injected_by=walk.injected.address if walk.injected else None, port=walk.injected.port if walk.injected else None, stamp=seen.stamp,
        time_error_s=_time_error(hops, walk.last, clock_error_s), hops=tuple(hops), believed=believed,
        claimed=tuple(claims_of(mail, hops[believed:])), flags=tuple(dict.fromkeys(flags)), relay=relay, message_id=mail.message_id)


def _time_error(hops: list[Hop], at: int, clock_error_s: int) -> int | None:
    """Return how wrong the time of a hop may be: the clock's error, or more where the believed hops above contradict it."""
    stamp = hops[at].stamp
    if stamp is None:
        return None
    error = clock_error_s
    if stamp.utc is not None:
        for upper in hops[:at]:
            if upper.stamp is not None and upper.stamp.utc is not None:
                error = max(error, int((stamp.utc - upper.stamp.utc).total_seconds()))
    return error


def _same_house(upper: Hop, lower: Hop) -> bool:
    """Whether a mail server of the receiver's organisation handed the mail on: its name was looked up, it is no access
    line's, and the hop below names it as its writer. An assumption all the same: customers can have such names.
    """
    if upper.address is None or not upper.rdns or "." not in upper.by or organisation(upper.rdns) != organisation(upper.by):
        return False
    return lower.by == upper.rdns and not line_name(upper.rdns, upper.address) and "rdns_may_be_forged" not in upper.odd


def linked(upper: Hop, lower: Hop, trust: Trust) -> bool:
    """Whether the lower hop can have been written by the host that connected in the upper one."""
    if not lower.by or "." not in lower.by or trust.host(lower.by):
        return True
    if lower.by_address is not None:
        return lower.by_address == upper.address or trust.address(lower.by_address)
    names = {n for n in (upper.rdns, upper.name, upper.helo, upper.by) if "." in n}
    return not names or organisation(lower.by) in {organisation(n) for n in names}


def writer(hop: Hop) -> str:
    """Return how to call the host that wrote a hop."""
    return hop.by or "?"


def peer(hop: Hop) -> str:
    """Return how to call the host that connected."""
    return str(hop.address) if hop.address is not None else hop.name or "?"
