"""What each kind of feed does when it is asked: HTTPS list, Shadowserver's API, SNDS with its key, folders of a mailbox."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

from sekimori.intake.arrival import Ready
from sekimori.intake.doors import imap
from sekimori.intake.ours import Ours
from sekimori.intake.receive import receive, receive_all
from sekimori.reports.feeds import fetch
from sekimori.reports.feeds.config import FeedConfig
from sekimori.reports.models import Feed
from sekimori.settings import current
from sekimori.settings.types import Imap
from sekimori.values.clock import SetClock
from sekimori.values.outcomes import Outage

SEEN = 500
"""Ids of items that are remembered; three days of a large key are about 300."""
ROUNDS = 20
"""Batches of one folder in one look (50 messages each); the rest waits for the next."""


def _https(feed: FeedConfig, row: Feed, now: datetime) -> int:
    return _list(feed, row, now, feed.url)


def _snds(feed: FeedConfig, row: Feed, now: datetime) -> int:
    """The key goes into the query and nowhere else: neither into the file name that is kept nor into a fault."""
    return _list(feed, row, now, f"{feed.url}?key={quote(_secret(feed.key_file), safe='')}")


def _list(feed: FeedConfig, row: Feed, now: datetime, url: str) -> int:
    got = fetch.get(url, etag=row.etag, modified=row.modified, header=_secret(feed.header_file))
    if got.body is None:
        return 0
    # Nobody is blocked: SNDS answers with an empty list.
    empty = feed.kind == "snds" and not got.body.strip()
    if not empty:
        _take(feed, got.body, urlsplit(feed.url).path.rsplit("/", 1)[-1], now)
    # Only now: what could not be kept is asked for again.
    row.etag, row.modified = got.etag[:200], got.modified[:100]
    return 0 if empty else 1


def _shadowserver(feed: FeedConfig, row: Feed, now: datetime) -> int:
    new = 0
    seen = list(row.seen)
    for item, name in fetch.shadowserver_list(feed.url, _secret(feed.key_file), _secret(feed.secret_file), feed.reports, now.date()):
        if item in seen:
            continue
        got = fetch.get((fetch.DOWNLOADS if feed.url.startswith("https:") else feed.url.rstrip("/") + "/dl/") + item)
        if got.body is not None:
            _take(feed, got.body, name, now)
            new += 1
        seen.append(item)
        # Kept after each item: a fault at the tenth does not bring the first nine again.
        row.seen = seen[-SEEN:]
        row.save(update_fields=["seen"])
    return new


def _take(feed: FeedConfig, body: bytes, name: str, now: datetime) -> None:
    """Keep an item as a message: the sender is the feed's domain (its key proves it), the recipient its file name."""
    receive(body, mail_from=f"{feed.name}@{feed.domain}", rcpt_to=[name[:200]], door="http", peer=f"feed:{feed.name}", now=now, authenticated=True)


class _AtOnce:
    """Stands where the IMAP door has its committer: one message, one COMMIT."""

    def submit(self, ready: Ready) -> Future[None]:
        """Keep one message; durable when it returns."""
        receive_all([ready])
        done: Future[None] = Future()
        done.set_result(None)
        return done


def _imap(feed: FeedConfig, row: Feed, now: datetime) -> int:
    """Collect the feed's folders by the IMAP door. Whose mail it is, the mail must prove: anybody may write to a mailbox."""
    cfg = current()
    stored = large = 0
    client = None
    try:
        for folder in feed.folders:
            box = Imap(feed.host, feed.port, feed.user, _secret(feed.password_file), folder, feed.done_folder, feed.tls)
            client = client or imap.connect(box, max_bytes=cfg.mail.max_bytes)
            door = imap.Collector(box, committer=_AtOnce(), ours=Ours.of(cfg), clock=SetClock(now), max_bytes=cfg.mail.max_bytes, peer=f"feed:{feed.name}")
            for _ in range(ROUNDS):
                outcome = door.collect(client)
                stored, large = stored + outcome.stored, large + outcome.too_large
                if not outcome.more:
                    break
    finally:
        if client is not None:
            imap.leave(client)
    if large:
        raise Outage(f"{large} messages over {cfg.mail.max_bytes} octets were left in the folder")
    return stored


def _secret(file: str) -> str:
    return Path(file).read_text("utf-8").strip() if file else ""


PULLS: dict[str, Callable[[FeedConfig, Feed, datetime], int]] = {"https": _https, "shadowserver": _shadowserver, "snds": _snds, "imap": _imap}
"""Kind of feed → what brings its new items, and returns how many. Raises Outage, OSError."""
