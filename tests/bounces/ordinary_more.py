"""More mails that no delivery failed for: automatic answers, receipts, lists, desks, newsletters that quote servers, lures."""

from bounces.ordinary_made import _mail

AUTO = "Auto-Submitted: auto-replied\n"
MORE: dict[str, bytes] = {
    # ---- automatic answers
    "ooo_moved": _mail("Automatic reply: hello", "I have left the company. My mailbox hanako.old@shop.example is no longer monitored; please write to taro@shop.example.\n", head=AUTO, path="<>"),
    "ooo_de": _mail("Abwesenheitsnotiz: hello", "Ich bin bis 1.12. nicht erreichbar. Ihre Nachricht wird nicht weitergeleitet. Vertretung: jan@shop.example\n", head=AUTO, path="<>"),
    "ooo_fr": _mail("Réponse automatique : hello", "Je suis absente. Votre message n'a pas été lu. Contact : paul@shop.example\n", head="X-Auto-Response-Suppress: All\nAuto-Submitted: auto-replied\n", path="<>"),
    "ooo_exchange": _mail("自動応答: こんにちは", "本日は休暇をいただいております。\n届いたメールは後日確認いたします。急ぎの方は jiro@shop.example まで。\n", head="X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent\nAuto-Submitted: auto-replied\n", path="<>"),
    "ooo_no_header": _mail("Re: hello", "This is an automatic reply. I am out of the office with no access to email. For urgent matters call or write to desk@shop.example.\n", path="<>"),
    "ooo_japanese_sender": _mail("Re: お見積りの件", "※このメールは自動返信です。\n担当の佐藤は退職いたしました。今後は suzuki@shop.example までご連絡ください。\n", head="Precedence: auto_reply\nX-Autoreply: yes\n", path="<>"),
    "unmonitored": _mail("Re: hello", "You have replied to an address that is not monitored. Your message will not be read. Please use https://shop.example/contact\n", sender="no-reply@shop.example", head=AUTO, path="<>"),
    "closed_mailbox_autoreply": _mail("This mailbox is no longer in use", "Thank you for your mail. sales@shop.example is no longer in use; your message has been forwarded to shop@shop.example.\n", sender="sales@shop.example", head="Auto-Submitted: auto-replied\nX-Autorespond: 1\n", path="<>"),
    "order_received": _mail("【ショップ】ご注文ありがとうございます", "ご注文を受け付けました。\n宛先：〒000-0000 山田太郎様\n確認メールが届かない場合は shop@shop.example までお知らせください。\n", sender="shop@shop.example", head="Auto-Submitted: auto-generated\n", path="<>"),
    "form_received": _mail("お問い合わせを受け付けました", "このメールは送信専用です。返信いただいてもお答えできません。\nメールアドレス：hanako@isp.example\n内容：メールが送信できませんでした。エラー 550 が出ます。\n", sender="info@shop.example", head="Auto-Submitted: auto-generated\n", path="<>"),
    # ---- receipts
    "mdn_displayed": _mail(
        "Read: hello",
        "--m1\nContent-Type: text/plain\n\nYour message was displayed on the recipient's screen. There is no guarantee that it was read or understood.\n--m1\nContent-Type: message/disposition-notification\n\nReporting-UA: pc; Thunderbird\nFinal-Recipient: rfc822;friend@shop.example\nOriginal-Message-ID: <orig-1@isp.example>\nDisposition: manual-action/MDN-sent-manually; displayed\n\n--m1--\n",
        head='Content-Type: multipart/report; report-type=disposition-notification; boundary="m1"\n',
        path="<>",
    ),
    "mdn_deleted": _mail(
        "Not read: hello",
        "--m1\nContent-Type: text/plain\n\nYour message\n\n  To: friend@shop.example\n  Subject: hello\n\nwas deleted without being read.\n--m1\nContent-Type: message/disposition-notification\n\nFinal-Recipient: RFC822; friend@shop.example\nDisposition: automatic-action/MDN-sent-automatically; deleted\n\n--m1--\n",
        head='Content-Type: multipart/report; report-type=disposition-notification; boundary="m1"\n',
        path="<>",
    ),
    "mdn_ja": _mail("開封済み: こんにちは", "メッセージ\n\n  宛先: friend@shop.example\n  件名: こんにちは\n  送信日時: 2026/11/24 10:00\n\nは 2026/11/24 11:00 に開封されました。\n", path="<>"),
    # ---- lists and groups
    "ezmlm_warning": _mail("ezmlm warning", "Hi! This is the ezmlm program. I'm managing the dev@list.example mailing list.\n\nMessages to you from the dev mailing list seem to have been bouncing. I've attached a copy of the first bounce message I received.\nIf this message bounces too, I will send you a probe.\n\n--- Enclosed is a copy of the bounce message I received.\n\nReturn-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\nHi. This is the qmail-send program.\n<hanako@isp.example>:\nSorry, no mailbox here by that name.\n", sender="dev-help@list.example", head="List-ID: <dev.list.example>\nPrecedence: list\n", path="<dev-return-@list.example>"),
    "mailman_disabled": _mail("Your subscription to Dev mailing list has been disabled", "Your subscription has been disabled due to excessive bounces. The last bounce received from you was dated 20-Nov-2026.\n", sender="dev-bounces@list.example", head="List-ID: <dev.list.example>\n", path="<dev-bounces@list.example>"),
    "mailman_digest": _mail("Dev Digest, Vol 3, Issue 9", "Today's Topics:\n\n   1. Re: 550 5.7.1 Relaying denied (Ann)\n\nMessage: 1\nFrom: Ann <ann@shop.example>\nSubject: Re: 550 5.7.1 Relaying denied\n\n> <bob@other.example>: host mx.other.example[203.0.113.5] said: 550 5.7.1 Relaying denied\nSet mynetworks.\n", sender="dev-request@list.example", head="List-ID: <dev.list.example>\nPrecedence: bulk\n", path="<dev-bounces@list.example>"),
    "list_welcome": _mail("Welcome to the dev mailing list", "To post to this list, send your message to: dev@list.example\nMail sent from other addresses will be rejected.\n", sender="dev-request@list.example", head="List-ID: <dev.list.example>\n", path="<dev-bounces@list.example>"),
    "list_confirm": _mail("confirm 8a7b6c", "We have received a request for subscription of hanako@isp.example to the dev list. To confirm, reply to this message.\n", sender="dev-confirm@list.example", head="Precedence: bulk\n", path="<>"),
    # ---- desks and people
    "desk_closed": _mail("[Ticket #4711] closed: mail bounced", "Your ticket about 'Undelivered Mail Returned to Sender' is closed.\nLast entry: the address friend@shop.example did not exist (550 5.1.1). Use friend@shop2.example.\n", sender="support@isp.example", path="<support@isp.example>"),
    "desk_ja": _mail("【お問い合わせ番号 12345】エラーメールについて", "お問い合わせの「550 5.1.1 User unknown」は、宛先 friend@shop.example が存在しないときのエラーです。アドレスをご確認ください。\n", sender="サポート <support@isp.example>", path="<support@isp.example>"),
    "friend_asks": _mail("mail comes back", "When I write to you I get: <hanako@isp.example>: host mx.isp.example said: 552 5.2.2 mailbox full. Can you empty it?\n"),
    "friend_forwards_as_attachment": _mail("FW: Undeliverable: hello", "See below.\n\n-----Original Message-----\nFrom: postmaster@shop.example\nSubject: Undeliverable: hello\n\nDelivery has failed to these recipients or groups:\nann@shop.example\n"),
    "admin_mail": _mail("Mail queue on mx1", "mailq shows 12 deferred for shop.example: connect to mx.shop.example[203.0.113.5]:25: Connection timed out. ann@shop.example, bob@shop.example\n", sender="admin@isp.example"),
    "hr_left": _mail("Address changes in accounting", "As of December ann@shop.example will no longer exist. Mail to it will be returned as undeliverable. Use accounts@shop.example.\n"),
    # ---- machines
    "queue_report": _mail("Postfix summary for Nov 24", "Grand Totals\n 120 delivered\n 3 bounced\nmessage bounce detail (by relay)\n  mx.shop.example (total: 1)\n    1 550 5.1.1 <ann@shop.example>: Recipient address rejected: User unknown\n", sender="root@mx.isp.example", head="Auto-Submitted: auto-generated\n", path="<root@mx.isp.example>"),
    "esp_summary": _mail("Your campaign report", "Sent 1,000, delivered 980, bounced 20.\nHard bounces: ann@shop.example (550 5.1.1 user unknown), bob@other.example (mailbox full)\n", sender="reports@esp.example", head="List-Unsubscribe: <mailto:u@esp.example>\n", path="<bounces+1@esp.example>"),
    "backup_failed": _mail("Backup failed", "Delivery of the backup to host nas.isp.example failed: connection refused. Contact admin@isp.example\n", sender="backup@isp.example", head="Auto-Submitted: auto-generated\n", path="<>"),
    "voicemail": _mail("Voice message from 03-0000-0000", "You have a new message. If it cannot be delivered to your phone write to voice@tel.example.\n", sender="voice@tel.example", head="Auto-Submitted: auto-generated\n", path="<>"),
    "calendar_cancelled": _mail("Canceled: meeting", "The meeting was cancelled. Recipients: ann@shop.example; bob@shop.example\n", head="Auto-Submitted: auto-generated\n"),
    "quarantine_digest": _mail("Quarantine summary: 2 messages held", "The following messages were blocked as spam:\n  From: x@y.example  Subject: win\n  From: z@y.example  Subject: prize\nRelease: https://filter.isp.example/\n", sender="postmaster@isp.example", head="Auto-Submitted: auto-generated\n", path="<>"),
    "password_reset": _mail("パスワード再設定のご案内", "ご依頼により送信しています。心当たりがない場合は support@isp.example へご連絡ください。\n", sender="noreply@isp.example", path="<>", head="Auto-Submitted: auto-generated\n"),
    "parcel_returned": _mail("Your return was received", "The parcel was returned to sender because the recipient was unknown at the address. Questions: help@parcel.example\n", sender="help@parcel.example", path="<help@parcel.example>"),
    "tax_office": _mail("e-Tax 送信エラーのお知らせ", "申告データの送信に失敗しました。受付番号 123。再度送信してください。\n", sender="info@etax.example", path="<info@etax.example>"),
    "mail_migration": _mail("メールサービス移行のお知らせ", "12月1日以降、旧アドレス宛のメールは配信されません。宛先不明として返送されます。新アドレス: hanako@new.isp.example\n", sender="お客さまサポート <postmaster@isp.example>", path="<postmaster@isp.example>"),
    # ---- newsletters and teaching
    "course": _mail("Lesson 4: reading a bounce", "A bounce looks like this:\n\n  This is the mail system at host mx.example.net.\n  <ann@shop.example>: host mx.shop.example[203.0.113.5] said: 550 5.1.1 User unknown (in reply to RCPT TO command)\n\nRead the code first.\n", sender="teacher@school.example", head="List-Unsubscribe: <mailto:u@school.example>\n", path="<bounce-7@school.example>"),
    "vendor_news": _mail("Why are my mails undeliverable?", "Top reasons: mailbox full (552 5.2.2), user unknown (550 5.1.1), blocked by Spamhaus (554 5.7.1). Talk to us: sales@vendor.example\n", sender="news@vendor.example", head="List-ID: news\nPrecedence: bulk\n", path="<bounce@vendor.example>"),
    # ---- lures that pose as notices and hold no facts
    "lure_release": _mail("5 incoming messages could not be delivered", "Your mailbox has pending messages that were not delivered because of a sync error. Click to release them: https://mail-sync.example/?u=hanako\n", sender="Mail Server <admin@mail-sync.example>", path="<x@mail-sync.example>"),
    "lure_ja": _mail("【重要】未配信メールのお知らせ", "お客様宛のメール3通がサーバーで保留されています。24時間以内に下記よりご確認ください。\nhttps://isp-webmail.example/\n", sender="メールサポート <support@isp-webmail.example>", path="<support@isp-webmail.example>"),
    "lure_quota": _mail("Mailbox quota exceeded: incoming mail returned", "hanako@isp.example has used 99% of its quota. Incoming mails are being returned. Upgrade: https://quota.example/\n", sender="IT Helpdesk <helpdesk@quota.example>", path="<helpdesk@quota.example>"),
    "lure_attachment": _mail("Delivery failure: parcel JP123", "We failed to deliver your item. See the attached label invoice.zip. Write to claims@courier.example\n", sender="claims@courier.example", path="<claims@courier.example>"),
}

REPORTS: dict[str, tuple[bytes, str]] = {}
"""Delivery reports that tell of no failure: name → (octets, action)."""


def _dsn(name: str, words: str, action: str, status: str, subject: str) -> None:
    REPORTS[name] = (
        _mail(
            subject,
            f"--q1\nContent-Type: text/plain\n\n{words}\n--q1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.net\n\nFinal-Recipient: rfc822; friend@shop.example\nAction: {action}\nStatus: {status}\n\n--q1--\n",
            sender="MAILER-DAEMON@mx.example.net",
            head='Content-Type: multipart/report; report-type=delivery-status; boundary="q1"\n',
            path="<>",
        ),
        action,
    )


_dsn("delivered", "Your message was successfully delivered to the destination(s) listed below.", "delivered", "2.0.0", "Successful Mail Delivery Report")
_dsn("relayed", "Delivery to these recipients or groups is complete, but no delivery notification was sent by the destination server:", "relayed", "2.1.9", "Relayed: hello")
_dsn("expanded", "The message was sent to the mailing list, which forwards it to its members.", "expanded", "2.0.0", "Expanded: hello")
_dsn("delayed", "The mail system will keep trying. You do not need to resend your message.", "delayed", "4.4.1", "Delayed Mail (still being retried)")
