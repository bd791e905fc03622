"""Mails that speak of delivery and are no notices of it."""


def _mail(
    subject: str,
    body: str,
    *,
    sender: str = "Friend <friend@shop.example>",
    head: str = "",
    path: str = "<friend@shop.example>",
) -> bytes:
    return f"Return-Path: {path}\nFrom: {sender}\nTo: hanako@isp.example\nSubject: {subject}\n{head}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{body}".encode()


ORDINARY_MAILS = {
    "parcel": _mail(
        "お荷物をお届けできませんでした",
        "ご不在のためお荷物をお届けできませんでした。再配達は以下よりお申し込みください。\nhttps://parcel.example/\n",
    ),
    "parcel_en": _mail(
        "Your parcel could not be delivered",
        "We were unable to deliver your parcel to 1 Main St. Contact help@parcel.example.\n",
    ),
    "question": _mail(
        "送信できません",
        "お世話になっております。\ntaro@isp.example 宛にメールを送ると「550 5.1.1 User unknown」と出て戻ってきます。どうすればいいですか。\n",
    ),
    "re": _mail(
        "Re: Undelivered Mail Returned to Sender",
        "I got this too, what does it mean?\n\n> <a@b.example>: host mx.b.example[192.0.2.1] said: 550 5.1.1 User unknown\n",
    ),
    "fwd": _mail(
        "Fwd: failure notice",
        "Please look at this.\n\n---------- Forwarded message ----------\nFrom: MAILER-DAEMON\nHi. This is the qmail-send program.\n<a@b.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n",
    ),
    "github": _mail(
        "[postfix] Message could not be delivered (#12)",
        "When I send to test@b.example it says\n```\n550 5.1.1 User unknown\n```\n",
        head="List-ID: <x.github.example>\nPrecedence: list\n",
        path="<noreply@github.example>",
    ),
    "newsletter": _mail(
        "Why your mail bounces",
        "Ten reasons why your mail was not delivered: mailbox full, user unknown…\n",
        head="List-Unsubscribe: <mailto:u@n.example>\n",
        path="<bounce@n.example>",
    ),
    "vac": _mail(
        "自動応答: hello",
        "ただいま不在にしております。\n急ぎの場合は taro@isp.example へご連絡ください。\n",
        head="Auto-Submitted: auto-replied\n",
        path="<>",
    ),
    "vac2": _mail(
        "Automatic reply: hello", "I am out of office. Contact taro@isp.example or jiro@isp.example\n", path="<>"
    ),
    "vac3": _mail(
        "Auto: hello",
        "I no longer work here. Please write to taro@isp.example.\n",
        head="Auto-Submitted: auto-replied\n",
        path="<>",
    ),
    "ticket": _mail(
        "[Ticket#123] Re: mail problem",
        "お問い合わせありがとうございます。\n宛先: taro@isp.example\n件名: 配信できません\n担当者よりご連絡します。\n",
        head="Auto-Submitted: auto-generated\n",
        path="<>",
    ),
    "confirm": _mail(
        "ご注文の確認", "宛先: taro@isp.example\n商品: 本\n", path="<>", head="Auto-Submitted: auto-generated\n"
    ),
    "cron": _mail(
        "Cron <root@host> /usr/bin/backup",
        "backup: failed: connect to db: Connection refused\n",
        sender="Cron Daemon <root@isp.example>",
        head="Auto-Submitted: auto-generated\n",
        path="<root@isp.example>",
    ),
    "logwatch": _mail(
        "Logwatch for mx",
        "Postfix Begin\n 12 Bounced\n 550 5.1.1 user unknown: a@b.example 3 times\n",
        sender="root@mx.isp.example",
        path="<root@mx.isp.example>",
    ),
    "monitor": _mail(
        "PROBLEM: SMTP CRITICAL",
        "connect to mx.isp.example port 25: Connection refused\nContact: admin@isp.example\n",
        sender="nagios@isp.example",
        path="<nagios@isp.example>",
    ),
    "listmod": _mail(
        "Your message to dev awaits moderator approval",
        "Your mail to 'dev' with the subject\n    hello\nIs being held until the list moderator can review it for approval.\n",
        sender="dev-bounces@list.example",
        head="Precedence: bulk\n",
        path="<>",
    ),
    "receipt_in": _mail(
        "Received: hello",
        "Your message was received and will be read.\n",
        head="Auto-Submitted: auto-replied\n",
        path="<>",
    ),
    "postmaster_news": _mail(
        "メンテナンスのお知らせ",
        "サーバーのメンテナンスを実施します。期間中メールが遅延する場合があります。\nお問い合わせ: support@isp.example\n",
        sender="Postmaster <postmaster@isp.example>",
        path="<postmaster@isp.example>",
    ),
    "postmaster_quota": _mail(
        "メールボックス容量のお知らせ",
        "hanako@isp.example 様のメールボックスの容量が90%に達しました。\n",
        sender="Postmaster <postmaster@isp.example>",
        path="<postmaster@isp.example>",
    ),
    "dmarc": _mail(
        "Report domain: isp.example Submitter: g.example",
        "Attached is a DMARC report.\n",
        sender="noreply-dmarc@g.example",
        path="<noreply-dmarc@g.example>",
    ),
    "fax": _mail(
        "FAX送信エラー",
        "FAX 03-0000-0000 に送信できませんでした。\n",
        sender="fax@office.example",
        path="<fax@office.example>",
    ),
    "invoice": _mail(
        "請求書の送付先について", "宛先: keiri@shop.example\n上記の宛先に送付できませんでしたので再送します。\n"
    ),
    "sms": _mail("Message not sent", "Your SMS was not delivered. Reply STOP to end.\n", sender="sms@tel.example"),
}
