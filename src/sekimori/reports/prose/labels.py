"""Words beside an address that say whose it is: the attacker's, the victim's, a relay's, the reporter's own."""

from __future__ import annotations

import re

ATTACKER, VICTIM, RELAY, REPORTER = "attacker", "victim", "relay", "reporter"

_ATTACKER = (
    r"(?:offend(?:ing|er'?s?)|attack(?:er'?s?|ing)?|source|src|originat(?:ing|or)|abus(?:ing|ive|er'?s?)|infring(?:er'?s?|ing)|suspect(?:ed)?|malicious|infected|hostile|intruder'?s?|remote|spammer'?s?|sender'?s?|sending|client|compromised|culprit|bot|violat(?:or|ing)|perpetrator'?s?|scann(?:er|ing))"
    r"[ _\-/]{0,2}(?:source[ /]?)?(?:host'?s?|machine|server|system|computer|node|device|mta|peer|rhost)?[ ]?(?:ip(?:[ \-]?address(?:es)?)?|address(?:es)?|ipv[46]|host|\(ip\))?"
    r"|(?:ip(?: address(?:es)?)?|host|server|machine|computer|system|customer|user|subscriber|address(?:es)?)[ ,]{1,2}(?:(?:is |are )?(?:in|on|within|inside|under|from|of|belonging to|assigned to|allocated to) )?your (?:control|network|range|netblock|customers?|responsibility|space|ip space|company)"
    r"|your (?:ip(?: address(?:es)?)?|network|host|server|customer|client|user|subscriber|machine|system|server/customer)(?:[^\n.]{0,40}?\b(?:ip|address))?"
    r"|\bip(?: address(?:es)?)?[ ]?\(?(?:blocked|banned|blacklisted|listed|reported|involved|in question|concerned|responsible)\)?"
    r"|(?:abuse|attacks?|spam|scans?|scanning|flood(?:ing)?|attempts?|traffic|activity|requests?|connections?|logins?|complaint|intrusion|e?-?mails?|messages?|probes?|hack(?:ing)?|brute[ -]?force|ddos|dos|phishing|malware|viruses|originat(?:ed|es|ing)|came|coming|comes|received|sent|launched|seen|detected|observed)"
    r"(?: (?:report|complaint|notification|notice|attacks?|activity|attempts?|message|was|is|were|are|being|that|which|has been|have been|originating|coming|came|made|received|sent|detected|site|sites))*? (?:from|by|about|against ip|regarding|concerning|involving|for ip|for|hosted (?:on|at))(?: (?:the|this|your|following|ip|ips|host|address|addresses|ip[- ]address(?:es)?|source|server|a|an|one|of|in|subnet|network|computer|machine|user|customer|at))*"
    r"|(?:phishing|malware|virus(?:es)?|trojan|scam|fraud|web ?sites?|sites?|pages?|urls?|reports?|complaints?|resolvers?|service)(?: (?:is|was|are|hosted|located|found|running|seen))* (?:on|at)(?: (?:the|your|this|following|ip|ips|host|address|addresses|server))*"
    r"|(?:hosted|located|found|running|resolves?|resolving|originates?) (?:on|at|by|to|from)(?: (?:the|ip|address|server|host|your))*"
    r"|(?:running|operating|hosting|serving|distributing|distributed)[^\n.:]{0,60}? (?:at|on|from|by)(?: (?:the|ip|address|server|host|your))*"
    r"|(?:攻撃|送信|発信|接続|アクセス|通信|感染|不正アクセス|スキャン|投稿|加害|侵入|配信|迷惑メール|スパム|ログイン|該当|問題|対象|当該|検知|不正|書き込み|攻撃者)(?:元|者|端末|側|した|している|の|された)?(?:ホスト|端末|サーバー?|機器|側|者)?(?:の)?[ ]?(?:グローバル|グローバルな)?[ ]?(?:IP(?:[ ]?(?:アドレス|v[46]))?|アドレス|ホスト|元)"
    r"|(?:攻撃|送信|発信|接続|アクセス|通信|感染|スキャン|投稿|侵入)(?:元|源)"
    r"|(?:ip|host|server|user|customer|subscriber|client|machine)s? of yours(?: (?:at|with|on|using|behind|the|ip|address))*"
    r"|(?:vanaf|vanuit)(?: (?:het|uw|ip|ip-adres|adres|host))*|(?:von|durch)(?: (?:der|dem|ihrer|ihrem|host|rechner|server))*(?: ip(?:[ \-]?adresse)?)?|(?:provenant|venant|issues?|émis(?:es?)?|depuis|desde|proveniente|originad[ao]s?)(?: (?:de|des|da|do|la|le|l['’]adresse|l['’]ip|el|direcci[oó]n|endereço|ip))*|\bс(?: (?:ip[- ]?)?адреса| хоста)|贵(?:公司|方|司)[^\n。]{0,8}?(?:ip)?(?:地址)?|来自|귀사의?(?: ?ip)?(?: ?주소)?"
    r"|(?:貴社|御社|貴ネットワーク|貴網|御社網|貴組織|貴団体|貴プロバイダ|そちら|貴殿)[^\n。]{0,30}?(?:IP(?:[ ]?アドレス)?|アドレス|ユーザー?|お客様|回線|ホスト|サーバー?|利用者|会員)"
)
_VICTIM = (
    r"(?:dest(?:ination)?|dst|target(?:ed|s)?|victim'?s?|attacked|honeypot|sensor|protected|local|affected)[ _\-/]{0,2}(?:host'?s?|server|system|machine|range)?[ ]?(?:ip(?:[ \-]?address(?:es)?)?|address(?:es)?|host|port)?"
    r"|(?:our|my|customer'?s|client'?s)(?: own| public| mail| web| main| production)?[ ](?:servers?|hosts?|networks?|systems?|machines?|ip(?:[ \-]?address(?:es)?)?|firewall|website|site|mail ?server|honeypots?|address|vps|router|infrastructure|range|mx)[^\n.:]{0,30}?"
    r"|(?:attacks?|attempts?|attempted|attempting|log ?ins?|scans?|scanning|flood(?:ing)?|hack(?:ing)?|brute[ -]?force|ddos|dos|intrusions?|assault|incident|probes?)(?: \w{1,12}){0,3}? (?:on|at|of|in|upon)(?: (?:the|our|my|host|server|ip|address|machine))*"
    r"|(?:against|towards?|targeting|attacking|attacked|to|into)(?: (?:the|our|my|a|one of our|server|host|ip|address|machine|system|network|one|of|mail|web))*"
    r"|onze|(?:unser(?:e[nrm]?|es)?|gegen(?: unseren?)?|auf unseren?|notre|nos|vers|contre|nuestr[oa]s?|contra|nosso|к нашему|на наш|наш(?:его|ему)?)(?: (?:server|systeme?|serveurs?|servidor(?:es)?|серверу?|сервера|хост|host|rechner|netz(?:werk)?))?[^\n.:]{0,16}?|(?:我方|我们的?|我司)[^\n。]{0,8}?|(?:당사|저희)(?:의)?[^\n.]{0,12}?"
    r"|受信(?:側|先)?(?:メール)?サーバー?[^\n。]{0,6}?|(?:攻撃|送信|宛|接続|アクセス|通信)先[^\n。]{0,10}?|宛先[^\n。]{0,10}?|被害(?:者|側|サーバー?|ホスト|を受けた)?[^\n。]{0,16}?|(?:弊社|当社|当方|自社|我々|私)(?:の|が|側|管理)?[^\n。、]{0,20}?(?:サーバー?|ホスト|ネットワーク|システム|サイト|ルーター?|IP(?:アドレス)?|機器|アドレス)"
)
_RELAY = r"(?:relay(?:ed)?(?: (?:by|via|through|server|host))?|via|mail ?server|mx(?: host)?|smtp ?server|中継(?:サーバー?)?|経由|dns ?server|name ?server|resolver|gateway|ネームサーバー?|proxy server)"
_REPORTER = r"(?:reported (?:by|from)|reporter'?s?|submitted from|this (?:mail|message|report) was sent from|通報者|報告者|ご連絡元|report-?(?:ing)?-?(?:mta|host))"

_BEFORE = [(role, re.compile(r"(?:" + p + r")[^\n\w\u3040-\u9fff]{0,30}(?:(?:is|was|are|were|address|ip|ipv4|ipv6|of|=|:|\(|\[|は|が|の|を|から)[^\n\w\u3040-\u9fff]{0,8}){0,3}$", re.IGNORECASE | re.ASCII))
           for role, p in ((VICTIM, _VICTIM), (RELAY, _RELAY), (REPORTER, _REPORTER), (ATTACKER, _ATTACKER))]
_TOOLS = r"server|host|ip|address|scanner|monitor(?:ing)?|sensor|probe|honeypot|gateway|proxy|crawler|resolver|firewall|relay|mx|website|site|machine|box|router|network|system"
_OWN = re.compile(r"(?:弊社|当社|当方|自社)[ 　]?$|\bour(?: \w{2,12})? (?:" + _TOOLS + r")s?(?: (?:at|on|is|with|ip|address))*[^\w\n]{0,3}$|(?:\b(?:my|our)(?: own| public| static| mail| web)?|(?:私|自分|弊社|当社|当方|自社)の(?:グローバル)?) ?(?:ip(?:[ \-]?address(?:es)?)?|address(?:es)?|servers?|mail ?servers?|host|IPアドレス|アドレス|サーバー?)[^\w\n]{0,6}(?:is |は )?$", re.IGNORECASE | re.ASCII)
_DENIED = re.compile(r"(?:\b(?:not|never|no longer|cannot|isn't|wasn't|aren't|weren't|haven't|hasn't|didn't|don't)|\bno\b)(?! (?:only|just|less))[^\n.:;,、。]{0,50}$", re.IGNORECASE | re.ASCII)
_DENIED_AFTER = re.compile(r"[^\w\n]{0,6}(?:is|was|were|are|has|have|had|did|does|do|will|can|could)(?:n't| not| never| no longer)\b(?! (?:only|just|stop))|[^\n。]{0,60}?(?:確認され|見られ|(?<!間違い)(?<!間違いは)(?<!相違)(?<!覚えが)(?<!覚えは)(?<!心当たりが)(?<!心当たりは)あり|検知され|行われ)ません(?!か)")
_SENTENCE = re.compile(r"^.*(?:\b(?!addr|approx|nos?|resp|etc|incl|orig|dest|src)[A-Za-z]{3,30}[.!?]\s+|[。!?])(?!$)", re.IGNORECASE | re.ASCII | re.DOTALL)
"""What ends before an address's own sentence begins says nothing of it."""
_BENIGN = re.compile(r"(?:正規の?|本来の?|本人の?|正当な|通常の?は?|普段の?は?|いつもの?は?|\b(?:legitimate|genuine|usual(?:ly)?|normal(?:ly)?|authori[sz]ed|trusted|whitelisted))(?!では|以外)(?![^\n]{0,16}(?:異な|違う|違った|unlike))[^\n。、,.;]{0,30}$", re.IGNORECASE | re.ASCII)
"""Told apart from the attacker: the address that the rightful user comes from."""
_SERVES = re.compile(r"[^\w\n]{0,6}(?:is|are|was|were|has been)? ?(?:still )?(?:host|serv|distribut|deliver|spread)(?:s|es|ed|ing)?(?: \w{1,12}){0,2}? (?:malware|virus|phish|scam|fraud|trojan|exploit|ransom|malicious|fake)|[^\w\n]{0,4}(?:で|にて|上で|において|が)[^\n。]{0,24}?(?:配布|公開|設置|稼働|運営|開設|フィッシング|マルウェア)", re.IGNORECASE | re.ASCII)
_NAMED = re.compile(r"(?<![\w.])[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,8}\.?[ ]?[\[(]{1,2}$")
"""A host name right before an address in brackets: the label stands before it."""
_BARE_TO = re.compile(r"(?:to|into|towards?)(?: (?:the|ip|host|address))*[^\w\n]{0,12}$", re.IGNORECASE | re.ASCII)
_MOVED = re.compile(r"\b(?:mov|migrat|transferr?|chang|renumber|switch|relocat)\w{0,4} (?:[^\n.]{0,40} )?(?:from|to)(?: the)?[^\w\n]{0,3}$", re.IGNORECASE | re.ASCII)
"""A customer moved from one address to another: neither is accused by that."""
_FROM = re.compile(r"(?:\bfrom\b|\bby\b)(?: (?:the|ip|host|address|your|this|following|user|customer|client|server))*[^\w\n]{0,6}$", re.IGNORECASE | re.ASCII)
_AFTER = [(role, re.compile(p, re.IGNORECASE | re.ASCII)) for role, p in (
    (RELAY, r"[^\w\n\u3040-\u9fff]{0,6}(?:から|を)[^\n。、]{0,16}?(?:配送|中継|転送|リレー|経由)"),
    (VICTIM, r"[^\w\n\u3040-\u9fff]{0,6}(?:(?:was|were|is|are|has been|have been|is being|are being|got|gets)(?: \w{1,12})? (?:attacked|scanned|probed|flooded|spammed|hammered|brute[ -]?forced|targeted|hit by|ddos(?:ed|'d)|under attack|under an? \w{1,12} attack)|is the (?:target|victim)|is our|of (?:ours|mine)\b|\((?:ours|mine)\)|\(our|\(victim|\(target|\(弊社|\(当社|\(当方|\(被害|\(宛先|(?:は|が)?(?:弊社|当社|当方)の|への|に対し|に向け|宛(?:て|に)|へ(?:の|向け)|が攻撃を受け|が被害|を(?:攻撃|スキャン|標的|対象)|が[^\n。]{0,60}?(?:に|から)[^\n。]{0,12}(?:攻撃|スキャン|侵入)され|\((?:監視|観測|対象))"),
    (ATTACKER, r"[^\w\n\u3040-\u9fff]{0,6}(?:(?:has|have|had|was|were|is|are)? ?(?:been )?(?:attack(?:ed|ing)|scann(?:ed|ing)|send(?:s|ing)|sent|spamm(?:ed|ing)|prob(?:ed|ing)|tr(?:ied|ying)|attempt(?:ed|ing)|brute|abus(?:ed|ing)|guess(?:ed|ing)|crawl(?:ed|ing)|flood(?:ed|ing)|hammer|connect(?:ed|ing)|infected|compromised|blacklisted|listed on|blocked|banned|caught|participat|been locked out|locked out|(?:host|serv|distribut|deliver|spread)(?:s|es|ed|ing)?(?: \w{1,12}){0,2}? (?:malware|virus|phish|scam|fraud|trojan|exploit|ransom|malicious|fake)|(?:performed|shared)(?: an?)? ['\"]?(?:crowdsec|brute|attack|port|scan|ssh|copyright)|appears? to have)|from (?:attack|scann|send|spamm|prob|flood|access)ing|under your|in your (?:network|range)|\((?:your|attacker|source|offender|貴社|御社|攻撃|送信元|発信元|接続元)|within your|has just been banned|will get (?:a )?ban|keeps |(?:で|にて|上で|上に|において)[^\n。]{0,24}?(?:配布|公開|設置|稼働|動作|ホスト|運営|開設)|(?: ?에서| ?으?로부터)|(?: in (?:ihrem|eurem) netz)|(?: d[ae] (?:sua|vossa) rede)|(?: de votre réseau)|(?: de su red)|(?: вашей сети)|の端末|(?:という|といった)[^\n。]{0,16}?(?:から|より)|から|より(?!も)|が(?:攻撃|送信|スキャン|接続|アクセス|不正)|が[^\n。]{0,40}?を(?:攻撃|スキャン)|に(?:よ[るり]|攻撃され|スキャンされ|侵入され)|による|を送信元|を発信元)"),
)]


def role_of(before: str, after: str) -> tuple[str, float] | None:
    """Return (role, weight) that the words around an address name, or None.

    `before` and `after` are what stands in the same line up to the next address (the nearest words count, so only the last
    120 characters before are looked at).
    """
    before = before[-120:]
    before = _NAMED.sub("[", _SENTENCE.sub("", before))
    if _BENIGN.search(before) or _MOVED.search(before) or _DENIED.search(before) or _DENIED_AFTER.match(after[:80]):
        # Said not to have done it: named, and yet nobody's accused.
        return VICTIM, 0.9
    if _OWN.search(before):
        return VICTIM, 0.9
    # "(A record X, MX Y) hosts": what is said behind a bracket belongs to what stands before it.
    inner = after.lstrip().startswith((")", "）")) and "(" not in before and "（" not in before
    for role, pattern in _AFTER if not inner else ():
        if pattern.match(after[:60]):
            return role, 0.85
    hits: list[tuple[int, str]] = []
    for role, pattern in _BEFORE:
        m = pattern.search(before)
        if m:
            hits.append((m.start(), role))
    by = _FROM.search(before)
    if by and any(r == VICTIM for _, r in hits) and not any(r in (RELAY, REPORTER) for _, r in hits) and max(s for s, r in hits if r == VICTIM) < by.start():
        # "our server was hit by": the word nearest to the address is the preposition.
        return ATTACKER, 0.7
    hits = [(s, VICTIM if r == REPORTER else r) for s, r in hits]
    if hits:
        # The label that begins nearest to the address is the one meant ("attack from your host to our server X").
        spans = {role: start for start, role in sorted(hits, reverse=True)}
        if ATTACKER in spans and VICTIM in spans and spans[ATTACKER] < spans[VICTIM] and _BARE_TO.match(before, spans[VICTIM]):
            # "which resolves to": the preposition belongs to the longer label.
            return ATTACKER, 0.85
        hits.sort(key=lambda h: (-h[0], h[1] != VICTIM))
        if len(hits) > 1 and hits[0][1] != hits[1][1] and hits[0][0] - hits[1][0] < 4 and ATTACKER in (hits[0][1], hits[1][1]) and VICTIM in (hits[0][1], hits[1][1]):
            return None
        return hits[0][1], 0.85
    if by:
        return ATTACKER, 0.6
    return None


def serves(after: str) -> bool:
    """Tell whether what stands behind a URL says that it serves something malicious."""
    return _SERVES.match(after[:120]) is not None


_LISTS = re.compile(r"\b(?:following|below|these|listed|list of|ips|addresses|hosts)\b|下記|以下|次の|一覧", re.IGNORECASE | re.ASCII)
_OF_ATTACKERS = re.compile(
    r"your (?:network|customers?|range|users?|responsibility|control)|attack|abus|scann|spam|infect|malicious|offend|compromis|engaged|involved|blocked|brute|"
    r"から|攻撃|スキャン|不正|感染|送信元|発信元|接続元|迷惑|貴社|御社", re.IGNORECASE | re.ASCII)
_OF_VICTIMS = re.compile(r"\b(?:was|were|been|being|are|is|got|get) (?:\w{1,12} )?(?:attacked|scanned|targeted|probed|hit|hacked|flooded)\b|\b(?:hosts?|servers?|systems?|ips|addresses|machines?) (?:attacked|scanned|targeted|probed|hit|hacked|flooded)(?: (?:from|by|at)\b|[ ]?[:：]?$)|(?:攻撃|スキャン|侵入|アクセス)(?:さ|を受け)(?:れ|て|た)|\b(?:our|target(?:ed)?|destination|victim|affected|attacked) (?:ips?|ip addresses|addresses|hosts|servers|systems)\b[^\n]{0,40}(?:were|are|have been|[:：])|"
                         r"(?:弊社|当社|当方)(?:の|側)?(?:サーバー?|ホスト|IP)[^\n]{0,12}(?:は|[:：])|宛先(?:一覧|IP)|攻撃先", re.IGNORECASE | re.ASCII)
_YOURS = re.compile(r"\b(?:your|yours)\b|貴社|御社|貴組織|貴ネットワーク", re.IGNORECASE | re.ASCII)
_LABEL_ONLY = re.compile(r"(?:" + _ATTACKER + r")[^\n\w]{0,4}[:：][^\n\w]{0,6}$", re.IGNORECASE | re.ASCII)


_MIXED = re.compile(r"当社|弊社|当方|自社|我々|\b(?:our|my)\b|され|確認", re.IGNORECASE | re.ASCII)
_BARE = tuple((role, re.compile(r"(?:" + p + r")(?:は)?", re.IGNORECASE | re.ASCII)) for role, p in ((RELAY, _RELAY), (VICTIM, _VICTIM), (RELAY, _REPORTER), (ATTACKER, _ATTACKER)))


def heading(line: str) -> str:
    """Return the role that a line announces for the addresses in the lines below it, or ""."""
    if heads_attackers(line):
        return ATTACKER
    bare = line.strip(" \t>*-#=■●◆◇□【】[]:：0123456789.")
    if not 3 <= len(bare) <= 24 or _OF_VICTIMS.search(line) or _MIXED.search(bare):
        # A label alone; a sentence that speaks of both sides announces neither.
        return ""
    return next((role for role, pattern in _BARE if pattern.fullmatch(bare)), "")


def heads_attackers(line: str) -> bool:
    """Tell whether a line announces attackers' addresses in the lines below it."""
    line = line.strip(" \t>*-#=■●◆【】")
    if not 4 <= len(line) <= 200 or _OF_VICTIMS.search(line):
        return False
    said = _LISTS.search(line) or (line[-1] in ":：" and _YOURS.search(line))
    return bool(said and _OF_ATTACKERS.search(line)) or bool(_LABEL_ONLY.search(line))
