"""The user of a mailbox in Chromium: from the address to the recipients, readable on a telephone, light and dark."""

from pathlib import Path

import pytest

import mutants
from notices_rows import case, contract, notice_for, run
from sekimori.notices import codes
from sekimori.notices.stages import SendStage
from sekimori.values.actors import Actor
from sekimori.work.clock import shared
from support import need
from webdriver import AUDIT, CHROMIUM, DRIVER, Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
rows = mutants.load(__file__, "test_mailbox")


@pytest.fixture
def browser(tmp_path):
    need("chromium", CHROMIUM is not None and DRIVER is not None)
    mine = Browser(Path(tmp_path) / "profile")
    yield mine
    mine.close()


def test_from_the_address_to_the_recipients(browser, live_server):
    now = shared().now()
    k = case(now, holder=contract(), findings=0)
    mine = rows.login(rows.MINE, k.contract)
    rows.spam(k, now)
    notice_for(k, now)
    run(SendStage(), now)
    audits = []

    def look():
        for dark in (False, True):
            browser.dark(dark)
            audits.extend(f"{browser.run('return location.pathname')} {fault}" for fault in browser.run(AUDIT))

    browser.size(390)
    browser.go(f"{live_server.url}/my/signin/")
    look()
    browser.click("main a[href='/my/mailbox/signin/']")
    assert browser.until("return location.pathname === '/my/mailbox/signin/'")
    look()
    browser.type("#login", rows.MINE)
    browser.click("main button.button")
    look()
    browser.type("#code", codes.for_caller(k.contract, Actor("officer", "o"), now, mailbox=mine))
    browser.click("main button.button")
    assert browser.until("return location.pathname === '/my/mailbox/'")
    look()
    browser.click(f"main a[href='/my/mailbox/{k.ref}/']")
    assert browser.until("return document.body.innerText.includes('first@friend.example')")
    look()
    assert not audits, "\n".join(audits)
