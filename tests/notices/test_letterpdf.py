"""Letters on paper: fonts embedded, address in the window, everything readable from the file."""

import shutil
import subprocess

import pytest

from notices_rows import member_facts
from sekimori.notices import letterpdf, member
from sekimori.notices.blocks import parse
from sekimori.values.outcomes import Outage
from support import need


def sheet(now, language="ja", kind="warn", **changes):
    subject, body, _ = member.render(member_facts(now, language, "letter"), kind, language)
    facts = {"language": language, "ref": "N-7QF3-9MZA-H2WP", "name": "山田 花子" if language == "ja" else "Hanako Yamada",
             "postal": "〒100-0001\n東京都千代田区千代田1-1" if language == "ja" else "1-1 Chiyoda, Tokyo 100-0001", "provider": "れいじネット",
             "provider_address": "東京都港区", "subject": subject, "body": body, "at": now}
    return letterpdf.Sheet(**facts | changes)


def text_of(pdf, tmp_path, *options):
    need("poppler-utils", shutil.which("pdftotext") is not None)
    (tmp_path / "x.pdf").write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", *options, str(tmp_path / "x.pdf"), "-"], capture_output=True, text=True, check=True, timeout=30).stdout


@pytest.fixture(autouse=True)
def _font():
    need("fonts-ipafont-gothic", any(p.exists() for p in letterpdf.FONTS))


@pytest.mark.parametrize(("language", "words"), [("ja", ["山田 花子 様", "お願いしたいこと", "N-7QF3-9MZA-H2WP", "198.18.0.7"]),
                                                ("en", ["Hanako Yamada", "What we ask you to do", "N-7QF3-9MZA-H2WP", "198.18.0.7"])])
def test_the_text_is_in_the_file(now, tmp_path, language, words):
    text = text_of(letterpdf.render(sheet(now, language)), tmp_path)
    for word in words:
        assert word in text, word


def test_the_address_stands_in_the_window_of_a_long_3_envelope(now, tmp_path):
    # 長形3号, sheet folded in three: the window shows about x 20–110 mm, y 12–57 mm. pdftotext counts points at 72 dpi.
    box = [str(round(v / 25.4 * 72)) for v in (20, 12, 90, 45)]
    shown = text_of(letterpdf.render(sheet(now)), tmp_path, "-x", box[0], "-y", box[1], "-W", box[2], "-H", box[3], "-l", "1")
    assert "東京都千代田区" in shown and "山田 花子 様" in shown and "N-7QF3" not in shown and "お知らせ" not in shown


@pytest.mark.parametrize("kind", ["warn", "hearing", "suspend_line", "terminate", "apology", "stolen_password", "brake"])
def test_every_letter_fits_both_sides_of_one_sheet(now, kind):
    for language in ("ja", "en"):
        pdf = letterpdf.render(sheet(now, language, kind))
        assert pdf.startswith(b"%PDF") and b"/FontFile2" in pdf and pdf.count(b"/Type /Page\n") <= 2


def test_hostile_names_stay_in_their_place(now):
    letterpdf.render(sheet(now, name="\x00\ud800" * 50 + "長" * 500, postal="\n".join(["あ" * 300] * 50)))


def test_without_a_font_there_is_no_letter(now, monkeypatch):
    monkeypatch.setattr(letterpdf, "FONTS", ())
    with pytest.raises(Outage):
        letterpdf.render(sheet(now))


def test_the_blocks_of_a_warning(now):
    kinds = {b.kind for b in parse(sheet(now).body)}
    assert kinds == {"heading", "text", "fact", "bar", "item", "step"}
