"""What is no complaint at all: automatic answers, delivery reports, newsletters, requests to be taken off a list."""

from __future__ import annotations

import re

from sekimori.mime import Mail

_VACATION = re.compile(
    r"^\s{0,3}(?:(?:re|aw|fw|fwd)[ ]?: ?){0,3}(?:out of (?:the )?office|automatic reply|auto(?:matic)?[ -]?(?:reply|response|responder)|autoreply|abwesenheit|vacation|away from|"
    r"自動(?:返信|応答)|不在(?:の|通知|連絡)|【自動返信】|\[自動返信\])|(?:ticket|request|case) (?:received|created|opened)|we (?:have )?received your (?:request|message|e-?mail)", re.IGNORECASE)
_BOUNCE = re.compile(r"undeliver|failure notice|delivery (?:status|failure|report|has failed|problem)|returned mail|mail (?:delivery|system) (?:failed|error)|non ?remis|unzustellbar|配信(?:不能|エラー|できません)|送信エラー|warning: (?:could not|message)", re.IGNORECASE)
_FAILED = re.compile(r"could ?n.t be delivered|could not be (?:delivered|sent)|did not reach|undeliverable|delivery (?:has |to the )?(?:failed|following)|permanent(?: fatal)? (?:error|failure)|"
                     r"user unknown|mailbox (?:full|unavailable|not found)|quota|returned to you|配信できません|届けられません|配送できません", re.IGNORECASE)
_DESK_WORDS = re.compile(r"\babuse|your network|complaint|\battack|通報|攻撃", re.IGNORECASE)
_DAEMON = re.compile(r"mailer-?daemon|postmaster|mail ?delivery|<>|mail administrator", re.IGNORECASE)
_OPT_OUT = re.compile(r"^\s{0,3}(?:re: ?)?(?:(?:unsubscribe|opt[ -]?out|remove(?: me)?)\b|(?:メルマガ|メールマガジン)?(?:の)?(?:配信|購読)(?:の)?(?:停止|解除|中止))", re.IGNORECASE)
_WORDS = re.compile(r"abuse|attack|spam|phish|malware|intrusion|scan|brute|攻撃|不正|迷惑|通報|被害|フィッシング|著作権|copyright|infring|blacklist|botnet|compromis", re.IGNORECASE)
_NUMBERS = re.compile(r"\d{1,3}(?:\.|\[\.\])\d{1,3}(?:\.|\[\.\])\d{1,3}(?:\.|\[\.\])\d{1,3}|[0-9A-Fa-f]{1,4}:[0-9A-Fa-f:]{4,}")


def reason(mail: Mail | None, subject: str, body: str) -> str:
    """Return why a message is no report, or "". Cautious: with an address and a word of abuse in it, it is looked at."""
    if mail is None:
        return ""
    h = mail.headers
    daemon = _DAEMON.search((h.get("from") or "")[:300])
    if (daemon or _BOUNCE.search(subject[:200])) and _FAILED.search(body[:5_000]) and not _DESK_WORDS.search(subject + body[:2_000]):
        return "delivery report"
    if _BOUNCE.search(subject[:200]) and _DAEMON.search((h.get("from") or "")[:300] + (h.get("return-path") or "none")[:300]):
        return "delivery report"
    submitted = (h.get("auto-submitted") or "").strip().lower()
    if mail.root.type == "multipart/report" and mail.root.params.get("report-type", "").lower() in ("delivery-status", "disposition-notification", "global-delivery-status"):
        return "delivery or disposition notification"
    automatic = submitted.startswith("auto-replied") or _VACATION.search(subject[:200])
    if automatic and not (_WORDS.search(body[:20_000]) and _NUMBERS.search(body[:20_000])):
        return "automatic answer"
    if _OPT_OUT.search(subject[:100]) and not _NUMBERS.search(body[:5_000]):
        return "request to be taken off a list"
    if (h.has("list-unsubscribe") or h.has("list-id")) and not _WORDS.search(subject + "\n" + body[:20_000]):
        return "newsletter or mailing list"
    return ""
