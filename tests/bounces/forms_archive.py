"""What an archive of notices of 25 years holds: whole notices in the forms of mail systems old and new, written from memory of what they send.

name → (octets, [(recipient, reasons that would be right)], [explicit status of each, "" where none is written], action of all).
Written without a look at the rules; what the first reading got wrong is told in docs/formats/bounces.md.
"""

from bounces.notices_made import RETURNED, _mail

ARCHIVE: dict[str, tuple[bytes, list[tuple[str, str]], list[str], str]] = {}
TARO, HANA = "taro.y@b.example", "hana_1@kaisha.example"


def _words(name: str, subject: str, body: str, reason: str, status: str = "", action: str = "failed", *, to: str = TARO, sender: str = "MAILER-DAEMON@mx.example.net", head: str = "") -> None:
    ARCHIVE[name] = (_mail(subject, body, sender=sender, head=head), [(to, reason)], [status], action)


def _dsn(name: str, subject: str, words: str, fields: str, reason: str, status: str, action: str = "failed", *, to: str = TARO, sender: str = "MAILER-DAEMON@mx.example.net") -> None:
    body = f"--q9\nContent-Type: text/plain\n\n{words}\n--q9\nContent-Type: message/delivery-status\n\n{fields}\n--q9\nContent-Type: text/rfc822-headers\n\n{RETURNED}\n--q9--\n"
    ARCHIVE[name] = (_mail(subject, body, sender=sender, kind='multipart/report; report-type=delivery-status; boundary="q9"'), [(to, reason)], [status], action)


_words("sendmail_88", "Returned mail: User unknown", f"""The original message was received at Mon, 3 Mar 2003 09:12:01 +0900
from pc7.isp.example [198.18.0.7]

   ----- The following addresses had permanent fatal errors -----
<{TARO}>

   ----- Transcript of session follows -----
... while talking to mail.b.example.:
>>> RCPT To:<{TARO}>
<<< 550 <{TARO}>... We have nobody of that name here
550 <{TARO}>... User unknown

   ----- Original message follows -----

{RETURNED}
""", "userunknown")
_words("sendmail_data_refused", "Returned mail: Service unavailable", f"""The original message was received at Mon, 3 Mar 2003 09:12:01 +0900
from localhost

   ----- The following addresses had permanent fatal errors -----
<{TARO}>

   ----- Transcript of session follows -----
... while talking to mail.b.example.:
>>> DATA
<<< 552 We do not take programs by mail: setup.exe
554 <{TARO}>... Service unavailable

   ----- Original message follows -----

{RETURNED}
""", "contenterror|policyviolation")
_words("sendmail_v5", "Returned mail: Host unknown", f"""   ----- Transcript of session follows -----
550 {TARO}... Host unknown (Name server: b.example: host not found)

   ----- Unsent message follows -----
{RETURNED}
""", "hostunknown")
_words("sendmail_v5_relay", "Returned mail: User unknown", f"""   ----- Transcript of session follows -----
While talking to mail.b.example:
>>> RCPT To:<{TARO}>
<<< 550 <{TARO}>... Relaying is not supported by this machine
550 {TARO}... User unknown

   ----- Unsent message follows -----
{RETURNED}
""", "norelaying")
_dsn("sendmail_timeout_warning", "Warning: could not send message for past 4 hours", f"""    **********************************************
    **      THIS IS A WARNING MESSAGE ONLY      **
    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **
    **********************************************

   ----- The following addresses had transient non-fatal errors -----
<{TARO}>

   ----- Transcript of session follows -----
<{TARO}>... Deferred: Connection reset by mail.b.example.
Warning: message still undelivered after 4 hours
""", f"""Reporting-MTA: dns; mx.example.net
Arrival-Date: Tue, 24 Nov 2026 10:00:00 +0900

Final-Recipient: RFC822; {TARO}
Action: delayed
Status: 4.4.2
Remote-MTA: DNS; mail.b.example
Last-Attempt-Date: Tue, 24 Nov 2026 14:00:00 +0900
Will-Retry-Until: Sun, 29 Nov 2026 10:00:00 +0900
""", "networkerror|blocked", "4.4.2", "delayed")
_dsn("postfix_noroute", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: connect to mail.b.example[203.0.113.8]:25: No route to host
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 4.4.1
Diagnostic-Code: X-Postfix; connect to mail.b.example[203.0.113.8]:25: No route to host
""", "networkerror", "4.4.1")
_dsn("postfix_ptr", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: host mail.b.example[203.0.113.8] said: 550 5.7.1 Your address
    198.18.0.25 has no name in the DNS, and we take no mail from nameless hosts
    (in reply to MAIL FROM command)
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 5.7.1
Remote-MTA: dns; mail.b.example
Diagnostic-Code: smtp; 550 5.7.1 Your address 198.18.0.25 has no name in the DNS, and we take no mail from nameless hosts
""", "requireptr|blocked", "5.7.1")
_dsn("postfix_pipe", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: Command died with signal 11: "/usr/local/bin/sorter"
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 5.3.0
Diagnostic-Code: x-unix; Command died with signal 11: "/usr/local/bin/sorter"
""", "mailererror", "5.3.0")
_dsn("postfix_looks_like_spam", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: host mail.b.example[203.0.113.8] said: 550 This letter got 17.3 points
    from our spam scanner, 6.0 are allowed (in reply to end of DATA command)
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 5.0.0
Remote-MTA: dns; mail.b.example
Diagnostic-Code: smtp; 550 This letter got 17.3 points from our spam scanner, 6.0 are allowed
""", "spamdetected", "5.0.0")
_words("qmail_nohost", "failure notice", f"""Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{TARO}>:
Sorry, I couldn't find any host named b.example. (#5.1.2)

--- Below this line is a copy of the message.

{RETURNED}
""", "hostunknown", "5.1.2")
_words("qmail_guidelines", "failure notice", f"""Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{TARO}>:
203.0.113.8 failed after I sent the message.
Remote host said: 552 5.7.0 our guidelines prohibit this type of attachment

--- Below this line is a copy of the message.

{RETURNED}
""", "contenterror|policyviolation", "5.7.0")
_words("qmail_smtproute", "failure notice", f"""Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{TARO}>:
Connected to 203.0.113.8 but greeting failed.
Remote host said: 554 Your machine sends too much rubbish, go and clean it
I'm not going to try again; this message has been in the queue too long.

--- Below this line is a copy of the message.

{RETURNED}
""", "blocked|badreputation")
_words("exim_nomx", "Mail delivery failed: returning message to sender", f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {TARO}
    all relevant MX records point to non-existent hosts

------ This is a copy of the message, including all the headers. ------

{RETURNED}
""", "hostunknown|notaccept", head=f"X-Failed-Recipients: {TARO}\n")
_words("exim_quota_local", "Mail delivery failed: returning message to sender", f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {TARO}
    mailbox is full (MTA-imposed quota exceeded while writing to tmp/1163688402.H7)

------ This is a copy of the message, including all the headers. ------

{RETURNED}
""", "mailboxfull", head=f"X-Failed-Recipients: {TARO}\n")
_words("exim_callout", "Mail delivery failed: returning message to sender", f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {TARO}
    SMTP error from remote mail server after RCPT TO:<{TARO}>:
    host mail.b.example [203.0.113.8]: 550-Verification failed for <hanako@isp.example>
    550-Called:   203.0.113.99
    550-Sent:     RCPT TO:<hanako@isp.example>
    550-Response: 451 try later
    550 Sender verify failed

------ This is a copy of the message, including all the headers. ------

{RETURNED}
""", "rejected")
_words("exchange2003_orgunknown", "Undeliverable: hello", f"""Your message did not reach some or all of the intended recipients.

      Subject:\thello
      Sent:\t24/11/2005 10:00

The following recipient(s) could not be reached:

      {TARO} on 24/11/2005 10:00
            The e-mail account does not exist at the organization this message was sent to.  Check the e-mail address, or contact the recipient directly to find out the correct address.
            <exch01.b.example #5.1.1>

""", "userunknown", "5.1.1", sender="System Administrator <postmaster@b.example>")
_words("exchange2003_smtp", "Undeliverable: hello", f"""Your message did not reach some or all of the intended recipients.

      Subject:\thello
      Sent:\t24/11/2005 10:00

The following recipient(s) could not be reached:

      {TARO} on 24/11/2005 10:00
            There was a SMTP communication problem with the recipient's email server.  Please contact your system administrator.
            <exch01.isp.example #5.5.0 smtp;554 5.7.1 Service unavailable; Client host [198.18.0.25] is on our private list of spammers>

""", "blocked", "5.7.1", sender="System Administrator <postmaster@isp.example>")
_dsn("exchange2007_size", "Undeliverable: hello", f"""Delivery has failed to these recipients or distribution lists:

{TARO}
This message is larger than the size limit for messages. Please make it smaller and try sending it again.

Diagnostic information for administrators:

Generating server: ex01.b.example

{TARO}
#550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient ##
""", f"""Reporting-MTA: dns;ex01.b.example

Final-Recipient: rfc822;{TARO}
Action: failed
Status: 5.2.3
Diagnostic-Code: smtp;550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient
""", "emailtoolarge", "5.2.3", sender="postmaster@b.example")
_dsn("o365_restricted", "Undeliverable: hello", f"""Your message to {TARO} couldn't be delivered.
taro.y wasn't able to receive your message because only certain people may write to this group.
""", f"""Reporting-MTA: dns;TYXPR01MB0001.jpnprd01.prod.outlook.com

Final-Recipient: rfc822;{TARO}
Action: failed
Status: 5.7.129
Diagnostic-Code: smtp;550 5.7.129 RESOLVER.RST.RestrictedToRecipientsPermission; not authorized to send to recipient because the sender isn't on the recipient's allowed sender list
""", "rejected|securityerror|policyviolation", "5.7.129", sender="postmaster@outlook.com")
_dsn("o365_tenant_limit", "Undeliverable: hello", f"""Your message to {TARO} couldn't be delivered.
""", f"""Reporting-MTA: dns;TYXPR01MB0001.jpnprd01.prod.outlook.com

Final-Recipient: rfc822;{TARO}
Action: failed
Status: 5.1.8
Diagnostic-Code: smtp;550 5.1.8 Access denied, bad outbound sender AS(42004)
""", "rejected", "5.1.8", sender="postmaster@outlook.com")
_words("domino_loop", "DELIVERY FAILURE: Maximum hop count exceeded.  Message probably in a routing loop.", f"""Your message

  Subject: hello

was not delivered to:

  {TARO}

because:

  Maximum hop count exceeded.  Message probably in a routing loop.

""", "networkerror", sender="Postmaster@b.example")
_words("domino_transfer", "DELIVERY FAILURE: Error transferring to MAIL.B.EXAMPLE; SMTP Protocol Returned a Permanent Error 552", f"""Your message

  Subject: hello

was not delivered to:

  {TARO}

because:

  Error transferring to MAIL.B.EXAMPLE; SMTP Protocol Returned a Permanent Error 552 5.2.2 This person's letter box holds no more

""", "mailboxfull", "5.2.2", sender="Postmaster@b.example")
_words("notes_old", "DELIVERY FAILURE", f"""------- Failure Reasons  --------

User not listed in public Name & Address Book
{TARO}

------- Returned Message --------
{RETURNED}
""", "userunknown", sender="Notes Mail Router@b.example")
_words("imail_host", "Undeliverable Mail", f"""Unknown host: {TARO}

Original message follows.

{RETURNED}
""", "hostunknown", sender="Postmaster <postmaster@imail.example>")
_words("imail_20", "Undeliverable Mail", f"""Delivery failed 20 attempts: {TARO}

Original message follows.

{RETURNED}
""", "expired", sender="Postmaster <postmaster@imail.example>")
_words("imail_full", "Undeliverable Mail", f"""User mailbox exceeds allowed size: {TARO}

Original message follows.

{RETURNED}
""", "mailboxfull", sender="Postmaster <postmaster@imail.example>")
_words("interscan_relay", "Mail could not be delivered", f"""****** Message from InterScan Messaging Security Suite ******

Sent <<< RCPT TO:<{TARO}>
Received >>> 550 5.7.1 <{TARO}>... we do not carry mail for that domain

Unable to deliver message to <{TARO}>.

************************     End of message     **********************
""", "norelaying", "5.7.1", sender="postmaster@imss.example")
_words("mailfoundry_box", "Undeliverable Mail", f"""This is a MIME encapsulated message

Unable to deliver message to: <{TARO}>
Delivery failed for the following reason:
Server mail.b.example[203.0.113.8] failed with: 550 5.1.1 no mailbox by that name is kept here

This has been a permanent failure.  No further delivery attempts will be made.
""", "userunknown", "5.1.1", sender="<>")
_words("mailmarshal_size", "Undeliverable Mail: \"hello\"", f"""Your message:
   From:    hanako@isp.example
   Subject: hello

Could not be delivered because of

552 Your message of 31 MB is more than the 20 MB that we take

The following recipients were affected:
    {TARO}

Additional Information
======================
Original Sender:    <hanako@isp.example>
Sender-MTA:         <198.18.0.25>
Remote-MTA:         <203.0.113.8>
Reporting-MTA:      <relay.b.example>
MessageName:        <B5499967300.000000000001.0003.mml>
Last-Attempt-Date:  <16:21:07 Mon, 22 December 2014>
""", "emailtoolarge", sender="postmaster@b.example")
_words("opensmtpd_full", "Delivery status notification: error", f"""    Hi!

    This is the MAILER-DAEMON, please DO NOT REPLY to this email.

    An error has occurred while attempting to deliver a message for
    the following list of recipients:

{TARO}: 550 5.2.2 <{TARO}>... there is no place left in this mailbox

    Below is a copy of the original message:

{RETURNED}
""", "mailboxfull", "5.2.2")
_words("messagingserver_words", "Delivery Notification: Delivery has failed", f"""This report relates to a message you sent with the following header fields:

  Message-id: <orig-1@isp.example>
  Date: Tue, 24 Nov 2026 10:00:00 +0900
  From: Hanako <hanako@isp.example>
  To: {TARO}
  Subject: hello

Your message cannot be delivered to the following recipients:

  Recipient address: {TARO}
  Reason: Remote SMTP server has rejected address
  Diagnostic code: smtp;550 5.2.1 This account was closed last year
  Remote system: dns;mail.b.example (TCP|198.18.0.25|47323|203.0.113.8|25) (mail.b.example ESMTP)

""", "suspend", "5.2.1", sender="Internet Mail Delivery <postmaster@ims.example>")
_words("mfilter_ja", "【メール送信エラー】", f"""「{TARO}」へのメール送信に失敗しました。

-------server message
452 4.2.2 <{TARO}>: mailbox over its limit

-------SMTP command
RCPT

-------original mail info
{RETURNED}
""", "mailboxfull", "4.2.2", sender="postmaster@m-filter.example")
_words("mxlogic_copy", "Mail delivery failed: returning message to sender", f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address failed:

  <{TARO}>: 550 5.7.1 denied by the recipient's own rules

Included is a copy of the message header:
-----------------------------------------
{RETURNED}
""", "filtered|policyviolation", "5.7.1")
_words("x1_unknown", "Returned Mail: User unknown", f"""The original message was received at Thu, 29 Apr 2010 23:34:45 +0900
from isp.example

---The following addresses had delivery errors---

{TARO} [Unknown host: b.example]

""", "hostunknown")
_words("x2_sbc", "Undeliverable: hello", f"""Unable to deliver message to the following address(es).

<{TARO}>:
203.0.113.8 does not like recipient.
Remote host said: 554 delivery error: dd This account has been dormant for too long and was taken down [#102]. - mta1.b.example
Giving up on 203.0.113.8.

--- Original message follows.

{RETURNED}
""", "suspend|userunknown")
_words("activehunter", "FAILURE NOTICE", f"""  ----- The following addresses had permanent fatal errors -----

>>> {TARO} <{TARO}>

  ----- Transcript of session follows -----
550 sorry, no mailbox here by that name (#5.1.1 - chkusr)

  ----- Original message follows -----

{RETURNED}
""", "userunknown", "5.1.1")
_words("james_full", "Returned mail", f"""Hi. This is the James mail server at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.  Below
I include the list of recipients and the reason why I was unable to deliver
your message.

Failed recipient(s):
{TARO}

Error message:
552 5.2.2 Quota of this user is used up

The original message is attached.
""", "mailboxfull", "5.2.2", sender="postmaster@mx.example.net")
_words("aol_old", "Mail Delivery Problem", f"""The original message was received at Thu, 29 Apr 2004 23:34:45 -0400 (EDT)
from root@localhost

*** ATTENTION ***

Your e-mail is being returned to you because there was a problem with its
delivery.  The address which was undeliverable is listed in the section
labeled: "----- The following addresses had permanent fatal errors -----".

The reason your mail is being returned to you is listed in the section
labeled: "----- Transcript of Session Follows -----".

   ----- The following addresses had permanent fatal errors -----
<{TARO}>

   ----- Transcript of session follows -----
... while talking to air-mr01.mail.aol.example.:
>>> RCPT To:<{TARO}>
<<< 550 {TARO} IS NOT ACCEPTING MAIL FROM THIS SENDER
550 <{TARO}>... User unknown
""", "rejected|filtered", sender="Mail Delivery Subsystem <MAILER-DAEMON@aol.example>")
_words("biglobe_full", "Returned mail: mailbox full", f"""   ----- The following addresses had delivery problems -----
{TARO}

   ----- Non-delivered information -----
The number of messages in recipient's mailbox exceeded the local limit.

   ----- Original message header -----
{RETURNED}
""", "mailboxfull", sender="postmaster@biglobe.example")
_words("einsundeins_text", "Mail delivery failed: returning message to sender", f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

{TARO}:
SMTP error from remote server for TEXT command, host: mail.b.example (203.0.113.8) reason: 550 5.7.1 SPF of isp.example says no to 198.18.0.25

--- The header of the original message is following. ---

{RETURNED}
""", "authfailure", "5.7.1", sender="Mail Delivery System <mailer-daemon@kundenserver.example>")
_words("kddi_full", "Mail System Error - Returned Mail", f"""    Your mail sent on: Thu, 29 Apr 2010 11:04:47 +0900
        Could not be delivered to: {TARO}
        As their mailbox is full.

{RETURNED}
""", "mailboxfull", sender="no-reply@app.auone-net.example")
_words("gmx_rcpt", "Mail delivery failed: returning message to sender", f"""This message was created automatically by mail delivery software.

A message that you sent could not be delivered to
one or more of its recipients. This is a permanent error.
The following address failed:

"{TARO}":
SMTP error from remote server after RCPT command:
host: mail.b.example
5.1.1 no account under that name

--- The header of the original message is following. ---

{RETURNED}
""", "userunknown", "5.1.1", sender="GMX Mailer Daemon <mailer-daemon@gmx.example>")
_words("groupwise_plain", "Message status - undeliverable", f"""The message that you sent was undeliverable to the following:
\ttaro ({TARO})\tuser not in the post office

""", "userunknown|filtered", sender="Mailer-Daemon@gw.b.example")
_dsn("outlook_com", "Delivery Status Notification (Failure)", f"""This is an automatically generated Delivery Status Notification.

Delivery to the following recipients failed.

       {TARO}

""", f"""Reporting-MTA: dns;BLU004-OMC1S1.hotmail.example
Received-From-MTA: dns;BLU436
Arrival-Date: Tue, 24 Nov 2026 10:00:00 -0800

Final-Recipient: rfc822;{TARO}
Action: failed
Status: 5.5.0
Diagnostic-Code: smtp;550-5.7.1 The sending network has a history of complaints from our users
 550 5.7.1 and is not let in
""", "badreputation|blocked", "5.7.1", sender="postmaster@hotmail.example")
_words("surfcontrol_conn", "Message sending failed", f"""Your message could not be sent.
A transcript of the attempts to send the message follows.
The number of attempts made: 12
Addressed To: {TARO}

Thu 29 Apr 2010 23:34:45 +0900
Failed to send to identified host,
{TARO}: [203.0.113.8], 421 Too many sessions from 198.18.0.25 at once
--- Message non-deliverable.
""", "ratelimited", sender="<>")
_words("verizon_mms", "Undeliverable Message", f"""Message could not be delivered to mobile.
Error: Subscriber is not provisioned for mail
  To: {TARO}
  From: hanako@isp.example
  Subject: hello
""", "userunknown|suspend|filtered|notaccept", sender="post_master@vtext.example")
_words("yahoo_full", "Failure Notice", f"""Sorry, we were unable to deliver your message to the following address.

<{TARO}>:
Remote host said: 552 5.2.2 The letters of this user fill the room we give him [RCPT_TO]

--- Below this line is a copy of the message.

{RETURNED}
""", "mailboxfull", "5.2.2", sender="MAILER-DAEMON@yahoo.example")
_words("zoho_code", "Undelivered Mail Returned to Sender", f"""This message was created automatically by mail delivery software.
 A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.

{TARO}, ERROR CODE :554 - 5.7.1 Mail of isp.example is no longer taken here, write to postmaster


Received:from mail.zoho.example by mx.zohomail.example
""", "rejected|blocked", "5.7.1", sender="mailer-daemon@mail.zoho.example")
_dsn("ses_greylist", "Delivery Status Notification (Failure)", f"""An error occurred while trying to deliver the mail to the following recipients:
{TARO}
""", f"""Reporting-MTA: dns; a8-50.smtp-out.ses.example

Action: failed
Final-Recipient: rfc822; {TARO}
Diagnostic-Code: smtp; 451 4.7.1 <{TARO}>: we know you not yet, wait ten minutes
Status: 4.7.1
""", "onhold", "4.7.1")
_dsn("ses_dmarc", "Delivery Status Notification (Failure)", f"""An error occurred while trying to deliver the mail to the following recipients:
{TARO}
""", f"""Reporting-MTA: dns; a8-50.smtp-out.ses.example

Action: failed
Final-Recipient: rfc822; {TARO}
Diagnostic-Code: smtp; 550 5.7.1 Rejected: isp.example publishes p=reject and neither SPF nor DKIM of this mail aligns with it
Status: 5.7.1
""", "authfailure", "5.7.1")
_dsn("sendgrid_nofields", "Undelivered Mail Returned to Sender", """Hello, this is the mail server on mx.example.net.

I am sending you this message to inform you on the delivery status of a message you previously sent.
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {HANA}
Action: failed
Status: 5.7.0
Diagnostic-Code: smtp; 550 5.7.0 the administrators of kaisha.example have forbidden mail from free services
""", "policyviolation|rejected", "5.7.0", to=HANA)
_dsn("starttls_needed", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: host mail.b.example[203.0.113.8] said: 530 5.7.0 No mail in the clear:
    encrypt first (in reply to MAIL FROM command)
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 5.7.0
Diagnostic-Code: smtp; 530 5.7.0 No mail in the clear: encrypt first
""", "failedstarttls|securityerror", "5.7.0")
_dsn("dnssec_fail", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: Host or domain name not found. Name service error for name=b.example
    type=MX: Host not found, try again
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 4.4.3
Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error for name=b.example type=MX: Host not found, try again
""", "networkerror", "4.4.3")
_dsn("virus_av", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: host mail.b.example[203.0.113.8] said: 554 5.7.1 Scanner: Win.Trojan.Agent-5440575 lives in
    invoice.doc (in reply to end of DATA command)
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 5.7.1
Diagnostic-Code: smtp; 554 5.7.1 Scanner: Win.Trojan.Agent-5440575 lives in invoice.doc
""", "virusdetected", "5.7.1")
_dsn("disk_full_there", "Delayed Mail (still being retried)", f"""This is the mail system at host mx.example.net.

<{TARO}>: host mail.b.example[203.0.113.8] said: 452 4.3.1 Our disk has no free
    space, come back tomorrow (in reply to MAIL FROM command)
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: delayed
Status: 4.3.1
Diagnostic-Code: smtp; 452 4.3.1 Our disk has no free space, come back tomorrow
Will-Retry-Until: Sun, 29 Nov 2026 10:00:00 +0900
""", "systemfull", "4.3.1", "delayed")
_dsn("maintenance", "Delayed Mail (still being retried)", f"""This is the mail system at host mx.example.net.

<{TARO}>: host mail.b.example[203.0.113.8] refused to talk to me: 421 4.3.2
    Closed for repairs until Sunday
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: delayed
Status: 4.3.2
Diagnostic-Code: smtp; 421 4.3.2 Closed for repairs until Sunday
""", "systemerror|notaccept|blocked", "4.3.2", "delayed")
_dsn("rate_msgs", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: host mail.b.example[203.0.113.8] said: 450 4.7.1 Only 30 letters an hour from one
    sender, you sent 44 (in reply to RCPT TO command)
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 4.7.1
Diagnostic-Code: smtp; 450 4.7.1 Only 30 letters an hour from one sender, you sent 44
""", "ratelimited", "4.7.1")
_dsn("moved_to", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: host mail.b.example[203.0.113.8] said: 551 5.1.6 Taro writes from another house
    now: taro@c.example (in reply to RCPT TO command)
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 5.1.6
Diagnostic-Code: smtp; 551 5.1.6 Taro writes from another house now: taro@c.example
""", "hasmoved", "5.1.6")
_dsn("null_mx", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: Domain b.example does not accept mail (nullMX)
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 5.1.0
Diagnostic-Code: X-Postfix; Domain b.example does not accept mail (nullMX)
""", "notaccept", "5.1.0")
_dsn("two_froms", "Undelivered Mail Returned to Sender", f"""This is the mail system at host mx.example.net.

<{TARO}>: host mail.b.example[203.0.113.8] said: 550 5.6.0 A letter needs exactly one From: header
    (in reply to end of DATA command)
""", f"""Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; {TARO}
Action: failed
Status: 5.6.0
Diagnostic-Code: smtp; 550 5.6.0 A letter needs exactly one From: header
""", "notcompliantrfc|contenterror", "5.6.0")


# ---- a second part, read for the first time after the first ----------------------------------------------------------------------
def _more(name: str, subject: str, body: str, reason: str, status: str = "", action: str = "failed", *, to: str = "ken@c.example", head: str = "") -> None:
    _words(name, subject, body, reason, status, action, to=to, head=head)


_more("netscape", "Mail could not be delivered", """This Message was undeliverable due to the following reason:

Each of the following recipients was rejected by a remote mail server.
The reasons given by the server are included to help you determine why
each recipient was rejected.

    Recipient: <ken@c.example>
    Reason:    5.1.1 <ken@c.example>... User unknown


Please reply to <Postmaster@ns.example>
if you feel this message to be in error.
""", "userunknown|filtered", "5.1.1")
_more("netscape_days", "Mail could not be delivered", """This Message was undeliverable due to the following reason:

Your message was not delivered because the destination computer was
not reachable within the allowed queue period. The amount of time
a message is queued before it is returned depends on local configura-
tion parameters.

Most likely there is a network problem that prevented delivery, but
it is also possible that the computer is turned off, or does not
have a mail system running right now.

Your message was not delivered within 5 days and 0 hours.
Host c.example is not responding.

The following recipients did not receive your message:

     <ken@c.example>

Please reply to Postmaster@ns.example
if you feel this message to be in error.
""", "expired")
_more("cpanel", "Mail delivery failed: returning message to sender", """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ken@c.example
    host mail.c.example [203.0.113.8]
    SMTP error from remote mail server after RCPT TO:<ken@c.example>:
    550-Mailbox ken@c.example has been disabled by the owner of the
    550 domain. Please write to support
    retry timeout exceeded

------ This is a copy of your message, including all the headers. ------

""" + RETURNED, "suspend", head="X-Failed-Recipients: ken@c.example\n")
_more("exim_domain_max", "Mail delivery failed: returning message to sender", """This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ken@c.example
    Domain isp.example has exceeded the max emails per hour (100/100 (100%)) allowed.  Message discarded.

------ This is a copy of your message, including all the headers. ------

""" + RETURNED, "ratelimited", head="X-Failed-Recipients: ken@c.example\n")
_more("exim_dkim", "Mail delivery failed: returning message to sender", """This message was created automatically by mail delivery software.

A message sent by

  <hanako@isp.example>

could not be delivered to one or more of its recipients. The following
address(es) failed:

  ken@c.example
    host aspmx.l.google.com [203.0.113.8]
    SMTP error from remote mail server after end of data:
    550-5.7.26 Your email has been blocked because the sender is unauthenticated.
    550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.
    550 5.7.26 x12-si4011367plr.94 - gsmtp
""", "authfailure", "5.7.26", head="X-Failed-Recipients: ken@c.example\n")
_more("icewarp", "Delivery Status Notification", """The original message was received at Tue, 24 Nov 2026 10:00:00 +0900
from hanako@isp.example

   ----- The following addresses had permanent fatal errors -----
<ken@c.example>
    (reason: 550 5.1.1 <ken@c.example> User unknown; rejecting)

   ----- Transcript of session follows -----
... while talking to mail.c.example
>>> RCPT TO:<ken@c.example>
<<< 550 5.1.1 <ken@c.example> User unknown; rejecting
""", "userunknown", "5.1.1")
_more("zimbra_size", "Undelivered Mail Returned to Sender", """This is the mail system at host zimbra.example.

<ken@c.example>: message size 32505856 exceeds size limit 20971520 of server
    mail.c.example[203.0.113.8]

                   The mail system
""", "emailtoolarge")
_more("ja_full", "メールを送信できませんでした", """hanako@isp.example 様

お客様が送信された以下のメールは、宛先のメールボックスの容量が
いっぱいのため、配送することができませんでした。

　宛先：ken@c.example
　件名：hello
　日時：2026年11月24日 10:00

しばらく時間をおいてから再度お試しください。
""", "mailboxfull")
_more("ja_unknown", "【配信不能通知】メールが届きませんでした", """以下の宛先にメールをお届けできませんでした。

宛先メールアドレス: ken@c.example
エラー内容: 550 5.1.1 宛先のユーザーは存在しません
""", "userunknown", "5.1.1")
_more("ja_size", "メール送信エラーのお知らせ", """メールサーバーからの自動送信です。

ken@c.example 宛のメールは、相手先サーバーの受信サイズの上限(10MB)を超えているため送信できませんでした。
""", "emailtoolarge")
_more("fw_zh", "系统退信", """抱歉，您的邮件被退回来了……

原邮件信息：
主题：hello
收件人：ken@c.example

退信原因： 收件人邮箱已满
""", "mailboxfull")
_more("thunder", "Delivery failure", """Your message to ken@c.example was blocked by the destination server:

    550 5.7.1 [203.0.113.9] has been listed as a source of unwanted mail

Contact your provider.
""", "blocked|badreputation|spamdetected", "5.7.1")
_more("mail2world", "Mail System Error - Returned Mail", """Failed to deliver to 'ken@c.example'
SMTP module(domain c.example) reports:
 account is full (quota exceeded)
""", "mailboxfull")
_more("delay_ja", "配送遅延のお知らせ", """以下の宛先へのメールの配送が遅延しています。

  ken@c.example

理由: 451 4.3.2 ただいまサーバーが混み合っています

あと3日間、再送を試みます。再送の必要はありません。
""", "systemerror|onhold|ratelimited|blocked|notaccept", "4.3.2", "delayed")
_more("mdaemon5", "Permanent Delivery Failure", """The attached message had PERMANENT fatal delivery errors!

After one or more unsuccessful delivery attempts the attached message has
been removed from the mail queue on this server.

YOUR MESSAGE WAS NOT DELIVERED TO ONE OR MORE RECIPIENTS!

Failed address: ken@c.example

--- Session Transcript ---
 Parsing Message <xxxxxx>
 From: hanako@isp.example
 To: ken@c.example
 MX-record resolution of [c.example] in progress...
 Attempting SMTP connection to [203.0.113.8 : 25]
 <-- 220 mail.c.example ESMTP
 --> EHLO mx.example.net
 <-- 250 mail.c.example
 --> MAIL From:<hanako@isp.example>
 <-- 250 ok
 --> RCPT To:<ken@c.example>
 <-- 550 5.7.1 <ken@c.example>: Recipient address rejected: account has been frozen
 --> QUIT
--- End Transcript ---
""", "suspend", "5.7.1")
_more("gmail_full", "Delivery Status Notification (Failure)", """Delivery to the following recipient failed permanently:

     ken@c.example

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the server for the recipient domain c.example by mail.c.example. [203.0.113.8].

The error that the other server returned was:
552 5.2.2 Mailbox size limit of this user has been reached

----- Original message -----

""" + RETURNED, "mailboxfull", "5.2.2")
_more("listserv2", "Undeliverable: list", """Your message to the list NEWS-L was not delivered, because
you are not subscribed to it. Only subscribers can post.

  To: news-l@c.example
""", "rejected", to="news-l@c.example")
ARCHIVE["two_recipients"] = (_mail("Undeliverable mail", """Your message could not be delivered to the following recipients:

ken@c.example
  550 5.1.1 user is not known here

rin@d.example
  552 5.2.2 user's space is used up
"""), [("ken@c.example", "userunknown"), ("rin@d.example", "mailboxfull")], ["5.1.1", "5.2.2"], "failed")
ARCHIVE["html_o365"] = (_mail("Undeliverable: hello", """<html><body><p><b>Your message to <a href="mailto:ken@c.example">ken@c.example</a> couldn't be delivered.</b></p>
<p>ken wasn't found at c.example.</p>
<p>Remote server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ken@c.example not found by SMTP address lookup'</p></body></html>
""", kind="text/html; charset=utf-8"), [("ken@c.example", "userunknown")], ["5.1.10"], "failed")
