"""Fake notices in the styles that members in Japan receive: they pose as MAILER-DAEMON and want a click or a password."""

import random
from base64 import b64encode

from . import people
from .real import Made, _date

LURES_JA = (
    ("【{isp}】保留中のメールが{n}件あります", "お客様宛の{n}件のメールが、サーバーのエラーにより保留されています。\n下記のボタンからメールを受信トレイに移動してください。\n\n{link}\n\n48時間以内に操作がない場合、保留メールは自動的に削除されます。"),
    ("メール配信エラー：未配信のメッセージ", "{owner} 様\n\n{n}件の受信メールを配信できませんでした。\n再配信をご希望の場合は、以下のリンクよりログインしてください。\n{link}\n\nメールサーバー管理者"),
    ("Mail Delivery System: 容量の上限に達しました", "お客様のメールボックスの容量が98.5%に達しているため、新しいメールを受信できません。\n容量を追加するには、こちらをクリックしてください。\n{link}"),
    ("【重要】メールサーバーのアップグレードに伴う再認証のお願い", "システムアップグレードにより、アカウントの再認証が必要です。\n再認証が完了しない場合、メールの送受信ができなくなります。\n\n再認証はこちら： {link}\n\n{isp} カスタマーサポート"),
    ("送信エラー：メールを送信できませんでした", "あなたのメールアドレス {owner} から送信された{n}通のメールが、認証エラーのため送信待ちになっています。\nパスワードを確認して送信を再開してください。\n{link}"),
    ("メールアカウントのパスワードの有効期限が切れます", "{owner} のパスワードの有効期限は本日までです。\n現在のパスワードを維持する場合は、下記よりお手続きください。\n{link}\n\n至急のお手続きをお願いいたします。"),
    ("Undelivered Mail Returned to Sender（要確認）", "宛先： {owner}\n状態： 配信失敗\n原因： メールサーバーの同期エラー\n\n未配信メールを確認する：\n{link}"),
    ("配信不能通知 (MAILER-DAEMON)", "受信メールサーバーに接続できないため、メールの受け取りが停止されています。\nアカウントの確認を行ってください。確認されない場合、アカウントは凍結されます。\n{link}"),
)
LURES_EN = (
    ("Mail Delivery Failure: ({n}) messages pending", "Dear {owner},\n\nYou have ({n}) undelivered messages clustered on your cloud due to low email storage capacity.\nRelease messages to inbox: {link}\n\nMail Administrator"),
    ("Delivery Status Notification (Failure)", "The server was unable to deliver {n} new incoming messages to {owner}.\nReview messages and move to inbox:\n{link}\n\nMessages will be deleted within 24 hours."),
    ("Undelivered Mail Returned to Sender", "Your outgoing mails are on hold because your mailbox has not been verified.\n\nVerify your mailbox: {link}\n\nFailure to do so will result in suspension."),
    ("Mailbox quota exceeded - action required", "Your mailbox {owner} has reached its storage limit and cannot receive mail.\nUpgrade now to keep receiving messages.\n{link}"),
    ("Your password expires today", "Password for {owner} will expire today. Keep same password here:\n{link}\nIT Helpdesk"),
    ("Message delivery has been paused", "We noticed that some of your messages could not be delivered to your inbox. Click the button below to recover messages.\n{link}"),
    ("Mail System Notification: sync error", "IMAP/POP3 server sync error. Sign in to resolve the error and retrieve your messages:\n{link}"),
)
HOSTS = ("mail-verify.example.top", "storage.googleapis.example.dev", "isp-login.example.xyz", "bafy{w}.ipfs.example.link", "www.{w}-shop.example.com", "secure-{w}.example.cn", "{w}.web.example.app")
NAMES = ("Mail Delivery System", "MAILER-DAEMON", "Mail Delivery Subsystem", "メール配送システム", "Postmaster", "メールサーバー", "{isp} Mail Server", "Webmail Administrator", "メール管理者", "Mail Admin")


def _link(rng: random.Random, owner: str) -> str:
    host = rng.choice(HOSTS).format(w=people.word(rng, 6))
    return f"https://{host}/{people.word(rng, 5)}?e={owner}"


def fake(rng: random.Random) -> Made:
    """Make one fake notice."""
    owner = f"{rng.choice(people.MEMBERS)}@{people.ISP}"
    subject, body = rng.choice(LURES_JA if rng.random() < 0.6 else LURES_EN)
    words = {"n": str(rng.randint(2, 18)), "owner": owner, "isp": rng.choice(("Sample Net", "サンプルネット", people.ISP)), "link": _link(rng, owner)}
    subject, body = subject.format(**words), body.format(**words)
    where = f"{people.word(rng, 7)}.{rng.choice(('example.com', 'example.co.jp', 'example.org', 'example.br'))}"
    claims_ours = rng.random() < 0.35
    sender = rng.choice(("postmaster", "mailer-daemon", "no-reply", "support", "admin", "info")) + "@" + (people.ISP if claims_ours else where)
    name = rng.choice(NAMES).format(isp=people.ISP)
    style = rng.choice(("text", "html", "html_only", "attached", "copied_dsn", "quoted"))
    top = [
        f"Return-Path: <{rng.choice(('bounce', 'info', 'www-data', 'noreply'))}@{where}>",
        f"Received: from {where} ({where} [203.0.113.{rng.randint(1, 254)}])", f"\tby {people.BORDER} (Postfix) with ESMTP id {people.queue_id(rng)}", f"\tfor <{owner}>; {_date(rng)}",
    ]
    if rng.random() < 0.5:
        verdict = "dmarc=fail" if claims_ours else rng.choice(("spf=pass", "spf=softfail", "dmarc=none"))
        top.append(f"Authentication-Results: {people.BORDER}; {verdict} header.from={sender.rpartition('@')[2]}")
    top += [f"Date: {_date(rng)}", f'From: "{name}" <{sender}>', f"To: {owner}", f"Subject: {subject}", f"Message-ID: <{people.word(rng, 16)}@{where}>", "MIME-Version: 1.0"]
    html = "<html><body><div>" + body.replace(words["link"], f'<a href="{words["link"]}">{rng.choice(("メールを確認", "Review", "再配信する", "Release"))}</a>').replace("\n", "<br>\n") + "</div></body></html>"
    b = f"b{people.word(rng, 10)}"
    if style == "text":
        lines = [*top, "Content-Type: text/plain; charset=utf-8", "", body, ""]
    elif style == "html_only":
        lines = [*top, "Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: base64", "", b64encode(html.encode()).decode(), ""]
    elif style == "html":
        lines = [*top, f'Content-Type: multipart/alternative; boundary="{b}"', "", f"--{b}", "Content-Type: text/plain; charset=utf-8", "", body, f"--{b}", "Content-Type: text/html; charset=utf-8", "", html, f"--{b}--", ""]
    elif style == "attached":
        file = rng.choice(("未配信メール.html", "undelivered_message.htm", "mail_details.zip", "ReturnedMail.html"))
        text = rng.choice(("メールを配信できませんでした。添付ファイルを開いて未配信メールを確認してください。", "Your message could not be delivered. Open the attached file to release the pending message."))
        lines = [
            *top, f'Content-Type: multipart/mixed; boundary="{b}"', "", f"--{b}", "Content-Type: text/plain; charset=utf-8", "", text, f"--{b}", f'Content-Type: application/octet-stream; name="{file}"',
            f'Content-Disposition: attachment; filename="{file}"', "Content-Transfer-Encoding: base64", "", b64encode(html.encode()).decode(), f"--{b}--", "",
        ]
    elif style == "copied_dsn":
        lines = [
            *top, f'Content-Type: multipart/report; report-type=delivery-status; boundary="{b}"', "", f"--{b}", "Content-Type: text/plain; charset=utf-8", "", body, f"--{b}", "Content-Type: message/delivery-status", "",
            f"Reporting-MTA: dns; {where}", "", f"Final-Recipient: rfc822; {owner}", "Action: failed", f"Status: {rng.choice(('5.0.0', '5.2.2', '2.0.0'))}", f"--{b}--", "",
        ]
    else:
        lines = [*top, "Content-Type: text/plain; charset=utf-8", "", f"<{owner}>: host mail.{people.ISP} said: 550 5.7.1 message held", "", body, ""]
    return Made("fake", "\n".join(lines).encode(), owner, style)


def ordinary(rng: random.Random) -> Made:
    """Make a mail that is no notice at all: an answer, an absence, a newsletter about mail."""
    owner = f"{rng.choice(people.MEMBERS)}@{people.ISP}"
    where = f"{people.word(rng, 7)}.example.co.jp"
    kind, head, subject, body = rng.choice((
        ("vacation", ["Auto-Submitted: auto-replied"], "自動応答: お見積りの件", "ただいま休暇中です。11月30日に戻ります。"),
        ("vacation", ["Auto-Submitted: auto-replied"], "Out of Office: Meeting on Friday", "I am away until 30 November."),
        ("answer", [], "Re: 写真を送ります", "写真ありがとう。とてもきれいでした。"),
        ("newsletter", ["List-Unsubscribe: <https://news.example.co.jp/u>"], "今週のおすすめ", "新商品のご案内です。詳しくは https://news.example.co.jp/ をご覧ください。"),
    ))
    lines = [
        f"Return-Path: <{people.word(rng, 5)}@{where}>", f"Received: from {where} ({where} [203.0.113.7])", f"\tby {people.BORDER} with ESMTP id {people.queue_id(rng)}; {_date(rng)}", f"From: Somebody <someone@{where}>", f"To: {owner}",
        f"Subject: {subject}", *head, "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "", body, "",
    ]
    return Made("not_a_bounce", "\n".join(lines).encode(), owner, kind)
