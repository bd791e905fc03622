"""The member's evening in Chromium: sign in, read the notice, work through the list, unlock."""

from datetime import timedelta

import pytest

from notices_rows import case, contract, measure, notice_for, run
from sekimori.enforcement.models import Measure
from sekimori.notices import codes
from sekimori.notices.models import Notice
from sekimori.notices.stages import SendStage
from sekimori.values.actors import Actor
from sekimori.work.clock import shared
from support import need
from webdriver import AUDIT, CHROMIUM, DRIVER, Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def browser(tmp_path):
    need("chromium", CHROMIUM is not None and DRIVER is not None)
    mine = Browser(tmp_path / "profile")
    yield mine
    mine.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_from_the_notice_to_the_unlock(browser, live_server, width):
    now = shared().now()
    c = contract()
    k = case(now, holder=c)
    notice_for(k, now)
    run(SendStage(), now)
    n = Notice.objects.get()
    m = measure(k, now, "restrict_mail", "executed", executed_at=now, ends_at=now + timedelta(days=30), scope="mail")
    browser.size(width)
    browser.go(f"{live_server.url}/my/")
    browser.type("#number", c.key)
    browser.click("main button.button")
    browser.type("#code", codes.for_caller(c, Actor("officer", "o"), now))
    browser.click("main button.button")
    assert browser.until("return location.pathname === '/my/'")
    audits = []

    def look(path):
        browser.go(live_server.url + path)
        for dark in (False, True):
            browser.dark(dark)
            audits.extend(f"{path} {c}" for c in browser.run(AUDIT))
        return browser.run("return document.querySelector('main').innerText")

    assert "いま、ご利用を制限しています" in look("/my/") and n.ref in browser.run("return document.body.innerText")
    assert "198.18.0.7" in look(f"/my/notices/{n.ref}/")
    for path in ("/my/notices/", "/my/statement/", "/my/appeal/", "/my/records/"):
        look(path)
    look(f"/my/cases/{k.ref}/")
    browser.run("document.querySelectorAll('input[name=check]').forEach(c => c.click())")
    browser.click("form.card button.button")
    assert browser.until("return document.querySelector('.callout.success') !== null")
    browser.go(f"{live_server.url}/my/")
    browser.click("main form[action$='/unlock/'] button")
    assert browser.until("return document.body.innerText.includes('制限を解除しました')") and Measure.objects.get(pk=m.pk).state == "reverted"
    browser.click(".top-side form[action='/my/signout/'] button")
    assert browser.until("return location.pathname === '/my/signin/'")
    assert not audits, "\n".join(audits)
