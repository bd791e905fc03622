"""Column names of feeds and what they hold: the attacker's address and port, the time, the category …

Order of columns is never used (Shadowserver: "The CSV field order is not static"); only names, in any spelling.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# For each role the names in order of preference, squeezed to lower-case letters and digits.
_NAMES: dict[str, tuple[str, ...]] = {
    "ip": ("sourceip", "quellip", "quelladresse", "angreifer", "iporigen", "adressesource", "srcip", "sourceipaddress", "attackerip", "attackip", "offenderip", "offendingip", "clientip",
           "infectedip", "maliciousip", "botip", "suspectip", "ipsource", "ipsrc", "sourceaddress", "srcaddress",
           "srcaddr", "sourceaddr", "src", "source", "attacker", "offender", "ip", "ipaddress", "ipaddr", "ipv4", "ipv6",
           "address", "sourceipv4", "sourceipv6", "hostip", "ipstr", "saddr", "srchost", "sourcehost", "networksourceipv4",
           "networksourceipv6", "rhost", "httprefererip", "送信元ip", "送信元ipアドレス", "送信元アドレス", "送信元",
           "攻撃元", "攻撃元ip", "攻撃元ipアドレス", "接続元", "接続元ip", "接続元ipアドレス", "発信元", "発信元ip", "発信元ipアドレス",
           "ipアドレス", "アクセス元", "アクセス元ip", "対象ip", "対象ipアドレス", "検知ipアドレス", "観測ipアドレス", "感染端末ip", "ip-address",
           "host", "remoteip", "peerip", "remoteaddress", "cip"),
    "port": ("sourceport", "quellport", "puertoorigen", "srcport", "sport", "attackerport", "clientport", "portsource", "localport", "spt",
             "送信元ポート", "送信元ポート番号", "接続元ポート", "接続元ポート番号", "攻撃元ポート", "発信元ポート", "発信元ポート番号"),
    "plain_port": ("port", "ポート", "ポート番号"),
    "time": ("timestamp", "zeitpunkt", "zeit", "datumzeit", "datumuhrzeit", "fechahora", "datahora", "dateheure", "heure", "zeitstempel", "horodatage", "fecha", "time", "datetime", "eventtime", "sourcetime", "timesource", "detecttime", "detectedat", "attacktime",
             "observedat", "observationtime", "lastseen", "lastseenat", "lastseenutc", "seen", "date", "timestamputc", "datetimeutc",
             "eventdatetime", "eventdate", "dateutc", "timeutc", "utctime", "utctimestamp", "ts", "when", "adddate", "dateadded",
             "starttime", "firstseen", "firstseenat", "firstseenutc", "filetimeutc", "datetimereceivedutc", "occurred", "occurredat",
             "日時", "発生日時", "検知日時", "観測日時", "発生時刻", "検知時刻", "観測時刻", "時刻", "タイムスタンプ", "アクセス日時", "通信日時",
             "utc", "epoch", "epochtime", "unixtime", "unixtimestamp", "unixepoch", "lasttime", "updatedat", "createdat", "reporteddatetime", "firstreporteddatetime", "lastreporteddatetime", "last", "first",
             "approximatetimerangeutc", "approximatetimerange", "timerange"),
    "date": ("date", "datum", "eventdate", "startdate", "日付", "年月日", "発生日", "検知日"),
    "clock": ("time", "uhrzeit", "hora", "eventtime", "starttime", "時刻", "時間"),
    "zone": ("timezone", "tz", "zone", "タイムゾーン"),
    "proto": ("protocol", "proto", "transport", "transportprotocol", "ipprotocol", "protocoltransport", "プロトコル"),
    "victim": ("dstip", "zielip", "zieladresse", "ipdestino", "adressedestination", "destinationip", "destip", "targetip", "destination", "dst", "victimip", "victim", "target",
               "宛先ip", "宛先ipアドレス", "宛先", "送信先ip", "攻撃先", "攻撃先ip", "被害ip", "dstaddr", "destinationipaddress", "sip"),
    "class": ("classificationtype", "ereignis", "event", "category", "type", "reporttype", "eventtype", "infection", "tag", "threat", "reason",
              "malware", "family", "botname", "attacktype", "issue", "issuedescription", "種別", "攻撃種別", "分類", "事象", "検知内容", "内容",
              "classification", "classificationtaxonomy", "description", "comment", "malwarename", "abusetype", "service"),
    "url": ("url", "sourceurl", "maliciousurl", "uri", "infringingurl"),
    "device": ("device", "devicetype", "devicemodel", "devicevendor", "機器", "機種", "機器種別", "製品名", "model"),
    "count": ("count", "eventcount", "events", "attempts", "hits", "回数", "件数", "totalencounters", "reports"),
    "login": ("login", "saslusername", "authenticateduser"),
}
_EVERY: dict[str, tuple[str, int]] = {}
for _role, _names in _NAMES.items():
    for _rank, _name in enumerate(_names):
        _EVERY.setdefault(_role + ":" + _name, (_role, _rank))


_LAST = 1_000
_SIDE = {"元": ("ip", "port"), "先": ("victim", "")}
_COMPOSED = re.compile(r"(?:攻撃|送信|接続|発信|アクセス|通信|スキャン|不正アクセス|侵入)(元|先)の?(?:グローバル)?(?:(?:ip|ipv4|ipv6)?(?:アドレス)?|ホスト|(ポート(?:番号)?))")


def _composed(name: str) -> str:
    """Return the role of a Japanese name put together from what was done, which side, and what of it (`攻撃元アドレス`), or ""."""
    m = _COMPOSED.fullmatch(name)
    return "" if m is None else _SIDE[m[1]][1 if m[2] else 0]


def squeeze(name: str) -> str:
    """Return a column name in lower case without separators, quotes, `#` and a zone in brackets."""
    name = name.strip().strip("\"'").lower().lstrip("#;").strip()
    name = re.sub(r"[\(\[（][^\)\]）]{0,20}[\)\]）]", "", name)
    return re.sub(r"[\s_./:@\-]+", "", name).strip(":-")


def roles(header: Sequence[str]) -> dict[str, int]:
    """Return role → column index for a header row; the best-ranked name of each role wins, `destination.*` never `ip`."""
    best: dict[str, tuple[int, int]] = {}
    for i, raw in enumerate(header):
        name = squeeze(raw)
        composed = _composed(name)
        for role in _NAMES:
            hit = _EVERY.get(role + ":" + name) or ((role, _LAST) if role == composed else None)
            if hit is not None and (role not in best or hit[1] < best[role][0]):
                best[role] = (hit[1], i)
    out = {role: i for role, (_, i) in best.items()}
    if "date" in out and "clock" in out and out["date"] != out["clock"]:
        pass
    else:
        out.pop("date", None)
        out.pop("clock", None)
    return out


def zone_in(name: str) -> str:
    """Return the zone word in a column name (`Date (UTC)`, `timestamp_utc`, `日時(JST)`), or ""."""
    m = re.search(r"[\(\[（]\s*(UTC|GMT|JST|日本時間|[+\-]\d\d:?\d\d)\s*[\)\]）]|(?:^|[_ ]|(?<=[a-z]))(UTC|GMT|JST)$", name.strip(), re.IGNORECASE)
    return (m[1] or m[2]) if m else ""


def looks_like_header(row: Sequence[str]) -> bool:
    """Tell whether a row names columns: an address or time role is among them and no cell is an address itself."""
    if len(row) < 2:
        return False
    found = roles(row)
    return "ip" in found or ("time" in found and "url" in found)
