"""Japanese mail in all its charsets, right and wrong."""

import base64

import pytest

from sekimori.mime import read
from sekimori.mime.charsets import canonical, decode, detector

PLAIN = "お世話になっております。迷惑メールの件でご連絡いたします。"
NEC = "①番の㈱れいじネット様、Ⅳ号機、㌔〜髙﨑"


def iso2022(text: str) -> bytes:
    """Encode as Japanese mailers do: cp932's characters under the name ISO-2022-JP (no codec of Python does)."""
    out = bytearray()
    double = False
    for char in text:
        code = char.encode("cp932")
        if len(code) == 2:
            a, b = code
            a = ((a - (0x70 if a <= 0x9F else 0xB0)) << 1) - (b < 0x9F)
            b -= 0x7E if code[1] >= 0x9F else (0x20 if b > 0x7F else 0x1F)
            out += (b"" if double else b"\x1b$B") + bytes((a, b))
        else:
            out += (b"\x1b(B" if double else b"") + code
        double = len(code) == 2
    return bytes(out + (b"\x1b(B" if double else b""))


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "cp932", "euc-jp"])
@pytest.mark.parametrize("declared", ["right", "", "us-ascii", "x-unknown-thing"])
def test_plain_japanese(charset: str, declared: str) -> None:
    text, used, _ = decode(PLAIN.encode(charset), charset if declared == "right" else declared)
    assert text == PLAIN and used == canonical(charset)


def test_nec_and_ibm_characters_in_iso_2022_jp() -> None:
    word = NEC.replace("〜", "～").replace("髙﨑", "")
    text, used, defect = decode(iso2022(word), "ISO-2022-JP")
    assert (text, used, defect) == (word, "iso-2022-jp", "")


def test_nec_selected_ibm_rows() -> None:
    # NEC's rows 89 to 92 hold IBM's kanji: 纊 is row 89 cell 1.
    assert decode(b"\x1b$B\x79\x21\x1b(B", "iso-2022-jp")[0] == "纊"


def test_nec_characters_in_euc_and_sjis() -> None:
    assert decode(b"\xad\xa1\xad\xea", "euc-jp")[0] == "①㈱"
    assert decode("①㈱髙".encode("cp932"), "Shift_JIS")[0] == "①㈱髙"


def test_half_width_kana_everywhere() -> None:
    assert decode("ﾒｲﾜｸ".encode("cp932"), "shift_jis")[0] == "ﾒｲﾜｸ"
    assert decode(b"\x8e\xd2\x8e\xb2", "euc-jp")[0] == "ﾒｲ"
    assert decode(b"\x1b(I\x52\x32\x1b(B", "iso-2022-jp")[0] == "ﾒｲ"


def test_one_reading_of_the_wave_dash() -> None:
    assert {decode(b, c)[0] for b, c in ((b"\x81\x60", "shift_jis"), (b"\xa1\xc1", "euc-jp"), (b"\x1b$B\x21\x41\x1b(B", "iso-2022-jp"))} == {"～"}


def test_iso_2022_jp_without_the_last_escape() -> None:
    assert decode("迷惑".encode("iso-2022-jp")[:-3], "iso-2022-jp")[0] == "迷惑"


def test_short_kanji_words_without_declaration() -> None:
    # The statistical detector reads 被害 in Shift_JIS as Chinese.
    assert decode("被害".encode("cp932"))[0] == "被害"
    assert decode("被害".encode("euc-jp"))[0] == "被害"


def test_cut_within_a_character() -> None:
    text, used, defect = decode((PLAIN * 3).encode()[:-1], "utf-8")
    assert text.startswith(PLAIN) and text.endswith("\ufffd") and (used, defect) == ("utf-8", "bad_charset")


def test_few_accents_are_western() -> None:
    assert decode(b"Save \xa35.00 on Creamfields tickets", "")[0] == "Save £5.00 on Creamfields tickets"


def test_other_languages_by_statistics() -> None:
    russian = "Здравствуйте, это сообщение о спаме с вашего адреса. Пожалуйста, примите меры." * 3
    assert decode(russian.encode("koi8-r"), "koi8-r")[0] == russian
    assert decode(russian.encode("cp1251"), "", detector(1, 4096))[0] == russian


@pytest.mark.parametrize("name", ["unicode_escape", "idna", "base64", "rot13", "zlib", "undefined", "punycode", "x" * 100, "\0", "utf-8\0"])
def test_codecs_that_are_no_charsets(name: str) -> None:
    text, _, defect = decode(b"\\u0041 abc", name)
    assert text == "\\u0041 abc" and defect == "unknown_charset"


def test_jis_x_0212_with_faults_beside() -> None:
    assert decode(b"\x1b$(D\x30\x21\x7e\x7e\x1b(B end\xff", "iso-2022-jp")[0].startswith("丂")


def test_half_characters_are_marked() -> None:
    assert decode(b"+2AA-x", "utf-7")[0] == "\ufffdx"


def test_escapes_do_not_hide_ascii() -> None:
    # JIS X 0208 mode over ASCII octets: what cannot be a kanji becomes a mark, never markup.
    assert "<script" not in decode(b"\x1b$B<script>\x1b(B", "iso-2022-jp")[0]


class TestHeaders:
    """RFC 2047 as really sent."""

    def test_split_character_across_two_words(self) -> None:
        raw = PLAIN.encode()
        a, b = (base64.b64encode(x).decode() for x in (raw[:31], raw[31:]))
        assert read(f"Subject: =?UTF-8?B?{a}?=\r\n =?UTF-8?B?{b}?=\r\n\r\n".encode()).subject == PLAIN

    def test_nec_characters_in_a_word(self) -> None:
        word = base64.b64encode(iso2022("①㈱")).decode()
        assert read(f"Subject: =?ISO-2022-JP?B?{word}?=\r\n\r\n".encode()).subject == "①㈱"

    @pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "cp932", "euc-jp"])
    def test_raw_in_the_header(self, charset: str) -> None:
        assert read(b"Subject: " + PLAIN.encode(charset) + b"\r\n\r\n").subject == PLAIN

    def test_language_tag_and_lower_case(self) -> None:
        assert read(b"Subject: =?utf-8*ja?b?6Zai5a6I?= end\r\n\r\n").subject == "関守 end"

    def test_blanks_inside_a_word(self) -> None:
        assert read(b"Subject: =?utf-8?Q?a b_c?=\r\n\r\n").subject == "a b c"

    def test_rfc_2047_in_a_file_name(self) -> None:
        assert read(b'Content-Type: a/b; name="=?utf-8?b?6Zai5a6I?="\r\n\r\n').root.filename == "関守"

    def test_rfc_2231_sections_split_a_character(self) -> None:
        raw = b"Content-Disposition: attachment;\r\n filename*0*=utf-8'ja'%E9%96;\r\n filename*1*=%A2%E5%AE%88;\r\n filename*2=.txt\r\n\r\n"
        assert read(raw).root.filename == "関守.txt"
