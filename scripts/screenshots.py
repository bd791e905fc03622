"""Pictures of the pages of a running demo, into var/screenshots: `make screenshots`. Needs Debian's chromium and chromium-driver.

Usage: screenshots.py [--data FOLDER] [--out FOLDER] [--only TEXT]; a demo is played first where FOLDER holds none.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

ROOT = Path(__file__).resolve().parents[1]
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars")
SIZES = {"wide": (1280, 900), "phone": (390, 844)}
PUBLIC = ["/ja/", "/en/", "/ja/report/", "/ja/headers/", "/ja/bounce/", "/ja/preserve/", "/my/"]
DESK = ["/desk/", "/desk/review/", "/desk/cases/", "/desk/messages/", "/desk/notices/", "/desk/ladder/", "/desk/ladder/new", "/desk/ignore/", "/desk/ignore/new",
        "/desk/refusals/", "/desk/switches/", "/desk/ledger/"]


def browser(size: tuple[int, int], language: str) -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*FLAGS, f"--window-size={size[0]},{size[1]}", f"--lang={language}", f"--user-data-dir={tempfile.mkdtemp()}"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def shoot(driver: webdriver.Chrome, url: str, path: Path, width: int) -> None:
    driver.set_window_size(width, 700)
    driver.get(url)
    height = driver.execute_script("return document.documentElement.scrollHeight")
    driver.set_window_size(width, min(max(int(height), 600), 2600))
    driver.save_screenshot(str(path))


def main() -> None:
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", default=str(ROOT / "var" / "demo"))
    ap.add_argument("--out", default=str(ROOT / "var" / "screenshots"))
    ap.add_argument("--only", default="")
    a = ap.parse_args()
    env = {**os.environ, "SEKIMORI_DATA": a.data}
    sekimori = [sys.executable, "-m", "sekimori"]
    if not (Path(a.data) / "demo").exists():
        subprocess.run([*sekimori, "demo", "--once"], env=env, check=True)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    web = subprocess.Popen([*sekimori, "web", "--http", f"127.0.0.1:{port}"], env=env)
    base = f"http://127.0.0.1:{port}"
    out = Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    try:
        time.sleep(3)
        subprocess.run([*sekimori, "officers", "add", "camera", "--roles", "triage handler approver legal reveal rules"], env=env, capture_output=True, check=False)
        for size_name, size in SIZES.items():
            for language in ("ja", "en"):
                driver = browser(size, language)
                link = subprocess.run([*sekimori, "officers", "link", "camera"], env=env, capture_output=True, text=True, check=True).stdout.strip()
                driver.get(base + link[link.index("/desk/"):])
                driver.find_element("css selector", "main form button").click()
                until = time.monotonic() + 10
                while "/enter/" in driver.current_url and time.monotonic() < until:
                    time.sleep(0.1)
                pages = list(dict.fromkeys([*[p for p in PUBLIC if p.startswith(("/my", f"/{language}/"))], *DESK]))
                driver.get(base + "/desk/cases/")
                found = re.search(r'href="(/desk/cases/K[^"]+)"', driver.page_source)
                pages += [found[1]] if found else []
                for listing, pattern in (("/desk/review/", r'href="(/desk/review/\d+/)"'), ("/desk/messages/", r'href="(/desk/messages/\d+/)"'), ("/desk/notices/?audience=member", r'href="(/desk/notices/N[^"]+)"')):
                    driver.get(base + listing)
                    found = re.search(pattern, driver.page_source)
                    pages += [found[1]] if found else []
                for page in pages:
                    name = re.sub(r"[^a-z0-9]+", "-", re.sub(r"/[KN]-[^/]+|/\d+", "/one", page.lower().replace("/k-", "/K-").replace("/n-", "/N-"))).strip("-") or "home"
                    if a.only in name:
                        shoot(driver, base + page, out / f"{name}.{language}.{size_name}.png", size[0])
                driver.quit()
        print(f"{len(list(out.glob('*.png')))} pictures in {out}")
    finally:
        web.terminate()
        web.wait()


if __name__ == "__main__":
    main()
