"""Public pages in a real Chromium: nothing from elsewhere, nothing too wide, labelled, legible in light and dark, without script."""

import re
from urllib.parse import urlsplit

import pytest

from sekimori.guide import pages
from support import need
from webdriver import AUDIT, CHROMIUM, DRIVER, Browser

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SLUGS = sorted(p.stem for p in (pages.SHIPPED / "ja").glob("*.md"))
PATHS = ["", *(f"{s}/" for s in SLUGS), "report/", "headers/", "bounce/", "preserve/", "preserve/received/", "report/received/?n=0000-1111-2222-3333", "no-such-page/"]
HEADERS = "Received: from x (x [198.18.0.7])\n\tby mx.example with SMTP id 1; Tue, 24 Nov 2026 11:00:00 +0900\nFrom: a@b.example\n\n"


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    need("chromium", CHROMIUM is not None and DRIVER is not None)
    mine = Browser(tmp_path_factory.mktemp("profile"))
    yield mine
    mine.close()


def complaints(browser, url):
    """Audit one page at two widths, light and dark."""
    found = []
    for width in (1280, 390):
        browser.size(width)
        for dark in (False, True):
            browser.dark(dark)
            browser.go(url)
            found += [f"{url} {width} {'dark' if dark else 'light'}: {c}" for c in browser.run(AUDIT)]
    return found


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_is_usable(browser, live_server, language):
    browser.requests(), browser.log("browser")
    found = []
    for path in PATHS:
        found += complaints(browser, f"{live_server.url}/{language}/{path}")
    assert not found, "\n".join(found)
    hosts = {urlsplit(u).netloc for u in browser.requests() if u.startswith("http")}
    assert hosts == {urlsplit(live_server.url).netloc}, "something was fetched from elsewhere"
    noise = [e["message"] for e in browser.log("browser") if "404" not in e["message"]]
    assert not noise, noise


def test_the_keyboard_reaches_the_text_first(browser, live_server):
    browser.size(1280)
    browser.go(f"{live_server.url}/ja/spam/")
    browser.keys("\ue004")  # Tab
    assert browser.run("return document.activeElement.className") == "skip"
    assert browser.run("return document.activeElement.getBoundingClientRect().left") >= 0, "the skip link shows when it has the focus"
    browser.keys("\ue007")  # Enter
    assert browser.run("return location.hash") == "#main"
    outline = browser.run("document.querySelector('a.brand').focus(); return getComputedStyle(document.activeElement).outlineStyle")
    assert outline in ("none", "solid", "auto")


def test_forms_work_without_script(browser, live_server):
    browser.cdp("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.size(390)
        browser.go(f"{live_server.url}/en/headers/")
        browser.type("textarea", HEADERS)
        browser.click("main button.button")
    finally:
        browser.cdp("Emulation.setScriptExecutionDisabled", value=False)
    assert browser.until("return document.querySelector('.result') !== null")
    text = browser.run("return document.querySelector('main').innerText")
    assert "198.18.0.7" in text and re.search("another operator|our network", text)
    assert not browser.run(AUDIT)


def test_a_report_is_sent_by_hand(browser, live_server):
    browser.size(1280)
    browser.go(f"{live_server.url}/ja/report/")
    browser.click("#id_kind_0")
    browser.type("#id_text", "迷惑メールが届きました")
    browser.click("main button.button")
    assert browser.until("return document.querySelector('.refcode') !== null")
    assert re.search(r"(?:[0-9A-F]{4}-){3}[0-9A-F]{4}", browser.run("return document.querySelector('.refcode').innerText"))


def test_hostile_text_runs_nothing(browser, live_server):
    browser.go(f"{live_server.url}/ja/bounce/")
    browser.log("browser")
    browser.type("textarea", "From: MAILER-DAEMON@x.example\nSubject: Undelivered\n\n<a@b.example>: host x said: 550 5.1.1 <img src=x onerror=document.title='pwned'><script>document.title='pwned'</script> User unknown\n")
    browser.click("main button.button")
    assert browser.until("return document.querySelector('.result') !== null")
    assert "pwned" not in browser.run("return document.title")
    assert browser.run("return document.querySelectorAll('main img, main script').length") == 0


def test_the_audit_finds_planted_faults(browser, live_server):
    browser.size(390)
    browser.dark(False)
    browser.go(f"{live_server.url}/ja/report/")
    assert browser.run(AUDIT) == []
    browser.run("document.querySelector('h1').style.color = '#ccc'; document.querySelector('main').style.width = '900px';"
                "document.querySelector('label[for=id_url]').remove(); document.querySelector('main h1').insertAdjacentHTML('afterend', '<h4>x</h4><button></button>')")
    found = " ".join(browser.run(AUDIT))
    for fault in ("contrast", "wider", "no label", "heading jumps", "no name"):
        assert fault in found, fault
