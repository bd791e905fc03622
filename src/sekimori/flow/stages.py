"""THE MAP, read first: the ordered list of stages. Docs/flow.md draws the same.

| stage | reads (due rows) | writes |
|---|---|---|
| reports.read | intake Message, route report | Report, Finding, Review, Answer |
| bounces.judge | intake Message, route bounce or explain | NoticeBounce, Explained, Review |
| bounces.answer | Explained | the explanation, by mail |
| notices.bounced | NoticeBounce | Notice undelivered or delivered |
| notices.replies | intake Message, route reply | member statements, filed with their case |
| attribution.find | reports Finding | Attribution |
| cases.open | Attribution | Case, CaseFinding, Deadline |
| enforcement.sense | its own Pulse, every 15 s | Message, Report, Finding of our own sensor |
| enforcement.decide | cases Deadline | Measure (proposed or approved), Deadline |
| enforcement.act | Measure, approved or announced | its execution and verification |
| enforcement.end | Measure in force | its end; goes on while the desk is halted |
| enforcement.rehearse | LadderVersion, asked to be simulated | what it would have done: counts, changed cases |
| disclosure.keep | Request | frozen rows of its window, and their end |
| notices.members, notices.answers | Letter, Answer | Notice |
| notices.hearings | Hearing | Notice that asks the member about a request |
| notices.operators | Forward | Notice to the operator of a delegated range |
| notices.codes | SignIn | the code for My page, to a channel not in question |
| notices.send | Notice | sent, delivered, undelivered; reports back to cases |

Stages are named here only: none imports or calls the next.
"""

from __future__ import annotations

import importlib
import importlib.util

from sekimori.work.stage import Stage

STAGES: dict[str, str] = {
    # In this order stages take turns; deadlines and notices come first (house rule 1.9).
    "enforcement.decide": "sekimori.enforcement.stages:DecideStage",
    "enforcement.sense": "sekimori.enforcement.stages:SenseStage",
    "enforcement.act": "sekimori.enforcement.stages:ActStage",
    "disclosure.keep": "sekimori.disclosure.stages:KeepStage",
    "enforcement.end": "sekimori.enforcement.stages:EndStage",
    "notices.codes": "sekimori.notices.stages:CodeStage",
    "notices.send": "sekimori.notices.stages:SendStage",
    "notices.members": "sekimori.notices.stages:MemberLetterStage",
    "notices.hearings": "sekimori.notices.stages:HearingStage",
    "notices.answers": "sekimori.notices.stages:AnswerStage",
    "notices.operators": "sekimori.notices.stages:OperatorStage",
    "notices.replies": "sekimori.notices.stages:ReplyStage",
    "notices.bounced": "sekimori.notices.stages:BouncedStage",
    "bounces.judge": "sekimori.bounces.stages:JudgeStage",
    "bounces.answer": "sekimori.bounces.stages:AnswerStage",
    "reports.read": "sekimori.reports.stages:ReadStage",
    "attribution.find": "sekimori.attribution.stages:FindStage",
    "cases.open": "sekimori.cases.stages:OpenStage",
    "enforcement.rehearse": "sekimori.enforcement.rehearse:RehearseStage",
}


def stages() -> list[Stage]:
    """Return one object of each stage that this build has, in order of precedence."""
    found: list[Stage] = []
    for target in STAGES.values():
        module, _, attribute = target.partition(":")
        if importlib.util.find_spec(module) is None:
            continue
        found.append(getattr(importlib.import_module(module), attribute)())
    return found
