"""Inputs on which mail parsers are known to blow up, each as a function of its size (reliability measurements of 2026)."""

from collections.abc import Callable

HEAD = b"From: a@example.net\r\nTo: b@example.jp\r\nSubject: s\r\nMIME-Version: 1.0\r\n"


def nested(levels: int, tail: bytes = b"") -> bytes:
    """Multiparts inside each other, never closed."""
    openings = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(levels))
    return HEAD + b"".join(openings) + b"\r\ntext\r\n" + tail


def nested_same(levels: int) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * levels


def rfc822(levels: int) -> bytes:
    return HEAD + b"Content-Type: message/rfc822\r\n\r\n" * levels + b"Subject: in\r\n\r\ntext"


def multipart(body: bytes) -> bytes:
    return HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body


def deep(levels: int, body: bytes) -> bytes:
    """A large body at the innermost of some levels."""
    return nested(levels, body)


def header(name: bytes, value: bytes) -> bytes:
    return HEAD + name + b": " + value + b"\r\n\r\nbody\r\n"


def html(body: bytes) -> bytes:
    return HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + body


def text(body: bytes, charset: bytes = b"utf-8", encoding: bytes = b"8bit") -> bytes:
    return HEAD + b"Content-Type: text/plain; charset=" + charset + b"\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + body


#: name → (maker of an input of about n octets)
BLOWUPS: dict[str, Callable[[int], bytes]] = {
    "nested multiparts": lambda n: nested(n // 55),
    "nested multiparts, same boundary": lambda n: nested_same(n // 50),
    "nested messages": lambda n: rfc822(n // 32),
    "nested, delimiter-like lines": lambda n: nested(300, b"--x\n" * (n // 4)),
    "nested, lines of its own boundary": lambda n: nested(20, b"\n--b0x" * (n // 6)),
    "nested 20, bare line ends": lambda n: deep(20, b"\n" * n),
    "nested 20, bare CR": lambda n: deep(20, b"\r" * n),
    "bare CR only": lambda n: HEAD.replace(b"\r\n", b"\r") + b"\r" * n,
    "empty parts": lambda n: multipart(b"--b\n" * (n // 4)),
    "parts with a header": lambda n: multipart(b"--b\nA: b\n\nx\n" * (n // 12)),
    "many fields": lambda n: HEAD + b"X-A: b\r\n" * (n // 8) + b"\r\nbody",
    "many Received": lambda n: HEAD + b"Received: from a (b [192.0.2.1]) by c; Tue, 24 Nov 2026 12:00:00 +0900\r\n" * (n // 76) + b"\r\nbody",
    "one long field": lambda n: header(b"Subject", b"a" * n),
    "folded field": lambda n: header(b"Subject", b"a\r\n " * (n // 4)),
    "lines without a colon": lambda n: HEAD + b"no colon here\r\n" * (n // 15) + b"\r\nbody",
    "lines without a colon between fields": lambda n: HEAD + b"junk\r\nX-A: b\r\n" * (n // 14) + b"\r\nbody",
    "encoded words": lambda n: header(b"Subject", b"=?utf-8?q?aaaa?= " * (n // 17)),
    "broken encoded words": lambda n: header(b"Subject", b"=?utf-8?q?" * (n // 10)),
    "question marks": lambda n: header(b"Subject", b"=?" * (n // 2)),
    "addresses": lambda n: header(b"Cc", b"a <a@example.net>, " * (n // 19)),
    "open parentheses": lambda n: header(b"Cc", b"(" * n),
    "commas": lambda n: header(b"Cc", b"," * n),
    "quotes": lambda n: header(b"Cc", b'"\\' * (n // 2)),
    "words": lambda n: header(b"Cc", b"a " * (n // 2)),
    "dots": lambda n: header(b"Cc", b"a." * (n // 2)),
    "Message-ID": lambda n: header(b"Message-ID", b"<" + b"a" * n),
    "semicolons": lambda n: header(b"Content-Type", b"text/plain" + b";" * n),
    "parameters": lambda n: header(b"Content-Type", b"text/plain" + b"; a=b" * (n // 5)),
    "parameter sections": lambda n: header(b"Content-Disposition", b"attachment" + b"; filename*0*=a" * (n // 15)),
    "parameter quotes": lambda n: header(b"Content-Type", b"text/plain; a=" + b'"\\' * (n // 2)),
    "Content-Type spaces": lambda n: header(b"Content-Type", b" " * n + b"x"),
    "boundary words": lambda n: header(b"Content-Type", b"multipart/mixed; " + b"boundary " * (n // 9)),
    "base64": lambda n: text(b"QUJD" * (n // 4), encoding=b"base64"),
    "base64, padding everywhere": lambda n: text(b"QQ==" * (n // 4), encoding=b"base64"),
    "base64 of foreign octets": lambda n: text(b"!Q" * (n // 2), encoding=b"base64"),
    "quoted-printable": lambda n: text(b"=41" * (n // 3), encoding=b"quoted-printable"),
    "quoted-printable, soft ends": lambda n: text(b"=\r\n" * (n // 3), encoding=b"quoted-printable"),
    "quoted-printable, blanks": lambda n: text(b"= " * (n // 2), encoding=b"quoted-printable"),
    "uuencode": lambda n: text(b"begin 644 a\n" + (b"M" + b"A" * 60 + b"\n") * (n // 62), encoding=b"x-uuencode"),
    "uuencode begins": lambda n: text(b"begin 644 a\n" * (n // 12), encoding=b"x-uuencode"),
    "iso-2022-jp": lambda n: text(b"\x1b$B$\"\x1b(B" * (n // 8), charset=b"iso-2022-jp"),
    "iso-2022-jp, never closed": lambda n: text(b"\x1b$B" + b"$\"" * (n // 2) + b"\x7f", charset=b"iso-2022-jp"),
    "escapes": lambda n: text(b"\x1b" * n, charset=b"iso-2022-jp"),
    "euc-jp": lambda n: text(b"\xa4\xa2a" * (n // 3), charset=b"euc-jp"),
    "octets of no charset": lambda n: text(b"\xff\x81a" * (n // 3), charset=b"utf-8"),
    "binary": lambda n: text(bytes(range(256)) * (n // 256), charset=b"unknown-8bit"),
    "utf-7": lambda n: text(b"+AGE-" * (n // 5), charset=b"utf-7"),
    "html, open elements": lambda n: html(b"<div>" * (n // 5)),
    "html, less-than signs": lambda n: html(b"<" * n),
    "html, open tags": lambda n: html(b"<a " * (n // 3)),
    "html, open quotes": lambda n: html(b"<a href=\"" * (n // 9)),
    "html, comments": lambda n: html(b"<!--" * (n // 4)),
    "html, scripts": lambda n: html(b"<script>" * (n // 8)),
    "html, dropped": lambda n: html(b"<svg><svg>" * (n // 10)),
    "html, links": lambda n: html(b"<a href=x>y" * (n // 11)),
    "html, closed links": lambda n: html(b"<a href=x>y</a>" * (n // 15)),
    "html, entities": lambda n: html(b"&amp;&#x41;" * (n // 11)),
    "html, broken entities": lambda n: html(b"&" * n),
    "html, blank lines": lambda n: html(b"<br> " * (n // 5)),
    "html, attributes": lambda n: html(b"<a " + b"href=x " * (n // 7) + b">"),
    "html, spaces": lambda n: html(b" " * n),
    "delivery status blocks": lambda n: HEAD + b"Content-Type: message/delivery-status\r\n\r\n" + b"Action: failed\r\n\r\n" * (n // 18),
}
