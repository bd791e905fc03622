"""A hearing in Chromium: from the first page to the recorded answer on a telephone, light and dark, without a fault of accessibility."""

from pathlib import Path

import pytest

from notices_rows import contract, run
from sekimori.disclosure import hearing, service
from sekimori.disclosure.models import Hearing
from sekimori.notices import codes
from sekimori.notices.stages import HearingStage, SendStage
from sekimori.values.actors import Actor
from sekimori.work.clock import shared
from support import need
from webdriver import AUDIT, CHROMIUM, DRIVER, Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BY = Actor("officer", "o")


@pytest.fixture
def browser(tmp_path):
    need("chromium", CHROMIUM is not None and DRIVER is not None)
    mine = Browser(Path(tmp_path) / "profile")
    yield mine
    mine.close()


def test_from_the_first_page_to_the_answer(browser, live_server):
    now = shared().now()
    who = contract()
    request = service.receive("sender_disclosure", now, BY, contract=who)
    hearing.ask(request, "https://board.example/thread/7", "", now, BY)
    run(HearingStage(), now)
    run(SendStage(), now)
    audits = []

    def look(name):
        for dark in (False, True):
            browser.dark(dark)
            audits.extend(f"{name} {fault}" for fault in browser.run(AUDIT))
        browser.dark(False)

    browser.size(390, 2400)
    browser.go(f"{live_server.url}/my/signin/")
    browser.type("#number", who.key)
    browser.click("main button.button")
    browser.type("#code", codes.for_caller(who, BY, now))
    browser.click("main button.button")
    assert browser.until("return location.pathname === '/my/'")
    look("home")
    browser.click("main .callout a.button")
    assert browser.until("return !!document.querySelector('#reasons')")
    look("notice")
    browser.click("input[value=object]")
    browser.type("#reasons", "身に覚えがありません")
    browser.click("#answer button.button")
    assert browser.until("return !document.querySelector('#reasons') && document.body.innerText.includes('身に覚えがありません')")
    look("answered")
    assert Hearing.objects.get().answer == "object"
    assert not audits, "\n".join(audits)
