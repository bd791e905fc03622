"""The demo's data folder and settings."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from sekimori.demo.world import DOMAIN, MX, NAME_EN, NAME_JA, SMTP1_IP

MARK = "demo"
SETTINGS = f"""# Written by `sekimori demo`: a made-up provider. Nothing here is real.
[provider]
name_ja = "{NAME_JA}"
name_en = "{NAME_EN}"
domains = ["{DOMAIN}"]
site_url = "http://{{http}}"
phone = "0120-000-000"
address_ja = "〒100-0000 東京都千代田区千代田1-1 {NAME_JA} 迷惑行為対応窓口"
address_en = "{NAME_EN} abuse desk, 1-1 Chiyoda, Chiyoda-ku, Tokyo 100-0000, Japan"

[mail]
authserv_ids = ["{MX}"]
trusted_relays = ["{MX}", "{SMTP1_IP}"]
"""


class NotADemo(Exception):
    """The folder holds something that is no demo: it is left alone."""


def default_folder() -> Path:
    """Return where the demo lives unless SEKIMORI_DATA says otherwise."""
    return Path.home() / ".local/share/sekimori-demo"


def prepare(http: str) -> Path:
    """Make a fresh demo folder (an earlier demo is removed) and point this process at it. Raises NotADemo."""
    path = Path(os.environ.get("SEKIMORI_DATA") or default_folder()).expanduser().resolve()
    if path.exists() and any(path.iterdir()):
        if not (path / MARK).exists():
            raise NotADemo(f"{path} is not empty and holds no demo; give SEKIMORI_DATA another folder")
        shutil.rmtree(path)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    (path / MARK).touch()
    (path / "synthetic").touch()
    (path / "sekimori.toml").write_text(SETTINGS.replace("{http}", http), encoding="utf-8")
    os.environ["SEKIMORI_DATA"] = str(path)
    return path
