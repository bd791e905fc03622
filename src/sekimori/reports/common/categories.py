"""Categories and types: XARF v4's 32 pairs and two of our own, and what other vocabularies call them."""

from __future__ import annotations

import re

TYPES: dict[str, tuple[str, ...]] = {
    "messaging": ("spam", "bulk_messaging"),
    "connection": ("login_attack", "port_scan", "ddos", "infected_host", "reconnaissance", "scraping", "sql_injection",
                   "vulnerability_scan"),
    "content": ("phishing", "malware", "fraud", "csam", "csem", "exposed_data", "brand_infringement",
                "suspicious_registration", "remote_compromise"),
    "copyright": ("copyright", "cyberlocker", "link_site", "p2p", "usenet", "ugc_platform"),
    "vulnerability": ("cve", "misconfiguration", "open_service"),
    "infrastructure": ("botnet", "compromised_server"),
    "reputation": ("blocklist", "threat_intelligence"),
    "local": ("board_disruption", "dispute"),
}
PAIRS = frozenset((c, t) for c, types in TYPES.items() for t in types)
SEALED = frozenset({"csam", "csem"})
UNKNOWN = ("reputation", "threat_intelligence")
"""What a report is filed under that names an address and nothing that we can map: never acted on by itself."""

XARF3: dict[str, tuple[str, str]] = {
    "spam": ("messaging", "spam"), "spamvertised": ("content", "fraud"), "loginattack": ("connection", "login_attack"),
    "portscan": ("connection", "port_scan"), "dos": ("connection", "ddos"), "ddos": ("connection", "ddos"),
    "malware": ("content", "malware"), "phishing": ("content", "phishing"), "botnet": ("infrastructure", "botnet"),
    "bot": ("infrastructure", "botnet"), "exploit": ("connection", "vulnerability_scan"),
    "copyright": ("copyright", "copyright"), "trademark": ("content", "brand_infringement"),
    "childabuse": ("content", "csam"), "childsexualabusematerial": ("content", "csam"),
    "childsexualabusematerial-links": ("content", "csam"), "csam": ("content", "csam"),
    "openservice": ("vulnerability", "open_service"), "webcrawler": ("connection", "scraping"),
    "harassment": ("local", "dispute"), "potentiallycompromisedaccount": ("connection", "login_attack"),
    "webhack": ("infrastructure", "compromised_server"), "trap": ("messaging", "spam"), "violence": ("local", "dispute"),
    "vulnerability": ("vulnerability", "misconfiguration"), "identitytheft": ("content", "fraud"),
    "rpz-rewrite": ("connection", "infected_host"),
}

XARF4_DRAFT: dict[str, tuple[str, str]] = {
    "bot": ("infrastructure", "botnet"), "phishing_site": ("content", "phishing"), "spamvertised": ("content", "fraud"),
    "ddos_amplification": ("connection", "ddos"), "ip_spoof": ("connection", "ddos"), "open": ("vulnerability", "open_service"),
    "trademark": ("content", "brand_infringement"), "social_engineering": ("messaging", "spam"),
    "auth_failure": ("connection", "login_attack"), "defacement": ("content", "remote_compromise"),
    "web_hack": ("content", "remote_compromise"), "malicious_activity": ("connection", "reconnaissance"),
}

# In order: the first that matches wins. One word list serves feeds' columns, subjects and prose; Japanese beside English.
_WORDS: tuple[tuple[tuple[str, str], str], ...] = (
    (("content", "csam"), r"\bcsam\b|child(?:ren)?[ _-]?(?:sexual|porn|abuse|exploit)|児童ポルノ|児童買春"),
    (("content", "csem"), r"\bcsem\b"),
    (("copyright", "p2p"), r"bittorrent|\btorrent\b|\bp2p\b|peer-to-peer|ファイル共有|ファイル交換"),
    (("copyright", "copyright"), r"copyright|infring(?:ement|ing)|\bdmca\b|著作権|無断転載|違法アップロード"),
    (("content", "brand_infringement"), r"trademark|商標|brand[ _-]infringement|counterfeit|偽ブランド"),
    (("local", "board_disruption"), r"掲示板|(?:bulletin|message) board|荒らし|comment[ _-]?spam|forum[ _-]?(?:spam|abuse)"),
    (("local", "dispute"), r"誹謗|中傷|嫌がらせ|名誉毀損|脅迫|harass|defam|stalk|ストーカー"),
    (("content", "phishing"), r"phish|フィッシング|masquerade|偽サイト|なりすましサイト"),
    (("connection", "ddos"), r"\bd?dos\b|denial[ -]of[ -]service|\bflood(?:ing|ed)?\b|サービス妨害|リフレクション攻撃|フラッド(?:攻撃)?|大量のアクセス|reflection attack|ddos_|packets? per second|amplification attack|syn[ _-]flood|大量アクセス攻撃|DoS攻撃"),
    (("connection", "sql_injection"), r"sql[ _-]?inject|SQLインジェクション|union(?:\+|%20| )(?:all(?:\+|%20| ))?select"),
    (("connection", "login_attack"), r"brute[ _-]?force|\bssh[ _-]?bf\b|(?:guess|try|tries|tried)(?:ing|ed|es)?\b[^\n.]{0,40}\bpasswords?|подбор[а-я]{0,3} парол|暴力破解|무차별 대입|tentatives? (?:d['’]intrusion|de connexion)|fuerza bruta|força bruta|login[ _-]?attack|failed (?:password|login)|login (?:attempt|fail)|login(?:s)? failures?|locked out from signing|authentication (?:fail|attempt)|password (?:guess|spray|attack)|credential[ _-]stuff|account takeover|invalid user|ssh(?:d)?[ _-]?(?:attack|bruteforce|login)|unauthori[sz]ed (?:login|access)|不正ログイン|不正アクセス|不正送金|総当たり|ブルートフォース|ログイン(?:試行|失敗)|パスワードリスト|なりすましログイン|\bfail2ban\b|wp-login|xmlrpc\.php|telnetlogin|sshpwauth|sshclient|sipregistration|dictionary[ _-]attack|辞書攻撃"),
    (("connection", "vulnerability_scan"), r"vulnerability[ _-]scan|exploit(?:[ _-]?attempt|ing|ation)?|ids-alert|脆弱性(?:スキャン|を(?:突|狙|悪用))|path traversal|/etc/passwd|webシェル|web ?shell"),
    (("connection", "port_scan"), r"port[ _-]?scan|\bnet[ _-]?scan|\bscan(?:s|ned|ning|ner)?\b|ポートスキャン|スキャン(?!ナ)|\bprobe[sd]?\b|darknet|ダークネット|sweep|sipquery|dnsrd|smtpgreet|proto41|vncrfb"),
    (("connection", "scraping"), r"scrap(?:e|er|ing)|web ?crawler|スクレイピング|harvest"),
    (("infrastructure", "botnet"), r"\bc2\b|c2[ _-]?server|\bcnc\b|c&c|command[ -](?:and|&)[ -]control|botnet[ _-]?(?:controller|server)"),
    (("connection", "infected_host"), r"infect|botnet|\bbots?\b|sinkhole|drone|zombie|trojan|worm\b|マルウェア感染|ウイルス感染|感染し|感染端末|ボット(?:ネット)?|踏み台|mirai|conficker"),
    (("content", "malware"), r"malware(?! infect| ?[:：](?! ?h(?:tt|xx)p))|virus|ransom|マルウェア(?!(?:に|の)?感染|[ ]?[:：])|ウイルス|ウィルス|malicious ?(?:file|url|content|software)"),
    (("content", "fraud"), r"\bfraud|\bscam\b|詐欺|spamvertis|investment scam|偽通販|survey scam"),
    (("infrastructure", "compromised_server"), r"deface|compromised|hacked|web ?hack|改ざん|乗っ取|unauthori[sz]ed-information-modification|system-compromise|rootkit"),
    (("vulnerability", "cve"), r"\bcve-\d{4}-\d"),
    (("vulnerability", "open_service"), r"open[ _-](?:recursive )?(?:dns )?(?:resolver|relay|proxy|dns|ntp|ssdp|snmp|mongodb|redis|memcached|service|port)|amplifier|vulnerable[ _-](?:system|service)|potentially[ _-]unwanted|オープンリゾルバ|オープンプロキシ|exposed service|information-disclosure|weak-crypto|公開状態|accessible (?:from|on) the internet|ddos-amplifier|proxy"),
    (("vulnerability", "misconfiguration"), r"misconfigur|default password|weak password|初期パスワード|容易に推測|設定不備|脆弱|vulnerab"),
    (("messaging", "bulk_messaging"), r"bulk[ _-]?mail|大量送信|メールマガジン|newsletter"),
    (("messaging", "spam"), r"\bspam|unsolicited|\buce\b|\bube\b|junk mail|迷惑メール|スパム|広告宣伝メール|無差別メール|abusive-content|不審なメール|なりすましメール|騙るメール|をかた(?:る|った)メール|迷惑な?メ|特定電子メール"),
    (("reputation", "blocklist"), r"block[ _-]?list|black[ _-]?list|\brbl\b|\bdnsbl\b|\btor\b|reputation"),
    (("reputation", "threat_intelligence"), r"\bother\b|undetermined|test"),
)
_COMPILED = tuple((pair, re.compile(p, re.IGNORECASE | re.ASCII)) for pair, p in _WORDS)

SERVICES: dict[str, tuple[str, str]] = {
    # blocklist.de and X-ARF name the attacked service.
    "ssh": ("connection", "login_attack"), "ssh-login": ("connection", "login_attack"), "sshd": ("connection", "login_attack"),
    "mail": ("connection", "login_attack"), "postfix": ("messaging", "spam"), "imap": ("connection", "login_attack"),
    "courierimap": ("connection", "login_attack"), "courierpop3": ("connection", "login_attack"), "pop3": ("connection", "login_attack"),
    "ftp": ("connection", "login_attack"), "proftpd": ("connection", "login_attack"), "sip": ("connection", "login_attack"),
    "asterisk": ("connection", "login_attack"), "apache": ("connection", "vulnerability_scan"), "bot": ("connection", "infected_host"),
    "badbot": ("connection", "vulnerability_scan"), "badbots": ("connection", "vulnerability_scan"), "regbot": ("local", "board_disruption"),
    "ircbot": ("connection", "infected_host"), "bruteforcelogin": ("connection", "login_attack"), "portflood": ("connection", "ddos"),
    "apacheddos": ("connection", "ddos"), "ddos": ("connection", "ddos"), "harvesting": ("connection", "scraping"),
    "login-attack": ("connection", "login_attack"), "malware-attack": ("content", "malware"), "phishing": ("content", "phishing"),
    "fraud": ("content", "fraud"), "spam": ("messaging", "spam"), "rfi-attack": ("connection", "vulnerability_scan"),
    "w00tw00t": ("connection", "vulnerability_scan"), "trolling": ("local", "dispute"), "info": ("connection", "reconnaissance"),
    # IDEA's categories (idea.cesnet.cz).
    "attempt.login": ("connection", "login_attack"), "attempt.exploit": ("connection", "vulnerability_scan"), "recon.scanning": ("connection", "port_scan"),
    "availability.dos": ("connection", "ddos"), "availability.ddos": ("connection", "ddos"), "abusive.spam": ("messaging", "spam"),
    "intrusion.botnet": ("connection", "infected_host"), "vulnerable.open": ("vulnerability", "open_service"), "vulnerable.config": ("vulnerability", "misconfiguration"),
    "fraud.phishing": ("content", "phishing"), "fraud.copyright": ("copyright", "copyright"), "recon.searching": ("connection", "reconnaissance"),
    "telnet": ("connection", "login_attack"), "mysql": ("connection", "login_attack"), "rdp": ("connection", "login_attack"),
}


def pair(category: str, kind: str) -> tuple[str, str] | None:
    """Return a known (category, type) for XARF v4's own words, drafts included, or None."""
    category, kind = category.strip().lower(), kind.strip().lower().replace("-", "_")
    if (category, kind) in PAIRS:
        return category, kind
    return XARF4_DRAFT.get(kind)


def in_words(text: str) -> tuple[str, str] | None:
    """Return the pair that the first known word of `text` names (first 4 K characters), or None."""
    text = text[:4096]
    for found, pattern in _COMPILED:
        if pattern.search(text):
            return found
    return None


def votes(text: str) -> dict[tuple[str, str], int]:
    """Return how often each pair's words occur in `text` (first 16 K characters): prose is decided by the majority."""
    text = text[:16_384]
    out: dict[tuple[str, str], int] = {}
    for found, pattern in _COMPILED:
        n = sum(1 for _ in zip(pattern.finditer(text), range(20), strict=False))
        if n:
            out[found] = n
    return out


_SERVICE = re.compile(r"(?<![A-Za-z])(ssh|sshd|ftp|imap|pop3|smtp auth|rdp|vnc|telnet|sip|vpn|mysql|postgres|winrm|smb)(?![A-Za-z])", re.IGNORECASE)
_TRIES = re.compile(r"attack|log ?in|attempt|password|brute|hack|intrud|hammer|攻撃|試行|不正|ログイン", re.IGNORECASE)


def attacked_service(text: str) -> tuple[str, str] | None:
    """Return login_attack where a log-in service is named beside a word of attack, and nothing says more; else None."""
    text = text[:16_384]
    return ("connection", "login_attack") if _SERVICE.search(text) and _TRIES.search(text) else None


def service(name: str) -> tuple[str, str] | None:
    """Return the pair for an attacked service or X-ARF report type."""
    name = name.strip().lower()
    return SERVICES.get(name) or in_words(name)
