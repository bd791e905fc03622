#!/usr/bin/env python3
"""How many mails a CPU second walks and reads, beside Python's email (compat32) in the same run.

walk: the message is read and its parts are visited, nothing decoded. read: subject, sender and texts decoded as well,
and every defect of structure and header looked for. Usage: bench_mime.py [MAILS]
"""

import sys
import time
from collections.abc import Callable
from email import policy
from email.parser import BytesParser

from sekimori.mime import read

WORDS = "お世話になっております。貴社のアドレスより迷惑メールが届いております。Please look at the attached log lines. "


def ordinary(number: int) -> bytes:
    """A report of about 5 kB: four hops, a signature, plain text and HTML, Japanese in ISO-2022-JP and UTF-8."""
    hops = "".join(
        f"Received: from mx{i}.example.net (mx{i}.example.net [192.0.2.{i + 1}])\r\n\tby relay{i}.example.com (Postfix) with ESMTPS id 4XyZ{i}{number}\r\n"
        f"\tfor <abuse@example.jp>; Tue, 24 Nov 2026 12:00:0{i} +0900 (JST)\r\n" for i in range(4))
    head = (f"{hops}DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=x;\r\n\th=from:to:subject; bh={'a' * 43}=;\r\n\tb={'b' * 76}\r\n\t {'c' * 76}\r\n"
            f"From: =?ISO-2022-JP?B?GyRCNFg8aRsoQg==?= <a@example.net>\r\nTo: abuse@example.jp\r\nSubject: =?utf-8?b?6L+35oORIHNwYW0=?= {number}\r\n"
            f"Date: Tue, 24 Nov 2026 12:00:00 +0900\r\nMessage-ID: <{number}@example.net>\r\nMIME-Version: 1.0\r\nX-Mailer: x\r\n"
            f"Content-Type: multipart/alternative;\r\n\tboundary=\"b{number}\"\r\n\r\n").encode()
    plain = ((WORDS + "\r\n") * 12).encode("iso-2022-jp")
    html = ("<html><body>" + f"<p>{WORDS}</p>\r\n" * 12 + "</body></html>").encode()
    return (head + b"--b%d\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" % number + plain
            + b"\r\n--b%d\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" % number + html + b"\r\n--b%d--\r\n" % number)


def rate(job: Callable[[bytes], object], mails: list[bytes]) -> float:
    """Return mails per CPU second, the best of three runs."""
    best = 0.0
    for _ in range(3):
        start = time.process_time()
        for raw in mails:
            job(raw)
        best = max(best, len(mails) / (time.process_time() - start))
    return best


def walk(raw: bytes) -> list[str]:
    return [part.type for part in read(raw).walk()]


def whole(raw: bytes) -> tuple[object, ...]:
    mail = read(raw)
    return mail.subject, mail.headers.addresses("from"), mail.texts(), mail.defects


def stdlib_walk(raw: bytes) -> list[str]:
    return [part.get_content_type() for part in BytesParser(policy=policy.compat32).parsebytes(raw).walk()]


def main() -> None:
    """Print one line per job."""
    mails = [ordinary(i) for i in range(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)]
    print(f"{len(mails)} mails of {len(mails[0])} octets; mails per CPU second, best of 3")
    for name, job in (("mime walk", walk), ("mime read, all decoded", whole), ("email compat32 walk", stdlib_walk)):
        print(f"{name:24} {rate(job, mails):10.0f}")


if __name__ == "__main__":
    main()
