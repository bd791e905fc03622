"""Give stored uses of passwords the country that they lack: after the first table, or where a use was read before one was loaded.

Without it every country would be new to a member who has long lived abroad.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from ipaddress import IPv6Address
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from sekimori.ledger.service import write
from sekimori.submissions.models import SignIn, Submission
from sekimori.submissions.store import Where
from sekimori.values.actors import Actor
from sekimori.values.addresses import normalise

CHUNK = 5000


def fill(where: Where, now: datetime, actor: Actor) -> int:
    """Fill the empty countries of submissions with a login and of sign-ins, in short transactions; returns the rows changed.

    Reads members' addresses, and writes nothing of them but the country: one ledger entry, before the first is read.
    """
    with transaction.atomic():
        write(actor, "submissions.countries", "submissions", {}, now)
    wanted = Submission.objects.filter(country="", client__isnull=False).exclude(login="")
    return _fill(wanted, where) + _fill(SignIn.objects.filter(country=""), where)


def _fill(rows: QuerySet[Any], where: Where) -> int:
    last, changed = 0, 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", "client")[:CHUNK]):
        last = chunk[-1][0]
        found: dict[str, list[int]] = defaultdict(list)
        for pk, client in chunk:
            country = where(normalise(IPv6Address(bytes(client))))
            if country:
                found[country].append(pk)
        with transaction.atomic():
            for country in sorted(found):
                changed += rows.model._default_manager.filter(pk__in=found[country]).update(country=country)
    return changed
