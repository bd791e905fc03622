"""Notices in the forms of mail systems that the shared samples hold few of or none, written from what those systems document.

name → (octets, reason, whether the returned header is in it). The recipient is always FRIEND.
"""

from bounces.notices_made import RETURNED, _mail

FRIEND = "friend@shop.example"
FORMS: dict[str, tuple[bytes, str, bool]] = {}
FORMS["domino"] = (
    _mail(
        "DELIVERY FAILURE: User friend (friend@shop.example) not listed in Domino Directory",
        f"""Your message

  Subject: hello

was not delivered to:

  {FRIEND}

because:

  User friend ({FRIEND}) not listed in Domino Directory

""",
        sender="postmaster@shop.example",
    ),
    "userunknown",
    False,
)
FORMS["groupwise"] = (
    _mail(
        "Message status - undeliverable",
        f"""The message that you sent was undeliverable to the following:
\tfriend ({FRIEND}) (550 user unknown)

Possibly truncated original message follows:

{RETURNED}
hello
""",
        sender="Postmaster <postmaster@shop.example>",
    ),
    "filtered",
    True,
)
FORMS["cgp"] = (
    _mail(
        "Undeliverable mail: hello",
        f"""Failed to deliver to '{FRIEND}'
LOCAL module(account friend) reports:
 account is full (quota exceeded)

Original message header:
{RETURNED}
""",
        sender="<MAILER-DAEMON@shop.example>",
    ),
    "mailboxfull",
    True,
)
FORMS["mdaemon"] = (
    _mail(
        "Permanent Delivery Failure",
        f"""The attached message had PERMANENT fatal delivery errors!

After one or more unsuccessful delivery attempts the attached message has
been removed from the mail queue on this server.  The number and frequency
of delivery attempts are determined by local configuration parameters.

YOUR MESSAGE WAS NOT DELIVERED!

Failed address: {FRIEND}

--- Session Transcript ---
 Tue 2026-11-24 10:00:00: [8:2] Attempting SMTP connection to [203.0.113.5:25]
 Tue 2026-11-24 10:00:00: [8:2] <-- 220 mx.shop.example ESMTP
 Tue 2026-11-24 10:00:00: [8:2] --> RCPT To:<{FRIEND}>
 Tue 2026-11-24 10:00:00: [8:2] <-- 550 5.1.1 <{FRIEND}>: User unknown
--- End Transcript ---

: Message contains [1] file attachments
""",
        sender="MDaemon at isp.example <MDaemon@isp.example>",
    ),
    "userunknown",
    False,
)
FORMS["kerio"] = (
    _mail(
        "Message Delivery Failure",
        f"""Your message

   Subject: hello
   Date: Tue, 24 Nov 2026 10:00:00 +0900

could not be delivered to following recipients:

{FRIEND}
550 5.1.1 User unknown
""",
        sender="Mail Delivery Subsystem <postmaster@isp.example>",
    ),
    "userunknown",
    False,
)
FORMS["hmail"] = (
    _mail(
        "Message undeliverable: hello",
        f"""Your message did not reach some or all of the intended recipients.

   Sent: Tue, 24 Nov 2026 10:00:00 +0900
   Subject: hello

The following recipient(s) could not be reached:

{FRIEND}
   Error Type: SMTP
   Remote server (203.0.113.5) issued an error.
   hMailServer sent: RCPT TO:<{FRIEND}>
   Remote server replied: 552 5.2.2 mailbox is full

hMailServer
""",
    ),
    "mailboxfull",
    False,
)
FORMS["mercury"] = (
    _mail(
        "Postmaster notify: delivery failure.",
        f"""The attached message has failed delivery.

One or more addresses in your message have failed with the following
responses from the mail transport system:

   <{FRIEND}>: 550 5.7.1 relaying denied

""",
    ),
    "norelaying",
    False,
)
FORMS["mailenable"] = (
    _mail(
        "Message Delivery Failure",
        f"""MailEnable: Message could not be delivered to some recipients.
The following recipient(s) could not be reached:

\tRecipient: [SMTP:{FRIEND}]
\tReason: Remote SMTP Server Returned: 550 No such user here


Message headers follow:

{RETURNED}
""",
    ),
    "filtered",
    True,
)
FORMS["smarter"] = (
    _mail(
        "Delivery Failure",
        f"""Could not deliver message to the following recipient(s):

Failed Recipient: {FRIEND}
Reason: Remote host said: 550 5.1.1 Recipient not found

   -- The header and top 20 lines of the message follows --

{RETURNED}
""",
        sender="System Administrator <postmaster@isp.example>",
    ),
    "userunknown",
    True,
)
FORMS["ecelerity"] = (
    _mail(
        "Mail Delivery Failure",
        f"""This message was created automatically by the mail system (ecelerity).

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

>>> {FRIEND} (after RCPT TO): 550 5.1.1 recipient rejected

------ This is a copy of the headers of the original message. ------

{RETURNED}
""",
    ),
    "userunknown",
    True,
)
FORMS["ex2003de"] = (
    _mail(
        "Unzustellbar: hello",
        f"""Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.

      Betreff:	hello
      Gesendet am:	24.11.2026 10:00

Folgende Empfänger konnten nicht erreicht werden:

      {FRIEND} am 24.11.2026 10:01
            Das E-Mail-Konto ist in der Organisation nicht vorhanden, an die diese Nachricht gesendet wurde. Überprüfen Sie die E-Mail-Adresse.
            < mx.shop.example #5.1.1>
""",
        sender="Systemadministrator <postmaster@shop.example>",
    ),
    "userunknown",
    False,
)
FORMS["ex2007ja"] = (
    _mail(
        "配信不能: hello",
        f"""次の受信者またはグループへの配信に失敗しました:

{FRIEND}
入力した電子メール アドレスが見つかりませんでした。受信者の電子メール アドレスを確認して、メッセージを再送信してみてください。






管理者向けの診断情報:

生成サーバー: ex1.shop.example

{FRIEND}
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##

元のメッセージ ヘッダー:

{RETURNED}
""",
        sender="Microsoft Exchange <postmaster@shop.example>",
    ),
    "userunknown",
    True,
)
FORMS["ex2010fr"] = (
    _mail(
        "Non remis : hello",
        f"""Échec de la remise pour ces destinataires ou groupes :

{FRIEND}
L'adresse de messagerie que vous avez entrée est introuvable. Vérifiez l'adresse de messagerie du destinataire et réessayez d'envoyer le message.

Informations de diagnostic pour les administrateurs :

Génération du serveur : ex1.shop.example

{FRIEND}
#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##

En-têtes de message d'origine :

{RETURNED}
""",
        sender="Microsoft Exchange <postmaster@shop.example>",
    ),
    "userunknown",
    True,
)
FORMS["ex2010it"] = (
    _mail(
        "Non recapitabile: hello",
        f"""Recapito non riuscito per i seguenti destinatari o gruppi:

{FRIEND}
La cassetta postale del destinatario è piena e non può accettare altri messaggi.

Informazioni diagnostiche per gli amministratori:

Server di generazione: ex1.shop.example

{FRIEND}
#550 5.2.2 STOREDRV.Deliver: mailbox full ##

Intestazioni originali del messaggio:

{RETURNED}
""",
        sender="Microsoft Exchange <postmaster@shop.example>",
    ),
    "mailboxfull",
    True,
)
FORMS["o365es"] = (
    _mail(
        "No se puede entregar: hello",
        f"""No se pudo entregar su mensaje a {FRIEND}.

No se encontró friend en shop.example.

Error notificado:	550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {FRIEND} not found by SMTP address lookup
DSN generado por:	x.prod.outlook.com

Encabezados de mensajes originales

{RETURNED}
""",
        sender="Microsoft Outlook <MicrosoftExchange329e@shop.example>",
    ),
    "userunknown",
    True,
)
FORMS["gmailold"] = (
    _mail(
        "Delivery Status Notification (Failure)",
        f"""Delivery to the following recipient failed permanently:

     {FRIEND}

Technical details of permanent failure:
Google tried to deliver your message, but it was rejected by the server for the recipient domain shop.example by mx.shop.example. [203.0.113.5].

The error that the other server returned was:
550 5.1.1 <{FRIEND}>: Recipient address rejected: User unknown

----- Original message -----

{RETURNED}
hello
""",
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    ),
    "userunknown",
    True,
)
FORMS["james"] = (
    _mail(
        "Re: hello",
        f"""Hi. This is the James mail server at isp.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.  Below
I include the list of recipients and the reason why I was unable to deliver
your message.

Failed recipient(s):
{FRIEND}

Error message:
550 5.1.1 unknown user

""",
        sender="postmaster@isp.example",
    ),
    "userunknown",
    False,
)
FORMS["james2"] = (
    _mail(
        "[BOUNCE] hello",
        f"""Error message below:
550 - Requested action not taken: no such user here

Message details:
  Subject: hello
  Sent date: Tue, 24 Nov 2026 10:00:00 +0900
  MAIL FROM: hanako@isp.example
  RCPT TO: {FRIEND}
  From: hanako@isp.example
  To: {FRIEND}
  Size (in bytes): 1000
  Number of lines: 20
""",
        sender="postmaster@isp.example",
    ),
    "filtered",
    False,
)
FORMS["imss"] = (
    _mail(
        "Mail could not be delivered",
        f"""****** Message from InterScan Messaging Security Suite ******

Sent <<< RCPT TO:<{FRIEND}>
Received >>> 550 5.1.1 <{FRIEND}>... user unknown

Unable to deliver message to <{FRIEND}>.

************************     End of message     **********************
""",
        sender="InterScan MSS Notification <postmaster@isp.example>",
    ),
    "userunknown",
    False,
)
FORMS["surf"] = (
    _mail(
        "Your message could not be sent",
        f"""Your message could not be sent.
A transcript of the attempts to send the message follows.
The number of attempts made: 1
Addressed To: {FRIEND}

Tue 24 Nov 2026 10:00:00 +0900
Failed to send to identified host,
{FRIEND}: [203.0.113.5], 550 5.1.1 user unknown
--- Message non-deliverable.
""",
        sender="Mail Delivery <mailer@isp.example>",
    ),
    "userunknown",
    False,
)
FORMS["iplanet"] = (
    _mail(
        "Mail System Error - Returned Mail",
        f"""This Message was undeliverable due to the following reason:

The following destination addresses were unknown (please check
the addresses and re-mail the message):

SMTP <{FRIEND}>

Please reply to Postmaster@isp.example
if you feel this message to be in error.
""",
        sender="Mail Administrator<Postmaster@isp.example>",
    ),
    "userunknown",
    False,
)
FORMS["iplanet2"] = (
    _mail(
        "Mail System Error - Returned Mail",
        f"""This Message was undeliverable due to the following reason:

Each of the following recipients was rejected by a remote mail server.
The reasons given by the server are included to help you determine why
each recipient was rejected.

    Recipient: <{FRIEND}>
    Reason:    Mailbox size limit exceeded


Please reply to Postmaster@isp.example
if you feel this message to be in error.
""",
        sender="Mail Administrator<Postmaster@isp.example>",
    ),
    "mailboxfull",
    False,
)
FORMS["postoffice"] = (
    _mail(
        "Undeliverable Mail",
        f"""Your message was not delivered to

     {FRIEND}

for the following reason:

     Mailbox full
""",
        sender="Mail Administrator<postmaster@isp.example>",
    ),
    "mailboxfull",
    False,
)
FORMS["ntmail"] = (
    _mail(
        "Failed mail (quota)",
        f"""The message you sent to shop.example/friend was rejected because
the quota for {FRIEND} would have been exceeded.

Original message follows.

{RETURNED}
""",
        sender="Mail Server <mailer-daemon@shop.example>",
    ),
    "mailboxfull",
    True,
)
FORMS["smail"] = (
    _mail(
        "mail failed, returning to sender",
        f"""|------------------------- Message log follows: -------------------------|
 no valid recipients were found for this message
|------------------------- Failed addresses follow: ---------------------|
 <{FRIEND}> ... transport smtp: 550 <{FRIEND}>... User unknown
|------------------------- Message text follows: ------------------------|
{RETURNED}
hello
""",
        sender="Mail Delivery System <mailer-daemon@isp.example>",
    ),
    "filtered",
    True,
)
FORMS["xmail"] = (
    _mail(
        "Error sending message [1234.5678.mx] from [isp.example]",
        f"""[<00>] XMail bounce: Rcpt=[{FRIEND}];Error=[550 No such user]

[<01>] Error sending message [1234.5678.mx] from [isp.example].

ID:        <S1>
Mail From: <hanako@isp.example>
Rcpt To:   <{FRIEND}>
Server:    <mx.shop.example> [203.0.113.5]

[<02>] The reason of the delivery failure was:

550 No such user

[<05>] Here is listed the initial part of the message:

{RETURNED}
""",
        sender="postmaster@isp.example",
    ),
    "filtered",
    True,
)
FORMS["haraka"] = (
    _mail(
        "failure notice",
        f"""Hi. This is the Haraka mailer at mx.isp.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

Intended Recipients: <{FRIEND}>
Failure Reason: 550 5.1.1 No such user

--- Below this line is a copy of the message.

{RETURNED}
hello
""",
    ),
    "userunknown",
    True,
)
FORMS["stalwart"] = (
    _mail(
        "Failed to deliver message",
        f"""Your message could not be delivered to the following recipients:

<{FRIEND}> (host 'mx.shop.example' rejected command 'RCPT TO:<{FRIEND}>' with code 550 (5.1.1) 'User unknown')

""",
        sender="Mail Delivery Subsystem <MAILER-DAEMON@isp.example>",
    ),
    "userunknown",
    False,
)
FORMS["fetchmail"] = (
    _mail(
        "Mail delivery failed",
        f"""Some addresses were rejected by the MDA fetchmail forwards to.

{FRIEND}: 550 5.1.1 User unknown
""",
        sender="FETCHMAIL-DAEMON <FETCHMAIL-DAEMON@isp.example>",
    ),
    "userunknown",
    False,
)
FORMS["qqmail"] = (
    _mail(
        "系统退信",
        f"""抱歉，您的邮件被退回来了……

原邮件信息：
时间 2026-11-24 10:00:00
主题 hello
收件人 {FRIEND}

退信原因： 收件人地址不存在（550 User not found）
""",
        sender="PostMaster@qq.example",
    ),
    "userunknown",
    False,
)
FORMS["netease"] = (
    _mail(
        "系统退信",
        f"""很抱歉，您发送的邮件被退回，以下是该邮件的相关信息：

被退回邮件 主题：hello
时间：2026-11-24 10:00:00

无法发送到 {FRIEND}

退信原因 收件人邮件地址（{FRIEND}）不存在，邮件无法送达。
SMTP error, RCPT TO: 550 Requested mail action not taken: mailbox not found
""",
        sender="Postmaster@163.example",
    ),
    "userunknown",
    False,
)
FORMS["naver"] = (
    _mail(
        "발송 실패 안내",
        f"""메일이 전송되지 않았습니다.

받는사람: {FRIEND}
발송실패 사유: 존재하지 않는 사용자입니다. (550 5.1.1 User unknown)
""",
        sender="MAILER-DAEMON@naver.example",
    ),
    "userunknown",
    False,
)
FORMS["ja_plain"] = (
    _mail(
        "メール送信エラーのお知らせ",
        f"""メールを送信できませんでした。

宛先: {FRIEND}
件名: hello
理由: 宛先のメールボックスが一杯です。

""",
        sender="MAILER-DAEMON@isp.example",
    ),
    "mailboxfull",
    False,
)
FORMS["ja_ocn"] = (
    _mail(
        "Undelivered Mail Returned to Sender",
        f"""This is the Postfix program at host mx.example.ne.jp.

I'm sorry to have to inform you that the message returned
below could not be delivered to one or more destinations.

The following sentences are Japanese.
このメールと共に返信されているメールは一つ以上の宛先に対
して配信できませんでした。

<{FRIEND}>: host mx.shop.example[203.0.113.5] said: 550 5.1.1
    <{FRIEND}>: User unknown (in reply to RCPT TO command)
""",
    ),
    "userunknown",
    False,
)
FORMS["ja_jcom"] = (
    _mail(
        "配信エラー",
        f"""お客様が送信された下記のメールは、以下の理由により配信できませんでした。

  宛先アドレス：{FRIEND}
  理由：相手先サーバーがメールサイズの上限を超えたため受信を拒否しました (552 5.3.4 Message too big)
""",
    ),
    "emailtoolarge",
    False,
)
FORMS["mailmarshal"] = (
    _mail(
        "Undeliverable Mail: hello",
        f"""Your message:
   From:    hanako@isp.example
   Subject: hello

Could not be delivered because of

550 5.1.1 <{FRIEND}>... User unknown

The following recipients were affected:
    {FRIEND}

Additional Information
======================
Original Sender:    <hanako@isp.example>
""",
    ),
    "userunknown",
    False,
)
FORMS["notes_de"] = (
    _mail(
        "ZUSTELLUNGSFEHLER: User friend not listed",
        f"""Ihre Nachricht

  Betreff: hello

konnte nicht an

  {FRIEND}

zugestellt werden, da

  550 5.1.1 User unknown
""",
        sender="postmaster@shop.example",
    ),
    "userunknown",
    False,
)
FORMS["mimedefang"] = (
    _mail(
        "Undeliverable: hello",
        f"""Delivery has failed to these recipients or groups:

friend ({FRIEND})<mailto:{FRIEND}>
The email address you entered couldn't be found. Please check the recipient's email address and try to resend the message.

Diagnostic information for administrators:

Generating server: ex1.shop.example

{FRIEND}
Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'

Original message headers:

{RETURNED}
""",
        sender="Microsoft Outlook <postmaster@shop.example>",
    ),
    "userunknown",
    True,
)
FORMS["delay_pf"] = (
    _mail(
        "Delayed Mail (still being retried)",
        f"""This is the mail system at host mx.isp.example.

####################################################################
# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #
####################################################################

Your message could not be delivered for more than 4 hour(s).
It will be retried until it is 5 day(s) old.

<{FRIEND}>: connect to mx.shop.example[203.0.113.5]:25: Connection refused
""",
    ),
    "networkerror",
    False,
)
FORMS["halon"] = (
    _mail(
        "Undelivered mail",
        f"""Your message could not be delivered to {FRIEND}.

The error was: 550 5.7.1 Message rejected due to SPF policy

{RETURNED}
""",
    ),
    "authfailure",
    True,
)
FORMS["zohoish"] = (
    _mail(
        "Undelivered Mail Returned to Sender",
        f"""This message was created automatically by mail delivery software.
 A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.

{FRIEND}, ERROR_CODE :550, ERROR_CODE :5.1.1 <{FRIEND}>: User unknown


Received:from mail.isp.example by mx.isp.example
{RETURNED}
""",
    ),
    "userunknown",
    True,
)

OTHER = "two@other.example"
LISTS: dict[str, tuple[bytes, list[tuple[str, str | None]]]] = {}
"""name → (octets, recipients with their reasons; None: not looked at)."""
LISTS["multi_pf"] = (
    _mail(
        "Undelivered Mail Returned to Sender",
        f"""This is the mail system at host mx.isp.example.

<{FRIEND}>: host mx.shop.example[203.0.113.5] said: 550 5.1.1 <{FRIEND}>:
    User unknown (in reply to RCPT TO command)

<{OTHER}>: Host or domain name not found. Name service error for
    name=other.example type=MX: Host not found
""",
    ),
    [(FRIEND, "userunknown"), (OTHER, "hostunknown")],
)
LISTS["multi_qmail"] = (
    _mail(
        "failure notice",
        f"""Hi. This is the qmail-send program at mx.example.net.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{FRIEND}>:
user is over quota

<{OTHER}>:
Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)
I'm not going to try again; this message has been in the queue too long.

--- Below this line is a copy of the message.

{RETURNED}
""",
    ),
    [(FRIEND, "mailboxfull"), (OTHER, "networkerror")],
)
LISTS["exch55"] = (
    _mail(
        "Undeliverable: hello",
        f"""Your message

  To:      friend
  Subject: hello
  Sent:    Tue, 24 Nov 2026 10:00:00 +0900

did not reach the following recipient(s):

{FRIEND} on Tue, 24 Nov 2026 10:01:00 +0900
    The message could not be delivered because the recipient's mailbox is full.
    <mx.shop.example #5.2.2>
{OTHER} on Tue, 24 Nov 2026 10:01:00 +0900
    Unable to deliver the message due to a communications failure
""",
        sender="System Administrator <postmaster@shop.example>",
    ),
    [(FRIEND, "mailboxfull"), (OTHER, None)],
)
LISTS["ja_list"] = (
    _mail(
        "配信エラーのお知らせ",
        f"""以下の宛先へのメールは配信できませんでした。

・{FRIEND}
　　理由：ユーザーが存在しません

・{OTHER}
　　理由：メールボックスの容量を超えています

お問い合わせ: support@isp.example
""",
    ),
    [(FRIEND, None), (OTHER, "mailboxfull")],
)
LISTS["ja_inline"] = (
    _mail(
        "メールが送信できませんでした",
        f"""お客様が {FRIEND} 宛に送信されたメールは、宛先のドメインが見つからないため送信できませんでした。
ご不明な点は support@isp.example までお問い合わせください。
""",
    ),
    [(FRIEND, "hostunknown")],
)
LISTS["ja_honorific"] = (
    _mail(
        "送信エラー",
        """friend@shop.example様へのメールをお届けできませんでした。受信者のメールボックスがいっぱいです。
""",
    ),
    [(FRIEND, "mailboxfull")],
)
LISTS["html"] = (
    _mail(
        "Undeliverable: hello",
        f"""<html><body><p><b>Your message to {FRIEND} couldn't be delivered.</b></p><p>friend wasn't found at shop.example.</p><p>Reported error: <i>550 5.1.1 User unknown</i></p></body></html>
""",
        sender="Microsoft Outlook <postmaster@shop.example>",
        kind="text/html; charset=utf-8",
    ),
    [(FRIEND, "userunknown")],
)
LISTS["quoted"] = (
    _mail(
        "Mail Delivery Failure",
        f"""Delivery to '{FRIEND}' failed: 552 5.3.4 message too large
""",
    ),
    [(FRIEND, "emailtoolarge")],
)
LISTS["angle_colon"] = (
    _mail(
        "Undeliverable message",
        f"""Your message cannot be delivered to the following recipients:

Recipient address: {FRIEND}
Reason: Remote SMTP server has rejected address
Diagnostic code: smtp;550 5.1.1 User unknown
Remote system: dns;mx.shop.example (TCP|192.0.2.1|1|203.0.113.5|25)
""",
    ),
    [(FRIEND, "userunknown")],
)
LISTS["delay_qmail"] = (
    _mail(
        "WARNING: message delayed",
        f"""Your message to the following recipient has been delayed:

    {FRIEND}

Reason: connection timed out

The server will keep trying for 4 more days.
""",
    ),
    [(FRIEND, "expired")],
)
LISTS["gmail_delay"] = (
    _mail(
        "Delivery Status Notification (Delay)",
        f"""** Delivery incomplete **

There was a temporary problem delivering your message to {FRIEND}. Gmail will retry for 46 more hours. You'll be notified if the delivery fails permanently.

The response was:

The recipient server did not accept our requests to connect.
""",
        sender="Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
    ),
    [(FRIEND, "expired")],
)
LISTS["table"] = (
    _mail(
        "Delivery Failure Report",
        f"""Delivery Failure Report
Your document:\thello
could not be delivered to:\t{FRIEND}
because:\tUser friend not listed in Domino Directory
""",
    ),
    [(FRIEND, "userunknown")],
)
LISTS["expanded"] = (
    _mail(
        "Undelivered Mail Returned to Sender",
        f"""This is the mail system at host mx.isp.example.

<real@inner.example> (expanded from <{FRIEND}>): mail forwarding loop for real@inner.example
""",
    ),
    [("real@inner.example", "networkerror")],
)
LISTS["plus"] = (
    _mail(
        "Mail delivery failed: returning message to sender",
        f"""A message that you sent could not be delivered to one or more of its
recipients. The following address(es) failed:

  friend+tag@shop.example
    (generated from {FRIEND})
    local delivery failed
""",
    ),
    [("friend+tag@shop.example", "mailererror")],
)
LISTS["quoteddot"] = (
    _mail(
        "Undelivered Mail Returned to Sender",
        """This is the mail system at host mx.isp.example.

<taro..x.@docomo.ne.jp>: host mfsmax.docomo.ne.jp[203.0.113.7] said: 550 Unknown user taro..x.@docomo.ne.jp (in reply to end of DATA command)
""",
    ),
    [("taro..x.@docomo.ne.jp", None)],
)
LISTS["rfc822hdr"] = (
    _mail(
        "Returned mail: User unknown",
        f"""   ----- The following addresses had permanent fatal errors -----
"|/usr/local/bin/prog"
    (reason: service unavailable)
    (expanded from: <{FRIEND}>)

   ----- Transcript of session follows -----
554 5.3.0 unknown mailer error 255
""",
    ),
    [(FRIEND, "mailererror")],
)
LISTS["spanish"] = (
    _mail(
        "Error de entrega",
        f"""El mensaje no pudo ser entregado a los siguientes destinatarios:

{FRIEND}: 550 El usuario no existe
""",
    ),
    [(FRIEND, None)],
)
LISTS["russian"] = (
    _mail(
        "Недоставленное сообщение",
        f"""Ваше сообщение не может быть доставлено следующим получателям:

{FRIEND}: ящик переполнен
""",
    ),
    [(FRIEND, "mailboxfull")],
)
LISTS["korean"] = (
    _mail(
        "메일 반송",
        f"""아래 주소로 메일을 전송하지 못했습니다.

{FRIEND} : 550 5.1.1 User unknown
""",
    ),
    [(FRIEND, None)],
)
LISTS["portug"] = (
    _mail(
        "Falha na entrega",
        f"""Não foi possível entregar a sua mensagem para {FRIEND}.
Caixa postal cheia.
""",
    ),
    [(FRIEND, "mailboxfull")],
)
LISTS["bare"] = (
    _mail(
        "Mail System Error",
        f"""{FRIEND}... User unknown
""",
    ),
    [(FRIEND, None)],
)
LISTS["mailto"] = (
    _mail(
        "Undeliverable",
        f"""Delivery has failed to these recipients or distribution lists:

friend<mailto:{FRIEND}>
The recipient's mailbox is full and can't accept messages now.
""",
    ),
    [(FRIEND, "mailboxfull")],
)
LISTS["spaced"] = (
    _mail(
        "failure",
        f"""Your mail could not be delivered.

Recipient  :  {FRIEND}
Error code :  5.2.2
Message    :  Mailbox full
""",
    ),
    [(FRIEND, "mailboxfull")],
)
LISTS["wide"] = (
    _mail(
        "メール配信不能通知",
        """メール配信不能通知

　宛　先　：　friend@shop.example
　理　由　：　メールボックスの容量を超えています
""",
    ),
    [(FRIEND, "mailboxfull")],
)
