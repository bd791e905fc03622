"""A mailbox and its user: which login it is, what went out with it, and whether somebody else may know its password.

The user of a mailbox is a party to its mail and may see it whole; the holder of the contract is not (通信の秘密).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from sekimori.cases.models import CaseFinding
from sekimori.contracts.models import Contract, Key
from sekimori.enforcement.models import Measure
from sekimori.notices import causes
from sekimori.notices.card import login_of
from sekimori.settings import current
from sekimori.values.actors import Actor


def find(login: str, now: datetime) -> Key | None:
    """Return the login that is valid now: as written, else by its folded case where that is only one."""
    text = login.strip()
    valid = Key.objects.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=now), Q(valid_to__isnull=True) | Q(valid_to__gt=now),
        Q(contract__valid_from__isnull=True) | Q(contract__valid_from__lte=now), Q(contract__valid_to__isnull=True) | Q(contract__valid_to__gt=now),
        kind="login", fold=text.casefold()).select_related("contract")
    rows = list(valid[:50])
    exact = [k for k in rows if k.key == text]
    found = exact or rows
    return found[0] if len(found) == 1 else None


def address(key: Key) -> str:
    """Return the mail address of a login: itself, where it is an address in one of our own mail domains; else ""."""
    domain = key.key.rpartition("@")[2].lower()
    return key.key if "@" in key.key and domain in {d.lower() for d in current().provider.domains} else ""


def actor(key: Key) -> Actor:
    """Return a mailbox's user as the ledger knows them: never the address."""
    return Actor("mailbox", f"{key.contract.handle}/{key.pk}")


def entries(contract: Contract) -> Iterator[tuple[CaseFinding, str]]:
    """Yield the contract's findings that lead to a mailbox, each with its login; withdrawn ones are left out."""
    rows = CaseFinding.objects.filter(case__contract=contract, withdrawn_at__isnull=True, attribution__how__in=sorted(causes.BY_MAILBOX)).select_related(
        "case", "attribution", "finding__report__message", "finding__report__reporter").order_by("id")
    for e in rows.iterator(chunk_size=1000):
        login = login_of(e.attribution.proof, e.attribution.how) or e.finding.login
        if login:
            yield e, login


def suspected(contract: Contract) -> frozenset[str]:
    """Return the mailboxes (lower case) whose password may be stolen by the findings of the contract's open cases."""
    return frozenset(login.lower() for e, login in entries(contract) if e.case.closed_at is None and causes.choose(
        f"{e.finding.category}/{e.finding.type}", e.attribution.how, stolen=e.attribution.stolen) == "stolen_password")


def braked(contract: Contract, *, until_closed: bool = False) -> frozenset[str]:
    """Return the mailboxes (lower case) under a brake or the victim lane; `until_closed`: those of open cases, ended ones too."""
    rows = Measure.objects.filter(contract=contract, path__in=("stolen", "brake"), rehearsal=False).exclude(target="")
    wanted = Q(reverted_at__isnull=True) | Q(case__closed_at__isnull=True) if until_closed else Q(reverted_at__isnull=True)
    return frozenset(t.lower() for t in rows.filter(wanted).values_list("target", flat=True))


def in_question(key: Key) -> bool:
    """Tell whether the mailbox is no proof of its user: while a case about its password is open, whatever was unlocked since."""
    return key.key.lower() in braked(key.contract, until_closed=True) | suspected(key.contract)
