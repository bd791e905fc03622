"""The stages of this package, as `sekimori.flow.stages` names them."""

from sekimori.bounces.stage_answer import AnswerStage
from sekimori.bounces.stage_judge import JudgeStage

__all__ = ["AnswerStage", "JudgeStage"]
