"""The forms in which reporters write times, as patterns: ISO, RFC 5322, US, syslog, Japanese with eras, day first, clock first."""

from __future__ import annotations

import re

from sekimori.reports.common.zones import ZONE

MONTHS = {m: i for i, m in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
_MONTH = r"(?P<mon>Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
_DAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}\.?,?[ ]{1,3})?"
_CLOCK = r"(?P<H>[01]?\d|2[0-4]):(?P<M>[0-5]\d)(?::(?P<S>[0-5]\d|60)(?:\.(?P<f>\d{1,9})|,(?P<f2>\d{3})(?![\d.]))?)?(?:[ ]?(?P<ap>[AaPp])\.?[Mm]\.?(?![A-Za-z]))?"
_ZONE = r"(?:[ \t]{0,3}[\(\[（]?" + ZONE + r"[\)\]）]?)?"
ERA = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018, "R": 2018, "H": 1988, "㋿": 2018}
_JCLOCK = (r"(?:[ 　,、の]{0,3}(?:(?P<ap>午前|午後|正午|早?朝|夕方|夜|AM|PM)[ ]?)?(?:(?P<H>[01]?\d|2[0-4])(?::|時)(?:(?P<M>[0-5]?\d)(?:(?::|分)(?:(?P<S>[0-5]?\d)(?:\.(?P<f>\d{1,9}))?秒?)?|分)?)?(?P<half>半)?)?(?:頃|ごろ|ちょうど)?)")

PATTERNS = [(name, re.compile(p, re.IGNORECASE | re.ASCII)) for name, p in (
    ("iso", r"(?<![\d.])(?P<y>(?:19|20)\d\d)(?P<sep>[-/.])(?P<m>0?[1-9]|1[0-2])(?P=sep)(?P<d>0?[1-9]|[12]\d|3[01])(?!\d)(?:(?:T|[ \t_,;]{1,3}(?:at|around|à|um|às|a las|alle|ore|kl\.?|в|time=\"?)?[ ]{0,2}|[ ]?[-:][ ]?|[ ]?\((?:[日月火水木金土]|[A-Za-z]{3})\)[ ]?)" + _CLOCK + _ZONE + r")?(?!\d)"),
    ("compact", r"(?<!\d)(?P<y>20\d\d)(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])[T]?(?P<H>[01]\d|2[0-3])(?P<M>[0-5]\d)(?P<S>[0-5]\d)(?:\.(?P<f>\d{1,9}))?" + _ZONE + r"(?!\d)"),
    ("rfc", r"(?<![\d:])" + _DAY + r"(?P<d>[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?:[ ]{1,3}|-|/|\.[ ]?)(?:of[ ])?" + _MONTH + r",?(?:[ ]{1,3}|-|/)(?P<y>(?:19|20)\d\d|\d\d(?=[ ]\d?\d:))(?!\d)(?:(?:[ ]{1,3}|:|,[ ]?|[ ]?-[ ]?|T|[ ](?:at|à|um|às|a las|alle|kl\.?|в)[ ])" + _CLOCK + _ZONE + r")?"),
    ("us", r"(?<!\w)" + _DAY + _MONTH + r",?(?:[ ]{1,3}|/)(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?(?:[ ]{1,3}|/)(?P<y>(?:19|20)\d\d)(?!\d)(?:(?:,?[ ]{1,3}|:|[ ]?-[ ]?|[ ](?:at|à|um|às|a las|alle|kl\.?|в)[ ])" + _CLOCK + _ZONE + r")?"),
    ("clock_us", r"(?<![\d:.])" + _CLOCK + _ZONE + r",?[ ](?:on[ ])?" + _DAY + _MONTH + r"[ ](?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?[ ](?P<y>(?:19|20)\d\d)(?!\d)"),
    ("clock_rfc", r"(?<![\d:.])" + _CLOCK + _ZONE + r",?[ ](?:on[ ])?(?:the[ ])?" + _DAY + r"(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?[ ](?:of[ ])?" + _MONTH + r",?[ ](?P<y>(?:19|20)\d\d)(?!\d)"),
    ("clock_iso", r"(?<![\d:.])" + _CLOCK + _ZONE + r",?[ ]on[ ](?P<y>20\d\d)-(?P<m>0[1-9]|1[0-2])-(?P<d>[0-3]\d)(?![\d:T])"),
    ("ctime", r"(?<!\w)" + _DAY + _MONTH + r"[ ]{1,3}(?P<d>3[01]|[12]\d|0?[1-9])(?!\d),?[ ]{1,3}" + _CLOCK + r"(?:[ ](?P<zone2>[A-Za-z]{3,4}|[+-]\d{4}))?[ ](?P<y>(?:19|20)\d\d)(?!\d)" + _ZONE),
    ("syslog", r"(?<![\w/-])" + _DAY + _MONTH + r"[ ]{1,2}(?P<d>3[01]|[12]\d|0?[1-9])(?:,?[ ]{1,3})" + _CLOCK + _ZONE),
    ("ja", r"(?:(?:(?P<era>明治|大正|昭和|平成|令和|㋿|(?<![A-Za-z])[RH](?=\d))[ ]?(?P<ey>元|\d{1,2})|(?P<y>(?:19|20)\d\d))[ ]?(?:年|[./])[ ]?)?(?P<m>1[0-2]|0?[1-9])[ ]?(?:月|[./](?=[ ]?\d{1,2}(?:日|[ ]|$)))[ ]?(?P<d>3[01]|[12]\d|0?[1-9])[ ]?(?:日|(?=[ ]))[ ]?(?:[\(（][日月火水木金土](?:曜日?)?[\)）]|[日月火水木金土]曜日?)?" + _JCLOCK + _ZONE),
    # Snort and Suricata put the month first, and only they write a day so with six digits of a second behind a hyphen.
    ("mdy", r"(?<![\d./])(?P<m>0[1-9]|1[0-2])/(?P<d>[0-3]\d)/(?P<y>20\d\d)-(?P<H>[01]\d|2[0-3]):(?P<M>[0-5]\d):(?P<S>[0-5]\d)\.(?P<f>\d{6})(?!\d)" + _ZONE),
    ("dmy", r"(?<![\d./])(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<y>(?:19|20)\d\d)(?!\d)(?:(?:[ ]{1,3}|,[ ]?|[ ]?-[ ]?|T|,?[ ](?:at|à|um|às|a las|alle|ore|kl\.?|в)[ ])" + _CLOCK + _ZONE + r")?"),
)]
HINT = re.compile(r"\d[:時]\d|\d[-/.年]\d|\d日|[A-Za-z]{3,9}\.?[ ,/-]{1,3}\d|\d[ /-][A-Za-z]{3}|\d{14}|\d{8}T\d{6}")
