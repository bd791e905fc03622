"""What servers say → why. The texts are those that mail software and providers document; none comes from a sample."""

from pathlib import Path

import pytest

from sekimori.bounces.parser.cleaning import matchable
from sekimori.bounces.parser.model import Action, Stage
from sekimori.bounces.parser.reasons import by_reply, by_status, decide
from sekimori.bounces.parser.rules import provider_of

SAID = [
    # Postfix
    ("550 5.1.1 <a@b.example>: Recipient address rejected: User unknown in virtual alias table", "RCPT", "5.1.1", "userunknown"),
    ("450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/", "RCPT", "4.2.0", "onhold"),
    ("450 4.1.8 <x@y.example>: Sender address rejected: Domain not found", "RCPT", "4.1.8", "rejected"),
    ("450 4.7.1 <host>: Helo command rejected: Host not found", "RCPT", "4.7.1", "blocked"),
    ("450 4.7.25 Client host rejected: cannot find your hostname, [192.0.2.1]", "RCPT", "4.7.25", "requireptr"),
    ("454 4.7.1 <a@b.example>: Relay access denied", "RCPT", "4.7.1", "norelaying"),
    ("554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", "RCPT", "5.7.1", "blocked"),
    ("552 5.3.4 Message size exceeds fixed limit", "MAIL", "5.3.4", "emailtoolarge"),
    ("452 4.3.1 Insufficient system storage", "MAIL", "4.3.1", "systemfull"),
    ("connect to mx.b.example[192.0.2.1]:25: Connection refused", "CONN", "4.4.1", "networkerror"),
    ("connect to mx.b.example[192.0.2.1]:25: Connection timed out", "CONN", "4.4.1", "expired"),
    ("Host or domain name not found. Name service error for name=b.example type=AAAA: Host not found", "", "5.4.4", "hostunknown"),
    ("mail for b.example loops back to myself", "", "5.4.6", "networkerror"),
    ("lost connection with mx.b.example[192.0.2.1] while sending RCPT TO", "", "4.4.2", "networkerror"),
    ("maildir delivery failed: error writing message: Disk quota exceeded", "", "5.2.2", "mailboxfull"),
    ("Domain b.example does not accept mail (nullMX)", "", "5.1.0", "notaccept"),
    ("delivery temporarily suspended: connect to mx.b.example[192.0.2.1]:25: Connection timed out", "", "4.4.1", "expired"),
    ("TLS is required, but was not offered by host mx.b.example[192.0.2.1]", "", "4.7.4", "failedstarttls"),
    # Exim
    ("Unrouteable address", "", "", "hostunknown"),
    ("all relevant MX records point to non-existent hosts", "", "", "hostunknown"),
    ("an MX or SRV record indicated no SMTP service", "", "", "notaccept"),
    ("retry timeout exceeded", "", "", "expired"),
    ("mailbox is full: retry timeout exceeded", "", "", "mailboxfull"),
    ("lowest numbered MX record points to local host", "", "", "systemerror"),
    ("550 relay not permitted", "RCPT", "", "norelaying"),
    ("550-Verification failed for <x@y.example>\n550 Sender verify failed", "RCPT", "", "rejected"),
    ("550-rejected because 192.0.2.1 is in a black list at bl.example", "RCPT", "", "blocked"),
    # Sendmail, qmail and children
    ("550 5.7.1 <a@b.example>... Relaying denied. Proper authentication required.", "RCPT", "5.7.1", "norelaying"),
    ("553 5.1.8 <x@y.example>... Domain of sender address x@y.example does not exist", "MAIL", "5.1.8", "rejected"),
    ("554 5.4.6 Too many hops 26 (25 max)", "EOM", "5.4.6", "networkerror"),
    ("Sorry, I couldn't find any host named b.example. (#5.1.2)", "", "5.1.2", "hostunknown"),
    ("Sorry, I couldn't find a mail exchanger or IP address. (#5.4.4)", "", "5.4.4", "hostunknown"),
    ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", "RCPT", "5.7.1", "norelaying"),
    ("CNAME lookup failed temporarily. (#4.4.3) I'm not going to try again; this message has been in the queue too long.", "", "4.4.3", "networkerror"),
    ("This message is looping: it already has my Delivered-To line. (#5.4.6)", "", "5.4.6", "networkerror"),
    ("Recipient's mailbox is full, message returned to sender. (#5.2.2)", "", "5.2.2", "mailboxfull"),
    # Exchange and Microsoft 365
    ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient a@b.example not found by SMTP address lookup", "", "5.1.10", "userunknown"),
    ("554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException", "", "5.2.2", "mailboxfull"),
    ("550 5.7.64 TenantAttribution; Relay Access Denied", "RCPT", "5.7.64", "norelaying"),
    ("550 5.7.509 Access denied, sending domain Y.EXAMPLE does not pass DMARC verification and has a DMARC policy of reject.", "EOM", "5.7.509", "authfailure"),
    ("550 5.7.515 Access denied, sending domain y.example doesn't meet the required authentication level.", "EOM", "5.7.515", "authfailure"),
    ("550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP.", "MAIL", "5.7.708", "blocked"),
    ("554 5.2.122 The recipient has exceeded their limit for the number of messages they can receive per hour.", "", "5.2.122", "ratelimited"),
    ("554 5.4.14 Hop count exceeded - possible mail loop", "", "5.4.14", "networkerror"),
    ("550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated", "", "5.7.133", "securityerror"),
    ("550 4.4.7 QUEUE.Expired; message expired", "", "4.4.7", "expired"),
    # Gmail
    ("552 5.2.2 The email account that you tried to reach is over quota. Please direct the recipient to https://support.google.com/mail/?p=OverQuotaPerm", "RCPT", "5.2.2", "mailboxfull"),
    ("550 5.2.1 The email account that you tried to reach is disabled.", "RCPT", "5.2.1", "suspend"),
    ("450 4.2.1 The user you are trying to contact is receiving email at a rate that prevents additional messages from being delivered.", "RCPT", "4.2.1", "ratelimited"),
    ("550 5.7.1 The IP you're using to send mail is not authorized to send email directly to our servers. Please use the SMTP relay at your service provider instead.", "", "5.7.1", "blocked"),
    ("550 5.7.26 This mail has been blocked because the sender is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM.", "EOM", "5.7.26", "authfailure"),
    ("552 5.2.3 Your message exceeded Google's message size limits.", "", "5.2.3", "emailtoolarge"),
    ("530 5.7.0 Must issue a STARTTLS command first.", "MAIL", "5.7.0", "failedstarttls"),
    ("535 5.7.8 Username and Password not accepted.", "AUTH", "5.7.8", "securityerror"),
    # Japanese carriers and providers, Japanese words
    ("550 Unknown user a@docomo.ne.jp", "EOM", "5.2.0", "filtered"),
    ("552 Too much mail data a@docomo.ne.jp", "RCPT", "5.2.2", "mailboxfull"),
    ("550 <a@ezweb.ne.jp>: User unknown", "RCPT", "", "userunknown"),
    ("550 Invalid recipient: <a@i.softbank.jp>", "RCPT", "", "userunknown"),
    ("The number of messages in recipient's mailbox exceeded the local limit.", "", "", "mailboxfull"),
    ("メールボックスの容量を超えているため、配送できませんでした。", "", "", "mailboxfull"),
    ("宛先のメールアドレスが見つかりませんでした。", "", "", "userunknown"),
    ("ウイルスを検出したため、配送を中止しました。", "", "", "virusdetected"),
    ("受信者の受信設定により配信できませんでした。", "", "", "filtered"),
    # others
    ("554 5.7.1 Message rejected under suspicion of SPAM", "EOM", "5.7.1", "spamdetected"),
    ("550 5.7.1 Rejected: virus detected: Eicar-Test-Signature", "EOM", "5.7.1", "virusdetected"),
    ("552 5.7.0 Our system detected an illegal attachment on your message.", "EOM", "5.7.0", "contenterror"),
    ("550 5.7.23 The message was rejected because of Sender Policy Framework violation", "EOM", "5.7.23", "authfailure"),
    ("421 4.7.0 Too many connections from your host", "CONN", "4.7.0", "ratelimited"),
    ("550 5.1.6 recipient no longer on server, has moved to <c@d.example>", "RCPT", "5.1.6", "hasmoved"),
    ("500 5.5.1 Command unrecognized", "", "5.5.1", "syntaxerror"),
    ("550 5.6.0 Message is not RFC 5322 compliant: Multiple From headers", "EOM", "5.6.0", "notcompliantrfc"),
    ("Message rejected: Amazon SES has suppressed sending to this address because it has a recent history of bouncing", "", "5.1.1", "suppressed"),
    ("550 Mailbox has been suspended", "RCPT", "", "suspend"),
    ("Command died with status 1: \"/usr/bin/procmail\"", "", "5.3.0", "mailererror"),
    ("550 5.7.1 Message refused: Administrative prohibition", "", "5.7.1", "policyviolation"),
    ("451 4.3.0 Internal server error", "EOM", "4.3.0", "systemerror"),
]


@pytest.mark.parametrize(("said", "stage", "status", "reason"), SAID, ids=[s[0][:50] for s in SAID])
def test_documented_words(said, stage, status, reason):
    domain = next((d for d in ("docomo.ne.jp", "ezweb.ne.jp", "i.softbank.jp") if d in said), "b.example")
    remote = "gmail-smtp-in.l.google.com" if "Gmail" in said or "Google" in said else ""
    reply = int(said[:3]) if said[:3].isdigit() else 0
    got = decide([said], status=status, stage=Stage(stage), reply=reply, action=Action.FAILED, remote=remote, domain=domain)
    assert got.reason == reason, got


DOCUMENTED = [tuple(line.split("\t")) for line in Path(__file__).with_name("documented.tsv").read_text("utf-8").splitlines() if not line.startswith("#")]


@pytest.mark.parametrize(("round_", "host", "stage", "status", "reasons", "said"), DOCUMENTED, ids=[d[5][:50] for d in DOCUMENTED])
def test_published_words(round_, host, stage, status, reasons, said):
    reply = int(said[:3]) if said[:3].isdigit() else 0
    got = decide([said.replace("\\n", "\n")], status=status, stage=Stage(stage), reply=reply, action=Action.FAILED, remote=host, domain="b.example")
    assert (got.reason in reasons.split("|")) is not round_.startswith("-"), got


def test_names_and_addresses_are_no_words():
    assert "spam" not in matchable("host mx.spamfilter.example[192.0.2.1] said: 550 <mailbox.full@virus.example>: https://x.example/spam/blocked")
    got = decide(["550 5.1.1 <over-quota.spam@blocked.example>: User unknown"], status="5.1.1", stage=Stage.RCPT, reply=550, action=Action.FAILED, remote="mx.virus.example", domain="blocked.example")
    assert got.reason == "userunknown"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("connect to mx.{name}[192.0.2.1]:25: Connection timed out", "expired"),
        ("Name service error for name={name} type=A: Host not found", "hostunknown"),
        ("550 mx1.{name} user unknown in virtual alias table", "userunknown"),
        ("554 mx1.{name} rejected: 192.0.2.7 listed at zen.spamhaus.org", "blocked"),
        ("550 {name} does not exist", "hostunknown"),
        ("550 the mailbox at {name} is locked", "suspend"),
    ],
)
def test_host_names_are_no_words(said, reason):
    for name in ("shop.example", "virus-quota.jp", "blocked-spam.com", "unknown-user.net", "full.mailbox.relay.org", "expired-suspended.co.jp"):
        got = decide([said.format(name=name)], status="", stage=Stage.RCPT, reply=0, action=Action.FAILED, remote="", domain=name)
        assert got.reason == reason, (name, got)


def test_lists_that_speak_by_their_names_are_heard():
    assert "spamhaus.org" in matchable("listed at zen.spamhaus.org") and "x.x" in matchable("see mx.shop.example") and "found.in" in matchable("not found.in")


def test_words_before_codes_before_replies():
    assert decide(["550 5.1.1 mailbox is full"], status="5.1.1", stage=Stage.RCPT, reply=550, action=Action.FAILED, remote="", domain="").reason == "mailboxfull"
    assert decide(["550 5.2.2 qwerty"], status="5.2.2", stage=Stage.RCPT, reply=550, action=Action.FAILED, remote="", domain="").reason == "mailboxfull"
    assert decide(["550 qwerty"], status="", stage=Stage.RCPT, reply=550, action=Action.FAILED, remote="", domain="").reason == "userunknown"
    assert decide(["qwerty"], status="", stage=Stage.UNKNOWN, reply=0, action=Action.FAILED, remote="", domain="") == ("onhold", "none", "")


def test_an_action_may_say_it_all():
    assert decide([""], status="2.0.0", stage=Stage.UNKNOWN, reply=250, action=Action.RELAYED, remote="", domain="").reason == "delivered"
    assert decide(["qwerty"], status="4.0.0", stage=Stage.UNKNOWN, reply=0, action=Action.DELAYED, remote="", domain="").reason == "expired"


def test_the_same_words_without_their_step_are_open():
    for stage, reason in ((Stage.RCPT, "userunknown"), (Stage.DATA, "filtered"), (Stage.UNKNOWN, "filtered")):
        assert decide(["550 unknown user"], status="", stage=stage, reply=550, action=Action.FAILED, remote="", domain="b.example").reason == reason


def test_general_codes_say_nothing():
    assert by_status("5.0.0", Stage.UNKNOWN, None) is None and by_status("", Stage.UNKNOWN, None) is None and by_status("5.7.26", Stage.UNKNOWN, None).reason == "authfailure"
    assert by_reply(0, Stage.RCPT, None) is None and by_reply(550, Stage.UNKNOWN, None) is None


def test_providers_by_host_or_domain():
    assert provider_of("", "docomo.ne.jp").id == "docomo" and provider_of("b-example.mail.protection.outlook.com").id == "microsoft" and provider_of("b.example") is None
