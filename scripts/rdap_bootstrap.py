"""Make src/sekimori/network/rdap/bootstrap.toml from IANA's two files (RFC 9224). Run it once a year.

    curl -O https://data.iana.org/rdap/ipv4.json -O https://data.iana.org/rdap/ipv6.json
    python scripts/rdap_bootstrap.py ipv4.json ipv6.json
"""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path

OUT = Path(__file__).parents[1] / "src/sekimori/network/rdap/bootstrap.toml"


def shorten(files: list[str]) -> str:
    """Return the list as TOML: one service for each https base URL. `files` are the texts of IANA's JSON files."""
    services: dict[str, list[str]] = {}
    published = ""
    for text in files:
        data = json.loads(text)
        published = max(published, data["publication"][:10])
        for prefixes, urls in data["services"]:
            url = next(u for u in urls if u.startswith("https://"))
            services.setdefault(url, []).extend(prefixes)
    lines = ["# Which registry answers for which prefix (RFC 9224): IANA's rdap/ipv4.json and rdap/ipv6.json, shortened by scripts/rdap_bootstrap.py.",
             f'published = "{published}"', ""]
    for url, prefixes in sorted(services.items()):
        body = textwrap.wrap(", ".join(f'"{p}"' for p in prefixes) + ",", width=150, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
        lines += ["[[service]]", f'url = "{url}"', "prefixes = [", *body, "]", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    OUT.write_text(shorten([Path(p).read_text(encoding="utf-8") for p in sys.argv[1:]]), encoding="utf-8")
