"""A small WebDriver client over chromedriver: enough to look at pages, without a library."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
ARGS = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--lang=ja", "--accept-lang=ja"]


class Browser:
    """One Chromium, driven over loopback."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen([str(DRIVER), f"--port={port}", "--allowed-ips=127.0.0.1"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            try:
                self._call("GET", "/status")
                break
            except OSError:
                time.sleep(0.1)
        made = self._call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": {"binary": CHROMIUM, "args": [*ARGS, f"--user-data-dir={folder}"]},
            "goog:loggingPrefs": {"performance": "ALL", "browser": "ALL"}}}})
        self.session = f"/session/{made['sessionId']}"
        self._call("POST", f"{self.session}/timeouts", {"implicit": 5000})

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as e:
            raise AssertionError(e.read().decode()) from e

    def go(self, url: str) -> None:
        """Open a page and wait until it is loaded."""
        self._call("POST", f"{self.session}/url", {"url": url})

    def run(self, script: str) -> Any:
        """Run a script in the page and return its value."""
        return self._call("POST", f"{self.session}/execute/sync", {"script": script, "args": []})

    def until(self, script: str, seconds: float = 10) -> Any:
        """Run a script until its value is true (a page that a click leads to takes its time); returns the last value."""
        end = time.monotonic() + seconds
        while not (value := self.run(script)) and time.monotonic() < end:
            time.sleep(0.05)
        return value

    def cdp(self, command: str, **parameters: Any) -> Any:
        """Send a command of the DevTools protocol."""
        return self._call("POST", f"{self.session}/goog/cdp/execute", {"cmd": command, "params": parameters})

    def size(self, width: int, height: int = 1200) -> None:
        """Set the size of the page."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def dark(self, on: bool) -> None:
        """Prefer dark colours, or light ones."""
        self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark" if on else "light"}])

    def log(self, kind: str) -> list[dict[str, Any]]:
        """Return and empty a log: `browser` (console) or `performance` (DevTools events)."""
        return list(self._call("POST", f"{self.session}/se/log", {"type": kind}))

    def requests(self) -> list[str]:
        """Return the URLs asked for since the last call."""
        events = [json.loads(e["message"])["message"] for e in self.log("performance")]
        return [e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"]

    def find(self, css: str) -> str:
        """Return the handle of the first element that a selector names."""
        return str(next(iter(self._call("POST", f"{self.session}/element", {"using": "css selector", "value": css}).values())))

    def type(self, css: str, text: str) -> None:
        """Type into a field."""
        self._call("POST", f"{self.session}/element/{self.find(css)}/value", {"text": text})

    def click(self, css: str) -> None:
        """Click an element."""
        self._call("POST", f"{self.session}/element/{self.find(css)}/click", {})

    def keys(self, *keys: str) -> None:
        """Press keys, one after the other."""
        actions = [a for k in keys for a in ({"type": "keyDown", "value": k}, {"type": "keyUp", "value": k})]
        self._call("POST", f"{self.session}/actions", {"actions": [{"type": "key", "id": "k", "actions": actions}]})

    def picture(self) -> bytes:
        """Return a PNG of the whole page."""
        return base64.b64decode(self.cdp("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def close(self) -> None:
        """End browser and driver."""
        try:
            self._call("DELETE", self.session)
        finally:
            self.process.terminate()
            self.process.wait(10)


AUDIT = r"""
const out = [];
const seen = s => s.length > 80 ? s.slice(0, 80) + '…' : s;
if (document.documentElement.scrollWidth > window.innerWidth + 1) out.push('wider than the window: ' + document.documentElement.scrollWidth);
const heads = [...document.querySelectorAll('h1,h2,h3,h4')].filter(h => h.offsetParent).map(h => +h.tagName[1]);
if (heads.filter(l => l === 1).length !== 1) out.push('h1: ' + heads.filter(l => l === 1).length);
heads.reduce((a, b) => { if (b > a + 1) out.push('heading jumps from ' + a + ' to ' + b); return b; }, 0);
for (const e of document.querySelectorAll('input:not([type=hidden]),textarea,select'))
  if (!(e.labels && e.labels.length) && !e.getAttribute('aria-label')) out.push('no label: ' + e.outerHTML.slice(0, 80));
for (const e of document.querySelectorAll('a,button'))
  if (!(e.textContent.trim() || e.getAttribute('aria-label'))) out.push('no name: ' + e.outerHTML.slice(0, 80));
for (const e of document.querySelectorAll('[aria-describedby]'))
  for (const id of e.getAttribute('aria-describedby').split(' ')) if (!document.getElementById(id)) out.push('describedby: ' + id);
for (const e of document.querySelectorAll('img:not([alt])')) out.push('no alt: ' + e.src);
if (!document.documentElement.lang || !document.title.trim()) out.push('no lang or title');
const rgb = s => (s.match(/[\d.]+/g) || []).map(Number);
const lum = c => { const f = c.slice(0, 3).map(v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
const ground = e => { for (let n = e; n; n = n.parentElement) { const c = rgb(getComputedStyle(n).backgroundColor); if (c.length < 4 || c[3] > 0.98) return c; } return [255, 255, 255]; };
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let n; n = walk.nextNode();) {
  const e = n.parentElement, t = n.textContent.trim();
  if (!t || !e.offsetParent || e.closest('.visually-hidden,.skip,.pot,option')) continue;
  const s = getComputedStyle(e), a = lum(rgb(s.color)), b = lum(ground(e));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  const large = parseFloat(s.fontSize) >= 24 || (parseFloat(s.fontSize) >= 18.66 && +s.fontWeight >= 700);
  if (ratio < (large ? 3 : 4.5)) out.push('contrast ' + ratio.toFixed(2) + ': ' + seen(t));
}
return out;
"""
"""Looks at a page for what WCAG 2.2 AA asks and a machine can see; returns a list of complaints."""
