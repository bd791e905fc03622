"""The stages of this package, as `sekimori.flow.stages` names them."""

from sekimori.notices.stage_answers import AnswerStage
from sekimori.notices.stage_bounced import BouncedStage
from sekimori.notices.stage_codes import CodeStage
from sekimori.notices.stage_hearings import HearingStage
from sekimori.notices.stage_members import MemberLetterStage
from sekimori.notices.stage_operators import OperatorStage
from sekimori.notices.stage_replies import ReplyStage
from sekimori.notices.stage_send import SendStage

__all__ = ["AnswerStage", "BouncedStage", "CodeStage", "HearingStage", "MemberLetterStage", "OperatorStage", "ReplyStage", "SendStage"]
