"""Stage `notices.send`: a written Notice leaves over its channel, and `enforcement` is told so in the same transaction."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction

from sekimori.enforcement import handshake
from sekimori.enforcement.models import Letter
from sekimori.enforcement.switches import halted
from sekimori.notices import senders
from sekimori.notices.letters import lapsed as called_off
from sekimori.notices.models import Notice
from sekimori.notices.senders.mail import leaves_tagged
from sekimori.notices.service import give_up
from sekimori.settings import current
from sekimori.smtp.outgoing import Rejected
from sekimori.values.actors import Actor
from sekimori.values.outcomes import Outage, Refused
from sekimori.work.stage import Context, Prepared

log = logging.getLogger("sekimori.notices")
BY = Actor("stage", "notices.send")
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(days=5)
"""As mail servers do (RFC 5321 §4.5.4.1); then the next channel is tried."""
FAILURES_IN_A_ROW = 2
"""After so many the relay itself is away: the rest of the batch waits without being tried."""


class SendStage:
    """Sends. A mail goes twice only when the process dies between the relay's 250 and our COMMIT: same Message-ID then."""

    name = "notices.send"
    model = Notice
    where = "state IN ('written', 'sending')"
    acts_on_persons = True

    def work(self, ids: Sequence[int], ctx: Context) -> Prepared:
        """Commit the intent, send one by one, ask the halt switch before each."""
        notices = list(Notice.objects.filter(id__in=ids).select_related("case").order_by("due_at", "id"))
        letters = {x.ref: x for x in Letter.objects.filter(ref__in=[n.letter for n in notices if n.letter]).select_related("measure", "case")}
        repeats = sum(n.state == "sending" for n in notices)
        lapsed = [n for n in notices if n.letter in letters and called_off(letters[n.letter])]
        settings = current()
        going = [n for n in notices if n not in lapsed]
        with transaction.atomic():
            Notice.objects.filter(pk__in=[n.pk for n in going]).update(state="sending", tagged=False)
            Notice.objects.filter(pk__in=[n.pk for n in going if leaves_tagged(n, settings, ctx.now)]).update(tagged=True)
        sent: list[Notice] = []
        refused: list[tuple[Notice, str]] = []
        later: dict[int, datetime] = {}
        failures = 0
        for notice in going:
            if failures >= FAILURES_IN_A_ROW or halted():
                later[notice.pk] = ctx.now + (FIRST_WAIT if failures else timedelta(0))
                continue
            try:
                senders.send(notice, settings, ctx.now)
                sent.append(notice)
                failures = 0
            except (Rejected, Refused) as e:
                refused.append((notice, str(e)))
            except Outage as e:
                failures += 1
                log.warning("notice.waiting ref=%s %s", notice.ref, e)
                if ctx.now - notice.written_at > GIVE_UP_AFTER:
                    refused.append((notice, str(e)))
                else:
                    later[notice.pk] = ctx.now + wait(ctx.now - notice.written_at)

        def write() -> None:
            gone = Notice.objects.filter(pk__in=[n.pk for n in sent])
            gone.update(sent_at=ctx.now)
            gone.filter(state="sending").update(state="sent")
            Notice.objects.filter(pk__in=[n.pk for n in lapsed]).update(state="recalled")
            Notice.objects.filter(pk__in=list(later)).update(state="written")
            for notice in sent:
                if notice.letter in letters:
                    handshake.notice_sent(letters[notice.letter], notice.ref, ctx.now, notice.channel)
            for notice, why in refused:
                Notice.objects.filter(pk=notice.pk).update(fault=why[:500])
                give_up(notice, ctx.now)

        done = bool(sent or refused or lapsed)
        return Prepared(write, act="notice.sent" if done else "", subject=f"batch:{len(sent)}", later=later,
                        detail={"sent": len(sent), "refused": len(refused), "lapsed": len(lapsed), "repeated": repeats,
                                "refs": [n.ref for n in sent[:50]]})


def wait(age: timedelta) -> timedelta:
    """Return how long a notice waits before its next try: half its age, from 30 s to 6 h. Pure."""
    return min(max(age / 2, FIRST_WAIT), LONGEST_WAIT)

