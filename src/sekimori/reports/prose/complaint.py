"""Whether a letter complains at all, and whether it was written to an abuse desk."""

from __future__ import annotations

import re

from sekimori.mime import Mail

_COMPLAINS = re.compile(
    r"\babuse|\battack|\breport|complain|\bspam|unsolicited|malicious|infect|compromis|brute|scan|intrusion|unauthori[sz]ed|phish|hack|take ?down|blacklist|botnet|\bscam|fraud|"
    r"please (?:investigate|stop|take action|check|look)|your (?:network|customer|user|client|server|ip)|take (?:appropriate )?action|"
    r"攻撃|不正|迷惑|通報|報告|被害|侵害|無断|違法|荒らし|詐欺|中傷|感染|スキャン|対処|対応を|調査|ご確認|違反|苦情|スパム|踏み台|停止を|フィッシング|閉鎖|削除依頼|お願い", re.IGNORECASE)
_ASKS = re.compile(
    r"your (?:network|customer|user|client|server|host|ip\b|ip address|subscriber|range|abuse|side|system)|abuse (?:team|desk|department|report|complaint|contact)|"
    r"please (?:investigate|stop|block|take|check|look|act|handle|remove|contact)|take (?:appropriate |the necessary )?(?:action|measures)|"
    r"貴社|御社|貴ネットワーク|貴団体|通報|ご対応|対応をお願い|調査をお願い|対処|情報提供|報告いたします|ご連絡", re.IGNORECASE)
_SETTLED = re.compile(
    r"(?:have|has|been|was|were|is|are) (?:now )?(?:removed|delisted|unlisted|unblocked|whitelisted|resolved|closed|cleared|lifted)|no longer (?:listed|blocked)|"
    r"thank(?:s| you) for (?:your (?:report|help|quick|support|reply)|the)|please (?:unblock|delist|whitelist|remove .{0,40} from your)|解除(?:し|さ|を|の|願|$)|(?:拒否|ブロック|規制)され(?:ます|てい|ており)|送信していません|ありがとうございました|お礼", re.IGNORECASE)
"""A letter after the fact, or one that asks for a block to be lifted: an address without a label in it is no accused."""
_DESK = re.compile(r"(?:^|[<\s,;])(?:abuse|abuso|noc|security|cert|csirt|soc|postmaster|hostmaster|spam|fbl|reports?)(?:[+._\-][^@\s<>]{0,40})?@", re.IGNORECASE)

_RETRACTS = re.compile(
    r"(?:ignore|disregard|withdraw|retract|cancel|revoke)(?:ing|s)? (?:our|my|the|this|that|yesterday'?s)(?: \w{1,12}){0,2} (?:report|complaint|notice|ticket|mail|message)s?\b|"
    r"\b(?:was|were|is|are) (?:an? |our )?(?:\w{3,9} )?false (?:positive|alarm)s?\b|\b(?:it|this|that|which|report|complaint|alert)s? (?:was|were|is|are) (?:a |an |our )?(?:own (?:scanner|test|mistake)|mistake|(?:sent|reported|made) (?:in error|by mistake))|"
    r"\b(?:attacks?|scans?|spam|traffic|activity|it|they|this)\b(?:[^\n.!?]|\.(?=\d)){0,60} ha(?:s|ve) (?:now |since )?(?:stopped|ceased|ended|subsided)|"
    r"(?:誤報|誤検知|間違い|勘違い)(?:でした|だったため|と判明|のため)|(?:通報|報告|連絡)を(?:取り消|取り下げ|撤回)|(?:攻撃|アクセス|スキャン|メール|通信)[^\n。]{0,20}(?:止まりました|収まりました|停止しました|なくなりました|止まったようです)",
    re.IGNORECASE)
"""A letter that takes back what was said, or tells that it is over: whom it names is no longer accused by it."""
_IF = re.compile(r"\b(?:if|unless|in case|whether|should|may|might|believe|think|when|once|until)\b|(?:場合|とき|なら|まで)", re.IGNORECASE)


def retracts(subject: str, body: str) -> bool:
    """Tell whether a letter takes a complaint back or says that it is settled (not: what to do if it should be so)."""
    for text in (subject, body[:4_000]):
        for m in _RETRACTS.finditer(text):
            start = max(text.rfind(c, 0, m.start()) for c in ".!?\n。") + 1
            if not _IF.search(text[start:m.end()]):
                return True
    return False


def complains(mail: Mail | None, subject: str, body: str) -> bool:
    """Tell whether a letter is a complaint: it says so, to a desk or with a demand, and is no letter after the fact."""
    return not _SETTLED.search(f"{subject}\n{body[:4_000]}") and bool(_COMPLAINS.search(f"{subject}\n{body[:20_000]}")) and (to_a_desk(mail) or bool(_ASKS.search(body[:20_000])))


def to_a_desk(mail: Mail | None) -> bool:
    """Tell whether a message is addressed to an abuse desk: then a complaint need not say so in its text."""
    if mail is None:
        return False
    return any(_DESK.search(v[:2_000]) for name in ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "resent-to") for v in mail.headers.all(name)[:5])
