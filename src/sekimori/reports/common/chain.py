"""Where an enclosed original was handed in: the Received chain from the top, as its receiver wrote it.

The reporter vouches only for its own servers' lines. Hops inside its organisation are walked through as long as the
writing server looked the name up itself; the first handover from outside is the source, what stands below it is the
source's own claim. Our own relays are walked through too: they wrote the queue id by which the submission log goes on.
"""

from __future__ import annotations

from datetime import UTC

from sekimori.mime import Mail
from sekimori.reports.common.origin import Origin
from sekimori.reports.contract import Context
from sekimori.tracing import Hop, parse_received
from sekimori.tracing.chain import linked
from sekimori.tracing.trust import Trust, inside, line_name, organisation, provider_inside
from sekimori.values.addresses import special

HOPS = 30
_NOWHERE = frozenset({"loopback", "unspecified", "link_local"})


def injected(mail: Mail, ctx: Context) -> Origin:
    """Return the origin by the Received chain; `ip` is None where no hop names an address from outside."""
    hops = _Hops(mail.headers.all("received")[:HOPS])
    out = Origin(how="received")
    spare: int | None = None
    through_us = False
    for i in range(len(hops)):
        hop = hops[i]
        ours = hop.by in ctx.relays
        if hop.address is None or special(hop.address) in _NOWHERE:
            if hop.address is None and hop.login and ours:
                _take(out, hops, i, through_us=True)
                return out
            continue
        if str(hop.address) in ctx.relays or hop.rdns in ctx.relays or (ctx.is_relay is not None and ctx.is_relay(hop.address)):
            through_us = True
            continue
        if not (through_us or ours) and not (ctx.ours is not None and ctx.ours(hop.address)) and _goes_on(hop, hops, i + 1):
            spare = i if spare is None else spare
            continue
        _take(out, hops, i, through_us=through_us or ours)
        return out
    if spare is not None:
        _take(out, hops, spare, through_us=False)
    return out


def claimed_queue(mail: Mail, ip: str) -> tuple[str, str] | None:
    """Return (queue id, host) that the hop below the handover from `ip` claims (its own relay's, where that is one), or None."""
    lines = mail.headers.all("received")[:HOPS]
    for i, line in enumerate(lines[:-1]):
        if ip in line:
            below = parse_received(lines[i + 1])
            return (below.id, below.by) if below.id else None
    return None


class _Hops:
    """The hops, each parsed when it is looked at: most walks end at the second."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.parsed: dict[int, Hop] = {}

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, i: int) -> Hop:
        if i not in self.parsed:
            self.parsed[i] = parse_received(self.lines[i])
        return self.parsed[i]

    def any_below(self, start: int, *, public: bool = False) -> bool:
        """Tell whether a hop from `start` on names an address from outside."""
        for i in range(start, len(self)):
            a = self[i].address
            if a is not None and special(a) not in _NOWHERE and not (public and inside(a)):
                return True
        return False


def _goes_on(hop: Hop, hops: _Hops, below: int) -> bool:
    """Tell whether a hop is a handover inside the reporter's side, with an outside one further down."""
    assert hop.address is not None
    if hop.protocol.lower() in ("lmtp", "pop3", "imap", "local", "http") or hop.local or provider_inside(hop.address, hop.by):
        return hops.any_below(below)
    if inside(hop.address):
        return hops.any_below(below, public=True)
    # A member's line is of the reporter's organisation too; what stands below it would be the member's own words.
    if not hop.rdns or "." not in hop.by or organisation(hop.rdns) != organisation(hop.by) or line_name(hop.rdns, hop.address):
        return False
    return below < len(hops) and linked(hop, hops[below], Trust()) and hops.any_below(below)


def _take(out: Origin, hops: _Hops, i: int, *, through_us: bool) -> None:
    hop = hops[i]
    if hop.address is not None:
        out.ip, out.special = str(hop.address), special(hop.address)
    if hop.stamp is not None and hop.stamp.zone == "stated":
        utc = hop.stamp.utc
        out.time = utc.astimezone(UTC) if utc is not None else None
        out.time_raw = hop.text.rpartition(";")[2].strip()[:80]
    if "address_may_be_helo" in hop.odd:
        out.flags.append("trace.address_may_be_helo")
    # Our own relay wrote this hop itself; otherwise the hop below is the source's claim about its own queue.
    writer = hop if through_us else hops[i + 1] if i + 1 < len(hops) else None
    if writer is not None:
        out.queue_id, out.queue_host = writer.id or None, writer.by or None
