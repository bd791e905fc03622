"""An officer's day in a real Chromium: every page of the desk usable in both languages, light and dark, wide and narrow."""

import json
from dataclasses import replace

import pytest

from reiji import filled
from sekimori.cases.models import Case
from sekimori.enforcement import rulebook
from sekimori.enforcement.models import Incident, LadderVersion, MassAct, Measure
from sekimori.flow.run import run_until_idle
from sekimori.intake.models import Message
from sekimori.notices.models import Notice
from sekimori.policy import ladder as in_force
from sekimori.reports.models import Review
from sekimori.settings import current, use
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
    paths = ["", "review/", "cases/", "messages/", "notices/", "requests/", "requests/new", "switches/", "ledger/", "ladder/", "ladder/new", "ignore/", "ignore/new", "refusals/",
             f"cases/{case.ref}/incident", f"cases/{case.ref}/", f"cases/{proposal.case.ref}/",
             f"cases/{case.ref}/holder", f"messages/{Message.objects.first().pk}/", f"notices/{Notice.objects.filter(audience='member').first().ref}/", f"review/{Review.objects.first().pk}/"]
    found = audit(browser, live_server.url, paths)
    assert not found, "\n".join(sorted(set(found))[:40])
    noise = [e["message"] for e in browser.log("browser") if "favicon" not in e["message"]]
    assert not noise, noise


def audit(browser, url, paths):
    """Look at pages in both languages, wide and narrow, light and dark; return the complaints."""
    found = []
    for language in ("en", "ja"):
        browser.go(f"{url}/desk/")
        if browser.run("return document.documentElement.lang") != language:
            browser.click(".lang-form button.lang[name=language]")
            assert browser.until(f"return document.documentElement.lang === '{language}'")
        for width in (1280, 390):
            browser.size(width)
            for dark in (False, True):
                browser.dark(dark)
                for path in paths:
                    browser.go(f"{url}/desk/{path}")
                    found += [f"{path} {language} {width} {'dark' if dark else 'light'}: {c}" for c in browser.run(AUDIT)]
    return found


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


def fill(browser, css, value):
    """Put a value into a field as a whole (a date, a long text)."""
    browser.run(f"document.querySelector({json.dumps(css)}).value = {json.dumps(value)}")


def test_a_ladder_from_draft_to_in_force(browser, desk, live_server, now, tmp_path):
    run_until_idle(SetClock(now))
    before = current()
    use(replace(before, data=tmp_path))
    try:
        sign_in(browser, live_server.url, "rules handler")
        browser.go(f"{live_server.url}/desk/ladder/new")
        wrong = rulebook.in_force().replace("grace_hours = 72", 'grace_hours = "72"').replace("unlocks = 2", "unlokcs = 2")
        fill(browser, "#text", wrong)
        browser.click("main form.card button")
        assert browser.until("return document.querySelectorAll('[role=alert] tbody tr').length === 3")
        assert not browser.run(AUDIT)
        browser.size(390)
        assert not browser.run(AUDIT)
        browser.size(1280)
        fill(browser, "#text", rulebook.in_force().replace('version = "', 'version = "next-').replace("informational_age_days = 14", "informational_age_days = 1"))
        browser.click("main form.card button")
        assert browser.until("return document.querySelector('button[value=simulate]') !== null")
        browser.click("button[value=simulate]")
        assert browser.until("return document.querySelector('progress') !== null")
        assert not browser.run(AUDIT)
        run_until_idle(SetClock(shared().now()))
        row = LadderVersion.objects.get(state="simulated")
        assert row.changed.exists()
        assert row.replayed == row.total
        assert not audit(browser, live_server.url, [f"ladder/{row.ref}/", f"ladder/{row.ref}/edit", "ladder/"])
        browser.go(f"{live_server.url}/desk/ladder/{row.ref}/")
        browser.click("button[value=activate]")
        assert browser.until("return document.querySelector('.messages') !== null")
        assert in_force().informational_age_days == 1
    finally:
        use(before)


def test_many_warnings_seen_one_by_one_and_approved_at_once(browser, desk, live_server, now):
    run_until_idle(SetClock(now))
    sign_in(browser, live_server.url, "handler approver")
    browser.go(f"{live_server.url}/desk/cases/?waiting=warn")
    browser.click("input[name=all]")
    fill(browser, "#act", "warn")
    browser.click(".mass button")
    assert browser.until("return location.pathname.endsWith('/choose')")
    assert not browser.run(AUDIT)
    browser.click("main form.card button")
    assert browser.until("return document.querySelector('button[value=confirm]') !== null")
    mass = MassAct.objects.get()
    waiting = Measure.objects.filter(state="proposed", step="warn").count()
    assert not audit(browser, live_server.url, [f"cases/many/{mass.ref}/"])
    browser.click("button[value=confirm]")
    assert browser.until("return document.querySelector('[role=status]') !== null")
    todo = mass.items.filter(refused="").count()
    assert todo
    assert mass.items.filter(result="done").count() == todo
    assert Measure.objects.filter(state="proposed", step="warn").count() == waiting - todo
    assert not audit(browser, live_server.url, [f"cases/many/{mass.ref}/"])


def test_an_ignore_rule_is_seen_before_it_is_added(browser, desk, live_server, now):
    run_until_idle(SetClock(now))
    sign_in(browser, live_server.url, "handler")
    browser.go(f"{live_server.url}/desk/ignore/new")
    browser.type("#prefix", "198.18.0.0/15")
    browser.type("#reason", "our own scanner")
    browser.click("button[value=preview]")
    assert browser.until("return document.querySelector('[role=status]') !== null")
    for width in (1280, 390):
        browser.size(width)
        assert not browser.run(AUDIT)
    browser.click("button[value=add]")
    assert browser.until("return document.querySelector('tbody th .refcode') !== null")
    assert not audit(browser, live_server.url, ["ignore/"])


def test_a_wrong_notice_is_recalled_after_a_look(browser, desk, live_server, now):
    run_until_idle(SetClock(now))
    sign_in(browser, live_server.url, "handler approver")
    case = Case.objects.filter(state="warned").order_by("id").first()
    browser.go(f"{live_server.url}/desk/cases/{case.ref}/")
    browser.click(f"a[href='/desk/cases/{case.ref}/incident']")
    assert browser.until("return document.querySelector('button[value=incident]') !== null")
    browser.click("button[value=incident]")
    assert browser.until("return document.querySelector('.messages') !== null")
    incident = Incident.objects.get()
    assert not audit(browser, live_server.url, [f"incidents/{incident.ref}/", f"cases/{case.ref}/"])
