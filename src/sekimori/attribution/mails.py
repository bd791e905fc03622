"""From logins and from mails of our own servers to contracts. A login is a direct hit, whatever the address says."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv6Address

from sekimori.attribution.knowledge import Knowledge
from sekimori.attribution.rules import ALL, Guards, owners, verdict
from sekimori.attribution.types import EDGE, WHOLE, Answer, Certainty, Question, Step, Trail, Verdict, Window
from sekimori.contracts.lookup import KeyBook, Owner
from sekimori.submissions.lookup import LOG_SLACK_US, Hand, MailKey
from sekimori.submissions.postfix import is_long
from sekimori.values.addresses import Address, normalise


def find(questions: Sequence[Question], known: Knowledge) -> list[list[Hand]]:
    """Return the mails of our log that fit each question's queue id or message id."""
    return known.mails([
        MailKey(q.queue_id, q.host, q.message_id, tuple((w.lo, w.hi) for w in q.windows) or None) for q in questions])


def by_hands(question: Question, hands: Sequence[Hand], book: KeyBook, guards: Guards = ALL) -> Answer:
    """Decide from the mails that fit: all must have been handed in by logins of one contract.

    The login's validity is asked for at the time that our own log states, not at the reported one.
    """
    if question.queue_id and not is_long(question.queue_id) and not (question.host or question.message_id or question.address):
        return Answer(Certainty.NONE, how="submission", why="host_missing")  # any server in the world may have used it
    if not hands:
        return Answer(Certainty.NONE, how="submission", why="time_missing" if not question.windows and not question.message_id else "no_submission")
    trails: list[Trail] = []
    for hand in hands:
        step = Step("submission", WHOLE, "", hand)
        if not hand.login:
            trails.append(Trail((step,), None, f"client:{hand.host}:{hand.queue_id}", "submission"))
            continue
        window = own_window(hand)
        holder = f"login:{hand.login}"
        found = owners(book.owners(holder), window, guards)
        trails += [Trail((step, Step("owner", g.rank, g.why, o)), o.contract, holder, "submission") for o, g in found]
        if not found:
            trails.append(Trail((step,), None, holder, "submission"))
    found_verdict = verdict(trails, "no_submission", "submission", guards)
    if found_verdict.certainty is Certainty.NONE and all(not h.login for h in hands):
        found_verdict.why = "no_login"
    if found_verdict.certainty is Certainty.SEVERAL and len(question.windows) > 1:
        found_verdict = Verdict(Certainty.ZONE_AMBIGUOUS, None, found_verdict.candidates, "submission", "zone_missing", found_verdict.trails)
    logins = {h.login for h in hands if h.login}
    login = logins.pop() if len(logins) == 1 and found_verdict.contract is not None else ""
    return Answer(found_verdict.certainty, found_verdict.contract, found_verdict.candidates, "submission", found_verdict.why, True,
                  bool(login), login, windows=((None, found_verdict),))


def own_window(hand: Hand) -> Window:
    """Return when our own log says that the mail came in, with the error of our own clocks."""
    return Window(hand.time - LOG_SLACK_US, hand.time + LOG_SLACK_US)


def by_login(question: Question, book: KeyBook, guards: Guards = ALL) -> list[tuple[Window | None, Verdict]]:
    """Decide a login for every reading of the time; without a time only where it was never anybody else's."""
    holder = f"login:{question.login}"
    known = book.owners(holder)
    if not known:
        return [(None, Verdict(Certainty.NONE, how="login", why="unknown_login"))]
    if not question.windows:
        if len({o.contract for o in known}) == 1:
            return [(None, verdict([_trail(known[0], holder, 0, "")], "", "login", guards))]
        found = verdict([_trail(o, holder, EDGE, "time_missing") for o in known], "", "login", guards)
        found.why = "time_missing"
        return [(None, found)]
    out: list[tuple[Window | None, Verdict]] = []
    for window in question.windows:
        trails = [_trail(o, holder, g.rank, g.why) for o, g in owners(known, window, guards)]
        out.append((window, verdict(trails, "login_not_valid_then", "login", guards)))
    return out


def _trail(owner: Owner, holder: str, rank: int, why: str) -> Trail:
    return Trail((Step("owner", rank, why, owner),), owner.contract, holder, "login")


def client_of(hand: Hand) -> Address | None:
    """Return the address that a mail without login was handed in from."""
    return None if hand.client is None else normalise(IPv6Address(hand.client))
