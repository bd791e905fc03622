"""What is strange about a chain, in words."""

from __future__ import annotations

from typing import NamedTuple

WORDS: dict[str, tuple[str, str]] = {
    "assumed_border": ("一番上の経路情報は、受信側のサーバー {0} が記録したものと仮定しています。", "Assumed: the topmost hop was written by the receiving side's own server {0}."),
    "assumed_inside": ("{0} は受信側の組織のメールサーバーであると仮定しています。", "Assumed: {0} is a mail server of the receiving side."),
    "no_received": ("経路情報（Received）がありません。", "There is no Received field."),
    "no_address": ("{0} の記録に接続元のアドレスがありません。", "{0} did not write down which address connected."),
    "several_addresses": ("{0} の記録に複数のアドレスがあり、接続元を決められません。", "The hop written by {0} holds several addresses; which one connected is not certain."),
    "address_may_be_helo": ("{0} の記録のアドレスは、相手が名乗っただけの可能性があります。", "The address in the hop of {0} may be only what the other side called itself."),
    "local_submission": ("{0} の上のプログラムが作成したメールです。", "The mail was made by a program on {0} itself."),
    "relay": ("自社の中継サーバー {0} を通っています。受付番号 {1} で送信記録をたどれます。", "It went through our own relay {0}; queue id {1} leads on through the submission log."),
    "relay_unproven": ("自社の中継サーバー {0} から届いていますが、その記録がありません。", "It came from our relay {0}, but the hop that this relay must have written is missing."),
    "missing_link": ("{0} から届いたはずですが、次の記録は {1} が書いたと称しています。", "It came from {0}, but the next hop says that {1} wrote it."),
    "private_origin": ("接続元は外部から見えないアドレス {0} です。", "The mail entered from {0}, an address that is not on the public internet."),
    "time_backwards": ("{0} の記録が、後から受け取ったはずの {1} より {2} 秒先の時刻になっています。", "{0} wrote a time {2} s later than {1}, which got the mail afterwards."),
    "long_delay": ("{0} から {1} まで {2} 秒かかっています。", "Between {0} and {1} lie {2} s."),
    "future_time": ("{0} の時刻が未来です。", "The time written by {0} lies in the future."),
    "impossible_date": ("{0} の日時は読み取れません。", "The date written by {0} cannot be."),
    "no_time": ("{0} の記録に時刻がありません。", "{0} wrote no time."),
    "no_zone": ("{0} の時刻に時差の記載がありません。", "The time written by {0} has no zone."),
    "bad_zone": ("{0} の時差はあり得ない値です。", "The zone written by {0} cannot be."),
    "weekday": ("{0} の曜日が日付と合いません。", "The weekday written by {0} does not fit the date."),
    "rdns_may_be_forged": ("{0} は接続元の名前を確認できませんでした。", "{0} could not confirm the name of the address."),
    "helo_other_address": ("接続元 {0} は別のアドレス {1} を名乗りました。", "{0} called itself {1}, another address."),
    "helo_localhost": ("接続元 {0} は localhost を名乗りました。", "{0} called itself localhost."),
    "helo_claims_trusted": ("接続元 {0} は信頼済みの {1} を名乗りましたが、そのアドレスではありません。", "{0} called itself {1}, a trusted host, but is not at its address."),
    "claims_trusted_host": ("信頼できない部分に、信頼済みの {0} が書いたと称する記録があります。", "Below the first outside hop a field claims to be written by {0}, a trusted host."),
    "private_from_outside": ("{0} の記録は、外部からの接続なのに内部用アドレス {1} を示しています。", "The hop of {0} names {1}, an address for inside use, between hosts of different owners."),
    "loopback": ("{0} の記録は自分自身（{1}）からの接続ですが、前の記録は別のサーバーのものです。", "The hop of {0} came from {1}, itself, but the hop before was written by another host."),
    "impossible_address": ("{0} の記録に、存在し得ないアドレスがあります。", "The hop of {0} names an address that cannot exist."),
    "by_mismatch": ("{0} から受け取ったという記録の下に、{1} の記録があります。", "A hop says that it came from {0}, but the one below was written by {1}."),
    "same_id_twice": ("同じ受付番号 {0} が二度使われています。", "The id {0} stands in two hops."),
    "same_hop_twice": ("同じ経路情報が二度あります（{0}）。", "The same hop stands there twice ({0})."),
    "too_many_hops": ("経路情報が多すぎます（{0} 件まで調べました）。", "There are too many hops; {0} were looked at."),
}


class Flag(NamedTuple):
    """Something strange: a stable code, and what goes into its sentence."""

    code: str
    parts: tuple[str, ...] = ()

    def why(self, language: str = "en") -> str:
        """Return the sentence in `ja` or `en`."""
        words = WORDS[self.code][0 if language == "ja" else 1]
        return words.format(*self.parts)
