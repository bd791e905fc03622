"""Transfer encodings, right and broken."""

import base64 as std
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekimori.mime.transfer import decode


@given(st.binary(max_size=400))
def test_round_trip(data: bytes) -> None:
    assert decode(std.encodebytes(data), "base64") == (data, "")
    uu = b"begin 644 x\n" + b"".join(binascii.b2a_uu(data[i:i + 45]) for i in range(0, len(data), 45)) + b"`\nend\n"
    assert decode(uu, "x-uuencode") == (data, "")
    assert decode(binascii.b2a_qp(data, istext=False), "quoted-printable") == (data, "")


@given(st.binary(max_size=400), st.sampled_from(["base64", "quoted-printable", "x-uu", "uue", "8bit", "?", ""]))
def test_any_octets(data: bytes, encoding: str) -> None:
    out, defect = decode(data, encoding)
    assert isinstance(out, bytes) and isinstance(defect, str)


def test_concatenated_encodings_are_read_on() -> None:
    assert decode(b"QQ==\r\nQkM=\r\n", "base64") == (b"ABC", "bad_base64")


def test_a_footer_after_the_padding_is_no_data() -> None:
    assert decode(b"QQ==\r\n\r\n_____\r\nexample mailing list\r\n", "base64") == (b"A", "bad_base64")


@pytest.mark.parametrize("data", [b"QUJD", b"QUI=", b"QUI", b"QUI=\r\n\r\n"])
def test_padding(data: bytes) -> None:
    assert decode(data, "BASE64")[0] in (b"ABC", b"AB")


def test_wrong_count_of_a_uuencoder() -> None:
    assert decode(b"begin 644 a\n#86)C  \n`\nend\n", "x-uuencode")[0] == b"abc"
