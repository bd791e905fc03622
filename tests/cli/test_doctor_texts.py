"""The doctor looks at texts, fonts, signatures and public windows."""

import dataclasses
from datetime import timedelta

import pytest

from sekimori.cli.check_texts import texts
from sekimori.notices import environment

pytestmark = pytest.mark.django_db


def levels(settings, now):
    return {f.id: f.level for f in texts(settings, now)}


def test_all_is_well(folder, now):
    assert levels(folder, now)["texts.broken"] == "ok" and "guide.windows" not in levels(folder, now)


def test_a_broken_text_and_a_broken_page_are_named(folder, now):
    path = folder.data / "notices/ja/member/warn.txt"
    path.parent.mkdir(parents=True)
    path.write_text("Subject: x\n\n{{ no_such_fact }}\n", encoding="utf-8")
    environment.environment.cache_clear()
    found = {f.id: f for f in texts(folder, now)}
    assert found["texts.broken"].level == "fail" and "member/warn" in found["texts.broken"].text
    environment.environment.cache_clear()


def test_windows_grow_old_and_unsigned_mail_is_noticed(folder, now):
    later = levels(dataclasses.replace(folder, mail=dataclasses.replace(folder.mail, relay_host="relay.example")), now + timedelta(days=400))
    assert later["guide.windows"] == "warn" and later["mail.dkim"] == "warn"
