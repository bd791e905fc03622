"""Reader of free text: prose, pasted log lines, tables, quoted and forwarded originals; the last resort for every item."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from sekimori.intake.own import cut
from sekimori.mime import Mail
from sekimori.reports.common import categories, originals
from sekimori.reports.common.documents import leaves
from sekimori.reports.common.received import received_by_headers
from sekimori.reports.common.sniff import decoded, kind_of
from sekimori.reports.contract import Context, FindingData, Item, Read
from sekimori.reports.prose import away, complaint
from sekimori.reports.prose.decide import THRESHOLD, decide
from sekimori.reports.prose.labels import ATTACKER
from sekimori.reports.prose.text import Text
from sekimori.reports.prose.weigh import Place, Weighed, weigh
from sekimori.reports.prose.when import Stamp, Times, span

_SOURCE_PORT = re.compile(r"(?:(?:src|source|attacker|client|remote)[ _\-]?port|(?:送信|接続|発信|攻撃|アクセス)元ポート(?:番号)?)[^\w\n]{0,20}(\d{2,5})(?!\d)", re.IGNORECASE | re.ASCII)
MAX_ATTACHED = 200_000
MAX_FINDINGS = 1_000


class Prose:
    """Reader of free text."""

    name = "prose"
    version = "1"

    def score(self, item: Item) -> int | None:
        """The last resort."""
        return 1

    def read(self, item: Item, ctx: Context) -> Read:
        """Read the texts of a message or file. Anything uncertain goes to a person, with what was seen marked."""
        mail = item.mail
        if item.large:
            return Read(kind="review", reason="over_limit:prose", free_text=True)
        subject, body, refs = _texts(item)
        gone = away.reason(mail, subject, body)
        if gone:
            return Read(kind="not_abuse", reason=gone, free_text=True)
        original, trace, skip, where = _original(mail, body, ctx)
        text = Text(body)
        head = Text(subject)
        weighed, top = weigh(text, skip, ctx.learned), weigh(head)
        complains = complaint.complains(mail, subject, body)
        out = Read(free_text=True, language="ja" if re.search(r"[\u3040-\u30ff]", body[:5_000]) else "en")
        out.report_id = mail.message_id if mail is not None else ""
        if complaint.retracts(subject, body):
            return _review(out, "retracted", text, weighed, top, where)
        decision = decide(weighed, top, ctx, _reporters(mail), complains=complains)
        category, sure = _category(subject, body, weighed, original is not None)
        when = Times(text, ctx.received or received_by_headers(mail), skip, ctx.learned, subject)
        if trace is not None and trace.ip:
            if decision.sources and trace.ip not in decision.sources and not weighed.log_lines:
                # Words name one address, the enclosed original's chain another.
                stated_in_chain = original is not None and any(ip in v for ip in decision.sources for v in original.headers.all("received"))
                if not stated_in_chain:
                    return _review(out, "original_contradicts_text", text, weighed, top, where)
            if not decision.sources and complains:
                f = _from_original(trace, category, where, text)
                out.findings = [f]
                return out
        if not decision.sources:
            return _nothing(out, decision.reason, refs, body, text, weighed, top, where)
        out.findings = _findings(decision.sources, weighed, top, when, text, category, trace, original)
        if not sure:
            return _review(out, "category_unknown", text, weighed, top, where, keep=max(decision.sources.values()) >= 0.7)
        if all(f.time is None for f in out.findings):
            return _review(out, "no_time", text, weighed, top, where, keep=True)
        if max(f.confidence for f in out.findings) < THRESHOLD:
            return _review(out, "low_confidence", text, weighed, top, where, keep=True)
        if category[1] in categories.SEALED:
            out.detail["sealed"] = True
        return out


_NUMBERS = re.compile(r"\d{1,3}[^\w\n]{1,5}\d{1,3}[^\w\n]{1,5}\d{1,3}|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{2}")
"""What an address, a date or a clock time has at least."""


def texts(item: Item) -> str:
    """Return the text that an officer saw and that free text is read from (offsets of spans count in it)."""
    return _texts(item)[1]


def _texts(item: Item) -> tuple[str, str, tuple[str, ...]]:
    """Return (subject, text, references of our own notices cut out of it)."""
    mail = item.mail
    if mail is None:
        if kind_of(item.head) in ("binary", "zip", "gzip"):
            return "", "", ()
        got = cut(decoded(item.raw[:MAX_ATTACHED]).replace("\r\n", "\n").replace("\r", "\n"))
        return "", got.text, got.refs
    parts = mail.texts()
    if not _NUMBERS.search("\n".join(parts)):
        # "Please see the HTML version": the plain alternative says nothing that could be read.
        parts += [p.plain for p in leaves(mail) if p.type == "text/html" and not p.is_attachment and _NUMBERS.search(p.plain)][:3]
    for part in mail.walk():
        if part.is_attachment and part.message is None and part.type.startswith(("text/plain", "application/octet-stream", "text/x-log")) and part.mail is mail \
                and part.filename.lower().endswith((".txt", ".log", ".text")) and len(part.content) <= MAX_ATTACHED:
            parts.append(part.text)
    inner = forwarded(mail)
    if inner is not None:
        parts += [inner.subject, *inner.texts()]
    got = cut("\n\n".join(parts))
    return mail.subject, got.text, got.refs


def forwarded(mail: Mail) -> Mail | None:
    """Return the enclosed message where it is itself a complaint to an abuse desk (somebody passed it on), else None."""
    inner = originals.enclosed(mail)
    if inner is None or inner.headers_only:
        return None
    to = " ".join(m.address.lower() for m in [*inner.headers.addresses("to"), *inner.headers.addresses("cc")][:20])
    return inner if re.search(r"\b(?:abuse|noc|security|cert|soc|postmaster)[^@\s]{0,20}@", to) else None


def _original(mail: Mail | None, body: str, ctx: Context) -> tuple[Mail | None, originals.Origin | None, tuple[int, int] | None, str]:
    """Return (original, its trace, the span of a pasted one in the text, where it was found)."""
    if mail is not None and forwarded(mail) is None:
        inner = originals.enclosed(mail)
        if inner is not None and originals.headers_like(inner):
            return inner, originals.origin(inner, ctx), None, "part"
    found = originals.pasted(body)
    if found is not None:
        return found[0], originals.origin(found[0], ctx), (found[1], found[2]), "text"
    return None, None, None, ""


def _reporters(mail: Mail | None) -> frozenset[str]:
    """Return the addresses in the report's own Received lines: the reporter's servers and ours."""
    if mail is None:
        return frozenset()
    from sekimori.reports.prose.mentions import find

    return frozenset(m.ip for v in mail.headers.all("received")[:20] for m in find(v[:2000]))


def _category(subject: str, body: str, weighed: Weighed, enclosed: bool) -> tuple[tuple[str, str], bool]:
    """Return (category, sure): log lines weigh most, then the subject, then the words of the text; an enclosed mail says messaging."""
    votes: dict[tuple[str, str], float] = {}
    for pair, n in categories.votes(subject).items():
        votes[pair] = votes.get(pair, 0) + 3.0 * min(n, 2)
    for pair, n in categories.votes(body).items():
        votes[pair] = votes.get(pair, 0) + min(n, 4)
    for pair, n in weighed.categories.items():
        votes[pair] = votes.get(pair, 0) + 4.0 + min(n, 4)
    for sealed in (("content", "csam"), ("content", "csem")):
        if sealed in votes:
            return sealed, True
    about_a_site = any(votes.get(("content", t), 0) >= 6 for t in ("phishing", "malware", "fraud"))
    if enclosed and not weighed.log_lines and (not about_a_site or ("messaging", "spam") in votes):
        return ("messaging", "spam"), True
    for weak in (("reputation", "threat_intelligence"), ("reputation", "blocklist")):
        if weak in votes and len(votes) > 1:
            votes[weak] = min(votes[weak], 0.5)
    if ("copyright", "p2p") in votes and ("copyright", "copyright") in votes:
        votes["copyright", "p2p"] += votes.pop(("copyright", "copyright"))
    service = categories.attacked_service(body)
    if service is not None and (not votes or all(p[0] == "reputation" for p in votes)):
        return service, True
    if not votes:
        return categories.UNKNOWN, False
    best = max(votes, key=lambda p: votes[p])
    return best, votes[best] >= 1


def _from_original(trace: originals.Origin, category: tuple[str, str], where: str, text: Text) -> FindingData:
    f = FindingData(*(category if category[0] in ("messaging", "content") else ("messaging", "spam")), source_ip=trace.ip, special=trace.special, proto="tcp")
    f.message_id, f.queue_id, f.queue_host = trace.message_id, trace.queue_id, trace.queue_host
    f.time, f.time_raw, f.time_error_s = trace.time, trace.time_raw, trace.time_error_s
    f.zone = "header" if trace.time is not None else "none"
    f.derived = ["source_ip", "time"]
    f.has_original = True
    f.confidence = 0.8 if trace.how == "received" else 0.6
    f.spans = [{"field": "original", "where": where}]
    return f


def _findings(sources: dict[str, float], weighed: Weighed, top: Weighed, when: Times, text: Text, category: tuple[str, str],
              trace: originals.Origin | None, original: Mail | None) -> list[FindingData]:
    out = []
    places = weighed.by_ip()
    single = len(sources) == 1
    for ip, confidence in list(sources.items())[:MAX_FINDINGS]:
        mine = [p for p in places.get(ip, []) if p.role == ATTACKER or not p.role]
        subject = top.by_ip().get(ip, [])
        first = (mine or subject)[0]
        own = next((p.category for p in mine if p.category), None)
        f = FindingData(*(category if category[1] in categories.SEALED or own is None or category[0] == own[0] else own), source_ip=ip, special=first.mention.special, confidence=confidence)
        ports = {p.mention.port for p in mine if p.mention.port}
        if single and not ports:
            ports = {int(m[1]) for m in _SOURCE_PORT.finditer(text.plain[:50_000])}
        f.source_port = next(iter(ports)) if len(ports) == 1 and 0 < next(iter(ports)) < 65536 else None
        f.proto = next((p.proto for p in mine if p.proto in ("tcp", "udp", "icmp")), None)
        lines = weighed.log_lines.get(ip, [])
        stamps = _stamps(mine, lines, when, weighed, single=single)
        f.count = max(1, len(lines))
        f.has_original = bool(lines) or original is not None
        # Words often name the relay that handed the mail on (ours), while its chain leads to the one behind it.
        named = trace is not None and (trace.ip == ip or (single and trace.queue_id and original is not None
                                                          and any(ip in v for v in original.headers.all("received"))))
        if trace is not None and named and original is not None:
            f.message_id, f.queue_id, f.queue_host = trace.message_id, trace.queue_id, trace.queue_host
            if not stamps and trace.time is not None:
                f.time, f.time_raw, f.zone, f.time_error_s = trace.time, trace.time_raw, "header", trace.time_error_s
                f.derived.append("time")
        both = span(stamps)
        if both is not None:
            chosen = both[0].when
            f.time, f.time_raw, f.zone = chosen.value, chosen.raw[:120], "stated" if chosen.zoned else "none"
            f.time_error_s = 300.0 + (chosen.error_s if chosen.precision not in ("s", "us") else 0.0)
            if both[1].when.value != chosen.value:
                f.last_time = both[1].when.value
        f.spans = _spans(mine, both, text) + [{"field": "source_ip", "in": "subject", "start": p.mention.start, "end": p.mention.end} for p in subject[:1]]
        out.append(f)
    return out


def _stamps(mine: list[Place], lines: list[int], when: Times, weighed: Weighed, *, single: bool) -> list[Stamp]:
    """Return the times of one source, from the surest place: its log lines, the rows of its table, its block, the whole text."""
    stamps = when.in_lines(lines)
    if stamps:
        return _with_zone(stamps, when) if single else stamps
    if single and weighed.event_lines and (stamps := when.in_lines(weighed.event_lines)):
        return stamps
    for p in sorted(mine, key=lambda p: -p.weight):
        stamps = when.around(p)
        if stamps and (len({s.when.value for s in stamps}) == 1 or all(s.line == p.line for s in stamps) or any(s.event > 0 for s in stamps)):
            return stamps
    if not single:
        return []
    events = when.events()
    return events if len({s.when.value for s in events}) == 1 or all(s.event > 0 for s in events) else []


def _with_zone(stamps: list[Stamp], when: Times) -> list[Stamp]:
    """Return the times of log lines, or, where those state no zone, a labelled time of the same day that does."""
    if any(s.when.zoned for s in stamps):
        return stamps
    first = stamps[0].when.value.replace(tzinfo=None)
    zoned = [s for s in when.stamps if s.event > 0 and s.when.zoned and abs(s.when.value.replace(tzinfo=None) - first) <= timedelta(hours=24)]
    return zoned or stamps


def _spans(mine: list[Place], both: tuple[Stamp, Stamp] | None, text: Text) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = [
        {"field": "source_ip", "start": p.mention.start, "end": p.mention.end, "text": text.raw[p.mention.start:p.mention.end][:60], "how": p.how, "weight": p.weight}
        for p in mine[:5]]
    if both is not None:
        w = both[0].when
        out.append({"field": "time", "start": w.start, "end": w.end, "text": w.raw[:60], "weight": 0.5 + both[0].event * 0.4})
    return out


def _nothing(out: Read, reason: str, refs: tuple[str, ...], body: str, text: Text, weighed: Weighed, top: Weighed, where: str) -> Read:
    if refs and reason == "no_address":
        out.kind, out.reason = "reply", "an answer to our notice " + ", ".join(refs[:3])
        return out
    return _review(out, reason, text, weighed, top, where)


def _review(out: Read, reason: str, text: Text, weighed: Weighed, top: Weighed, where: str, *, keep: bool = False) -> Read:
    """Send the report to a person: what was seen stays marked; uncertain addresses are no findings."""
    out.kind, out.reason = "review", reason
    if not keep:
        out.findings = []
    out.detail["spans"] = [{"field": "address", "role": p.role or "unknown", "how": p.how, "weight": p.weight, "start": p.mention.start, "end": p.mention.end,
                            "text": text.raw[p.mention.start:p.mention.end][:60]} for p in weighed.places[:100]]
    if where:
        out.detail["original"] = where
    return out
