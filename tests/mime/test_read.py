"""Structure, headers, offsets: what the reader says of messages written here."""

import pytest

from mime.touch import touch
from sekimori.mime import DEFAULT, Limits, Mailbox, read

SIMPLE = (b"From: =?iso-2022-jp?B?GyRCNFg8aRsoQg==?= <Desk@Example.JP>\r\nTo: abuse@example.jp, \"Last, First\" <b@example.net>\r\n"
          b"Subject: =?utf-8?q?hello=0D=0ABcc=3A_v=40x?=\r\nMessage-ID: <1@example.jp>\r\n\r\nbody\r\n")

MIXED = (b'From: a@example.net\r\nContent-Type: multipart/mixed; boundary="out"\r\n\r\npreamble\r\n'
         b"--out\r\nContent-Type: multipart/alternative; boundary=out-in\r\n\r\n"
         b"--out-in\r\n\r\nplain\r\n--out-in\r\nContent-Type: text/html\r\n\r\n<p>html</p>\r\n--out-in--\r\n"
         b"--out\r\nContent-Type: message/rfc822\r\n\r\nSubject: inner\r\nContent-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\nSubject: deepest\r\n\r\nx\r\n--d--\r\n"
         b"--out\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename*=UTF-8''%E8%A8%BC%E6%8B%A0.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"
         b"--out--\r\nepilogue\r\n")


def test_headers_are_decoded_on_one_line() -> None:
    mail = read(SIMPLE)
    assert mail.subject == "hello  Bcc: v@x"  # CR and LF of an encoded word cannot start a header
    assert mail.message_id == "1@example.jp"
    assert mail.headers.addresses("from") == [Mailbox("関守", "Desk@example.jp")]
    assert mail.headers.addresses("To") == [Mailbox("", "abuse@example.jp"), Mailbox("Last, First", "b@example.net")]
    assert mail.headers.get("x-none") is None
    assert not mail.defects


def test_fields_know_their_octets() -> None:
    for field in read(SIMPLE).headers:
        assert SIMPLE[field.start:field.end].startswith(field.name.encode() + b":")
        assert field.raw in SIMPLE[field.start:field.end]


def test_tree_and_offsets() -> None:
    mail = read(MIXED)
    assert [(p.where, p.type) for p in mail.walk()] == [
        ("message", "multipart/mixed"), ("1", "multipart/alternative"), ("1.1", "text/plain"), ("1.2", "text/html"), ("2", "message/rfc822"),
        ("2", "multipart/digest"), ("2.1", "message/rfc822"), ("2.1", "text/plain"), ("3", "application/pdf")]
    for part in mail.walk():
        assert part.body == part.mail.raw[part.body_start:part.end]
    pdf = list(mail.walk())[-1]
    assert (pdf.filename, pdf.content, pdf.is_attachment) == ("証拠.pdf", b"%PDF", True)
    assert MIXED[pdf.start:pdf.end].endswith(b"JVBERg==")
    inner = mail.root.children[1].message
    assert inner is not None and inner.subject == "inner"
    assert mail.texts() == ["plain"]
    assert not mail.defects


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end(end: bytes) -> None:
    raw = MIXED.replace(b"\r\n", end)
    mail = read(raw)
    assert len(list(mail.walk())) == 9
    assert mail.raw == raw
    assert mail.texts() == ["plain"]
    assert [p.body for p in mail.walk()][2] == b"plain"
    assert ("cr_line_ends" in {d.code for d in mail.defects}) == (end == b"\r")


@pytest.mark.parametrize(("raw", "code"), [
    (b"From: a@b\r\nFrom: c@d\r\n\r\n", "duplicate_from"),
    (b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\n", "duplicate_content_type"),
    (b"Subject : x\r\n\r\n", "space_before_colon"),
    (b"Subject: a\rX-Inj: b\r\n\r\n", "bare_cr"),
    (b"Subject: x\r\nno colon\r\nTo: a@b\r\n\r\n", "header_without_colon"),
    (b"Subject: a\0b\r\n\r\n", "nul"),
    ("Subject: 生\r\n\r\n".encode(), "raw_8bit_header"),
    (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx", "missing_close_boundary"),
    (b"Content-Type: multipart/mixed; boundary=b\r\n\r\nx", "no_boundary_line"),
    (b"Content-Type: multipart/mixed\r\n\r\nx", "no_boundary"),
])
def test_what_readers_read_differently_is_a_defect(raw: bytes, code: str) -> None:
    assert code in {d.code for d in read(raw).defects}


@pytest.mark.parametrize(("raw", "code"), [
    (b"Content-Transfer-Encoding: base64\r\n\r\nQUJ!D", "bad_base64"),
    (b"Content-Transfer-Encoding: quoted-printable\r\n\r\na=ZZ", "bad_quoted_printable"),
    (b"Content-Transfer-Encoding: x-uuencode\r\n\r\nnothing", "bad_uuencode"),
    (b"Content-Transfer-Encoding: x-own\r\n\r\nnothing", "unknown_transfer_encoding"),
    (b"Content-Type: text/plain; charset=x-klingon\r\n\r\nQapla", "unknown_charset"),
    (b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xff\xfe\xfd", "bad_charset"),
])
def test_faults_of_contents_show_once_read(raw: bytes, code: str) -> None:
    mail = read(raw)
    assert mail.texts()
    assert code in {d.code for d in mail.defects}


def test_line_without_colon_ends_the_header_unless_fields_follow() -> None:
    assert read(b"Subject: a\r\nhello there\r\nsecond line\r\n").texts() == ["hello there\nsecond line\n"]
    broken = read(b"Subject: a\r\nbroken folding\r\nTo: x@example.net\r\n\r\nbody")
    assert broken.headers.addresses("to") and broken.texts() == ["body"]
    delimiter = read(b"Content-Type: multipart/mixed; boundary=b\r\nprologue\r\n--b\r\nContent-Type: text/html\r\n\r\n<b>x</b>\r\n--b--")
    assert [p.type for p in delimiter.walk()] == ["multipart/mixed", "text/html"]


def test_text_without_any_header_is_all_body() -> None:
    assert read("ただの文章です。\n\n二つ目の段落".encode()).texts() == ["ただの文章です。\n\n二つ目の段落"]


def test_mailbox_lines_and_blank_lines_before_the_header() -> None:
    assert read(b"From a@b Tue Nov 24 12:00:00 2026\nSubject: x\n\nb").subject == "x"
    assert read(b"\r\n\r\nSubject: x\r\n\r\nb").subject == "x"


def test_encoded_message_inside() -> None:
    mail = read(b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nU3ViamVjdDogaW5uZXINCg0KdGV4dA==\r\n")
    assert mail.root.message is not None
    assert (mail.root.message.subject, mail.root.message.texts()) == ("inner", ["text"])


def test_headers_only() -> None:
    mail = read(b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
                b"Subject: original\r\nContent-Type: multipart/mixed; boundary=q\r\n\r\n--b--\r\n")
    original = mail.root.children[0].message
    assert original is not None and original.headers_only and original.subject == "original"
    assert not mail.defects


def test_inner_boundary_may_begin_with_the_outer() -> None:
    assert [p.where for p in read(MIXED).root.children[0].children] == ["1.1", "1.2"]


def test_unclosed_inner_ends_at_the_outer_delimiter() -> None:
    mail = read(b"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\ninner\n--o\n\nouter\n--o--\n")
    assert [p.content for p in mail.walk() if not p.children] == [b"inner", b"outer"]


@pytest.mark.parametrize("limit,raw,code", [
    (Limits(depth=2), MIXED, "over_limit:depth"),
    (Limits(parts=3), MIXED, "over_limit:parts"),
    (Limits(boundaries=1), MIXED, "over_limit:boundaries"),
    (Limits(header_fields=2), SIMPLE, "over_limit:header_fields"),
    (Limits(header_block=80), SIMPLE, "over_limit:header_block"),
    (Limits(header_value=20), SIMPLE, "over_limit:header_value"),
    (Limits(message=100), SIMPLE, "over_limit:message"),
    (Limits(text=2), SIMPLE, "over_limit:text"),
    (Limits(text_total=2), SIMPLE, "over_limit:text_total"),
    (Limits(addresses=1), SIMPLE, "over_limit:addresses"),
    (Limits(received=1), b"Received: a\r\n" * 2 + SIMPLE, "over_limit:received"),
    (Limits(parameters=1), b"Content-Type: text/plain; a=b; c=d\r\n\r\n", "over_limit:parameters"),
    (Limits(parameter_value=20), b"Content-Type: text/plain; charset=utf-8\r\n\r\n", "over_limit:parameter_value"),
    (Limits(encoded_words=1), b"Subject: =?utf-8?q?a?= =?utf-8?q?b?=\r\n\r\n", "over_limit:encoded_words"),
    (Limits(delimiter_lines=1), MIXED, "over_limit:delimiter_lines"),
    (Limits(nested=5), MIXED, "over_limit:nested"),
    (Limits(html=5), b"Content-Type: text/html\r\n\r\n<p>hello</p>", "over_limit:html"),
    (Limits(html_text=5), b"Content-Type: text/html\r\n\r\n<p>hello you</p>", "over_limit:html_text"),
    (Limits(html_depth=2), b"Content-Type: text/html\r\n\r\n<p><b><i>x", "over_limit:html_depth"),
])
def test_each_limit_is_a_defect_and_keeps_the_octets(limit: Limits, raw: bytes, code: str) -> None:
    assert code not in {d.code for d in _touched(raw, DEFAULT)}
    assert code in {d.code for d in _touched(raw, limit)}


def _touched(raw: bytes, limits: Limits) -> list:
    mail = read(raw, limits)
    touch(mail)
    assert mail.raw == raw
    return mail.defects


def test_alternatives_plain_first_and_html_where_plain_is_empty() -> None:
    head = b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
    tail = b"\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>from html</p>\r\n--b--"
    assert read(head + b"from plain" + tail).texts() == ["from plain"]
    assert read(head + b"  " + tail).texts() == ["from html"]


def test_names_of_files_are_shown_not_trusted() -> None:
    mail = read(b'Content-Type: text/plain; name="x.txt"\r\nContent-Disposition: attachment; filename="../../etc/cron.d/x"\r\n\r\n')
    assert mail.root.filename == "../../etc/cron.d/x"
    assert mail.texts() == []
    assert "\0" not in read(b'Content-Disposition: attachment; filename="a\0b"\r\n\r\n').root.filename


@pytest.mark.parametrize(("value", "addresses"), [
    ('"a b"@Example.NET', ['"a b"@example.net']), ('"a"@example.net, c@example.net', ['"a"@example.net', "c@example.net"]), ("Group: a@example.net, b@example.net;", ["a@example.net", "b@example.net"]),
    ("undisclosed-recipients:;", []), ("a@example.net (Name)", ["a@example.net"]), ("<@relay.example:a@example.net>", ["a@example.net"]), ("a@example.net <a@example.net>", ["a@example.net"]),
    ("n@example.net n@example.net", ["n@example.net"]), ('"Last, First <x@y>" <a@example.net>', ["a@example.net"]), ("a@example.net.", ["a@example.net"]), ("(" * 500 + "a@b", []), ("nobody", []), ("<>", []),
    ("関守 <a@example.net>", ["a@example.net"]), ("a@例え.jp", ["a@例え.jp"]), ("<a@example.net", ["a@example.net"]),
])
def test_mailboxes(value: str, addresses: list) -> None:
    assert [m.address for m in read(b"To: " + value.encode() + b"\r\n\r\n").headers.addresses("to")] == addresses


def test_display_names() -> None:
    mail = read(b"To: a@example.net (My Name), \"Quoted \\\" Name\" <b@example.net>, =?utf-8?b?6Zai5a6I?= <c@example.net>\r\n\r\n")
    assert [m.display for m in mail.headers.addresses("to")] == ["My Name", 'Quoted " Name', "関守"]
