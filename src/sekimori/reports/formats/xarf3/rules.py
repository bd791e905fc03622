"""What a valid report of the v1–v3 family is, in our own words: one compiled validator per type.

Written after the published descriptions and samples; draft-07 as theirs, format assertion on.
"""

from __future__ import annotations

from functools import cache
from typing import Any

Schema = dict[str, Any]
VERSIONS = ("1", "2", "3", "3.0", "3.0.0", "alpha", "development")

_STR: Schema = {"type": "string"}
_INT: Schema = {"type": "integer"}
_NAME: Schema = {"type": "string", "minLength": 3}
_MAIL: Schema = {"type": "string", "format": "email"}
_HOST: Schema = {"type": "string", "format": "hostname"}
_DATE: Schema = {"type": "string", "format": "date-time"}
_IP: Schema = {"type": "string", "anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]}
_PORT: Schema = {"type": "integer", "minimum": 0, "maximum": 65535}
_PORTS: Schema = {"oneOf": [_PORT, {"type": "array", "items": _PORT}]}
_URI: Schema = {"type": "string", "format": "uri"}
_HASH: Schema = {
    "type": "object", "required": ["HashValue", "HashAlgorithm"],
    "properties": {"HashValue": _STR, "HashComplete": {"type": "boolean"},
                   "HashAlgorithm": {"enum": ["sha1", "sha2", "sha3", "sha256", "sha512", "md5", "argon2id", "scrypt", "bcrypt", "pbkdf2"]}},
}


def _party(prefix: str, *, closed: bool, persons: bool) -> Schema:
    names = {"Org": _NAME, "OrgDomain": _HOST, "OrgEmail": _MAIL, "ContactEmail": _MAIL, "ContactName": _NAME, "ContactPhone": _NAME}
    if prefix == "Reporter":
        names["OrgAddress"] = _STR
    out: Schema = {"type": "object", "properties": {prefix + k: v for k, v in names.items()}}
    need = [prefix + k for k in ("Org", "OrgDomain", "OrgEmail")]
    if persons:
        out["properties"][prefix + "Type"] = {"enum": ["Org", "Person"]}
        out["if"] = {"not": {"required": [prefix + "Type"], "properties": {prefix + "Type": {"const": "Person"}}}}
        out["then"] = {"required": need}
    else:
        out["required"] = need
    if closed:
        out["additionalProperties"] = False
    return out


_STRINGS: Schema = {"type": "object", "additionalProperties": _STR}
_INTERNAL: Schema = {
    "type": "object",
    "properties": {
        "SubscriberInformation": {"type": "object", "properties": {"ID": _STR, "SubscriberData": _STRINGS}},
        "ContractInformation": {"type": "object", "properties": {"ID": _STR, "ResolverData": _STRINGS}},
        "EventTags": {"type": "array", "items": _STR},
    },
}
_SAMPLE: Schema = {"anyOf": [
    {"type": "object", "required": ["ContentType", "Payload"],
     "properties": {"ContentType": _STR, "Base64Encoded": {"type": "boolean"}, "Description": _STR, "Payload": _STR}},
    {"type": "object", "required": ["FileName"],
     "properties": {"FileName": _STR, "FileSize": {"type": "integer", "minimum": 0}, "FileHash": {"anyOf": [_HASH, _STR]},
                    "Base64Encoded": {"type": "boolean"}, "Description": _STR, "ContentType": _STR, "Payload": _STR}},
]}
_BASE: Schema = {
    "ReportClass": {"enum": ["Content", "Activity", "Vulnerability"]}, "ReportType": {"type": "string", "minLength": 1},
    "ReportSubType": _STR, "ReporterCaseID": _STR, "ReporterSeverity": {"enum": ["low", "medium", "high"]}, "ReporterNotes": _STR,
    "Custom": {"type": "object", "additionalProperties": {"anyOf": [_STR, _INT]}},
    "Date": _DATE, "FirstSeen": _DATE, "SourceIp": _IP, "SourcePort": _PORT, "SourceUrl": _URI,
    "ASN": {"type": "integer", "minimum": 1, "maximum": 4_199_999_999},
}
_COMMON: Schema = {"Ongoing": {"type": "boolean"}, "ThreatActor": _STR, "Samples": {"type": "array", "items": _SAMPLE, "minItems": 1}}
_TARGET: Schema = {"DestinationIp": _IP, "DestinationPort": _PORTS}
_TRAFFIC: Schema = {"ByteCount": _INT, "PacketCount": _INT}
_SERVICE: Schema = {"ServiceName": _STR, "ServiceVersion": _STR, "TransportProtocol": {"enum": ["tcp", "udp"]}}
_MAILED: Schema = {"SmtpMailFromAddress": _MAIL, "SmtpRcptToAddress": _MAIL, "FromAddress": _MAIL, "ToAddress": _MAIL}
_FILE: Schema = {"FileName": _STR, "FileSize": {"type": "integer", "minimum": 0}, "FileHash": {"anyOf": [_HASH, _STR]}}
_V2 = (r"^\(?AV:[LAN]/AC:[HML]/Au:[MSN]/C:[NPC]/I:[NPC]/A:[NPC](/E:(ND|POC|U|F|H)/RL:(W|U|ND|OF|TF)/RC:(C|ND|UC|UR))?"
       r"(/CDP:(N|L|H|ND|LM|MH)/TD:(ND|N|L|M|H)/CR:(ND|N|L|M|H)/IR:(ND|L|M|H)/AR:(ND|L|M|H))?\)?$")
_V3 = (r"^CVSS:3\.[01]/AV:[NALP]/AC:[LH]/PR:[NLH]/UI:[NR]/S:[UC]/C:[NLH]/I:[NLH]/A:[NLH](/E:[XUPFH]/RL:[XOTWU]/RC:[XURC])?"
       r"(/CR:[XLMH]/IR:[XLMH]/AR:[XLMH]/MAV:[XNALP]/MAC:[XLH]/MPR:[XNLH]/MUI:[XNR]/MS:[XUC]/MC:[XNLH]/MI:[XNLH]/MA:[XNLH])?$")
_CVSS: Schema = {
    "type": "object", "required": ["Version", "Vector"],
    "properties": {"Score": {"type": "number"}, "Version": {"enum": ["3.1", "3.0", "2"]}, "Vector": _STR, "Severity": _STR},
    "if": {"properties": {"Version": {"const": "2"}}},
    "then": {"properties": {"Severity": {"enum": ["Low", "Medium", "High"]}, "Vector": {"pattern": _V2}}},
    "else": {"properties": {"Severity": {"enum": ["None", "Low", "Medium", "High", "Critical"]}, "Vector": {"pattern": _V3}}},
}
_CVE: Schema = {"CVE": {"type": "string", "pattern": r"^CVE-\d{4}-\d{4,7}$"}, "CVSS": _CVSS}
_HARASSMENT: Schema = {
    "Harasser": _STR, "HarassmentDescription": _STR, "HarassmentLocation": {"enum": ["website", "chat", "game"]},
    "HarassmentType": {"enum": ["doxing", "stalking", "sexual", "believes", "defamation", "extortion", "hate"]},
}
_ACCOUNT: Schema = {
    "Account": {"type": "object", "minProperties": 1, "properties": {
        "AccountEmail": _STR, "AccountIdentifier": {"type": "string", "not": {"format": "email"}}}},
    "AttackerIp": _IP, "AttackerPort": _PORTS, "PasswordHash": _HASH, "SourceIp": False, "SourceUrl": False,
}
_RIGHTS: Schema = {"InfringedMaterial": _STR, "MaterialType": _STR, "SharingProtocol": _STR, "CourtOrder": _URI}

# type (lower case) → class, properties beside the base, required beside class, type and date; "ip" or "either" address.
TYPES: dict[str, tuple[str, Schema, tuple[str, ...], str]] = {
    "spam": ("Activity", {**_TARGET, **_COMMON, **_MAILED}, (), "ip"),
    "spamvertised": ("Activity", {**_TARGET, **_COMMON, **_MAILED}, (), "either"),
    "trap": ("Activity", {**_TARGET, **_COMMON, **_MAILED}, (), "ip"),
    "dos": ("Activity", {**_TARGET, **_TRAFFIC, **_COMMON}, (), "ip"),
    "loginattack": ("Activity", {**_TARGET, **_TRAFFIC, **_COMMON}, (), "ip"),
    "portscan": ("Activity", {**_TARGET, **_TRAFFIC, **_COMMON}, (), "ip"),
    "exploit": ("Activity", {**_TARGET, **_COMMON, **_SERVICE, **_CVE}, (), "ip"),
    "webcrawler": ("Activity", _COMMON, (), "either"),
    "webhack": ("Activity", _COMMON, (), "either"),
    "harassment": ("Activity", {**_COMMON, **_HARASSMENT}, ("Harasser", "HarassmentDescription"), "either"),
    "violence": ("Activity", {**_COMMON, **_HARASSMENT}, (), "either"),
    "identitytheft": ("Activity", _COMMON, (), "either"),
    "potentiallycompromisedaccount": ("Activity", {**_TARGET, **_COMMON, **_ACCOUNT}, ("Account",), "none"),
    "malware": ("Content", {**_COMMON, "MalwareName": _STR}, (), "either"),
    "phishing": ("Content", _COMMON, ("SourceUrl",), "either"),
    "botnet": ("Content", {**_COMMON, "BotnetName": _STR}, (), "either"),
    "bot": ("Activity", {**_COMMON, "BotnetName": _STR}, (), "either"),
    "childabuse": ("Content", {}, (), "either"),
    "childsexualabusematerial": ("Content", {}, (), "either"),
    "childsexualabusemateriallinks": ("Content", {}, (), "either"),
    "copyright": ("Content", {**_FILE, **_RIGHTS}, ("InfringedMaterial", "FileName"), "either"),
    "trademark": ("Content", {"TrademarkedMaterial": _STR, "RegistrationOffice": _STR, "RegistrationNumber": _STR}, ("TrademarkedMaterial",), "either"),
    "openservice": ("Vulnerability", {**_COMMON, **_SERVICE}, ("ServiceName",), "either"),
    "vulnerability": ("Vulnerability", {**_COMMON, **_SERVICE, **_CVE}, (), "either"),
}
_RPZ: Schema = {"ReportSubType": {"enum": ["RPZ-Rewrite"]}, "RpzDomain": _HOST, "MalwareName": _STR}


def type_key(report: Schema) -> str:
    """Return the key of TYPES for a report part, `rpz` for malware look-ups seen by a resolver; "" for none."""
    kind = report.get("ReportType")
    if not isinstance(kind, str):
        return ""
    key = kind.lower().replace("-", "").replace("_", "").replace(" ", "")
    if key == "malware" and report.get("ReportClass") == "Activity":
        return "rpz"
    return {"ddos": "dos", "openports": "openservice", "csam": "childsexualabusematerial", "csamlinks": "childsexualabusemateriallinks"}.get(key, key)


@cache
def validator(key: str, version: str) -> Any:
    """Return the compiled validator of a type in a version."""
    import jsonschema_rs

    klass, extra, need, address = ("Activity", _RPZ, (), "ip") if key == "rpz" else TYPES[key]
    properties = {**_BASE, **extra, "ReportClass": {"const": klass}}
    required = ["ReportClass", "ReportType", "Date", *need]
    modern = version.startswith("3") or version == "development"
    if key == "malware" and not modern:
        required.append("SourceUrl")
    if version.startswith("3") and key == "copyright":
        properties["FileHash"] = _HASH
    report: Schema = {"type": "object", "properties": properties, "required": required}
    if address == "ip":
        report["required"] = [*required, "SourceIp"]
    elif address == "either":
        report["anyOf"] = [{"required": ["SourceIp"]}, {"required": ["SourceUrl"]}]
    schema = {
        "type": "object",
        "required": ["ReporterInfo", "Disclosure", "Report"],
        "properties": {
            "ReporterInfo": _party("Reporter", closed=modern, persons=modern),
            "OnBehalfOf": _party("Complainant", closed=False, persons=modern),
            "Disclosure": {"type": "boolean"}, "Version": {"enum": list(VERSIONS)},
            "InternalProcessing": _INTERNAL, "Report": report,
        },
    }
    return jsonschema_rs.Draft7Validator(schema, validate_formats=True)
