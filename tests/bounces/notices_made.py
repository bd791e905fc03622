"""Notices written for the tests: one of each form that the readers must know. Addresses are made up."""


def _mail(subject: str, body: str, *, sender: str = "MAILER-DAEMON@mx.example.net", head: str = "", kind: str = "text/plain; charset=utf-8") -> bytes:
    return f"Return-Path: <>\nFrom: {sender}\nTo: hanako@isp.example\nSubject: {subject}\n{head}MIME-Version: 1.0\nContent-Type: {kind}\n\n{body}".encode()


RETURNED = """Return-Path: <hanako@isp.example>
Received: from pc (p1.user.isp.example [198.18.0.9]) by smtp1.isp.example (Postfix) with ESMTPSA id 4ABCDEF0123;
\tTue, 24 Nov 2026 10:00:00 +0900
Message-ID: <orig-1@isp.example>
Date: Tue, 24 Nov 2026 10:00:00 +0900
From: Hanako <hanako@isp.example>
To: <friend@shop.example>
Subject: =?utf-8?B?5YaZ55yf44KS6YCB44KK44G+44GZ?=
"""

POSTFIX = _mail("Undelivered Mail Returned to Sender", f"""--b1
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

                   The mail system

<friend@shop.example> (expanded from <friends@isp.example>): host
    mx.shop.example[203.0.113.5] said: 550 5.1.1 <friend@shop.example>: Recipient
    address rejected: User unknown in local recipient table (in reply to RCPT TO
    command)

--b1
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Original-Envelope-Id: QQ314159
X-Postfix-Queue-ID: 4ABCDEF0123
Arrival-Date: Tue, 24 Nov 2026 10:00:00 +0900 (JST)

Final-Recipient: rfc822; friend@shop.example
Original-Recipient: rfc822;friends@isp.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.shop.example
Diagnostic-Code: smtp; 550 5.1.1 <friend@shop.example>: Recipient address
    rejected: User unknown in local recipient table

--b1
Content-Description: Undelivered Message
Content-Type: message/rfc822

{RETURNED}
hello

--b1--
""", head="Auto-Submitted: auto-replied\n", kind='multipart/report; report-type=delivery-status; boundary="b1"')

EXIM = _mail("Mail delivery failed: returning message to sender", f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  one@shop.example
    SMTP error from remote mail server after RCPT TO:<one@shop.example>:
    host mx.shop.example [203.0.113.5]: 550 5.1.1 <one@shop.example>: no such user
  two@shop.example
    mailbox is full

------ This is a copy of the message, including all the headers. ------

{RETURNED}
hello
""", head="X-Failed-Recipients: one@shop.example,\n  two@shop.example\n")

QMAIL = _mail("failure notice", f"""Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<friend@shop.example>:
203.0.113.5 does not like recipient.
Remote host said: 550 sorry, no mailbox here by that name (#5.1.1)
Giving up on 203.0.113.5.

--- Below this line is a copy of the message.

{RETURNED}
hello
""")

SENDMAIL = _mail("Returned mail: see transcript for details", f"""The original message was received at Tue, 24 Nov 2026 10:00:00 +0900
from p1.user.isp.example [198.18.0.9]

   ----- The following addresses had permanent fatal errors -----
<friend@docomo.ne.jp>

   ----- Transcript of session follows -----
... while talking to mfsmax.docomo.ne.jp.:
>>> DATA
<<< 550 Unknown user friend@docomo.ne.jp
554 5.0.0 <friend@docomo.ne.jp>... Service unavailable

   ----- Message header follows -----
{RETURNED}
""")

EXCHANGE = _mail("Undeliverable: hello", """Your message

  To:      friend@shop.example
  Subject: hello
  Sent:    Tue, 24 Nov 2026 10:00:00 +0900

did not reach the following recipient(s):

friend@shop.example on Tue, 24 Nov 2026 10:01:00 +0900
    The recipient name is not recognized
    MSEXCH:IMS:SHOP:HQ:EX1 0 (000C05A6) Unknown Recipient
""", sender="System Administrator <postmaster@shop.example>")

GMAIL_JA = _mail("Delivery Status Notification (Failure)", """** メッセージは配信されませんでした **

メールアドレスが見つからないか、メールを受信できないため、メールは friend@shop.example に配信されませんでした。

リモート サーバーからの応答:
550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address for typos.
""", sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>", head="X-Failed-Recipients: friend@shop.example\n")

EZWEB = _mail("Mail System Error - Returned Mail", """次のあて先へのメッセージはエラーのため送信できませんでした。

Each of the following recipients was rejected by a remote
mail server.

    Recipient: <friend@ezweb.ne.jp>
    >>> RCPT TO:<friend@ezweb.ne.jp>
    <<< 550 <friend@ezweb.ne.jp>: User unknown
""", sender="Postmaster@ezweb.ne.jp")

DELAYED = _mail("Warning: message 1abc-0002RD-H2 delayed 24 hours", """This message was created automatically by mail delivery software.
A message that you sent has not yet been delivered to one or more of its
recipients after more than 24 hours on the queue on mx.example.net.

The address to which the message has not yet been delivered is:

  friend@shop.example

No action is required on your part. Delivery attempts will continue for
some time.
""", sender="Mail Delivery System <Mailer-Daemon@mx.example.net>")

EAI = _mail("Undelivered Mail Returned to Sender", """--g1
Content-Type: text/plain; charset=utf-8

配送できませんでした。

--g1
Content-Type: message/global-delivery-status; charset=utf-8

Reporting-MTA: dns; mx.example.net

Original-Recipient: utf-8; 太郎@例え.example
Final-Recipient: utf-8; \\x{592A}\\x{90CE}@例え.example
Action: failed
Status: 5.6.7
Diagnostic-Code: smtp; 550 5.6.7 Address requires SMTPUTF8

--g1
Content-Type: message/global-headers

Message-ID: <eai-1@isp.example>
From: <花子@isp.example>
To: <太郎@例え.example>
Subject: 写真

--g1--
""", kind='multipart/report; report-type=delivery-status; boundary="g1"')

SEVERAL = _mail("Delivery Status Notification", """--s1
Content-Type: text/plain

Some recipients failed.

--s1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; full@shop.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 mailbox is full

Final-Recipient: rfc822; slow@shop.example
Action: delayed
Status: 4.4.1
Will-Retry-Until: Fri, 27 Nov 2026 10:00:00 +0900

Final-Recipient: rfc822; good@shop.example
Action: delivered
Status: 2.1.5

--s1--
""", kind='multipart/report; report-type=delivery-status; boundary="s1"')

MADE = {"postfix": POSTFIX, "exim": EXIM, "qmail": QMAIL, "sendmail": SENDMAIL, "exchange": EXCHANGE, "gmail_ja": GMAIL_JA, "ezweb": EZWEB, "delayed": DELAYED, "eai": EAI, "several": SEVERAL}

VACATION = b"From: friend@shop.example\nTo: hanako@isp.example\nSubject: Out of Office: hello\nAuto-Submitted: auto-replied\n\nI am away until Friday.\n"
ARF = b"""From: feedback@example.net
Subject: FW: hello
Content-Type: multipart/report; report-type=feedback-report; boundary="a1"

--a1
Content-Type: text/plain

This is an email abuse report.

--a1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: X/1
Version: 1
Original-Rcpt-To: friend@shop.example

--a1
Content-Type: message/rfc822

From: hanako@isp.example
Subject: hello

hi
--a1--
"""
RECEIPT = b"""From: friend@shop.example
Subject: Read: hello
Content-Type: multipart/report; report-type=disposition-notification; boundary="d1"

--d1
Content-Type: text/plain

Your message was displayed.

--d1
Content-Type: message/disposition-notification

Final-Recipient: rfc822; friend@shop.example
Disposition: manual-action/MDN-sent-manually; displayed

--d1--
"""
ORDINARY = b"From: friend@shop.example\nTo: hanako@isp.example\nSubject: hello\n\nSee you on Friday.\n"
CHALLENGE = b"""From: noreply@gate.example
Subject: Your message is waiting
Content-Type: text/plain

Your message to friend@shop.example was not delivered yet. This server requires confirmation:
please reply to this message to confirm that you are a real person.
"""
