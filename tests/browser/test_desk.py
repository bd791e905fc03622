"""An officer's day in a real Chromium: every page of the desk usable in both languages, light and dark, wide and narrow."""

import pytest

from reiji import filled
from sekimori.cases.models import Case
from sekimori.enforcement.models import Measure
from sekimori.flow.run import run_until_idle
from sekimori.intake.models import Message
from sekimori.notices.models import Notice
from sekimori.reports.models import Review
from sekimori.staff.service import make_officer, one_time_link
from sekimori.values.actors import Actor
from sekimori.values.clock import SetClock
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


@pytest.fixture
def desk(tmp_path, now, monkeypatch):
    yield from filled(tmp_path, now, monkeypatch)


def sign_in(browser, url, roles):
    by, at = Actor("command", "test"), shared().now()
    officer = make_officer(f"o{len(roles)}", roles, by, at)
    browser.go(f"{url}/desk/enter/{one_time_link(officer, by, at)}")
    browser.click("main form button")
    assert browser.until("return location.pathname === '/desk/'")
    return officer


def test_every_page_of_the_desk(browser, desk, live_server, now):
    run_until_idle(SetClock(now))
    sign_in(browser, live_server.url, "triage handler approver legal reveal rules")
    case, proposal = Case.objects.filter(state="warned").first(), Measure.objects.filter(state="proposed").select_related("case").first()
    paths = ["", "review/", "cases/", "messages/", "notices/", "requests/", "requests/new", "switches/", "ledger/", f"cases/{case.ref}/", f"cases/{proposal.case.ref}/",
             f"cases/{case.ref}/holder", f"messages/{Message.objects.first().pk}/", f"notices/{Notice.objects.filter(audience='member').first().ref}/", f"review/{Review.objects.first().pk}/"]
    found = []
    for language in ("en", "ja"):
        browser.go(f"{live_server.url}/desk/")
        if browser.run("return document.documentElement.lang") != language:
            browser.click(".lang-form button.lang[name=language]")
            assert browser.until(f"return document.documentElement.lang === '{language}'")
        for width in (1280, 390):
            browser.size(width)
            for dark in (False, True):
                browser.dark(dark)
                for path in paths:
                    browser.go(f"{live_server.url}/desk/{path}")
                    found += [f"{path} {language} {width} {'dark' if dark else 'light'}: {c}" for c in browser.run(AUDIT)]
    assert not found, "\n".join(sorted(set(found))[:40])
    noise = [e["message"] for e in browser.log("browser") if "favicon" not in e["message"]]
    assert not noise, noise


def test_one_click_from_the_queue_to_an_approved_warning(browser, desk, live_server, now):
    run_until_idle(SetClock(now))
    sign_in(browser, live_server.url, "handler approver")
    waiting = Measure.objects.filter(state="proposed", step="warn").count()
    assert waiting
    browser.go(f"{live_server.url}/desk/?kind=approval")
    browser.click("tbody a")
    assert browser.until("return location.pathname.startsWith('/desk/cases/')")
    browser.click("button[name=do][value=approve]")
    assert browser.until("return document.querySelector('.messages') !== null")
    assert Measure.objects.filter(state="proposed", step="warn").count() == waiting - 1


def test_the_desk_halts_at_one_click(browser, desk, live_server):
    sign_in(browser, live_server.url, "handler")
    browser.go(f"{live_server.url}/desk/switches/")
    browser.click("button[value=halt]")
    assert browser.until("return document.querySelector('[role=alert]') !== null")
    from sekimori.enforcement.switches import halted

    assert halted()
