"""Log lines of servers and firewalls: which address in them is the remote one that acted, which is the server's own."""

from __future__ import annotations

import re
from dataclasses import dataclass

LOGIN, SCAN, DDOS, SPAM = ("connection", "login_attack"), ("connection", "port_scan"), ("connection", "ddos"), ("messaging", "spam")
PROBE, SQL, RECON = ("connection", "vulnerability_scan"), ("connection", "sql_injection"), ("connection", "reconnaissance")

ACCEPTED = "accepted"
"""A login that succeeded: the rightful user's, or a stolen password's; the line does not tell."""
_ADDRESS = r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9A-Fa-f]{1,4})?(?::[0-9A-Fa-f]{0,4}){2,7}(?:\d{0,2}(?:\.\d{1,3}){3})?"
_A = r"(?P<ip>" + _ADDRESS + ")"
_V = r"(?P<dst>" + _ADDRESS + ")"


@dataclass(frozen=True, slots=True)
class Hit:
    """A recognised line: the acting address and port, the server's, the category (None = the line does not tell)."""

    kind: str
    ip: str
    port: int | None
    dst: str
    category: tuple[str, str] | None
    start: int
    end: int
    proto: str = ""


_RULES: tuple[tuple[str, tuple[str, str] | None, re.Pattern[str]], ...] = tuple((k, c, re.compile(p, re.IGNORECASE | re.ASCII)) for k, c, p in (
    ("sshd", LOGIN, r"(?:Failed (?:password|publickey|keyboard-interactive\S{0,10}|none) for [^\n]{0,120}?|Invalid user [^\n]{0,100}?|maximum authentication attempts exceeded for [^\n]{0,100}?|Received disconnect |User [^\n]{0,60}? )from " + _A + r"(?: port (?P<port>\d{1,5}))?"),
    (ACCEPTED, None, r"Accepted (?:password|publickey|keyboard-interactive\S{0,10}|gssapi\S{0,20}) for [^\n]{0,80}? from " + _A + r"(?: port (?P<port>\d{1,5}))?"),
    ("sshd", LOGIN, r"(?:Connection (?:closed|reset) by|Disconnected from)(?: (?:authenticating|invalid) user)?(?: \S{0,60})? " + _A + r" port (?P<port>\d{1,5})"),
    ("sshd", LOGIN, r"(?:Did not receive identification string|Bad protocol version identification [^\n]{0,80}?|Unable to negotiate|banner exchange: Connection|Connection)\s(?:from|with) " + _A + r"(?: port (?P<port>\d{1,5}))?"),
    ("pam", LOGIN, r"authentication failure;[^\n]{0,160}?rhost=(?:::ffff:)?" + _A),
    ("postfix", LOGIN, r"\[(?P<ip>" + _ADDRESS + r")\](?::(?P<port>\d{1,5}))?: SASL [A-Z0-9\-]{2,16} authentication (?:failed|failure)"),
    ("postfix", LOGIN, r"(?:lost connection|too many errors|timeout|disconnect) (?:after AUTH )?from [^\s\[]{0,200}\[(?P<ip>" + _ADDRESS + r")\](?::(?P<port>\d{1,5}))?(?=[^\n]{0,60}auth)"),
    ("postfix", SPAM, r"NOQUEUE: (?:reject|milter-reject|filter|hold): [A-Z]{3,8} from [^\s\[]{0,200}\[(?P<ip>" + _ADDRESS + r")\](?::(?P<port>\d{1,5}))?"),
    ("postfix", SPAM, r"(?:milter-)?(?:reject|discard|warning): (?:RCPT|END-OF-MESSAGE|header|body) [^\n]{0,160}?from [^\s\[]{0,200}\[(?P<ip>" + _ADDRESS + r")\]"),
    ("postfix", None, r"(?:client=|connect from )[^\s\[,]{0,200}\[(?P<ip>" + _ADDRESS + r")\](?::(?P<port>\d{1,5}))?"),
    ("dovecot", LOGIN, r"(?:auth failed|Aborted login|Disconnected|Login|auth-worker|pam|sql)[^\n]{0,240}?\brip=" + _A + r"(?:[^\n]{0,60}?\blip=" + _V + r")?"),
    ("dovecot", LOGIN, r"auth(?:-worker)?(?:\(\d{1,7}\))?: [^\n]{0,60}?\((?:[^,\n]{0,120}),(?P<ip>" + _ADDRESS + r")[,)]"),
    ("exim", LOGIN, r"authenticator failed for [^\n\[]{0,160}\[(?P<ip>" + _ADDRESS + r")\](?::(?P<port>\d{1,5}))?"),
    ("exim", SPAM, r"\bH=[^\n\[]{0,160}\[(?P<ip>" + _ADDRESS + r")\](?::(?P<port>\d{1,5}))?[^\n]{0,200}?\b(?:rejected|F=<)"),
    ("sendmail", SPAM, r"\brelay=[^\n\[]{0,160}\[(?P<ip>" + _ADDRESS + r")\](?:[^\n]{0,120}?reject=)"),
    ("asterisk", LOGIN, r"(?:Registration|Request '?[A-Z]{3,12}'?) from [^\n]{0,160}? failed for '(?P<ip>" + _ADDRESS + r")(?::(?P<port>\d{1,5}))?'"),
    ("asterisk", LOGIN, r"RemoteAddress=\"?IPV[46]/(?:UDP|TCP|TLS|WS)/(?P<ip>" + _ADDRESS + r")/(?P<port>\d{1,5})"),
    ("sip", LOGIN, r"(?:SIP|REGISTER|INVITE|OPTIONS)\b[^\n]{0,80}?\b(?:from|src|source)[ :=]{1,3}(?:sip:)?" + _A + r":(?P<port>\d{4,5})"),
    ("windows", LOGIN, r"(?:Source Network Address|ソース ?ネットワーク ?アドレス|Client Address|クライアント ?アドレス)[ \t:]{1,12}(?:::ffff:)?" + _A),
    ("netfilter", SCAN, r"\bSRC=" + _A + r"(?:[^\n]{0,40}?\bDST=" + _V + r")?(?:[^\n]{0,200}?\bPROTO=(?P<proto>[A-Za-z0-9]{1,6}))?(?:[^\n]{0,60}?\bSPT=(?P<port>\d{1,5}))?"),
    ("fortigate", SCAN, r"\bsrc(?:ip)?=\"?" + _A + r"\"?(?:[^\n]{0,200}?\bsrc_?port=\"?(?P<port>\d{1,5}))?(?:[^\n]{0,200}?\bdst(?:ip)?=\"?" + _V + r")?"),
    ("juniper", SCAN, r"source-address=\"" + _A + r"\"(?: source-port=\"(?P<port>\d{1,5})\")?(?:[^\n]{0,80}?destination-address=\"" + _V + r")?"),
    ("asa", SCAN, r"%(?:ASA|PIX|FWSM)-\d-\d{6}: [^\n]{0,60}?\bsrc [^\s:]{1,40}:" + _A + r"(?:/(?P<port>\d{1,5}))?(?:[^\n]{0,20}? dst [^\s:]{1,40}:" + _V + r")?"),
    ("asa", SCAN, r"%(?:ASA|PIX|FWSM)-\d-\d{6}: [^\n]{0,40}?\bfrom " + _A + r"(?:/(?P<port>\d{1,5}))? to " + _V),
    ("cisco", SCAN, r"(?:denied|permitted) (?P<proto>tcp|udp|icmp|ip) " + _A + r"(?:\((?P<port>\d{1,5})\))?[^\n]{0,40}?-> " + _V),
    ("ipfw", SCAN, r"ipfw:? (?:\d{1,6} )?(?:Deny|Reject|Unreach|Reset|Count)\s(?P<proto>TCP|UDP|ICMP\S{0,6}|P:\d{1,3})\s" + _A + r"(?::(?P<port>\d{1,5}))?\s" + _V),
    ("ipfw", SCAN, r"\b(?:DENY|DROP|BLOCK|REJECT)(?:ED)? (?:tcp |udp |icmp )?from " + _A + r"(?::(?P<port>\d{1,5}))?(?: to " + _V + r")?"),
    ("ipmon", SCAN, r"ipmon\[\d{1,7}\]:[^\n]{0,80}? [bp] " + _A + r"(?:,(?P<port>\d{1,5}))? -> " + _V),
    ("nginx", PROBE, r"\bclient: " + _A + r"(?:, server: [^\n,]{0,100})"),
    ("apache", PROBE, r"\[client " + _A + r"(?::(?P<port>\d{1,5}))?\]"),
    ("web", PROBE, r"(?:^|[\s>\"|])" + _A + r"(?:, [0-9.]{7,15})? (?:(?!\d{1,3}\.\d)\S{1,60} ){0,2}(?!\d{1,3}\.\d)\S{1,60} \[\d{1,2}/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d(?: [+\-]\d{4})?\] \""),
    ("wordpress", LOGIN, r"(?:Authentication (?:failure|attempt) for [^\n]{0,80}?|Blocked (?:user enumeration attempt|authentication attempt for [^\n]{0,80}?)|XML-RPC (?:multicall )?authentication failure[^\n]{0,80}?|Pingback error [^\n]{0,60}?) from " + _A),
    ("ftp", LOGIN, r"FAIL LOGIN: Client \"(?:::ffff:)?" + _A + r"\""),
    ("ftp", LOGIN, r"\([^\s\[()]{1,200}\[(?:::ffff:)?(?P<ip>" + _ADDRESS + r")\]\)[^\n]{0,80}?(?:USER|no such user|Login failed|Incorrect password|Maximum login)"),
    ("named", DDOS, r"client (?:@0x[0-9a-f]{1,16} )?" + _A + r"#(?P<port>\d{1,5})"),
    ("mysql", LOGIN, r"Access denied for user '[^'\n]{0,80}'@'(?P<ip>" + _ADDRESS + r")'"),
    ("fail2ban", LOGIN, r"\[(?P<jail>[A-Za-z0-9_\-]{1,40})\] (?:Ban|Found|Restore Ban) " + _A),
    ("snort", PROBE, r"\{(?P<proto>TCP|UDP|ICMP)\} " + _A + r"(?::(?P<port>\d{1,5}))? -> " + _V),
    ("tcpdump", None, r"(?:\bIP6? [^\n]{0,120}?|^\s{0,12}|\) )(?P<ip>\d{1,3}(?:\.\d{1,3}){3})\.(?P<port>\d{1,5}) > (?P<dst>\d{1,3}(?:\.(?:\d{1,3}|x)){3})\.\d{1,5}:"),
    ("yamaha", SCAN, r"\b(?P<proto>TCP|UDP|ICMP)\s{1,3}(?P<ip>\d{1,3}(?:\.\d{1,3}){3})(?::(?P<port>\d{1,5}))? > (?P<dst>\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?(?=\s|$)"),
    ("openvpn", LOGIN, r"(?<![\w.])(?P<ip>\d{1,3}(?:\.\d{1,3}){3}):(?P<port>\d{1,5}) (?:TLS Auth Error|VERIFY ERROR|TLS Error|PLUGIN_CALL)[^\n;,]{0,80}?(?:fail|error)"),
    ("arrow", None, r"(?<![\w.:])(?P<ip>\d{1,3}(?:\.\d{1,3}){3})(?::(?P<port>\d{1,5}))?\s{0,3}(?:-{1,2}>|=>|→|⇒)\s{0,3}(?P<dst>\d{1,3}(?:\.\d{1,3}){3})"),
))
_QUICK = re.compile(r"from |TLS |VERIFY |by |rhost=|\[|rip=|H=|SRC=|src|source|-> |client|LOGIN|Access denied|ban |> |→|⇒|->|=>|Network Address|ネットワーク|クライアント|auth", re.IGNORECASE)
_ATTACKS = re.compile(r"union(?:\+|%20|\s)(?:all(?:\+|%20|\s))?select|information_schema|sleep\(|' ?or ?'?1", re.IGNORECASE)
_DROPPED = re.compile(r"\b(?:drop|den(?:y|ied)|block|reject)(?:p?ed)?\b|遮断|拒否|破棄", re.IGNORECASE)
_WEB_LOGIN = re.compile(r"wp-login\.php|xmlrpc\.php|/login|/signin|phpmyadmin|/admin", re.IGNORECASE)


def match(line: str) -> Hit | None:
    """Return what a log line says, or None. The line is cut at 2,000 characters; patterns have bounded repetition."""
    line = line[:2_000]
    if not _QUICK.search(line):
        return None
    for kind, category, pattern in _RULES:
        m = pattern.search(line)
        if m is None:
            continue
        g = m.groupdict()
        ip = g["ip"].strip(".,:")
        port = int(g.get("port") or 0)
        if kind == "arrow" and _DROPPED.search(line):
            category = SCAN
        if kind == "web":
            category = SQL if _ATTACKS.search(line) else LOGIN if _WEB_LOGIN.search(line) else PROBE
        if kind == "fail2ban" and g.get("jail"):
            from sekimori.reports.common.categories import service

            category = service(g["jail"]) or LOGIN
        return Hit(kind, ip, port if 0 < port < 65536 else None, g.get("dst") or "", category, m.start("ip"), m.end("ip"), (g.get("proto") or "").lower())
    return None
