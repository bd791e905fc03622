"""Answer a batch of questions. The caller has written its ledger entry before (`service`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sekimori.attribution import mails
from sekimori.attribution.knowledge import Knowledge
from sekimori.attribution.rules import ALL, Guards, combine, doubtful, intersect, verdict
from sekimori.attribution.trails import Reading, follow
from sekimori.attribution.types import WHOLE, Answer, Certainty, Question, Step, Verdict, Window
from sekimori.submissions.lookup import Hand


def ask(questions: Sequence[Question], known: Knowledge, guards: Guards = ALL) -> list[Answer]:
    """Return one answer per question, in order.

    A mail of our own servers is looked for first. It decides where the question names no address, our own relay, or the
    address that the mail was handed in from; anybody can copy a message id, so beside another address it only casts doubt.
    Several events of one group (`Question.group`) are intersected.
    """
    answers: list[Answer | None] = [None] * len(questions)
    rivals = _mails(questions, known, guards, answers)
    _logins(questions, known, guards, answers)
    asked = [(n, q, w) for n, q in enumerate(questions) if answers[n] is None and q.address is not None and not q.fault for w in q.windows]
    readings: dict[int, list[Reading]] = defaultdict(list)
    for reading in follow(asked, known, guards):
        readings[reading.question].append(reading)
    for n, question in enumerate(questions):
        if answers[n] is None:
            answers[n] = _beside(_by_address(question, readings.get(n, ()), known, guards), rivals.get(n))
    return _intersected(questions, [a for a in answers if a is not None])


def _beside(answer: Answer, rival: Answer | None) -> Answer:
    """Return the address's answer; our own log's where both agree; nobody's where they name different contracts."""
    if rival is None or answer.contract is None or rival.contract is None:
        return answer
    if rival.contract == answer.contract:
        return rival
    return Answer(Certainty.SEVERAL, None, 2, answer.how, "keys_disagree", windows=(*answer.windows, *rival.windows), networks=answer.networks)


def _by_address(question: Question, readings: Sequence[Reading], known: Knowledge, guards: Guards) -> Answer:
    if question.fault:
        return Answer(Certainty.NONE, why=question.fault)
    if question.address is None:
        return Answer(Certainty.NONE, why="nothing_to_look_up")
    if not readings:
        return Answer(Certainty.NONE, why="time_missing")
    answer = combine([(r.window, _decide(r, known, guards)) for r in readings], guards)
    answer.networks = readings[0].match.rows
    return answer


def _decide(reading: Reading, known: Knowledge, guards: Guards) -> Verdict:
    if reading.settled is not None:
        return reading.settled
    if not reading.trails and reading.fallback is not None:
        return reading.fallback
    if not reading.trails:
        held, window = reading.match.rows[0], reading.window
        return Verdict(Certainty.NONE, how=reading.how, why=known.silence(held.realm, held.kind, window.lo, window.hi) or "no_record")
    found = verdict(reading.trails, "no_record", reading.how, guards)
    return doubtful(found, "network_changed") if reading.match.partial and guards.validity else found


def _mails(questions: Sequence[Question], known: Knowledge, guards: Guards, answers: list[Answer | None]) -> dict[int, Answer]:
    """Answer what our submission log decides; return the answers that only stand beside that of the address."""
    rivals: dict[int, Answer] = {}
    numbers = [n for n, q in enumerate(questions) if (q.queue_id or q.message_id) and not q.fault]
    if not numbers:
        return rivals
    found = mails.find([questions[n] for n in numbers], known)
    book = known.owners({f"login:{h.login}" for hands in found for h in hands if h.login})
    clients: list[tuple[int, Question, Window]] = []
    handed: dict[int, Hand] = {}
    for n, hands in zip(numbers, found, strict=True):
        question = questions[n]
        answer = mails.by_hands(question, hands, book, guards)
        if question.address is not None and not hands:
            continue  # the address decides
        if question.address is not None and not _handed_in_there(question, hands, known):
            rivals[n] = answer
            continue
        answers[n] = answer
        if answer.why == "no_login" and (asked := _client(hands)) is not None:
            clients.append((n, *asked))
            handed[n] = hands[0]
    for reading in follow(clients, known, guards):
        step = Step("submission", WHOLE, "", handed[reading.question])
        reading.trails = [t._replace(steps=(step, *t.steps)) for t in reading.trails]
        settled = combine([(reading.window, _decide(reading, known, guards))], guards)
        if settled.ours and settled.why != "own_relay":
            settled.how, settled.networks = "submission", reading.match.rows
            answers[reading.question] = settled
    return rivals


def _handed_in_there(question: Question, hands: Sequence[Hand], known: Knowledge) -> bool:
    """Tell whether the address of the question is one of our relays, or where the mail was handed in (as far as the log knows)."""
    assert question.address is not None
    if any(mails.client_of(h) in (question.address, None) for h in hands):
        return True
    windows = question.windows or tuple(mails.own_window(h) for h in hands)
    matches = [known.network(question.address, w.lo, w.hi) for w in windows]
    return all(m.rows and m.rows[0].kind == "relay" for m in matches)


def _client(hands: Sequence[Hand]) -> tuple[Question, Window] | None:
    """Return the question for the line that handed in a mail without signing in, where one mail alone fits."""
    address = mails.client_of(hands[0])
    if len(hands) != 1 or address is None:
        return None
    window = mails.own_window(hands[0])
    return Question((window,), address, hands[0].client_port), window


def _logins(questions: Sequence[Question], known: Knowledge, guards: Guards, answers: list[Answer | None]) -> None:
    numbers = [n for n, q in enumerate(questions) if q.login and answers[n] is None and not q.fault]
    if not numbers:
        return
    book = known.owners({f"login:{questions[n].login}" for n in numbers})
    for n in numbers:
        answer = combine(mails.by_login(questions[n], book, guards), guards)
        answer.login = questions[n].login if answer.contract is not None else ""
        answers[n] = answer


def _intersected(questions: Sequence[Question], answers: list[Answer]) -> list[Answer]:
    groups: dict[str, list[int]] = defaultdict(list)
    for n, question in enumerate(questions):
        if question.group:
            groups[question.group].append(n)
    for numbers in groups.values():
        if len(numbers) > 1:
            for n, answer in zip(numbers, intersect([answers[n] for n in numbers]), strict=True):
                answers[n] = answer
    return answers
