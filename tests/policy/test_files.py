"""Shipped files are whole; broken ones stop the start with one clear line."""

from pathlib import Path

import pytest

from sekimori.policy import PolicyError, files
from sekimori.policy.load import load_ladder, load_policy, load_retention

HERE = Path(files.SHIPPED)
XARF = ["messaging/spam", "messaging/bulk_messaging", "connection/ddos", "connection/infected_host", "connection/login_attack", "connection/port_scan", "connection/reconnaissance", "connection/scraping", "connection/sql_injection", "connection/vulnerability_scan", "content/brand_infringement", "content/csam", "content/csem", "content/exposed_data", "content/fraud", "content/malware", "content/phishing", "content/remote_compromise", "content/suspicious_registration", "copyright/copyright", "copyright/cyberlocker", "copyright/link_site", "copyright/p2p", "copyright/ugc_platform", "copyright/usenet", "infrastructure/botnet", "infrastructure/compromised_server", "reputation/blocklist", "reputation/threat_intelligence", "vulnerability/cve", "vulnerability/misconfiguration", "vulnerability/open_service", "local/board_disruption", "local/dispute"]


def test_every_type_has_a_row():
    assert set(load_policy(HERE / "jp.toml").types) == set(XARF)


def test_what_must_never_be_automatic_is_not():
    types = load_policy(HERE / "jp.toml").types
    automatic = {n for n, t in types.items() if t.automatic}
    assert automatic == {"messaging/spam", "messaging/bulk_messaging", "connection/login_attack", "connection/ddos", "connection/infected_host",
                         "infrastructure/botnet", "infrastructure/compromised_server", "vulnerability/cve", "vulnerability/misconfiguration",
                         "vulnerability/open_service"}
    assert all(t.consent == "vulnerability" and t.highest == "warn" for n, t in types.items() if n.startswith("vulnerability/"))
    assert {n for n, t in types.items() if t.sealed} == {"content/csam", "content/csem"}
    for name in ("local/dispute", "local/board_disruption", *(n for n in types if n.startswith("copyright/"))):
        assert types[name].lookup == types[name].notice == "person"


def test_every_step_of_every_path_has_a_ground_up_to_the_highest():
    policy, ladder = load_policy(HERE / "jp.toml"), load_ladder(HERE / "ladder.toml")
    for kind in policy.types.values():
        for step in ladder.paths[kind.path]:
            if kind.highest and ladder.paths[kind.path].index(step) <= ladder.paths[kind.path].index(kind.highest):
                ground = policy.ground(kind.path, step)
                assert ground is not None, (kind.name, step)
                assert ground.article_ja
                assert ground.article_en


def test_the_anti_spam_act_reaches_mail_only():
    policy = load_policy(HERE / "jp.toml")
    assert {(p, s, g.scope) for (p, s), g in policy.grounds.items() if g.code == "TOKUDEN11"} == {("messaging", "restrict_mail", "mail")}


def change(tmp_path, name, old, new):
    text = (HERE / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return tmp_path / name


@pytest.mark.parametrize(("name", "old", "new", "load", "says"), [
    ("retention.toml", "case_years = 3", "", load_retention, "retention.toml: case_years is missing"),
    ("retention.toml", "case_years = 3", "case_years = 0", load_retention, "retention.toml: case_years must be more than 0"),
    ("retention.toml", "case_years = 3", 'case_years = "3"', load_retention, "retention.toml: case_years must be of type int"),
    ("ladder.toml", "grace_hours = 72", "grace_hous = 72", load_ladder, "ladder.toml: unknown field 'grace_hous'"),
    ("ladder.toml", "suspend_line = 30", "suspend_line = 400", load_ladder, "ladder.toml: a period is longer than suspension_cap_days"),
    ("ladder.toml", "terminate = 2\n", "terminate = 1\n", load_ladder, "two persons at least"),
    ("ladder.toml", '["warn", "restrict_mail"', '["restrict_mail", "warn"', load_ladder, "must begin with warn"),
    ("jp.toml", 'highest = "terminate"', 'highest = "jail"', load_policy, "'jail' is no step"),
    ("jp.toml", 'notice = "auto"', 'notice = "always"', load_policy, "must be one of auto, person, never"),
    ("jp.toml", 'label_en = "Spam"', 'label_en = ""', load_policy, "needs its name in both languages"),
    ("jp.toml", "signed = 2026-11-24", 'signed = "soon"', load_policy, "signed must be a date"),
])
def test_broken_files_are_named(tmp_path, name, old, new, load, says):
    with pytest.raises(PolicyError) as e:
        load(change(tmp_path, name, old, new))
    assert says in str(e.value)
    assert "\n" not in str(e.value)


def test_unsigned_is_a_person(tmp_path):
    policy = load_policy(change(tmp_path, "jp.toml", "signed = 2026-11-24", 'signed = ""'))
    row = policy.types["messaging/spam"]
    assert not row.automatic
    assert row.lookup == "person"
    assert policy.for_type("messaging", "no_such") is None


def test_the_operators_own_file_is_taken_and_read_again_when_it_changes(tmp_path, monkeypatch):
    own = tmp_path / "policy"
    own.mkdir()
    monkeypatch.setattr(files, "current", type("S", (), {"data": tmp_path}))
    assert files.ladder().grace_hours == 72
    (own / "ladder.toml").write_text((HERE / "ladder.toml").read_text().replace("grace_hours = 72", "grace_hours = 96"))
    assert files.ladder().grace_hours == 96
    (own / "ladder.toml").write_text((HERE / "ladder.toml").read_text().replace("grace_hours = 72", "grace_hours = 120 "))
    assert files.ladder().grace_hours == 120
