"""Which login handed in a mail: by queue id and host, or by message id, back through our own relays. In batches.

Protected data: the caller has written its ledger entry before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from sekimori.submissions.models import Handover, Submission
from sekimori.submissions.postfix import is_long
from sekimori.submissions.store import QUEUE_LIFE
from sekimori.values.clock import micros

UNIQUE_SLACK_US = 86_400_000_000
"""How far a report's time may be off where the id itself is used only once (long queue id, message id)."""
LOG_SLACK_US = 2_000_000
"""How far two clocks of our own servers may be apart."""
HOPS_MAX = 5
CHUNK = 2000


class MailKey(NamedTuple):
    """What a report says of a mail; times in microseconds, None where it states none."""

    queue_id: str
    host: str
    message_id: str
    windows: tuple[tuple[int, int], ...] | None
    """The windows that the time may mean (several where it has no zone)."""


@dataclass(frozen=True, slots=True)
class Hand:
    """One mail of the log that fits a key: who handed it in."""

    id: int
    host: str
    queue_id: str
    message_id: str
    login: str
    client: bytes | None
    client_port: int | None
    time: int
    ended: int | None
    via: tuple[int, ...] = ()
    """Rows of our own relays on the way back from the reported id to this one."""

    def lives(self, lo: int, hi: int, slack: int) -> bool:
        """Tell whether the queue id was in use at some instant of [lo, hi], give or take `slack`."""
        end = self.ended if self.ended is not None else self.time + QUEUE_LIFE // timedelta(microseconds=1)
        return self.time - slack <= hi and lo <= end + slack


def same_host(one: str, other: str) -> bool:
    """Tell whether two names can be one host: logs and Received lines write it with or without its domain."""
    one, other = one.lower().rstrip("."), other.lower().rstrip(".")
    if one == other:
        return True
    return ("." not in one or "." not in other) and one.split(".", 1)[0] == other.split(".", 1)[0]


def by_mail(keys: Sequence[MailKey]) -> list[list[Hand]]:
    """Return for each key the mails that fit it, each followed back to where it was handed in.

    A queue id fits with its host (where the key names one; a long id is of one host anyway) and a life that touches one of
    the windows; a short one without time never fits alone. A key with both ids must fit with both. Mails whose way back is lost keep an empty login.
    """
    by_queue = _rows("queue_id", {k.queue_id for k in keys if k.queue_id})
    by_message = _rows("message_id", {k.message_id for k in keys if k.message_id})
    found = [_fitting(k, by_queue.get(k.queue_id, ()), by_message.get(k.message_id, ())) for k in keys]
    return _back(found)


def handed_in(ids: Sequence[int]) -> dict[int, list[Hand]]:
    """Return for rows of our own relays (by row id) the mails that members handed in and that they were made of."""
    hands = {h.id: h for h in _hands("id", ids)}
    found = _back([[h] for h in hands.values()])
    return {pk: [h for h in up if h.login] for pk, up in zip(hands, found, strict=True)}


def _fitting(key: MailKey, queued: Sequence[Hand], sent: Sequence[Hand]) -> list[Hand]:
    at_host = [h for h in queued if not key.host or same_host(h.host, key.host)]
    if not at_host and is_long(key.queue_id):
        # A long id holds its microsecond and inode: it is of one server only, whatever name that server logs under.
        at_host = list(queued)
    by_id = [h for h in at_host if _in_time(h, key, unique=is_long(h.queue_id))]
    by_message = [h for h in sent if _in_time(h, key, unique=True)]
    if key.queue_id and key.message_id:
        # Both name the mail: where the queue id is known, it must carry that message id.
        both = [h for h in by_id if not h.message_id or h.message_id == key.message_id]
        return both if by_id else by_message
    return by_id or by_message


def _in_time(hand: Hand, key: MailKey, *, unique: bool) -> bool:
    if key.windows is None:
        return unique
    slack = UNIQUE_SLACK_US if unique else LOG_SLACK_US
    return any(hand.lives(lo, hi, slack) for lo, hi in key.windows)


def _back(found: list[list[Hand]]) -> list[list[Hand]]:
    """Replace every mail that came from another of our servers by the mail there, as far as the logs tell."""
    for _ in range(HOPS_MAX):
        loose = {h.id: h for hands in found for h in hands if not h.login}
        if not loose:
            break
        parents = _parents(list(loose.values()))
        if not parents:
            break
        found = [_once(p for h in hands for p in (parents.get(h.id, [h]) if not h.login else [h])) for hands in found]
    return found


def _once(hands: Iterable[Hand]) -> list[Hand]:
    return list({h.id: h for h in hands}.values())


def _parents(hands: Sequence[Hand]) -> dict[int, list[Hand]]:
    """Return for each mail without login the mails that it was made of: "queued as" first, then XFORWARD, then the message id."""
    handed = defaultdict(list)
    for chunk in _chunks({h.queue_id for h in hands}):
        for row in Handover.objects.filter(child_queue_id__in=chunk):
            handed[row.child_queue_id].append(row)
    origins = dict(Submission.objects.filter(pk__in=[h.id for h in hands]).exclude(parent_queue_id="").values_list("pk", "parent_queue_id"))
    queued = _rows("queue_id", {r.queue_id for rows in handed.values() for r in rows} | set(origins.values()))
    sent = _rows("message_id", {h.message_id for h in hands if h.message_id})
    out: dict[int, list[Hand]] = {}
    for hand in hands:
        up = [p for row in handed.get(hand.queue_id, ()) if _received(row, hand)
              for p in queued.get(row.queue_id, ()) if p.host == row.host and p.lives(at := micros(row.at), at, LOG_SLACK_US)]
        up = up or [p for p in queued.get(origins.get(hand.id, ""), ()) if p.host == hand.host and p.lives(hand.time, hand.time, LOG_SLACK_US)]
        up = up or [p for p in sent.get(hand.message_id, ()) if p.login and p.time <= hand.time + LOG_SLACK_US and p.lives(hand.time, hand.time, LOG_SLACK_US)]
        up = [p for p in up if p.id != hand.id and p.id not in hand.via]
        if up:
            out[hand.id] = [_with(p, (*hand.via, hand.id)) for p in up]
    return out


def _received(row: Handover, hand: Hand) -> bool:
    """Tell whether a handover was answered by this mail's server: same machine or name, at the time it took the mail."""
    same = row.host == hand.host if not row.relay else same_host(row.relay, hand.host)
    at = micros(row.at)
    return same and hand.time - LOG_SLACK_US <= at <= hand.time + 3_600_000_000


def _with(hand: Hand, via: tuple[int, ...]) -> Hand:
    return Hand(hand.id, hand.host, hand.queue_id, hand.message_id, hand.login, hand.client, hand.client_port, hand.time, hand.ended, via)


def _rows(column: str, values: set[str]) -> dict[str, list[Hand]]:
    out: dict[str, list[Hand]] = defaultdict(list)
    for hand in _hands(column, sorted(values)):
        out[hand.queue_id if column == "queue_id" else hand.message_id].append(hand)
    return out


def _hands(column: str, values: Sequence[str] | Sequence[int]) -> Iterator[Hand]:
    for i in range(0, len(values), CHUNK):
        rows = Submission.objects.filter(**{f"{column}__in": values[i:i + CHUNK]}).order_by("id").values_list(
            "id", "host", "queue_id", "message_id", "login", "client", "client_port", "time", "ended_at")
        for pk, host, queue_id, message_id, login, client, port, time, ended in rows:
            yield Hand(pk, host, queue_id, message_id, login, None if client is None else bytes(client), port, micros(time),
                       None if ended is None else micros(ended))


def _chunks(values: Iterable[str]) -> Iterable[list[str]]:
    ordered = sorted(values)
    return (ordered[i:i + CHUNK] for i in range(0, len(ordered), CHUNK))
