"""The mails that reports enclose: found in every shape, never raising, never showing who reported."""

import base64
import json

from hypothesis import given
from hypothesis import strategies as st

from sekimori.mypage.originals import SHOWN, enclosed

MAIL = ("Received: from a by b; Mon, 2 Nov 2026 09:00:00 +0900\nFrom: me@isp.example\nTo: {to}\nSubject: =?utf-8?B?5o6o44GX?=\n"
        "Date: Mon, 2 Nov 2026 09:00:00 +0900\nMessage-ID: <m@isp.example>\n\nwords\n")
TWO = "a@x.example, b@y.example"


def wrapped(part, type_="message/rfc822"):
    return f"From: r@feed.example\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: {type_}\n\n{part}\n--x--\n".encode()


def test_as_a_part_as_headers_pasted_and_as_xarf_evidence():
    mail = MAIL.format(to=TWO)
    xarf = json.dumps({"xarf_version": "4.0.0", "evidence": [{"content_type": "message/rfc822", "payload": base64.b64encode(mail.encode()).decode()}]})
    for raw in (wrapped(mail), wrapped(mail.partition("\n\n")[0] + "\n", "text/rfc822-headers"),
                b"From: r@feed.example\nContent-Type: text/plain\n\nsee:\n\n" + mail.encode(), wrapped(xarf, "application/json"), xarf.encode()):
        (found,) = enclosed(raw, {"r@feed.example", "feed.example"})
        assert (found.message_id, found.subject, found.recipients, found.withheld) == ("m@isp.example", "推し", ("a@x.example", "b@y.example"), 0), raw


def test_the_reporters_own_domain_is_not_shown_at_all():
    (found,) = enclosed(wrapped(MAIL.format(to=f"{TWO}, c@mail.feed.example")), {"feed.example"})
    assert found.recipients == ("a@x.example", "b@y.example", "●●●") and found.withheld == 1


def test_many_recipients_are_counted():
    (found,) = enclosed(wrapped(MAIL.format(to=", ".join(f"u{i}@x.example" for i in range(80)))), set())
    assert len(found.recipients) == SHOWN and found.more == 30


@given(st.binary(max_size=400) | st.builds(lambda b: wrapped(MAIL.format(to="a@x.example"))[:-60] + b, st.binary(max_size=200))
       | st.builds(lambda p: json.dumps({"evidence": p}).encode(), st.recursive(st.none() | st.text(max_size=20), lambda c: st.lists(c, max_size=3) | st.dictionaries(
           st.sampled_from(["content_type", "payload"]), c, max_size=2), max_leaves=6)))
def test_any_report_is_read(raw):
    for one in enclosed(raw, {"feed.example"}):
        assert "\n" not in one.subject and "\x00" not in "".join(one.recipients)
