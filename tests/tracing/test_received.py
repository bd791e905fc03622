"""One Received field in the dialects of the world's mail servers."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.tracing import parse_received
from support import cpu

DATE = "; Tue, 24 Nov 2026 12:00:00 +0900"

DIALECTS = [
    # software, field, (by, helo, rdns, address, id)
    ("Postfix", "from pc (ppp1.example.net [192.0.2.1]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)) (No client certificate requested) by mx.example.jp (Postfix) with ESMTPS id 4Zq for <a@example.jp>",
     ("mx.example.jp", "pc", "ppp1.example.net", "192.0.2.1", "4Zq")),
    ("Postfix, no name", "from [10.0.0.5] (unknown [192.0.2.1]) by mx.example.jp (Postfix) with ESMTP id 4Zq", ("mx.example.jp", "[10.0.0.5]", "", "192.0.2.1", "4Zq")),
    ("Postfix, IPv6", "from pc (unknown [IPv6:2001:db8::1]) by mx.example.jp (Postfix) with ESMTP id 4Zq", ("mx.example.jp", "pc", "", "2001:db8::1", "4Zq")),
    ("Sendmail", "from pc (IDENT:root@ppp1.example.net [192.0.2.1] (may be forged)) by mx.example.jp (8.14.4/8.14.4) with ESMTP id q9abc", ("mx.example.jp", "pc", "ppp1.example.net", "192.0.2.1", "q9abc")),
    ("Exim", "from ppp1.example.net ([192.0.2.1]:50576 helo=pc) by mx.example.jp with esmtpsa (TLS1.3) tls TLS_AES_256_GCM_SHA384 (Exim 4.96.2) (envelope-from <x@example.net>) id 1so4V5-00 for a@example.jp",
     ("mx.example.jp", "pc", "ppp1.example.net", "192.0.2.1", "1so4V5-00")),
    ("Exim, no name", "from [192.0.2.1] (helo=pc) by mx.example.jp with esmtp (Exim 4.80) id 1bu8En", ("mx.example.jp", "pc", "", "192.0.2.1", "1bu8En")),
    ("Exim, HELO an address", "from ppp1.example.net ([192.0.2.1] helo=[198.51.100.9]) by mx.example.jp with esmtp (Exim 4.96) id 1a", ("mx.example.jp", "[198.51.100.9]", "ppp1.example.net", "192.0.2.1", "1a")),
    ("qmail", "from unknown (HELO pc) (192.0.2.1) by mx.example.jp with SMTP", ("mx.example.jp", "pc", "", "192.0.2.1", "")),
    ("qmail-ldap", "from ppp1.example.net (HELO pc) ([192.0.2.1]) (envelope-sender <x@example.net>) by mx.example.jp (qmail-ldap-1.03) with SMTP for <a@example.jp>", ("mx.example.jp", "pc", "ppp1.example.net", "192.0.2.1", "")),
    ("Microsoft 365", "from pc.example.net (192.0.2.1) by TY1APC.mail.protection.outlook.com (10.167.241.196) with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 15.20.8158.14 via Frontend Transport",
     ("ty1apc.mail.protection.outlook.com", "pc.example.net", "", "192.0.2.1", "")),
    ("Exchange", "from pc.example.net ([192.0.2.1]) by ex.example.jp with Microsoft SMTPSVC(5.0.2195.6713)", ("ex.example.jp", "pc.example.net", "", "192.0.2.1", "")),
    ("Gmail", "from pc.example.net (ppp1.example.net. [192.0.2.1])        by mx.google.com with ESMTPS id u1si123 for <a@gmail.com>        (version=TLS1_3 cipher=X bits=128/128)",
     ("mx.google.com", "pc.example.net", "ppp1.example.net", "192.0.2.1", "u1si123")),
    ("Yahoo", "from 192.0.2.1 (EHLO pc.example.net) (192.0.2.1) by atlas.mail.yahoo.com with SMTPs (version=TLS1_2 cipher=X)", ("atlas.mail.yahoo.com", "pc.example.net", "", "192.0.2.1", "")),
    ("Yahoo, login", "from ppp1.example.net (HELO yahoo.co.jp) (taro@192.0.2.1 with plain) by smtp.mail.yahoo.co.jp with SMTP", ("smtp.mail.yahoo.co.jp", "yahoo.co.jp", "ppp1.example.net", "192.0.2.1", "")),
    ("Courier", "from pc (ppp1.example.net [::ffff:192.0.2.1]) (AUTH: PLAIN taro) by mx.example.jp with ESMTPA id 00000001", ("mx.example.jp", "pc", "ppp1.example.net", "192.0.2.1", "00000001")),
    ("Zimbra", "from zimbra.example.net (LHLO zimbra.example.net) (192.0.2.1) by mx.example.jp with LMTP", ("mx.example.jp", "zimbra.example.net", "", "192.0.2.1", "")),
    ("Domino", "from pc.example.net ([192.0.2.1])          by dom.example.jp (Lotus Domino Release 8.5)          with ESMTP id 2026112412-1", ("dom.example.jp", "pc.example.net", "", "192.0.2.1", "2026112412-1")),
    ("CommuniGate", "from [192.0.2.1] (account taro@example.jp HELO pc) by mx.example.jp (CommuniGate Pro SMTP 6.1) with ESMTPSA id 123", ("mx.example.jp", "pc", "", "192.0.2.1", "123")),
    ("CommuniGate, verified", "from pc.example.net ([192.0.2.1] verified) by mx.example.jp (CommuniGate Pro SMTP 4.2.8) with SMTP id 25 for a@example.jp", ("mx.example.jp", "pc.example.net", "", "192.0.2.1", "25")),
    ("MDaemon", "from pc.example.net by example.jp (MDaemon PRO v16) with ESMTP id md5000.msg", ("example.jp", "pc.example.net", "", None, "md5000.msg")),
    ("IMail", "from pc.example.net [192.0.2.1] by mx.example.jp with ESMTP (SMTPD32-6.05) id A858FC", ("mx.example.jp", "pc.example.net", "", "192.0.2.1", "A858FC")),
    ("PowerMTA", "from pc (192.0.2.1) by mx.example.jp (PowerMTA(TM) v3.5r16) id hehv for <a@example.jp>", ("mx.example.jp", "pc", "", "192.0.2.1", "hehv")),
    ("ecelerity", "from [192.0.2.1] ([192.0.2.1:4227] helo=pc) by mx.example.jp (envelope-from <>) (ecelerity 3.6 r(Core:3.6.21.0)) with ESMTPS (cipher=X) id CA/91", ("mx.example.jp", "pc", "", "192.0.2.1", "CA/91")),
    ("webmail", "from 192.0.2.1 (SquirrelMail authenticated user taro) by www.example.jp with HTTP", ("www.example.jp", "192.0.2.1", "", "192.0.2.1", "")),
    ("iPlanet", "from pc ([192.0.2.1]) by mx.example.jp (iPlanet Messaging Server 5.1) with ESMTP id <0GZ@mx.example.jp>", ("mx.example.jp", "pc", "", "192.0.2.1", "0GZ@mx.example.jp")),
]


@pytest.mark.parametrize(("software", "text", "want"), DIALECTS, ids=[d[0] for d in DIALECTS])
def test_dialects(software: str, text: str, want: tuple) -> None:
    hop = parse_received(text + DATE)
    assert (hop.by, hop.helo, hop.rdns, str(hop.address) if hop.address else None, hop.id) == want, software
    assert hop.stamp is not None and hop.stamp.zone == "stated"
    assert not hop.local


@pytest.mark.parametrize("text", [
    "by www.example.jp (Postfix, from userid 33) id 4Z", "(qmail 123 invoked by uid 89)", "(nullmailer pid 9186 invoked by uid 1000)", "(from taro@localhost) by www.example.jp (8.14/8.14/Submit) id q1",
    "from taro by www.example.jp with local (Exim 4.96) id 1x", "from mail pickup service by ex.example.jp with Microsoft SMTPSVC",
])
def test_made_on_the_host(text: str) -> None:
    hop = parse_received(text + DATE)
    assert hop.local and hop.address is None


@pytest.mark.parametrize(("text", "login"), [
    ("from pc (pc [192.0.2.1]) (Authenticated sender: taro@example.jp) by mx.example.jp (Postfix) with ESMTPSA id 1", "taro@example.jp"),
    ("from 192.0.2.1 (SquirrelMail authenticated user taro) by www.example.jp with HTTP", "taro"),
    ("from ppp (HELO pc) (Authenticated?user:?taro@[192.0.2.1]) by mx.example.jp (qmail-ldap-1.03) with SMTP", "taro@"),
])
def test_login(text: str, login: str) -> None:
    hop = parse_received(text + DATE)
    assert hop.authenticated and hop.login.rstrip("@") == login.rstrip("@") and str(hop.address) == "192.0.2.1"


def test_words_of_the_helo_do_not_move_the_clauses() -> None:
    hop = parse_received("from by (evil.example [192.0.2.1]) by mx.example.jp with SMTP id 1" + DATE)
    assert (hop.by, str(hop.address)) == ("mx.example.jp", "192.0.2.1")


def test_an_address_only_in_recipient_or_id_is_not_the_peer() -> None:
    assert parse_received("from pc by mx.example.jp with SMTP id [192.0.2.1] for <a@[192.0.2.2]>" + DATE).address is None


@pytest.mark.parametrize("pattern", ["a", " ", "1.", "[1.1.1.1]) by ", "(", ")", "from ", "(helo=", "\"\\", ";", "; 1:11", "Authenticated sender: ", "[", "1:", "[1.1.1.1", "(a [1.1.1.1] ", "@1.1.1.1"])
def test_64_kilobytes_of_anything_take_a_moment(pattern: str) -> None:
    text = "from " + pattern * (65_536 // len(pattern))
    assert cpu(parse_received, text) < 0.2


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(
    ["from", "by", "with", "id", "for", "(", ")", "[192.0.2.1]", "192.0.2.1", "helo=x", "HELO", ";", "24 Nov 2026 12:00 +0900", "Exim", '"', "unknown", "Authenticated sender: x"]), max_size=25).map(" ".join)))
def test_any_text(text: str) -> None:
    hop = parse_received(text)
    assert hop.stamp is None or hop.stamp.zone in ("stated", "none")
