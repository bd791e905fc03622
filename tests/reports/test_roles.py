"""Sentences with an attacker (A) and a victim (V): whoever is named, it is never the victim; mostly it is the attacker."""

from __future__ import annotations

import re

import pytest

from sekimori.reports import reading
from sekimori.reports.contract import Context, Item

A, V = "198.51.100.7", "203.0.113.9"
SENTENCES = """
A attacked V with ssh brute force at T
V was attacked by A (ssh) at T
T our host V received ssh brute force attempts from A
At T, A tried to log in to our server V by ssh
we saw ssh attacks from A to V at T
ssh attack: A -> V, T
Attack on V from A at T (ssh)
The machine at A has been attempting ssh logins on V since T
Your IP A is hammering our ssh server V. First seen T
From: A To: V Time: T Attack: ssh brute force
Src A, Dst V, T, ssh bruteforce
Source: A / Destination: V / Time: T / Type: ssh brute force
victim=V attacker=A time=T type=ssh
Target V; offender A; time T; ssh brute force
Target: V, Source: A, T (ssh brute force)
Destination IP: V. Source IP: A. T. SSH login attack
Our mail server (V) gets ssh logins from A since T
My server with the IP V is being attacked by A at T via ssh
V (our honeypot) was hit by A at T, ssh brute force
ssh brute force against V originating from A, T
We, operator of V, report ssh brute force by A on T
The host A which is in your network attacked V, which belongs to us, at T (ssh)
Please stop A from attacking V. ssh brute force, T
host V reported: failed ssh logins, remote A, T
reported by sensor V: attacker A, ssh, T
Incident on V at T. Offending address: A. ssh brute force
We are the owners of V. Today (T) a host of yours, A, attacked us via ssh.
T V sshd[22]: Failed password for root from A port 4000 ssh2
T sshd on V: Invalid user admin from A
connection attempt A:40000 -> V:22 at T, ssh brute force, please stop
{TCP} A:40000 -> V:22 ssh brute force attack at T from your customer
T SRC=A DST=V PROTO=TCP SPT=4000 DPT=22 ssh brute force
T DST=V SRC=A ssh brute force
A から V へのSSH総当たり攻撃を T に検知しました
V に対する A からのSSH総当たり攻撃(T)
T に弊社サーバー V が A からSSH総当たり攻撃を受けました
弊社の V に対して、貴社の A からSSHで不正ログインの試行がありました(T)
攻撃元 A 攻撃先 V 日時 T SSH総当たり
攻撃先:V 攻撃元:A 日時:T SSH総当たり攻撃
送信元IP A、宛先IP V、T、SSHへの不正アクセス
宛先 V、送信元 A、T、SSHへの不正アクセス
接続元:A 接続先:V(弊社) T SSH総当たり
A が V を攻撃しています。SSH総当たり、T
V が A に攻撃されています。SSH総当たり、T
A より V 宛にSSH総当たり攻撃、T
V 宛に A よりSSH総当たり攻撃、T
V(弊社サーバ)へ A(貴社)からSSH攻撃、T
当方のサーバー(V)に A から不正アクセス(SSH)、T
被害サーバ V、加害者 A、T、SSH不正アクセス
被害ホスト:V 攻撃者:A T SSH総当たり
A による V への不正ログイン試行(SSH)を T に確認
A の端末が V にSSHで総当たり攻撃をしています。T
弊社管理の V へのSSH攻撃を確認しました。発信元は A です。T
発信元は A、標的は弊社の V です。SSH総当たり T
T、V(当社)において A を送信元とするSSH総当たり攻撃を検知
観測点 V にて A からのSSH総当たり攻撃を観測、T
ハニーポット V が A からのSSH攻撃を観測 T
""".strip().split("\n")


def read(sentence: str, t: str) -> tuple[str, set[str]]:
    # Only stand-alone letters are places.
    text = re.sub(r"(?<![A-Za-z])([AVT])(?![A-Za-z])", lambda m: {"A": A, "V": V, "T": t}[m[1]], sentence)
    raw = f"From: r@sec.example\nTo: abuse@isp.example\nSubject: report\nContent-Type: text/plain; charset=utf-8\n\n{text}\n".encode()
    out = reading.answer(Item(raw), Context())
    return out.read.kind, {f.source_ip or "" for f in out.findings}


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("t", ["2026-11-20 03:04:05 UTC", "2026/11/20 12:04:05 JST", "2026年11月20日 12時04分(日本時間)"])
def test_the_victim_is_never_named(sentence: str, t: str) -> None:
    assert read(sentence, t)[1] <= {A}


def test_the_attacker_mostly_is() -> None:
    named = [s for s in SENTENCES if read(s, "2026-11-20 03:04:05 UTC") == ("report", {A})]
    missed = [s for s in SENTENCES if s not in named]
    assert len(named) * 10 >= len(SENTENCES) * 8, missed


def test_a_bare_preposition_beside_a_plain_accusation_accuses_nobody_and_ours_waits() -> None:
    raw = b"Subject: mirai\nFrom: a@b.example\n\nDownloaded from 203.0.113.72 by the bot 198.51.100.72, 2026-04-01 10:00:00 UTC, malware Mirai\n"
    assert [f.source_ip for f in reading.answer(Item(raw), Context()).findings] == ["198.51.100.72"]
    out = reading.answer(Item(raw), Context(ours=lambda a: str(a).startswith(("198.51.100.", "203.0.113."))))
    assert {f.source_ip: f.confidence >= 0.5 for f in out.findings} == {"198.51.100.72": True, "203.0.113.72": False}
