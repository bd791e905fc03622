"""Names, domains and texts from which notices are made."""

import random

MEMBERS = ("hanako", "taro.yamada", "sato-k", "info", "m_suzuki", "tanaka2010", "keiko", "office", "n.kobayashi", "ichiro")
ISP = "isp.example"
RELAYS = ("smtp1.isp.example", "smtp2.isp.example", "submit.isp.example")
BORDER = "mx1.isp.example"
ELSEWHERE = (
    ("docomo.ne.jp", "mfsmax.docomo.ne.jp"), ("ezweb.ne.jp", "lsean.ezweb.ne.jp"), ("i.softbank.jp", "mx.mailsv.softbank.jp"), ("gmail.com", "gmail-smtp-in.l.google.com"),
    ("outlook.com", "outlook-com.olc.protection.outlook.com"), ("corp.example.jp", "mail.corp.example.jp"), ("school.example.ac.jp", "mx01.school.example.ac.jp"),
    ("shop.example.com", "inbound.shop.example.com"), ("city.example.lg.jp", "mx.city.example.lg.jp"), ("clinic.example.net", "mx2.clinic.example.net"),
)
REFUSALS = (
    ("5.1.1", "550 5.1.1 <{rcpt}>: Recipient address rejected: User unknown in local recipient table", "RCPT TO"),
    ("5.0.0", "550 Unknown user {rcpt}", "end of DATA"),
    ("5.2.2", "552 5.2.2 <{rcpt}>: mailbox is full", "RCPT TO"),
    ("5.7.1", "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/192.0.2.25", "RCPT TO"),
    ("5.7.26", "550-5.7.26 This mail has been blocked because the sender is unauthenticated. See https://support.google.com/mail/answer/81126", "end of DATA"),
    ("5.3.4", "552 5.3.4 Message size exceeds fixed limit", "MAIL FROM"),
    ("5.4.1", "550 5.4.1 Recipient address rejected: Access denied. For more information see https://aka.ms/EXOSmtpErrors", "RCPT TO"),
    ("4.4.1", "", ""),
)
SUBJECTS = ("お見積りの件", "明日の打ち合わせについて", "Re: 同窓会のご案内", "写真を送ります", "Invoice 2026-118", "Meeting on Friday", "請求書（11月分）", "Re: 資料ありがとうございました")
SPAM_SUBJECTS = ("【重要】口座の確認のお願い", "Your parcel is waiting", "当選おめでとうございます", "Cheap watches", "高額報酬のお仕事", "Crypto doubled", "異常なログインを検知しました")


def word(rng: random.Random, length: int = 8) -> str:
    """Return letters and digits."""
    return "".join(rng.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(length))


def queue_id(rng: random.Random) -> str:
    """Return a queue id as Postfix writes them."""
    return "".join(rng.choice("0123456789ABCDEF") for _ in range(11))
